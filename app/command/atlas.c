/* The command atlas: a picture of what each channel of a layer, each class, or each layer as a
 * whole dreams of. */
#include <stdlib.h>
#include <string.h>

#include "app/base/progress.h"
#include "app/base/signals.h"
#include "app/command/command.h"
#include "app/command/sheet.h"
#include "app/media/picture_write.h"
#include "app/networks/labels.h"
#include "app/options/dreamer.h"
#include "engine/reverie_inspect.h"

/* One tile of the sheet. */
struct entry {
	const char *layer; /* the model's */
	int number;        /* of a channel or class, or RV_ATLAS_WHOLE */
};

struct atlas_job {
	const struct options *options;
	struct dreamer dreamer;
	struct progress progress;
	rv_config config;
	struct entry *entries;
	int count;
	rv_atlas *atlas; /* of the layer that is under way */
	struct output_file *file;
	struct sheet sheet;
};

/* ---- what is drawn ---- */

/* Operators after which a layer shows little that the one before or after it does not. */
static bool is_passing(const char *operator_name)
{
	static const char *const passing[] = {
		"Conv", "BatchNormalization", "LRN",     "Dropout", "Identity",
		"Pad",  "AveragePool",        "MaxPool", "Reshape", "Transpose",
		NULL};
	for (int i = 0; passing[i]; i++)
		if (!strcmp(passing[i], operator_name))
			return true;
	return false;
}

static rv_status make_room(struct atlas_job *job, int count, rv_error *error)
{
	job->entries = calloc((size_t)count + 1, sizeof(*job->entries));
	return job->entries ? RV_OK
	                    : rv_fail(error, RV_MEMORY, "out of memory for %d tiles", count);
}

static rv_status list_layers(struct atlas_job *job, rv_error *error)
{
	const rv_model *model = job->dreamer.model;
	rv_status status = make_room(job, rv_model_layer_count(model), error);
	for (int i = 0; i < rv_model_layer_count(model) && status == RV_OK; i++) {
		const rv_layer_info *layer = rv_model_layer(model, i);
		if (layer->supported && layer->stride && layer->channels &&
		    !is_passing(layer->operator_name))
			job->entries[job->count++] = (struct entry){layer->name, RV_ATLAS_WHOLE};
	}
	return status;
}

static rv_status open_atlas(struct atlas_job *job, const char *layer, rv_error *error)
{
	if (job->atlas && !strcmp(rv_atlas_layer(job->atlas), layer))
		return RV_OK;
	rv_atlas_close(&job->atlas);
	return rv_atlas_open(&job->atlas, job->dreamer.model, &job->config, layer, error);
}

/* All channels or classes of the layer, or those that were asked for. */
static rv_status list_channels(struct atlas_job *job, const char *layer,
                               const struct option_channels *wanted, rv_error *error)
{
	rv_status status = open_atlas(job, layer, error);
	if (status != RV_OK)
		return status;
	int all = rv_atlas_count(job->atlas);
	status = make_room(job, wanted->count ? wanted->count : all, error);
	for (int i = 0; i < (wanted->count ? wanted->count : all) && status == RV_OK; i++) {
		int number = wanted->count ? wanted->list[i] : i;
		if (number >= all)
			return rv_fail(error, RV_INVALID, "%.128s has no number %d; it has 0 to %d",
			               rv_atlas_layer(job->atlas), number, all - 1);
		job->entries[job->count++] = (struct entry){rv_atlas_layer(job->atlas), number};
	}
	return status;
}

/* The end of the classifier, where the network is one. */
static rv_status find_scores(const rv_model *model, const char **layer, rv_error *error)
{
	int last = rv_model_layer_count(model) - 1;
	*layer = rv_model_layer(model, last)->name;
	if (rv_model_layer(model, last)->stride)
		return rv_fail(error, RV_UNSUPPORTED,
		               "%.200s tells no classes; GoogLeNet does: `--model googlenet`",
		               rv_model_path(model));
	return RV_OK;
}

static rv_status list_entries(struct atlas_job *job, rv_error *error)
{
	const struct option_dream *dream = &job->options->dream;
	const char *layer;
	rv_status status = RV_OK;
	if (!dream->layers.count && !dream->channels.count && !dream->classes.count)
		return list_layers(job, error);
	if (dream->classes.count)
		status = find_scores(job->dreamer.model, &layer, error);
	else
		status = dreamer_layer(&job->dreamer, dream, &layer, error);
	if (status != RV_OK)
		return status;
	return list_channels(job, layer, dream->classes.count ? &dream->classes : &dream->channels,
	                     error);
}

