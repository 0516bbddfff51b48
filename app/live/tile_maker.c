#include "app/live/tile_maker.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/thread.h"
#include "app/media/convert.h"
#include "app/networks/labels.h"

/* One tile; pixels NULL: it is not there. */
struct made {
	unsigned char *pixels;
	char name[CHANNEL_NAME_LENGTH];
};

struct tile_maker {
	pthread_t thread;
	atomic_bool stop, done;
	atomic_uint opened; /* how many layers were asked for: what is made for an older one ends */
	const rv_model *model;
	rv_config config;

	pthread_mutex_t lock; /* of all until the next comment */
	pthread_cond_t work;
	struct tile_maker_state state;
	struct made *tiles; /* [state.count] */
	int wanted[TILE_MAKER_WANTED], wanted_count;
	rv_image picture; /* to be probed; no pixels: none is */
	float x, y;
	bool fresh; /* the layer is yet to be opened */

	/* The thread's: */
	rv_engine *engine; /* NULL until a picture is probed */
	rv_atlas *atlas;
	unsigned opened_here;
};

/* ---- the thread ---- */

static bool go_on(void *context, double part)
{
	struct tile_maker *maker = context;
	(void)part;
	return !atomic_load(&maker->stop) && atomic_load(&maker->opened) == maker->opened_here;
}

static void free_tiles(struct tile_maker *maker)
{
	for (int i = 0; i < maker->state.count && maker->tiles; i++)
		free(maker->tiles[i].pixels);
	free(maker->tiles);
	maker->tiles = NULL;
	maker->state.count = 0;
}

/* Ends the work on this layer, unless another one was asked for meanwhile. */
static void fail(struct tile_maker *maker, const rv_error *error)
{
	pthread_mutex_lock(&maker->lock);
	if (!maker->fresh) {
		snprintf(maker->state.problem, sizeof(maker->state.problem), "%s", error->message);
		maker->state.changes++;
	}
	pthread_mutex_unlock(&maker->lock);
}

/* Takes over pixels, unless another layer was asked for meanwhile. */
static void publish(struct tile_maker *maker, int number, unsigned char *pixels)
{
	pthread_mutex_lock(&maker->lock);
	if (!maker->fresh && number < maker->state.count) {
		free(maker->tiles[number].pixels);
		maker->tiles[number].pixels = pixels;
		maker->state.changes++;
		pixels = NULL;
	}
	pthread_mutex_unlock(&maker->lock);
	free(pixels);
}

static rv_image image_of(unsigned char *pixels)
{
	return (rv_image){RV_RGB8, RV_ATLAS_SIDE, RV_ATLAS_SIDE, 3 * RV_ATLAS_SIDE, pixels};
}

static void find_name(const struct tile_maker *maker, int number, char name[CHANNEL_NAME_LENGTH])
{
	char label[LABELS_LENGTH];
	if (!rv_atlas_of_classes(maker->atlas)) {
		channel_names_of(rv_atlas_layer(maker->atlas), number, name);
		return;
	}
	labels_of_class(number, rv_atlas_count(maker->atlas), label);
	snprintf(name, CHANNEL_NAME_LENGTH, "%.47s", label);
}

/* Those that the cache has, and all names. */
static void load_tiles(struct tile_maker *maker)
{
	int count = rv_atlas_count(maker->atlas);
	for (int i = 0; i < count && go_on(maker, 0); i++) {
		unsigned char *pixels = malloc(TILE_MAKER_BYTES);
		char name[CHANNEL_NAME_LENGTH];
		const rv_image tile = image_of(pixels);
		find_name(maker, i, name);
		pthread_mutex_lock(&maker->lock);
		if (!maker->fresh)
			strcpy(maker->tiles[i].name, name);
		pthread_mutex_unlock(&maker->lock);
		if (pixels && rv_atlas_find(maker->atlas, i, &tile))
			publish(maker, i, pixels);
		else
			free(pixels);
	}
}

