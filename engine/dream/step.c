#include "engine/dream/step.h"

#include "engine/picture/gradient.h"
#include "engine/picture/prior.h"

/* Once the picture has moved, the gradient's raster holds that of the priors. */
static void record_priors(struct step *step, struct launch_recorder *recorder,
                          const struct step_rasters *rasters)
{
	const struct raster_term held[] = {{rasters->picture, 1}, {rasters->gradient, 0}};

	step->prior_launch =
		prior_record(recorder, rasters->picture, rasters->base, rasters->gradient);
	step->hold_launch = raster_record_combine(recorder, rasters->picture, held, 2, true);
}

void step_record(struct step *step, struct launch_recorder *recorder, const rv_params *params,
                 const struct step_rasters *rasters)
{
	struct gradient_settings settings = {.normalisation = params->normalisation,
	                                     .step = params->step,
	                                     .length = rasters->length};

	recorder->list = &step->list;
	if (rasters->weights)
		raster_record_weigh(recorder, rasters->gradient, rasters->weights);
	step->move_launch = rasters->factor ? gradient_record_move(recorder, rasters->gradient,
	                                                           rasters->picture,
	                                                           rasters->factor, settings.step)
	                                    : gradient_record_step(recorder, rasters->gradient,
	                                                           rasters->picture, &settings);
	step->has_priors = params->smoothness > 0 || params->fidelity > 0 || params->grey > 0;
	if (step->has_priors)
		record_priors(step, recorder, rasters);
	step->blurs = params->blur > 0;
	if (step->blurs)
		step->blur_launch = prior_record_blur(recorder, rasters->picture, rasters->base,
		                                      rasters->gradient);
}

void step_set(struct step *step, const struct step_strength *strength)
{
	struct launch *prior;

	launch_set_float(&step->list.launches[step->move_launch], GRADIENT_STEP, strength->length);
	if (!step->has_priors)
		return;
	prior = &step->list.launches[step->prior_launch];
	launch_set_float(prior, PRIOR_SMOOTHNESS, strength->smoothness);
	launch_set_float(prior, PRIOR_FIDELITY, strength->fidelity);
	launch_set_float(prior, PRIOR_GREY, strength->grey);
	launch_set_float(&step->list.launches[step->hold_launch], RASTER_COMBINE_WEIGHTS + 1,
	                 -strength->length);
}

void step_blur(struct step *step, float share)
{
	if (step->blurs)
		launch_set_float(&step->list.launches[step->blur_launch], PRIOR_BLUR, share);
}
