#include "app/options/dreamer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/base/paths.h"
#include "app/options/brush.h"
#include "app/options/preset.h"

/* ---- finding the file ---- */

static const char *const ends[] = {"", ".onnx", ".caffemodel"};

static bool find_file(const struct paths *folders, const char *name, char path[PATH_LENGTH])
{
	char with_end[PATH_LENGTH];
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(with_end, sizeof(with_end), "%.512s%s", name, ends[i]);
		if (paths_find(folders, with_end, path))
			return true;
	}
	return false;
}

/* Searches for the first file whose name contains a part, in letters of either size; or for the one
 * that is, by its layers, the first of some networks of the catalogue. */
struct search {
	const char *part;
	const struct catalogue_network *from, *to; /* the last one is that before `to` */
	char path[PATH_LENGTH];
};

static bool contains(const char *name, const char *part)
{
	size_t length = strlen(part);
	while (*name && strncasecmp(name, part, length) != 0)
		name++;
	return *name || !length;
}

static void keep_first(void *context, const char *path, const char *name)
{
	struct search *search = context;
	if (!search->path[0] && contains(name, search->part))
		snprintf(search->path, sizeof(search->path), "%s", path);
}

static bool is_called_as_known(const char *name)
{
	const struct catalogue *catalogue = catalogue_own(NULL);
	for (int i = 0; catalogue && i < catalogue->count; i++)
		if (contains(name, catalogue->networks[i].name) ||
		    !strcmp(name, catalogue->networks[i].file))
			return true;
	return false;
}

/* Opening takes as long as reading, so that large files must be called what they are. */
static void keep_recognised(void *context, const char *path, const char *name)
{
	enum { BYTES_MOST = 64 << 20 };
	struct search *search = context;
	struct dreamer dreamer = {0};
	struct stat state;
	if (search->from == search->to || is_called_as_known(name) || stat(path, &state) ||
	    state.st_size > BYTES_MOST)
		return;
	if (dreamer_open_file(&dreamer, path, NULL, NULL) == RV_OK && dreamer.network &&
	    dreamer.network >= search->from && dreamer.network < search->to) {
		search->to = dreamer.network; /* from now on only better ones */
		snprintf(search->path, sizeof(search->path), "%s", path);
	}
	dreamer_close(&dreamer);
}

static void search_all(const struct paths *folders, paths_visit *keep, struct search *search)
{
	for (size_t i = 1; i < sizeof(ends) / sizeof(ends[0]); i++)
		paths_each(folders, ends[i], keep, search);
}

static bool find_part(const struct paths *folders, const char *part, char path[PATH_LENGTH])
{
	struct search search = {.part = part};
	search_all(folders, keep_first, &search);
	memcpy(path, search.path, sizeof(search.path));
	return path[0];
}

/* Files come under many names, such as bvlc_googlenet.onnx and googlenet-9.onnx, so a part of the
 * name will do. */
static bool find_called(const struct paths *folders, const struct catalogue_network *network,
                        char path[PATH_LENGTH])
{
	return paths_find(folders, network->file, path) || find_part(folders, network->name, path);
}

/* What has no part of it is looked into. */
static bool find_network(const struct paths *folders, const struct catalogue_network *network,
                         char path[PATH_LENGTH])
{
	struct search search = {.from = network, .to = network + 1};
	if (find_called(folders, network, path))
		return true;
	search_all(folders, keep_recognised, &search);
	memcpy(path, search.path, sizeof(search.path));
	return path[0];
}

static rv_status find_named(const char *name, char path[PATH_LENGTH], rv_error *error)
{
	struct paths folders = paths_model_folders();
	const struct catalogue *catalogue = catalogue_own(NULL);
	const struct catalogue_network *network =
		catalogue ? catalogue_find(catalogue, name) : NULL;
	if (!access(name, F_OK)) {
		snprintf(path, PATH_LENGTH, "%s", name);
		return RV_OK;
	}
	if (find_file(&folders, name, path) || (network && find_network(&folders, network, path)))
		return RV_OK;
	if (network && network->place_count)
		return rv_fail(error, RV_NOT_FOUND,
		               "%.64s is not here yet; `reverie models get %.64s` fetches it",
		               network->name, network->name);
	char meant[CATALOGUE_TEXT_LENGTH] = "";
	if (catalogue)
		catalogue_suggest(catalogue, name, meant, sizeof(meant));
	return rv_fail(error, RV_NOT_FOUND,
	               "%.256s: no such model%s; `reverie models` lists those there are", name,
	               meant);
}

