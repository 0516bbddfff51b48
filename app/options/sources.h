/* The files that targets speak of, and the numbers by which an engine knows them. */
#ifndef APP_OPTIONS_SOURCES_H
#define APP_OPTIONS_SOURCES_H

#include "app/options/options.h"

/* Zeroed, nothing was read. Belongs to one engine, and to its thread. */
struct sources {
	struct {
		char name[OPTION_FILE_LENGTH]; /* empty: none */
		enum { SOURCE_GUIDE, SOURCE_DIRECTION, SOURCE_MASK } use;
	} list[RV_SOURCES_MAX];
};

/* Writes what the engine is to dream, as option_dream_params() does, after reading the files that
 * it speaks of and that were not read before. RV_NOT_FOUND and other errors of reading. */
rv_status sources_take(struct sources *sources, rv_engine *engine, const struct option_dream *dream,
                       const char *default_layer, rv_params *params, rv_error *error);

#endif
