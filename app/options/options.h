/* The options of the program: one table, from which the command line, the help text, the man page
 * and presets come.
 *
 * A struct options is a plain value: it may be copied, and given to another thread as a snapshot.
 * Nothing here prints or exits. Only libc and the plain structs of engine/reverie.h are used. */
#ifndef APP_OPTIONS_OPTIONS_H
#define APP_OPTIONS_OPTIONS_H

#include <stdio.h>

#include "engine/reverie.h"

enum { OPTION_TEXT_LENGTH = 1024, OPTION_VALUE_LENGTH = 2048 };

/* A width and a height in pixels; 0 where one is left to the picture's own shape. */
struct option_size {
	int width, height;
};

struct option_layers {
	int count; /* 0: the model's default layer */
	struct {
		char name[RV_LAYER_NAME_LENGTH];
		float weight;
	} list[RV_TARGETS_MAX];
};

/* What a journey begins with; the order of its names in the table. */
enum option_from { OPTION_FROM_INPUT, OPTION_FROM_NOISE };

/* What a live window shows; the order of its names in the table. */
enum option_view { OPTION_VIEW_DREAM, OPTION_VIEW_SPLIT, OPTION_VIEW_SOURCE };

struct option_channels {
	int count; /* 0: all channels */
	int list[RV_CHANNELS_MAX];
};

/* Every text is NUL-terminated; empty means that it was not given. */
struct options {
	/* The dream. params.targets stays empty: options_params() makes it from layers, channels.
	 */
	rv_params params;
	struct option_layers layers;
	struct option_channels channels;

	/* The picture or video. */
	char operand[OPTION_TEXT_LENGTH]; /* the word that is no option: the input */
	char second[OPTION_TEXT_LENGTH];  /* the next one, of commands that take two */
	char output[OPTION_TEXT_LENGTH];
	char still[OPTION_TEXT_LENGTH];
	struct option_size size; /* 0x0: as the input */
	char encoder[OPTION_TEXT_LENGTH];
	char format[OPTION_TEXT_LENGTH];
	int quality; /* constant rate factor, as in app/offline/job.h */
	bool force;

	/* Time. */
	int time;       /* 0: frames are dreamed one by one; for params.time.on */
	int carry;      /* for params.time.carry */
	int from;       /* enum option_from */
	float duration; /* seconds of a journey; 0: none */
	float rate;     /* its frames per second */

	/* Presets. */
	char preset[OPTION_TEXT_LENGTH];
	char save_preset[OPTION_TEXT_LENGTH];

	/* The network. */
	char model[OPTION_TEXT_LENGTH];
	int input_format; /* index in option_input_formats; 0: what the file says */

	/* The device. config.cache_directory stays NULL: options_config() sets it. */
	rv_config config;
	char cache[OPTION_TEXT_LENGTH];
	bool no_cache;

	/* Live. Choices are indices, as in the table. */
	float fps;                      /* of the display; a dream may take two frames */
	int loop;                       /* 0: a file is played once */
	int wait;                       /* 1: for an input that is not there yet */
	struct option_size camera_size; /* 0x0: what suits */
	float camera_rate;              /* frames a second; 0: what suits */
	int governor;                   /* 0: the quality is as wished, however slow */
	int lock_steps, lock_octaves;   /* 0 or 1: what the governor is not to change */
	int lock_size, lock_flow;
	int view;                      /* enum option_view */
	float split;                   /* 0..1: where OPTION_VIEW_SPLIT is divided */
	int mirror, freeze;            /* 0 or 1 */
	int hud;                       /* enum hud_level (app/screen/hud.h) */
	int record_hud;                /* 0: it appears in no recording */
	char keys[OPTION_TEXT_LENGTH]; /* a file of key bindings */
	int osc;                       /* the port for remote control; 0: none */
	char osc_bind[OPTION_TEXT_LENGTH];
	char midi[OPTION_TEXT_LENGTH]; /* the controller to hear; "off": none */
	bool headless;                 /* no window */
	float bench;                   /* seconds to run for, and then print; 0: none */

	/* What it does by itself. */
	char playlist[OPTION_TEXT_LENGTH]; /* a file (app/control/playlist.h) */
	float fade;                        /* seconds from preset to preset */
	float attract;                     /* seconds without motion until a journey; 0: never */
	int journey;                       /* 1: dream on without the source */

	/* Where it is seen. */
	int display, hud_display; /* 1 is the first; 0: where the window is, over the show */
	int fullscreen, kiosk;    /* 0 or 1 */
	int scale;                /* enum projection_scale (app/screen/projection.h) */
	float turn;               /* degrees, clockwise */
	int corner;               /* 1..4: the one that is moved; 0: none */

	/* inspect and bench. */
	char activation[OPTION_TEXT_LENGTH];
	char gradient[OPTION_TEXT_LENGTH];
	int runs;
	int frames; /* of a clip, at most */

	/* flow. */
	int flow_quality; /* rv_flow_quality */
	char truth[OPTION_TEXT_LENGTH];

	/* The program itself. */
	bool quiet, verbose, help, version;
};

/* ---- the table ---- */

/* What a changed value costs a dream that is under way. */
enum option_cost {
	OPTION_START,   /* read once, when the program starts */
	OPTION_LIVE,    /* used from the next frame on */
	OPTION_REPLAN,  /* a new memory plan */
	OPTION_REBUILD, /* a new graph, its kernels and a new memory plan */
};

