#include "engine/caffe/blobs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare_blobs(const void *a, const void *b)
{
	return strcmp(((const struct blob *)a)->name, ((const struct blob *)b)->name);
}

static struct blob *find(const struct blobs *blobs, const char *name)
{
	struct blob wanted = {.name = name};
	if (!blobs->list)
		return NULL;
	return bsearch(&wanted, blobs->list, blobs->count, sizeof(wanted), compare_blobs);
}

bool blobs_layer_is_alias(const struct caffe_layer *layer)
{
	if (layer->bottom_count != 1)
		return false;
	return !strcmp(layer->type, "Split") ||
	       (!strcmp(layer->type, "Dropout") && layer->top_count == 1 &&
	        !strcmp(layer->tops[0], layer->bottoms[0]));
}

static void add_mention(struct blobs *blobs, const char *name, int writes, bool is_input)
{
	blobs->list[blobs->count++] =
		(struct blob){.name = name, .writes = writes, .is_input = is_input};
}

/* Each name once, with the sum of its writes. */
static void sort_and_unite(struct blobs *blobs)
{
	size_t kept = 0;
	qsort(blobs->list, blobs->count, sizeof(*blobs->list), compare_blobs);
	for (size_t i = 0; i < blobs->count; i++) {
		if (kept && !strcmp(blobs->list[kept - 1].name, blobs->list[i].name)) {
			blobs->list[kept - 1].writes += blobs->list[i].writes;
			blobs->list[kept - 1].is_input |= blobs->list[i].is_input;
		} else {
			blobs->list[kept++] = blobs->list[i];
		}
	}
	blobs->count = kept;
	for (size_t i = 0; i < kept; i++)
		blobs->list[i].writes += blobs->list[i].is_input;
}

void blobs_init(struct blobs *blobs, struct writer *writer, const Caffe__NetParameter *net,
                const struct caffe_layer *layers, size_t count)
{
	size_t most = net->n_input;

	*blobs = (struct blobs){.writer = writer};
	for (size_t i = 0; i < count; i++)
		most += layers[i].top_count;
	blobs->list = writer_allocate(writer, most, sizeof(*blobs->list));
	if (!blobs->list)
		return;
	for (size_t i = 0; i < net->n_input; i++)
		add_mention(blobs, net->input[i], 0, true);
	for (size_t i = 0; i < count; i++) {
		bool is_input = layers_is_data(&layers[i]);
		bool writes = !is_input && !blobs_layer_is_alias(&layers[i]);
		for (size_t j = 0; j < layers[i].top_count; j++)
			add_mention(blobs, layers[i].tops[j], writes, is_input);
	}
	sort_and_unite(blobs);
}

bool blobs_is_written(const struct blobs *blobs, const char *name)
{
	const struct blob *blob = find(blobs, name);
	return blob && blob->value;
}

const char *blobs_read(const struct blobs *blobs, const char *name)
{
	const struct blob *blob = find(blobs, name);
	return blob && blob->value ? blob->value : name;
}

const char *blobs_write(struct blobs *blobs, const char *name)
{
	struct blob *blob = find(blobs, name);
	char ending[32] = "pre";

	if (!blob)
		return name;
	blob->done++;
	if (blob->writes > 2)
		snprintf(ending, sizeof(ending), "pre%d", blob->done);
	blob->value =
		blob->done < blob->writes ? writer_text(blobs->writer, name, ending) : blob->name;
	return blob->value;
}

void blobs_alias(struct blobs *blobs, const char *name, const char *value)
{
	struct blob *blob = find(blobs, name);
	if (blob)
		blob->value = value;
}
