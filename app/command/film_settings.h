/* The settings that a film in chunks carries along (app/options/settings.h), which lie in its
 * folder until it is joined. */
#ifndef APP_COMMAND_FILM_SETTINGS_H
#define APP_COMMAND_FILM_SETTINGS_H

#include "app/offline/film_plan.h"
#include "app/options/dreamer.h"

/* Writes them, as for a film that is dreamed in one go. RV_IO, RV_MEMORY. */
rv_status film_settings_keep(const struct film_plan *plan, const struct dreamer *dreamer,
                             const struct options *options, const char *folder, rv_error *error);

/* Reads them for the film that the options say. *text, the caller's to free, is NULL where the
 * folder has none, being of an older version. RV_MEMORY. */
rv_status film_settings_take(const struct options *options, const char *folder, char **text,
                             rv_error *error);

#endif
