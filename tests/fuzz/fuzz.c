#include "tests/fuzz/fuzz.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/support/test.h"

/* What tests share reports failures by this one. */
void test_failed(const char *file, int line, const char *format, ...)
{
	va_list arguments;
	fprintf(stderr, "%s:%d: ", file, line);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, "\n");
	abort();
}

void fuzz_check(rv_status status, const rv_error *error)
{
	if (status == RV_OK)
		return;
	CHECK_MESSAGE(error->status == status, "status %d, but %d in the error", status,
	              error->status);
	CHECK(error->message[0]);
	for (const char *c = error->message; *c; c++)
		CHECK_MESSAGE((unsigned char)*c >= 0x20 && *c != 0x7f, "not clean: %s",
		              error->message);
}

char *fuzz_text(const uint8_t *bytes, size_t size)
{
	char *text = malloc(size + 1);
	if (!text)
		abort();
	if (size)
		memcpy(text, bytes, size);
	text[size] = '\0';
	return text;
}

const char *fuzz_file(const uint8_t *bytes, size_t size)
{
	static char path[64];
	static int file = -1;
	if (file < 0)
		file = memfd_create("fuzz", 0);
	if (file < 0 || ftruncate(file, 0) || pwrite(file, bytes, size, 0) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	return path;
}
