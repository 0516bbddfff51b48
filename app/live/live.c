#include "app/live/live.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/signals.h"
#include "app/base/thread.h"
#include "app/control/action_dream.h"
#include "app/live/control.h"
#include "app/live/display_frame.h"
#include "app/live/input.h"
#include "app/live/session.h"
#include "app/live/show.h"
#include "app/live/sound_reader.h"
#include "app/media/container.h"
#include "app/media/convert.h"
#include "app/options/files.h"
#include "app/options/preset.h"

enum {
	FRAME_QUEUE = 2,
	DISPLAY_FRAME_QUEUE = 4,
	SOUND_QUEUE =
		512, /* stretches of some 20 ms: a stall of the display is no hole in the sound */
	WINDOW_WIDTH = 960, /* points; small pictures are shown larger */
};

/* Nanoseconds in which a picture must be shown again, and in which a device that failed must come
 * back to a session that nobody looks at. */
static const int64_t patience = 10 * CLOCK_SECOND, headless_patience = 30 * CLOCK_SECOND;

static bool left_thread;

bool live_left_thread(void)
{
	return left_thread;
}

/* ---- opening ---- */

/* Lists all layers that have pixels. In a network built from blocks (at least four concatenations)
 * only the ends of the blocks are browsed. */
static rv_status list_layers(struct live *live, rv_error *error)
{
	const rv_model *model = live->dreamer.model;
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
		if (!layer->supported || layer->stride < 1)
			continue;
		if (is_default)
			live->actions->default_layer = listed;
		live->layers[listed++] =
			(struct action_layer){layer->name, layer->channels, is_end || is_default};
	}
	live->actions->layers = live->layers;
	live->actions->layer_count = listed;
	/* For a person to see. */
	dreamer_name_layer(&live->dreamer, &live->actions->options.dream);
	return RV_OK;
}

static void describe_model(const struct live *live)
{
	char line[DREAMER_LINE_LENGTH];
	dreamer_describe(&live->dreamer, line);
	if (line[0] && !live->actions->options.call.quiet)
		fprintf(stderr, "%s\n", line);
}

static rv_status open_model(struct live *live, rv_error *error)
{
	rv_status status =
		dreamer_open_model(&live->dreamer, &live->actions->options.dream.network, error);
	if (status != RV_OK)
		return status;
	/* From here on it is the open one, which presets are held against. */
	if (live->dreamer.network)
		strcpy(live->actions->options.dream.network.name, live->dreamer.network->name);
	option_dream_settle(&live->actions->options.dream, dreamer_network_name(&live->dreamer));
	status = list_layers(live, error);
	action_name_dream(live->actions, live->actions->options.call.preset);
	return status;
}

static rv_status create_queues(struct live *live, rv_error *error)
{
	const struct {
		struct queue **queue;
		int capacity;
		queue_release *release;
	} queues[] = {
		{&live->frames, FRAME_QUEUE, frame_release},
		{&live->work, 1, frame_release},
		{&live->dreams, 1, dream_release},
		{&live->display_frames, DISPLAY_FRAME_QUEUE, display_frame_release},
		{&live->sound, SOUND_QUEUE, sound_release},
	};
	rv_status status = RV_OK;
	for (size_t i = 0; i < sizeof(queues) / sizeof(queues[0]) && status == RV_OK; i++)
		status = queue_create(queues[i].queue, queues[i].capacity, QUEUE_DROP_OLDEST,
		                      queues[i].release, error);
	return status;
}

/* From here on the option says whether the input is a sphere. */
static void find_shape(struct live *live)
{
	struct options *options = &live->actions->options;
	int asked = options->output.sphere;
	bool is_sphere = decode_is_sphere(live->inputs.shown->decode, (enum panorama_mode)asked);
	options->output.sphere = is_sphere ? PANORAMA_ON : PANORAMA_OFF;
	if (is_sphere && asked == PANORAMA_AUTO && !options->call.quiet)
		fprintf(stderr, "live: the input is a panorama of all directions: it is dreamed "
		                "as a sphere\n");
}

static rv_status open_input(struct live *live, rv_error *error)
{
	rv_status status = inputs_open(&live->inputs, &live->actions->options, live->input,
	                               live->frames, live->work, live->sound, error);
	if (status != RV_OK)
		return status;
	find_shape(live);
	live->actions->input_count = live->inputs.count;
	return convert_allocate_image(&live->shown, RV_RGB8, live->inputs.options.width,
	                              live->inputs.options.height, error);
}

