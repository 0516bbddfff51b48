/* The settings that a picture or a video was made with, as a text that it carries along
 * (app/media/tag.h):
 *
 *     # Reverie 0.2.0
 *     network googlenet
 *     network-file models/googlenet.onnx
 *     network-sha256 bd979d99...
 *     device ...
 *     command dream                 or live
 *     input sky.jpg
 *     octaves = 5                   options, as in a preset
 *     | 0 strength 0.5              the score, a line each
 *
 * Passwords, keys of streams and other words that give access are in none. Texts that are read come
 * from anywhere, and nothing of them is believed. */
#ifndef APP_OPTIONS_SETTINGS_H
#define APP_OPTIONS_SETTINGS_H

#include "app/networks/checksum.h"
#include "app/options/options.h"

enum { SETTINGS_WORD_LENGTH = 128 };

/* Zeroed, they are empty, but for options, which are to be set. Large: not for the stack of a
 * thread. Released by settings_release. */
struct settings {
	struct options options; /* call.operand is the input */
	bool is_live;
	char version[SETTINGS_WORD_LENGTH];
	char network_file[OPTION_TEXT_LENGTH];
	char checksum[CHECKSUM_LENGTH]; /* of that, or empty */
	char device[SETTINGS_WORD_LENGTH];
	char *score;                        /* its text, owned; NULL: there was none */
	char unknown[SETTINGS_WORD_LENGTH]; /* an option that this program does not know, or its
	                                       value */
};

/* Whether the option says what comes out, and is nobody's secret. */
bool settings_hold(const struct option *option);

/* Writes the text, which is the caller's to free. A score that is too long for it is left out.
 * RV_MEMORY. */
rv_status settings_write(const struct settings *settings, char **text, rv_error *error);

/* Reads one. name stands for it in messages. RV_INVALID: it is none; RV_MEMORY. */
rv_status settings_parse(struct settings *settings, const char *name, const char *text,
                         rv_error *error);

/* Reads what the file at path carries along. For errors see tag_read; RV_INVALID. */
rv_status settings_load(struct settings *settings, const char *path, rv_error *error);

/* The text of the score that the options name, the caller's to free; NULL: they name none, or it
 * cannot be read or is too long to be carried along. */
char *settings_read_score(const struct options *options);

void settings_release(struct settings *settings);

#endif
