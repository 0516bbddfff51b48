#include "app/media/heif_write.h"

#include <libheif/heif.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/media/hdr.h"
#include "app/media/tag.h"

enum { QUALITY = 90 /* of 100 */, HEVC_BITS = 10, AV1_BITS = 12 };

/* What one file is made with; zeroed before use. */
struct writing {
	struct heif_context *context;
	struct heif_encoder *encoder;
	struct heif_image *image;
	struct heif_image_handle *handle;
	struct heif_encoding_options *options;
	struct heif_color_profile_nclx *nclx;
};

static enum heif_compression_format format_of(const char *name)
{
	const char *end = strrchr(name, '.');
	if (end && !strcasecmp(end, ".avif"))
		return heif_compression_AV1;
	if (end && (!strcasecmp(end, ".heic") || !strcasecmp(end, ".heif")))
		return heif_compression_HEVC;
	return heif_compression_undefined;
}

bool heif_name_known(const char *name)
{
	enum heif_compression_format format = format_of(name);
	return format != heif_compression_undefined && heif_have_encoder_for_format(format);
}

static rv_status check(struct heif_error code, const char *name, rv_error *error)
{
	if (code.code == heif_error_Ok)
		return RV_OK;
	return rv_fail(error,
	               code.code == heif_error_Memory_allocation_error ? RV_MEMORY : RV_UNSUPPORTED,
	               "%s: libheif cannot write it: %s", name, code.message);
}

/* ---- pixels ---- */

static enum heif_chroma chroma_of(const struct picture *picture)
{
	if (picture->image.format == RV_RGB16)
		return picture->alpha ? heif_chroma_interleaved_RRGGBBAA_LE
		                      : heif_chroma_interleaved_RRGGBB_LE;
	return picture->alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB;
}

/* With 10 bits in AV1 libheif 1.15 asks libaom for what that aborts at. */
static int bits_of(const struct picture *picture, const char *name)
{
	if (picture->image.format == RV_RGB8)
		return 8;
	return format_of(name) == heif_compression_AV1 ? AV1_BITS : HEVC_BITS;
}

static uint16_t narrow(uint16_t code, int bits)
{
	const unsigned most = (1U << bits) - 1;
	return (uint16_t)((code * most + UINT16_MAX / 2) / UINT16_MAX);
}

/* Alpha stands behind the three colours. */
static void copy_row(const struct picture *picture, int bits, int y, void *to)
{
	const rv_image *image = &picture->image;
	int channels = picture->alpha ? 4 : 3;
	const uint8_t *row = (const uint8_t *)image->pixels + (size_t)y * image->stride;
	size_t at = (size_t)y * (size_t)image->width;
	for (int i = 0; i < image->width * channels; i++) {
		int x = i / channels, c = i % channels;
		const void *plane = c == 3 ? picture->alpha : row;
		size_t place = c == 3 ? at + (size_t)x : (size_t)(3 * x + c);
		if (bits > 8)
			((uint16_t *)to)[i] = narrow(((const uint16_t *)plane)[place], bits);
		else
			((uint8_t *)to)[i] = ((const uint8_t *)plane)[place];
	}
}

static rv_status make_image(struct writing *w, const struct picture *picture, const char *name,
                            rv_error *error)
{
	int stride, width = picture->image.width, height = picture->image.height;
	int bits = bits_of(picture, name);
	rv_status status = check(heif_image_create(width, height, heif_colorspace_RGB,
	                                           chroma_of(picture), &w->image),
	                         name, error);
	if (status == RV_OK)
		status = check(heif_image_add_plane(w->image, heif_channel_interleaved, width,
		                                    height, bits),
		               name, error);
	if (status != RV_OK)
		return status;
	uint8_t *plane = heif_image_get_plane(w->image, heif_channel_interleaved, &stride);
	for (int y = 0; y < height; y++)
		copy_row(picture, bits, y, plane + (ptrdiff_t)y * stride);
	return RV_OK;
}

/* ---- colours ---- */

