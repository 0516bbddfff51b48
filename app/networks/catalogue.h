/* What is known of public networks: where they can be had, how they are told apart, and how they
 * are dreamed with. The text is models/catalogue, which says what its words mean. */
#ifndef APP_NETWORKS_CATALOGUE_H
#define APP_NETWORKS_CATALOGUE_H

#include "engine/reverie.h"

enum {
	CATALOGUE_NETWORKS_MAX = 32,
	CATALOGUE_PLACES_MAX = 4,
	CATALOGUE_SHAPES_MAX = 4,
	CATALOGUE_SETTINGS_MAX = 8,
	CATALOGUE_NAME_LENGTH = 64,
	CATALOGUE_TEXT_LENGTH = 256,
};

/* A layer by which a network is known. */
struct catalogue_shape {
	char layer[RV_LAYER_NAME_LENGTH];
	int channels;
};

/* How a network is dreamed with where nobody says otherwise: an option of the program by its name,
 * and its value. */
struct catalogue_setting {
	char option[CATALOGUE_NAME_LENGTH], value[CATALOGUE_NAME_LENGTH];
};

/* Texts are empty where the entry does not say. */
struct catalogue_network {
	char name[CATALOGUE_NAME_LENGTH];  /* as in `reverie models get NAME` */
	char title[CATALOGUE_TEXT_LENGTH]; /* for a person */
	char good_for[CATALOGUE_TEXT_LENGTH];
	char licence[CATALOGUE_TEXT_LENGTH];
	char file[CATALOGUE_NAME_LENGTH]; /* its name in a model folder */
	uint64_t size;                    /* bytes; 0: not known */
	char checksum[65];                /* hexadecimal: 64 digits of SHA-256, or 40 of SHA-1 */
	char input_format[32];            /* a name of rv_model_open() */
	char layer[RV_LAYER_NAME_LENGTH]; /* to be dreamed of where none is named */
	char places[CATALOGUE_PLACES_MAX][CATALOGUE_TEXT_LENGTH]; /* URLs, the first first */
	int place_count;
	struct catalogue_shape shapes[CATALOGUE_SHAPES_MAX];
	int shape_count;
	struct catalogue_setting settings[CATALOGUE_SETTINGS_MAX];
	int setting_count;
};

struct catalogue {
	struct catalogue_network networks[CATALOGUE_NETWORKS_MAX];
	int count;
};

/* models/catalogue, as it was when the program was built. */
extern const char catalogue_text[];

/* Reads a catalogue from text; name stands for it in messages. RV_INVALID with the line's number
 * where a line is wrong. */
rv_status catalogue_parse(struct catalogue *catalogue, const char *name, const char *text,
                          rv_error *error);

/* The catalogue of the program itself, read at the first call; it lives as long as the program.
 * NULL where it cannot be read. From the main thread. */
const struct catalogue *catalogue_own(rv_error *error);

/* The network called name, in letters of either size, or NULL. */
const struct catalogue_network *catalogue_find(const struct catalogue *catalogue, const char *name);

/* Writes which network may have been meant by a mistyped name, as " (did you mean NAME?)"; "" where
 * none is like it. */
void catalogue_suggest(const struct catalogue *catalogue, const char *name, char *text,
                       size_t capacity);

/* The network that model is, by the names and channels of its layers; NULL: not a known one. */
const struct catalogue_network *catalogue_recognise(const struct catalogue *catalogue,
                                                    const rv_model *model);

#endif
