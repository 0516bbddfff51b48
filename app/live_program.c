#include "live_program.h"

#include <stdio.h>

#include "app/action_dream.h"
#include "app/live_session.h"

rv_status live_program_open(struct live *live, rv_error *error)
{
	const char *path = live->actions->options.program;
	return path[0] ? program_load(&live->program, path, error) : RV_OK;
}

void live_program_step(struct live *live)
{
	struct action_state *actions = live->actions;
	int64_t now = live_now();
	const struct program_line *line = program_tick(&live->program, now);
	if (line) {
		double seconds = line->fade >= 0 ? line->fade : (double)actions->options.fade;
		action_take_dream(actions, &line->dream, seconds);
		snprintf(actions->message, sizeof(actions->message), "program: %s", line->name);
		live_hud_say(&live->hud, actions->message, now);
	}
	fade_step(&actions->fade, &actions->options, now);
}

void live_program_next(struct live *live)
{
	if (!live->program.count)
		live_hud_say(&live->hud, "there is no program; --program FILE reads one",
		             live_now());
	program_next(&live->program);
}

void live_program_pause(struct live *live)
{
	bool stands = program_pause(&live->program, live_now());
	live_hud_say(&live->hud,
	             !live->program.count ? "there is no program; --program FILE reads one"
	             : stands             ? "the program waits"
	                                  : "the program goes on",
	             live_now());
}

void live_program_fade(struct live *live)
{
	live_engine_fade(live->engine, live->actions->fade.seconds);
}
