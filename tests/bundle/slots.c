/* Files that targets may speak of, in a program without libav, which reads them elsewhere: there
 * are none here. The linker takes these functions instead of those of app/options/slots.c. */
#include "app/options/slots.h"

rv_status slots_take(struct slots *slots, rv_engine *engine, const struct option_dream *dream,
                     const char *default_layer, rv_params *params, rv_error *error)
{
	struct option_targets targets = option_dream_targets(dream, default_layer);
	(void)slots;
	(void)engine;
	for (int i = 0; i < targets.count && i < RV_TARGETS_MAX; i++)
		if (targets.list[i].file[0] || targets.list[i].mask[0])
			return rv_fail(error, RV_UNSUPPORTED,
			               "the bundle's reverie-bench reads no guides or masks");
	*params = option_dream_params(dream, default_layer);
	return RV_OK;
}

rv_status slots_go_to(struct slots *slots, rv_engine *engine, int64_t time, rv_error *error)
{
	(void)slots;
	(void)engine;
	(void)time;
	(void)error;
	return RV_OK;
}

void slots_begin(struct slots *slots, int64_t origin)
{
	(void)slots;
	(void)origin;
}

void slots_close(struct slots *slots)
{
	(void)slots;
}
