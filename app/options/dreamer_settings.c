#include "app/options/dreamer_settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/options/settings.h"

rv_status dreamer_write_settings(const struct dreamer *dreamer, const struct options *options,
                                 bool is_live, const char *checksum, char **text, rv_error *error)
{
	struct settings *settings = calloc(1, sizeof(*settings));
	if (!settings)
		return rv_fail(error, RV_MEMORY, "out of memory for the settings");
	settings->options = *options;
	settings->is_live = is_live;
	dreamer_settle(dreamer, &settings->options.dream);
	snprintf(settings->version, sizeof(settings->version), "%s", RV_VERSION);
	snprintf(settings->network_file, sizeof(settings->network_file), "%.*s",
	         OPTION_TEXT_LENGTH - 1, rv_model_path(dreamer->model));
	snprintf(settings->checksum, sizeof(settings->checksum), "%s", checksum);
	if (dreamer->engine)
		snprintf(settings->device, sizeof(settings->device), "%.120s",
		         rv_engine_device(dreamer->engine)->name);
	/* The layer that is dreamed of where none was named may be another one day. */
	dreamer_name_layer(dreamer, &settings->options.dream);
	settings->score = settings_read_score(options);
	rv_status status = settings_write(settings, text, error);
	settings_release(settings);
	free(settings);
	return status;
}
