/* A very small test harness. A test program holds TEST functions; test.c has its main. Every test
 * prints one line: "ok NAME", "not ok NAME" or "skip NAME: why"; tests/run adds them up. */
#ifndef TESTS_SUPPORT_TEST_H
#define TESTS_SUPPORT_TEST_H

#include <stdbool.h>
#include <stddef.h>

typedef void test_function(void);

void test_register(const char *name, test_function *function);
void test_failed(const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void test_skipped(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The path of a file of the shared test data, or NULL where that is not present (skip the test).
 * Valid until the next call. $REVERIE_TEST_DATA names the folder; default ../shared/data. */
const char *test_data(const char *name);

/* ||a - b|| / ||b|| over count floats, and the cosine of the angle between a and b. */
double test_relative_error(const float *a, const float *b, size_t count);
double test_cosine(const float *a, const float *b, size_t count);

#define TEST(name)                                                                                 \
	static void name(void);                                                                    \
	__attribute__((constructor)) static void register_##name(void)                             \
	{                                                                                          \
		test_register(#name, name);                                                        \
	}                                                                                          \
	static void name(void)

/* A failed CHECK is reported and the test goes on; a failed REQUIRE ends it. */
#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			test_failed(__FILE__, __LINE__, "%s", #condition);                         \
	} while (0)
#define CHECK_MESSAGE(condition, ...)                                                              \
	do {                                                                                       \
		if (!(condition))                                                                  \
			test_failed(__FILE__, __LINE__, __VA_ARGS__);                              \
	} while (0)
#define REQUIRE(condition)                                                                         \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			test_failed(__FILE__, __LINE__, "%s", #condition);                         \
			return;                                                                    \
		}                                                                                  \
	} while (0)
#define SKIP(...)                                                                                  \
	do {                                                                                       \
		test_skipped(__VA_ARGS__);                                                         \
		return;                                                                            \
	} while (0)

#endif
