/* What is left when a program that cannot be interrupted is ended by a signal: no half-written
 * file. */
#include "app/base/signals.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/test.h"

enum { FILES = 40, LET_GO = 7, NAME_LENGTH = 64 };

static void name_file(const char *folder, int number, char name[NAME_LENGTH])
{
	snprintf(name, NAME_LENGTH, "%s/%d", folder, number);
}

/* Guards every file but one, twice over, and stays where no flag is looked at. */
static void be_ended(char names[FILES][NAME_LENGTH])
{
	if (!freopen("/dev/null", "w", stderr))
		_exit(1);
	signals_install();
	signals_limit(1);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < FILES; i++)
			signals_guard(names[i]);
		signals_unguard(names[LET_GO]);
		for (int i = 0; i < FILES && round == 0; i++)
			signals_unguard(names[i]);
	}
	raise(SIGTERM);
	for (;;)
		pause();
}

TEST(any_number_of_files_is_removed_at_the_end)
{
	char folder[] = "/tmp/reverie-signals-XXXXXX", names[FILES][NAME_LENGTH];
	int status = 0;
	REQUIRE(mkdtemp(folder));
	for (int i = 0; i < FILES; i++) {
		name_file(folder, i, names[i]);
		close(open(names[i], O_CREAT | O_WRONLY, 0600));
	}
	pid_t child = fork();
	if (child == 0)
		be_ended(names);
	REQUIRE(child > 0 && waitpid(child, &status, 0) == child);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 128 + SIGTERM);
	for (int i = 0; i < FILES; i++) {
		CHECK_MESSAGE((access(names[i], F_OK) == 0) == (i == LET_GO), "file %d", i);
		unlink(names[i]);
	}
	rmdir(folder);
}
