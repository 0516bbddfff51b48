#include "app/command/program.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/base/output_name.h"
#include "app/base/paths.h"
#include "app/base/signals.h"
#include "app/options/files.h"
#include "app/options/preset.h"

enum { EXIT_WRONG_CALL = 2, EXIT_SIGNAL = 128, SIGNAL_LIMIT = 5 };

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

static const struct command *find_named(const struct program *program, const char *word)
{
	for (const struct command *command = program->commands + 1; command->name; command++)
		if (!strcmp(command->name, word))
			return command;
	return NULL;
}

static const struct command *find_command(const struct program *program, const char *word)
{
	const struct command *command = find_named(program, word ? word : program->usual);
	return command ? command : program->commands;
}

static rv_status fail_word(const struct program *program, const char *word, const char *what,
                           rv_error *error)
{
	enum { NEAR = 3 };
	const char *nearest = program->topic;
	for (const struct command *command = program->commands + 1; command->name; command++)
		if (command->help && (!nearest || rv_edit_distance(command->name, word) <
		                                          rv_edit_distance(nearest, word)))
			nearest = command->name;
	if (nearest && rv_edit_distance(nearest, word) < NEAR)
		return rv_fail(error, RV_INVALID, "%.64s: %s; did you mean %s?", word, what,
		               nearest);
	return rv_fail(error, RV_INVALID, "%.64s: %s; --help lists what there is", word, what);
}

/* Whether word can only be meant as the name of a command: a typing error, most likely. */
static bool is_plain_word(const char *word)
{
	return word[0] && word[0] != '-' && !strpbrk(word, ":./%") && access(word, F_OK);
}

static rv_status print_help(const struct program *program, const struct command *command,
                            const struct options *options, rv_error *error)
{
	const char *word = options->call.operand;
	if (program->topic && !strcmp(word, program->topic))
		return program->print_topic(options, error);
	if (command == program->commands && find_named(program, word))
		command = find_named(program, word);
	else if (command == program->commands && is_plain_word(word))
		return fail_word(program, word, "there is no help on this", error);
	options_print_help(stdout, program->name, program->commands, command);
	return RV_OK;
}

/* Reads the dream that the options name, by a preset or by a file that was made so. */
static rv_status load_dream(const struct program *program, const struct option_call *call,
                            struct option_dream *dream, rv_error *error)
{
	if (call->preset[0] && call->like[0])
		return rv_fail(error, RV_INVALID,
		               "--preset and --like both say what is dreamed: one of them");
	return call->preset[0] ? preset_load(dream, call->preset, error)
	                       : program->load_like(dream, call->like, error);
}

/* The command line goes before the dream it names, so it is read again over it. */
static rv_status read_options(const struct program *program, struct options *options,
                              const char **inputs, int count, char *const *words, unsigned command,
                              rv_error *error)
{
	*options = options_default();
	options->call.inputs = inputs;
	options->call.commands = program->commands;
	options->call.program = program->name;
	rv_status status = options_parse(options, count, words, command, error);
	if (status != RV_OK || (!options->call.preset[0] && !options->call.like[0]))
		return status;
	struct option_call call = options->call;
	*options = options_default();
	options->call.inputs = inputs;
	status = load_dream(program, &call, &options->dream, error);
	if (status != RV_OK)
		return status;
	return options_parse(options, count, words, command, error);
}

static void print_version(const struct program *program)
{
	printf("%s " RV_VERSION, program->name);
	if (program_commit[0])
		printf(" (%s)", program_commit);
	printf("\n");
}

static void tell_leftover(void *context, const char *path)
{
	char found[PATH_LENGTH];
	const struct program *program = context;
	if (output_name_leftover(path, found))
		fprintf(stderr,
		        "%s: %s is left over from a run that was killed; look at it or delete it\n",
		        program->name, found);
}

/* A live session also records into the current folder, under names that say when. */
static void tell_leftovers(const struct program *program, const struct command *command,
                           const struct options *options)
{
	if (options->call.quiet)
		return;
	option_each_written(options, command->bit, tell_leftover, (void *)program);
	if (command->bit & COMMAND_LIVE)
		tell_leftover((void *)program, "reverie-");
}

/* Whoever names a cache wants it kept: without one, kernels are built anew at every start. One that
 * can only be read serves with what it holds. */
static rv_status check_cache(const struct option_device *device, rv_error *error)
{
	char path[PATH_LENGTH];
	if (!device->cache[0] || device->no_cache)
		return RV_OK;
	errno = ENAMETOOLONG;
	if (paths_join(path, device->cache, "kernels") && paths_make_folders(path))
		return RV_OK;
	int why = errno;
	if (!access(device->cache, R_OK | X_OK))
		return RV_OK;
	return rv_fail(error, RV_IO,
	               "--cache %.256s: nothing can be kept there: %s; --no-cache does without",
	               device->cache, strerror(why));
}

static rv_status run_command(const struct program *program, const struct command *command,
                             const struct options *options, rv_error *error)
{
	if (options->call.help)
		return print_help(program, command, options, error);
	if (options->call.version) {
		print_version(program);
		return RV_OK;
	}
	bool is_first = options->call.input_count > 1; /* as of commands that other programs have */
	const char *word = is_first ? options->call.inputs[0] : options->call.operand;
	if (command == program->commands && (is_first || !options->output.file[0]) &&
	    is_plain_word(word))
		return fail_word(program, word, "there is no such command and no such file", error);
	rv_status status = option_check_files(options, command->bit, error);
	if (status == RV_OK)
		status = check_cache(&options->device, error);
	if (status == RV_OK)
		tell_leftovers(program, command, options);
	return status == RV_OK ? command->run(options, error) : status;
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

/* Whether somebody still reads standard output. */
static bool is_read(void)
{
	struct pollfd place = {.fd = STDOUT_FILENO};
	return poll(&place, 1, 0) <= 0 || !(place.revents & POLLERR);
}

int program_run(const struct program *program, int count, char **words)
{
	const struct command *command = find_command(program, words[0] ? words[1] : NULL);
	bool asks_help = words[0] && words[1] && !strcmp(words[1], "help");
	int first = command == program->commands && !asks_help ? 1 : 2;
	struct options options;
	rv_error error = {0};

	/* PoCL binds its threads to cores only if it is asked to before it starts; unbound ones
	 * sometimes crowd onto one core. */
	setenv("POCL_AFFINITY", "1", 0);
	give_large_blocks_back();
	signals_install();
	signals_limit(SIGNAL_LIMIT);
	int rest = count > first ? count - first : 0;
	const char **inputs = NULL;
	if (command->bit & (COMMAND_DREAM | COMMAND_LIVE))
		inputs = calloc((size_t)rest + 1, sizeof(*inputs));
	rv_status status =
		read_options(program, &options, inputs, rest, words + first, command->bit, &error);
	options.call.help = options.call.help || asks_help;
	if (status == RV_OK) {
		if (program->take_log)
			program->take_log(options.call.verbose);
		status = run_command(program, command, &options, &error);
	}
	bool is_lost = fflush(stdout) || ferror(stdout);
	if (status == RV_OK && is_lost && !is_read())
		return EXIT_SIGNAL + SIGPIPE; /* as any program whose lines went to `head` */
	if (status == RV_OK && is_lost)
		status = rv_fail(&error, RV_IO, "standard output could not be written");
	if (status != RV_OK)
		fprintf(stderr, "%s: %s\n", program->name, error.message);
	free(inputs);
	return exit_code(status);
}
