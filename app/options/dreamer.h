/* A model and an engine, opened as the options say. */
#ifndef APP_OPTIONS_DREAMER_H
#define APP_OPTIONS_DREAMER_H

#include "app/base/paths.h"
#include "app/networks/catalogue.h"
#include "app/options/slots.h"

/* Zeroed, nothing is open. Belongs to one thread at a time. */
struct dreamer {
	rv_model *model;
	rv_engine *engine;
	const struct catalogue_network *network; /* which it is; NULL: none that is known */
	struct option_dream dream;               /* settled for it, by dreamer_open() */
	bool chosen;                             /* nobody named it */
	struct slots slots;                      /* that the engine has */
	struct brush *brush; /* whose mask the dream goes by, borrowed; NULL: none */
};

enum { DREAMER_LINE_LENGTH = 512 };

/* Opens the model in the file at path, and recognises it: what it takes as its input and what layer
 * it is dreamed with follow where neither the file nor input_format (NULL or "": nothing) says so.
 * For errors see rv_model_open(). */
rv_status dreamer_open_file(struct dreamer *dreamer, const char *path, const char *input_format,
                            rv_error *error);

/* The network's name in the catalogue, or "". */
const char *dreamer_network_name(const struct dreamer *dreamer);

/* Writes what a person wants to know who did not name the network: which it is, what was guessed of
 * it, and how a better one is had; nothing where there is nothing to say. The model is open. */
void dreamer_describe(const struct dreamer *dreamer, char line[DREAMER_LINE_LENGTH]);

/* Finds the file of the model that network names, as dreamer_open_model does. RV_NOT_FOUND. */
rv_status dreamer_find_model(const struct option_network *network, char path[PATH_LENGTH],
                             rv_error *error);

/* Opens the model that network names: a file, the name of one in a model folder, with or without
 * its end, or a name of the catalogue. None: the one that a preset is for (network->name), else
 * $REVERIE_MODEL, else the first of the catalogue that is there, else any. RV_NOT_FOUND says how to
 * get it, also where a preset is for another one; and what rv_model_open() returns. */
rv_status dreamer_open_model(struct dreamer *dreamer, const struct option_network *network,
                             rv_error *error);

/* Opens the model and, for it, an engine that is to dream what the options say, and where they say
 * nothing, what suits the network (dreamer->dream). For errors see
 * rv_create() and rv_set_params(). */
rv_status dreamer_open(struct dreamer *dreamer, const struct options *options, rv_error *error);
/* The same in floats, whatever --precision says: for what is looked at. */
rv_status dreamer_open_exact(struct dreamer *dreamer, const struct options *options,
                             rv_error *error);

/* Makes dream one of the open network: what nobody gave is what suits that, and its name is
 * written down. */
void dreamer_settle(const struct dreamer *dreamer, struct option_dream *dream);

/* Names the network's default layer where dream names nothing that it dreams of without one, as
 * targets and classes are, unless its name is too long. */
void dreamer_name_layer(const struct dreamer *dreamer, struct option_dream *dream);

/* Gives the open engine another dream of the same network. For errors see rv_set_params(). */
rv_status dreamer_set_dream(struct dreamer *dreamer, const struct option_dream *dream,
                            rv_error *error);

/* Writes what the engine is to dream, as the dreamer was opened for. For errors see slots_take().
 */
rv_status dreamer_params(struct dreamer *dreamer, rv_params *params, rv_error *error);

void dreamer_close(struct dreamer *dreamer);

/* Writes both sides of --size, or those of a picture of usual size. RV_INVALID where one is left
 * out: there is no picture to take its shape from. */
rv_status dreamer_size(const struct options *options, struct option_size *size, rv_error *error);

/* Writes the one layer that bench and inspect look at: the first that was named, or the model's
 * default. RV_INVALID where several were. The model must be open; the text is the options' or the
 * model's. */
rv_status dreamer_layer(const struct dreamer *dreamer, const struct option_dream *dream,
                        const char **layer, rv_error *error);

#endif
