#include "app/offline/batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/media/container.h"

bool batch_is_folder(const char *output)
{
	struct stat status;
	size_t length = strlen(output);
	if (length && output[length - 1] == '/')
		return true;
	return stat(output, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool has_name(const char *input)
{
	return strcmp(input, "-") && strncmp(input, "lavfi:", strlen("lavfi:")) &&
	       !strstr(input, "://");
}

static rv_status place_output(char output[PATH_LENGTH], const char *input, const char *folder,
                              rv_error *error)
{
	const char *slash = strrchr(input, '/');
	const char *name = slash ? slash + 1 : input;
	const char *dot = strrchr(name, '.');
	int length = dot && dot != name ? (int)(dot - name) : (int)strlen(name);
	if (!has_name(input) || !name[0])
		return rv_fail(error, RV_INVALID,
		               "%.256s: has no name that could be kept; dream it by itself", input);
	bool has_slash = folder[0] && folder[strlen(folder) - 1] == '/';
	int needed = snprintf(output, PATH_LENGTH, "%s%s%.*s%s", folder, has_slash ? "" : "/",
	                      length, name, container_end_for(name));
	if (needed >= PATH_LENGTH)
		return rv_fail(error, RV_INVALID, "%.64s...: longer than %d bytes", output,
		               PATH_LENGTH - 1);
	return RV_OK;
}

static int compare_outputs(const void *a, const void *b)
{
	const char *const *first = a, *const *second = b;
	return strcmp(*first, *second);
}

static rv_status check_twins(const struct batch *batch, rv_error *error)
{
	rv_status status = RV_OK;
	const char **sorted = calloc((size_t)batch->count, sizeof(*sorted));
	if (!sorted)
		return rv_fail(error, RV_MEMORY, "out of memory for the names of the inputs");
	for (int i = 0; i < batch->count; i++)
		sorted[i] = batch->outputs[i];
	qsort(sorted, (size_t)batch->count, sizeof(*sorted), compare_outputs);
	for (int i = 1; i < batch->count && status == RV_OK; i++)
		if (!strcmp(sorted[i - 1], sorted[i]))
			status = rv_fail(error, RV_INVALID, "%.256s: two of the inputs become it",
			                 sorted[i]);
	free(sorted);
	return status;
}

rv_status batch_plan(struct batch *batch, const char *const *inputs, int count, const char *folder,
                     rv_error *error)
{
	rv_status status = RV_OK;
	batch->count = count;
	batch->outputs = calloc((size_t)count, sizeof(*batch->outputs));
	if (!batch->outputs)
		return rv_fail(error, RV_MEMORY, "out of memory for the names of the inputs");
	for (int i = 0; i < count && status == RV_OK; i++)
		status = place_output(batch->outputs[i], inputs[i], folder, error);
	return status == RV_OK ? check_twins(batch, error) : status;
}

void batch_release(struct batch *batch)
{
	free(batch->outputs);
	*batch = (struct batch){0};
}
