#include "app/media/sink_muxer.h"

#include <libavutil/avstring.h>
#include <libavutil/opt.h>

#include "app/media/libav.h"
#include "app/media/sink_place.h"

rv_status sink_muxer_open(struct sink_muxer *muxer, const AVOutputFormat *container,
                          const char *output, AVIOInterruptCB interrupt, rv_error *error)
{
	if (avformat_alloc_output_context2(&muxer->context, container, NULL, output) < 0)
		return rv_fail(error, RV_MEMORY, "out of memory for the output");
	muxer->context->interrupt_callback = interrupt;
	return RV_OK;
}

/* Whether the last call, which gave code, or a write before it failed. */
static bool has_failed(const struct sink_muxer *muxer, int code)
{
	return code < 0 || (muxer->file && output_file_errno(muxer->file));
}

static rv_status write_error(const struct sink_muxer *muxer, int code, rv_error *error)
{
	if (muxer->file && output_file_errno(muxer->file))
		return output_file_write_error(muxer->file, error);
	return libav_fail(error, code, "%s: cannot be written",
	                  muxer->file ? "the output" : muxer->context->url);
}

/* A muxer that moves its index to the front reads what it has written. A name with a colon would be
 * taken for a protocol. */
static int open_written(AVFormatContext *context, AVIOContext **io, const char *url, int flags,
                        AVDictionary **options)
{
	const char *temporary = output_file_temporary(context->opaque);
	char *place = temporary ? av_asprintf("file:%s", temporary) : NULL;
	(void)url;
	if (!place)
		return temporary ? AVERROR(ENOMEM) : AVERROR(ENOSYS);
	int code = avio_open2(io, place, flags, &context->interrupt_callback, options);
	av_free(place);
	return code;
}

static void set_options(const struct sink_muxer *muxer, AVDictionary **options)
{
	AVFormatContext *context = muxer->context;
	/* MP4 goes back to its beginning at the end, and cannot be read before, unless it is
	 * written in fragments. Its head must wait for the first one, to say how the sound's delay
	 * is made up for. */
	if (muxer->plays_early) {
		av_dict_set(options, "movflags", "frag_keyframe+delay_moov+default_base_moof", 0);
		av_dict_set_int(options, "frag_duration", AV_TIME_BASE, 0);
		av_dict_set(options, "cluster_time_limit", "1000", 0); /* Matroska, ms */
	} else if (context->pb && !context->pb->seekable) {
		av_dict_set(options, "movflags", "frag_keyframe+empty_moov", 0);
	} else if (muxer->file) {
		/* What comes over a network then plays before all of it is there. */
		av_dict_set(options, "movflags", "faststart", 0);
		context->opaque = muxer->file;
		context->io_open = open_written;
	}
	av_dict_set(options, "rtsp_transport", "tcp", 0); /* what UDP loses is seen for seconds */
	context->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL; /* FLAC in MP4 */
	/* The encoder looks ahead for many frames, and sound must wait for them. */
	context->max_interleave_delta = (int64_t)60 * AV_TIME_BASE;
	if (muxer->is_low_latency)
		context->flags |= AVFMT_FLAG_FLUSH_PACKETS;
}

rv_status sink_muxer_begin(struct sink_muxer *muxer, rv_error *error)
{
	AVDictionary *options = NULL;
	rv_status status = sink_open_place(muxer->context, muxer->file, error);
	if (status != RV_OK)
		return status;
	if (muxer->file && muxer->keeps_partial)
		output_file_reserve(muxer->file);
	set_options(muxer, &options);
	libav_clear_error();
	int code = avformat_write_header(muxer->context, &options);
	av_dict_free(&options);
	muxer->header_written = code >= 0;
	if (code >= 0)
		return RV_OK;
	if (!muxer->file || output_file_errno(muxer->file))
		return write_error(muxer, code, error);
	return libav_fail(error, code, "%s: %s cannot hold this video", muxer->context->url,
	                  muxer->context->oformat->name);
}

rv_status sink_muxer_write(struct sink_muxer *muxer, AVPacket *packet, rv_error *error)
{
	int code = av_interleaved_write_frame(muxer->context, packet);
	return has_failed(muxer, code) ? write_error(muxer, code, error) : RV_OK;
}

/* libavformat frees some of a muxer's memory only here, so this is also called where writing
 * failed. */
static int write_trailer(struct sink_muxer *muxer)
{
	int code = muxer->header_written ? av_write_trailer(muxer->context) : 0;
	muxer->header_written = false;
	return code;
}

rv_status sink_muxer_finish(struct sink_muxer *muxer, rv_error *error)
{
	int code = write_trailer(muxer);
	if (code < 0)
		return write_error(muxer, code, error);
	if (!muxer->file)
		return RV_OK;
	rv_status status = output_file_flush(muxer->file, error);
	return status == RV_OK ? output_file_commit(&muxer->file, error) : status;
}

bool sink_muxer_keep(struct sink_muxer *muxer)
{
	/* On a full disk the index may still fit at the end. */
	if (muxer->header_written)
		av_opt_set(muxer->context, "movflags", "-faststart", AV_OPT_SEARCH_CHILDREN);
	write_trailer(muxer);
	return muxer->keeps_partial && muxer->file &&
	       output_file_keep(&muxer->file, sink_is_playable);
}

void sink_muxer_close(struct sink_muxer *muxer)
{
	write_trailer(muxer);
	sink_close_place(muxer->context);
	output_file_discard(&muxer->file);
	*muxer = (struct sink_muxer){.context = NULL};
}
