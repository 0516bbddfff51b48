#include "app/media/libav.h"

#include <libavutil/avstring.h>
#include <libavutil/log.h>
#include <libavutil/pixdesc.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/media/public_name.h"

/* libav logs from its own threads, to one callback for the whole process. */
static struct {
	pthread_mutex_t lock;
	bool verbose;
	int begins_line;
	char error_text[256];
} messages = {.lock = PTHREAD_MUTEX_INITIALIZER, .begins_line = 1};

static void keep_error(const char *format, va_list arguments)
{
	char *text = messages.error_text;
	vsnprintf(text, sizeof(messages.error_text), format, arguments);
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < ' ')
			*c = ' ';
	size_t length = strlen(text);
	while (length && (text[length - 1] == ' ' || text[length - 1] == '.'))
		text[--length] = '\0';
}

/* As av_log_default_callback() would, but for what gives access. */
static void print_message(void *sender, int level, const char *format, va_list arguments)
{
	char line[1024];
	va_list copy;
	va_copy(copy, arguments);
	if (level <= av_log_get_level())
		av_log_format_line2(sender, level, format, copy, line, sizeof(line),
		                    &messages.begins_line);
	else
		line[0] = '\0';
	va_end(copy);
	public_name_hide(line);
	fputs(line, stderr);
}

static void take_message(void *sender, int level, const char *format, va_list arguments)
{
	pthread_mutex_lock(&messages.lock);
	if (messages.verbose) {
		print_message(sender, level, format, arguments);
	}
	if (level <= AV_LOG_ERROR && !messages.error_text[0])
		keep_error(format, arguments);
	pthread_mutex_unlock(&messages.lock);
}

void libav_take_log(bool verbose)
{
	pthread_mutex_lock(&messages.lock);
	messages.verbose = verbose;
	pthread_mutex_unlock(&messages.lock);
	av_log_set_callback(take_message);
	if (!verbose)
		setenv("SVT_LOG", "0", 0); /* SVT-AV1 writes past libav's log, and asks this */
}

void libav_clear_error(void)
{
	pthread_mutex_lock(&messages.lock);
	messages.error_text[0] = '\0';
	pthread_mutex_unlock(&messages.lock);
}

/* The one that fits. */
static rv_status status_of(int code)
{
	switch (code) {
	case AVERROR(ENOMEM):
		return RV_MEMORY;
	case AVERROR(ENOENT):
	case AVERROR_HTTP_NOT_FOUND:
		return RV_NOT_FOUND;
	case AVERROR(EINVAL):
	case AVERROR_OPTION_NOT_FOUND:
		return RV_INVALID;
	case AVERROR_INVALIDDATA:
	case AVERROR_EOF:
		return RV_CORRUPT;
	case AVERROR_PROTOCOL_NOT_FOUND:
	case AVERROR_DECODER_NOT_FOUND:
	case AVERROR_DEMUXER_NOT_FOUND:
	case AVERROR_ENCODER_NOT_FOUND:
	case AVERROR_MUXER_NOT_FOUND:
	case AVERROR_FILTER_NOT_FOUND:
	case AVERROR_PATCHWELCOME:
	case AVERROR(ENOSYS):
		return RV_UNSUPPORTED;
	case AVERROR_EXIT:
		return RV_CANCELLED;
	default:
		return RV_IO;
	}
}

rv_status libav_fail(rv_error *error, int code, const char *format, ...)
{
	char what[RV_ERROR_LENGTH], reason[sizeof(messages.error_text)];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	pthread_mutex_lock(&messages.lock);
	memcpy(reason, messages.error_text, sizeof(reason));
	pthread_mutex_unlock(&messages.lock);
	/* The interrupt callback said so: nobody asked for an "immediate exit". */
	if (code == AVERROR_EXIT)
		snprintf(reason, sizeof(reason), "nothing came of it, and waiting was given up");
	else if (!reason[0] && code == AVERROR_INVALIDDATA)
		snprintf(reason, sizeof(reason), "nothing in it that FFmpeg can read");
	else if (!reason[0])
		av_strerror(code, reason, sizeof(reason));
	public_name_hide(what);
	public_name_hide(reason);
	return rv_fail(error, status_of(code), "%s: %s", what, reason);
}

int libav_open_file(AVFormatContext **format, const char *path, const AVInputFormat *container)
{
	char *url = av_asprintf("file:%s", path);
	int code = url ? avformat_open_input(format, url, container, NULL) : AVERROR(ENOMEM);
	av_free(url);
	return code;
}

