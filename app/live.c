#include "live.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/action.h"
#include "app/command.h"
#include "app/convert.h"
#include "app/keys.h"
#include "app/live_compose.h"
#include "app/live_decode.h"
#include "app/live_disk.h"
#include "app/live_engine.h"
#include "app/live_hud.h"
#include "app/live_input.h"
#include "app/live_stats.h"
#include "app/preset.h"
#include "app/session.h"
#include "app/signals.h"
#include "app/window.h"

enum {
	DISPLAY_QUEUE = 2,
	WINDOW_WIDTH = 960, /* points; small pictures are shown larger */
	SECOND = 1000000000,
};

struct live {
	struct action_state *actions; /* with the options as they are now */
	struct options sent;          /* as the engine was told */
	struct keys keys;
	char input[PATH_LENGTH];
	volatile sig_atomic_t stop; /* ends reads; written atomically */
	bool quit;

	struct session session; /* the model alone: the engine lives on its own thread */
	struct action_layer *layers;
	struct queue *display, *work, *dreams;
	struct decode *decode;
	struct live_engine *engine;
	struct live_disk *disk;
	struct window *window; /* NULL: headless */

	struct frame *frame;
	struct dream *dream;
	struct composer composer;
	rv_image shown;
	struct live_hud hud;
	struct live_stats stats;
	int files; /* written so far, for their names */
};

/* ---- opening ---- */

/* Writes out the layer that is dreamed of where none was named, for a person to see. */
static void name_layer(struct live *live)
{
	const char *name = rv_model_default_layer(live->session.model);
	struct option_layers *layers = &live->actions->options.layers;
	if (layers->count || !name || strlen(name) >= RV_LAYER_NAME_LENGTH)
		return;
	layers->count = 1;
	layers->list[0].weight = 1;
	strcpy(layers->list[0].name, name);
}

/* Layers worth going through: of networks built from blocks, the ends of those; else all that are
 * pictures. */
static rv_status list_layers(struct live *live, rv_error *error)
{
	const rv_model *model = live->session.model;
	const char *default_layer = rv_model_default_layer(model);
	int count = rv_model_layer_count(model), blocks = 0, listed = 0;
	live->layers = calloc((size_t)count + 1, sizeof(*live->layers));
	if (!live->layers)
		return rv_fail(error, RV_MEMORY, "out of memory");
	for (int i = 0; i < count; i++)
		blocks += !strcmp(rv_model_layer(model, i)->operator_name, "Concat");
	for (int i = 0; i < count; i++) {
		const rv_layer_info *layer = rv_model_layer(model, i);
		bool is_default = default_layer && !strcmp(layer->name, default_layer);
		bool is_end = blocks < 4 || !strcmp(layer->operator_name, "Concat");
		if (!layer->supported || layer->channels < 1 || layer->stride < 1 ||
		    !(is_end || is_default))
			continue;
		if (is_default)
			live->actions->default_layer = listed;
		live->layers[listed++] = (struct action_layer){layer->name, layer->channels};
	}
	live->actions->layers = live->layers;
	live->actions->layer_count = listed;
	name_layer(live);
	return RV_OK;
}

static rv_status open_model(struct live *live, rv_error *error)
{
	rv_status status = session_open_model(&live->session, &live->actions->options, error);
	return status == RV_OK ? list_layers(live, error) : status;
}

static rv_status create_queues(struct live *live, rv_error *error)
{
	rv_status status = queue_create(&live->display, DISPLAY_QUEUE, QUEUE_DROP_OLDEST,
	                                frame_release, error);
	if (status == RV_OK)
		status = queue_create(&live->work, 1, QUEUE_DROP_OLDEST, frame_release, error);
	if (status == RV_OK)
		status = queue_create(&live->dreams, 1, QUEUE_DROP_OLDEST, dream_release, error);
	return status;
}

static rv_status open_input(struct live *live, rv_error *error)
{
	int width, height;
	const struct decode_options options = {
		.input = live->input,
		.loop = live->actions->options.loop,
		.stop = &live->stop,
		.display = live->display,
		.work = live->work,
	};
	rv_status status = decode_open(&live->decode, &options, error);
	if (status != RV_OK)
		return status;
	decode_size(live->decode, &width, &height);
	return image_allocate(&live->shown, RV_RGB8, width, height, error);
}

