#include "engine/dream/tiles.h"

#include <limits.h>
#include <stdlib.h>

#include "engine/base/minmax.h"

enum {
	COUNT_MAX = 64, /* tiles along an axis */
	/* The side of a network that is laid out only to learn what a pixel takes. */
	SAMPLE_SIDE = 512,
	/* Layouts tried with ever smaller tiles. What a pixel takes hardly depends on the size, so
	 * the first or second one fits. */
	ATTEMPTS = 8,
	/* No side of a tensor is longer (engine/graph/shape.h): what sees more of the picture sees
	 * all of it. Networks that halve and double over and over would see more than an int. */
	FIELD_MAX = 1 << 16,
};

/* ---- geometry ---- */

static int tile_start(const struct tile_axis *axis, int index)
{
	int left = axis->size - axis->tile;

	if (axis->count == 1)
		return 0;
	return (int)((long)left * index / (axis->count - 1)) / axis->stride * axis->stride;
}

/* From a quarter to three quarters of the overlap of a tile and the one after it, in pixels of the
 * picture: neither counts near its border. */
static struct tile_ramp blend(const struct tile_axis *axis, int index)
{
	int from = tile_start(axis, index + 1), to = tile_start(axis, index) + axis->tile;
	int quarter = (to - from) / 4;

	return (struct tile_ramp){from + quarter, to - quarter};
}

struct tiles_span tiles_span(const struct tile_axis *axis, int index)
{
	struct tiles_span span = {.start = tile_start(axis, index),
	                          .rise = {-1, 0},
	                          .fall = {axis->tile, axis->tile + 1}};

	if (index > 0) {
		span.rise = blend(axis, index - 1);
		span.rise.from -= span.start;
		span.rise.to -= span.start;
	}
	if (index < axis->count - 1) {
		span.fall = blend(axis, index);
		span.fall.from -= span.start;
		span.fall.to -= span.start;
	}
	return span;
}

static float ramp_height(struct tile_ramp ramp, int x)
{
	float part = ((float)(x - ramp.from) + 0.5f) / (float)(ramp.to - ramp.from);

	return part < 0 ? 0 : part > 1 ? 1 : part;
}

float tiles_weight(const struct tiles_span *span, int x)
{
	return ramp_height(span->rise, x) * (1 - ramp_height(span->fall, x));
}

struct tiles tiles_whole(int height, int width)
{
	return (struct tiles){.y = {height, height, 1, 1}, .x = {width, width, 1, 1}};
}

int tiles_count(const struct tiles *tiles)
{
	return tiles->y.count * tiles->x.count;
}

/* ---- covering ---- */

/* count tiles as small as their overlap allows. False where three would meet, for which there are
 * no weights, or where fewer do as well. */
static bool cover_axis(struct tile_axis *axis, int size, int stride, int overlap, int count)
{
	/* Starts are rounded down, which may take up to stride from an overlap. */
	int wanted = (size + (count - 1) * (overlap + stride) + count - 1) / count;

	*axis = (struct tile_axis){size, size, count, stride};
	if (count == 1)
		return true;
	axis->tile = size - (size - wanted) / stride * stride;
	if (wanted >= size || axis->tile >= size)
		return false;
	for (int i = 0; i + 2 < count; i++)
		if (tile_start(axis, i + 2) < tile_start(axis, i) + axis->tile)
			return false;
	return true;
}

bool tiles_cover(struct tiles *tiles, int height, int width, int stride, int overlap,
                 double most_pixels)
{
	double least = 0;

	for (int rows = 1; rows <= COUNT_MAX; rows++) {
		struct tiles tried;
		if (!cover_axis(&tried.y, height, stride, overlap, rows))
			continue;
		for (int columns = 1; columns <= COUNT_MAX; columns++) {
			double pixels, area;
			if (!cover_axis(&tried.x, width, stride, overlap, columns))
				continue;
			pixels = (double)tried.y.tile * tried.x.tile;
			area = pixels * tiles_count(&tried);
			if (pixels <= most_pixels && (least == 0 || area < least)) {
				*tiles = tried;
				least = area;
			}
		}
	}
	return least > 0;
}

