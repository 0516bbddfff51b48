#include "app/screen/projection.h"

#include <math.h>
#include <string.h>

static const double degree = 3.14159265358979323846 / 180;

/* A corner's triangle is at least this part of the screen: thinner ones magnify beyond reason. */
static const double least_triangle = 0.02;

const struct projection_quad projection_whole = {{{0, 0}, {1, 0}, {1, 1}, {0, 1}}};

/* ---- corners ---- */

static double cross(struct projection_point a, struct projection_point b, struct projection_point c)
{
	return (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x);
}

bool projection_quad_is_sound(const struct projection_quad *quad)
{
	for (int i = 0; i < PROJECTION_CORNERS; i++) {
		double area = cross(quad->corner[i], quad->corner[(i + 1) % PROJECTION_CORNERS],
		                    quad->corner[(i + 2) % PROJECTION_CORNERS]);
		if (!(area >= least_triangle)) /* not a number is not sound either */
			return false;
	}
	return true;
}

bool projection_quad_is_whole(const struct projection_quad *quad)
{
	return !memcmp(quad, &projection_whole, sizeof(*quad));
}

/* ---- matrices ---- */

static void multiply(double product[9], const double a[9], const double b[9])
{
	for (int row = 0; row < 3; row++)
		for (int column = 0; column < 3; column++) {
			double sum = 0;
			for (int i = 0; i < 3; i++)
				sum += a[3 * row + i] * b[3 * i + column];
			product[3 * row + column] = sum;
		}
}

/* The adjugate: the inverse but for a factor, which a projective map does not see. */
static void invert(double inverse[9], const double m[9])
{
	for (int row = 0; row < 3; row++)
		for (int column = 0; column < 3; column++) {
			int r1 = (column + 1) % 3, r2 = (column + 2) % 3;
			int c1 = (row + 1) % 3, c2 = (row + 2) % 3;
			inverse[3 * row + column] =
				m[3 * r1 + c1] * m[3 * r2 + c2] - m[3 * r1 + c2] * m[3 * r2 + c1];
		}
}

/* The unit square to the quadrilateral. */
static void bend(double m[9], const struct projection_quad *quad)
{
	const struct projection_point *p = quad->corner;
	double dx1 = p[1].x - p[2].x, dx2 = p[3].x - p[2].x;
	double dy1 = p[1].y - p[2].y, dy2 = p[3].y - p[2].y;
	double sx = p[0].x - p[1].x + p[2].x - p[3].x, sy = p[0].y - p[1].y + p[2].y - p[3].y;
	double area = dx1 * dy2 - dx2 * dy1;
	double g = (sx * dy2 - dx2 * sy) / area, h = (dx1 * sy - sx * dy1) / area;
	const double made[9] = {p[1].x - p[0].x + g * p[1].x,
	                        p[3].x - p[0].x + h * p[3].x,
	                        p[0].x,
	                        p[1].y - p[0].y + g * p[1].y,
	                        p[3].y - p[0].y + h * p[3].y,
	                        p[0].y,
	                        g,
	                        h,
	                        1};
	memcpy(m, made, sizeof(made));
}

static struct projection_point apply(const double m[9], struct projection_point point)
{
	double w = m[6] * point.x + m[7] * point.y + m[8];
	return (struct projection_point){(m[0] * point.x + m[1] * point.y + m[2]) / w,
	                                 (m[3] * point.x + m[4] * point.y + m[5]) / w};
}

/* ---- pictures ---- */

/* Sine and cosine, exact for quarter turns: a straight picture must be known for one. */
static void angle(double turn, double *sine, double *cosine)
{
	static const int exact[] = {0, 1, 0, -1};
	double quarters = turn / 90;
	if (quarters == floor(quarters)) {
		int quarter = (int)(quarters - 4 * floor(quarters / 4));
		*sine = exact[quarter];
		*cosine = exact[(quarter + 1) % 4];
	} else {
		*sine = sin(turn * degree);
		*cosine = cos(turn * degree);
	}
}

