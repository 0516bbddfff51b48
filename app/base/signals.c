#include "app/base/signals.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

enum { FILES_MAX = 16, EXIT_SIGNAL = 128 };

atomic_int signals_stop;

static atomic_uint limit; /* seconds; 0: none */
static _Atomic(const char *) files[FILES_MAX];

static void stop(int number)
{
	unsigned seconds = limit;
	signals_stop = number;
	if (seconds)
		alarm(seconds);
}

/* It is somewhere where it cannot be interrupted, in a compiler perhaps. */
static void end(int number)
{
	static const char line[] = "reverie: stopped\n";
	(void)number;
	for (int i = 0; i < FILES_MAX; i++) {
		const char *path = files[i];
		if (path)
			unlink(path);
	}
	if (write(STDERR_FILENO, line, sizeof(line) - 1) < 0)
		_exit(EXIT_SIGNAL);
	_exit(EXIT_SIGNAL + signals_stop);
}

void signals_install(void)
{
	/* SA_RESETHAND: the second Ctrl-C finds the default action again. */
	struct sigaction action = {.sa_handler = stop, .sa_flags = (int)SA_RESETHAND};
	struct sigaction before, ignore = {.sa_handler = SIG_IGN}, late = {.sa_handler = end};
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	/* A terminal that is closed. Under nohup this is ignored, and stays so. */
	if (!sigaction(SIGHUP, NULL, &before) && before.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &action, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGALRM, &late, NULL);
}

void signals_limit(unsigned seconds)
{
	limit = seconds;
	if (!seconds)
		alarm(0);
}

void signals_guard(const char *path)
{
	const char *none = NULL;
	for (int i = 0; i < FILES_MAX; i++, none = NULL)
		if (atomic_compare_exchange_strong(&files[i], &none, path))
			return;
}

void signals_unguard(const char *path)
{
	for (int i = 0; i < FILES_MAX; i++) {
		const char *one = path;
		if (atomic_compare_exchange_strong(&files[i], &one, NULL))
			return;
	}
}
