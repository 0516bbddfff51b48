/* The command models: which networks are there, which can be had, and getting one. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "app/base/clock.h"
#include "app/base/paths.h"
#include "app/base/signals.h"
#include "app/command/command.h"
#include "app/networks/fetch.h"
#include "app/options/dreamer.h"

/* ---- what is there ---- */

/* What a listing finds. */
struct found {
	int files;
	bool known[CATALOGUE_NETWORKS_MAX]; /* of the catalogue, by its layers */
};

/* Prints what a model wants as its input, such as "RGB -1..1"; the first channel stands for all. */
static void print_input_format(const rv_input_format *format)
{
	float low = (0 - format->mean[0]) * format->scale[0];
	float high = (255 - format->mean[0]) * format->scale[0];
	printf("input %s %.4g..%.4g%s", format->bgr ? "BGR" : "RGB", (double)low, (double)high,
	       strcmp(format->name, "guess") ? "" : " (a guess)");
}

static void print_model(void *context, const char *path, const char *name)
{
	struct found *found = context;
	rv_error error = {0};
	struct dreamer dreamer = {0};
	(void)name;
	found->files++;
	printf("%s  ", path);
	if (dreamer_open_file(&dreamer, path, NULL, &error) == RV_OK) {
		if (dreamer.network) {
			found->known[dreamer.network - catalogue_own(NULL)->networks] = true;
			printf("%s, ", dreamer.network->title);
		}
		print_input_format(rv_model_input_format(dreamer.model));
		printf(", default layer %s, %d layers\n", rv_model_default_layer(dreamer.model),
		       rv_model_layer_count(dreamer.model));
	} else {
		printf("%s\n", error.message);
	}
	dreamer_close(&dreamer);
}

/* ---- what can be had ---- */

static void print_offer(const struct catalogue_network *network)
{
	if (network->size)
		printf("%-16s %4.0f MB  ", network->name, (double)network->size / 1e6);
	else
		printf("%-16s          ", network->name);
	printf("%s: %s; licence: %s\n", network->title, network->good_for, network->licence);
}

static void print_offers(const struct catalogue *catalogue, const struct found *found)
{
	struct paths folders = paths_model_folders();
	char path[PATH_LENGTH];
	printf("\nTo be had by `reverie models get NAME`:\n");
	for (int i = 0; i < catalogue->count; i++)
		if (catalogue->networks[i].place_count && !found->known[i] &&
		    !paths_find(&folders, catalogue->networks[i].file, path))
			print_offer(&catalogue->networks[i]);
}

static rv_status list_models(rv_error *error)
{
	struct paths folders = paths_model_folders();
	const struct catalogue *catalogue = catalogue_own(error);
	struct found found = {0};
	if (!catalogue)
		return RV_INVALID;
	paths_each(&folders, ".onnx", print_model, &found);
	paths_each(&folders, ".caffemodel", print_model, &found);
	if (!found.files)
		printf("There is no network yet; `make models` fetches the default one\n");
	print_offers(catalogue, &found);
	return RV_OK;
}

/* ---- getting one ---- */

enum { BAR_WIDTH = 24, SHOW_NS = 200 * 1000 * 1000, SAY_NS = 1000 * 1000 * 1000 };

/* How a download is shown: a bar on a terminal, a line every five seconds elsewhere. */
struct download {
	const char *name;
	bool quiet, terminal;
	int64_t started, shown; /* ns */
	uint64_t begun;         /* bytes that were there before */
	bool running;
};

static void print_bar(const struct download *download, uint64_t done, uint64_t total, double rate)
{
	int filled = total ? (int)((double)done / (double)total * BAR_WIDTH) : 0;
	fprintf(stderr, "\r%s [", download->name);
	for (int i = 0; i < BAR_WIDTH; i++)
		fputc(i < filled ? '#' : '-', stderr);
	fprintf(stderr, "] %.1f of %.1f MB  %.1f MB/s ", (double)done / 1e6, (double)total / 1e6,
	        rate / 1e6);
	fflush(stderr);
}

static bool show_download(void *context, uint64_t done, uint64_t total)
{
	struct download *download = context;
	int64_t now = clock_now(), pause = download->terminal ? SHOW_NS : 5 * (int64_t)SAY_NS;
	if (!download->running) {
		download->running = true;
		download->started = download->shown = now;
		download->begun = done;
	}
	if (!download->quiet && now - download->shown >= pause && now > download->started) {
		double rate =
			(double)(done - download->begun) * 1e9 / (double)(now - download->started);
		if (download->terminal)
			print_bar(download, done, total, rate);
		else
			fprintf(stderr, "%s: %.1f of %.1f MB, %.1f MB/s\n", download->name,
			        (double)done / 1e6, (double)total / 1e6, rate / 1e6);
		download->shown = now;
	}
	return !signals_stop;
}

static void note_place(void *context, const char *line)
{
	const struct download *download = context;
	if (!download->quiet)
		fprintf(stderr, "%s%s: %s\n", download->terminal ? "\r\033[K" : "", download->name,
		        line);
}

