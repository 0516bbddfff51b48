/* Actions of a live session, a line each, as keys, knobs and OSC give them: all options that change
 * while it runs are among them, those that speak of layers, targets and masks too. */
#include "app/control/action.h"

#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

static const struct action_layer layers[] = {
	{"low", 64, true}, {"middle", 3, true}, {"high", 2048, true}};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct action_state state; /* large; a session's presets are none here */
	char *text = fuzz_text(bytes, size), *rest = text;
	state.options = options_default();
	state.undo_count = state.redo_count = 0;
	state.layers = layers;
	state.layer_count = sizeof(layers) / sizeof(layers[0]);
	for (char *line; (line = strsep(&rest, "\n"));) {
		rv_error error = {RV_OK, ""};
		if (strncmp(line, "preset ", strlen("preset ")))
			fuzz_check(action_run(&state, line, &error), &error);
	}
	free(text);
	return 0;
}