rv_status libav_check_picture_size(const char *name, int64_t width, int64_t height, rv_error *error)
{
	if (width < 1 || height < 1)
		return rv_fail(error, RV_CORRUPT, "%s: has no size (%lld x %lld pixels)", name,
		               (long long)width, (long long)height);
	if (width > LIBAV_SIDE_MAX || height > LIBAV_SIDE_MAX || width * height > LIBAV_PIXELS_MAX)
		return rv_fail(error, RV_MEMORY,
		               "%s: %lld x %lld pixels are too many; the limit is %d a side and "
		               "%d million in all, so make it smaller first",
		               name, (long long)width, (long long)height, LIBAV_SIDE_MAX,
		               LIBAV_PIXELS_MAX / 1000000);
	return RV_OK;
}

static int allocate_limited_frame(AVCodecContext *decoder, AVFrame *frame, int flags)
{
	rv_error error;
	if (libav_check_picture_size("frame", frame->width, frame->height, &error) != RV_OK) {
		av_log(decoder, AV_LOG_ERROR, "%s\n", error.message);
		return AVERROR(ENOMEM);
	}
	return avcodec_default_get_buffer2(decoder, frame, flags);
}

void libav_limit_frames(AVCodecContext *decoder)
{
	decoder->get_buffer2 = allocate_limited_frame;
#if FF_API_THREAD_SAFE_CALLBACKS
	/* Before FFmpeg 6 a decoder uses its threads only where this is said, though saying it is
	 * deprecated already. The callback touches nothing but its arguments. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
	decoder->thread_safe_callbacks = 1;
#pragma GCC diagnostic pop
#endif
}

int libav_pixel_depth(enum AVPixelFormat format)
{
	const AVPixFmtDescriptor *descriptor = av_pix_fmt_desc_get(format);
	if (!descriptor || !descriptor->nb_components)
		return 0;
	if (descriptor->flags & AV_PIX_FMT_FLAG_PAL)
		return 8;
	return descriptor->comp[0].depth;
}

/* ---- packets that wait ---- */

enum { PACKETS_FIRST_CAPACITY = 16, PACKET_BYTES = 256 /* of one without its data */ };

static const int64_t packets_most = (int64_t)512 << 20; /* bytes */

static int64_t size_of(const AVPacket *packet)
{
	return PACKET_BYTES + packet->size;
}

static bool make_room(AVFifo **fifo)
{
	if (!*fifo)
		*fifo = av_fifo_alloc2(PACKETS_FIRST_CAPACITY, sizeof(AVPacket *), 0);
	if (!*fifo)
		return false;
	return av_fifo_can_write(*fifo) || av_fifo_grow2(*fifo, av_fifo_can_read(*fifo)) >= 0;
}

rv_status libav_packets_push(struct libav_packets *packets, AVPacket *packet, const char *name,
                             rv_error *error)
{
	if (packets->bytes + size_of(packet) > packets_most)
		return rv_fail(error, RV_CORRUPT,
		               "%s: %d MB of sound and other streams came before the next picture",
		               name, (int)(packets_most >> 20));
	AVPacket *kept = make_room(&packets->fifo) ? av_packet_alloc() : NULL;
	if (!kept)
		return rv_fail(error, RV_MEMORY, "%s: out of memory for packets", name);
	packets->bytes += size_of(packet);
	av_packet_move_ref(kept, packet);
	av_fifo_write(packets->fifo, &kept, 1);
	return RV_OK;
}

const AVPacket *libav_packets_first(const struct libav_packets *packets)
{
	AVPacket *first = NULL;
	if (packets->fifo && av_fifo_can_read(packets->fifo))
		av_fifo_peek(packets->fifo, &first, 1, 0);
	return first;
}

void libav_packets_pop(struct libav_packets *packets, AVPacket *packet)
{
	AVPacket *kept = NULL;
	av_fifo_read(packets->fifo, &kept, 1);
	packets->bytes -= size_of(kept);
	av_packet_move_ref(packet, kept);
	av_packet_free(&kept);
}

void libav_packets_release(struct libav_packets *packets)
{
	AVPacket *kept;
	while (packets->fifo && av_fifo_read(packets->fifo, &kept, 1) >= 0)
		av_packet_free(&kept);
	av_fifo_freep2(&packets->fifo);
	packets->bytes = 0;
}

int64_t libav_clock_start(const AVFormatContext *format)
{
	bool is_broadcast = format && format->iformat->flags & AVFMT_TS_DISCONT;
	return is_broadcast && format->start_time != AV_NOPTS_VALUE ? format->start_time : 0;
}
