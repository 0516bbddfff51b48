/* What is dreamed, and how: targets, octaves, steps, and what a frame inherits of the one before;
 * and the ranges of all these numbers. Plain values, which rv_set_params of reverie.h takes; that
 * header includes this one. */
#ifndef REVERIE_PARAMS_H
#define REVERIE_PARAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the shared library exports; everything else is hidden. */
#define RV_API __attribute__((visibility("default")))

#ifdef __cplusplus
extern "C" {
#endif

typedef enum rv_objective {
	RV_OBJECTIVE_L2,      /* mean of activation squared */
	RV_OBJECTIVE_MEAN,    /* mean of activation */
	RV_OBJECTIVE_WINNERS, /* at each place, mean square of the few channels strongest there */
} rv_objective;

typedef enum rv_normalisation {
	RV_NORMALISE_BANDS,      /* each band of a Laplacian pyramid of the gradient by its RMS */
	RV_NORMALISE_DEVIATION,  /* by the standard deviation of the whole gradient */
	RV_NORMALISE_MEAN_ABS,   /* by the mean absolute value of the whole gradient */
	RV_NORMALISE_EVEN_BANDS, /* each band by its RMS, so that a step has its length in each */
	RV_NORMALISE_STANDARD,   /* as RV_NORMALISE_DEVIATION, once its mean is taken off */
} rv_normalisation;

/* In which order the steps of a frame that inherits nothing go through the octaves. */
typedef enum rv_octave_order {
	RV_OCTAVES_RISING, /* all steps of the smallest, then of the next */
	RV_OCTAVES_CHANCE, /* each step at one that is drawn by chance, on the picture as it is */
} rv_octave_order;

/* Which of several targets a step raises. */
typedef enum rv_alternation {
	RV_ALTERNATE_OFF,    /* all of them, equally strong before their weights count */
	RV_ALTERNATE_FRAMES, /* one in each frame of a scene: there and back through the list */
	RV_ALTERNATE_STEPS,  /* one that is drawn by chance */
} rv_alternation;

enum {
	RV_TARGETS_MAX = 8,
	RV_CHANNELS_MAX = 64,
	RV_SLOTS_MAX = 20,
	RV_LAYER_NAME_LENGTH = 128,
	RV_OCTAVES_MAX = 16
};

typedef enum rv_target_kind {
	RV_TARGET_LAYER,   /* channels of a layer, as rv_params.objective says */
	RV_TARGET_WINNERS, /* the same as RV_OBJECTIVE_WINNERS says */
	RV_TARGET_NEURON,  /* the same as RV_OBJECTIVE_MEAN says */
	/* The odds of the classes that channels name, one of them against all others, in every part
	 * of the picture: the classifier's end is applied place by place, whatever the size. */
	RV_TARGET_CLASS,
	/* Every place is drawn towards that of the guide, a picture, which it is most like. */
	RV_TARGET_GUIDE,
	RV_TARGET_CARICATURE, /* every place is drawn towards more of what the frame has there */
	RV_TARGET_DIRECTION,  /* every place is drawn towards a feature, given as numbers */
} rv_target_kind;

/* Where in the picture a target is raised. */
typedef enum rv_where {
	RV_EVERYWHERE,
	RV_AT_PLACE, /* at one place of the layer: that which lies on x, y */
	RV_IN_MASK,  /* as much as a mask is white */
} rv_where;

/* One thing to dream of, among several. Where there are several, the gradients of all are brought
 * to equal strength before their weights count. */
typedef struct rv_target {
	char layer[RV_LAYER_NAME_LENGTH]; /* "": the model's default, or the scores of its classes
	                                   */
	float weight; /* relative to the other targets, not 0; below 0 it is quieted */
	int channels[RV_CHANNELS_MAX];
	int channel_count; /* 0: all channels; of a class at least 1 */
	rv_target_kind kind;
	int winners; /* of RV_TARGET_WINNERS; 0: as rv_params says */
	/* How much more two features count that point the same way: of the cosine between them, of
	 * a guide, a caricature or a direction; 0..16. */
	float power;
	int slot; /* with the picture of a guide, the numbers of a direction: see rv_set_picture */
	rv_where where;
	float x, y; /* parts of the picture's width and height, 0..1 */
	int mask;   /* a slot with a picture: white is 1 */
} rv_target;

/* How good the optical flow is that carries a dream from frame to frame. */
typedef enum rv_flow_quality { RV_FLOW_FAST, RV_FLOW_MEDIUM, RV_FLOW_FINE } rv_flow_quality;

enum { RV_CUT_OFF = -1, RV_CUT_AUTO = 0 };

/* How a dream lives on from one frame of a video to the next. What is inherited is the detail,
 * dream minus frame, carried along the motion of the scene. All of this may change between frames.
 * rv_param_table has the ranges. */
typedef struct rv_time {
	bool on; /* false: every frame is dreamed by itself, but for rv_params.blend */
	/* What a frame keeps of the last one's detail, but where the dream is at rest; the less,
	 * the quicker old creatures go. */
	float inherit;
	float polarity; /* below 0 moving parts inherit less, above 0 still parts do */
	float decay;    /* what is left besides of the detail of moving parts after a second */
	/* Gradient steps of a frame that inherits in each warm octave; 0: octaves take turns, for a
	 * tenth of what a frame dreamed alone costs. */
	int warm_steps;
	float warm_share; /* the part that is taken of automatic steps, where warm_steps is 0 */
	int warm_octaves; /* the largest ones, which such frames are dreamed at */
	bool carry; /* the detail follows the motion; false: it stays, and what moves is new */
	rv_flow_quality flow_quality;
	int flow_skip; /* the flow is estimated at 1/2^flow_skip of the size */
	/* A new scene, dreamed from nothing, begins RV_CUT_OFF: never; RV_CUT_AUTO: where one is
	 * seen; N > 0: every N frames. */
	int cut;
	/* Frames that the beginning of a scene is spread over, each with its share of the steps,
	 * the smallest octaves' first, so that none takes much longer than the others; what comes
	 * into view later is dreamed no faster. 0 or 1: the first frame is dreamed in full. */
	int onset;
	/* How much of a still scene's dream is dreamed anew in a second, favouring other channels
	 * by and by, in other places and sizes. */
	float drift;
	float zoom;         /* how much larger the detail grows in a second; 1: not at all */
	float rotation;     /* degrees the detail turns in a second, clockwise */
	float pan_x, pan_y; /* picture widths and heights it moves in a second */
} rv_time;

/* rv_param_table has the ranges. */
typedef struct rv_params {
	rv_target targets[RV_TARGETS_MAX];
	int target_count; /* 0: the model's default layer */
	rv_objective objective;
	rv_normalisation normalisation;
	int octaves;        /* fewer where the smallest would be too small */
	int octaves_above;  /* of them, larger than the picture, which gets them shrunk */
	float octave_scale; /* each octave is this much larger than the one before */
	int iterations;     /* gradient steps in each octave */
	float enough;       /* a mean objective above which an octave takes no more; 0: none */
	float step;         /* its length as normalisation measures it, on a picture of -1..1 */
	int jitter;         /* pixels: each step shifts the picture by up to this much */
	/* The picture shows a whole sphere: all directions round about from left to right, from
	 * straight up to straight down, each by its angles (equirectangular). It is dreamed without
	 * seam and poles; steps see it turned all round instead of shifted. Without places and
	 * masks of single targets, resize, mirror, and time.zoom, rotation and pan_y. */
	bool sphere;
	float turn;     /* degrees: each step turns the picture by up to this much */
	float resize;   /* and makes it up to this part larger or smaller */
	bool mirror;    /* and half of them see it mirrored */
	float strength; /* how much of the dream is laid over the picture; 1 is all of it */
	float blend;    /* part of the last picture's detail to start from, with time.on false */
	uint64_t seed;  /* of the jitter; the same seed gives the same picture */
	/* Priors, by which a step is held back: by the gradient of the total variation of what was
	 * dreamed, by that itself, and by the picture's distance to mid-grey, each times this
	 * number, where a step of the dream has an RMS of 1. */
	float smoothness, fidelity, grey;
	float soften; /* pixels: the gradient is blurred by up to this much, more and more */
	float blur; /* part of a blur of three pixels after the first step of an octave, falling to
	               none */
	/* Where all of it is dreamed: 0 everywhere, N where the picture of slot N - 1 is white.
	 * What is outside stays as it is in the frame. */
	int mask;
	int winners;       /* channels that win at each place */
	int winner_window; /* side in layer pixels of the square they compete over, odd */
	/* Of layers, winners and neurons only activations above the mean of those that could count,
	 * by so many of their standard deviations; 0: all. */
	float threshold;
	int border; /* layer pixels along the sides of what the network sees that do not count */
	/* Each octave begins with the picture of the one below, enlarged, instead of with the frame
	 * and what was added to it; of a frame that inherits nothing. */
	bool enlarge;
	rv_octave_order octave_order;
	rv_alternation alternation;
	bool balance; /* false: targets are as strong as they are, times their weights */
	rv_time time;
} rv_params;

/* The settings used where nobody chose others: those of rv_param_table, no targets. */
RV_API rv_params rv_params_default(void);

/* The gradient steps that a frame which inherits takes on average in an octave, 0 the largest:
 * those that it is asked for, or where they are automatic (warm_steps 0) its octaves' turns, which
 * rise with the iterations of a frame dreamed alone and with warm_share. What comes into view gets
 * more, and so does an octave that is not as deep as the scene's first dream was; a deeper one
 * less.
 */
RV_API double rv_warm_steps(const rv_time *time, int iterations, int octave);

/* Whether both ask for the same. Of targets and channels, only as many as are counted are looked
 * at; numbers are compared by ==. */
RV_API bool rv_params_equal(const rv_params *a, const rv_params *b);

/* ---- ranges ---- */

/* What a number may be, for whoever checks it, shows it, or turns it by a knob. */
typedef struct rv_range {
	double minimum, maximum; /* both allowed */
	double standard;         /* the number where nobody chose another */
	bool odd;                /* even numbers are not allowed */
	const char *unit;        /* such as "pixels"; NULL: none */
	const char *help;        /* one line: what a person sees of it */
} rv_range;

typedef enum rv_param_type {
	RV_PARAM_SWITCH, /* bool */
	RV_PARAM_WHOLE,  /* int, or an enum */
	RV_PARAM_NUMBER, /* float, which must lie in the range as float has it */
	RV_PARAM_RANDOM, /* uint64_t, any */
} rv_param_type;

/* One field of rv_params. */
typedef struct rv_param {
	const char *name; /* as messages call it, such as "octave scale" */
	rv_param_type type;
	size_t offset; /* in rv_params */
	rv_range range;
} rv_param;

/* The places of the fields in that table. */
/* clang-format off */
enum {
	RV_PARAM_OBJECTIVE, RV_PARAM_NORMALISATION, RV_PARAM_OCTAVES, RV_PARAM_OCTAVES_ABOVE,
	RV_PARAM_OCTAVE_SCALE, RV_PARAM_ITERATIONS, RV_PARAM_ENOUGH, RV_PARAM_STEP, RV_PARAM_JITTER, RV_PARAM_SPHERE, RV_PARAM_TURN,
	RV_PARAM_RESIZE, RV_PARAM_MIRROR, RV_PARAM_THRESHOLD, RV_PARAM_BORDER, RV_PARAM_ENLARGE,
	RV_PARAM_OCTAVE_ORDER, RV_PARAM_ALTERNATION, RV_PARAM_BALANCE, RV_PARAM_STRENGTH,
	RV_PARAM_BLEND, RV_PARAM_SEED, RV_PARAM_SMOOTHNESS, RV_PARAM_FIDELITY, RV_PARAM_GREY,
	RV_PARAM_SOFTEN, RV_PARAM_BLUR, RV_PARAM_MASK, RV_PARAM_WINNERS, RV_PARAM_WINNER_WINDOW, RV_PARAM_TIME,
	RV_PARAM_INHERIT, RV_PARAM_POLARITY, RV_PARAM_DECAY, RV_PARAM_WARM_STEPS,
	RV_PARAM_WARM_SHARE, RV_PARAM_WARM_OCTAVES, RV_PARAM_CARRY, RV_PARAM_FLOW_QUALITY,
	RV_PARAM_FLOW_SKIP, RV_PARAM_CUT, RV_PARAM_ONSET, RV_PARAM_DRIFT, RV_PARAM_ZOOM,
	RV_PARAM_ROTATION, RV_PARAM_PAN_X, RV_PARAM_PAN_Y, RV_PARAM_COUNT
};
/* clang-format on */

/* All fields of rv_params but its targets. rv_set_params refuses what is out of these ranges. */
RV_API extern const rv_param rv_param_table[RV_PARAM_COUNT];

/* Of a target: each of its channels, its weight without the sign, and its power. */
RV_API extern const rv_range rv_channel_range, rv_weight_range, rv_power_range;

#ifdef __cplusplus
}
#endif
#endif
