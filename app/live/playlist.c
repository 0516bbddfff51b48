#include "app/live/playlist.h"

#include <stdio.h>

#include "app/base/clock.h"
#include "app/control/action_dream.h"
#include "app/live/session.h"

rv_status live_playlist_open(struct live *live, rv_error *error)
{
	const char *path = live->actions->options.playlist;
	return path[0] ? playlist_load(&live->playlist, path, error) : RV_OK;
}

void live_playlist_step(struct live *live)
{
	struct action_state *actions = live->actions;
	int64_t now = clock_now();
	const struct playlist_line *line = playlist_tick(&live->playlist, now);
	if (line) {
		double seconds = line->fade >= 0 ? line->fade : (double)actions->options.fade;
		action_take_dream(actions, &line->dream, seconds);
		snprintf(actions->message, sizeof(actions->message), "playlist: %s", line->name);
		live_hud_say(&live->hud, actions->message, now);
	}
	fade_step(&actions->fade, &actions->options, now);
}

void live_playlist_next(struct live *live)
{
	if (!live->playlist.count)
		live_hud_say(&live->hud, "there is no playlist; --playlist FILE reads one",
		             clock_now());
	playlist_next(&live->playlist);
}

void live_playlist_pause(struct live *live)
{
	bool stands = playlist_pause(&live->playlist, clock_now());
	live_hud_say(&live->hud,
	             !live->playlist.count ? "there is no playlist; --playlist FILE reads one"
	             : stands              ? "the playlist waits"
	                                   : "the playlist goes on",
	             clock_now());
}

void live_playlist_fade(struct live *live)
{
	live_engine_fade(live->engine, live->actions->fade.seconds);
}
