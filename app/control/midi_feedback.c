#include "app/control/midi_feedback.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/base/clock.h"
#include "app/control/action.h"
#include "app/control/action_option.h"

/* A knob that has not moved for so long is let go; and what a key does has been done by then. */
static const int64_t knob_rest = CLOCK_SECOND / 2, key_rest = CLOCK_SECOND / 10;

/* What comes back within so long is what was sent; no hand is so quick to the same value. */
static const int64_t echo = CLOCK_SECOND / 10;

static const int64_t retry = CLOCK_SECOND / 50;

/* NULL: nothing is told of such an event. */
static struct midi_light *find(struct midi_feedback *feedback, const struct midi_event *event)
{
	if ((int)event->kind >= MIDI_FEEDBACK_KINDS || event->channel < 1 ||
	    event->channel > MIDI_MAP_CHANNELS || event->number < 0 ||
	    event->number >= MIDI_MAP_VALUES)
		return NULL;
	return &feedback->lights[event->kind][event->channel - 1][event->number];
}

bool midi_feedback_hear(struct midi_feedback *feedback, const struct midi_event *event, int64_t now)
{
	struct midi_light *light = find(feedback, event);
	if (!light)
		return true;
	bool comes_back = light->is_sent && event->value == light->value && now - light->at < echo;
	light->is_sent = false;
	if (comes_back)
		return false;
	*light = (struct midi_light){
		.is_known = true, .value = event->value, .at = now, .is_turned = true};
	midi_feedback_begin(feedback);
	return true;
}

void midi_feedback_begin(struct midi_feedback *feedback)
{
	feedback->next = 0;
	feedback->due = 0;
}

void midi_feedback_forget(struct midi_feedback *feedback)
{
	memset(feedback, 0, sizeof(*feedback));
}

/* ---- what is told ---- */

/* The knob or key that a binding is of. */
static bool read_key(const char *key, struct midi_event *event)
{
	*event = (struct midi_event){.kind = MIDI_CONTROL};
	if (!strncasecmp(key, "Note ", 5))
		event->kind = MIDI_NOTE;
	else if (strncasecmp(key, "CC ", 3) != 0)
		return false;
	return sscanf(strchr(key, ' '), "%d %d", &event->channel, &event->number) == 2;
}

static bool is_right(const struct options *options, const char *bound, int value)
{
	char action[KEY_ACTION_LENGTH];
	struct action_call call;
	return keys_fill(bound, midi_map_position(value), action) &&
	       action_parse(&call, action, NULL) == RV_OK && action_dial_is_right(options, &call);
}

/* Where the binding's knob or light should be; below 0: it has no state. */
static int wanted(const struct options *options, const char *bound)
{
	char action[KEY_ACTION_LENGTH];
	struct action_call call;
	if (!keys_fill(bound, 0, action))
		snprintf(action, sizeof(action), "%s", bound);
	if (action_parse(&call, action, NULL) != RV_OK)
		return -1;
	double position = action_position(options, &call);
	return position < 0 ? -1 : midi_map_value(position);
}

/* Whether a knob is as it should be, or is not to be touched yet. */
static bool stays(struct midi_feedback *feedback, const struct midi_light *light,
                  const struct options *options, const char *bound, int64_t now)
{
	int64_t until = light->at + (strchr(bound, '$') ? knob_rest : key_rest);
	if (!light->is_known)
		return false;
	if (is_right(options, bound, light->value))
		return true;
	if (!light->is_turned || now >= until)
		return false;
	if (!feedback->due || until < feedback->due)
		feedback->due = until;
	return true;
}

bool midi_feedback_next(struct midi_feedback *feedback, const struct keys *keys,
                        const struct options *options, int64_t now, struct midi_event *event)
{
	while (feedback->next < keys->count) {
		const struct key_binding *binding = &keys->list[feedback->next++];
		struct midi_light *light =
			read_key(binding->key, event) ? find(feedback, event) : NULL;
		event->value = light ? wanted(options, binding->action) : -1;
		if (event->value < 0 || (light->is_known && light->value == event->value) ||
		    stays(feedback, light, options, binding->action, now))
			continue;
		*light = (struct midi_light){
			.is_known = true, .is_sent = true, .value = event->value, .at = now};
		return true;
	}
	return false;
}

void midi_feedback_fail(struct midi_feedback *feedback, const struct midi_event *event, int64_t now)
{
	struct midi_light *light = find(feedback, event);
	if (light)
		*light = (struct midi_light){.is_known = false};
	feedback->next = KEYS_MAX;
	feedback->due = now + retry;
}