/* ---- drawing ---- */

static void name_entry(const struct atlas_job *job, const struct entry *entry,
                       char lines[TILES_LINES_MAX][TILES_LABEL_LENGTH])
{
	char label[LABELS_LENGTH];
	if (entry->number == RV_ATLAS_WHOLE) {
		snprintf(lines[0], TILES_LABEL_LENGTH, "%.95s", entry->layer);
		snprintf(lines[1], TILES_LABEL_LENGTH, "%d channels", rv_atlas_count(job->atlas));
		return;
	}
	snprintf(lines[0], TILES_LABEL_LENGTH, "%d", entry->number);
	if (!rv_atlas_of_classes(job->atlas))
		return;
	labels_of_class(entry->number, rv_atlas_count(job->atlas), label);
	snprintf(lines[1], TILES_LABEL_LENGTH, "%.95s", label);
}

static rv_status draw_entry(struct atlas_job *job, int index, rv_error *error)
{
	char lines[TILES_LINES_MAX][TILES_LABEL_LENGTH] = {""};
	const struct entry *entry = &job->entries[index];
	rv_status status = open_atlas(job, entry->layer, error);
	if (status != RV_OK)
		return status;
	name_entry(job, entry, lines);
	return sheet_draw(&job->sheet, index, job->atlas, entry->number, lines, &job->progress,
	                  error);
}

static rv_status draw(struct atlas_job *job, rv_error *error)
{
	bool one_layer = job->entries[0].number != RV_ATLAS_WHOLE;
	bool classes = one_layer && rv_atlas_of_classes(job->atlas);
	char title[DREAMER_LINE_LENGTH];
	snprintf(title, sizeof(title), "%.128s  %.128s",
	         job->dreamer.network ? job->dreamer.network->title
	                              : rv_model_path(job->dreamer.model),
	         !one_layer ? "layers"
	         : classes  ? "classes"
	                    : job->entries[0].layer);
	rv_status status =
		sheet_create(&job->sheet, title, job->count, one_layer && !classes ? 1 : 2, error);
	progress_begin(&job->progress, job->count);
	int index = 0;
	while (index < job->count && status == RV_OK && !signals_stop) {
		status = draw_entry(job, index, error);
		index += status == RV_OK;
	}
	progress_end(&job->progress);
	if (status == RV_CANCELLED || (status == RV_OK && index < job->count))
		return rv_fail(
			error, RV_CANCELLED, "stopped after %d of %d tiles%s", index, job->count,
			job->options->device.no_cache ? ""
						      : "; the same command goes on from there");
	return status;
}

static rv_status check_call(const struct options *options, rv_error *error)
{
	const char *name = options->output.file;
	rv_status status = command_takes_no_operand(options, error);
	if (status != RV_OK)
		return status;
	if (!name[0])
		return rv_fail(error, RV_INVALID, "where to? reverie atlas --layer L -o FILE.png");
	if (!picture_name_known(name))
		return rv_fail(error, RV_INVALID, "%.256s: an atlas is a picture; name it %s", name,
		               picture_extensions());
	return RV_OK;
}

static rv_status run(struct atlas_job *job, rv_error *error)
{
	const struct options *options = job->options;
	rv_status status;
	if ((status = check_call(options, error)) != RV_OK ||
	    (status = output_file_create(&job->file, options->output.file, options->output.force,
	                                 error)) != RV_OK ||
	    (status = dreamer_open_model(&job->dreamer, &options->dream.network, error)) != RV_OK ||
	    (status = list_entries(job, error)) != RV_OK || (status = draw(job, error)) != RV_OK ||
	    (status = sheet_write(&job->sheet, job->file, options->output.file, error)) != RV_OK)
		return status;
	status = output_file_commit(&job->file, error);
	if (status == RV_OK && !options->call.quiet)
		printf("Drew %d tile%s, %d of them new: %s\n", job->count,
		       job->count == 1 ? "" : "s", job->sheet.made, options->output.file);
	return status;
}

rv_status command_atlas(const struct options *options, rv_error *error)
{
	struct atlas_job job = {.options = options,
	                        .config = option_device_config(&options->device)};
	progress_init(&job.progress, stderr, progress_style_for(stderr, options->call.quiet));
	progress_count(&job.progress, "tile");
	rv_status status = run(&job, error);
	output_file_discard(&job.file);
	sheet_release(&job.sheet);
	rv_atlas_close(&job.atlas);
	free(job.entries);
	dreamer_close(&job.dreamer);
	return status;
}
