#include "app/command/table.h"

#include "app/command/command.h"
#include "app/live/live.h"

/* The manual page lists the table that it is part of, so it is made here. */
static rv_status print_man(const struct options *options, rv_error *error)
{
	rv_status status = command_takes_no_operand(options, error);
	if (status == RV_OK)
		options_print_man(stdout, command_table);
	return status;
}

/* Benchmarks were part of this program once; whoever calls them here is told where they are. */
static rv_status refuse_bench(const struct options *options, rv_error *error)
{
	return rv_fail(error, RV_INVALID,
	               "what measures is a program of its own, which `make` builds beside this "
	               "one: reverie-bench %.64s",
	               options->call.operand[0] ? options->call.operand : "WHAT");
}

const struct command command_table[] = {
	{"", "INPUT... -o OUTPUT", "Dreams pictures, or every frame of videos.", COMMAND_DREAM,
         command_dream},
	{"live", "live [INPUT...]",
         "dream cameras, streams and videos in a window; alone: your camera", COMMAND_LIVE,
         live_run},
	{"plan", "plan FILM --chunks FOLDER", "cut a film into chunks that machines dream apart",
         COMMAND_PLAN, command_plan},
	{"chunk", "chunk FOLDER [N]", "dream one chunk of a film, or tell how far all are",
         COMMAND_CHUNK, command_chunk},
	{"join", "join FOLDER -o FILM", "join the chunks of a film", COMMAND_JOIN, command_join},
	{"again", "again FILE", "print the command that made a picture or a video", COMMAND_AGAIN,
         command_again},
	{"cameras", "cameras", "list the cameras, their formats, sizes and rates", COMMAND_CAMERAS,
         command_cameras},
	{"devices", "devices", "list the OpenCL devices", COMMAND_DEVICES, command_devices},
	{"models", "models [get NAME]", "list networks that are there or can be had, or fetch one",
         COMMAND_MODELS, command_models},
	{"classify", "classify PICTURE", "tell what a network takes a picture for",
         COMMAND_CLASSIFY, command_classify},
	{"atlas", "atlas [--layer L] -o FILE",
         "draw what each channel of a layer, or each layer, dreams of", COMMAND_ATLAS,
         command_atlas},
	{"probe", "probe PICTURE X,Y", "tell which channels answer at a place of a picture",
         COMMAND_PROBE, command_probe},
	{"layers", "layers", "list the layers of a network", COMMAND_LAYERS, command_layers},
	{"tune", "tune", "find the fastest convolutions for this device ahead of time",
         COMMAND_TUNE, command_tune},
	{"inspect", "inspect INPUT", "write a layer's activation and its gradient as arrays",
         COMMAND_INSPECT, command_inspect},
	{"flow", "flow A B -o FILE", "write the motion from one picture to another", COMMAND_FLOW,
         command_flow},
	{"bench", "bench", NULL, COMMAND_BENCH, refuse_bench},
	{"kernels", "kernels", NULL, COMMAND_KERNELS, command_kernels},
	{"man", "man", NULL, COMMAND_MAN, print_man},
	{NULL, NULL, NULL, 0, NULL},
};
