/* Apart from what reads presets: programs without libav, whose output files are written through it,
 * read them too. */
#include "app/base/output_file.h"
#include "app/options/preset.h"

rv_status preset_save(const struct option_dream *dream, const char *path, bool force,
                      rv_error *error)
{
	char value[OPTION_VALUE_LENGTH], range[OPTION_VALUE_LENGTH];
	struct output_file *file;
	rv_status status = output_file_create(&file, path, force, error);
	if (status != RV_OK)
		return status;
	if (dream->network.name[0])
		avio_printf(output_file_io(file), "network %s\n", dream->network.name);
	for (const struct option *option = option_table; option->name; option++) {
		if (!option_in_dream(option))
			continue;
		option_print(option, option_dream_value(dream, option), value);
		option_format_range(option, range);
		if (value[0])
			avio_printf(output_file_io(file), "# %s%s%s\n%s = %s\n",
			            option->range->help, range[0] ? ": " : "", range, option->name,
			            value);
	}
	return output_file_commit(&file, error);
}
