/* What the HUD of a live session says is dreamed of. */
#include "app/live/hud.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/test.h"

static const struct action_layer layers[] = {{"low", 64, true}, {"high", 2048, true}};

struct session {
	struct action_state actions;
	struct live_stats stats;
	struct keys keys;
	struct live_hud hud;
};

/* The network's own layer is the second one. */
static struct session *make(void)
{
	struct session *session = calloc(1, sizeof(*session));
	if (!session)
		abort();
	session->actions.options = options_default();
	session->actions.layers = layers;
	session->actions.layer_count = 2;
	session->actions.default_layer = 1;
	return session;
}

static void set(struct session *session, const char *name, const char *value)
{
	rv_error error = {0};
	rv_status status = option_set(&session->actions.options, option_find(name, COMMAND_LIVE),
	                              value, NULL, &error);
	CHECK_MESSAGE(status == RV_OK, "%s", error.message);
}

static void check_text(const char *text, const char *expected)
{
	CHECK_MESSAGE(!strcmp(text, expected), "\"%s\" instead of \"%s\"", text, expected);
}

static const struct hud_state *update(struct session *session)
{
	const struct live_hud_view view = {.actions = &session->actions,
	                                   .stats = &session->stats,
	                                   .keys = &session->keys,
	                                   .width = 640,
	                                   .height = 480,
	                                   .density = 1};
	bool changed = false;
	rv_error error = {0};
	session->hud.stale = true;
	CHECK(live_hud_update(&session->hud, &view, 0, &changed, &error) == RV_OK && changed);
	return &session->hud.state;
}

static void release(struct session *session)
{
	live_hud_release(&session->hud);
	free(session);
}

TEST(hud_names_the_layers_that_are_dreamed_of)
{
	struct session *session = make();
	check_text(update(session)->layer, "high");
	set(session, "layer", "low:0.5,high");
	set(session, "channels", "7");
	check_text(update(session)->layer, "low:0.5,high");
	check_text(update(session)->channels, "7");
	CHECK(!update(session)->is_target);
	release(session);
}

TEST(hud_names_targets_where_there_are_no_layers)
{
	struct session *session = make();
	set(session, "class", "tabby, tiger cat");
	check_text(update(session)->layer, "class tabby, tiger cat");
	CHECK(update(session)->is_target);
	set(session, "target", "caricature of low");
	check_text(update(session)->layer, "caricature of low");
	CHECK(update(session)->is_target);
	release(session);
}

TEST(hud_cuts_what_is_too_long_for_a_line)
{
	struct session *session = make();
	set(session, "target", "channels 1,2,3 of low * 0.5 + channels 4,5,6,7,8 of high");
	check_text(update(session)->layer, "channels 1,2,3 of low * 0.5 + channels 4,5,6,7,8...");
	release(session);
}
