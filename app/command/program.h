/* What the programs share: the command is found, its options are read, it runs, and the exit code
 * says how it ended.
 *
 * Exit codes: 0 done; 1 failed; 2 the command line (or a preset, or a value) is wrong; 128 and the
 * number of the signal (130 for SIGINT, 143 for SIGTERM) where one ended the work early. */
#ifndef APP_COMMAND_PROGRAM_H
#define APP_COMMAND_PROGRAM_H

#include "app/options/options.h"

struct program {
	const char *name; /* begins what it says of itself */
	/* The first one stands for the program itself, and is run where no word names another; a
	 * NULL name ends the table. */
	const struct command *commands;
	const char *usual; /* the command that is run where there is no word at all */
	const char *topic; /* what `--help TOPIC` prints instead of options; NULL: there is none */
	rv_status (*print_topic)(const struct options *options, rv_error *error);
	/* Reads the dream of a file, for --like; NULL: there is no such option. */
	rv_status (*load_like)(struct option_dream *dream, const char *path, rv_error *error);
	/* Takes over the log of a library that would print by itself; NULL: there is none. */
	void (*take_log)(bool verbose);
};

/* The commit that was built, as git describes it; empty where the sources do not come from git.
 * Made by the Makefile. */
extern const char program_commit[];

/* Runs the program with the words of main(), and returns its exit code. An error is one line on
 * standard error. Everything is written when it returns. Called once, on the main thread. */
int program_run(const struct program *program, int count, char **words);

#endif
