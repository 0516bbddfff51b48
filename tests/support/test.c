#include "tests/support/test.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TESTS_MAX = 512 };

static struct {
	const char *name;
	test_function *function;
} tests[TESTS_MAX];
static int test_count;
static bool current_failed;
static char skip_reason[256];

void test_register(const char *name, test_function *function)
{
	if (test_count == TESTS_MAX)
		abort();
	tests[test_count].name = name;
	tests[test_count++].function = function;
}

void test_failed(const char *file, int line, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	printf("# %s:%d: ", file, line);
	vprintf(format, arguments);
	printf("\n");
	va_end(arguments);
	current_failed = true;
}

void test_skipped(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(skip_reason, sizeof(skip_reason), format, arguments);
	va_end(arguments);
}

const char *test_data(const char *name)
{
	static char path[1024];
	const char *folder = getenv("REVERIE_TEST_DATA");
	snprintf(path, sizeof(path), "%s/%s", folder ? folder : "../shared/data", name);
	return access(path, R_OK) ? NULL : path;
}

double test_relative_error(const float *a, const float *b, size_t count)
{
	double difference = 0, norm = 0;
	for (size_t i = 0; i < count; i++) {
		difference += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
		norm += (double)b[i] * b[i];
	}
	return norm > 0 ? sqrt(difference / norm) : sqrt(difference);
}

double test_cosine(const float *a, const float *b, size_t count)
{
	double product = 0, norm_a = 0, norm_b = 0;
	for (size_t i = 0; i < count; i++) {
		product += (double)a[i] * b[i];
		norm_a += (double)a[i] * a[i];
		norm_b += (double)b[i] * b[i];
	}
	return product / sqrt(norm_a * norm_b);
}

/* With arguments, only the tests whose names contain one of them are run. */
static bool chosen(const char *name, int count, char **words)
{
	if (count < 2)
		return true;
	for (int i = 1; i < count; i++)
		if (strstr(name, words[i]))
			return true;
	return false;
}

int main(int count, char **words)
{
	bool any_failed = false;
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 0; i < test_count; i++) {
		if (!chosen(tests[i].name, count, words))
			continue;
		current_failed = false;
		skip_reason[0] = '\0';
		tests[i].function();
		if (current_failed)
			printf("not ok %s\n", tests[i].name);
		else if (skip_reason[0])
			printf("skip %s: %s\n", tests[i].name, skip_reason);
		else
			printf("ok %s\n", tests[i].name);
		any_failed |= current_failed;
	}
	return any_failed;
}