/* The catalogue lists first the networks that people like best to dream with. Files are looked into
 * once, and only where none has the name of the first. */
static bool find_best(const struct paths *folders, const struct catalogue *catalogue,
                      char path[PATH_LENGTH])
{
	const struct catalogue_network *networks = catalogue->networks;
	struct search seen = {.from = networks, .to = networks + catalogue->count};
	for (int i = 0; i < catalogue->count; i++) {
		if (find_called(folders, &networks[i], path))
			return true;
		if (i == 0)
			search_all(folders, keep_recognised, &seen);
		if (seen.path[0] && seen.to == &networks[i]) {
			memcpy(path, seen.path, sizeof(seen.path));
			return true;
		}
	}
	return false;
}

static rv_status find_default(char path[PATH_LENGTH], rv_error *error)
{
	struct paths folders = paths_model_folders();
	const struct catalogue *catalogue = catalogue_own(NULL);
	path[0] = '\0';
	if ((catalogue && find_best(&folders, catalogue, path)) || find_part(&folders, "", path))
		return RV_OK;
	return rv_fail(
		error, RV_NOT_FOUND,
		"there is no network; `make models` fetches one, `reverie models` lists what "
		"can be had");
}

/* ---- opening ---- */

static bool is_guess(const rv_model *model)
{
	return !strcmp(rv_model_input_format(model)->name, "guess");
}

rv_status dreamer_open_file(struct dreamer *dreamer, const char *path, const char *input_format,
                            rv_error *error)
{
	const struct catalogue *catalogue = catalogue_own(error);
	if (!catalogue)
		return RV_INVALID;
	rv_status status = rv_model_open(&dreamer->model, path, input_format, error);
	if (status != RV_OK)
		return status;
	dreamer->network = catalogue_recognise(catalogue, dreamer->model);
	if (!dreamer->network)
		return RV_OK;
	const char *layer = dreamer->network->layer;
	const char *format = dreamer->network->input_format;
	return rv_model_set_defaults(dreamer->model, is_guess(dreamer->model) ? format : NULL,
	                             layer[0] ? layer : NULL, error);
}

const char *dreamer_network_name(const struct dreamer *dreamer)
{
	return dreamer->network ? dreamer->network->name : "";
}

void dreamer_settle(const struct dreamer *dreamer, struct option_dream *dream)
{
	option_dream_settle(dream, dreamer_network_name(dreamer));
	strcpy(dream->network.name, dreamer_network_name(dreamer));
}

void dreamer_name_layer(const struct dreamer *dreamer, struct option_dream *dream)
{
	const char *usual = rv_model_default_layer(dreamer->model);
	bool names_all = option_dream_targets(dream, NULL).count && !dream->channels.count;
	if (!names_all && !dream->layers.count && usual && strlen(usual) < RV_LAYER_NAME_LENGTH)
		option_layers_set(&dream->layers, usual);
}

/* The network is the one that was named, else the one that the preset is for, else the usual one.
 */
static rv_status find_model(struct dreamer *dreamer, const struct option_network *network,
                            char path[PATH_LENGTH], rv_error *error)
{
	const char *usual = getenv("REVERIE_MODEL");
	dreamer->chosen = false;
	if (network->model[0])
		return find_named(network->model, path, error);
	if (network->name[0] && find_named(network->name, path, NULL) == RV_OK)
		return RV_OK;
	if (usual && usual[0])
		return find_named(usual, path, error);
	dreamer->chosen = true;
	return find_default(path, error);
}

rv_status dreamer_find_model(const struct option_network *network, char path[PATH_LENGTH],
                             rv_error *error)
{
	struct dreamer dreamer = {0};
	return find_model(&dreamer, network, path, error);
}

/* A network that is not recognised by its layers is taken for the one that its file is named after.
 */
static rv_status check_preset(const struct dreamer *dreamer, const char *needed, rv_error *error)
{
	const char *open = dreamer_network_name(dreamer);
	if (!dreamer->network && strstr(rv_model_path(dreamer->model), needed))
		open = needed;
	return preset_check_network(needed, NULL, open, error);
}

