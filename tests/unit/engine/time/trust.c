/* What a frame inherits, by kernels alone: on flows and pictures made here. */
#include <math.h>

#include "engine/time/temporal_record.h"
#include "tests/support/device_fixture.h"
#include "tests/support/test.h"

enum { WIDTH = 48, HEIGHT = 32, PIXELS = WIDTH * HEIGHT };

/* The middle of the picture, far from what borders do. */
enum { MIDDLE = HEIGHT / 2 * WIDTH + WIDTH / 2 };

enum { DREAMED = 3 };

struct scene_made {
	struct recording recording;
	struct temporal_buffers buffers;
	int settle, inherit, keep;
	float there, back, light, change; /* flow in pixels to the right; brightness; its change */
	float down;                       /* of the flow there; the way back goes up as far */
	float maturity, textured;         /* of the detail; 1: a wave of eight pixels, 0: all 1 */
	struct raster dreamed;            /* what the frame becomes: all DREAMED */
};

static void fill(float *pixels, const float value[4])
{
	for (int i = 0; i < 4 * PIXELS; i++)
		pixels[i] = value[i % 4];
}

static cl_mem flow_of(struct recording *recording, float right, float down)
{
	static float flow[2 * PIXELS];

	for (int i = 0; i < PIXELS; i++) {
		flow[2 * i] = right;
		flow[2 * i + 1] = down;
	}
	return recording_buffer(recording, flow, 2 * (size_t)PIXELS);
}

static struct raster raster_holding(struct recording *recording, const float pixels[4 * PIXELS])
{
	return (struct raster){.buffer = recording_buffer(recording, pixels, 4 * (size_t)PIXELS),
	                       .width = WIDTH,
	                       .height = HEIGHT};
}

static struct raster raster_of(struct recording *recording, const float value[4])
{
	static float pixels[4 * PIXELS];

	fill(pixels, value);
	return raster_holding(recording, pixels);
}

static void paint_detail(const struct scene_made *made, float pixels[4 * PIXELS])
{
	for (int i = 0; i < 4 * PIXELS; i++) {
		double wave = cos(acos(-1) * (i / 4 % WIDTH) / 4);
		pixels[i] = i % 4 == 3 ? made->maturity : made->textured > 0 ? (float)wave : 1;
	}
}

/* Records all that a frame goes through until it has what it inherits. */
static bool make(struct scene_made *made)
{
	static float detail[4 * PIXELS];
	static struct raster frame, kept, inherited;
	struct recording *recording = &made->recording;
	const float past[4] = {made->light, made->light, made->light, 0}, none[4] = {0};
	const float dreamed[4] = {DREAMED, DREAMED, DREAMED, 0};
	float now[4] = {0};

	if (!recording_start(recording))
		return false;
	for (int c = 0; c < 3; c++)
		now[c] = made->light + made->change;
	frame = raster_of(recording, now);
	inherited = raster_of(recording, none);
	paint_detail(made, detail);
	kept = raster_holding(recording, detail);
	made->buffers = (struct temporal_buffers){
		.rasters = {.frame = &frame, .detail = &kept, .inherited = &inherited},
		.side = 8,
		.columns = 6,
		.blocks = 24};
	temporal_record_buffers(&recording->recorder, &made->buffers);
	made->buffers.past = raster_of(recording, past);
	made->buffers.dreamed = raster_holding(recording, detail);
	made->buffers.to_past = flow_of(recording, made->there, made->down);
	made->buffers.to_newest = flow_of(recording, made->back, -made->down);
	temporal_record_trace(&recording->recorder, &made->buffers);
	temporal_record_compare(&recording->recorder, &made->buffers);
	made->settle = recording->list.count;
	temporal_record_settle(&recording->recorder, &made->buffers);
	made->inherit = recording->list.count;
	temporal_record_inherit(&recording->recorder, &made->buffers);
	made->keep = recording->list.count;
	made->dreamed = raster_of(recording, dreamed);
	temporal_record_keep(&recording->recorder, &made->buffers, &made->dreamed);
	return true;
}