/* Said by numbers, ITU-T H.273's. */
static void describe(struct writing *w, const struct picture *picture)
{
	bool is_hdr = hdr_is_wanted(picture->transfer);
	w->nclx->color_primaries = is_hdr ? (enum heif_color_primaries)picture->primaries
	                                  : heif_color_primaries_ITU_R_BT_709_5;
	w->nclx->transfer_characteristics =
		is_hdr ? (enum heif_transfer_characteristics)picture->transfer
		       : heif_transfer_characteristic_IEC_61966_2_1;
	w->nclx->matrix_coefficients =
		is_hdr ? heif_matrix_coefficients_ITU_R_BT_2020_2_non_constant_luminance
		       : heif_matrix_coefficients_ITU_R_BT_601_6;
	w->nclx->full_range_flag = 1;
}

static rv_status describe_image(struct writing *w, const struct picture *picture, const char *name,
                                rv_error *error)
{
	const AVBufferRef *profile = picture->colour_profile;
	rv_status status = RV_OK;
	describe(w, picture);
	w->options->output_nclx_profile = w->nclx;
	if (profile)
		status = check(heif_image_set_raw_color_profile(w->image, "prof", profile->data,
		                                                profile->size),
		               name, error);
	else
		status = check(heif_image_set_nclx_color_profile(w->image, w->nclx), name, error);
	return status;
}

/* What it remembers; libheif puts the EXIF beside the picture that is encoded already. */
static rv_status add_settings(struct writing *w, const struct picture *picture, const char *name,
                              rv_error *error)
{
	uint8_t *exif = NULL;
	size_t size = 0;
	if (!picture->settings)
		return RV_OK;
	rv_status status = tag_make_exif(picture->settings, &exif, &size, error);
	if (status == RV_OK)
		status = check(
			heif_context_add_exif_metadata(w->context, w->handle, exif, (int)size),
			name, error);
	free(exif);
	return status;
}

/* ---- the file ---- */

static struct heif_error write_bytes(struct heif_context *context, const void *bytes, size_t size,
                                     void *file)
{
	(void)context;
	avio_write(output_file_io(file), bytes, (int)size);
	avio_flush(output_file_io(file));
	return (struct heif_error){heif_error_Ok, heif_suberror_Unspecified, "written"};
}

static rv_status open_all(struct writing *w, const char *name, rv_error *error)
{
	enum heif_compression_format format = format_of(name);
	w->context = heif_context_alloc();
	w->options = heif_encoding_options_alloc();
	w->nclx = heif_nclx_color_profile_alloc();
	if (!w->context || !w->options || !w->nclx)
		return rv_fail(error, RV_MEMORY, "out of memory for a picture");
	rv_status status = check(
		heif_context_get_encoder_for_format(w->context, format, &w->encoder), name, error);
	if (status != RV_OK)
		return status;
	heif_encoder_set_lossy_quality(w->encoder, QUALITY);
	heif_encoder_set_parameter_string(w->encoder, "chroma",
	                                  format == heif_compression_AV1 ? "444" : "420");
	return RV_OK;
}

static void close_all(struct writing *w)
{
	if (w->handle)
		heif_image_handle_release(w->handle);
	if (w->image)
		heif_image_release(w->image);
	if (w->encoder)
		heif_encoder_release(w->encoder);
	if (w->options)
		heif_encoding_options_free(w->options);
	if (w->nclx)
		heif_nclx_color_profile_free(w->nclx);
	if (w->context)
		heif_context_free(w->context);
}

rv_status heif_write(const struct picture *picture, struct output_file *file, const char *name,
                     rv_error *error)
{
	struct heif_writer writer = {.writer_api_version = 1, .write = write_bytes};
	struct writing w = {0};
	rv_status status = open_all(&w, name, error);
	if (status == RV_OK)
		status = make_image(&w, picture, name, error);
	if (status == RV_OK)
		status = describe_image(&w, picture, name, error);
	if (status == RV_OK)
		status = check(heif_context_encode_image(w.context, w.image, w.encoder, w.options,
		                                         &w.handle),
		               name, error);
	if (status == RV_OK)
		status = add_settings(&w, picture, name, error);
	if (status == RV_OK)
		status = check(heif_context_write(w.context, &writer, file), name, error);
	if (status == RV_OK && output_file_errno(file))
		status = output_file_write_error(file, error);
	close_all(&w);
	return status;
}