static void open_layer(struct tile_maker *maker)
{
	char layer[RV_LAYER_NAME_LENGTH];
	rv_error error;
	pthread_mutex_lock(&maker->lock);
	strcpy(layer, maker->state.layer);
	maker->opened_here = atomic_load(&maker->opened);
	free_tiles(maker);
	maker->fresh = false;
	pthread_mutex_unlock(&maker->lock);
	rv_atlas_close(&maker->atlas);
	if (rv_atlas_open(&maker->atlas, maker->model, &maker->config, layer, &error) != RV_OK) {
		fail(maker, &error);
		return;
	}
	int count = rv_atlas_count(maker->atlas);
	pthread_mutex_lock(&maker->lock);
	maker->tiles = calloc((size_t)count, sizeof(*maker->tiles));
	maker->state.count = maker->tiles ? count : 0;
	maker->state.classes = rv_atlas_of_classes(maker->atlas);
	maker->state.changes++;
	pthread_mutex_unlock(&maker->lock);
	if (maker->tiles)
		load_tiles(maker);
}

/* Its answers count unless another layer or another picture was asked for meanwhile. */
static void probe(struct tile_maker *maker, const rv_image *picture, float x, float y)
{
	rv_answer answers[TILE_MAKER_ANSWERS];
	rv_error error;
	rv_status status = RV_OK;
	int count = 0;
	if (!maker->engine)
		status = rv_create(&maker->engine, maker->model, &maker->config, &error);
	if (status == RV_OK)
		status = rv_find_answers(maker->engine, picture, rv_atlas_layer(maker->atlas), x, y,
		                         answers, TILE_MAKER_ANSWERS, &count, &error);
	if (status != RV_OK) {
		fail(maker, &error);
		return;
	}
	pthread_mutex_lock(&maker->lock);
	if (!maker->fresh && !maker->picture.pixels) {
		memcpy(maker->state.answers, answers, sizeof(answers));
		maker->state.answer_count = count;
		maker->state.answered = true;
		maker->state.problem[0] = '\0'; /* of a picture before */
		maker->state.changes++;
	}
	pthread_mutex_unlock(&maker->lock);
}

static void make(struct tile_maker *maker, int number)
{
	unsigned char *pixels = malloc(TILE_MAKER_BYTES);
	const rv_image tile = image_of(pixels);
	rv_error error;
	rv_status status = pixels ? rv_atlas_make(maker->atlas, number, &tile, go_on, maker, &error)
	                          : rv_fail(&error, RV_MEMORY, "out of memory for a tile");
	if (status == RV_OK) {
		publish(maker, number, pixels);
		return;
	}
	free(pixels);
	if (status != RV_CANCELLED)
		fail(maker, &error);
}

/* The tile that is wanted most of those that are not there; -1: none is, or the last one could not
 * be made, which it would hardly be now. Locked. */
static int next_wanted(const struct tile_maker *maker)
{
	if (maker->state.problem[0])
		return -1;
	for (int i = 0; i < maker->wanted_count; i++) {
		int number = maker->wanted[i];
		if (number >= 0 && number < maker->state.count && !maker->tiles[number].pixels)
			return number;
	}
	return -1;
}

/* Waits for something to do, and does it. */
static void work_once(struct tile_maker *maker)
{
	pthread_mutex_lock(&maker->lock);
	while (!atomic_load(&maker->stop) && !maker->fresh && !maker->picture.pixels &&
	       next_wanted(maker) < 0)
		pthread_cond_wait(&maker->work, &maker->lock);
	bool fresh = maker->fresh;
	rv_image picture = maker->picture;
	float x = maker->x, y = maker->y;
	int number = next_wanted(maker);
	if (fresh)
		picture.pixels = NULL; /* it waits for the layer */
	else
		maker->picture.pixels = NULL;
	pthread_mutex_unlock(&maker->lock);
	if (fresh)
		open_layer(maker);
	else if (picture.pixels && maker->atlas)
		probe(maker, &picture, x, y);
	else if (number >= 0 && maker->atlas)
		make(maker, number);
	free(picture.pixels);
}

static void *run(void *context)
{
	struct tile_maker *maker = context;
	while (!atomic_load(&maker->stop))
		work_once(maker);
	atomic_store(&maker->done, true);
	rv_atlas_close(&maker->atlas);
	rv_destroy(&maker->engine);
	return NULL;
}

/* ---- life ---- */

