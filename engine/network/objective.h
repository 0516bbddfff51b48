/* What is maximised at a layer, and its gradient there: the start of the backward pass. */
#ifndef ENGINE_NETWORK_OBJECTIVE_H
#define ENGINE_NETWORK_OBJECTIVE_H

#include "engine/network/places.h"

enum objective_kind {
	OBJECTIVE_L2,
	OBJECTIVE_MEAN,
	OBJECTIVE_WINNERS,
	OBJECTIVE_CLASS,
	OBJECTIVE_GUIDE,
	OBJECTIVE_CARICATURE,
	OBJECTIVE_DIRECTION,
	OBJECTIVE_KINDS
};

/* Features that a layer is drawn towards, on the device: float [count][stride], stride being the
 * layer's channels rounded up to TENSOR_ALIGNMENT, with zeros past the last channel. */
struct objective_rows {
	cl_mem buffer;
	int count;
	/* Of a guide: the same, arranged to be matched by objective_pack. */
	cl_mem panels;
};

/* One layer to dream of. Nothing here is kept after the call. */
struct objective_target {
	/* activation is read and gradient written, with accumulate, masked and clamp, as the
	 * backward of any operator would. wants_gradient is not looked at. */
	struct operand operand;
	enum objective_kind kind;
	/* The gradient is that of weight * scale * objective. scale == 1 gives the gradient of the
	 * objective itself. That is of the order of 1 / (elements of the layer), and on its way to
	 * the picture it comes near denormal floats, which are 30 times slower on a CPU: an ascent,
	 * which normalises the gradient anyway, gives all its targets the same large scale, such as
	 * the number of pixels of the picture. */
	float weight, scale;
	/* The only channels that count, of a class those that are wanted, each 0 <= channel <
	 * activation.channels; repeated ones count once. channel_count == 0: all. */
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
	 * list. NULL: all 1. The kinds from OBJECTIVE_CLASS on do not look at it. */
	cl_mem channel_weights;
	/* Of a guide, all features of the guide; of a direction, the one; of a caricature, one for
	 * each pixel of the layer, which objective_keep writes. */
	struct objective_rows rows;
	float power; /* guide, caricature and direction: of the cosine, at least 0 */
	/* L2, mean and winners: only activations count that lie above the mean of those of all
	 * channels that count, over all pixels, by so many of their standard deviations; 0: all. */
	float threshold;
	struct places_plan places;
};

/* Whether the objective is of features that the frame itself has, which must be kept first. */
bool objective_wants_frame(enum objective_kind kind);

/* Bytes on the device that the recording of an objective keeps for itself, but for tables over the
 * channels. */
size_t objective_bytes(enum objective_kind kind, const struct slice *activation);

/* Bytes of a row for each pixel. */
size_t objective_rows_bytes(const struct slice *activation);

/* Records the launch that takes the activation over into the target's rows. */
void objective_keep(struct launch_recorder *recorder, const struct objective_target *target);

/* Bytes of the panels of count rows, and the launch that makes them of a target's rows, for its
 * power. */
size_t objective_panels_bytes(const struct device *device, const struct slice *activation,
                              int count);
void objective_pack(struct launch_recorder *recorder, const struct objective_target *target);

/* Records the launches that write the gradient of
 *   OBJECTIVE_L2          mean(a^2)
 *   OBJECTIVE_MEAN        mean(a)
 *   OBJECTIVE_WINNERS     mean((a / rms)^2) over the winners of every place
 *   OBJECTIVE_CLASS       mean(log(p / (1 - p))), p being the part of the softmax over the channels
 *                         that the wanted ones have
 *   OBJECTIVE_CARICATURE  mean(<a, f> max(cos(a, f), 0.1)^power) with f the row
 *                         of the place (after Lucid's caricatures, Olah and others 2018)
 *   OBJECTIVE_DIRECTION   the same with one row f for all places
 *   OBJECTIVE_GUIDE       the same with f, at every place, that row for which
 *                         <a, f> cos(a, f)^power is largest (power 0: the rule of the
 *                         DeepDream notebook, Mordvintsev 2015)
 * with respect to the activation a. In the first three every term is multiplied by the weight of
 * its channel, and means are over the pixels and the channels that count; in the others a is the
 * vector of all channels of a pixel, and means are over the pixels. The winners of a place are the
 * `winners` channels for which the sum of weight * |a| / rms over the window around the place, cut
 * off at the borders, is largest; of equal ones those of lower number. Which ones win, which row
 * fits best, and what lies above the threshold, is taken as given when differentiating. Each place
 * counts by the target's places. Nothing is added to lanes past the last channel. For input_height,
 * input_width and what is returned see places_record. */
int objective_record(struct launch_recorder *recorder, const struct objective_target *target,
                     int input_height, int input_width);

#endif