/* ---- what the network sees ---- */

/* A slice of a tile is the tile of a slice where it takes what lies a little way in from both ends,
 * which the tile's overlap with the next one makes good. */
static bool is_of_tiles(const struct cut *cut)
{
	enum { LITTLE = 16 };
	return cut->step > 0 && cut->start >= 0 && cut->start <= LITTLE &&
	       (cut->end == INT64_MAX || (cut->end < 0 && cut->end >= -LITTLE));
}

/* Entries that such a slice takes off an end. */
static int taken_off(const struct cut *cut)
{
	return max_int((int)cut->start, cut->end < 0 ? (int)-cut->end : 0);
}

static int limited(int64_t pixels)
{
	return (int)(pixels < FIELD_MAX ? pixels : FIELD_MAX);
}

static int64_t span_of(int window, int dilation)
{
	return (int64_t)(window - 1) * max_int(dilation, 1);
}

/* The node's; blocks of pixels that become the channels of one are windows side by side. False
 * where it looks at single pixels. */
static bool has_window(const struct graph_node *node, struct window *window)
{
	const struct rearrangement *how = &node->rearrangement;
	bool blocks = node->kind == OPERATOR_REARRANGE &&
	              (how->kind == REARRANGE_TO_DEPTH || how->kind == REARRANGE_TO_DEPTH_CRD);

	*window = node->window;
	if (blocks)
		*window = (struct window){.height = how->number,
		                          .width = how->number,
		                          .stride_y = how->number,
		                          .stride_x = how->number};
	return blocks || node->kind == OPERATOR_CONVOLUTION || node->kind == OPERATOR_MAX_POOL ||
	       node->kind == OPERATOR_AVERAGE_POOL;
}

/* What an output of node sees, where its inputs see `below`. */
static struct tiles_receptive_field field_above(const struct graph_node *node,
                                                struct tiles_receptive_field below)
{
	struct window window;
	const bool looks_around = has_window(node, &window);
	const int64_t stride = below.stride;
	const int step = max_int(max_int(window.stride_y, window.stride_x), 1);

	if (node->kind == OPERATOR_RESAMPLE) { /* a cut takes rows and columns by steps */
		below.cut =
			limited(below.cut + stride * max_int(taken_off(&node->resampling.cut_y),
		                                             taken_off(&node->resampling.cut_x)));
		below.stride = limited(stride * step);
	}
	if (!looks_around)
		return below;
	below.height = limited(below.height + span_of(window.height, window.dilation_y) * stride);
	below.width = limited(below.width + span_of(window.width, window.dilation_x) * stride);
	below.stride = limited(stride * step);
	return below;
}

static struct tiles_receptive_field field_of_both(struct tiles_receptive_field a,
                                                  struct tiles_receptive_field b)
{
	return (struct tiles_receptive_field){max_int(a.stride, b.stride),
	                                      max_int(a.height, b.height),
	                                      max_int(a.width, b.width), max_int(a.cut, b.cut)};
}

static rv_status check_cuts(const struct graph *graph, rv_error *error)
{
	for (int n = 0; n < graph->node_count; n++) {
		const struct graph_node *node = &graph->nodes[n];
		const struct resampling *how = &node->resampling;
		if (node->kind == OPERATOR_RESAMPLE && how->kind == RESAMPLE_CUT &&
		    !(is_of_tiles(&how->cut_y) && is_of_tiles(&how->cut_x)))
			return rv_fail(
				error, RV_UNSUPPORTED,
				"the picture does not fit into memory as a whole, and tiles "
				"of it cannot do without the rest, as \"%.60s\" (Slice) takes "
				"rows or columns by their place in it; use a smaller --size "
				"or a greater --memory-limit",
				node->name);
	}
	return RV_OK;
}

