#include "app/media/heif.h"

#include <libavutil/imgutils.h>
#include <libheif/heif.h>
#include <stdlib.h>
#include <string.h>

#include "app/media/libav.h"

/* Where the kinds of an ISO base media file stand: ISO/IEC 14496-12, 4.3. */
enum { HEAD_BYTES = 32, BRAND_AT = 8, BRAND_BYTES = 4, AUXILIARIES_MAX = 16 };

/* An image sequence is a video, which libavformat reads. */
static bool is_sequence(const uint8_t *head)
{
	return !memcmp(head + BRAND_AT, "avis", BRAND_BYTES) ||
	       !memcmp(head + BRAND_AT, "hevc", BRAND_BYTES) ||
	       !memcmp(head + BRAND_AT, "msf1", BRAND_BYTES);
}

bool heif_holds(const uint8_t *head, size_t length)
{
	return length >= HEAD_BYTES && !is_sequence(head) &&
	       heif_check_filetype(head, HEAD_BYTES) == heif_filetype_yes_supported;
}

static rv_status fail(const char *path, const struct heif_error *cause, rv_error *error)
{
	rv_status status = cause->code == heif_error_Unsupported_filetype ||
	                                   cause->code == heif_error_Unsupported_feature
	                           ? RV_UNSUPPORTED
	                   : cause->code == heif_error_Memory_allocation_error ? RV_MEMORY
	                                                                       : RV_CORRUPT;
	return rv_fail(error, status, "%s: cannot be decoded: %s", path, cause->message);
}

static void take_profile(AVFrame *frame, const struct heif_image_handle *handle)
{
	size_t size = heif_image_handle_get_raw_color_profile_size(handle);
	enum heif_color_profile_type type = heif_image_handle_get_color_profile_type(handle);
	bool is_icc = type == heif_color_profile_type_prof || type == heif_color_profile_type_rICC;
	if (!size || !is_icc)
		return;
	AVFrameSideData *side = av_frame_new_side_data(frame, AV_FRAME_DATA_ICC_PROFILE, size);
	if (side)
		heif_image_handle_get_raw_color_profile(handle, side->data);
}

/* The numbers are ITU-T H.273's, and libavutil's too. */
static void take_numbers(AVFrame *frame, const struct heif_image_handle *handle)
{
	struct heif_color_profile_nclx *nclx = NULL;
	if (heif_image_handle_get_nclx_color_profile(handle, &nclx).code != heif_error_Ok)
		return;
	frame->color_primaries = (enum AVColorPrimaries)nclx->color_primaries;
	frame->color_trc = (enum AVColorTransferCharacteristic)nclx->transfer_characteristics;
	heif_nclx_color_profile_free(nclx);
}

static bool is_gain_map(const struct heif_image_handle *handle, heif_item_id id)
{
	struct heif_image_handle *auxiliary = NULL;
	const char *type = NULL;
	if (heif_image_handle_get_auxiliary_image_handle(handle, id, &auxiliary).code)
		return false;
	bool is = heif_image_handle_get_auxiliary_type(auxiliary, &type).code == heif_error_Ok &&
	          strstr(type, "hdrgainmap");
	heif_image_handle_free_auxiliary_types(auxiliary, &type);
	heif_image_handle_release(auxiliary);
	return is;
}

/* As Apple's telephones write them beside the picture. */
static void look_for_gain_map(AVFrame *frame, const struct heif_image_handle *handle)
{
	heif_item_id ids[AUXILIARIES_MAX];
	int filter = LIBHEIF_AUX_IMAGE_FILTER_OMIT_ALPHA | LIBHEIF_AUX_IMAGE_FILTER_OMIT_DEPTH;
	int count = heif_image_handle_get_list_of_auxiliary_image_IDs(handle, filter, ids,
	                                                              AUXILIARIES_MAX);
	for (int i = 0; i < count; i++)
		if (is_gain_map(handle, ids[i]))
			av_dict_set(&frame->metadata, HEIF_GAIN_MAP, "1", 0);
}

/* Samples of fewer bits fill the 16, so that white stays white. */
static void widen_row(uint16_t *row, int count, int bits)
{
	for (int i = 0; i < count; i++)
		row[i] = (uint16_t)(row[i] << (16 - bits) | row[i] >> (2 * bits - 16));
}

