/* The options of the program: one table, from which the command line, the help text, the man page,
 * the tables of README.md and presets come.
 *
 * A struct options is a plain value: it may be copied, and given to another thread as a snapshot.
 * Each part of it has its own readers. Nothing here prints or exits. Only libc and the plain
 * structs of engine/reverie.h are used. */
#ifndef APP_OPTIONS_OPTIONS_H
#define APP_OPTIONS_OPTIONS_H

#include <stdio.h>

#include "app/options/option.h"

enum {
	/* Constant rate factor, on x264's scale: 0 is the best. */
	OPTION_QUALITY_DEFAULT = 18,
	OPTION_QUALITY_MAX = 51,
	OPTION_NETWORK_LENGTH = 64,
	OPTION_INPUTS_MAX = 16, /* of a live session */
};

/* What a journey begins with; the order of its names in the table. */
enum option_from { OPTION_FROM_INPUT, OPTION_FROM_NOISE };

/* What a live window shows; the order of its names in the table. */
enum option_view { OPTION_VIEW_DREAM, OPTION_VIEW_SPLIT, OPTION_VIEW_SOURCE };

/* What a live window offers to choose from; the order of its names in the table. */
enum option_atlas { OPTION_ATLAS_OFF, OPTION_ATLAS_LAYER, OPTION_ATLAS_PLACE };

/* How much is written over it; the order of its names in the table. */
enum option_hud { OPTION_HUD_OFF, OPTION_HUD_SMALL, OPTION_HUD_FULL, OPTION_HUD_HELP };

struct option_network {
	char model[OPTION_TEXT_LENGTH];
	/* Of models/catalogue: the network that is open, or that a preset is for. Empty: any. */
	char name[OPTION_NETWORK_LENGTH];
	int input_format; /* index in option_input_formats; 0: what the file says */
};

/* What is dreamed, and of which network. Presets, undo, fades and playlists hold this part and no
 * other. params.targets stays empty: option_dream_targets() says what it is to be. */
struct option_dream {
	rv_params params;
	struct option_layers layers;
	struct option_channels channels;
	struct option_channels classes;
	char guide[OPTION_TEXT_LENGTH]; /* a file */
	float guide_power;              /* rv_target.power of that guide */
	char mask[OPTION_TEXT_LENGTH];  /* a file: where all of it is dreamed */
	struct option_targets targets;
	int from;       /* enum option_from: what a journey begins with */
	float duration; /* seconds of a journey; 0: none */
	float rate;     /* its frames per second */
	struct option_network network;
	bool given[OPTIONS_MAX]; /* somebody chose the value of this line of the table */
};

/* The picture or video that is written. */
struct option_output {
	char file[OPTION_TEXT_LENGTH];
	char still[OPTION_TEXT_LENGTH];
	struct option_size size; /* to dream at, and of the output; 0x0: as the input */
	char encoder[OPTION_TEXT_LENGTH];
	char format[OPTION_TEXT_LENGTH];
	int quality; /* constant rate factor, 0 to OPTION_QUALITY_MAX */
	bool force;
	char chunks[OPTION_TEXT_LENGTH]; /* the folder of a film in chunks */
	float chunk_seconds;             /* a chunk is at least so long */
	int run;                         /* enum film_engine (app/command/film_run.h) */
	int resume;                      /* enum film_resuming (app/command/film.h) */
	int deinterlace;                 /* enum interlace_mode (app/media/interlace.h) */
	int hdr;                         /* enum hdr_mode (app/media/hdr.h) */
	int sphere; /* enum panorama_mode (app/media/panorama.h), of what is read */
	bool exact; /* odd sides of a video and its chroma are kept as they are */
};

/* How a live session goes on: its input, its pace, and who plays it. */
struct option_live {
	float fps; /* of the display; a dream may take two frames */
	bool governor;
	bool lock_steps, lock_octaves, lock_size, lock_flow; /* not for the governor to change */
	bool loop;                                           /* a file is played again and again */
	bool wait;                      /* for an input that is not there yet */
	int input;                      /* which of them is shown, from 1 */
	float crossfade;                /* seconds from input to input */
	struct option_size camera_size; /* 0x0: what suits */
	float camera_rate;              /* frames a second; 0: what suits */
	bool freeze;
	char keys[OPTION_TEXT_LENGTH]; /* a file of key bindings */
	int osc;                       /* the port for remote control; 0: none */
	char osc_bind[OPTION_TEXT_LENGTH];
	char osc_secret[OPTION_TEXT_LENGTH];
	char midi[OPTION_TEXT_LENGTH];     /* the controller to hear; "off": none */
	bool midi_feedback;                /* tell controllers what others changed */
	char listen[OPTION_TEXT_LENGTH];   /* the sound to be moved by; empty: none */
	uint64_t keep_free;                /* bytes of the disk that files begun by actions leave */
	bool headless;                     /* no window */
	float bench;                       /* seconds to run for, and then print; 0: none */
	char playlist[OPTION_TEXT_LENGTH]; /* a file (app/control/playlist.h) */
	float fade;                        /* seconds from preset to preset */
	float attract;                     /* seconds without motion until a journey; 0: never */
	bool journey;                      /* dream on without the source */
};

