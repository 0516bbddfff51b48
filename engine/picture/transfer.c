#include "engine/picture/transfer.h"

static size_t sample_bytes(rv_pixel_format format)
{
	return format == RV_RGB8 ? 1 : format == RV_RGB16 ? 2 : 4;
}

static void load(struct transfer *exchange, struct launch_recorder *recorder)
{
	raster_record_load(recorder, &exchange->input, &exchange->frame);
}

static void store(struct transfer *exchange, struct launch_recorder *recorder)
{
	exchange->store_launch = raster_record_store(recorder, &exchange->frame, &exchange->detail,
	                                             1, &exchange->output);
}

/* One direction, unless it is there already for this format. The list owns the buffer of pixels, in
 * which rows have no gaps. */
static rv_status record_way(struct transfer *exchange, struct launch_list *list,
                            struct raster_pixels *pixels, rv_pixel_format format,
                            void (*record)(struct transfer *, struct launch_recorder *),
                            rv_error *error)
{
	struct launch_recorder recorder = {
		.device = exchange->device, .list = list, .error = error};
	const struct raster *frame = &exchange->frame;

	if (list->count && pixels->format == format)
		return RV_OK;
	launch_list_clear(list);
	pixels->format = format;
	pixels->stride = 3 * (size_t)frame->width * sample_bytes(format);
	pixels->buffer = record_own_buffer(&recorder, pixels->stride * (size_t)frame->height, NULL);
	record(exchange, &recorder);
	if (recorder.status)
		launch_list_clear(list);
	return recorder.status;
}

static rv_status record_load(struct transfer *exchange, rv_pixel_format format, rv_error *error)
{
	return record_way(exchange, &exchange->load, &exchange->input, format, load, error);
}

static rv_status record_store(struct transfer *exchange, rv_pixel_format format, rv_error *error)
{
	return record_way(exchange, &exchange->store, &exchange->output, format, store, error);
}

rv_status transfer_record(struct transfer *exchange, rv_pixel_format format, rv_error *error)
{
	rv_status status = record_load(exchange, format, error);

	return status ? status : record_store(exchange, format, error);
}

void transfer_release(struct transfer *exchange)
{
	launch_list_clear(&exchange->load);
	launch_list_clear(&exchange->store);
}

rv_status transfer_upload(struct transfer *exchange, const rv_image *image, rv_error *error)
{
	const size_t origin[3] = {0, 0, 0};
	size_t region[3] = {0, (size_t)exchange->frame.height, 1};
	rv_status status = record_load(exchange, image->format, error);
	cl_int code;

	if (status)
		return status;
	region[0] = exchange->input.stride;
	code = clEnqueueWriteBufferRect(exchange->device->queue, exchange->input.buffer, CL_FALSE,
	                                origin, origin, region, exchange->input.stride, 0,
	                                image->stride, 0, image->pixels, 0, NULL, NULL);
	if (code)
		return device_fail(error, code, "uploading the picture");
	return launch_list_run(&exchange->load, exchange->device->queue, error);
}

rv_status transfer_download(struct transfer *exchange, float strength, const rv_image *image,
                            rv_error *error)
{
	const size_t origin[3] = {0, 0, 0};
	size_t region[3] = {0, (size_t)exchange->frame.height, 1};
	rv_status status = record_store(exchange, image->format, error);
	cl_int code;

	if (status)
		return status;
	launch_set_float(&exchange->store.launches[exchange->store_launch], RASTER_STORE_STRENGTH,
	                 strength);
	status = launch_list_run(&exchange->store, exchange->device->queue, error);
	if (status)
		return status;
	region[0] = exchange->output.stride;
	code = clEnqueueReadBufferRect(exchange->device->queue, exchange->output.buffer, CL_TRUE,
	                               origin, origin, region, exchange->output.stride, 0,
	                               image->stride, 0, image->pixels, 0, NULL, NULL);
	return code ? device_fail(error, code, "downloading the dream") : RV_OK;
}

size_t transfer_bytes(const struct transfer *exchange)
{
	return launch_list_bytes(&exchange->load) + launch_list_bytes(&exchange->store);
}
