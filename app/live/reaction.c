#include "app/live/reaction.h"

#include <string.h>

_Static_assert((int)LEVEL_COUNT == (int)SOUND_LEVELS, "what is heard can be bound");

static const int64_t interval = 40000000; /* nanoseconds from one look at the levels to the next */

rv_status reaction_open(struct reaction *reaction, const struct options *options,
                        const struct keys *keys, const atomic_int *stop, rv_error *error)
{
	const struct listener_options wanted = {.source = options->live.listen,
	                                        .loop = options->live.loop,
	                                        .quiet = options->call.quiet,
	                                        .stop = stop};
	rv_status status = sound_map_open(&reaction->map, keys, options, error);
	if (status == RV_OK && wanted.source[0])
		status = listener_open(&reaction->listener, &wanted, error);
	return status;
}

bool reaction_close(struct reaction *reaction, int64_t until)
{
	return listener_close(&reaction->listener, until);
}

bool reaction_wants_input(const struct reaction *reaction)
{
	return reaction->listener && listener_is_of_input(reaction->listener);
}

void reaction_hear(struct reaction *reaction, struct sound *sound)
{
	if (reaction->listener)
		listener_hear(reaction->listener, sound);
}

void reaction_note(struct reaction *reaction, char note[LIVE_NOTE_LENGTH])
{
	note[0] = '\0';
	if (reaction->listener)
		listener_note(reaction->listener, note);
}

/* Several that came between two looks are one. */
static bool beats(struct reaction *reaction, const struct levels_state *heard, int64_t now)
{
	return tempo_beats(&reaction->tempo, now, heard->is_quiet,
	                   heard->beats != reaction->heard.beats);
}

static void move(struct reaction *reaction, const struct levels_state *heard, reaction_act *act,
                 void *context)
{
	char action[KEY_ACTION_LENGTH];
	rv_error error;
	for (int i = 0; i < LEVEL_COUNT; i++)
		if (sound_map_level(&reaction->map, i, heard->level[i], action))
			act(context, action, &error);
}

void reaction_take(struct reaction *reaction, int64_t now, reaction_act *act, void *context)
{
	struct levels_state heard = {.is_quiet = true};
	const char *action;
	rv_error error;
	if (reaction->listener)
		heard = listener_read(reaction->listener, now);
	if (beats(reaction, &heard, now))
		sound_map_beat(&reaction->map, reaction->tempo.beat, reaction->tempo.steps);
	while ((action = sound_map_next_action(&reaction->map)))
		act(context, action, &error);
	if (reaction->listener && now - reaction->moved_at >= interval) {
		move(reaction, &heard, act, context);
		reaction->moved_at = now;
	}
	reaction->heard = heard;
}
