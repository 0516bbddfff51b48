#include "app/control/score_keep.h"

#include <stdlib.h>
#include <string.h>

#include "app/base/output_file.h"
#include "app/base/text_lines.h"
#include "app/control/action.h"
#include "app/control/score_data.h"
#include "app/options/differing.h"

struct score_keep {
	struct output_file *file;
	AVIOContext *io; /* the file's */
	struct options last;
	bool is_full;
};

static bool can_be_kept(const struct option *option)
{
	return action_can_change(option) && !option->is_private;
}

/* For a line of any length, and a time that can be read. Once there is none, nothing is written any
 * more: a later key would not be what was played without the one before. */
static bool has_room(struct score_keep *keep, double seconds)
{
	bool is_long = avio_tell(keep->io) + TEXT_LINE_LENGTH + 1 > (int64_t)TEXT_BYTES_MAX;
	keep->is_full = keep->is_full || is_long || seconds > TEXT_TIME_MAX;
	return !keep->is_full;
}

/* A time to the millisecond, and a value that ends what the line says. */
static void write_key(struct score_keep *keep, double seconds, const struct option *option,
                      const char *value)
{
	char kept[TEXT_LINE_LENGTH];
	text_keep_marks(value[0] ? value : score_default, kept);
	if (has_room(keep, seconds))
		avio_printf(keep->io, "%.3f %s %s\n", seconds, option->name, kept);
}

static void write_beginning(void *context, const struct option *option, const char *value)
{
	if (can_be_kept(option))
		write_key(context, 0, option, value);
}

rv_status score_keep_open(struct score_keep **opened, const char *path, bool force,
                          const struct options *options, rv_error *error)
{
	struct score_keep *keep = calloc(1, sizeof(*keep));
	if (!keep)
		return rv_fail(error, RV_MEMORY, "out of memory for a score");
	rv_status status = output_file_create(&keep->file, path, force, error);
	if (status != RV_OK) {
		free(keep);
		return status;
	}
	keep->io = output_file_io(keep->file);
	keep->last = *options;
	avio_printf(keep->io, "# Played with Reverie " RV_VERSION ". reverie INPUT -o OUTPUT");
	if (options->dream.network.name[0])
		avio_printf(keep->io, " --model %s", options->dream.network.name);
	avio_printf(keep->io, " --score FILE\n# renders it at full quality.\n");
	differing_each(options, COMMAND_LIVE, write_beginning, keep);
	*opened = keep;
	return RV_OK;
}

void score_keep_note(struct score_keep *keep, double seconds, const struct options *options)
{
	char value[OPTION_VALUE_LENGTH];
	bool has_layer = false; /* with which channels that are not told again would go */
	for (const struct option *option = option_table; option->name; option++) {
		const void *now = option_value(options, option);
		bool same = option->type->equal(now, option_value(&keep->last, option));
		bool is_lost = has_layer && option->type == &option_type_channels;
		if (!can_be_kept(option) || (same && !is_lost))
			continue;
		option_print(option, now, value);
		write_key(keep, seconds, option, value);
		has_layer |= option->type == &option_type_layers;
	}
	keep->last = *options;
	avio_flush(keep->io);
}

void score_keep_reset(struct score_keep *keep, double seconds)
{
	if (has_room(keep, seconds))
		avio_printf(keep->io, "%.3f reset\n", seconds);
	avio_flush(keep->io);
}

void score_keep_stroke(struct score_keep *keep, double seconds, const struct brush_stroke *stroke)
{
	char text[SCORE_STROKE_LENGTH];
	score_stroke_write(stroke, text);
	if (has_room(keep, seconds))
		avio_printf(keep->io, "%.3f %s\n", seconds, text);
	avio_flush(keep->io);
}

bool score_keep_is_full(const struct score_keep *keep)
{
	return keep->is_full;
}

rv_status score_keep_close(struct score_keep **closed, rv_error *error)
{
	struct score_keep *keep = *closed;
	if (!keep)
		return RV_OK;
	rv_status status = output_file_commit(&keep->file, error);
	free(keep);
	*closed = NULL;
	return status;
}
