#include "app/base/signals.h"

#include <signal.h>
#include <stddef.h>

atomic_int signals_stop;

static void stop(int number)
{
	signals_stop = number;
}

void signals_install(void)
{
	/* SA_RESETHAND: the second Ctrl-C finds the default action again. */
	struct sigaction action = {.sa_handler = stop, .sa_flags = (int)SA_RESETHAND};
	struct sigaction before, ignore = {.sa_handler = SIG_IGN};
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	/* A terminal that is closed. Under nohup this is ignored, and stays so. */
	if (!sigaction(SIGHUP, NULL, &before) && before.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &action, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}
