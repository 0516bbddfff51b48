#include "tests/support/judge.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/npy.h"
#include "tests/support/test.h"

/* Rounding alone makes up 1e-5 of activations, and 2e-3 of gradients, where a ReLU or a pool turns.
 */
static const double activation_bound = 1e-4, gradient_bound = 0.02;
/* Which way a gradient points hardly depends on these few. */
static const double gradient_cosine = 0.9999;

static const char recorded_values[] = "tests/reference/inception_v3.values";

/* What a reference's script ends with where its framework is not installed; and a shell, where the
 * program that runs it is not. */
enum { EXIT_MISSING = 2, EXIT_NO_PROGRAM = 127 };

static const struct {
	const char *name, *program, *probe;
	const char *result; /* the scratch file that it writes */
	const char *option; /* of the script, before that file's name */
} judges[] = {
	[JUDGE_ONNX_RUNTIME] =
		{"ONNX Runtime", "node tests/reference/reference_onnx.js",
                 "node -e 'require((process.env.ORT_NODE_MODULES ? process.env.ORT_NODE_MODULES + "
                 "\"/\" : \"\") + \"onnxruntime-node\")' >/dev/null 2>&1",
                 "activation.npy", ""},
	[JUDGE_PYTORCH] = {"PyTorch", "/usr/bin/python3 tests/reference/reference_torch.py",
                           "/usr/bin/python3 -c 'import numpy, torch' >/dev/null 2>&1",
                           "gradient.npy", "--gradient"},
};

/* ---- files ---- */

static char folder[] = "/tmp/reverie-test-reference-XXXXXX";
static bool folder_made;

const char *judge_scratch(const char *name)
{
	static char paths[4][256];
	static int next;
	char *path = paths[next++ % 4];

	if (!folder_made)
		folder_made = mkdtemp(folder) != NULL;
	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

__attribute__((destructor)) static void remove_scratch(void)
{
	static const char *const names[] = {"input.npy", "activation.npy", "gradient.npy", "log",
	                                    "network.caffemodel"};

	for (size_t i = 0; folder_made && i < sizeof(names) / sizeof(names[0]); i++)
		unlink(judge_scratch(names[i]));
	if (folder_made)
		rmdir(folder);
}

bool judge_take_input(const float *input, int height, int width)
{
	bool written = npy_write_array(judge_scratch("input.npy"), input, 3, height, width);

	if (!written)
		test_failed(__FILE__, __LINE__, "writing %s failed", judge_scratch("input.npy"));
	return written;
}

/* ---- what they find now ---- */

bool judge_is_there(enum judge judge)
{
	static int known[sizeof(judges) / sizeof(judges[0])]; /* 1: it is, -1: it is not */

	if (!known[judge])
		known[judge] = system(judges[judge].probe) == 0 ? 1 : -1;
	return known[judge] > 0;
}

/* Runs a reference's script; its exit code. */
static int run(enum judge judge, const char *path, const char *layer)
{
	char command[2048];
	int status;

	snprintf(command, sizeof(command), "%s '%s' '%s' '%s' %s '%s' >'%s' 2>&1",
	         judges[judge].program, path, layer, judge_scratch("input.npy"),
	         judges[judge].option, judge_scratch(judges[judge].result), judge_scratch("log"));
	status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void tell_log(void)
{
	char line[512];
	FILE *file = fopen(judge_scratch("log"), "r");

	while (file && fgets(line, sizeof(line), file))
		printf("# %s", line);
	if (file)
		fclose(file);
}

/* False, with the test skipped or failed, unless the reference ran. */
static bool has_run(enum judge judge, int code)
{
	if (code == 0)
		return true;
	if (code == EXIT_MISSING || code == EXIT_NO_PROGRAM) {
		test_skipped("%s is not installed", judges[judge].name);
	} else {
		tell_log();
		test_failed(__FILE__, __LINE__, "the reference in %s ended with code %d",
		            judges[judge].name, code);
	}
	return false;
}

static size_t count_of(const rv_array *array)
{
	return (size_t)array->channels * (size_t)array->height * (size_t)array->width;
}

/* A cosine does not see a wrong scale, nor a distance which way it goes. */
static void compare(enum judge judge, const char *what, const float *found, const float *expected,
                    size_t count)
{
	bool is_gradient = judge == JUDGE_PYTORCH;
	double difference = test_relative_error(found, expected, count);
	double cosine = test_cosine(found, expected, count);

	CHECK_MESSAGE(difference < (is_gradient ? gradient_bound : activation_bound),
	              "%s: relative error %.2e", what, difference);
	CHECK_MESSAGE(!is_gradient || cosine > gradient_cosine, "%s: cosine %.7f", what, cosine);
}

void judge_check(enum judge judge, const char *path, const char *layer, const rv_array *found)
{
	float *expected;

	if (!has_run(judge, run(judge, path, layer)))
		return;
	expected = npy_read_array(judge_scratch(judges[judge].result), count_of(found));
	if (expected)
		compare(judge, layer, found->data, expected, count_of(found));
	else
		test_failed(__FILE__, __LINE__, "%s: the shapes differ", layer);
	free(expected);
}

/* ---- what they found once ---- */

enum { SAMPLES = 128 };

/* Of an array of so many numbers, the place of sample number i. */
static size_t sample_place(int i, size_t count)
{
	uint64_t mixed = ((uint64_t)i + 1) * 0x9E3779B97F4A7C15u;

	return (size_t)((mixed ^ mixed >> 29) % count);
}

/* A line of the file: what it is of, then SAMPLES numbers. */
static bool read_samples(const char *title, float *samples)
{
	static char line[64 * SAMPLES];
	FILE *file = fopen(recorded_values, "r");
	size_t length = strlen(title);
	int count = 0;

	while (file && count == 0 && fgets(line, sizeof(line), file)) {
		char *at = line + length, *end;
		if (strncmp(line, title, length) != 0)
			continue;
		for (; count < SAMPLES; count++, at = end) {
			samples[count] = strtof(at, &end);
			if (end == at)
				break;
		}
	}
	if (file)
		fclose(file);
	return count == SAMPLES;
}

static void record_samples(enum judge judge, const char *title, size_t count)
{
	float *values = npy_read_array(judge_scratch(judges[judge].result), count);
	FILE *file = fopen(getenv("REVERIE_RECORD_REFERENCE"), "a");

	if (values && file) {
		fputs(title, file);
		for (int i = 0; i < SAMPLES; i++)
			fprintf(file, " %.6g", (double)values[sample_place(i, count)]);
		fputc('\n', file);
	} else {
		test_failed(__FILE__, __LINE__, "%s cannot be recorded", title);
	}
	if (file)
		fclose(file);
	free(values);
}

/* The bounds are those of whole arrays. */
static void check_samples(enum judge judge, const char *title, const rv_array *array)
{
	float expected[SAMPLES], found[SAMPLES];

	if (!read_samples(title, expected)) {
		test_failed(__FILE__, __LINE__, "%s has no line \"%s\"", recorded_values, title);
		return;
	}
	for (int i = 0; i < SAMPLES; i++)
		found[i] = array->data[sample_place(i, count_of(array))];
	compare(judge, title, found, expected, SAMPLES);
}

void judge_check_recorded(enum judge judge, const char *path, const char *layer, const char *title,
                          const rv_array *found)
{
	if (getenv("REVERIE_RECORD_REFERENCE")) {
		judge_check(judge, path, layer, found);
		record_samples(judge, title, count_of(found));
	} else {
		check_samples(judge, title, found);
	}
}
