#include "app/base/signals.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { EXIT_SIGNAL = 128 };

/* A file that is guarded; NULL: none is, and the place is free. Places are never taken out of their
 * list again, as the handler may be amid it at any time. */
struct place {
	_Atomic(const char *) path;
	struct place *next;
};

atomic_int signals_stop;

static atomic_uint limit; /* seconds; 0: none */
static _Atomic(struct place *) places;

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
	for (struct place *place = places; place; place = place->next) {
		const char *path = place->path;
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
	for (struct place *place = places; place; place = place->next, none = NULL)
		if (atomic_compare_exchange_strong(&place->path, &none, path))
			return;
	struct place *another = calloc(1, sizeof(*another));
	if (!another)
		return; /* then the file is left behind */
	another->path = path;
	another->next = places;
	while (!atomic_compare_exchange_weak(&places, &another->next, another))
		;
}

void signals_unguard(const char *path)
{
	for (struct place *place = places; place; place = place->next) {
		const char *one = path;
		if (atomic_compare_exchange_strong(&place->path, &one, NULL))
			return;
	}
}
