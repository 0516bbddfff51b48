#include "app/live/control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/base/clock.h"
#include "app/control/action_dream.h"
#include "app/live/session.h"
#include "app/live/show.h"
#include "app/media/container.h"
#include "app/options/preset.h"

static const char no_playlist[] = "there is no playlist; --playlist FILE reads one";

/* Of the disc where a channel is to grow alone, in brushes. */
static const float place_size = 2;

/* ---- files ---- */

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

static rv_status take_screenshot(struct live *live, rv_error *error)
{
	char path[PATH_LENGTH], *settings = NULL;
	rv_status status = live_disk_admit(live->disk, clock_now(), error);
	name_file(live, "png", path);
	if (status == RV_OK)
		status = session_settings(live, path, &settings, error);
	if (status == RV_OK)
		status = live_disk_write(live->disk, &live->shown, settings, path, error);
	free(settings);
	return status;
}

static rv_status save_preset(struct live *live, rv_error *error)
{
	char path[PATH_LENGTH], said[PATH_LENGTH + 16];
	rv_status status = live_disk_admit(live->disk, clock_now(), error);
	if (status != RV_OK)
		return status;
	name_file(live, "preset", path);
	snprintf(said, sizeof(said), "wrote %s", path);
	status = preset_save(&live->actions->options.dream, path, false, error);
	if (status == RV_OK)
		live_hud_say(&live->hud, said, clock_now());
	return status;
}

static rv_status record(struct live *live, rv_error *error)
{
	char path[PATH_LENGTH], said[PATH_LENGTH + 16], extension[CONTAINER_EXTENSION_LENGTH];
	char *settings = NULL;
	if (live->recorder.recording) {
		video_recorder_stop(&live->recorder);
		return RV_OK;
	}
	rv_status status = live_disk_admit(live->disk, clock_now(), error);
	if (status != RV_OK)
		return status;
	container_extension(video_recorder_format(&live->actions->options), extension);
	name_file(live, extension, path);
	snprintf(said, sizeof(said), "recording %s", path);
	status = session_settings(live, path, &settings, error);
	if (status == RV_OK)
		status = video_recorder_start(&live->recorder, &live->actions->options, path,
		                              settings, live->shown.width, live->shown.height,
		                              error);
	free(settings);
	if (status == RV_OK)
		live_hud_say(&live->hud, said, clock_now());
	return status;
}

/* A recording ends before the disk is full: nobody may be there to look at it. */
static void watch_recording(struct live *live)
{
	rv_error error;
	if (!live->recorder.recording || live_disk_has_room(live->disk, &error) == RV_OK)
		return;
	video_recorder_stop(&live->recorder);
	fprintf(stderr, "live: the recording ends: %s\n", error.message);
	live_hud_say(&live->hud, error.message, clock_now());
}

/* ---- what ends, begins anew, moves ---- */

/* Of the frame that is shown. */
static int64_t position(const struct live *live)
{
	return live->frame ? live->frame->position : 0;
}

static void quit(struct live *live)
{
	live->quit = true;
}

static void reset(struct live *live)
{
	performance_note_reset(&live->performance, position(live), live_engine_reset(live->engine));
}

static void go_to_next_display(struct live *live)
{
	live_display_next(&live->display);
}

static void tap(struct live *live)
{
	tempo_tap(&live->reaction.tempo, clock_now());
}

static void tell_beat(struct live *live)
{
	tempo_beat(&live->reaction.tempo, clock_now());
}

static void tell_tempo(struct live *live)
{
	tempo_set(&live->reaction.tempo, live->actions->tempo, clock_now());
}

static void learn(struct live *live)
{
	live_remote_learn(&live->remote);
}

/* ---- the playlist ---- */

/* Takes the preset whose turn it is, and goes on with the fade that is under way. */
static void step_playlist(struct live *live)
{
	struct action_state *actions = live->actions;
	int64_t now = clock_now();
	const struct playlist_line *line = playlist_tick(&live->playlist, now);
	if (line) {
		double seconds = line->fade >= 0 ? line->fade : (double)actions->options.live.fade;
		action_take_dream(actions, &line->dream, line->name, seconds);
		if (line->input)
			actions->options.live.input = line->input;
		snprintf(actions->message, sizeof(actions->message), "playlist: %s", line->name);
		live_hud_say(&live->hud, actions->message, now);
	}
	fade_step(&actions->fade, &actions->options.dream, now);
}

static void go_to_next_line(struct live *live)
{
	if (!live->playlist.count)
		live_hud_say(&live->hud, no_playlist, clock_now());
	playlist_next(&live->playlist);
}

