#include "app/command/film_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/base/shell_quote.h"

void film_run_line(char line[FILM_LINE_LENGTH], enum film_engine engine, const char *program,
                   const char *folder, int count)
{
	char command[SHELL_QUOTED_LENGTH(PATH_LENGTH)], place[SHELL_QUOTED_LENGTH(PATH_LENGTH)];
	char chunk[sizeof(command) + sizeof(place) + 64],
		wrapped[SHELL_QUOTED_LENGTH(sizeof(chunk))];
	shell_quote(command, sizeof(command), program);
	shell_quote(place, sizeof(place), folder);
	if (engine == FILM_ENGINE_PARALLEL) {
		snprintf(line, FILM_LINE_LENGTH,
		         "seq 0 %d | parallel -q --joblog %s/log --resume-failed %s chunk %s",
		         count - 1, place, command, place);
		return;
	}
	snprintf(chunk, sizeof(chunk), "%s chunk %s $SLURM_ARRAY_TASK_ID", command, place);
	shell_quote(wrapped, sizeof(wrapped), chunk);
	snprintf(line, FILM_LINE_LENGTH, "sbatch --array=0-%d --wrap %s", count - 1, wrapped);
}

rv_status film_run(enum film_engine engine, const char *folder, int count, rv_error *error)
{
	const char *name = engine == FILM_ENGINE_PARALLEL ? "parallel" : "sbatch";
	char program[PATH_LENGTH], line[FILM_LINE_LENGTH];
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
	snprintf(line, sizeof(line), "command -v %s >/dev/null", name);
	if (system(line))
		return rv_fail(error, RV_NOT_FOUND,
		               "%s is not here (on Debian: apt-get install %s); the plan is made",
		               name, engine == FILM_ENGINE_PARALLEL ? "parallel" : "slurm-client");
	if (length < 0)
		return rv_fail(error, RV_IO, "where this program is cannot be told");
	program[length] = '\0';
	film_run_line(line, engine, program, folder, count);
	fflush(NULL);
	int ended = system(line);
	if (ended == 0)
		return RV_OK;
	return rv_fail(error, RV_IO, "%s ended with %d; `reverie chunk %.256s` tells what is there",
	               name, WIFEXITED(ended) ? WEXITSTATUS(ended) : 128 + WTERMSIG(ended), folder);
}