rv_status tile_maker_start(struct tile_maker **out, const rv_model *model,
                           const struct option_device *device, rv_error *error)
{
	struct tile_maker *maker = *out = calloc(1, sizeof(*maker));
	if (!maker)
		return rv_fail(error, RV_MEMORY, "out of memory");
	maker->model = model;
	maker->config = option_device_config(device);
	pthread_mutex_init(&maker->lock, NULL);
	pthread_cond_init(&maker->work, NULL);
	rv_status status = thread_start(&maker->thread, "tiles", run, maker, error);
	if (status == RV_OK)
		return RV_OK;
	pthread_cond_destroy(&maker->work);
	pthread_mutex_destroy(&maker->lock);
	free(maker);
	*out = NULL;
	return status;
}

void tile_maker_break_off(struct tile_maker *maker)
{
	if (!maker)
		return;
	pthread_mutex_lock(&maker->lock);
	atomic_store(&maker->stop, true);
	pthread_cond_signal(&maker->work);
	pthread_mutex_unlock(&maker->lock);
}

bool tile_maker_stop(struct tile_maker **pointer, int64_t deadline)
{
	struct tile_maker *maker = *pointer;
	*pointer = NULL;
	if (!maker)
		return true;
	tile_maker_break_off(maker);
	if (!thread_wait_done(&maker->done, deadline)) {
		pthread_detach(maker->thread);
		return false;
	}
	pthread_join(maker->thread, NULL);
	free_tiles(maker);
	free(maker->picture.pixels);
	pthread_cond_destroy(&maker->work);
	pthread_mutex_destroy(&maker->lock);
	free(maker);
	return true;
}

/* ---- what the main thread asks ---- */

void tile_maker_look(struct tile_maker *maker, struct tile_maker_state *state)
{
	pthread_mutex_lock(&maker->lock);
	*state = maker->state;
	if (maker->fresh)
		state->count = 0;
	pthread_mutex_unlock(&maker->lock);
}

void tile_maker_open(struct tile_maker *maker, const char *layer)
{
	pthread_mutex_lock(&maker->lock);
	snprintf(maker->state.layer, sizeof(maker->state.layer), "%s", layer);
	maker->state.problem[0] = '\0';
	maker->state.answered = false;
	maker->state.asked = maker->picture.pixels;
	maker->wanted_count = 0;
	maker->fresh = true;
	maker->state.changes++;
	atomic_fetch_add(&maker->opened, 1);
	pthread_cond_signal(&maker->work);
	pthread_mutex_unlock(&maker->lock);
}

void tile_maker_want(struct tile_maker *maker, const int *numbers, int count)
{
	pthread_mutex_lock(&maker->lock);
	maker->wanted_count = count < TILE_MAKER_WANTED ? count : TILE_MAKER_WANTED;
	memcpy(maker->wanted, numbers, (size_t)maker->wanted_count * sizeof(*numbers));
	pthread_cond_signal(&maker->work);
	pthread_mutex_unlock(&maker->lock);
}

rv_status tile_maker_probe(struct tile_maker *maker, const rv_image *picture, float x, float y,
                           rv_error *error)
{
	rv_image copy = {0};
	rv_status status =
		convert_allocate_image(&copy, RV_RGB8, picture->width, picture->height, error);
	if (status != RV_OK)
		return status;
	for (int row = 0; row < copy.height; row++)
		memcpy((char *)copy.pixels + (size_t)row * copy.stride,
		       (const char *)picture->pixels + (size_t)row * picture->stride, copy.stride);
	pthread_mutex_lock(&maker->lock);
	free(maker->picture.pixels);
	maker->picture = copy;
	maker->x = x;
	maker->y = y;
	maker->state.asked = true;
	maker->state.answered = false;
	maker->state.problem[0] = '\0';
	maker->state.changes++;
	pthread_cond_signal(&maker->work);
	pthread_mutex_unlock(&maker->lock);
	return RV_OK;
}

bool tile_maker_take(struct tile_maker *maker, int number, unsigned char *pixels,
                     char name[CHANNEL_NAME_LENGTH])
{
	pthread_mutex_lock(&maker->lock);
	bool known = !maker->fresh && number >= 0 && number < maker->state.count;
	bool there = known && maker->tiles[number].pixels;
	strcpy(name, known ? maker->tiles[number].name : "");
	if (there)
		memcpy(pixels, maker->tiles[number].pixels, TILE_MAKER_BYTES);
	pthread_mutex_unlock(&maker->lock);
	return there;
}
