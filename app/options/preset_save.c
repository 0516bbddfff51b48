/* Apart from what reads presets: programs without libav, whose output files are written through it,
 * read them too. */
#include <stdlib.h>

#include "app/base/output_file.h"
#include "app/base/text_lines.h"
#include "app/options/preset.h"

static void write_dream(const struct option_dream *dream, FILE *file)
{
	char value[OPTION_VALUE_LENGTH], kept[TEXT_LINE_LENGTH], range[OPTION_VALUE_LENGTH];
	if (dream->network.name[0])
		fprintf(file, "network %s\n", dream->network.name);
	for (const struct option *option = option_table; option->name; option++) {
		if (!option_in_dream(option))
			continue;
		option_print(option, option_dream_value(dream, option), value);
		text_keep_marks(value, kept);
		option_format_range(option, range);
		if (value[0])
			fprintf(file, "# %s%s%s\n%s = %s\n", option->range->help,
			        range[0] ? ": " : "", range, option->name, kept);
	}
}

rv_status preset_format(const struct option_dream *dream, char **text, rv_error *error)
{
	size_t length = 0;
	*text = NULL;
	FILE *file = open_memstream(text, &length);
	if (file)
		write_dream(dream, file);
	if (!file || fclose(file))
		return rv_fail(error, RV_MEMORY, "out of memory for a preset");
	return RV_OK;
}

rv_status preset_save(const struct option_dream *dream, const char *path, bool force,
                      rv_error *error)
{
	char *text = NULL;
	rv_status status = preset_format(dream, &text, error);
	if (status == RV_OK)
		status = output_file_write_text(path, text, force, error);
	free(text);
	return status;
}
