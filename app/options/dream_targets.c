/* From the short forms of what is dreamed of to targets. */
#include <stdio.h>
#include <string.h>

#include "app/options/options.h"

/* The next target; beyond the last one that there is room for, the last one again. */
static struct option_target *append(struct option_targets *targets)
{
	int index = targets->count++;
	return &targets->list[index < RV_TARGETS_MAX ? index : RV_TARGETS_MAX - 1];
}

static void append_layer(struct option_targets *targets, const struct option_dream *dream,
                         const char *name, float weight)
{
	struct option_target *target = append(targets);
	const struct option_channels *channels = &dream->channels;
	*target = (struct option_target){.target.weight = weight};
	snprintf(target->target.layer, sizeof(target->target.layer), "%s", name);
	if (dream->guide[0]) {
		target->target.kind = RV_TARGET_GUIDE;
		target->target.power = dream->guide_power;
		snprintf(target->file, sizeof(target->file), "%.*s", OPTION_FILE_LENGTH - 1,
		         dream->guide);
	}
	target->target.channel_count = channels->count;
	memcpy(target->target.channels, channels->list, sizeof(channels->list));
}

static void append_classes(struct option_targets *targets, const struct option_channels *classes)
{
	struct option_target *target = append(targets);
	*target = (struct option_target){
		.target = {.kind = RV_TARGET_CLASS, .weight = 1, .channel_count = classes->count}};
	memcpy(target->target.channels, classes->list, sizeof(classes->list));
}

struct option_targets option_dream_targets(const struct option_dream *dream,
                                           const char *default_layer)
{
	struct option_targets targets = {0};
	const struct option_layers *layers = &dream->layers;
	const char *own = dream->channels.count ? dream->channels.layer : "";
	if (own[0])
		append_layer(&targets, dream, own, 1);
	for (int i = 0; i < layers->count && !own[0]; i++)
		append_layer(&targets, dream, layers->list[i].name, layers->list[i].weight);
	if (!own[0] && !layers->count && (dream->channels.count || dream->guide[0]) &&
	    default_layer)
		append_layer(&targets, dream, default_layer, 1);
	if (dream->classes.count)
		append_classes(&targets, &dream->classes);
	for (int i = 0; i < dream->targets.count; i++)
		*append(&targets) = dream->targets.list[i];
	return targets;
}

rv_params option_dream_params(const struct option_dream *dream, const char *default_layer)
{
	struct option_targets targets = option_dream_targets(dream, default_layer);
	rv_params params = dream->params;
	params.target_count = targets.count;
	for (int i = 0; i < targets.count && i < RV_TARGETS_MAX; i++)
		params.targets[i] = targets.list[i].target;
	return params;
}