static void set(const struct scene_made *made, cl_uint argument, double value)
{
	launch_set_float(&made->recording.list.launches[made->inherit], argument, (float)value);
}

/* Runs it where nothing is to be lost but what cannot be trusted; returns what is inherited in the
 * middle, and there[4] of it. */
static double inherit(struct scene_made *made, double still, double moving, float there[4])
{
	static const float identity[] = {1, 0, 0, 0, 1, 0};
	static float pixels[4 * PIXELS];

	launch_set_float(&made->recording.list.launches[made->settle], SETTLE_GAIN, 1);
	launch_set_float(&made->recording.list.launches[made->settle], SETTLE_OFFSET, 0);
	set(made, INHERIT_STILL, still);
	set(made, INHERIT_MOVING, moving);
	set(made, INHERIT_RESTING, 1);
	set(made, INHERIT_MATURITY_STILL, 1);
	set(made, INHERIT_MATURITY_MOVING, 1);
	for (cl_uint i = 0; i < MOVE_COUNT; i++)
		set(made, INHERIT_MOVE + i, (double)identity[i]);
	launch_set_float(&made->recording.list.launches[made->keep], KEEP_MATURING, 1 / 30.0f);
	if (!recording_run(&made->recording) ||
	    !recording_read(&made->recording, made->buffers.rasters.inherited->buffer, pixels,
	                    sizeof(pixels)))
		return NAN;
	for (int c = 0; c < 4; c++)
		there[c] = pixels[4 * MIDDLE + c];
	return (double)there[0];
}

static double inherited_of(struct scene_made made, double still, double moving, float there[4])
{
	double value = make(&made) ? inherit(&made, still, moving, there) : NAN;

	recording_end(&made.recording);
	return value;
}

TEST(what_both_flows_agree_on_is_inherited)
{
	float there[4];
	const struct scene_made agreed = {.there = 3, .back = -3, .maturity = 0.5f};

	CHECK(fabs(inherited_of(agreed, 1, 1, there) - 1) < 1e-5);
	CHECK(fabsf(there[3] - 0.5f) < 1e-5f);
}

/* Alike enough where the flows agree; only the way back does not lead to where it began. */
TEST(what_the_flows_disagree_on_is_not_inherited)
{
	float there[4];
	const struct scene_made astray = {.there = 3, .back = 0, .change = 0.1f, .maturity = 0.5f};
	const struct scene_made nearly = {
		.there = 3, .back = -2.6f, .change = 0.1f, .maturity = 0.5f};

	CHECK(inherited_of(astray, 1, 1, there) == 0);
	CHECK(there[3] == 0);
	CHECK(inherited_of(nearly, 1, 1, there) > 0.9);
}

/* A flat place leaves open how it moves: the flows disagree, and nothing came into view. */
TEST(what_looks_the_same_is_inherited_though_the_flows_disagree)
{
	float there[4];
	const struct scene_made wall = {.there = 3, .back = 0, .change = 0.02f, .maturity = 0.5f};

	CHECK(fabs(inherited_of(wall, 1, 1, there) - 1) < 1e-5);
	CHECK(fabsf(there[3] - 0.5f) < 1e-5f);
}

/* Both flows agree; only what is there looks different. */
TEST(what_looks_different_is_not_inherited)
{
	float there[4];
	const struct scene_made other = {.change = 0.45f, .maturity = 0.5f};
	const struct scene_made dimmed = {.change = -0.1f, .maturity = 0.5f};

	CHECK(inherited_of(other, 1, 1, there) == 0);
	CHECK(there[3] == 0);
	CHECK(inherited_of(dimmed, 1, 1, there) == 1);
}

