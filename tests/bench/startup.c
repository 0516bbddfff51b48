/* reverie-bench startup: how long a new process takes to its first finished step, with caches empty
 * and filled. The process is this program again, with caches of its own. */
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/command/command.h"
#include "tests/bench/bench.h"

enum { WORDS_MAX = 64, WARM_RUNS = 5 };

/* The command line of the process, and what it prints. */
struct child {
	char *words[WORDS_MAX + 1];
	int count;
	char line[512];
};

static void release(struct child *child)
{
	for (int i = 0; i < child->count; i++)
		free(child->words[i]);
	child->count = 0;
}

/* Words that do not fit are noticed at the end: there is no room for the NULL. */
static void add_word(struct child *child, const char *before, const char *word)
{
	size_t length = strlen(before) + strlen(word) + 1;
	char *copy = child->count < WORDS_MAX ? malloc(length) : NULL;
	if (!copy)
		return;
	snprintf(copy, length, "%s%s", before, word);
	child->words[child->count++] = copy;
}

/* Every option that was given and matters to the process. */
static void add_options(struct child *child, const struct options *options)
{
	static const char *const left_out[] = {"cache", "no-cache", "runs", "quiet", "verbose"};
	struct options defaults = options_default();
	char value[OPTION_VALUE_LENGTH], usual[OPTION_VALUE_LENGTH];
	for (const struct option *option = option_table; option->name; option++) {
		bool needed = (option->commands & COMMAND_BENCH) != 0;
		for (size_t i = 0; i < sizeof(left_out) / sizeof(left_out[0]); i++)
			needed = needed && strcmp(option->name, left_out[i]);
		option_format(options, option, value);
		option_format(&defaults, option, usual);
		if (!needed || !strcmp(value, usual))
			continue;
		add_word(child, "--", option->name);
		if (option->metavar)
			add_word(child, "", value);
	}
}

static rv_status describe_child(struct child *child, const struct options *options,
                                const char *cache, rv_error *error)
{
	add_word(child, "", "reverie-bench");
	add_word(child, "", "first-step");
	add_word(child, "", "--cache");
	add_word(child, cache, "/reverie");
	add_options(child, options);
	if (child->count == WORDS_MAX)
		return rv_fail(error, RV_INVALID, "too many options for startup");
	child->words[child->count] = NULL;
	return RV_OK;
}

/* ---- running it ---- */

extern char **environ;

static int spawn(struct child *child, int output, pid_t *process)
{
	posix_spawn_file_actions_t actions;
	int code = posix_spawn_file_actions_init(&actions);
	if (code)
		return code;
	code = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	if (!code)
		code = posix_spawn(process, "/proc/self/exe", &actions, NULL, child->words,
		                   environ);
	posix_spawn_file_actions_destroy(&actions);
	return code;
}

/* Reads the line that is printed after the first step, and takes the time of it. */
static rv_status await_line(struct child *child, int input, double *end, rv_error *error)
{
	FILE *file = fdopen(input, "r");
	if (!file) {
		close(input);
		return rv_fail(error, RV_IO, "%s", strerror(errno));
	}
	bool printed = fgets(child->line, sizeof(child->line), file) != NULL;
	*end = bench_now();
	fclose(file);
	child->line[strcspn(child->line, "\n")] = '\0';
	return printed ? RV_OK
	               : rv_fail(error, RV_DEVICE, "the process that was measured has failed");
}

static rv_status run_child(struct child *child, double *milliseconds, rv_error *error)
{
	int pipes[2], result = 0;
	double start = bench_now(), end = start;
	pid_t process;
	if (pipe(pipes))
		return rv_fail(error, RV_IO, "%s", strerror(errno));
	int code = spawn(child, pipes[1], &process);
	close(pipes[1]);
	if (code) {
		close(pipes[0]);
		return rv_fail(error, RV_IO, "starting a process: %s", strerror(code));
	}
	rv_status status = await_line(child, pipes[0], &end, error);
	while (waitpid(process, &result, 0) < 0 && errno == EINTR)
		;
	*milliseconds = end - start;
	if (status == RV_OK && (!WIFEXITED(result) || WEXITSTATUS(result)))
		status = rv_fail(error, RV_DEVICE, "the process that was measured has failed");
	return status;
}

/* ---- caches ---- */

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void)status;
	(void)kind;
	(void)place;
	return remove(path);
}

/* The drivers' caches go into the folder too: PoCL's and NVIDIA's have these names. */
static rv_status own_caches(char folder[PATH_MAX], rv_error *error)
{
	const char *temporary = getenv("TMPDIR");
	char driver[PATH_MAX + 16];
	snprintf(folder, PATH_MAX, "%s/reverie-startup-XXXXXX",
	         temporary && strlen(temporary) < PATH_MAX / 2 ? temporary : "/tmp");
	if (!mkdtemp(folder))
		return rv_fail(error, RV_IO, "%.256s: %s", folder, strerror(errno));
	snprintf(driver, sizeof(driver), "%s/driver", folder);
	setenv("POCL_CACHE_DIR", driver, 1);
	setenv("CUDA_CACHE_PATH", driver, 1);
	return RV_OK;
}

static rv_status measure(struct child *child, rv_error *error)
{
	double cold, warm[WARM_RUNS];
	rv_status status = run_child(child, &cold, error);
	for (int i = 0; i < WARM_RUNS && status == RV_OK; i++)
		status = run_child(child, &warm[i], error);
	if (status != RV_OK)
		return status;
	/* "first_step LAYER WxH" */
	const char *what = strchr(child->line, ' ');
	what = what ? what + 1 : "";
	printf("startup cold %s first_step_ms=%.0f\n", what, cold);
	double middle = bench_median(warm, WARM_RUNS);
	printf("startup warm %s median_ms=%.0f min_ms=%.0f\n", what, middle, warm[0]);
	return RV_OK;
}

rv_status bench_startup(const struct options *options, rv_error *error)
{
	struct child child = {.count = 0};
	struct option_size size;
	char folder[PATH_MAX];
	rv_status status;
	if ((status = command_takes_no_operand(options, error)) != RV_OK ||
	    (status = dreamer_size(options, &size, error)) != RV_OK ||
	    (status = own_caches(folder, error)) != RV_OK)
		return status;
	status = describe_child(&child, options, folder, error);
	if (status == RV_OK)
		status = measure(&child, error);
	release(&child);
	nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return status;
}
