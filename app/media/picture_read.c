#include "app/media/picture_read.h"

#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
#include <stdlib.h>
#include <string.h>

#include "app/media/colour.h"
#include "app/media/convert.h"
#include "app/media/hdr.h"
#include "app/media/heif.h"
#include "app/media/inks.h"
#include "app/media/libav.h"
#include "app/media/orientation.h"
#include "app/media/picture_header.h"

enum {
	PICTURE_FILE_BYTES_MAX = 1 << 30,
	READ_BYTES = 1 << 16,
};

/* What the bytes of a file say that its decoded frame does not. */
struct found {
	enum inks inks;
	bool gain_map;
	struct panorama panorama;
};

/* Appends one read to the packet. Returns what avio_read returned, or libav's code. */
static int read_more(AVIOContext *io, AVPacket *packet)
{
	int have = packet->size;
	int code = av_grow_packet(packet, READ_BYTES);
	if (code < 0)
		return code;
	int got = avio_read(io, packet->data + have, READ_BYTES);
	av_shrink_packet(packet, have + FFMAX(got, 0));
	return got;
}

/* The decoders of still pictures take a whole file as one packet. */
static rv_status read_whole_file(struct input *input, AVPacket *packet, struct found *found,
                                 rv_error *error)
{
	int code;
	do {
		if (packet->size > PICTURE_FILE_BYTES_MAX - READ_BYTES)
			return rv_fail(error, RV_MEMORY,
			               "%s: is larger than a picture may be (%d MB)", input->name,
			               PICTURE_FILE_BYTES_MAX >> 20);
		code = read_more(input->format->pb, packet);
	} while (code > 0);
	if (code < 0 && code != AVERROR_EOF)
		return libav_fail(error, code, "%s: cannot be read", input->name);
	struct picture_header header;
	rv_status status = picture_header_check(&header, packet->data, (size_t)packet->size,
	                                        input->name, error);
	if (status != RV_OK)
		return status;
	found->inks = inks_hide(packet->data, &header);
	found->gain_map = header.gain_map;
	return RV_OK;
}

static rv_status read_first_packet(struct input *input, AVPacket *packet, rv_error *error)
{
	const AVCodecParameters *stream = input->format->streams[0]->codecpar;
	if (stream->width && stream->height) {
		rv_status status =
			libav_check_picture_size(input->name, stream->width, stream->height, error);
		if (status != RV_OK)
			return status;
	}
	int code = input_read(input, packet);
	if (code < 0)
		return libav_fail(error, code == AVERROR_EOF ? AVERROR_INVALIDDATA : code,
		                  "%s: holds no picture", input->name);
	return RV_OK;
}

static rv_status read_packet(struct input *input, AVPacket *packet, struct found *found,
                             rv_error *error)
{
	const AVInputFormat *format = input->format->iformat;
	if (!input->format->nb_streams)
		return rv_fail(error, RV_CORRUPT, "%s: holds no picture", input->name);
	libav_clear_error();
	if (input->format->pb && input->kind == INPUT_PICTURE && strstr(format->name, "_pipe"))
		return read_whole_file(input, packet, found, error);
	return read_first_packet(input, packet, error);
}

static rv_status open_decoder(AVCodecContext **decoder, const struct input *input, rv_error *error)
{
	const AVCodecParameters *parameters = input->format->streams[0]->codecpar;
	const AVCodec *codec = avcodec_find_decoder(parameters->codec_id);
	if (!codec)
		return rv_fail(error, RV_UNSUPPORTED, "%s: this FFmpeg cannot decode %s",
		               input->name, avcodec_get_name(parameters->codec_id));
	*decoder = avcodec_alloc_context3(codec);
	if (!*decoder)
		return rv_fail(error, RV_MEMORY, "%s: out of memory", input->name);
	int code = avcodec_parameters_to_context(*decoder, parameters);
	/* A damaged picture is an error: half of one in grey would only be dreamed into. The TIFF
	 * decoder alone would then refuse every tag that it does not know. */
	if (codec->id != AV_CODEC_ID_TIFF)
		(*decoder)->err_recognition =
			AV_EF_EXPLODE | AV_EF_CRCCHECK | AV_EF_BITSTREAM | AV_EF_BUFFER;
	(*decoder)->thread_count = 1;
	libav_limit_frames(*decoder);
	if (code >= 0)
		code = avcodec_open2(*decoder, codec, NULL);
	return code < 0 ? libav_fail(error, code, "%s: cannot be decoded", input->name) : RV_OK;
}

static rv_status decode(AVCodecContext *decoder, const AVPacket *packet, AVFrame *frame,
                        const struct input *input, rv_error *error)
{
	int code = avcodec_send_packet(decoder, packet);
	if (code >= 0)
		code = avcodec_send_packet(decoder, NULL);
	if (code >= 0)
		code = avcodec_receive_frame(decoder, frame);
	if (code < 0)
		return libav_fail(error, code == AVERROR_EOF ? AVERROR_INVALIDDATA : code,
		                  "%s: is damaged and cannot be decoded", input->name);
	if (frame->decode_error_flags)
		return rv_fail(error, RV_CORRUPT, "%s: is damaged", input->name);
	return RV_OK;
}