/* Nobody can read standard input twice. */
static rv_status check_listening(const struct live *live, rv_error *error)
{
	bool is_read = !strcmp(live->input, "-");
	if (!is_read || strcmp(live->actions->options.live.listen, "-") != 0)
		return RV_OK;
	return rv_fail(
		error, RV_INVALID,
		"--listen -: standard input is the session's input; --listen input hears it");
}

static rv_status open_reaction(struct live *live, rv_error *error)
{
	rv_status status = reaction_open(&live->reaction, &live->actions->options, &live->keys,
	                                 &live->stop, error);
	if (status != RV_OK || !reaction_wants_input(&live->reaction))
		return status;
	inputs_want_sound(&live->inputs, DECODE_LISTENER, true);
	return inputs_have_sound(&live->inputs)
	               ? RV_OK
	               : rv_fail(error, RV_UNSUPPORTED,
	                         "--listen input: the input has no sound; name another source");
}

static rv_status open_window(struct live *live, rv_error *error)
{
	int width = WINDOW_WIDTH;
	int height = (int)lround((double)width * live->shown.height / live->shown.width);
	if (live->actions->options.live.headless)
		return RV_OK;
	return window_open(&live->window, "Reverie", width, height, error);
}

/* What it records says of which network it is. */
static rv_status open_recorder(struct live *live, rv_error *error)
{
	const struct options *options = &live->actions->options;
	char *settings = NULL;
	rv_status status = RV_OK;
	checksum_begin(&live->checksum, rv_model_path(live->dreamer.model));
	/* Only a file carries them, for which the checksum is waited for. */
	if (options->output.file[0] && container_place(options->output.file) == CONTAINER_FILE)
		status = session_settings(live, options->output.file, &settings, error);
	if (status == RV_OK)
		status = video_recorder_open(&live->recorder, options, &live->inputs, settings,
		                             live->shown.width, live->shown.height, error);
	free(settings);
	if (status == RV_OK)
		describe_model(live);
	return status;
}

/* Presets of another network than the open one have no part in the show. */
static rv_status check_presets(struct live *live, rv_error *error)
{
	struct playlist *playlist = &live->playlist;
	const char *open = live->actions->options.dream.network.name;
	rv_status status = RV_OK;
	for (int i = 0; i < playlist->count && status == RV_OK; i++) {
		struct option_dream *dream = &playlist->lines[i].dream;
		status = preset_check_network(dream->network.name, playlist->lines[i].name, open,
		                              error);
		option_dream_settle(dream, open);
	}
	action_find_presets(live->actions);
	live_stores_open(&live->stores, live->actions);
	return status;
}

static rv_status open_playlist(struct live *live, rv_error *error)
{
	const char *path = live->actions->options.live.playlist;
	int inputs = live->actions->options.call.input_count;
	rv_status status = path[0] ? playlist_load(&live->playlist, path, error) : RV_OK;
	for (int i = 0; i < live->playlist.count && status == RV_OK; i++) {
		const struct playlist_line *line = &live->playlist.lines[i];
		if (line->input > (inputs > 1 ? inputs : 1))
			status = rv_fail(error, RV_INVALID, "%.200s: %s over input %d: there %s %d",
			                 path, line->name, line->input, inputs > 1 ? "are" : "is",
			                 inputs > 1 ? inputs : 1);
	}
	return status;
}

static rv_status create_actions(struct live *live, const struct options *options, rv_error *error)
{
	live->actions = calloc(1, sizeof(*live->actions));
	if (!live->actions)
		return rv_fail(error, RV_MEMORY, "out of memory");
	live->actions->options = *options;
	live->actions->random = (uint64_t)clock_now();
	live->actions->corners = projection_whole;
	return RV_OK;
}

