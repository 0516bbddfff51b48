/* Key bindings, and those of sound. */
#include "app/control/keys.h"

#include <stdlib.h>

#include "app/control/sound_map.h"
#include "tests/fuzz/fuzz.h"

/* What sound is bound to is looked at once more. */
static void take_sound(const struct keys *keys)
{
	const struct options options = options_default();
	struct sound_map map;
	char action[KEY_ACTION_LENGTH];
	rv_error error = {RV_OK, ""};
	rv_status status = sound_map_open(&map, keys, &options, &error);
	fuzz_check(status, &error);
	for (int i = 0; i < SOUND_LEVELS && status == RV_OK; i++)
		sound_map_level(&map, i, 0.5F, action);
	for (sound_map_beat(&map, 0, 1); status == RV_OK && sound_map_next_action(&map);)
		continue;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct keys keys = {.count = 0};
	rv_error error = {RV_OK, ""};
	char *text = fuzz_text(bytes, size);
	rv_status status = keys_parse(&keys, "keys.conf", text, &error);
	fuzz_check(status, &error);
	keys_find_in(&keys, keys_corner_mode, "Up");
	if (status == RV_OK)
		take_sound(&keys);
	free(text);
	return 0;
}
