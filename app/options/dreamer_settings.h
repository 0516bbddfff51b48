/* The settings text (app/options/settings.h) of what an open network dreams. */
#ifndef APP_OPTIONS_DREAMER_SETTINGS_H
#define APP_OPTIONS_DREAMER_SETTINGS_H

#include "app/options/dreamer.h"

/* Writes it; options->call.operand is the input. checksum: of the network's file, or "". The text
 * is the caller's to free. RV_MEMORY. */
rv_status dreamer_write_settings(const struct dreamer *dreamer, const struct options *options,
                                 bool is_live, const char *checksum, char **text, rv_error *error);

#endif
