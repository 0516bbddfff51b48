#include "app/command/film_settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/output_file.h"
#include "app/base/text_lines.h"
#include "app/media/tag.h"
#include "app/options/dreamer_settings.h"
#include "app/options/settings.h"

rv_status film_settings_keep(const struct film_plan *plan, const struct dreamer *dreamer,
                             const struct options *options, const char *folder, rv_error *error)
{
	char path[PATH_LENGTH], checksum[CHECKSUM_LENGTH] = "", *text = NULL;
	struct options *film = malloc(sizeof(*film));
	if (!film)
		return rv_fail(error, RV_MEMORY, "out of memory for the settings");
	*film = *options;
	snprintf(film->output.encoder, sizeof(film->output.encoder), "%s", plan->encoder);
	checksum_of_file(rv_model_path(dreamer->model), 256, checksum, NULL);
	rv_status status = dreamer_write_settings(dreamer, film, false, checksum, &text, error);
	if (status == RV_OK)
		status = film_made_path(path, folder, error);
	if (status == RV_OK)
		status = output_file_write_text(path, text, true, error);
	free(text);
	free(film);
	return status;
}

rv_status film_settings_take(const struct options *options, const char *folder, char **text,
                             rv_error *error)
{
	char path[PATH_LENGTH];
	struct settings *settings = malloc(sizeof(*settings));
	*text = NULL;
	if (!settings)
		return rv_fail(error, RV_MEMORY, "out of memory for the settings");
	rv_status status = film_made_path(path, folder, error);
	char *kept = status == RV_OK ? text_read_whole(path, TAG_LENGTH_MAX) : NULL;
	if (kept && settings_parse(settings, path, kept, NULL) == RV_OK) {
		struct option_output *output = &settings->options.output;
		strcpy(output->file, options->output.file);
		strcpy(output->format, options->output.format);
		status = settings_write(settings, text, error);
		settings_release(settings);
	}
	free(kept);
	free(settings);
	return status;
}
