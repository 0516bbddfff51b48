/* The commands that say what is there: cameras, devices, layers, and whether kernels
 * compile. */
#include <string.h>

#include "app/base/paths.h"
#include "app/command/command.h"
#include "app/media/camera.h"
#include "app/options/dreamer.h"
#include "engine/reverie_inspect.h"

/* ---- cameras ---- */

rv_status command_cameras(const struct options *options, rv_error *error)
{
	struct camera camera;
	int count = 0;
	rv_status status = command_takes_no_operand(options, error);
	if (status != RV_OK)
		return status;
	for (int number = 0; camera_next(number, &camera); number = camera.number + 1, count++)
		camera_print(&camera, stdout);
	if (!count)
		printf("There is no camera\n");
	return RV_OK;
}

/* ---- devices ---- */

static const char *kind_name(rv_device_kind kind)
{
	switch (kind) {
	case RV_DEVICE_CPU:
		return "CPU";
	case RV_DEVICE_GPU:
		return "GPU";
	case RV_DEVICE_OTHER:
		break;
	}
	return "other";
}

static void print_device(int number, const rv_device_info *device)
{
	printf("%2d  %-5s  %s: %s, driver %s, %u compute units, %.1f GiB%s\n", number,
	       kind_name(device->kind), device->platform, device->name, device->driver,
	       device->compute_units, (double)device->memory_bytes / (1 << 30),
	       device->usable ? "" : " (cannot be used)");
}

rv_status command_devices(const struct options *options, rv_error *error)
{
	enum { DEVICES_MAX = 64 };
	static rv_device_info devices[DEVICES_MAX];
	int count;
	rv_status status = command_takes_no_operand(options, error);
	if (status == RV_OK)
		status = rv_device_list(devices, DEVICES_MAX, &count, error);
	if (status != RV_OK)
		return status;
	if (!count)
		return rv_fail(error, RV_NOT_FOUND,
		               "there is no OpenCL device; install your GPU's driver, or "
		               "pocl-opencl-icd for the CPU, which needs a $HOME or "
		               "$POCL_CACHE_DIR that can be written");
	for (int i = 0; i < count && i < DEVICES_MAX; i++)
		print_device(i + 1, &devices[i]);
	return RV_OK;
}

/* ---- layers ---- */

static int longest_name(const rv_model *model)
{
	int longest = (int)strlen("layer");
	for (int i = 0; i < rv_model_layer_count(model); i++) {
		int length = (int)strlen(rv_model_layer(model, i)->name);
		longest = length > longest ? length : longest;
	}
	return longest;
}

/* A number of the table, or a dash where it is not known. */
static const char *number_or_dash(int number, char text[16])
{
	snprintf(text, 16, number ? "%d" : "-", number);
	return text;
}

rv_status command_layers(const struct options *options, rv_error *error)
{
	struct dreamer dreamer = {0};
	rv_status status = command_takes_no_operand(options, error);
	if (status == RV_OK)
		status = dreamer_open_model(&dreamer, &options->dream.network, error);
	if (status != RV_OK)
		return status;
	int column = longest_name(dreamer.model);
	printf("%-*s  %-22s  channels  stride  supported\n", column, "layer", "operator");
	for (int i = 0; i < rv_model_layer_count(dreamer.model); i++) {
		const rv_layer_info *layer = rv_model_layer(dreamer.model, i);
		char channels[16], stride[16];
		printf("%-*s  %-22s  %8s  %6s  %s%s\n", column, layer->name, layer->operator_name,
		       number_or_dash(layer->channels, channels),
		       number_or_dash(layer->stride, stride), layer->supported ? "yes" : "no",
		       strcmp(layer->name, rv_model_default_layer(dreamer.model)) ? ""
		                                                                  : "  (default)");
	}
	dreamer_close(&dreamer);
	return RV_OK;
}

/* ---- kernels ---- */

rv_status command_kernels(const struct options *options, rv_error *error)
{
	rv_config config = option_device_config(&options->device);
	int compiled;
	rv_status status = command_takes_no_operand(options, error);
	if (status == RV_OK)
		status = rv_compile_kernels(&config, &compiled, error);
	if (status == RV_OK)
		printf("%d programs compiled\n", compiled);
	return status;
}
