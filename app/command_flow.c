#include "app/command_flow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/flo.h"

const char *const flow_quality_names[] = {"fast", "medium", "fine", NULL};

/* Zeroed, nothing is held. */
struct flow_work {
	const struct flow_request *request;
	struct picture first, second, colours;
	struct output_file *file;
	struct flo flow, truth;
	double *milliseconds;
};

static void release(struct flow_work *work)
{
	output_file_discard(&work->file);
	picture_release(&work->first);
	picture_release(&work->second);
	picture_release(&work->colours);
	flo_release(&work->flow);
	flo_release(&work->truth);
	free(work->milliseconds);
}

static bool given(const char *text)
{
	return text && text[0];
}

static bool ends_in_flo(const char *name)
{
	size_t length = strlen(name);
	return length >= 4 && !strcasecmp(name + length - 4, ".flo");
}

static rv_status open_pictures(struct flow_work *work, rv_error *error)
{
	const struct flow_request *request = work->request;
	rv_status status;

	if (!given(request->first) || !given(request->second))
		return rv_fail(error, RV_INVALID,
		               "motion is from one picture to another: two are "
		               "needed");
	if ((status = picture_open(&work->first, request->first, error)) ||
	    (status = picture_open(&work->second, request->second, error)))
		return status;
	return flo_create(&work->flow, work->first.image.width, work->first.image.height, error);
}

static rv_status estimate(struct flow_work *work, rv_error *error)
{
	const struct flow_request *request = work->request;

	return rv_flow(&request->config, &work->first.image, &work->second.image, request->quality,
	               work->flow.motion, work->milliseconds ? request->runs : 0,
	               work->milliseconds, error);
}

/* ---- flow ---- */

static rv_status check_output(const struct flow_request *request, rv_error *error)
{
	if (!given(request->output))
		return rv_fail(error, RV_INVALID,
		               "where to? -o FILE.flo, or -o FILE.png for a picture of the motion");
	if (!ends_in_flo(request->output) && !picture_name_known(request->output))
		return rv_fail(error, RV_INVALID,
		               "%.256s: motion is written as .flo or as a picture (%s)",
		               request->output, picture_extensions());
	return RV_OK;
}

static rv_status write_motion(struct flow_work *work, rv_error *error)
{
	const char *name = work->request->output;
	rv_status status;

	if (ends_in_flo(name))
		flo_write(work->file, &work->flow);
	else if ((status = flo_colours(&work->flow, 0, &work->colours, error)) ||
	         (status = picture_write(&work->colours, work->file, name, error)))
		return status;
	return output_file_commit(&work->file, error);
}

rv_status flow_write_command(const struct flow_request *request, rv_error *error)
{
	struct flow_work work = {.request = request};
	rv_status status;

	/* The file comes first: that it cannot be written is known before anything is computed. */
	if ((status = check_output(request, error)) || (status = open_pictures(&work, error)) ||
	    (status = output_file_create(&work.file, request->output, request->force, error)) ||
	    (status = estimate(&work, error)) || (status = write_motion(&work, error)))
		goto cleanup;
	if (!request->quiet)
		printf("%s: %dx%d\n", request->output, work.flow.width, work.flow.height);
cleanup:
	release(&work);
	return status;
}

/* ---- bench flow ---- */

static int compare_times(const void *a, const void *b)
{
	double first = *(const double *)a, second = *(const double *)b;
	return (first > second) - (first < second);
}

static rv_status print_measures(struct flow_work *work, rv_error *error)
{
	const struct flow_request *request = work->request;
	double *times = work->milliseconds, distance;
	int runs = request->runs;
	rv_status status;

	qsort(times, (size_t)runs, sizeof(*times), compare_times);
	printf("flow %s %dx%d", flow_quality_names[request->quality], work->flow.width,
	       work->flow.height);
	if (given(request->truth)) {
		status = flo_end_point_error(&work->flow, &work->truth, &distance, error);
		if (status)
			return status;
		printf(" epe=%.4f", distance);
	}
	printf(" median_ms=%.3f min_ms=%.3f\n", (times[runs / 2] + times[(runs - 1) / 2]) / 2,
	       times[0]);
	return RV_OK;
}

rv_status flow_bench_command(const struct flow_request *request, rv_error *error)
{
	struct flow_work work = {.request = request};
	rv_status status;

	if (request->runs < 1)
		return rv_fail(error, RV_INVALID, "at least one run is timed");
	if ((status = open_pictures(&work, error)))
		goto cleanup;
	if (given(request->truth) && (status = flo_read(&work.truth, request->truth, error)))
		goto cleanup;
	work.milliseconds = calloc((size_t)request->runs, sizeof(*work.milliseconds));
	if (!work.milliseconds) {
		status = rv_fail(error, RV_MEMORY, "no memory for %d times", request->runs);
		goto cleanup;
	}
	if ((status = estimate(&work, error)) == RV_OK)
		status = print_measures(&work, error);
cleanup:
	release(&work);
	return status;
}
