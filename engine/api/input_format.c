#include <stdio.h>
#include <string.h>

#include "engine/api/model.h"

static const rv_input_format presets[] = {
	/* Caffe's model zoo: the means of ImageNet's blue, green and red. */
	{"caffe-bgr", true, {104, 117, 123}, {1, 1, 1}},
	/* torchvision: mean and standard deviation of ImageNet's red, green and blue. */
	{"imagenet", false, {123.675f, 116.28f, 103.53f}, {1 / 58.395f, 1 / 57.12f, 1 / 57.375f}},
	{"unit", false, {0, 0, 0}, {1 / 255.0f, 1 / 255.0f, 1 / 255.0f}},
	{"signed", false, {127.5f, 127.5f, 127.5f}, {1 / 127.5f, 1 / 127.5f, 1 / 127.5f}},
};

enum { PRESET_COUNT = sizeof(presets) / sizeof(presets[0]) };

#define PRESET_NAMES "caffe-bgr, imagenet, unit or signed"

static const rv_input_format *find_preset(const char *name)
{
	for (int i = 0; i < PRESET_COUNT; i++)
		if (!strcmp(presets[i].name, name))
			return &presets[i];
	return NULL;
}

static void set_range(rv_input_format *format, float mean, float scale)
{
	for (int i = 0; i < 3; i++) {
		format->mean[i] = mean;
		format->scale[i] = scale;
	}
}

/* The metadata of images that ONNX itself defines (MetadataProps.md of github.com/onnx/onnx). They
 * say nothing of means, so they count only where both keys are there. */
static bool read_standard_metadata(rv_input_format *format, const struct onnx_model *onnx)
{
	const char *pixels = onnx_metadata(onnx, "Image.BitmapPixelFormat");
	const char *range = onnx_metadata(onnx, "Image.NominalPixelRange");
	if (!pixels || !range)
		return false;
	*format = (rv_input_format){.name = "file", .bgr = !strncmp(pixels, "Bgr", 3)};
	if (strncmp(pixels, "Bgr", 3) != 0 && strncmp(pixels, "Rgb", 3) != 0)
		return false;
	if (!strcmp(range, "NominalRange_0_255"))
		set_range(format, 0, 1);
	else if (!strcmp(range, "Normalized_0_1"))
		set_range(format, 0, 1 / 255.0f);
	else if (!strcmp(range, "Normalized_1_1"))
		set_range(format, 127.5f, 1 / 127.5f);
	else
		return false;
	return true;
}

rv_status input_format_find(rv_input_format *format, const char *name,
                            const struct onnx_model *onnx, rv_error *error)
{
	bool chosen = name && *name;
	const char *wanted = chosen ? name : onnx_metadata(onnx, "reverie.input");
	const rv_input_format *preset = wanted ? find_preset(wanted) : NULL;
	if (preset) {
		*format = *preset;
		if (!chosen)
			snprintf(format->name, sizeof(format->name), "file");
		return RV_OK;
	}
	if (chosen)
		return rv_fail(error, RV_INVALID,
		               "no input format \"%.40s\"; there is " PRESET_NAMES, name);
	if (wanted)
		return rv_fail(error, RV_INVALID,
		               "its metadata names an unknown input format \"%.40s\"; "
		               "give --input-format " PRESET_NAMES,
		               wanted);
	if (read_standard_metadata(format, onnx))
		return RV_OK;
	*format = *find_preset("imagenet");
	snprintf(format->name, sizeof(format->name), "guess");
	return RV_OK;
}
