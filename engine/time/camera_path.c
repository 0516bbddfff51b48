#include "engine/time/camera_path.h"

#include <math.h>

/* The most that a spread is multiplied or divided by in a second. */
static const double gain_most = 2;

struct camera_move camera_find_move(const rv_time *time, int width, int height, double seconds)
{
	/* The inverse: from where a pixel is to where it was. */
	double angle = -(double)time->rotation * seconds * acos(-1) / 180;
	double scale = pow((double)time->zoom, -seconds);
	double c = cos(angle) * scale, s = sin(angle) * scale;
	double centre_x = (width - 1) / 2.0, centre_y = (height - 1) / 2.0;
	double to_x = centre_x + (double)time->pan_x * seconds * width;
	double to_y = centre_y + (double)time->pan_y * seconds * height;

	return (struct camera_move){{(float)c, (float)-s, (float)(centre_x - c * to_x + s * to_y),
	                             (float)s, (float)c, (float)(centre_y - s * to_x - c * to_y)}};
}

rv_time camera_breathe(const rv_time *time, double seconds)
{
	static const double depth = 0.03, period = 9;
	rv_time moved = *time;

	moved.zoom *= (float)exp(depth * (double)time->drift *
	                         sin(2 * acos(-1) * fmod(seconds, period) / period));
	return moved;
}

static double gain(double wanted, double found, double pull)
{
	double ratio = found > 0 ? wanted / found : 1;

	return pow(fmin(fmax(ratio, 1 / gain_most), gain_most), pull);
}

static double brightness(const struct dream_view *view)
{
	return 0.299 * view->colour[0] + 0.587 * view->colour[1] + 0.114 * view->colour[2];
}

struct camera_tone camera_find_tone(const struct dream_view *first, const struct dream_view *now,
                                    double seconds)
{
	double pull = 1 - exp(-seconds), light = brightness(now);
	struct camera_tone tone = {
		.contrast = gain(first->contrast, now->contrast, pull),
		.colourfulness = gain(first->colourfulness, now->colourfulness, pull),
	};

	for (int c = 0; c < 3; c++) {
		double wanted = now->colour[c] + pull * (first->colour[c] - now->colour[c]);
		tone.offset[c] = wanted - tone.contrast * light -
		                 tone.colourfulness * (now->colour[c] - light);
	}
	return tone;
}