static rv_status copy_pixels(AVFrame *frame, const struct heif_image *image, int bits,
                             const char *path, rv_error *error)
{
	int stride,
		channels = frame->format == AV_PIX_FMT_RGBA || frame->format == AV_PIX_FMT_RGBA64
	                           ? 4
	                           : 3;
	const uint8_t *pixels =
		heif_image_get_plane_readonly(image, heif_channel_interleaved, &stride);
	int bytes = frame->width * channels * (bits > 8 ? 2 : 1);
	if (!pixels)
		return rv_fail(error, RV_CORRUPT, "%s: holds no colours", path);
	if (av_frame_get_buffer(frame, 0) < 0)
		return rv_fail(error, RV_MEMORY, "%s: out of memory", path);
	av_image_copy_plane(frame->data[0], frame->linesize[0], pixels, stride, bytes,
	                    frame->height);
	for (int y = 0; bits > 8 && y < frame->height; y++)
		widen_row((uint16_t *)(void *)(frame->data[0] + (ptrdiff_t)y * frame->linesize[0]),
		          frame->width * channels, bits);
	return RV_OK;
}

static rv_status decode(AVFrame *frame, const struct heif_image_handle *handle, const char *path,
                        rv_error *error)
{
	int bits = heif_image_handle_get_luma_bits_per_pixel(handle);
	bool wide = bits > 8, alpha = heif_image_handle_has_alpha_channel(handle);
	enum heif_chroma chroma =
		alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB;
	if (wide)
		chroma = alpha ? heif_chroma_interleaved_RRGGBBAA_LE
		               : heif_chroma_interleaved_RRGGBB_LE;
	frame->format = wide ? (alpha ? AV_PIX_FMT_RGBA64 : AV_PIX_FMT_RGB48)
	                     : (alpha ? AV_PIX_FMT_RGBA : AV_PIX_FMT_RGB24);
	struct heif_image *image = NULL;
	struct heif_error code =
		heif_decode_image(handle, &image, heif_colorspace_RGB, chroma, NULL);
	if (code.code != heif_error_Ok)
		return fail(path, &code, error);
	frame->width = heif_image_get_width(image, heif_channel_interleaved);
	frame->height = heif_image_get_height(image, heif_channel_interleaved);
	frame->colorspace = AVCOL_SPC_RGB;
	frame->color_range = AVCOL_RANGE_JPEG;
	rv_status status = copy_pixels(frame, image, bits, path, error);
	heif_image_release(image);
	return status;
}

static rv_status read_primary(AVFrame *frame, struct heif_context *context, const char *path,
                              rv_error *error)
{
	struct heif_image_handle *handle = NULL;
	struct heif_error code = heif_context_get_primary_image_handle(context, &handle);
	if (code.code != heif_error_Ok)
		return fail(path, &code, error);
	rv_status status = libav_check_picture_size(path, heif_image_handle_get_width(handle),
	                                            heif_image_handle_get_height(handle), error);
	if (status == RV_OK)
		status = decode(frame, handle, path, error);
	if (status == RV_OK) {
		take_profile(frame, handle);
		take_numbers(frame, handle);
		look_for_gain_map(frame, handle);
	}
	heif_image_handle_release(handle);
	return status;
}

rv_status heif_read(AVFrame **read, const char *path, rv_error *error)
{
	struct heif_context *context = heif_context_alloc();
	AVFrame *frame = av_frame_alloc();
	rv_status status = RV_OK;
	if (!context || !frame)
		status = rv_fail(error, RV_MEMORY, "%s: out of memory", path);
	if (status == RV_OK) {
		struct heif_error code = heif_context_read_from_file(context, path, NULL);
		status = code.code == heif_error_Ok ? read_primary(frame, context, path, error)
		                                    : fail(path, &code, error);
	}
	if (context)
		heif_context_free(context);
	if (status != RV_OK)
		av_frame_free(&frame);
	*read = frame;
	return status;
}

/* ---- EXIF ---- */

static uint8_t *copy_exif(const struct heif_image_handle *handle, size_t *length)
{
	heif_item_id id;
	if (heif_image_handle_get_list_of_metadata_block_IDs(handle, "Exif", &id, 1) != 1)
		return NULL;
	*length = heif_image_handle_get_metadata_size(handle, id);
	uint8_t *exif = *length ? malloc(*length) : NULL;
	if (exif && heif_image_handle_get_metadata(handle, id, exif).code == heif_error_Ok)
		return exif;
	free(exif);
	return NULL;
}

uint8_t *heif_find_exif(const uint8_t *bytes, size_t size, size_t *length)
{
	struct heif_context *context = heif_context_alloc();
	struct heif_image_handle *handle = NULL;
	uint8_t *exif = NULL;
	if (!context)
		return NULL;
	if (!heif_context_read_from_memory_without_copy(context, bytes, size, NULL).code &&
	    !heif_context_get_primary_image_handle(context, &handle).code)
		exif = copy_exif(handle, length);
	if (handle)
		heif_image_handle_release(handle);
	heif_context_free(context);
	return exif;
}
