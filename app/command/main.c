/* The program reverie. */
#include <unistd.h>

#include "app/command/again.h"
#include "app/command/program.h"
#include "app/command/table.h"
#include "app/control/keys.h"
#include "app/live/live.h"
#include "app/media/libav.h"

static rv_status print_keys(const struct options *options, rv_error *error)
{
	struct keys keys;
	rv_status status = keys_load_all(&keys, options->live.keys, error);
	if (status == RV_OK)
		keys_print(&keys, stdout);
	return status;
}

int main(int count, char **words)
{
	/* Without any word on the command line the program plays live. */
	const struct program reverie = {.name = "reverie",
	                                .commands = command_table,
	                                .usual = "live",
	                                .topic = "keys",
	                                .print_topic = print_keys,
	                                .load_like = again_load,
	                                .take_log = libav_take_log};
	int code = program_run(&reverie, count, words);
	if (live_left_thread())
		_exit(code); /* everything is written */
	return code;
}
