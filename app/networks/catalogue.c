#include "app/networks/catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/base/text_lines.h"

/* ---- reading ---- */

/* What a line is read into. */
struct reading {
	struct catalogue *catalogue;
	struct catalogue_network *network; /* of the entry under way; NULL before the first */
};

static rv_status copy_text(char *to, size_t size, const char *value, const char *place,
                           rv_error *error)
{
	size_t length = strlen(value);
	if (!length || length >= size)
		return rv_fail(error, RV_INVALID, "%s: a value of 1 to %zu characters is wanted",
		               place, size - 1);
	memcpy(to, value, length + 1);
	return RV_OK;
}

static rv_status begin_network(struct reading *reading, char *value, const char *place,
                               rv_error *error)
{
	struct catalogue *catalogue = reading->catalogue;
	if (catalogue->count == CATALOGUE_NETWORKS_MAX)
		return rv_fail(error, RV_INVALID, "%s: more than %d networks", place,
		               CATALOGUE_NETWORKS_MAX);
	if (catalogue_find(catalogue, value))
		return rv_fail(error, RV_INVALID, "%s: %.64s is there already", place, value);
	reading->network = &catalogue->networks[catalogue->count++];
	return copy_text(reading->network->name, sizeof(reading->network->name), value, place,
	                 error);
}

static rv_status read_checksum(struct catalogue_network *network, const char *value, size_t digits,
                               const char *place, rv_error *error)
{
	if (strlen(value) != digits || strspn(value, "0123456789abcdef") != digits)
		return rv_fail(error, RV_INVALID, "%s: %zu small hexadecimal digits are wanted",
		               place, digits);
	memcpy(network->checksum, value, digits + 1);
	return RV_OK;
}

static rv_status read_size(struct catalogue_network *network, const char *value, const char *place,
                           rv_error *error)
{
	char *end;
	network->size = strtoull(value, &end, 10);
	if (value[0] < '1' || value[0] > '9' || *end)
		return rv_fail(error, RV_INVALID, "%s: a number of bytes is wanted", place);
	return RV_OK;
}

static rv_status read_place(struct catalogue_network *network, const char *value, const char *place,
                            rv_error *error)
{
	if (network->place_count == CATALOGUE_PLACES_MAX)
		return rv_fail(error, RV_INVALID, "%s: more than %d places", place,
		               CATALOGUE_PLACES_MAX);
	return copy_text(network->places[network->place_count++], CATALOGUE_TEXT_LENGTH, value,
	                 place, error);
}

static rv_status read_shape(struct catalogue_network *network, char *value, const char *place,
                            rv_error *error)
{
	if (network->shape_count == CATALOGUE_SHAPES_MAX)
		return rv_fail(error, RV_INVALID, "%s: more than %d layers", place,
		               CATALOGUE_SHAPES_MAX);
	struct catalogue_shape *shape = &network->shapes[network->shape_count++];
	const char *layer = text_take_word(&value);
	shape->channels = atoi(text_take_word(&value));
	if (shape->channels < 1)
		return rv_fail(error, RV_INVALID, "%s: a layer and its channels are wanted", place);
	return copy_text(shape->layer, sizeof(shape->layer), layer, place, error);
}

static rv_status read_setting(struct catalogue_network *network, char *value, const char *place,
                              rv_error *error)
{
	if (network->setting_count == CATALOGUE_SETTINGS_MAX)
		return rv_fail(error, RV_INVALID, "%s: more than %d settings", place,
		               CATALOGUE_SETTINGS_MAX);
	struct catalogue_setting *setting = &network->settings[network->setting_count++];
	const char *option = text_take_word(&value);
	rv_status status =
		copy_text(setting->option, sizeof(setting->option), option, place, error);
	if (status != RV_OK)
		return status;
	return copy_text(setting->value, sizeof(setting->value), text_trim(value), place, error);
}

