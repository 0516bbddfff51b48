/* One option: a line of the table, and what can be done with its value by name. How a value is
 * read, written and compared is known to its type alone. Nothing here prints or exits. Threads:
 * any, as long as no two write one struct options. */
#ifndef APP_OPTIONS_OPTION_H
#define APP_OPTIONS_OPTION_H

#include "engine/reverie.h"

enum {
	OPTION_TEXT_LENGTH = 1024,
	OPTION_VALUE_LENGTH = 2048,
	OPTION_REASON_LENGTH = 256,
	OPTIONS_MAX = 160, /* lines of the table */
};

struct options;
struct option_dream;
struct option;

/* ---- types ---- */

/* How the values of one type are handled. value points to one of type->size bytes. */
struct option_type {
	size_t size;
	/* Reads text into value. Returns false where it cannot be, and leaves value as it was; why
	 * then says what was given and what is possible: `"9x" is not a whole number`. */
	bool (*parse)(const struct option *option, const char *text, void *value,
	              char why[OPTION_REASON_LENGTH]);
	/* Writes what parse reads as the same value; nothing where none is set. */
	void (*print)(const struct option *option, const void *value,
	              char text[OPTION_VALUE_LENGTH]);
	bool (*equal)(const void *a, const void *b);
	/* Writes the possible values, such as "1 to 16" or "l2, mean, winners". NULL: any text. */
	void (*print_range)(const struct option *option, char text[OPTION_VALUE_LENGTH]);
	/* The value as a number, or as the index of a choice, and the other way round; number must
	 * lie in the range. NULL: it is neither. */
	double (*number)(const void *value);
	void (*put_number)(void *value, double number);

	const char *const *choices; /* of all options of this type; NULL: each has its own */
	bool is_choice;             /* the value is one of option_choices(), by its index */
	const char *alone;          /* the value where none is given; NULL: one must be */
	const char *separator;      /* between the parts of a value; NULL: it has none */
};

extern const struct option_type option_type_flag;     /* bool: yes or no */
extern const struct option_type option_type_switch;   /* bool: off or on */
extern const struct option_type option_type_choice;   /* int or enum: an index in choices */
extern const struct option_type option_type_auto;     /* int: auto, on or off */
extern const struct option_type option_type_whole;    /* int */
extern const struct option_type option_type_number;   /* float */
extern const struct option_type option_type_seed;     /* uint64_t */
extern const struct option_type option_type_bytes;    /* uint64_t: with an end of KB, MB or GB */
extern const struct option_type option_type_text;     /* char[OPTION_TEXT_LENGTH] */
extern const struct option_type option_type_size;     /* struct option_size */
extern const struct option_type option_type_layers;   /* struct option_layers */
extern const struct option_type option_type_channels; /* struct option_channels */
extern const struct option_type option_type_classes;  /* struct option_channels: numbers, labels */
extern const struct option_type option_type_targets;  /* struct option_targets */

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

/* Makes them one layer, with the weight 1. */
void option_layers_set(struct option_layers *layers, const char *name);

struct option_channels {
	int count; /* 0: all channels */
	int list[RV_CHANNELS_MAX];
	char layer[RV_LAYER_NAME_LENGTH]; /* whose they are; empty: of those that are dreamed of */
};

/* One of what is dreamed of, with the files that it speaks of, which the engine knows by numbers.
 */
enum { OPTION_FILE_LENGTH = 384 };
struct option_target {
	rv_target target;
	char file[OPTION_FILE_LENGTH]; /* of a guide or a direction; empty: none */
	char mask[OPTION_FILE_LENGTH];
};

struct option_targets {
	int count;
	struct option_target list[RV_TARGETS_MAX];
};

/* ---- the table ---- */

/* What a changed value costs a dream that is under way. */
enum option_cost {
	OPTION_START,   /* read once, when the program starts */
	OPTION_LIVE,    /* used from the next frame on */
	OPTION_REPLAN,  /* a new memory plan */
	OPTION_REBUILD, /* a new graph, its kernels and a new memory plan */
};

