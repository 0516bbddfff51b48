#include "tests/support/action_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/test.h"

const struct action_layer action_layers[ACTION_LAYERS] = {
	{"low", 64, true}, {"middle", 3, true}, {"inside", 5, false}, {"high", 2048, true}};

struct action_state *make_actions(void)
{
	struct action_state *state = calloc(1, sizeof(*state));
	if (!state)
		abort();
	state->options = options_default();
	strcpy(state->options.dream.network.name, "inception-v3");
	state->layers = action_layers;
	state->layer_count = ACTION_LAYERS;
	state->default_layer = 1;
	return state;
}

bool run_action(struct action_state *state, const char *text)
{
	rv_error error = {0};
	rv_status status = action_run(state, text, &error);
	CHECK_MESSAGE(status == RV_OK, "%s: %s", text, error.message);
	return status == RV_OK;
}

const char *option_now(const struct action_state *state, const char *name)
{
	static char text[OPTION_VALUE_LENGTH];
	option_format(&state->options, option_find(name, COMMAND_LIVE), text);
	return text;
}
