/* What comes from outside the window: commands for the main thread, and how the path and the
 * arguments of a message become one. Anything that can be done by hand is there under its own name:
 *
 *     /reverie/strength 0.7      gives an option a value: "set strength 0.7"
 *     /reverie/strength          asks for it
 *     /reverie/layer-up          runs an action, as do a 1 or "true" from a button that is pressed;
 *                                that it is let go, a 0, does nothing
 *     /reverie/add strength 0.1  an action with its arguments
 *
 * No network and no threads are known here; nothing prints or exits. */
#ifndef APP_CONTROL_REMOTE_H
#define APP_CONTROL_REMOTE_H

#include <sys/socket.h>

#include "app/options/options.h"

enum { REMOTE_TEXT_LENGTH = 1024, REMOTE_ARGUMENTS_MAX = 16, REMOTE_COMMAND_LENGTH = 2048 };

/* An argument of a message, or a value to tell. */
struct remote_argument {
	bool is_number, is_whole;
	double number;
	char text[REMOTE_TEXT_LENGTH]; /* of a number, too */
};

/* Who is to be answered. */
struct remote_peer {
	struct sockaddr_storage address;
	socklen_t length; /* 0: nobody */
};

enum remote_kind {
	REMOTE_NOTHING, /* a button was let go */
	REMOTE_ACT,     /* text is an action (app/control/action.h) */
	REMOTE_ASK,     /* text is the name of an option whose value is asked for */
	REMOTE_SAY,     /* text is to be shown */
};

/* Allocated with malloc, and passed on through a queue (app/base/queue.h). */
struct remote_command {
	enum remote_kind kind;
	char text[REMOTE_COMMAND_LENGTH];
	struct remote_peer peer;
};

struct remote_argument remote_number(double number);
struct remote_argument remote_text(const char *text);

/* Makes a command of a message; name is what follows "/reverie/" in its path. The peer is left
 * alone. RV_INVALID: there is no option or action of that name, or it takes no such arguments; what
 * an option may be is found out only when the command is run. */
rv_status remote_translate(const char *name, const struct remote_argument *arguments, int count,
                           struct remote_command *command, rv_error *error);

/* The value of an option as a message tells it: a number where it is one, 0 or 1 for off and on,
 * else a text; "default" where it is not set. */
struct remote_argument remote_value(const struct options *options, const struct option *option);

#endif
