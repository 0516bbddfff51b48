/* What the files of an ascent share: engine/dream/ascent*.c. */
#ifndef ENGINE_DREAM_ASCENT_STATE_H
#define ENGINE_DREAM_ASCENT_STATE_H

#include "engine/dream/larger.h"
#include "engine/dream/octave.h"
#include "engine/network/channel_weights.h"
#include "engine/picture/transfer.h"
#include "engine/time/temporal.h"

struct ascent {
	struct device *device;
	int width, height; /* of the rasters, which may be larger than the pictures */
	int margin;        /* of them: struct transfer */
	struct dream_pictures pictures;
	struct larger larger;
	struct network_buffers buffers;
	struct network_needs needs; /* which the buffers cover */
	struct shared shared;
	struct raster frame;     /* the picture as given */
	struct raster detail;    /* dream minus picture, of the last frame */
	struct raster inherited; /* what of it the next one starts from; without time, all */
	cl_mem wants;            /* struct temporal_wants */
	cl_mem length;           /* float: what a step is multiplied with besides; 1 */
	struct channel_weights channel_weights[RV_TARGETS_MAX]; /* of each target's channels */
	int target_count;
	struct temporal *temporal; /* NULL while pictures are dreamed by themselves */
	size_t timed_bytes;        /* that it owns, or will */
	struct effort effort;      /* of the last frame in time */
	bool has_past;
	bool looks;        /* the past is one of frames that were only looked at */
	bool lends_detail; /* as in the recipe, in time */
	int scene_frames;  /* that were begun since the scene, or all that is remembered, began */
	rv_frame_report report;
	struct octave octaves[RV_OCTAVES_MAX]; /* the smallest first */
	int octave_count;
	struct launch_list
		rasters; /* owns frame, detail, inherited, wants, length, channel_weights */
	struct transfer transfer;
};

/* Makes what remembers, for these settings of the flow. */
rv_status ascent_prepare_temporal(struct ascent *ascent, const rv_time *time, rv_error *error);

#endif