TEST(moving_and_still_parts_are_told_apart)
{
	float there[4];
	const struct scene_made moving = {.there = 1, .back = -1, .maturity = 0.5f};
	const struct scene_made still = {.maturity = 0.5f};

	CHECK(fabs(inherited_of(moving, 0.25, 0.75, there) - 0.75) < 1e-5);
	CHECK(fabs(inherited_of(still, 0.25, 0.75, there) - 0.25) < 1e-5);
}

TEST(what_is_at_rest_is_passed_on_whole_and_wakes_when_it_moves)
{
	float there[4];
	const struct scene_made still = {.maturity = 1, .textured = 1};
	const struct scene_made moving = {.there = 1, .back = -1, .maturity = 1};

	CHECK(fabs(fabs(inherited_of(still, 0.5, 0.5, there)) - 1) < 1e-6 && there[3] == 1);
	CHECK(fabs(inherited_of(moving, 0.5, 0.5, there) - 0.5) < 1e-5);
	CHECK(fabsf(there[3] - 0.5f) < 1e-5f);
}

/* A wave of eight pixels fetched from half way between them, once: fine lines outlive many frames.
 */
TEST(a_fetch_keeps_fine_lines)
{
	float there[4];
	const struct scene_made made = {
		.there = 0.5f, .back = -0.5f, .maturity = 0.5f, .textured = 1};
	double wave = cos(acos(-1) * (WIDTH / 2 + 0.5) / 4);

	CHECK_MESSAGE(fabs(inherited_of(made, 1, 1, there) / wave - 1) < 0.02, "%g of %g",
	              (double)there[0], wave);
}

/* So small an offset that its square is no number any more. */
TEST(a_fetch_from_next_to_nothing_beside_a_pixel_is_that_pixel)
{
	float there[4];
	const struct scene_made made = {
		.there = 1e-30f, .back = -1e-30f, .down = 2, .maturity = 0.5f, .textured = 1};
	static float pixels[4 * PIXELS];
	struct scene_made scene = made;

	REQUIRE(make(&scene));
	inherit(&scene, 1, 1, there);
	CHECK(recording_read(&scene.recording, scene.buffers.rasters.inherited->buffer, pixels,
	                     sizeof(pixels)));
	for (int i = 0; i < PIXELS / 2; i++)
		CHECK_MESSAGE(fabsf(pixels[4 * i] - cosf(acosf(-1) * (float)(i % WIDTH) / 4)) <
		                      1e-3f,
		              "pixel %d: %g", i, (double)pixels[4 * i]);
	recording_end(&scene.recording);
}

/* ---- what is shown ---- */

/* In the middle, after a scene was run: what a raster holds. */
static bool look(struct scene_made *made, const struct raster *raster, float there[4])
{
	static float pixels[4 * PIXELS];

	if (!recording_read(&made->recording, raster->buffer, pixels, sizeof(pixels)))
		return false;
	for (int c = 0; c < 4; c++)
		there[c] = pixels[4 * MIDDLE + c];
	return true;
}

/* The same of what is seen, which has 16 bits. */
static bool look_at_seen(struct scene_made *made, float there[4])
{
	static uint16_t pixels[4 * PIXELS];

	if (!recording_read(&made->recording, made->buffers.seen, pixels, sizeof(pixels)))
		return false;
	for (int c = 0; c < 3; c++)
		there[c] = (float)(pixels[4 * MIDDLE + c] - 32768) / 16384;
	there[3] = (float)pixels[4 * MIDDLE + 3] / 65535;
	return true;
}

/* The detail as shown and as kept, and what of the last one is still seen. */
struct shown {
	float detail[4], kept[4], seen[4];
};

static struct shown show(struct scene_made made, double still, double moving)
{
	struct shown shown = {{NAN}, {NAN}, {NAN}};
	float there[4];