static rv_status open_window(struct live *live, rv_error *error)
{
	int width = WINDOW_WIDTH;
	int height = (int)lround((double)width * live->shown.height / live->shown.width);
	if (live->actions->options.headless)
		return RV_OK;
	return window_open(&live->window, "Reverie", width, height, error);
}

/* What costs little and is most often wrong comes first. */
static rv_status open_all(struct live *live, const struct options *options, rv_error *error)
{
	live->actions = calloc(1, sizeof(*live->actions));
	if (!live->actions)
		return rv_fail(error, RV_MEMORY, "out of memory");
	live->actions->options = *options;
	live->actions->random = (uint64_t)live_now();
	action_find_presets(live->actions);
	rv_status status = keys_load_all(&live->keys, options->keys, error);
	if (status == RV_OK)
		status = live_find_input(options, live->input, error);
	if (status == RV_OK)
		status = create_queues(live, error);
	if (status == RV_OK)
		status = open_input(live, error);
	if (status == RV_OK)
		status = open_window(live, error);
	if (status == RV_OK)
		status = open_model(live, error);
	if (status == RV_OK)
		status = live_disk_start(&live->disk, error);
	live->sent = live->actions->options;
	if (status == RV_OK)
		status = live_engine_start(&live->engine, live->session.model, &live->sent,
		                           live->work, live->dreams, error);
	if (status == RV_OK)
		status = decode_start(live->decode, error);
	return status;
}

static void close_all(struct live *live)
{
	__atomic_store_n(&live->stop, 1, __ATOMIC_RELAXED);
	if (live->work)
		queue_close(live->work);
	decode_close(&live->decode);
	live_engine_stop(&live->engine);
	live_disk_stop(&live->disk);
	window_close(&live->window);
	queue_destroy(&live->display);
	queue_destroy(&live->work);
	queue_destroy(&live->dreams);
	frame_release(live->frame);
	dream_release(live->dream);
	composer_release(&live->composer);
	live_hud_release(&live->hud);
	session_close(&live->session);
	free(live->shown.pixels);
	free(live->layers);
	free(live->actions);
}

/* ---- what a person does ---- */

static void run_action(struct live *live, const char *action)
{
	rv_error error = {0};
	rv_status status = action_run(live->actions, action, &error);
	live_hud_say(&live->hud, status == RV_OK ? live->actions->message : error.message,
	             live_now());
}

static void take_event(struct live *live, const struct window_event *event)
{
	char drag[32];
	const char *action;
	switch (event->kind) {
	case WINDOW_CLOSE:
		live->quit = true;
		break;
	case WINDOW_DRAG:
		if (live->actions->options.view != OPTION_VIEW_SPLIT)
			break;
		snprintf(drag, sizeof(drag), "set split %.3f", (double)event->x);
		action_run(live->actions, drag, NULL); /* what is seen need not be said */
		break;
	case WINDOW_KEY:
		action = keys_find(&live->keys, event->key);
		if (action)
			run_action(live, action);
		break;
	}
}

/* A name in the current folder that says when, such as reverie-20240131-235959-1.png. */
static void name_file(struct live *live, const char *end, char name[PATH_LENGTH])
{
	char moment[32];
	time_t now = time(NULL);
	struct tm parts;
	localtime_r(&now, &parts);
	strftime(moment, sizeof(moment), "%Y%m%d-%H%M%S", &parts);
	snprintf(name, PATH_LENGTH, "reverie-%s-%d.%s", moment, ++live->files, end);
}

/* As a preset. */
static void write_settings(const struct options *options, char *text, size_t capacity)
{
	char value[OPTION_VALUE_LENGTH];
	size_t used = (size_t)snprintf(text, capacity, "# Reverie " RV_VERSION "\n");
	for (const struct option *option = option_table; option->name; option++) {
		option_format(options, option, value);
		if (!option_in_preset(option) || !value[0] || used >= capacity)
			continue;
		int length =
			snprintf(text + used, capacity - used, "%s = %s\n", option->name, value);
		used += (size_t)length;
	}
}

