/* What is maximised at a layer, and its gradient there: the start of the backward pass. */
#ifndef ENGINE_NETWORK_OBJECTIVE_H
#define ENGINE_NETWORK_OBJECTIVE_H

#include "engine/operators/operator.h"

/* One layer to dream of. Nothing here is kept after the call. */
struct objective_target {
	/* activation is read and gradient written, with accumulate, masked and clamp, as the
	 * backward of any operator would. wants_gradient is not looked at. */
	struct operand operand;
	rv_objective kind;
	/* The gradient is that of weight * scale * objective. scale == 1 gives the gradient of the
	 * objective itself. That is of the order of 1 / (elements of the layer), and on its way to
	 * the picture it comes near denormal floats, which are 30 times slower on a CPU: an ascent,
	 * which normalises the gradient anyway, gives all its targets the same large scale, such as
	 * the number of pixels of the picture. */
	float weight, scale;
	/* The only channels that count, each 0 <= channel < activation.channels; repeated ones
	 * count once. channel_count == 0: all. */
	const int *channels;
	int channel_count;
	/* Winners only: the RMS of each channel over ordinary pictures, [activation.channels], in
	 * host memory. NULL: all 1. A channel whose RMS is not a positive number cannot win. */
	const float *channel_rms;
	int winners; /* winners only: how many, at least 1; more than there are channels is all */
	int window;  /* winners only: odd side in pixels of the layer, at least 1 */
	/* What each channel's part of the objective is multiplied by, in the choice of winners its
	 * strength as well; more than 0. float [activation.channels, rounded up to
	 * TENSOR_ALIGNMENT] on the device, which may be written between runs and must outlive the
	 * list. NULL: all 1. */
	cl_mem channel_weights;
};

/* Records the launches that write the gradient of
 *   RV_OBJECTIVE_L2       mean(a^2)
 *   RV_OBJECTIVE_MEAN     mean(a)
 *   RV_OBJECTIVE_WINNERS  mean((a / rms)^2) over the winners of every place
 * where every term is multiplied by the weight of its channel, with respect to the activation a,
 * means being over the pixels and the channels that count. The winners of a place are the `winners`
 * channels for which the sum of weight * |a| / rms over the window around the place, cut off at the
 * borders, is largest; of equal ones those of lower number. Which ones win is taken as given when
 * differentiating. Nothing is added to lanes past the last channel.
 */
void objective_record(struct launch_recorder *recorder, const struct objective_target *target);

#endif