/* Width and height of what is shown, before it is turned. */
static struct projection_point scaled_size(const struct projection_screen *screen, int width,
                                           int height, double sine, double cosine)
{
	double s = fabs(sine), c = fabs(cosine);
	/* The upright rectangle around the turned picture, and that around the screen as the
	 * turned picture sees it. */
	double across = width * c + height * s, down = width * s + height * c;
	double seen_across = screen->width * c + screen->height * s;
	double seen_down = screen->width * s + screen->height * c;
	double factor = fmin(screen->width / across, screen->height / down);
	if (screen->scale == PROJECTION_STRETCH)
		return (struct projection_point){seen_across, seen_down};
	if (screen->scale == PROJECTION_FILL)
		factor = fmax(seen_across / width, seen_down / height);
	if (screen->scale == PROJECTION_INTEGER)
		factor = factor >= 1 ? floor(factor + 1e-9) : 1 / ceil(1 / factor - 1e-9);
	return (struct projection_point){factor * width, factor * height};
}

/* Takes the unit square to a rectangle of this size, turned, around middle. An upright one begins
 * and ends on whole pixels, so that it is as sharp as it can be. */
static void place(double m[9], struct projection_point size, struct projection_point middle,
                  double sine, double cosine)
{
	bool quarter = sine == 0 || cosine == 0;
	double across = size.x * cosine, across_y = size.x * sine;
	double down_x = -size.y * sine, down = size.y * cosine;
	double left = middle.x - (across + down_x) / 2, top = middle.y - (across_y + down) / 2;
	if (quarter) {
		double right = round(left + across + down_x);
		double bottom = round(top + across_y + down);
		left = round(left);
		top = round(top);
		if (cosine != 0) {
			across = right - left;
			down = bottom - top;
		} else {
			down_x = right - left;
			across_y = bottom - top;
		}
	}
	const double made[9] = {across, down_x, left, across_y, down, top, 0, 0, 1};
	memcpy(m, made, sizeof(made));
}

/* What lies on the flat screen, in its pixels, onto the bent one. */
static struct projection on_screen(const struct projection_screen *screen, const double flat[9])
{
	const double width = screen->width, height = screen->height;
	const double to_unit[9] = {1 / width, 0, 0, 0, 1 / height, 0, 0, 0, 1};
	const double to_pixels[9] = {width, 0, 0, 0, height, 0, 0, 0, 1};
	struct projection made = {.flat = projection_quad_is_whole(&screen->corners) ||
	                                  !projection_quad_is_sound(&screen->corners)};
	double bent[9], unit[9], square[9];
	if (made.flat) {
		memcpy(made.to, flat, sizeof(made.to));
	} else {
		bend(bent, &screen->corners);
		multiply(unit, to_unit, flat);
		multiply(square, bent, unit);
		multiply(made.to, to_pixels, square);
	}
	made.straight = made.flat && flat[1] == 0 && flat[3] == 0 && flat[0] > 0 && flat[4] > 0;
	invert(made.from, made.to);
	return made;
}

struct projection projection_of_picture(const struct projection_screen *screen, int width,
                                        int height)
{
	double flat[9], sine, cosine;
	struct projection_point middle = {screen->width / 2.0, screen->height / 2.0};
	angle(screen->turn, &sine, &cosine);
	place(flat, scaled_size(screen, width, height, sine, cosine), middle, sine, cosine);
	return on_screen(screen, flat);
}

/* ---- sheets ---- */

void projection_sheet_area(const struct projection_screen *screen, int *width, int *height)
{
	double sine, cosine;
	angle(90 * round(screen->turn / 90), &sine, &cosine);
	*width = cosine != 0 ? screen->width : screen->height;
	*height = cosine != 0 ? screen->height : screen->width;
}

struct projection projection_of_sheet(const struct projection_screen *screen, int width, int height)
{
	double flat[9], sine, cosine;
	int across, down;
	angle(90 * round(screen->turn / 90), &sine, &cosine);
	projection_sheet_area(screen, &across, &down);
	/* From the middle of the screen to that of the sheet, as the sheet sees it, and turned. */
	double x = (width - across) / 2.0, y = (height - down) / 2.0;
	struct projection_point size = {width, height};
	struct projection_point middle = {screen->width / 2.0 + x * cosine - y * sine,
	                                  screen->height / 2.0 + x * sine + y * cosine};
	place(flat, size, middle, sine, cosine);
	return on_screen(screen, flat);
}

struct projection_point projection_map(const struct projection *projection,
                                       struct projection_point point)
{
	return apply(projection->to, point);
}

struct projection_point projection_unmap(const struct projection *projection,
                                         struct projection_point point)
{
	return apply(projection->from, point);
}