static void take_screenshot(struct live *live)
{
	char path[PATH_LENGTH], settings[4 * OPTION_VALUE_LENGTH];
	rv_error error;
	name_file(live, "png", path);
	write_settings(&live->actions->options, settings, sizeof(settings));
	if (live_disk_write(live->disk, &live->shown, settings, path, &error))
		live_hud_say(&live->hud, error.message, live_now());
}

static void save_preset(struct live *live)
{
	char path[PATH_LENGTH], said[PATH_LENGTH + 16];
	rv_error error;
	name_file(live, "preset", path);
	rv_status status = preset_save(&live->actions->options, path, false, &error);
	snprintf(said, sizeof(said), "wrote %s", path);
	live_hud_say(&live->hud, status == RV_OK ? said : error.message, live_now());
}

static void fulfil_requests(struct live *live)
{
	unsigned requests = live->actions->requests;
	live->actions->requests = 0;
	if (requests & ACTION_QUIT)
		live->quit = true;
	if (requests & ACTION_SCREENSHOT)
		take_screenshot(live);
	if (requests & ACTION_SAVE_PRESET)
		save_preset(live);
	if (requests & ACTION_RESET)
		live_engine_reset(live->engine);
}

static void take_events(struct live *live)
{
	struct window_event event;
	if (!live->window)
		return;
	while (window_next_event(live->window, &event))
		take_event(live, &event);
	fulfil_requests(live);
	window_set_fullscreen(live->window, live->actions->options.fullscreen);
	if (memcmp(&live->sent, &live->actions->options, sizeof(live->sent))) {
		live->sent = live->actions->options;
		live_engine_set(live->engine, &live->sent);
	}
}

/* ---- what is shown ---- */

static double ms_between(int64_t start, int64_t end)
{
	return (double)(end - start) / 1e6;
}

static void take_frames(struct live *live, int64_t now)
{
	struct frame *frame;
	while ((frame = queue_pop(live->display, 0))) {
		rate_note(&live->stats.source_rate, now);
		live->stats.sources++;
		if (live->actions->options.freeze && live->frame) {
			frame_release(frame);
			continue;
		}
		frame_release(live->frame);
		live->frame = frame;
	}
}

/* True where there is a new dream. */
static bool take_dream(struct live *live, int64_t now)
{
	struct dream *dream = queue_pop(live->dreams, 0);
	if (!dream)
		return false;
	dream_release(live->dream);
	live->dream = dream;
	live->stats.dreams++;
	rate_note(&live->stats.dream_rate, now);
	histogram_note(&live->stats.convert, dream->convert_ms);
	histogram_note(&live->stats.dream, dream->dream_ms);
	live_hud_note_dream(&live->hud, dream);
	return true;
}

static rv_status compose_shown(struct live *live, rv_error *error)
{
	const struct options *options = &live->actions->options;
	struct composition composition = {
		.source = &live->frame->image,
		.dream = live->dream,
		.fade = 1,
		.mirror = options->mirror,
		.mark_split = options->view == OPTION_VIEW_SPLIT,
		.split = options->view == OPTION_VIEW_SOURCE  ? 1
	                 : options->view == OPTION_VIEW_SPLIT ? options->split
	                                                      : 0,
	};
	/* A drag goes by what is seen. */
	if (options->mirror && options->view == OPTION_VIEW_SPLIT)
		composition.split = 1 - options->split;
	if (live->dream)
		composition.fade = frame_likeness(&live->frame->image, &live->dream->frame->image);
	return compose(&live->composer, &composition, &live->shown, error);
}

static void note_shown(struct live *live, bool new_dream)
{
	int64_t now = live_now();
	struct live_stats *stats = &live->stats;
	stats->shown++;
	rate_note(&stats->shown_rate, now);
	if (stats->last_shown)
		histogram_note(&stats->gap, ms_between(stats->last_shown, now));
	stats->last_shown = now;
	if (new_dream)
		histogram_note(&stats->latency, ms_between(live->dream->frame->decoded_at, now));
}

