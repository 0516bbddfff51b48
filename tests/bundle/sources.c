/* Files that targets may speak of, in a program without libav, which reads them elsewhere: there
 * are none here. The linker takes these functions instead of those of app/options/sources.c. */
#include "app/options/sources.h"

rv_status sources_take(struct sources *sources, rv_engine *engine, const struct option_dream *dream,
                       const char *default_layer, rv_params *params, rv_error *error)
{
	struct option_targets targets = option_dream_targets(dream, default_layer);
	(void)sources;
	(void)engine;
	for (int i = 0; i < targets.count && i < RV_TARGETS_MAX; i++)
		if (targets.list[i].file[0] || targets.list[i].mask[0])
			return rv_fail(error, RV_UNSUPPORTED,
			               "the bundle's reverie-bench reads no guides or masks");
	*params = option_dream_params(dream, default_layer);
	return RV_OK;
}

rv_status sources_go_to(struct sources *sources, rv_engine *engine, int64_t time, rv_error *error)
{
	(void)sources;
	(void)engine;
	(void)time;
	(void)error;
	return RV_OK;
}

void sources_begin(struct sources *sources, int64_t origin)
{
	(void)sources;
	(void)origin;
}

void sources_close(struct sources *sources)
{
	(void)sources;
}
