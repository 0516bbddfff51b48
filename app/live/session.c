#include "app/live/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/options/dreamer_settings.h"

rv_status session_settings(struct live *live, const char *path, char **text, rv_error *error)
{
	struct options *options = malloc(sizeof(*options));
	if (!options)
		return rv_fail(error, RV_MEMORY, "out of memory for the settings");
	*options = live->actions->options;
	snprintf(options->call.operand, sizeof(options->call.operand), "%.*s",
	         OPTION_TEXT_LENGTH - 1, inputs_name(&live->inputs));
	snprintf(options->output.file, sizeof(options->output.file), "%s", path);
	rv_status status = dreamer_write_settings(&live->dreamer, options, true,
	                                          checksum_end(&live->checksum), text, error);
	free(options);
	return status;
}