rv_status dreamer_open_model(struct dreamer *dreamer, const struct option_network *network,
                             rv_error *error)
{
	char path[PATH_LENGTH];
	rv_status status = find_model(dreamer, network, path, error);
	if (status != RV_OK)
		return status;
	/* The first format is the file's own, which rv_model_open() calls NULL. */
	status = dreamer_open_file(
		dreamer, path,
		network->input_format ? option_input_formats[network->input_format] : NULL, error);
	return status == RV_OK ? check_preset(dreamer, network->name, error) : status;
}

void dreamer_describe(const struct dreamer *dreamer, char line[DREAMER_LINE_LENGTH])
{
	const char *path = rv_model_path(dreamer->model);
	const struct catalogue *catalogue = catalogue_own(NULL);
	const struct catalogue_network *best = catalogue ? &catalogue->networks[0] : NULL;
	line[0] = '\0';
	if (is_guess(dreamer->model))
		snprintf(
			line, DREAMER_LINE_LENGTH,
			"%.160s is no known network and does not say what input it expects: RGB by "
			"ImageNet's mean and deviation is taken, --input-format names another",
			path);
	else if (dreamer->chosen && dreamer->network && best && dreamer->network != best)
		snprintf(line, DREAMER_LINE_LENGTH,
		         "Dreaming with %.64s; `reverie models get %.32s` brings %.64s (%.100s)",
		         dreamer->network->title, best->name, best->title, best->good_for);
	else if (dreamer->chosen)
		snprintf(line, DREAMER_LINE_LENGTH,
		         "Dreaming with %.160s; `reverie models` lists others",
		         dreamer->network ? dreamer->network->title : path);
}

rv_status dreamer_open(struct dreamer *dreamer, const struct options *options, rv_error *error)
{
	rv_config config = option_device_config(&options->device);
	rv_status status = dreamer_open_model(dreamer, &options->dream.network, error);
	if (status != RV_OK)
		return status;
	status = rv_create(&dreamer->engine, dreamer->model, &config, error);
	if (status != RV_OK)
		return status;
	return dreamer_set_dream(dreamer, &options->dream, error);
}

rv_status dreamer_open_exact(struct dreamer *dreamer, const struct options *options,
                             rv_error *error)
{
	struct options exact = *options;

	exact.device.config.precision = RV_PRECISION_FLOAT;
	return dreamer_open(dreamer, &exact, error);
}

rv_status dreamer_set_dream(struct dreamer *dreamer, const struct option_dream *dream,
                            rv_error *error)
{
	dreamer->dream = *dream;
	option_dream_settle(&dreamer->dream, dreamer_network_name(dreamer));
	rv_params params;
	rv_status status = dreamer_params(dreamer, &params, error);
	if (status != RV_OK)
		return status;
	return rv_set_params(dreamer->engine, &params, error);
}

rv_status dreamer_params(struct dreamer *dreamer, rv_params *params, rv_error *error)
{
	rv_status status = slots_take(&dreamer->slots, dreamer->engine, &dreamer->dream,
	                              rv_model_default_layer(dreamer->model), params, error);
	if (status == RV_OK && dreamer->brush)
		status = brush_take(dreamer->brush, dreamer->engine, 0, params, error);
	return status;
}

void dreamer_close(struct dreamer *dreamer)
{
	slots_close(&dreamer->slots);
	rv_destroy(&dreamer->engine);
	rv_model_close(&dreamer->model);
}

rv_status dreamer_layer(const struct dreamer *dreamer, const struct option_dream *dream,
                        const char **layer, rv_error *error)
{
	if (dream->layers.count > 1)
		return rv_fail(error, RV_INVALID,
		               "--layer: this command looks at one layer, not %d",
		               dream->layers.count);
	*layer = dream->layers.count ? dream->layers.list[0].name
	                             : rv_model_default_layer(dreamer->model);
	return RV_OK;
}

rv_status dreamer_size(const struct options *options, struct option_size *size, rv_error *error)
{
	*size = options->output.size;
	if (!size->width && !size->height)
		*size = (struct option_size){512, 384};
	if (!size->width || !size->height)
		return rv_fail(error, RV_INVALID,
		               "--size: both sides are needed here, as in 512x384");
	return RV_OK;
}
