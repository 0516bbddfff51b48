#include "engine/picture/transfer.h"

static void load(struct transfer *transfer, struct launch_recorder *recorder)
{
	const struct transfer_larger *larger = &transfer->larger;

	raster_record_load(recorder, &transfer->input, &transfer->frame);
	if (!larger->frame.buffer)
		return;
	recorder->scratch = larger->scratch;
	recorder->scratch_bytes = larger->scratch_bytes;
	raster_record_resize(recorder, &transfer->frame, &larger->frame);
}

/* detail, of what was dreamed larger. */
static void shrink(const struct transfer *transfer, struct launch_recorder *recorder)
{
	const struct transfer_larger *larger = &transfer->larger;
	const struct raster_term all[] = {{&larger->detail, 1}};
	const struct raster *from = &larger->detail;

	recorder->scratch = larger->scratch;
	recorder->scratch_bytes = larger->scratch_bytes;
	if (transfer->weights) {
		from = &larger->weighed;
		raster_record_combine(recorder, from, all, 1, false);
		raster_record_weigh(recorder, from, transfer->weights);
	}
	raster_record_resize(recorder, from, &transfer->detail);
}

static void store(struct transfer *transfer, struct launch_recorder *recorder)
{
	bool shrinks = transfer->larger.detail.buffer != NULL;

	if (shrinks)
		shrink(transfer, recorder);
	transfer->store_launch =
		raster_record_store(recorder, &transfer->frame, &transfer->detail, 1,
	                            shrinks ? NULL : transfer->weights, &transfer->output);
}

size_t transfer_needed(int width, int height, size_t sample_bytes)
{
	return 3 * (size_t)width * (size_t)height * sample_bytes;
}

void transfer_release(struct transfer *transfer)
{
	launch_list_clear(&transfer->load);
	launch_list_clear(&transfer->store);
	launch_list_clear(&transfer->shown);
	launch_list_clear(&transfer->room);
	transfer->sample_bytes = 0;
}

/* Makes the pixels' buffer large enough. What was loaded is not needed any more, nor what was
 * stored, as that has been read. */
static rv_status make_room(struct transfer *transfer, size_t sample_bytes, rv_error *error)
{
	struct launch_recorder recorder = {
		.device = transfer->device, .list = &transfer->room, .error = error};
	const struct raster *frame = &transfer->frame;

	if (transfer->sample_bytes >= sample_bytes)
		return RV_OK;
	clFinish(transfer->device->queue);
	transfer_release(transfer);
	transfer->input.buffer = transfer->output.buffer = record_own_buffer(
		&recorder, transfer_needed(frame->width, frame->height, sample_bytes), NULL);
	if (recorder.status == RV_OK)
		transfer->sample_bytes = sample_bytes;
	return recorder.status;
}

/* One direction, unless it is there already for this format. Rows have no gaps. */
static rv_status record_way(struct transfer *transfer, struct launch_list *list,
                            struct raster_pixels *pixels, rv_pixel_format format,
                            void (*record)(struct transfer *, struct launch_recorder *),
                            rv_error *error)
{
	struct launch_recorder recorder = {
		.device = transfer->device, .list = list, .error = error};
	rv_status status = make_room(transfer, raster_sample_bytes(format), error);

	if (status != RV_OK || (list->count && pixels->format == format))
		return status;
	launch_list_clear(list);
	pixels->format = format;
	pixels->stride = 3 * (size_t)transfer->frame.width * raster_sample_bytes(format);
	record(transfer, &recorder);
	if (recorder.status != RV_OK)
		launch_list_clear(list);
	return recorder.status;
}

static rv_status record_load(struct transfer *transfer, rv_pixel_format format, rv_error *error)
{
	return record_way(transfer, &transfer->load, &transfer->input, format, load, error);
}

static rv_status record_store(struct transfer *transfer, rv_pixel_format format, rv_error *error)
{
	return record_way(transfer, &transfer->store, &transfer->output, format, store, error);
}

rv_status transfer_record(struct transfer *transfer, rv_pixel_format format, rv_error *error)
{
	rv_status status = record_load(transfer, format, error);

	return status != RV_OK ? status : record_store(transfer, format, error);
}

/* Columns of the image to where they belong among those of the device. */
static cl_int upload_columns(const struct transfer *transfer, const rv_image *image, int from,
                             int to, int count)
{
	const size_t pixel = 3 * raster_sample_bytes(image->format);
	const size_t source[3] = {(size_t)from * pixel, 0, 0};
	const size_t target[3] = {(size_t)to * pixel, 0, 0};
	const size_t region[3] = {(size_t)count * pixel, (size_t)image->height, 1};

	return clEnqueueWriteBufferRect(transfer->device->queue, transfer->input.buffer, CL_FALSE,
	                                target, source, region, transfer->input.stride, 0,
	                                image->stride, 0, image->pixels, 0, NULL, NULL);
}

rv_status transfer_upload(struct transfer *transfer, const rv_image *image, rv_error *error)
{
	const int margin = transfer->margin;
	rv_status status = record_load(transfer, image->format, error);
	cl_int code;

	if (status != RV_OK)
		return status;
	code = upload_columns(transfer, image, 0, margin, image->width);
	if (margin && !code)
		code = upload_columns(transfer, image, image->width - margin, 0, margin);
	if (margin && !code)
		code = upload_columns(transfer, image, 0, margin + image->width, margin);
	if (code)
		return device_fail(error, code, "uploading the picture");
	return launch_list_run(&transfer->load, transfer->device->queue, error);
}

rv_status transfer_take_frame(struct transfer *transfer, rv_error *error)
{
	const struct transfer_larger *larger = &transfer->larger;
	struct launch_recorder recorder = {.device = transfer->device,
	                                   .list = &transfer->shown,
	                                   .scratch = larger->scratch,
	                                   .scratch_bytes = larger->scratch_bytes,
	                                   .error = error};

	if (!larger->frame.buffer)
		return RV_OK;
	if (!transfer->shown.count)
		raster_record_resize(&recorder, &larger->frame, &transfer->frame);
	if (recorder.status != RV_OK)
		launch_list_clear(&transfer->shown);
	return recorder.status != RV_OK
	               ? recorder.status
	               : launch_list_run(&transfer->shown, transfer->device->queue, error);
}

rv_status transfer_download(struct transfer *transfer, float strength, const rv_image *image,
                            rv_error *error)
{
	const size_t pixel = 3 * raster_sample_bytes(image->format);
	const size_t source[3] = {(size_t)transfer->margin * pixel, 0, 0};
	const size_t target[3] = {0, 0, 0};
	const size_t region[3] = {(size_t)image->width * pixel, (size_t)image->height, 1};
	rv_status status = record_store(transfer, image->format, error);
	cl_int code;

	if (status != RV_OK)
		return status;
	launch_set_float(&transfer->store.launches[transfer->store_launch], RASTER_STORE_STRENGTH,
	                 strength);
	status = launch_list_run(&transfer->store, transfer->device->queue, error);
	if (status != RV_OK)
		return status;
	code = clEnqueueReadBufferRect(transfer->device->queue, transfer->output.buffer, CL_TRUE,
	                               source, target, region, transfer->output.stride, 0,
	                               image->stride, 0, image->pixels, 0, NULL, NULL);
	return code ? device_fail(error, code, "downloading the dream") : RV_OK;
}
