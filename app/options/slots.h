/* The files that targets speak of, and which slot of an engine holds each. */
#ifndef APP_OPTIONS_SLOTS_H
#define APP_OPTIONS_SLOTS_H

#include "app/options/options.h"

struct reel;

/* A file for each target, a mask for each, and one for all of it: the first slots. */
enum { SLOTS_MAX = 2 * RV_TARGETS_MAX + 1 };

/* Zeroed, nothing was read. Belongs to one engine, and to its thread; closed by slots_close. */
struct slots {
	struct {
		char name[OPTION_FILE_LENGTH]; /* empty: none */
		enum { SLOT_GUIDE, SLOT_DIRECTION, SLOT_MASK } use;
		struct reel *reel; /* of a guide or a mask */
	} list[SLOTS_MAX];
	bool begun;
	int64_t origin; /* the time at which they begin */
};

/* Writes what the engine is to dream, as option_dream_params() does, after reading the files that
 * it speaks of and that were not read before. RV_NOT_FOUND and other errors of reading. */
rv_status slots_take(struct slots *slots, rv_engine *engine, const struct option_dream *dream,
                     const char *default_layer, rv_params *params, rv_error *error);

/* Gives the engine what guides and masks that are videos show at the time of the next frame, as
 * rv_dream has it, counted from their beginning. */
rv_status slots_go_to(struct slots *slots, rv_engine *engine, int64_t time, rv_error *error);

/* Says at which time they begin, where that is not the first frame's. */
void slots_begin(struct slots *slots, int64_t origin);

void slots_close(struct slots *slots);

#endif
