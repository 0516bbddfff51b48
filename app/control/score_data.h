/* What a score is made of, for the files that read it and play it. */
#ifndef APP_CONTROL_SCORE_DATA_H
#define APP_CONTROL_SCORE_DATA_H

#include "app/control/score_curve.h"
#include "app/control/score_strokes.h"

enum { SCORE_LOOPS_MAX = 256, SCORE_PRESETS_MAX = 1024, SCORE_DREAMS_MAX = 64 };

/* A preset that is taken. Its values become keys when the score begins. */
struct score_preset {
	struct score_part *part;
	double time, fade; /* seconds */
	int line;
	const char *name; /* for messages */
	const struct option_dream *dream;
};

struct score_loop {
	struct score_part *part; /* owned */
	double begin;            /* in the score */
	int line;
};

struct score {
	struct score_part whole;
	struct score_loop loops[SCORE_LOOPS_MAX];
	int loop_count;
	struct score_preset presets[SCORE_PRESETS_MAX];
	int preset_count;
	/* Each preset is read once, for all lines that name it. */
	struct {
		char *name;                 /* owned */
		struct option_dream *dream; /* owned */
	} dreams[SCORE_DREAMS_MAX];
	int dream_count;
	struct score_track resets; /* keys that are times alone */
	struct score_strokes strokes;
	char *name; /* of the file, for messages; owned */

	/* From score_begin on. */
	struct options *defaults;    /* of the open network; owned */
	double initial[OPTIONS_MAX]; /* of the options that are numbers */
	struct score_value last[OPTIONS_MAX];
	double seconds; /* when it was played last */
	bool played;
};

/* A value that an option has where nobody gives one. */
extern const char score_default[];

/* Whether the option is a number that can be anything between two others. */
bool score_is_number(const struct option *option);

#endif