static rv_status decode_input(struct input *input, AVFrame *frame, struct found *found,
                              rv_error *error)
{
	if (input->decoded) {
		av_frame_move_ref(frame, input->decoded);
		return RV_OK;
	}
	AVCodecContext *decoder = NULL;
	AVPacket *packet = av_packet_alloc();
	rv_status status = packet ? read_packet(input, packet, found, error)
	                          : rv_fail(error, RV_MEMORY, "%s: out of memory", input->name);
	if (status == RV_OK)
		panorama_find(&found->panorama, packet->data, (size_t)packet->size);
	if (status == RV_OK)
		status = open_decoder(&decoder, input, error);
	if (status == RV_OK)
		status = decode(decoder, packet, frame, input, error);
	if (status == RV_OK)
		status = libav_check_picture_size(input->name, frame->width, frame->height, error);
	avcodec_free_context(&decoder);
	av_packet_free(&packet);
	return status;
}

static bool has_alpha(const AVFrame *frame, enum inks inks)
{
	const AVPixFmtDescriptor *descriptor = av_pix_fmt_desc_get(frame->format);
	return inks == INKS_NONE &&
	       descriptor->flags & (AV_PIX_FMT_FLAG_ALPHA | AV_PIX_FMT_FLAG_PAL);
}

static enum AVPixelFormat working_format(bool wide, bool alpha)
{
	if (wide)
		return alpha ? AV_PIX_FMT_RGBA64 : AV_PIX_FMT_RGB48;
	return alpha ? AV_PIX_FMT_RGBA : AV_PIX_FMT_RGB24;
}

/* The decoded frame as stored, in RGB or RGBA of 8 or 16 bits. */
static rv_status to_working_format(const struct input *input, const AVFrame *frame, enum inks inks,
                                   AVFrame *working, rv_error *error)
{
	struct converter converter = {0};
	bool wide = libav_pixel_depth(frame->format) > 8;
	working->format = working_format(wide, has_alpha(frame, inks));
	working->width = frame->width;
	working->height = frame->height;
	working->color_range = AVCOL_RANGE_JPEG;
	working->colorspace = AVCOL_SPC_RGB;
	if (av_frame_get_buffer(working, 0) < 0)
		return rv_fail(error, RV_MEMORY, "%s: out of memory", input->name);
	if (inks != INKS_NONE)
		return inks_convert(working, frame, inks, error);
	rv_status status = convert(&converter, working, frame, error);
	convert_release(&converter);
	return status;
}

static void split_row_8(const uint8_t *rgba, int width, uint8_t *rgb, uint8_t *alpha)
{
	for (int x = 0; x < width; x++, rgba += 4, rgb += 3) {
		memcpy(rgb, rgba, 3);
		alpha[x] = rgba[3];
	}
}

static void split_row_16(const uint16_t *rgba, int width, uint16_t *rgb, uint16_t *alpha)
{
	for (int x = 0; x < width; x++, rgba += 4, rgb += 3) {
		memcpy(rgb, rgba, 3 * sizeof(*rgb));
		alpha[x] = rgba[3];
	}
}

static void split(const AVFrame *rgba, bool wide, const rv_image *rgb, void *alpha)
{
	size_t alpha_stride = (size_t)rgba->width * (wide ? 2 : 1);
	for (int y = 0; y < rgba->height; y++) {
		const void *from = rgba->data[0] + (ptrdiff_t)y * rgba->linesize[0];
		void *colours = (uint8_t *)rgb->pixels + (size_t)y * rgb->stride;
		void *opacity = (uint8_t *)alpha + (size_t)y * alpha_stride;
		if (wide)
			split_row_16(from, rgba->width, colours, opacity);
		else
			split_row_8(from, rgba->width, colours, opacity);
	}
}

static bool all_bits_set(const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (bytes[i] != 0xFF)
			return false;
	return true;
}

/* Copies the working frame into picture as it is stored. An alpha plane that hides nothing is left
 * out. */
static rv_status take_planes(struct picture *picture, const AVFrame *working, rv_error *error)
{
	bool wide = libav_pixel_depth(working->format) > 8;
	int width = working->width, height = working->height;
	rv_image *image = &picture->image;
	rv_status status =
		convert_allocate_image(image, wide ? RV_RGB16 : RV_RGB8, width, height, error);
	if (status != RV_OK)
		return status;
	if (working->format == AV_PIX_FMT_RGB24 || working->format == AV_PIX_FMT_RGB48) {
		av_image_copy_plane(image->pixels, (int)image->stride, working->data[0],
		                    working->linesize[0], (int)image->stride, height);
		return RV_OK;
	}
	size_t alpha_bytes = (size_t)width * (size_t)height * (wide ? 2 : 1);
	picture->alpha = malloc(alpha_bytes);
	if (!picture->alpha)
		return rv_fail(error, RV_MEMORY, "out of memory for a picture");
	split(working, wide, image, picture->alpha);
	if (all_bits_set(picture->alpha, alpha_bytes)) {
		free(picture->alpha);
		picture->alpha = NULL;
	}
	return RV_OK;
}