/* What a live session shows, and where. */
struct option_display {
	int view;     /* enum option_view */
	int atlas;    /* enum option_atlas */
	float split;  /* 0..1: where OPTION_VIEW_SPLIT is divided */
	float master; /* 0..1: how bright all of it is */
	bool mirror;
	int hud;                /* enum option_hud */
	bool record_hud;        /* it appears in recordings too */
	int number, hud_number; /* 1 is the first; 0: where the window is, over the show */
	bool fullscreen, kiosk;
	int scale;        /* enum projection_scale (app/screen/projection.h) */
	float turn;       /* degrees, clockwise */
	bool brush;       /* the mouse paints where the dream goes */
	float brush_size; /* its radius, in widths of the picture */
	int corner;       /* 1..4: the one that is moved; 0: none */
};

/* What computes. config.cache_directory stays NULL: options_config() sets it. */
struct option_device {
	rv_config config;
	char cache[OPTION_TEXT_LENGTH];
	bool no_cache;
};

struct command;

/* What this call of the program is to do, and what single commands need. */
struct option_call {
	/* Of the program, for messages: its commands and its name, or NULL. Borrowed. */
	const struct command *commands;
	const char *program;
	char operand[OPTION_TEXT_LENGTH]; /* the word that is no option: the input */
	char second[OPTION_TEXT_LENGTH];  /* the next one, of commands that take two */
	/* All such words of a command that takes any number, where inputs has room for each word of
	 * the command line (NULL: one input alone). Borrowed. */
	const char **inputs;
	int input_count;
	char preset[OPTION_TEXT_LENGTH];
	char save_preset[OPTION_TEXT_LENGTH];
	char score[OPTION_TEXT_LENGTH]; /* a file (app/control/score.h) */
	char save_score[OPTION_TEXT_LENGTH];
	char like[OPTION_TEXT_LENGTH];       /* a file whose settings are taken */
	char activation[OPTION_TEXT_LENGTH]; /* of inspect */
	char gradient[OPTION_TEXT_LENGTH];
	int runs;                       /* of bench */
	int frames;                     /* of a clip, at most */
	int flow_quality;               /* rv_flow_quality; of flow */
	char truth[OPTION_TEXT_LENGTH]; /* the true motion */
	char place[OPTION_TEXT_LENGTH]; /* where models get fetches from; empty: the catalogue's */
	bool quiet, verbose, help, version;
};

/* Every text is NUL-terminated; empty means that it was not given. Large: not for a thread's small
 * stack. */
struct options {
	struct option_dream dream;
	struct option_output output;
	struct option_live live;
	struct option_display display;
	struct option_device device;
	struct option_call call;
};

/* ---- the whole set ---- */

struct options options_default(void);

/* The dream part of it. */
struct option_dream option_dream_default(void);

/* Whether all values are equal, as the types of the table compare them. */
bool options_equal(const struct options *a, const struct options *b);
bool option_dream_equal(const struct option_dream *a, const struct option_dream *b);

/* Reads the words of a command line, words[count] being NULL, without the program and the command,
 * over what options holds. command is one bit of enum option_command; an option it does not take
 * is RV_INVALID, as are an unknown option, a bad value and a second operand. On an error options
 * is undefined. */
rv_status options_parse(struct options *options, int count, char *const *words, unsigned command,
                        rv_error *error);

/* Gives the options that nobody gave the values that suit the network of this name of the catalogue
 * (empty, or not known there: those of any). */
void option_dream_settle(struct option_dream *dream, const char *network);

/* Writes the value that an option has where nobody gives one, and which networks have their own;
 * empty where it is nothing. */
void option_format_default(const struct option *option, char text[OPTION_VALUE_LENGTH]);

/* All that is dreamed of: what the short forms (layers with their channels or a guide, classes)
 * stand for, and then the targets. default_layer stands in where channels were given without a
 * layer; it may be NULL where none were. The engine refuses more than RV_TARGETS_MAX; no more are
 * written. */
struct option_targets option_dream_targets(const struct option_dream *dream,
                                           const char *default_layer);

/* What the engine is to dream of them, but for the slots (app/options/slots.h). */
rv_params option_dream_params(const struct option_dream *dream, const char *default_layer);

/* How the engine is to be created; points into device. */
rv_config option_device_config(const struct option_device *device);

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