static void pause_playlist(struct live *live)
{
	bool stands = playlist_pause(&live->playlist, clock_now());
	live_hud_say(&live->hud,
	             !live->playlist.count ? no_playlist
	             : stands              ? "the playlist waits"
	                                   : "the playlist goes on",
	             clock_now());
}

/* The dream so far fades out while that of the options, as they are now, begins. */
static void fade(struct live *live)
{
	live_engine_fade(live->engine, live->actions->fade.seconds);
}

/* ---- the brush ---- */

static void paint_stroke(struct live *live, const struct brush_stroke *stroke)
{
	float aspect = (float)live->shown.width / (float)live->shown.height;
	int64_t taken = brush_paint(live->brush, stroke, aspect);
	performance_note_stroke(&live->performance, position(live), taken, stroke);
}

static void clear_brush(struct live *live)
{
	const struct brush_stroke none = {.radius = 0};
	paint_stroke(live, &none);
}

/* Goes to a place of the frame. */
static void paint_to(struct live *live, double x, double y, double radius, bool begins)
{
	struct brush_stroke stroke = brush_stroke_to(live->brush, x, y, radius, begins);
	paint_stroke(live, &stroke);
}

/* What the score paints. */
static void play_brush(struct live *live)
{
	const struct brush_stroke *stroke;
	while (live->shown.height &&
	       (stroke = performance_next_stroke(&live->performance, position(live))))
		paint_stroke(live, stroke);
}

/* ---- the atlas ---- */

/* From the picture as it is shown, which may be mirrored, to the frame, and back. */
static double frame_x(const struct live *live, double x)
{
	return live->actions->options.display.mirror ? 1 - x : x;
}

/* One chooses while all is black, too: what is looked at is the picture behind the fader. */
static rv_status probe(struct live *live, rv_error *error)
{
	const struct action_atlas *atlas = &live->actions->atlas;
	rv_image picture = {0};
	if (!live->frame)
		return rv_fail(error, RV_NOT_FOUND, "there is no picture yet");
	rv_status status = live_show_lit(live, &picture, error);
	if (status == RV_OK)
		status = live_atlas_probe(&live->atlas, live->actions, live->dreamer.model,
		                          &picture, (float)frame_x(live, (double)atlas->x), error);
	free(picture.pixels);
	return status;
}

/* A disc of the brush's mask, which the brush can go on with and its key clears. */
static void paint_place(struct live *live)
{
	const struct action_atlas *atlas = &live->actions->atlas;
	clear_brush(live);
	paint_to(live, (double)atlas->x, (double)atlas->y,
	         (double)(place_size * live->actions->options.display.brush_size), true);
}

static void update_atlas(struct live *live)
{
	rv_error error;
	if (live_atlas_update(&live->atlas, live->actions, live->dreamer.model, &error) == RV_OK)
		return;
	live->actions->options.display.atlas = OPTION_ATLAS_OFF;
	live_hud_say(&live->hud, error.message, clock_now());
}

/* ---- requests ---- */

static const struct {
	enum action_request request;
	void (*fulfil)(struct live *live); /* NULL: attempt is called, which may fail */
	rv_status (*attempt)(struct live *live, rv_error *error);
} duties[] = {
	{ACTION_QUIT, quit, NULL},
	{ACTION_SCREENSHOT, NULL, take_screenshot},
	{ACTION_SAVE_PRESET, NULL, save_preset},
	{ACTION_RECORD, NULL, record},
	{ACTION_RESET, reset, NULL},
	{ACTION_NEXT_DISPLAY, go_to_next_display, NULL},
	{ACTION_LEARN, learn, NULL},
	{ACTION_PLAYLIST_NEXT, go_to_next_line, NULL},
	{ACTION_PLAYLIST_PAUSE, pause_playlist, NULL},
	{ACTION_FADE, fade, NULL},
	{ACTION_CLEAR_BRUSH, clear_brush, NULL},
	{ACTION_PROBE, NULL, probe},
	{ACTION_PAINT_PLACE, paint_place, NULL},
	{ACTION_TAP, tap, NULL},
	{ACTION_BEAT, tell_beat, NULL},
	{ACTION_TEMPO, tell_tempo, NULL},
};

/* What the last action asked for. */
static rv_status fulfil_requests(struct live *live, rv_error *error)
{
	unsigned requests = live->actions->requests;
	rv_status status = RV_OK;
	live->actions->requests = 0;
	for (size_t i = 0; i < sizeof(duties) / sizeof(duties[0]) && status == RV_OK; i++) {
		if (!(requests & duties[i].request))
			continue;
		if (duties[i].fulfil)
			duties[i].fulfil(live);
		else
			status = duties[i].attempt(live, error);
	}
	return status;
}