static rv_status turn_alpha(struct picture *picture, int orientation, rv_error *error)
{
	int width = picture->image.width, height = picture->image.height;
	size_t bytes = picture->image.format == RV_RGB16 ? 2 : 1;
	void *upright = malloc((size_t)width * (size_t)height * bytes);
	if (!upright)
		return rv_fail(error, RV_MEMORY, "out of memory for a picture");
	int upright_width = orientation_swaps_sides(orientation) ? height : width;
	orientation_apply(orientation, picture->alpha, (size_t)width * bytes, width, height, bytes,
	                  upright, (size_t)upright_width * bytes);
	free(picture->alpha);
	picture->alpha = upright;
	return RV_OK;
}

static rv_status turn_upright(struct picture *picture, int orientation, rv_error *error)
{
	rv_image *stored = &picture->image, upright;
	bool swaps = orientation_swaps_sides(orientation);
	if (orientation == ORIENTATION_UPRIGHT)
		return RV_OK;
	if (picture->alpha) {
		rv_status status = turn_alpha(picture, orientation, error);
		if (status != RV_OK)
			return status;
	}
	rv_status status = convert_allocate_image(&upright, stored->format,
	                                          swaps ? stored->height : stored->width,
	                                          swaps ? stored->width : stored->height, error);
	if (status != RV_OK)
		return status;
	orientation_apply(orientation, stored->pixels, stored->stride, stored->width,
	                  stored->height, convert_pixel_bytes(stored->format), upright.pixels,
	                  upright.stride);
	free(stored->pixels);
	*stored = upright;
	return RV_OK;
}

/* What the file says beside its colours. */
static void take_found(struct picture *picture, const AVFrame *frame, const struct found *found)
{
	picture->panorama = found->panorama;
	if (found->gain_map || av_dict_get(frame->metadata, HEIF_GAIN_MAP, NULL, 0))
		picture->note = "has a gain map for HDR, which is left out: it is read as "
				"screens without HDR show it";
}

/* Grey becomes sRGB here, as inks have before; RGB stays what it is, and is told by its profile. */
static rv_status take_profile(struct picture *picture, const AVFrame *frame, enum inks inks,
                              rv_error *error)
{
	const AVFrameSideData *side = av_frame_get_side_data(frame, AV_FRAME_DATA_ICC_PROFILE);
	if (!side || !side->buf)
		return RV_OK;
	switch (colour_space_of(side->buf)) {
	case COLOUR_RGB:
		av_buffer_unref(&picture->colour_profile);
		picture->colour_profile = av_buffer_ref(side->buf);
		break;
	case COLOUR_GREY:
		return colour_convert_grey(side->buf, &picture->image, error);
	case COLOUR_INKS:
		if (inks == INKS_NONE)
			picture->note = "has inks whose profile is left out: their colours are "
					"those of the plain formula";
		break;
	default:
		picture->note = "has a damaged colour profile, which is left out: it is read as "
				"sRGB";
	}
	return RV_OK;
}

/* Of RGB that a HEIC or an AVIF describes by numbers. */
static void take_numbers(struct picture *picture, const AVFrame *frame)
{
	if (picture->image.format == RV_RGB16 && hdr_is_wanted(frame->color_trc)) {
		picture->transfer = frame->color_trc;
		picture->primaries = frame->color_primaries;
	} else {
		picture->colour_profile = colour_profile_of(frame->color_primaries);
	}
}

rv_status picture_read(struct picture *picture, struct input *input, rv_error *error)
{
	struct found found = {.inks = INKS_NONE};
	*picture = (struct picture){.transfer = AVCOL_TRC_UNSPECIFIED,
	                            .primaries = AVCOL_PRI_UNSPECIFIED};
	AVFrame *frame = av_frame_alloc(), *working = av_frame_alloc();
	rv_status status = frame && working
	                           ? decode_input(input, frame, &found, error)
	                           : rv_fail(error, RV_MEMORY, "%s: out of memory", input->name);
	if (status == RV_OK)
		status = to_working_format(input, frame, found.inks, working, error);
	if (status == RV_OK)
		status = take_planes(picture, working, error);
	if (status == RV_OK)
		status = turn_upright(picture, orientation_of_frame(frame), error);
	if (status == RV_OK && input->decoded)
		take_numbers(picture, frame);
	if (status == RV_OK)
		take_found(picture, frame, &found);
	if (status == RV_OK)
		status = take_profile(picture, frame, found.inks, error);
	if (status != RV_OK)
		picture_release(picture);
	av_frame_free(&frame);
	av_frame_free(&working);
	return status;
}

rv_status picture_open(struct picture *picture, const char *name, rv_error *error)
{
	struct input *input = NULL;
	rv_status status = input_open(&input, name, NULL, error);
	if (status == RV_OK && input->kind == INPUT_VIDEO)
		status = rv_fail(error, RV_UNSUPPORTED,
		                 "%s: is a video, where a picture is wanted; take a frame of it",
		                 name);
	if (status == RV_OK)
		status = picture_read(picture, input, error);
	input_close(&input);
	return status;
}