	if (make(&made)) {
		inherit(&made, still, moving, there);
		CHECK(look(&made, made.buffers.rasters.detail, shown.detail) &&
		      look(&made, &made.buffers.dreamed, shown.kept) &&
		      look_at_seen(&made, shown.seen));
	}
	recording_end(&made.recording);
	return shown;
}

/* Steps differ from frame to frame more than the dream that they add up to. */
TEST(of_what_is_new_a_part_is_shown_and_all_is_kept)
{
	const struct scene_made made = {.there = 3, .back = -3, .maturity = 0.5f};
	struct shown shown = show(made, 1, 1);
	double part = ((double)shown.detail[0] - 1) / (DREAMED - 1); /* all was 1 */

	CHECK_MESSAGE(part > 0.2 && part < 0.67, "%g", part);
	CHECK(fabsf(shown.kept[0] - DREAMED) < 1e-5f);
}

TEST(what_was_shown_is_carried_along)
{
	const struct scene_made made = {.there = 3, .back = -3, .maturity = 0.5f, .textured = 1};
	double wave = cos(acos(-1) * (WIDTH / 2 + 3) / 4);

	CHECK(fabs((double)show(made, 1, 1).seen[0] - wave) < 1e-4);
}

TEST(what_is_not_inherited_is_not_shown_either)
{
	const struct scene_made moving = {.there = 3, .back = -3, .maturity = 0.5f};
	const struct scene_made other = {.change = 0.45f, .maturity = 0.5f};

	CHECK(fabsf(show(moving, 1, 0).detail[0] - DREAMED) < 1e-5f);
	CHECK(fabsf(show(moving, 1, 0.5).seen[3] - 0.5f) < 1e-5f);
	CHECK(fabsf(show(other, 1, 1).detail[0] - DREAMED) < 1e-5f);
}

/* Else a still scene would never come to rest. */
TEST(what_is_at_rest_is_shown_as_it_is)
{
	const struct scene_made resting = {.maturity = 1};
	struct shown shown = show(resting, 1, 1);

	CHECK(shown.seen[3] == 0 && shown.detail[0] == shown.kept[0]);
}

/* ---- what is dreamed on ---- */

/* Half of the picture is fresh, half goes on. A step is as long as it is said to be where it is
 * fresh, and its length in all is the RMS of that. */
TEST(what_goes_on_takes_a_part_of_each_step)
{
	static const float living = 0.25f;
	static float maturity[4 * PIXELS], moved[4 * PIXELS];
	const float one[4] = {1, 1, 1, 1};
	struct recording recording;
	struct raster gradient, inherited;
	struct temporal_buffers buffers;
	float length = 0;
	cl_mem found;

	REQUIRE(recording_start(&recording));
	for (int i = 0; i < PIXELS; i++)
		maturity[4 * i + 3] = i < PIXELS / 2 ? 0 : (float)MATURITY_ALIVE;
	inherited = raster_holding(&recording, maturity);
	gradient = raster_of(&recording, one);
	found = recording_buffer(&recording, &length, 1);
	buffers = (struct temporal_buffers){
		.rasters = {.frame = &gradient, .detail = &gradient, .inherited = &inherited},
		.side = 8,
		.columns = 6,
		.blocks = 24};
	buffers.wants = recording_buffer(&recording, moved, sizeof(struct temporal_wants) / 4);
	temporal_record_want(&recording.recorder, &buffers);
	temporal_record_mask(&recording.recorder, &gradient, &inherited, buffers.wants, found);
	launch_set_float(&recording.list.launches[recording.list.count - 1], MASK_LIVING, living);
	CHECK(recording_run(&recording) &&
	      recording_read(&recording, gradient.buffer, moved, sizeof(moved)) &&
	      recording_read(&recording, found, &length, sizeof(length)));
	CHECK(moved[0] == 1 && moved[4 * (PIXELS - 1)] == living);
	CHECK(fabs((double)length - sqrt((1 + 0.0625) / 2)) < 1e-5);
	recording_end(&recording);
}
