/* What controllers do: bindings, a NUL, and events of three bytes each, which are taken and
 * learned. */
#include "app/control/midi_map.h"

#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

static void take(struct midi_map *map, const uint8_t bytes[3])
{
	const struct midi_event event = {.kind = (enum midi_kind)(bytes[0] % 3),
	                                 .channel = 1 + bytes[0] / 16,
	                                 .number = bytes[1] % MIDI_MAP_VALUES,
	                                 .value = bytes[2] % MIDI_MAP_VALUES};
	char action[KEY_ACTION_LENGTH], line[MIDI_MAP_LINE_LENGTH];
	rv_error error = {RV_OK, ""};
	midi_map_take(map, &event, action);
	if (!midi_map_learn(map, &event, "dial strength $", "freeze", line, &error))
		fuzz_check(error.status, &error);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct midi_map map = {.keys.count = 0};
	rv_error error = {RV_OK, ""};
	char *text = fuzz_text(bytes, size);
	rv_status status = keys_parse(&map.keys, "midi.conf", text, &error);
	fuzz_check(status, &error);
	for (size_t i = strlen(text) + 1; status == RV_OK && i + 3 <= size; i += 3)
		take(&map, bytes + i);
	free(text);
	return 0;
}