/* The headings of the help. */
enum option_group {
	OPTION_GROUP_DREAM,
	OPTION_GROUP_TIME,
	OPTION_GROUP_LIVE,
	OPTION_GROUP_DISPLAY,
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
	COMMAND_CLASSIFY = 1 << 12,
	COMMAND_PLAN = 1 << 13,
	COMMAND_CHUNK = 1 << 14,
	COMMAND_JOIN = 1 << 15,
	COMMAND_ATLAS = 1 << 16,
	COMMAND_PROBE = 1 << 17,
	COMMAND_AGAIN = 1 << 18,
	COMMAND_ANY = (1 << 19) - 1
};

/* What is done with the file that a text names. */
enum option_file {
	OPTION_NO_FILE,
	OPTION_READS,
	OPTION_WRITES,
};

struct option {
	const char *name; /* without the dashes; NULL ends the table */
	char letter;      /* one-letter form, or 0 */
	const struct option_type *type;
	enum option_group group;
	enum option_cost cost;
	unsigned commands; /* bits of enum option_command */
	size_t part;       /* offset in struct options of the part that holds the value */
	size_t place;      /* offset of the value in that part */
	/* Of the number, of each channel, or of each side of a size; default and help of all
	 * options. */
	const rv_range *range;
	/* NULL-terminated; of a whole number: names of the least ones, which are then not given as
	 * numbers. */
	const char *const *choices;
	const char *metavar; /* stands for the value in the help text; NULL for a flag */
	const char *unset;   /* what happens by default, where the value would not say it */
	enum option_file file;
	bool is_private; /* it may hold a password, and is told to nobody else */
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

/* Whether the value belongs to the dream part, which presets hold. */
bool option_in_dream(const struct option *option);

/* The names a value can have, NULL-terminated, or NULL. */
const char *const *option_choices(const struct option *option);
int option_choice_count(const struct option *option);
/* The index of the one called name; -1: there is none. */
int option_choice_index(const struct option *option, const char *name);

/* Writes the possible values, such as "1 to 16" or "l2, mean, winners"; empty for a text. */
void option_format_range(const struct option *option, char text[OPTION_VALUE_LENGTH]);

/* ---- values ---- */

/* Where the value is. That in a dream part alone is for options of option_in_dream() only. */
void *option_place(struct options *options, const struct option *option);
const void *option_value(const struct options *options, const struct option *option);
void *option_dream_place(struct option_dream *dream, const struct option *option);
const void *option_dream_value(const struct option_dream *dream, const struct option *option);

/* Reads text into value, which is option_place() or option_dream_place(). On RV_INVALID the value
 * is unchanged and the message begins with prefix and the option's name, and says what was given
 * and what is possible. */
rv_status option_parse(const struct option *option, const char *text, void *value,
                       const char *prefix, rv_error *error);

/* The same for the option's place in options, or in a dream part, where it is then known as given:
 * somebody chose the value, so that the network's own setting does not take its place. */
rv_status option_set(struct options *options, const struct option *option, const char *text,
                     const char *prefix, rv_error *error);
rv_status option_dream_set(struct option_dream *dream, const struct option *option,
                           const char *text, const char *prefix, rv_error *error);

/* The number that an option whose type has number() has there. */
double option_number(const struct options *options, const struct option *option);

/* Gives an option whose type has put_number() that number, which must lie in the range. */
void option_set_number(struct options *options, const struct option *option, double number);

/* Writes the value as option_parse() would read it; an unset value is an empty text. */
void option_print(const struct option *option, const void *value, char text[OPTION_VALUE_LENGTH]);

/* The same for the option's place in options. */
void option_format(const struct options *options, const struct option *option,
                   char text[OPTION_VALUE_LENGTH]);

/* Copies the value of one option, and whether it was given. */
void option_copy(struct options *options, const struct option *option, const struct options *from);

#endif
