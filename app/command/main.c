/* Finds the command, reads its options, runs it, and says how it ended.
 *
 * Exit codes: 0 done; 1 failed; 2 the command line (or a preset, or a value) is wrong; 128 and the
 * number of the signal (130 for SIGINT, 143 for SIGTERM) where one ended the work early. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/base/signals.h"
#include "app/command/table.h"
#include "app/control/keys.h"
#include "app/live/live.h"
#include "app/offline/job_run.h"
#include "app/options/preset.h"

enum { EXIT_WRONG_CALL = 2, EXIT_SIGNAL = 128 };

/* From this size on, in bytes, what is allocated has pages of its own, which freeing gives back. */
enum { OWN_PAGES_LEAST = 128 * 1024 };

/* glibc begins with the same size, but raises it to that of whatever large block is freed, up to
 * 32 MB. Buffers of dreams would then lie in the heap among small blocks, which keep the memory of
 * a size that is not dreamed any more. Once it is set it stays. */
static void give_large_blocks_back(void)
{
#ifdef M_MMAP_THRESHOLD
	mallopt(M_MMAP_THRESHOLD, OWN_PAGES_LEAST);
#endif
}

/* Without a word, the program plays. */
static const struct command *find_command(const char *word)
{
	if (!word)
		word = "live";
	for (const struct command *command = command_table + 1; word && command->name; command++)
		if (!strcmp(command->name, word))
			return command;
	return command_table;
}

/* The command line goes before the preset it names, so it is read again over it. */
static rv_status read_options(struct options *options, int count, char *const *words,
                              unsigned command, rv_error *error)
{
	*options = options_default();
	rv_status status = options_parse(options, count, words, command, error);
	if (status != RV_OK || !options->preset[0])
		return status;
	struct options preset = options_default();
	status = preset_load(&preset, options->preset, error);
	if (status != RV_OK)
		return status;
	*options = preset;
	return options_parse(options, count, words, command, error);
}

static rv_status print_keys(const struct options *options, rv_error *error)
{
	struct keys keys;
	rv_status status = keys_load_all(&keys, options->keys, error);
	if (status == RV_OK)
		keys_print(&keys, stdout);
	return status;
}

static rv_status run(const struct command *command, const struct options *options, rv_error *error)
{
	if (options->help && !strcmp(options->operand, "keys"))
		return print_keys(options, error);
	if (options->help)
		options_print_help(stdout, command_table, command->bit);
	else if (options->version)
		printf("reverie " RV_VERSION "\n");
	else
		return command->run(options, error);
	return RV_OK;
}

static int exit_code(rv_status status)
{
	switch (status) {
	case RV_OK:
		return EXIT_SUCCESS;
	case RV_INVALID:
		return EXIT_WRONG_CALL;
	case RV_CANCELLED:
		return signals_stop ? EXIT_SIGNAL + (int)signals_stop : EXIT_FAILURE;
	default:
		return EXIT_FAILURE;
	}
}

int main(int count, char **words)
{
	const struct command *command = find_command(words[0] ? words[1] : NULL);
	int first = command == command_table ? 1 : 2;
	struct options options;
	rv_error error = {0};

	/* PoCL binds its threads to cores only if it is asked to before it starts; unbound ones
	 * sometimes crowd onto one core. */
	setenv("POCL_AFFINITY", "1", 0);
	give_large_blocks_back();
	signals_install();
	rv_status status = read_options(&options, words[0] ? count - first : 0, words + first,
	                                command->bit, &error);
	if (status == RV_OK) {
		job_set_verbose(options.verbose);
		status = run(command, &options, &error);
	}
	if (status == RV_OK && (fflush(stdout) || ferror(stdout)))
		status = rv_fail(&error, RV_IO, "standard output could not be written");
	if (status != RV_OK)
		fprintf(stderr, "reverie: %s\n", error.message);
	if (live_left_thread())
		_exit(exit_code(status)); /* everything is written */
	return exit_code(status);
}
