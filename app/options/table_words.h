/* What the entries of the table of options are written with: whose they are, where their values
 * stand, and the names of choices, each list in the order of the enum that it stands for. For
 * app/options/table.c alone. */
#ifndef APP_OPTIONS_TABLE_WORDS_H
#define APP_OPTIONS_TABLE_WORDS_H

#include <stddef.h>

#include "app/options/options.h"

enum {
	DREAM = COMMAND_DREAM | COMMAND_PLAN,
	LIVE = COMMAND_LIVE,
	ENGINE = COMMAND_DREAM | COMMAND_PLAN | COMMAND_CHUNK | COMMAND_LIVE | COMMAND_TUNE |
	         COMMAND_BENCH | COMMAND_INSPECT | COMMAND_KERNELS | COMMAND_FLOW |
	         COMMAND_CLASSIFY | COMMAND_ATLAS | COMMAND_PROBE,
	/* What inspect, classify and probe look at is always computed in floats. */
	ROUNDING = COMMAND_DREAM | COMMAND_PLAN | COMMAND_CHUNK | COMMAND_LIVE | COMMAND_TUNE |
	           COMMAND_BENCH | COMMAND_ATLAS,
	MODEL = COMMAND_DREAM | COMMAND_PLAN | COMMAND_LIVE | COMMAND_TUNE | COMMAND_BENCH |
	        COMMAND_INSPECT | COMMAND_LAYERS | COMMAND_CLASSIFY | COMMAND_ATLAS | COMMAND_PROBE,
	TIMED = COMMAND_TUNE | COMMAND_BENCH,
	MOVING = COMMAND_DREAM | COMMAND_PLAN | COMMAND_LIVE | COMMAND_BENCH,
	WRITING_ONE = COMMAND_DREAM | COMMAND_FLOW | COMMAND_ATLAS | COMMAND_PROBE,
	WRITING = WRITING_ONE | COMMAND_INSPECT,
};

/* Where the value is: in which part of struct options, and where in that. */
#define PLACE(part_, member)                                                                       \
	.part = offsetof(struct options, part_), .place = offsetof(struct option_##part_, member)
/* A field of rv_params, with the engine's range and help; a number of our own; one without. */
#define PARAM(index, member) PLACE(dream, params.member), .range = &rv_param_table[index].range
#define RANGE(...)                                                                                 \
	.range = &(const rv_range)                                                                 \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}
#define HELP(text) RANGE(.help = text)
/* What a dream in time is changed by while it is under way. */
#define CHANGES_TIME(cost_) .group = OPTION_GROUP_TIME, .cost = OPTION_##cost_, .commands = MOVING

#define GIGABYTE (1024.0 * 1024 * 1024)
/* The range of --memory-limit in bytes: no network fits into less, and no machine has more. */
#define MEMORY_LEAST (GIGABYTE / 16)
#define MEMORY_MOST (1024 * GIGABYTE)

static const char *const film_engines[] = {"none", "parallel", "slurm", NULL};
static const char *const hdr_modes[] = {"keep", "sdr", NULL};
static const char *const deinterlace_modes[] = {"auto", "off", "frame", "field", NULL};
static const char *const objectives[] = {"l2", "mean", "winners", NULL};
static const char *const normalisations[] = {"bands",      "deviation", "mean-abs",
                                             "even-bands", "standard",  NULL};
static const char *const octave_orders[] = {"rising", "chance", NULL};
static const char *const alternations[] = {"off", "frames", "steps", NULL};
static const char *const off[] = {"off", NULL};
static const char *const cut_names[] = {"off", "auto", NULL};
static const char *const automatic[] = {"auto", NULL};
static const char *const views[] = {"dream", "split", "source", NULL};
static const char *const hud_levels[] = {"off", "small", "full", "help", NULL};
static const char *const scales[] = {"fit", "fill", "stretch", "integer", NULL};
static const char *const atlas_views[] = {"off", "layer", "place", NULL};
static const char *const corners[] = {"off",          "top-left",    "top-right",
                                      "bottom-right", "bottom-left", NULL};
static const char *const automatic_show[] = {"show", NULL};
static const char *const origins[] = {"input", "noise", NULL};
static const char *const convolutions[] = {"auto", "direct", "winograd", "gemm", "matrix", NULL};
static const char *const precisions[] = {"float",    "tf32", "bfloat16-backward",
                                         "bfloat16", "auto", NULL};
static const char *const kernels[] = {"auto", "cpu", "gpu", NULL};

#endif
