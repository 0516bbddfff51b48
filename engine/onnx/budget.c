#include "engine/onnx/budget.h"

#include <stdlib.h>

enum { MEBIBYTE = 1 << 20 };

static void *budget_allocate(void *context, size_t size)
{
	struct budget *budget = context;
	if (size > budget->left) {
		budget->exhausted = true;
		return NULL;
	}
	budget->left -= size;
	return malloc(size ? size : 1);
}

static void budget_free(void *context, void *pointer)
{
	(void)context;
	free(pointer);
}

/* Payloads are copied as they are or widened (a varint of one byte to an int64 at worst, which is
 * rare); the structure around them takes many times its bytes in the file, but is small. */
static size_t parsing_budget(size_t size)
{
	size_t structure = size < 8 * MEBIBYTE ? size * 32 : (size_t)256 * MEBIBYTE;
	return size * 4 + structure + MEBIBYTE;
}

void budget_init(struct budget *budget, size_t size)
{
	budget->allocator = (ProtobufCAllocator){budget_allocate, budget_free, budget};
	budget->left = parsing_budget(size);
	budget->exhausted = false;
}

size_t budget_of_model(size_t size)
{
	return size * 16 + MEBIBYTE;
}

rv_status budget_exceeded(rv_error *error)
{
	return rv_fail(
		error, RV_MEMORY,
		"not enough memory, or the model needs more than its file's length explains");
}