rv_status tiles_receptive_field(const struct graph *graph, struct tiles_receptive_field *field,
                                rv_error *error)
{
	struct tiles_receptive_field *seen;
	rv_status status = check_cuts(graph, error);

	*field = (struct tiles_receptive_field){1, 1, 1, 0};
	if (status != RV_OK)
		return status;
	seen = calloc((size_t)graph->tensor_count, sizeof(*seen));
	if (!seen)
		return rv_fail(error, RV_MEMORY, "out of memory");
	for (int n = 0; n < graph->node_count; n++) {
		const struct graph_node *node = &graph->nodes[n];
		struct tiles_receptive_field inputs = {1, 1, 1, 0};
		for (int i = 0; i < node->input_count; i++)
			inputs = field_of_both(inputs, seen[node->inputs[i]]);
		for (int i = 0; i < node->output_count; i++)
			seen[node->outputs[i]] = field_above(node, inputs);
		*field = field_of_both(*field, field_above(node, inputs));
	}
	free(seen);
	return RV_OK;
}

/* ---- fitting ---- */

static bool fits(const struct network *network, const struct tile_budget *budget)
{
	const struct network_needs *needs = &network->needs;

	return network_needs_bytes(needs) <= budget->bytes &&
	       needs->tensor_bytes <= budget->buffer_bytes &&
	       needs->saved_bytes <= budget->buffer_bytes;
}

static rv_status does_not_fit(int height, int width, const struct tile_budget *budget,
                              rv_error *error)
{
	return rv_fail(error, RV_MEMORY,
	               "a picture of %dx%d does not fit into memory, not even in tiles: %zu MB are "
	               "left for them; use a smaller --size or a greater --memory-limit",
	               width, height, budget->bytes >> 20);
}

/* The most pixels that a tile may have, going by a network that is small but not tiny. */
static rv_status most_pixels(double *most, const struct graph *graph, int height, int width,
                             const struct tile_budget *budget, rv_error *error)
{
	struct network *sample;
	double bytes, buffer;
	rv_status status;

	height = min_int(height, SAMPLE_SIDE);
	width = min_int(width, SAMPLE_SIDE);
	status = network_create(&sample, graph, height, width, error);
	if (status != RV_OK)
		return status;
	bytes = (double)budget->bytes / (double)network_needs_bytes(&sample->needs);
	buffer = (double)budget->buffer_bytes / (double)sample->needs.tensor_bytes;
	*most = (bytes < buffer ? bytes : buffer) * height * width;
	network_destroy(&sample);
	return RV_OK;
}

/* The cover with the overlap that blends well, or, where memory is too small for that, half of it,
 * and so on. A quarter of it counts for nothing, where slices may have taken something off. */
static bool cover(struct tiles *tiles, int height, int width,
                  const struct tiles_receptive_field *field, double most)
{
	int least = max_int(2 * field->stride, 4 * field->cut);

	for (int overlap = max_int(max_int(field->height, field->width) / 2, least);
	     overlap >= least; overlap /= 2)
		if (tiles_cover(tiles, height, width, field->stride, overlap, most))
			return true;
	return false;
}

static rv_status network_of_tile(struct tiles *tiles, struct network **network,
                                 const struct graph *graph, int height, int width,
                                 const struct tile_budget *budget, rv_error *error)
{
	struct tiles_receptive_field field;
	double most;
	rv_status status = most_pixels(&most, graph, height, width, budget, error);

	if (status == RV_OK)
		status = tiles_receptive_field(graph, &field, error);
	for (int i = 0; i < ATTEMPTS && status == RV_OK; i++, most *= 0.95) {
		if (!cover(tiles, height, width, &field, most))
			break;
		status = network_create(network, graph, tiles->y.tile, tiles->x.tile, error);
		if (status == RV_OK && fits(*network, budget))
			return RV_OK;
		network_destroy(network);
	}
	return status != RV_OK ? status : does_not_fit(height, width, budget, error);
}

rv_status tiles_network(struct tiles *tiles, struct network **network, const struct graph *graph,
                        int height, int width, const struct tile_budget *budget, rv_error *error)
{
	rv_status status = network_create(network, graph, height, width, error);

	*tiles = tiles_whole(height, width);
	if (status == RV_OK && fits(*network, budget))
		return RV_OK;
	network_destroy(network);
	/* RV_MEMORY: kernels cannot address tensors of the whole picture. */
	if (status != RV_OK && status != RV_MEMORY)
		return status;
	return network_of_tile(tiles, network, graph, height, width, budget, error);
}
