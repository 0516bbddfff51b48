/* What a classifier sees, place by place. */
#include <math.h>
#include <string.h>

#include "engine/api/model.h"
#include "engine/api/probe.h"

/* Scores become parts of 1 at every place. */
static void take_parts(rv_array *array)
{
	size_t places = (size_t)array->height * (size_t)array->width;

	for (size_t p = 0; p < places; p++) {
		double sum = 0;
		float largest = array->data[p];
		for (int c = 1; c < array->channels; c++)
			largest = fmaxf(largest, array->data[(size_t)c * places + p]);
		for (int c = 0; c < array->channels; c++) {
			float *value = &array->data[(size_t)c * places + p];
			*value = expf(*value - largest);
			sum += (double)*value;
		}
		for (int c = 0; c < array->channels; c++)
			array->data[(size_t)c * places + p] /= (float)sum;
	}
}

rv_status rv_inspect_classes(rv_engine *engine, const rv_image *picture, rv_array *parts,
                             rv_error *error)
{
	const char *layer = engine ? model_class_layer(engine->model) : NULL;
	struct probe probe;
	rv_status status;

	if (!engine || !parts)
		return rv_fail(error, RV_INVALID,
		               "rv_inspect_classes needs an engine and an array");
	memset(parts, 0, sizeof(*parts));
	if (!layer)
		return model_fail_without_classes(engine->model, error);
	status = engine_check_image(picture, error);
	if (status != RV_OK)
		return status;
	status = probe_create_spread(&probe, engine, layer, picture->width, picture->height, error);
	if (status != RV_OK)
		return status;
	status = probe_present(&probe, picture, error);
	if (status == RV_OK)
		status = probe_run(&probe, error);
	if (status == RV_OK)
		status = probe_activation(&probe, parts, error);
	probe_release(&probe);
	if (status == RV_OK)
		take_parts(parts);
	return status;
}
