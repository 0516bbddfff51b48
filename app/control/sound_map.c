#include "app/control/sound_map.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/control/action.h"

enum { BEATS_MOST = 1024 }; /* between two of an action */

static const char *const level_names[SOUND_LEVELS] = {"Sound Bass", "Sound Middle", "Sound Treble",
                                                      "Sound All"};
static const char level_begin[] = "Sound ", beat_name[] = "Beat";

/* What is less is not seen, and would only make scores long. */
static const float least_change = 0.01F;

static bool is_level(const char *key)
{
	for (int i = 0; i < SOUND_LEVELS; i++)
		if (!strcasecmp(key, level_names[i]))
			return true;
	return false;
}

/* After how many beats the binding of this name comes; 0: it is not a beat's. */
static int beats_of(const char *key)
{
	const char *at = key + strlen(beat_name);
	char *end;
	if (strncasecmp(key, beat_name, strlen(beat_name)) != 0)
		return 0;
	if (!*at)
		return 1;
	long number = *at == ' ' ? strtol(at + 1, &end, 10) : 0;
	return number >= 1 && number <= BEATS_MOST && !*end ? (int)number : 0;
}

/* ---- what is bound ---- */

/* Whether the option is a number that may change 25 times a second. */
static bool can_follow(const struct option *option)
{
	return option && option->type == &option_type_number && option->cost == OPTION_LIVE;
}

static rv_status check_level(const struct key_binding *binding, struct action_state *state,
                             rv_error *error)
{
	char action[KEY_ACTION_LENGTH], name[KEY_ACTION_LENGTH] = "";
	rv_error why = {0};
	sscanf(binding->action, "dial %95s $", name);
	if (!name[0] || !keys_fill(binding->action, 0.5, action))
		return rv_fail(error, RV_INVALID,
		               "%s = %s: a level turns a number, by `dial OPTION $` or "
		               "`dial OPTION $ LOW HIGH`",
		               binding->key, binding->action);
	if (action_run(state, action, &why) != RV_OK)
		return rv_fail(error, RV_INVALID, "%s = %s: %s", binding->key, binding->action,
		               why.message);
	if (!can_follow(option_find(name, COMMAND_LIVE)))
		return rv_fail(error, RV_INVALID,
		               "%s = %s: %s does not change evenly from frame to frame; a beat may "
		               "change it",
		               binding->key, binding->action, name);
	return RV_OK;
}

static rv_status check(const struct key_binding *binding, struct action_state *state,
                       rv_error *error)
{
	size_t begin = strlen(level_begin);
	bool is_of_sound = !strncasecmp(binding->key, level_begin, begin);
	bool is_of_beats = !strncasecmp(binding->key, beat_name, strlen(beat_name)) &&
	                   strchr(" ", binding->key[strlen(beat_name)]);
	if (is_level(binding->key))
		return check_level(binding, state, error);
	if (is_of_sound || (is_of_beats && !beats_of(binding->key)))
		return rv_fail(error, RV_INVALID,
		               "%s = %s: there are Sound Bass, Sound Middle, Sound Treble, Sound "
		               "All, Beat, and Beat 2 to Beat %d",
		               binding->key, binding->action, BEATS_MOST);
	return RV_OK;
}

rv_status sound_map_open(struct sound_map *map, const struct keys *keys,
                         const struct options *options, rv_error *error)
{
	struct action_state *state = calloc(1, sizeof(*state));
	rv_status status = RV_OK;
	if (!state)
		return rv_fail(error, RV_MEMORY, "out of memory");
	state->options = *options;
	*map = (struct sound_map){.keys = keys, .next = keys->count};
	for (int i = 0; i < keys->count && status == RV_OK; i++)
		status = check(&keys->list[i], state, error);
	free(state);
	return status;
}

/* ---- what it does ---- */

bool sound_map_level(struct sound_map *map, int index, float level, char action[KEY_ACTION_LENGTH])
{
	const char *bound = map->keys ? keys_find(map->keys, level_names[index]) : NULL;
	float *sent = &map->sent[index];
	bool ends = (level <= 0 || level >= 1) && level != *sent;
	if (!bound || (fabsf(level - *sent) < least_change && !ends))
		return false;
	*sent = level;
	return keys_fill(bound, (double)level, action);
}

void sound_map_beat(struct sound_map *map, unsigned beat, unsigned steps)
{
	map->beat = beat;
	map->steps = steps;
	map->next = 0;
}

const char *sound_map_next_action(struct sound_map *map)
{
	while (map->keys && map->next < map->keys->count) {
		const struct key_binding *binding = &map->keys->list[map->next++];
		unsigned every = (unsigned)beats_of(binding->key);
		if (every && map->beat % every < map->steps)
			return binding->action;
	}
	return NULL;
}
