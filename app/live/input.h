/* What a live session dreams where nobody said. */
#ifndef APP_LIVE_INPUT_H
#define APP_LIVE_INPUT_H

#include "app/base/paths.h"
#include "app/options/options.h"

/* Writes the name of the input: options->call.operand, else the first camera, else the sample clip,
 * with a line on standard error saying so. RV_NOT_FOUND: none of them. */
rv_status live_input_find(const struct options *options, char input[PATH_LENGTH], rv_error *error);

#endif
