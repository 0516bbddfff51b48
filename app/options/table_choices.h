/* The names of choices, each list in the order of the enum that it stands for. For
 * app/options/table.c alone. */
#ifndef APP_OPTIONS_TABLE_CHOICES_H
#define APP_OPTIONS_TABLE_CHOICES_H

#include <stddef.h>

static const char *const film_engines[] = {"none", "parallel", "slurm", NULL};
static const char *const hdr_modes[] = {"keep", "sdr", NULL};
static const char *const deinterlace_modes[] = {"auto", "off", "all", "field", NULL};
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
