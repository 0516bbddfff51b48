#include "live_remote.h"

#include <stdlib.h>

#include "app/live_session.h"

/* More than can come from hands between two frames. */
enum { COMMANDS_MAX = 256 };

rv_status live_remote_open(struct live_remote *remote, const struct options *options,
                           rv_error *error)
{
	rv_status status =
		queue_create(&remote->commands, COMMANDS_MAX, QUEUE_DROP_OLDEST, free, error);
	if (status == RV_OK && options->osc)
		status = osc_open(&remote->osc, options->osc_bind, options->osc, remote->commands,
		                  options, error);
	return status;
}

void live_remote_close(struct live_remote *remote)
{
	osc_close(&remote->osc);
	queue_destroy(&remote->commands);
}

static void take_command(struct live *live, const struct remote_command *command)
{
	struct live_remote *remote = &live->remote;
	rv_error error;
	switch (command->kind) {
	case REMOTE_NOTHING:
		break;
	case REMOTE_ACT:
		if (live_try(live, command->text, &error) != RV_OK)
			osc_refuse(remote->osc, &command->peer, error.message);
		break;
	case REMOTE_ASK:
		osc_tell(remote->osc, &live->actions->options);
		osc_answer(remote->osc, &command->peer, command->text);
		break;
	case REMOTE_SAY:
		live_hud_say(&live->hud, command->text, live_now());
		break;
	}
}

void live_remote_take(struct live *live)
{
	struct remote_command *command;
	while ((command = queue_pop(live->remote.commands, 0))) {
		take_command(live, command);
		free(command);
	}
	osc_tell(live->remote.osc, &live->actions->options);
}
