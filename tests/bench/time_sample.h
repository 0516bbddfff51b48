/* A few pairs of consecutive frames, spread evenly over a clip however long it turns out to be. */
#ifndef TESTS_BENCH_TIME_SAMPLE_H
#define TESTS_BENCH_TIME_SAMPLE_H

#include "tests/bench/depth_meter.h"
#include "tests/bench/time_measure.h"

enum { SAMPLE_PAIRS_MOST = 6 };

/* What is measured of each frame of a dreamed video. */
struct frame_measure {
	double strength;
	struct tone_measure tone;
	double own, warping; /* errors of the frame and of the dream; NAN where none was measured */
	/* What the network sees in the frame and in the dream (tests/bench/depth_meter.h). */
	double worth_frame[DEPTH_SIZES], worth_dream[DEPTH_SIZES];
};

struct sample_pair {
	int index;          /* of the second frame, from 0 */
	rv_image past, now; /* frames, the sample's own */
	struct frame_measure measure;
};

/* Zeroed, there are none. */
struct time_sample {
	struct sample_pair pairs[SAMPLE_PAIRS_MOST];
	int count;
	int interval; /* every so many frames a pair is kept; 0 is 1 */
};

/* Whether the turn of a frame of this index has come. */
bool time_sample_wants(const struct time_sample *sample, int index);

/* Keeps copies of the two frames, if their turn has come: frame 1 comes first, and no index comes
 * twice. Where there are too many, every other pair is let go, and from then on half as many are
 * kept. RV_MEMORY. */
rv_status time_sample_offer(struct time_sample *sample, int index, const rv_image *past,
                            const rv_image *now, const struct frame_measure *measure,
                            rv_error *error);

void time_sample_release(struct time_sample *sample);

#endif