/* The parts that cost little and are most often wrong are opened first. */
static rv_status open_parts(struct live *live, const struct options *options, rv_error *error)
{
	rv_status status;
	if ((status = create_actions(live, options, error)) != RV_OK ||
	    (status = keys_load_all(&live->keys, options->live.keys, error)) != RV_OK ||
	    (status = live_display_open(&live->display, live->actions, &live->hud, error)) !=
	            RV_OK ||
	    (status = open_playlist(live, error)) != RV_OK ||
	    (status = performance_open(&live->performance, live->actions, &live->hud, error)) !=
	            RV_OK ||
	    (status = live_input_find(options, live->input, error)) != RV_OK ||
	    (status = option_check_read(options, COMMAND_LIVE, live->input, "input", error)) !=
	            RV_OK ||
	    (status = check_listening(live, error)) != RV_OK ||
	    (status = create_queues(live, error)) != RV_OK ||
	    (status = open_input(live, error)) != RV_OK ||
	    (status = open_reaction(live, error)) != RV_OK ||
	    (status = open_model(live, error)) != RV_OK ||
	    (status = open_recorder(live, error)) != RV_OK ||
	    (status = open_window(live, error)) != RV_OK ||
	    (status = check_presets(live, error)) != RV_OK ||
	    (status = performance_begin(&live->performance, error)) != RV_OK)
		return status;
	return signals_stop ? rv_fail(error, RV_CANCELLED, "stopped") : RV_OK;
}

/* Decoding starts last, when there is somebody to take its frames. */
static rv_status start_threads(struct live *live, rv_error *error)
{
	const rv_image *shown = &live->shown;
	rv_status status;
	live->sent = live->actions->options;
	if ((status = live_remote_open(&live->remote, live->actions, &live->hud, &live->keys,
	                               error)) != RV_OK ||
	    (status = live_disk_start(&live->disk, live->sent.live.keep_free, error)) != RV_OK ||
	    (status = brush_create(&live->brush, error)) != RV_OK ||
	    (status =
	             live_engine_start(&live->engine, live->dreamer.model, &live->sent, live->brush,
	                               live->work, live->dreams, live->frames, error)) != RV_OK ||
	    (status = warp_thread_start(&live->warp_thread, &live->sent.device, shown->width,
	                                shown->height, live->sent.output.sphere == PANORAMA_ON,
	                                live->frames, live->dreams, live->display_frames, error)) !=
	            RV_OK)
		return status;
	if (!live->sent.display.kiosk)
		live_hud_greet(&live->hud, &live->keys, clock_now());
	live->display.window = live->window;
	live->display.disk = live->disk;
	return inputs_start(&live->inputs, error);
}

static void free_all(struct live *live)
{
	brush_destroy(&live->brush);
	queue_destroy(&live->frames);
	queue_destroy(&live->work);
	queue_destroy(&live->dreams);
	queue_destroy(&live->display_frames);
	queue_destroy(&live->sound);
	frame_release(live->frame);
	dream_release(live->dream);
	warp_destroy(&live->warp);
	compose_release(&live->composer);
	live_hud_release(&live->hud);
	live_atlas_release(&live->atlas);
	hud_picture_release(&live->recorded_hud);
	playlist_release(&live->playlist);
	dreamer_close(&live->dreamer);
	free(live->shown.pixels);
	free(live->layers);
	free(live->actions);
	free(live);
}

/* The window goes first, as outputs may take a while to be finished; decoding goes last, as they
 * turn off its sound. What is used by threads that cannot be stopped is left to them. */
static rv_status close_all(struct live *live, rv_error *error)
{
	atomic_store_explicit(&live->stop, 1, memory_order_relaxed);
	live_engine_break_off(live->engine);
	warp_thread_break_off(live->warp_thread);
	tile_maker_break_off(live->atlas.maker);
	int64_t until = thread_deadline();
	if (live->work)
		queue_close(live->work);
	if (live->frames)
		queue_close(live->frames);
	window_close(&live->window);
	rv_status status = video_recorder_close(&live->recorder, error);
	inputs_close(&live->inputs);
	checksum_end(&live->checksum);
	rv_status written = performance_close(&live->performance, status == RV_OK ? error : NULL);
	bool engine_ended = live_engine_stop(&live->engine, until);
	bool warp_ended = warp_thread_stop(&live->warp_thread, until);
	live_display_close(&live->display);
	live_disk_stop(&live->disk);
	live_stores_close(&live->stores);
	live_remote_close(&live->remote);
	bool tiles_ended = tile_maker_stop(&live->atlas.maker, until);
	bool reaction_ended = reaction_close(&live->reaction, until);
	left_thread = !engine_ended || !warp_ended || !tiles_ended || !reaction_ended;
	if (!left_thread)
		free_all(live);
	return status == RV_OK ? written : status;
}

