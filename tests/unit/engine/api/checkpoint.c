/* What a dream remembers, written out and read back by another engine. */
#include <stdlib.h>
#include <string.h>

#include "engine/reverie_checkpoint.h"
#include "tests/support/temporal_fixture.h"
#include "tests/support/test.h"

/* ---- bytes in memory ---- */

struct bytes {
	unsigned char *data;
	size_t count, capacity, at;
};

static bool add_bytes(void *context, const void *data, size_t count)
{
	struct bytes *bytes = context;

	if (bytes->count + count > bytes->capacity) {
		bytes->capacity = 2 * (bytes->count + count);
		bytes->data = realloc(bytes->data, bytes->capacity);
	}
	if (!bytes->data)
		return false;
	memcpy(bytes->data + bytes->count, data, count);
	bytes->count += count;
	return true;
}

static bool take_bytes(void *context, void *data, size_t count)
{
	struct bytes *bytes = context;

	if (bytes->count - bytes->at < count)
		return false;
	memcpy(data, bytes->data + bytes->at, count);
	bytes->at += count;
	return true;
}

/* The first so many pieces of them. */
struct beginning {
	struct bytes bytes;
	int pieces;
};

static bool take_beginning(void *context, void *data, size_t count)
{
	struct beginning *beginning = context;

	return beginning->pieces-- > 0 && take_bytes(&beginning->bytes, data, count);
}

static bool refuse_bytes(void *context, const void *data, size_t count)
{
	(void)context;
	(void)data;
	return count == 0;
}

/* ---- a film ---- */

enum { FRAMES = 14, FLASH = 4, CUT = 8 };

/* A scene that moves, with a flash in it, and another one. */
static void paint_frame(struct fixture *fixture, int number)
{
	if (number == FLASH)
		for (int i = 0; i < COUNT; i++)
			fixture->frame[i] = 0.98f;
	else
		paint(fixture, number < CUT ? 1 : 2, 1.5 * number, 0.5 * number);
}

/* How a film is dreamed; number is the frame's. */
typedef void set_frame(rv_params *params, int number);

static void plainly(rv_params *params, int number)
{
	(void)params;
	(void)number;
}

static void drifting(rv_params *params, int number)
{
	(void)number;
	params->time.drift = 0.5f;
	params->time.zoom = 1.1f;
}

static void beginning_slowly(rv_params *params, int number)
{
	(void)number;
	params->time.onset = 5;
}

static void two_targets(rv_params *params, int number)
{
	(void)number;
	params->target_count = 2;
	for (int i = 0; i < 2; i++)
		params->targets[i] = (rv_target){.weight = i ? 0.5f : 1};
	strcpy(params->targets[0].layer, "high");
	strcpy(params->targets[1].layer, "b");
}

static void in_turns(rv_params *params, int number)
{
	two_targets(params, number);
	params->alternation = RV_ALTERNATE_FRAMES;
}

static void by_chance(rv_params *params, int number)
{
	(void)number;
	params->octave_order = RV_OCTAVES_CHANCE;
	params->octaves_above = 1;
}

static void blended(rv_params *params, int number)
{
	(void)number;
	params->time.on = false;
	params->blend = 0.5f;
}

static void changing(rv_params *params, int number)
{
	params->octaves = number < 3 ? 2 : 3;
	params->octaves_above = number < 12 ? 0 : 1;
	params->objective = number < 6 ? RV_OBJECTIVE_L2 : RV_OBJECTIVE_MEAN;
	params->time.flow_skip = number < 11 ? 1 : 2;
}

static void around(rv_params *params, int number)
{
	(void)number;
	params->sphere = true;
}

static const struct {
	const char *name;
	set_frame *set;
	bool limited; /* in memory, as far as that gradients lie in the detail */
} ways[] = {
	{"plain", plainly, false},      {"in limited memory", plainly, true},
	{"drifting", drifting, false},  {"beginning slowly", beginning_slowly, false},
	{"to two", two_targets, false}, {"to two in turns", in_turns, false},
	{"by chance", by_chance, true}, {"blended", blended, false},
	{"changing", changing, false},  {"around", around, false},
};

static bool open_way(struct fixture *fixture, size_t way)
{
	const rv_config config = {.memory_limit = (uint64_t)ways[way].limited << 30};

	return set_up_configured(fixture, 1, &config);
}

/* Dreams frame by frame, each by an engine of its own that goes on from the last one's checkpoint.
 */
static void dream_in_pieces(size_t way, const float *whole)
{
	struct bytes last = {0};

	for (int i = 0; i < FRAMES; i++) {
		struct bytes next = {0};
		struct fixture fixture;

		REQUIRE(open_way(&fixture, way));
		rv_params usual = fixture.params;
		if (i) {
			ways[way].set(&fixture.params, i - 1);
			CHECK(!rv_set_params(fixture.engine, &fixture.params, &fixture.error));
			CHECK_MESSAGE(!rv_checkpoint_load(fixture.engine, take_bytes, &last,
			                                  &fixture.error),
			              "%s", fixture.error.message);
			CHECK(last.at == last.count);
		}
		fixture.params = usual;
		ways[way].set(&fixture.params, i);
		fixture.time = i * frame_time;
		paint_frame(&fixture, i);
		dream(&fixture);
		CHECK_MESSAGE(
			!memcmp(fixture.dream, whole + (size_t)i * COUNT, sizeof(fixture.dream)),
			"%s: frame %d differs", ways[way].name, i);
		CHECK(!rv_checkpoint_save(fixture.engine, add_bytes, &next, &fixture.error));
		tear_down(&fixture);
		free(last.data);
		last = next;
	}
	free(last.data);
}