/* The first folder for models that can be written, which is made where there is none: the one of
 * the working copy, else that of the user. */
static bool choose_path(const char *file, char path[PATH_LENGTH])
{
	struct paths folders = paths_model_folders();
	const char *base = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
	char folder[PATH_LENGTH];
	for (int i = 0; i < folders.count; i++)
		if (!access(folders.list[i], W_OK))
			return paths_join(path, folders.list[i], file);
	if (base && base[0] == '/')
		snprintf(folder, sizeof(folder), "%.900s/reverie/models", base);
	else if (home && home[0])
		snprintf(folder, sizeof(folder), "%.900s/.local/share/reverie/models", home);
	else
		return false;
	if (!paths_join(path, folder, file))
		return false;
	paths_make_folders(path);
	return true;
}

static rv_status find_offer(const char *name, const struct catalogue_network **network,
                            rv_error *error)
{
	const struct catalogue *catalogue = catalogue_own(error);
	if (!catalogue)
		return RV_INVALID;
	if (!name[0])
		return rv_fail(error, RV_INVALID,
		               "which one? `reverie models` lists what can be had");
	*network = catalogue_find(catalogue, name);
	if (*network)
		return RV_OK;
	char meant[CATALOGUE_TEXT_LENGTH];
	catalogue_suggest(catalogue, name, meant, sizeof(meant));
	return rv_fail(error, RV_NOT_FOUND,
	               "%.64s is not in the catalogue%s; `reverie models` lists what is. A network "
	               "of your own is put into the folder models",
	               name, meant);
}

/* Whether place is a file that is not the catalogue's, but the same network by its layers: whoever
 * names or has it need not have the very export that the catalogue knows. */
static bool is_other_export(const struct catalogue_network *network, const char *place)
{
	struct dreamer dreamer = {0};
	bool is_other = place[0] && !access(place, R_OK) &&
	                fetch_check(place, network->checksum, NULL) != RV_OK &&
	                dreamer_open_file(&dreamer, place, NULL, NULL) == RV_OK &&
	                dreamer.network == network;
	dreamer_close(&dreamer);
	return is_other;
}

static rv_status fetch_network(const struct catalogue_network *network,
                               const struct options *options, const char *path, rv_error *error)
{
	const char *places[CATALOGUE_PLACES_MAX] = {options->call.place};
	struct download download = {.name = network->name,
	                            .quiet = options->call.quiet,
	                            .terminal = isatty(STDERR_FILENO)};
	struct fetch_request request = {.places = places,
	                                .place_count = 1,
	                                .path = path,
	                                .size = network->size,
	                                .checksum = network->checksum,
	                                .progress = show_download,
	                                .note = note_place,
	                                .context = &download};
	if (is_other_export(network, options->call.place)) {
		note_place(&download, "another export of it than the catalogue's, taken as it is");
		request.size = 0;
		request.checksum = "";
	}
	if (!options->call.place[0]) {
		request.place_count = network->place_count;
		for (int i = 0; i < network->place_count; i++)
			places[i] = network->places[i];
	}
	rv_status status = fetch_file(&request, error);
	if (download.terminal && download.running && !download.quiet)
		fprintf(stderr, "\r\033[K");
	return status;
}

static rv_status get_model(const struct options *options, rv_error *error)
{
	const struct catalogue_network *network;
	char path[PATH_LENGTH];
	rv_status status = find_offer(options->call.second, &network, error);
	if (status != RV_OK)
		return status;
	if (!network->checksum[0])
		return rv_fail(error, RV_UNSUPPORTED, "%.64s: `make models` makes it",
		               network->name);
	if (!choose_path(network->file, path))
		return rv_fail(error, RV_NOT_FOUND,
		               "there is no folder to put it in; make one called models");
	if (!access(path, F_OK) && fetch_check(path, network->checksum, NULL) == RV_OK) {
		printf("%s is there already\n", path);
		return RV_OK;
	}
	if (!options->call.place[0] && is_other_export(network, path)) {
		printf("%s is there already, another export of it than the catalogue's\n", path);
		return RV_OK;
	}
	rv_error cause;
	status = fetch_network(network, options, path, &cause);
	if (status == RV_OK)
		printf("%s is there: %s\n", path, network->title);
	else if (status == RV_NOT_FOUND)
		return rv_fail(error, status,
		               "%.320s; --from names a mirror, and a file of it that you have "
		               "may go into %.*s",
		               cause.message, (int)(strrchr(path, '/') - path), path);
	else if (error)
		*error = cause;
	return status;
}

rv_status command_models(const struct options *options, rv_error *error)
{
	const char *what = options->call.operand;
	if (!what[0] || !strcmp(what, "list"))
		return options->call.place[0] ? rv_fail(error, RV_INVALID,
		                                        "--from goes with a name: reverie models "
		                                        "get NAME --from X")
		                              : list_models(error);
	if (strcmp(what, "get") != 0)
		return rv_fail(error, RV_INVALID,
		               "%.64s: `reverie models` lists networks, `reverie models get NAME` "
		               "fetches one",
		               what);
	return get_model(options, error);
}
