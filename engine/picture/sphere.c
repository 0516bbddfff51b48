#include "engine/picture/sphere.h"

#include <math.h>
#include <string.h>

/* How far a view reaches from its middle, where a face of the cube reaches 1: enough that what lies
 * beyond a view's border, which it misses, is seen well by the next. Twin of the kernel's. */
static const float reach = 1.2f;

/* Arguments of both kernels. */
enum { ROTATION = 2 };

int sphere_view_side(float period)
{
	return (int)lroundf(reach * period / acosf(-1));
}

/* Product of two rotations: first b, then a. */
static struct sphere_rotation after(struct sphere_rotation a, struct sphere_rotation b)
{
	struct sphere_rotation both = {0};

	for (int i = 0; i < 3; i++)
		for (int k = 0; k < 3; k++)
			for (int j = 0; j < 3; j++)
				both.row[i][k] += a.row[i][j] * b.row[j][k];
	return both;
}

/* The axes are right, down and front. */
static struct sphere_rotation about_down(float angle)
{
	float c = cosf(angle), s = sinf(angle);

	return (struct sphere_rotation){{{c, 0, s}, {0, 1, 0}, {-s, 0, c}}};
}

static struct sphere_rotation about_right(float angle)
{
	float c = cosf(angle), s = sinf(angle);

	return (struct sphere_rotation){{{1, 0, 0}, {0, c, -s}, {0, s, c}}};
}

struct sphere_rotation sphere_rotate(float yaw, float towards, float tilt)
{
	struct sphere_rotation tilted = after(about_right(tilt), about_down(yaw - towards));

	return after(about_down(towards), tilted);
}

static int record(struct launch_recorder *recorder, const char *kernel, const struct raster *from,
                  const struct raster *to, const struct sphere *sphere)
{
	struct raster_grid grid = raster_grid(recorder->device, to->width, to->height);

	record_kernel(recorder, "picture/sphere", grid.options, kernel, kernel);
	record_buffer(recorder, from->buffer);
	record_buffer(recorder, to->buffer);
	for (int i = 0; i < 9; i++)
		record_float(recorder, i % 4 == 0);
	record_float(recorder, sphere->margin);
	record_float(recorder, sphere->period);
	record_int(recorder, from->width);
	record_int(recorder, from->height);
	record_int(recorder, to->width);
	record_int(recorder, to->height);
	return raster_record_launch(recorder, &grid);
}

int sphere_record_views(struct launch_recorder *recorder, const struct raster *raster,
                        const struct sphere *sphere, const struct raster *views)
{
	return record(recorder, "see_views", raster, views, sphere);
}

int sphere_record_back(struct launch_recorder *recorder, const struct raster *views,
                       const struct raster *raster, const struct sphere *sphere)
{
	return record(recorder, "join_views", views, raster, sphere);
}

void sphere_set(struct launch *launch, const struct sphere_rotation *rotation)
{
	for (cl_uint i = 0; i < 9; i++)
		launch_set_float(launch, ROTATION + i, rotation->row[i / 3][i % 3]);
}

/* Copies columns within a raster. */
static cl_int copy_columns(const struct raster *raster, int from, int to, int count,
                           cl_command_queue queue)
{
	const size_t pixel = raster_bytes(1, 1), row = raster_bytes(raster->width, 1);
	const size_t source[3] = {(size_t)from * pixel, 0, 0};
	const size_t target[3] = {(size_t)to * pixel, 0, 0};
	const size_t region[3] = {(size_t)count * pixel, (size_t)raster->height, 1};

	return clEnqueueCopyBufferRect(queue, raster->buffer, raster->buffer, source, target,
	                               region, row, 0, row, 0, 0, NULL, NULL);
}

rv_status sphere_mend_margins(const struct raster *raster, int margin, cl_command_queue queue,
                              rv_error *error)
{
	int period = raster->width - 2 * margin;
	cl_int code = CL_SUCCESS;

	if (margin)
		code = copy_columns(raster, period, 0, margin, queue);
	if (margin && !code)
		code = copy_columns(raster, margin, margin + period, margin, queue);
	return code ? device_fail(error, code, "joining the sides of a sphere") : RV_OK;
}
