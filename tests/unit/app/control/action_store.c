/* Dreams that are kept by number. */
#include <stdlib.h>
#include <string.h>

#include "app/control/action.h"
#include "tests/support/test.h"

static const struct action_layer layers[] = {
	{"low", 64, true}, {"middle", 3, true}, {"high", 2048, true}};

static struct action_state *make(void)
{
	struct action_state *state = calloc(1, sizeof(*state));
	if (!state)
		abort();
	state->options = options_default();
	strcpy(state->options.dream.network.name, "inception-v3");
	state->layers = layers;
	state->layer_count = 3;
	state->default_layer = 1;
	return state;
}

static bool run(struct action_state *state, const char *text)
{
	rv_error error = {0};
	rv_status status = action_run(state, text, &error);
	CHECK_MESSAGE(status == RV_OK, "%s: %s", text, error.message);
	return status == RV_OK;
}

/* What the option called name is, as text; valid until the next call. */
static const char *value(const struct action_state *state, const char *name)
{
	static char text[OPTION_VALUE_LENGTH];
	option_format(&state->options, option_find(name, COMMAND_LIVE), text);
	return text;
}

TEST(action_stores_dreams_and_recalls_them)
{
	struct action_state *state = make();
	rv_error error;
	run(state, "set layer high");
	run(state, "set strength 2");
	run(state, "store 3");
	CHECK(!strcmp(state->message, "stored 3"));
	run(state, "set strength 0.5");
	run(state, "layer-down");
	run(state, "recall 3");
	CHECK(!strcmp(value(state, "layer"), "high") && !strcmp(value(state, "strength"), "2"));
	CHECK(!strcmp(state->named.name, "stored 3"));
	run(state, "undo");
	CHECK(!strcmp(value(state, "layer"), "middle") && !strcmp(value(state, "strength"), "0.5"));
	CHECK(!state->named.name[0]);
	CHECK(action_run(state, "recall 4", &error) == RV_NOT_FOUND);
	CHECK(action_run(state, "recall 10", &error) == RV_INVALID);
	CHECK(action_run(state, "store 0", &error) == RV_INVALID);
	CHECK(action_run(state, "store x", &error) == RV_INVALID);
	CHECK(!strcmp(value(state, "strength"), "0.5"));
	free(state);
}

/* What fades is stored as what it fades to, and recalled in as long as a preset is taken. */
TEST(action_stores_where_a_fade_leads)
{
	struct action_state *state = make();
	run(state, "set strength 2");
	run(state, "store 1");
	run(state, "set strength 0.5");
	run(state, "set fade 4");
	run(state, "recall 1");
	CHECK(state->fade.on && !strcmp(value(state, "strength"), "0.5"));
	run(state, "store 2");
	CHECK(state->stores[1].params.strength == 2);
	free(state);
}