enum option_type {
	OPTION_FLAG,     /* bool */
	OPTION_WHOLE,    /* int */
	OPTION_SEED,     /* uint64_t */
	OPTION_NUMBER,   /* float */
	OPTION_CHOICE,   /* int or enum: an index in choices */
	OPTION_TEXT,     /* char[OPTION_TEXT_LENGTH] */
	OPTION_BYTES,    /* uint64_t: a number of bytes, or with an end of KB, MB or GB */
	OPTION_SIZE,     /* struct option_size */
	OPTION_LAYERS,   /* struct option_layers */
	OPTION_CHANNELS, /* struct option_channels */
};

enum option_group {
	OPTION_GROUP_DREAM,
	OPTION_GROUP_TIME,
	OPTION_GROUP_LIVE,
	OPTION_GROUP_STAGE,
	OPTION_GROUP_PRESET,
	OPTION_GROUP_OUTPUT,
	OPTION_GROUP_NETWORK,
	OPTION_GROUP_DEVICE,
	OPTION_GROUP_MEASURE,
	OPTION_GROUP_PROGRAM,
	OPTION_GROUP_COUNT
};

/* The commands that take an option, as bits. */
enum option_command {
	COMMAND_DREAM = 1 << 0,
	COMMAND_DEVICES = 1 << 1,
	COMMAND_MODELS = 1 << 2,
	COMMAND_LAYERS = 1 << 3,
	COMMAND_TUNE = 1 << 4,
	COMMAND_BENCH = 1 << 5,
	COMMAND_INSPECT = 1 << 6,
	COMMAND_KERNELS = 1 << 7,
	COMMAND_MAN = 1 << 8,
	COMMAND_FLOW = 1 << 9,
	COMMAND_LIVE = 1 << 10,
	COMMAND_CAMERAS = 1 << 11,
	COMMAND_ANY = (1 << 12) - 1
};

struct option {
	const char *name; /* without the dashes; NULL ends the table */
	char letter;      /* one-letter form, or 0 */
	enum option_type type;
	enum option_group group;
	enum option_cost cost;
	unsigned commands;       /* bits of enum option_command */
	size_t place;            /* offset of the value in struct options */
	double minimum, maximum; /* of a number, both allowed; of each channel or side in a list */
	bool odd;                /* a whole number must be odd */
	const char *const
		*choices;    /* NULL-terminated; of a whole number: names of the least ones */
	const char *unit;    /* of a number, such as "pixels", or NULL */
	const char *metavar; /* stands for the value in the help text; NULL for a flag */
	const char *unset;   /* what happens by default, where the value would not say it */
	const char *help;    /* one line */
};

extern const struct option option_table[];
extern const char *const option_group_titles[OPTION_GROUP_COUNT];
/* [0] is "file"; the others are names for rv_model_open(). */
extern const char *const option_input_formats[];
/* In the order of rv_flow_quality; NULL-terminated. */
extern const char *const option_flow_qualities[];

/* The option called name (without dashes) that one of commands takes, or NULL: one name may mean
 * one thing to one command and another to the next. */
const struct option *option_find(const char *name, unsigned commands);

/* The name among the options of commands that is most like name, or NULL where none is near. */
const char *option_nearest(const char *name, unsigned commands);

/* Whether presets hold this option. */
bool option_in_preset(const struct option *option);

/* Parses text into the option's place in options. On RV_INVALID options is unchanged and the
 * message begins with prefix and the option's name, and says what was given and what is
 * possible. */
rv_status option_set(struct options *options, const struct option *option, const char *text,
                     const char *prefix, rv_error *error);

/* Writes the value as option_set() would read it; an unset value is an empty text. */
void option_format(const struct options *options, const struct option *option,
                   char text[OPTION_VALUE_LENGTH]);

/* Copies the value of one option. */
void option_copy(struct options *options, const struct option *option, const struct options *from);

/* Writes the possible values, such as "1 to 16" or "l2, mean, winners"; empty for a text. */
void option_format_range(const struct option *option, char text[OPTION_VALUE_LENGTH]);

/* ---- the whole set ---- */

struct options options_default(void);

/* Reads the words of a command line, words[count] being NULL, without the program and the command,
 * over what options holds. command is one bit of enum option_command; an option it does not take
 * is RV_INVALID, as are an unknown option, a bad value and a second operand. On an error options
 * is undefined. */
rv_status options_parse(struct options *options, int count, char *const *words, unsigned command,
                        rv_error *error);

/* What the engine is to dream. default_layer stands in where channels were given without a layer;
 * it may be NULL where none were. */
rv_params options_params(const struct options *options, const char *default_layer);

/* How the engine is to be created; points into options. */
rv_config options_config(const struct options *options);

/* ---- texts made from the table ---- */

/* One command of the program. */
struct command {
	const char
		*name; /* the first word of the command line; "" is the dream, NULL ends a list */
	const char *usage; /* such as "flow A B -o FILE" */
	const char *help;  /* one line; NULL: not listed */
	unsigned bit;      /* of enum option_command */
	rv_status (*run)(const struct options *options, rv_error *error);
};

/* Prints the options of one command of a program. For the first one, which stands for the program
 * itself, prints the commands and all their options. */
void options_print_help(FILE *file, const char *program, const struct command *commands,
                        const struct command *command);

/* Prints the man page of reverie, as roff. */
void options_print_man(FILE *file, const struct command *commands);

#endif