/* The words that are copied as they stand. */
static rv_status read_text(struct catalogue_network *network, const char *word, const char *value,
                           const char *place, rv_error *error)
{
	const struct {
		const char *word;
		char *to;
		size_t size;
	} texts[] = {
		{"title", network->title, sizeof(network->title)},
		{"good-for", network->good_for, sizeof(network->good_for)},
		{"licence", network->licence, sizeof(network->licence)},
		{"file", network->file, sizeof(network->file)},
		{"input", network->input_format, sizeof(network->input_format)},
		{"layer", network->layer, sizeof(network->layer)},
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!strcmp(word, texts[i].word))
			return copy_text(texts[i].to, texts[i].size, value, place, error);
	return rv_fail(error, RV_INVALID, "%s: \"%.32s\" is no word of a catalogue", place, word);
}

static rv_status read_line(void *context, char *line, const char *place, rv_error *error)
{
	struct reading *reading = context;
	char *rest = text_trim(line);
	if (!rest[0] || rest[0] == '#')
		return RV_OK;
	const char *word = text_take_word(&rest);
	char *value = text_trim(rest);
	if (!strcmp(word, "network"))
		return begin_network(reading, value, place, error);
	struct catalogue_network *network = reading->network;
	if (!network)
		return rv_fail(error, RV_INVALID, "%s: an entry begins with \"network NAME\"",
		               place);
	if (!strcmp(word, "sha256"))
		return read_checksum(network, value, 64, place, error);
	if (!strcmp(word, "sha1"))
		return read_checksum(network, value, 40, place, error);
	if (!strcmp(word, "size"))
		return read_size(network, value, place, error);
	if (!strcmp(word, "from"))
		return read_place(network, value, place, error);
	if (!strcmp(word, "has"))
		return read_shape(network, value, place, error);
	if (!strcmp(word, "set"))
		return read_setting(network, value, place, error);
	return read_text(network, word, value, place, error);
}

rv_status catalogue_parse(struct catalogue *catalogue, const char *name, const char *text,
                          rv_error *error)
{
	struct reading reading = {.catalogue = catalogue};
	memset(catalogue, 0, sizeof(*catalogue));
	return text_each_line(name, text, strlen(text), read_line, &reading, error);
}

const struct catalogue *catalogue_own(rv_error *error)
{
	static struct catalogue own;
	if (!own.count && catalogue_parse(&own, "models/catalogue", catalogue_text, error) != RV_OK)
		return NULL;
	return &own;
}

/* ---- looking up ---- */

const struct catalogue_network *catalogue_find(const struct catalogue *catalogue, const char *name)
{
	for (int i = 0; i < catalogue->count; i++)
		if (!strcasecmp(catalogue->networks[i].name, name))
			return &catalogue->networks[i];
	return NULL;
}

void catalogue_suggest(const struct catalogue *catalogue, const char *name, char *text,
                       size_t capacity)
{
	enum { FAR = 3 }; /* letters by which another name is meant */
	int least = FAR;
	text[0] = '\0';
	for (int i = 0; i < catalogue->count; i++) {
		int distance = rv_edit_distance(catalogue->networks[i].name, name);
		if (distance >= least)
			continue;
		least = distance;
		snprintf(text, capacity, " (did you mean %s?)", catalogue->networks[i].name);
	}
}

static bool has_shape(const rv_model *model, const struct catalogue_shape *shape)
{
	int index;
	return rv_model_find_layer(model, shape->layer, &index, NULL) == RV_OK &&
	       rv_model_layer(model, index)->channels == shape->channels;
}

const struct catalogue_network *catalogue_recognise(const struct catalogue *catalogue,
                                                    const rv_model *model)
{
	for (int i = 0; i < catalogue->count; i++) {
		const struct catalogue_network *network = &catalogue->networks[i];
		int found = 0;
		while (found < network->shape_count && has_shape(model, &network->shapes[found]))
			found++;
		if (network->shape_count && found == network->shape_count)
			return network;
	}
	return NULL;
}
