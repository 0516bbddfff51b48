/* The words that options take: for the table of options alone, which includes this. */
#ifndef APP_OPTIONS_CHOICES_H
#define APP_OPTIONS_CHOICES_H

#include <stddef.h>

/* The order of each list is that of the enum it stands for. */
static const char *const hdr_modes[] = {"keep", "sdr", NULL};
static const char *const deinterlace_modes[] = {"auto", "off", "all", NULL};
static const char *const objectives[] = {"l2", "mean", "winners", NULL};
static const char *const normalisations[] = {"bands", "deviation", "mean-abs", "even-bands", NULL};
static const char *const octave_orders[] = {"rising", "chance", NULL};
static const char *const alternations[] = {"off", "frames", "steps", NULL};
static const char *const off[] = {"off", NULL};
static const char *const cut_names[] = {"off", "auto", NULL};
static const char *const automatic[] = {"auto", NULL};
static const char *const views[] = {"dream", "split", "source", NULL};
static const char *const hud_levels[] = {"off", "small", "full", "help", NULL};
static const char *const scales[] = {"fit", "fill", "stretch", "integer", NULL};
static const char *const corners[] = {"off",          "top-left",    "top-right",
                                      "bottom-right", "bottom-left", NULL};
static const char *const automatic_show[] = {"show", NULL};
static const char *const origins[] = {"input", "noise", NULL};
static const char *const convolutions[] = {"auto", "direct", "winograd", "gemm", "matrix", NULL};
static const char *const precisions[] = {"float", "tf32", NULL};
static const char *const kernels[] = {"auto", "cpu", "gpu", NULL};

#endif