static void say_what_happened(struct live *live, int64_t now)
{
	char note[DECODE_NOTE_LENGTH];
	rv_error error;
	bool fatal;
	live_disk_note(live->disk, note);
	if (note[0])
		live_hud_say(&live->hud, note, now);
	if (live_engine_status(live->engine, &fatal, &error) != RV_OK)
		live_hud_say(&live->hud, error.message, now);
	decode_note(live->decode, note);
	if (note[0])
		live_hud_say(&live->hud, note, now);
}

static rv_status show(struct live *live, rv_error *error)
{
	int64_t start = live_now();
	take_frames(live, start);
	bool new_dream = take_dream(live, start);
	if (!live->frame)
		return RV_OK;
	start = live_now();
	rv_status status = compose_shown(live, error);
	int64_t composed = live_now();
	histogram_note(&live->stats.compose, ms_between(start, composed));
	say_what_happened(live, composed);
	if (status == RV_OK && live->window) {
		bool changed = false;
		status = live_hud_update(&live->hud, &live->actions->options, &live->stats,
		                         &live->keys, window_height(live->window), composed,
		                         &changed, error);
		if (status == RV_OK)
			status = window_show(live->window, &live->shown, &live->hud.picture,
			                     changed, error);
	}
	histogram_note(&live->stats.show, ms_between(composed, live_now()));
	note_shown(live, new_dream);
	return status;
}

/* ---- the session ---- */

/* Sleeps until the next picture is due, and says when that is. One that is late does not make the
 * next ones hurry. */
static int64_t wait_for_tick(int64_t due, float fps)
{
	int64_t now = live_now(), interval = (int64_t)(SECOND / (double)fps);
	if (due > now) {
		struct timespec left = {(due - now) / SECOND, (due - now) % SECOND};
		nanosleep(&left, NULL);
		return due + interval;
	}
	return due + interval > now ? due + interval : now + interval;
}

/* The bench begins with the first dream: before it, kernels are compiled. */
static void begin_bench(struct live *live)
{
	int64_t now = live_now();
	live->stats = (struct live_stats){.started = now};
}

static bool bench_is_over(const struct live *live)
{
	float seconds = live->actions->options.bench;
	return seconds > 0 && live->stats.started &&
	       live_now() - live->stats.started > (int64_t)((double)seconds * SECOND);
}

static rv_status run_session(struct live *live, rv_error *error)
{
	int64_t due = live_now();
	rv_status status = RV_OK;
	while (!live->quit && !decode_ended(live->decode) && !bench_is_over(live)) {
		bool fatal = false;
		if (signals_stop)
			return rv_fail(error, RV_CANCELLED, "stopped");
		take_events(live);
		status = show(live, error);
		if (status == RV_OK)
			status = live_engine_status(live->engine, &fatal, error);
		if (status != RV_OK && (fatal || !live->engine))
			return status;
		if (!live->stats.started && live->dream)
			begin_bench(live);
		due = wait_for_tick(due, live->actions->options.fps);
	}
	return RV_OK;
}

static void print_bench(struct live *live)
{
	const struct dream *dream = live->dream;
	if (!live->actions->options.bench || !dream)
		return;
	live_stats_print(&live->stats, live_now(), stdout);
	printf(" dropped=%llu size=%dx%d warm_steps=%d warm_octaves=%d flow=%s\n",
	       (unsigned long long)queue_dropped(live->work), dream->width, dream->height,
	       dream->warm_steps, dream->warm_octaves, live_hud_flow_name(dream->flow));
}

rv_status live_run(const struct options *options, rv_error *error)
{
	struct live *live = calloc(1, sizeof(*live));
	if (!live)
		return rv_fail(error, RV_MEMORY, "out of memory");
	rv_status status = open_all(live, options, error);
	if (status == RV_OK)
		status = run_session(live, error);
	if (status == RV_OK)
		print_bench(live);
	close_all(live);
	free(live);
	return status;
}

rv_status command_live(const struct options *options, rv_error *error)
{
	return live_run(options, error);
}
