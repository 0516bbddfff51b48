#include "app/live/playlist.h"

#include <stdio.h>

#include "app/control/action_dream.h"
#include "app/live/session.h"

rv_status live_playlist_open(struct live *live, rv_error *error)
{
	const char *path = live->actions->options.program;
	return path[0] ? playlist_load(&live->program, path, error) : RV_OK;
}

void live_playlist_step(struct live *live)
{
	struct action_state *actions = live->actions;
	int64_t now = live_now();
	const struct playlist_line *line = playlist_tick(&live->program, now);
	if (line) {
		double seconds = line->fade >= 0 ? line->fade : (double)actions->options.fade;
		action_take_dream(actions, &line->dream, seconds);
		snprintf(actions->message, sizeof(actions->message), "program: %s", line->name);
		live_hud_say(&live->hud, actions->message, now);
	}
	fade_step(&actions->fade, &actions->options, now);
}

void live_playlist_next(struct live *live)
{
	if (!live->program.count)
		live_hud_say(&live->hud, "there is no program; --program FILE reads one",
		             live_now());
	playlist_next(&live->program);
}

void live_playlist_pause(struct live *live)
{
	bool stands = playlist_pause(&live->program, live_now());
	live_hud_say(&live->hud,
	             !live->program.count ? "there is no program; --program FILE reads one"
	             : stands             ? "the program waits"
	                                  : "the program goes on",
	             live_now());
}

void live_playlist_fade(struct live *live)
{
	live_engine_fade(live->engine, live->actions->fade.seconds);
}
