/* The commands about motion: `reverie flow A B` and `reverie bench flow A B`. */
#ifndef COMMAND_FLOW_H
#define COMMAND_FLOW_H

#include "engine/reverie.h"

/* What a command line asked for; the texts are the caller's. NULL or "" is a text not given. */
struct flow_request {
	const char *first, *second; /* pictures: files, or names for picture_open() */
	const char *output;         /* .flo, or any picture's extension; unused by bench */
	const char *truth;          /* .flo to compare with; used by bench alone */
	rv_flow_quality quality;
	int runs; /* timed ones, at least 1; used by bench alone */
	bool force, quiet;
	rv_config config;
};

/* "fast", "medium", "fine", in the order of rv_flow_quality, then NULL. */
extern const char *const flow_quality_names[];

/* Estimates the motion from the first picture to the second and writes it: as .flo, or in the
 * colours of flo_colours(). */
rv_status flow_write_command(const struct flow_request *request, rv_error *error);

/* Prints one line: quality, size, mean end-point error if there is a truth, and milliseconds from
 * two pictures on the device to the motion there, median and least. */
rv_status flow_bench_command(const struct flow_request *request, rv_error *error);

#endif
