/* What files remember of how they were made (app/options/settings.h). */
#ifndef APP_COMMAND_AGAIN_H
#define APP_COMMAND_AGAIN_H

#include "app/options/options.h"

/* Reads the dream of the file at path, for --like, over dream. For errors see settings_load. */
rv_status again_load(struct option_dream *dream, const char *path, rv_error *error);

#endif