TEST(a_dream_goes_on_from_a_checkpoint_to_the_last_bit)
{
	static float whole[FRAMES * COUNT];

	for (size_t way = 0; way < sizeof(ways) / sizeof(ways[0]); way++) {
		struct fixture fixture;
		int cuts = 0;

		REQUIRE(open_way(&fixture, way));
		rv_params usual = fixture.params;
		for (int i = 0; i < FRAMES; i++) {
			fixture.params = usual;
			ways[way].set(&fixture.params, i);
			paint_frame(&fixture, i);
			cuts += dream(&fixture).cut;
			memcpy(whole + (size_t)i * COUNT, fixture.dream, sizeof(fixture.dream));
		}
		CHECK_MESSAGE(way || cuts == 1, "%s: %d cuts", ways[way].name, cuts);
		tear_down(&fixture);
		dream_in_pieces(way, whole);
	}
}

/* ---- what is refused ---- */

/* Dreams two frames, of which the checkpoint is. */
static bool make_checkpoint(struct fixture *fixture, struct bytes *bytes)
{
	if (!set_up(fixture))
		return false;
	for (int i = 0; i < 2; i++) {
		paint_frame(fixture, i);
		dream(fixture);
	}
	return !rv_checkpoint_save(fixture->engine, add_bytes, bytes, &fixture->error);
}

static rv_status load(struct fixture *fixture, struct bytes *bytes)
{
	bytes->at = 0;
	return rv_checkpoint_load(fixture->engine, take_bytes, bytes, &fixture->error);
}

/* What it goes on from is the last frame, too, which nobody has given to the new engine. */
TEST(a_journey_goes_on_from_a_checkpoint_to_the_last_bit)
{
	static float whole[COUNT];
	struct bytes bytes = {0};
	struct fixture fixture;
	rv_image output;

	for (int turn = 0; turn < 2; turn++) {
		REQUIRE(turn ? set_up(&fixture) : make_checkpoint(&fixture, &bytes));
		CHECK(!rv_set_params(fixture.engine, &fixture.params, &fixture.error));
		CHECK(!turn || !load(&fixture, &bytes));
		output = image_of(fixture.dream);
		CHECK(!rv_journey(fixture.engine, 2 * frame_time, &output, &fixture.error));
		CHECK(!turn || !memcmp(fixture.dream, whole, sizeof(whole)));
		memcpy(whole, fixture.dream, sizeof(whole));
		tear_down(&fixture);
	}
	free(bytes.data);
}

TEST(a_damaged_checkpoint_is_refused_and_forgotten)
{
	struct bytes bytes = {0};
	struct fixture fixture;

	REQUIRE(make_checkpoint(&fixture, &bytes));
	CHECK(!load(&fixture, &bytes));
	for (size_t i = 0; i < 24; i++) {
		unsigned char *byte = &bytes.data[i < 12 ? i : i * (bytes.count - 1) / 23];
		*byte ^= 0x10;
		CHECK_MESSAGE(load(&fixture, &bytes) == RV_CORRUPT, "byte %zu",
		              (size_t)(byte - bytes.data));
		*byte ^= 0x10;
	}
	for (size_t i = 0; i < 8; i++) {
		struct bytes part = {bytes.data, bytes.count * i / 8, 0, 0};
		CHECK(load(&fixture, &part) == RV_CORRUPT);
	}
	CHECK(dream(&fixture).cold);
	free(bytes.data);
	tear_down(&fixture);
}

/* After each piece of the first ones: what an engine remembers is not there yet. */
TEST(a_checkpoint_that_ends_early_is_refused_by_a_new_engine)
{
	enum { PIECES = 12 };
	struct bytes bytes = {0};
	struct fixture fixture;

	REQUIRE(make_checkpoint(&fixture, &bytes));
	tear_down(&fixture);
	for (int pieces = 0; pieces < PIECES; pieces++) {
		struct beginning beginning = {{bytes.data, bytes.count, 0, 0}, pieces};
		REQUIRE(set_up(&fixture));
		CHECK(!rv_set_params(fixture.engine, &fixture.params, &fixture.error));
		CHECK(rv_checkpoint_load(fixture.engine, take_beginning, &beginning,
		                         &fixture.error) == RV_CORRUPT);
		tear_down(&fixture);
	}
	free(bytes.data);
}

TEST(a_checkpoint_of_other_settings_is_refused)
{
	struct bytes bytes = {0};
	struct fixture fixture;

	REQUIRE(make_checkpoint(&fixture, &bytes));
	fixture.params.iterations++;
	CHECK(!rv_set_params(fixture.engine, &fixture.params, &fixture.error));
	CHECK(load(&fixture, &bytes) == RV_INVALID);
	CHECK_MESSAGE(strstr(fixture.error.message, "other settings"), "%s", fixture.error.message);
	fixture.params.iterations--;
	CHECK(!rv_set_params(fixture.engine, &fixture.params, &fixture.error));
	CHECK(!load(&fixture, &bytes));
	free(bytes.data);
	tear_down(&fixture);
}

TEST(no_checkpoint_is_saved_of_nothing_or_to_nowhere)
{
	struct bytes bytes = {0};
	struct fixture fixture;

	REQUIRE(set_up(&fixture));
	CHECK(rv_checkpoint_save(fixture.engine, add_bytes, &bytes, NULL) == RV_INVALID);
	paint_frame(&fixture, 0);
	dream(&fixture);
	CHECK(rv_checkpoint_save(fixture.engine, refuse_bytes, NULL, NULL) == RV_IO);
	rv_reset(fixture.engine);
	CHECK(rv_checkpoint_save(fixture.engine, add_bytes, &bytes, NULL) == RV_INVALID);
	CHECK(!bytes.count);
	tear_down(&fixture);
}
