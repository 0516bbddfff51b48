/* Pictures of a sphere: what views of it see, that they join to the same sphere, and its margins.
 */
#include "engine/picture/sphere.h"

#include <math.h>
#include <stdlib.h>

#include "tests/support/device_fixture.h"
#include "tests/support/test.h"

enum { MARGIN = 9, PERIOD = 120, WIDTH = PERIOD + 2 * MARGIN, HEIGHT = 60, COUNT = WIDTH * HEIGHT };

static const struct sphere sphere = {MARGIN, PERIOD};
static const double pi = 3.14159265358979;

/* Each colour is a direction's part to the right, down or to the front. */
static void paint_directions(float rgb[3 * COUNT])
{
	for (int i = 0; i < COUNT; i++) {
		double east = ((i % WIDTH + 0.5 - MARGIN) / PERIOD - 0.5) * 2 * pi;
		double south = ((i / WIDTH + 0.5) / HEIGHT - 0.5) * pi;
		rgb[3 * i] = (float)(cos(south) * sin(east));
		rgb[3 * i + 1] = (float)sin(south);
		rgb[3 * i + 2] = (float)(cos(south) * cos(east));
	}
}

/* Between pixels h apart a line misses the unit sphere by h^2 / 8 along each of two axes. At the
 * poles, above the middle of the first row, it is the row's own distance. */
static double line_error(void)
{
	double h = 2 * pi / PERIOD;
	return h * h / 4 + 1e-4;
}

static struct raster record_views(struct recording *recording, const struct raster *raster,
                                  const struct sphere_rotation *rotation)
{
	int side = sphere_view_side(PERIOD);
	struct raster views = raster_record_own(&recording->recorder, side, SPHERE_VIEWS * side);
	int launch = sphere_record_views(&recording->recorder, raster, &sphere, &views);
	if (recording->recorder.status == RV_OK)
		sphere_set(&recording->list.launches[launch], rotation);
	return views;
}

/* The colours of the middle of a view, its right and its lower side. */
static void read_view(const float *views, int side, int view, double found[3][3])
{
	const int places[3][2] = {{side / 2, side / 2}, {side - 1, side / 2}, {side / 2, side - 1}};
	for (int i = 0; i < 3; i++)
		for (int c = 0; c < 3; c++)
			found[i][c] = (double)
				views[3 * ((view * side + places[i][1]) * side + places[i][0]) + c];
}

TEST(views_of_a_sphere_are_those_of_a_camera)
{
	/* The front, the right, the back, the left, up and down; and what lies right of each and
	 * below it. */
	static const int middle[6][3] = {{0, 0, 1},  {1, 0, 0},  {0, 0, -1},
	                                 {-1, 0, 0}, {0, -1, 0}, {0, 1, 0}};
	static const int right[6][3] = {{1, 0, 0}, {0, 0, -1}, {-1, 0, 0},
	                                {0, 0, 1}, {1, 0, 0},  {1, 0, 0}};
	static const int below[6][3] = {{0, 1, 0}, {0, 1, 0}, {0, 1, 0},
	                                {0, 1, 0}, {0, 0, 1}, {0, 0, -1}};
	struct sphere_rotation none = sphere_rotate(0, 0, 0);
	struct recording recording;
	int side = sphere_view_side(PERIOD);
	float rgb[3 * COUNT], *seen = malloc((size_t)side * (size_t)side * 18 * sizeof(*seen));

	paint_directions(rgb);
	REQUIRE(seen && recording_start(&recording));
	struct raster raster = recording_raster(&recording, rgb, WIDTH, HEIGHT);
	struct raster views = record_views(&recording, &raster, &none);
	REQUIRE(recording_run(&recording) && recording_read_raster(&recording, &views, seen));
	for (int view = 0; view < SPHERE_VIEWS; view++) {
		double found[3][3];
		read_view(seen, side, view, found);
		for (int i = 0; i < 3; i++) {
			const int *wanted = i == 0   ? middle[view]
			                    : i == 1 ? right[view]
			                             : below[view];
			double along = 0;
			for (int c = 0; c < 3; c++)
				along += found[i][c] * wanted[c];
			/* At a side, 1.2 times as far off as the middle is away; and a pixel is 1.5
			 * degrees on each side of the middle. */
			CHECK_MESSAGE(along > (i == 0 ? 0.995 : 0.75), "view %d, place %d: %g",
			              view, i, along);
		}
	}
	recording_end(&recording);
	free(seen);
}

/* Any way the cube stands; the borders of views lie all over the sphere. */
TEST(views_join_to_the_sphere_that_they_were_taken_of)
{
	const float turns[][3] = {{0, 0, 0}, {1, 0, 0}, {0.3f, 2, 0.4f}, {3, 5, 1.5f}};
	float rgb[3 * COUNT], joined[3 * COUNT];

	paint_directions(rgb);
	for (size_t turn = 0; turn < sizeof(turns) / sizeof(turns[0]); turn++) {
		struct sphere_rotation rotation =
			sphere_rotate(turns[turn][0], turns[turn][1], turns[turn][2]);
		struct recording recording;
		double worst = 0;
		REQUIRE(recording_start(&recording));
		struct raster raster = recording_raster(&recording, rgb, WIDTH, HEIGHT);
		struct raster back = raster_record_own(&recording.recorder, WIDTH, HEIGHT);
		struct raster views = record_views(&recording, &raster, &rotation);
		int launch = sphere_record_back(&recording.recorder, &views, &back, &sphere);
		REQUIRE(recording.recorder.status == RV_OK);
		sphere_set(&recording.list.launches[launch], &rotation);
		REQUIRE(recording_run(&recording) &&
		        recording_read_raster(&recording, &back, joined));
		for (int i = 0; i < 3 * COUNT; i++)
			worst = fmax(worst, fabs((double)joined[i] - (double)rgb[i]));
		/* A line there and a line back, where views are up to twice as fine; and half a row
		 * at the poles, where the border is repeated. */
		CHECK_MESSAGE(worst < 2 * line_error() + pi / HEIGHT / 2, "off by %g", worst);
		recording_end(&recording);
	}
}

TEST(margins_of_a_sphere_are_mended_from_the_other_side)
{
	float rgb[3 * COUNT], mended[3 * COUNT];
	struct recording recording;
	rv_error error;

	for (int i = 0; i < 3 * COUNT; i++)
		rgb[i] = (float)(i / 3 % WIDTH);
	REQUIRE(recording_start(&recording));
	struct raster raster = recording_raster(&recording, rgb, WIDTH, HEIGHT);
	REQUIRE(recording_run(&recording));
	REQUIRE(!sphere_mend_margins(&raster, MARGIN, fixture_device()->queue, &error));
	REQUIRE(recording_read_raster(&recording, &raster, mended));
	for (int i = 0; i < 3 * COUNT; i++) {
		int x = i / 3 % WIDTH;
		int from = x < MARGIN ? x + PERIOD : x >= MARGIN + PERIOD ? x - PERIOD : x;
		CHECK(mended[i] == (float)from);
	}
	recording_end(&recording);
}
