#include "app/control/midi_map.h"

#include <math.h>
#include <string.h>

enum { MIDDLE = 64, HIGHEST = MIDI_MAP_VALUES - 1 };

static bool is_sound(const struct midi_event *event)
{
	return event->channel >= 1 && event->channel <= MIDI_MAP_CHANNELS && event->number >= 0 &&
	       event->number < MIDI_MAP_VALUES && event->value >= 0 &&
	       event->value < MIDI_MAP_VALUES;
}

static void name_event(const struct midi_event *event, char name[KEY_LENGTH])
{
	static const char *const kinds[] = {
		[MIDI_CONTROL] = "CC", [MIDI_NOTE] = "Note", [MIDI_PROGRAM] = "Program"};
	snprintf(name, KEY_LENGTH, "%s %d %d", kinds[event->kind], event->channel, event->number);
}

/* 64 is the middle of a knob, where many of them click into place. */
double midi_map_position(int value)
{
	return value <= MIDDLE ? value / (2.0 * MIDDLE)
	                       : 0.5 + (value - MIDDLE) / (2.0 * (HIGHEST - MIDDLE));
}

int midi_map_value(double position)
{
	return (int)lround(position <= 0.5 ? position * 2 * MIDDLE
	                                   : MIDDLE + (position - 0.5) * 2 * (HIGHEST - MIDDLE));
}

bool midi_map_is_bound(const struct midi_map *map, const struct midi_event *event)
{
	char name[KEY_LENGTH];
	if (!is_sound(event))
		return false;
	name_event(event, name);
	return keys_find(&map->keys, name) != NULL;
}

/* Notes where a knob is; true where it passes the middle. */
static bool passes_middle(struct midi_map *map, const struct midi_event *event)
{
	unsigned char *last = &map->last[event->channel - 1][event->number];
	bool passes = *last < MIDDLE && event->value >= MIDDLE;
	*last = (unsigned char)event->value;
	return passes;
}

static bool is_press(struct midi_map *map, const struct midi_event *event)
{
	return event->kind == MIDI_CONTROL ? passes_middle(map, event)
	                                   : event->kind == MIDI_PROGRAM || event->value > 0;
}

bool midi_map_take(struct midi_map *map, const struct midi_event *event,
                   char action[KEY_ACTION_LENGTH])
{
	char name[KEY_LENGTH];
	if (!is_sound(event))
		return false;
	name_event(event, name);
	const char *bound = keys_find(&map->keys, name);
	bool press = is_press(map, event);
	if (!bound || (event->kind == MIDI_NOTE && !press))
		return false;
	if (strchr(bound, '$'))
		return keys_fill(bound, midi_map_position(event->value), action);
	if (press)
		snprintf(action, KEY_ACTION_LENGTH, "%s", bound);
	return press;
}

bool midi_map_learn(struct midi_map *map, const struct midi_event *event, const char *turn,
                    const char *press, char line[MIDI_MAP_LINE_LENGTH], rv_error *error)
{
	char name[KEY_LENGTH];
	error->status = RV_OK;
	if (!is_sound(event) || (event->kind == MIDI_NOTE && !event->value))
		return false;
	name_event(event, name);
	snprintf(line, MIDI_MAP_LINE_LENGTH, "%s = %s", name,
	         event->kind == MIDI_CONTROL ? turn : press);
	return keys_parse(&map->keys, "MIDI", line, error) == RV_OK;
}
