/* What the program can do, one function for each command of the table (app/command/table.h). They
 * print their results on standard output, and their errors not at all: main() does. A command is
 * run once, on the main thread. */
#ifndef APP_COMMAND_COMMAND_H
#define APP_COMMAND_COMMAND_H

#include "app/options/options.h"

/* app/command/dream.c: dreams a picture, a video or a journey into a file. */
rv_status command_dream(const struct options *options, rv_error *error);

/* app/command/film.c: plans a film in chunks, dreams one of them, joins them. */
rv_status command_plan(const struct options *options, rv_error *error);
rv_status command_chunk(const struct options *options, rv_error *error);
rv_status command_join(const struct options *options, rv_error *error);

/* app/command/list.c: what there is. */
rv_status command_cameras(const struct options *options, rv_error *error);
rv_status command_devices(const struct options *options, rv_error *error);
rv_status command_models(const struct options *options, rv_error *error);
rv_status command_classify(const struct options *options, rv_error *error);
rv_status command_layers(const struct options *options, rv_error *error);
rv_status command_kernels(const struct options *options, rv_error *error);

/* app/command/atlas.c: draws what channels, classes or layers dream of. */
rv_status command_atlas(const struct options *options, rv_error *error);

/* app/command/probe.c: tells which channels answer at a place. */
rv_status command_probe(const struct options *options, rv_error *error);

rv_status command_flow(const struct options *options, rv_error *error);
rv_status command_again(const struct options *options, rv_error *error);
rv_status command_inspect(const struct options *options, rv_error *error);
rv_status command_tune(const struct options *options, rv_error *error);

/* Each is an rv_progress with a struct progress as its context, which goes on until a signal asks
 * to stop: of a dream, and of its preparation. */
bool command_show_part(void *progress, double part);
bool command_show_preparation(void *progress, double part);

/* RV_INVALID where the command line holds a word that is no option. */
rv_status command_takes_no_operand(const struct options *options, rv_error *error);

#endif