/* Runs an action (app/control/action.h), does what it asks for, and shows what came of that.
 * Whoever sent it is told the error. */
static rv_status act(void *context, const char *action, rv_error *error)
{
	struct live *live = context;
	rv_status status = action_run(live->actions, action, error);
	if (status == RV_OK)
		live_hud_say(&live->hud, live->actions->message, clock_now());
	if (status == RV_OK)
		status = fulfil_requests(live, error);
	if (status != RV_OK)
		live_hud_say(&live->hud, error->message, clock_now());
	return status;
}

/* The same where sound asks for it, which tells nothing but what cannot be. */
static rv_status follow(void *context, const char *action, rv_error *error)
{
	struct live *live = context;
	rv_status status = action_follow(live->actions, action, error);
	if (status == RV_OK)
		status = fulfil_requests(live, error);
	if (status != RV_OK)
		live_hud_say(&live->hud, error->message, clock_now());
	return status;
}

/* Sees the MIDI clock before the beats are looked for. */
static void react(struct live *live)
{
	struct midi_clock clock;
	midi_read_clock(live->remote.midi, &clock);
	tempo_follow(&live->reaction.tempo, &clock);
	reaction_take(&live->reaction, clock_now(), follow, live);
}

/* ---- the window ---- */

/* False where the brush is off. */
static bool paint(struct live *live, const struct window_event *event)
{
	const struct option_display *display = &live->actions->options.display;
	if (display->brush && live->shown.height)
		paint_to(live, frame_x(live, event->picture.x), event->picture.y,
		         (double)display->brush_size, event->begins);
	return display->brush;
}

/* False where there is no atlas to choose from: it lies where the HUD would. */
static bool point(struct live *live, const struct window_event *event)
{
	if (!live->actions->options.display.atlas || !event->over_hud)
		return false;
	if (event->begins)
		live_atlas_point(&live->atlas, live->actions, event->screen.x, event->screen.y);
	return true;
}

/* Points the pipette to a place of the frame. */
static void pick(struct live *live, const struct window_event *event)
{
	const struct options *options = &live->actions->options;
	char action[48];
	rv_error error;
	snprintf(action, sizeof(action), "probe %.4f,%.4f", frame_x(live, event->picture.x),
	         event->picture.y);
	if (!options->display.kiosk)
		act(live, action, &error);
}

/* A drag is seen in the picture, so its message is not shown. */
static void split(struct live *live, const struct window_event *event)
{
	char action[32];
	snprintf(action, sizeof(action), "set split %.3f", event->picture.x);
	action_run(live->actions, action, NULL);
}

static void drag(struct live *live, const struct window_event *event)
{
	if (event->over_show && live_display_drag(&live->display, event))
		return;
	if (point(live, event) || !event->over_show || paint(live, event))
		return;
	if (live->actions->options.display.view == OPTION_VIEW_SPLIT)
		split(live, event);
}

/* In the HUD's own window there is nothing to point to but the atlas. */
static void take_event(struct live *live, const struct window_event *event)
{
	const struct options *options = &live->actions->options;
	const char *action;
	rv_error error;
	if (!event->over_show && !options->display.atlas)
		return;
	switch (event->kind) {
	case WINDOW_CLOSE:
		live->quit = !options->display.kiosk;
		break;
	case WINDOW_HUD_CLOSE:
		live->actions->options.display.hud_number = 0;
		break;
	case WINDOW_DRAG:
		drag(live, event);
		break;
	case WINDOW_PICK:
		if (event->over_show)
			pick(live, event);
		break;
	case WINDOW_KEY:
		action = keys_find_in(&live->keys, live_display_mode(options), event->key);
		if (action && live_display_obeys(options, event->key))
			act(live, action, &error);
		break;
	}
}

void live_take_events(struct live *live)
{
	struct window_event event;
	live->actions->now = clock_now();
	while (live->window && window_next_event(live->window, &event))
		take_event(live, &event);
	live_remote_take(&live->remote, act, live);
	react(live);
	step_playlist(live);
	if (performance_play(&live->performance, position(live)))
		live->actions->requests |= ACTION_RESET;
	play_brush(live);
	fulfil_requests(live, NULL);
	watch_recording(live);
	inputs_tend(&live->inputs, &live->actions->options.live);
	live_display_place(&live->display);
	live_stores_keep(&live->stores, live->disk, clock_now());
	update_atlas(live);
	if (!options_equal(&live->sent, &live->actions->options)) {
		live->sent = live->actions->options;
		performance_note(&live->performance, position(live),
		                 live_engine_set(live->engine, &live->sent));
	}
}
