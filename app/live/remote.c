#include "app/live/remote.h"

#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"

/* More commands than hands can give between two frames. */
enum { COMMANDS_MAX = 256 };

static void say(struct live_remote *remote, const char *text)
{
	struct remote_command *command = calloc(1, sizeof(*command));
	if (!command)
		return;
	command->kind = REMOTE_SAY;
	snprintf(command->text, sizeof(command->text), "%s", text);
	queue_push(remote->commands, command, 0);
}

/* The lack of MIDI is no news to somebody who did not ask for it. */
static void open_midi(struct live_remote *remote, const char *from, const struct keys *keys)
{
	rv_error error;
	if (!strcmp(from, "off"))
		return;
	if (midi_open(&remote->midi, from, keys, remote->commands, &error) != RV_OK && from[0])
		say(remote, error.message);
}

/* To be said even where little else is. */
static void warn(const struct options *options)
{
	fprintf(stderr,
	        "live: OSC is taken from other machines at %s: whoever reaches port %d plays the "
	        "dream; to write files and to end the session they need %s\n",
	        options->live.osc_bind, options->live.osc,
	        options->live.osc_secret[0] ? "the word of --osc-secret, which goes unencrypted"
	                                    : "a word, --osc-secret, which was not set");
}

rv_status live_remote_open(struct live_remote *remote, struct action_state *actions,
                           struct live_hud *hud, const struct keys *keys, rv_error *error)
{
	const struct options *options = &actions->options;
	remote->actions = actions;
	remote->hud = hud;
	note_init(&remote->note, !options->call.quiet);
	rv_status status =
		queue_create(&remote->commands, COMMANDS_MAX, QUEUE_DROP_OLDEST, free, error);
	if (status == RV_OK && options->live.osc)
		status = osc_open(&remote->osc, options->live.osc_bind, options->live.osc,
		                  remote->commands, options, error);
	if (status == RV_OK && !osc_is_local(remote->osc))
		warn(options);
	if (status == RV_OK)
		open_midi(remote, options->live.midi, keys);
	return status;
}

void live_remote_close(struct live_remote *remote)
{
	if (!remote->actions)
		return;
	note_finish(&remote->note);
	osc_close(&remote->osc);
	midi_close(&remote->midi);
	queue_destroy(&remote->commands);
}

void live_remote_learn(struct live_remote *remote)
{
	const struct action_state *actions = remote->actions;
	const struct option *option = actions->last_option;
	char turn[KEY_ACTION_LENGTH], said[ACTION_MESSAGE_LENGTH];
	if (!remote->midi || !actions->last[0]) {
		live_hud_say(remote->hud,
		             remote->midi ? "change something first, then learn"
		                          : "there is no MIDI to learn from",
		             clock_now());
		return;
	}
	snprintf(turn, sizeof(turn), option ? "dial %.64s $" : "%s",
	         option ? option->name : actions->last);
	midi_learn(remote->midi, turn, actions->last);
	snprintf(said, sizeof(said), "a knob learns `%.48s`, a key `%.48s`: use it now", turn,
	         actions->last);
	live_hud_say(remote->hud, said, clock_now());
}

static void take_command(struct live_remote *remote, const struct remote_command *command,
                         live_act *act, void *context)
{
	rv_error error;
	switch (command->kind) {
	case REMOTE_NOTHING:
		break;
	case REMOTE_ACT:
		if (act(context, command->text, &error) != RV_OK)
			osc_refuse(remote->osc, &command->peer, error.message);
		break;
	case REMOTE_ASK:
		osc_tell(remote->osc, &remote->actions->options);
		osc_answer(remote->osc, &command->peer, command->text);
		break;
	case REMOTE_SAY:
		note_say(&remote->note, "%s", command->text);
		live_hud_say(remote->hud, command->text, clock_now());
		break;
	}
}

void live_remote_take(struct live_remote *remote, live_act *act, void *context)
{
	struct remote_command *command;
	while ((command = queue_pop(remote->commands, 0))) {
		take_command(remote, command, act, context);
		free(command);
	}
	osc_tell(remote->osc, &remote->actions->options);
	if (remote->actions->options.live.midi_feedback)
		midi_tell(remote->midi, &remote->actions->options);
}
