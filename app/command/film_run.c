#include "app/command/film_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A word as a shell reads it. */
static void quote(char *to, size_t capacity, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_./-+=:,@%";
	size_t used = 0;
	if (word[0] && word[strspn(word, plain)] == '\0') {
		snprintf(to, capacity, "%s", word);
		return;
	}
	to[used++] = '\'';
	for (; *word && used + 6 < capacity; word++)
		used += (size_t)snprintf(to + used, capacity - used, *word == '\'' ? "'\\''" : "%c",
		                         *word);
	snprintf(to + used, capacity - used, "'");
}

void film_run_line(char line[FILM_LINE_LENGTH], enum film_engine engine, const char *program,
                   const char *folder, int count)
{
	char command[4 * PATH_LENGTH], place[4 * PATH_LENGTH], chunk[8 * PATH_LENGTH + 64];
	char wrapped[FILM_LINE_LENGTH - 64];
	quote(command, sizeof(command), program);
	quote(place, sizeof(place), folder);
	if (engine == FILM_ENGINE_PARALLEL) {
		snprintf(line, FILM_LINE_LENGTH,
		         "seq 0 %d | parallel -q --joblog %s/log --resume-failed %s chunk %s",
		         count - 1, place, command, place);
		return;
	}
	snprintf(chunk, sizeof(chunk), "%s chunk %s $SLURM_ARRAY_TASK_ID", command, place);
	quote(wrapped, sizeof(wrapped), chunk);
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
