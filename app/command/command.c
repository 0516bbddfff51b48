#include "app/command/command.h"

const struct command command_table[] = {
	{"", "INPUT -o OUTPUT", "Dreams a picture, or every frame of a video.", COMMAND_DREAM,
         command_dream},
	{"live", "live INPUT", "dream a camera, a stream or a video in a window, as it comes",
         COMMAND_LIVE, command_live},
	{"cameras", "cameras", "list the cameras, their formats, sizes and rates", COMMAND_CAMERAS,
         command_cameras},
	{"devices", "devices", "list the OpenCL devices", COMMAND_DEVICES, command_devices},
	{"models", "models", "list the networks in the model folders", COMMAND_MODELS,
         command_models},
	{"layers", "layers", "list the layers of a network", COMMAND_LAYERS, command_layers},
	{"tune", "tune", "find the fastest convolutions for this device ahead of time",
         COMMAND_TUNE, command_tune},
	{"bench", "bench WHAT", "measure step, dream, time, flow, conv, startup, memory, profile",
         COMMAND_BENCH, command_bench},
	{"inspect", "inspect INPUT", "write a layer's activation and its gradient as arrays",
         COMMAND_INSPECT, command_inspect},
	{"flow", "flow A B -o FILE", "write the motion from one picture to another", COMMAND_FLOW,
         command_flow},
	{"kernels", "kernels", NULL, COMMAND_KERNELS, command_kernels},
	{"man", "man", NULL, COMMAND_MAN, command_man},
	{NULL, NULL, NULL, 0, NULL},
};

rv_status command_takes_no_operand(const struct options *options, rv_error *error)
{
	if (options->operand[0])
		return rv_fail(error, RV_INVALID, "%.128s: this command takes options only",
		               options->operand);
	return RV_OK;
}

rv_status command_man(const struct options *options, rv_error *error)
{
	rv_status status = command_takes_no_operand(options, error);
	if (status == RV_OK)
		options_print_man(stdout, command_table);
	return status;
}
