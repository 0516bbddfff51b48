/* What a frame tells about its scene: does it go on, and what has the dream become? Plain
 * arithmetic on the host, on sums that the device took block by block (shaders/time/temporal.cl).
 */
#ifndef ENGINE_TIME_SCENE_H
#define ENGINE_TIME_SCENE_H

#include "engine/reverie.h"

/* Twins of the two halves of an entry of the table in shaders/time/temporal.cl: sums over the
 * pixels of a block. */
struct block_view {
	float now, past;                    /* brightness, -1..1; past: carried along the motion */
	float now_now, past_past, now_past; /* products */
	float trusted; /* pixels that the past frame shows as well, by the flow there and back */
	float pixels;
	float change; /* of colours, at the same place, summed over the three */
};

struct block_dream {
	float detail_detail;    /* squares of dream minus frame, summed over colours */
	float red, green, blue; /* of the dream */
	float luma_luma;
	float chroma_chroma; /* squares of colour minus brightness, summed over colours */
	float need;          /* how much of it wants to be dreamed on, 0..1 for each pixel */
	float pixels;
};

struct scene_block {
	struct block_view view;
	struct block_dream dream;
};

/* The whole frame, from its blocks. */
struct scene_view {
	double likeness;  /* 0..1: part of the contrast that lies in blocks which show the same */
	double uncovered; /* 0..1: part that is not to be trusted */
	double gain, offset; /* now is about gain * past + offset */
	double contrast_now; /* standard deviation of brightness within the blocks */
	bool still;          /* not one sample has changed */
};

struct scene_view scene_look(const struct scene_block *blocks, int count);

enum scene_verdict {
	SCENE_GOES_ON,
	SCENE_FLASHES, /* a frame that shows little of any scene: the past stays what it was */
	SCENE_CUT
};

/* What is remembered of a scene. Zeroed: nothing. */
struct scene {
	double flash_seconds; /* how long frames have flashed */
	int frames;           /* since the scene began */
};

/* cut as in rv_time; seconds since the last frame. Counts the frame. */
enum scene_verdict scene_judge(struct scene *scene, const struct scene_view *view, int cut,
                               double seconds);

/* The dream that a frame became. */
struct dream_view {
	double strength; /* RMS of dream minus frame */
	double need;     /* 0..1: mean over the pixels; 0: nothing wants to be dreamed on */
	double colour[3];
	double contrast;      /* standard deviation of brightness */
	double colourfulness; /* and of colour minus brightness */
};

struct dream_view scene_dream(const struct scene_block *blocks, int count);

#endif