/* ---- the session ---- */

/* The bench begins with the first dream: before it, kernels are compiled. */
static void begin_bench(struct live *live)
{
	int64_t now = clock_now();
	live->stats = (struct live_stats){.started = now, .opened = live->opened_at};
}

static bool bench_is_over(const struct live *live)
{
	float seconds = live->actions->options.live.bench;
	return seconds > 0 && live->stats.started &&
	       clock_now() - live->stats.started > (int64_t)((double)seconds * CLOCK_SECOND);
}

/* A picture that cannot be shown may be followed by one that can. */
static rv_status show(struct live *live, rv_error *error)
{
	int64_t now = clock_now();
	rv_status status = live_show(live, error);
	if (status == RV_OK) {
		live->hidden_since = 0;
		return RV_OK;
	}
	if (!live->hidden_since) {
		live->hidden_since = now;
		fprintf(stderr, "live: %s\n", error->message);
	}
	return now - live->hidden_since > patience ? status : RV_OK;
}

/* Nothing was ever dreamed, or nobody sees that the device has failed. */
static rv_status check_engine(struct live *live, bool at_end, rv_error *error)
{
	struct live_engine_state state;
	rv_status status = live_engine_status(live->engine, &state, error);
	bool is_over =
		state.lost_since && (at_end || clock_now() - state.lost_since > headless_patience);
	warp_thread_use(live->warp_thread, state.device);
	return state.is_fatal || (is_over && !live->window) ? status : RV_OK;
}

/* The sign of life is that of all of them. */
static void look_after_threads(struct live *live, int64_t now)
{
	const struct heartbeat *const hearts[VIGIL_COUNT] = {
		[VIGIL_DREAM] = live_engine_heart(live->engine),
		[VIGIL_MOTION] = warp_thread_heart(live->warp_thread),
	};
	char note[LIVE_NOTE_LENGTH];
	bool is_alive = vigil_keep(&live->vigil, hearts, now, note);
	if (note[0])
		fprintf(stderr, "live: %s\n", note);
	live_hud_say(&live->hud, note, now);
	if (is_alive)
		watchdog_feed(&live->watchdog, now);
}

static rv_status run_session(struct live *live, rv_error *error)
{
	int64_t due = clock_now();
	rv_status status;
	while (!live->quit && !inputs_ended(&live->inputs) && !bench_is_over(live)) {
		if (signals_stop)
			return rv_fail(error, RV_CANCELLED, "stopped");
		look_after_threads(live, clock_now());
		live_take_events(live);
		if ((status = show(live, error)) != RV_OK ||
		    (status = check_engine(live, false, error)) != RV_OK)
			return status;
		/* Nobody would see what goes on. */
		if (!live->window && video_recorder_has_failed(&live->recorder))
			return RV_OK;
		if (!live->stats.started && live->dream)
			begin_bench(live);
		if (live->stats.started && live->actions->options.live.bench)
			live_stats_print_lately(&live->stats, clock_now(), stdout);
		due = live_await_picture(live, due);
	}
	return check_engine(live, true, error);
}

static void print_bench(struct live *live)
{
	const struct dream *dream = live->dream;
	if (!live->actions->options.live.bench || !dream)
		return;
	live_stats_print(&live->stats, clock_now(), stdout);
	printf(" dropped=%llu", (unsigned long long)queue_dropped(live->work));
	live_print_quality(dream);
}

rv_status live_run(const struct options *options, rv_error *error)
{
	struct live *live = calloc(1, sizeof(*live));
	if (!live)
		return rv_fail(error, RV_MEMORY, "out of memory");
	live->opened_at = clock_now();
	rv_status status = open_parts(live, options, error);
	if (status == RV_OK)
		status = start_threads(live, error);
	signals_limit(0); /* the session looks, and has something to finish */
	if (status == RV_OK)
		status = run_session(live, error);
	if (status == RV_OK)
		print_bench(live);
	watchdog_leave(&live->watchdog);
	rv_status closed = close_all(live, status == RV_OK ? error : NULL);
	return status == RV_OK ? closed : status;
}
