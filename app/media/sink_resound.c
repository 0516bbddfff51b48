#include "app/media/sink_resound.h"

#include <stdlib.h>

#include "app/media/sink_streams.h"
#include "app/media/sound_decoder.h"

enum { SILENCE = 1024, MICROSECOND = 1000 };

struct sink_resound {
	struct sound_decoder *decoder;
	struct sink_sound *sound;
	struct sound_track track; /* it begins at time 0 of the output */
	int64_t shift;            /* of what was handed in last, microseconds */
	bool ends;                /* nothing more is handed in */

	/* what the encoder is to have next */
	int64_t silence;     /* samples */
	struct sound *block; /* then this one's; NULL: none */
	int skip;            /* but for so many at its beginning */
};

/* Whoever wants sound as it is is told where it can be so. */
static void note(const AVFormatContext *muxer, const AVStream *from, int index,
                 struct progress *progress)
{
	enum AVCodecID codec = muxer->streams[index]->codecpar->codec_id;
	bool is_described = sink_is_described(from);
	progress_note(progress, "stream %d (sound, %s) becomes %s in stereo: %s%s", from->index,
	              avcodec_get_name(from->codecpar->codec_id), avcodec_get_name(codec),
	              is_described ? muxer->oformat->name : "none of it comes at the beginning",
	              is_described ? " does not hold it; .mkv does" : ", which would describe it");
}

/* Sound that cannot be heard is no reason to have no film. */
static rv_status leave_out(const AVStream *from, int *index, struct progress *progress,
                           const rv_error *why)
{
	*index = SINK_STREAM_LEFT_OUT;
	progress_note(progress, "stream %d (sound) is left out: %s", from->index, why->message);
	return RV_OK;
}

rv_status sink_resound_open(struct sink_resound **opened, AVFormatContext *muxer,
                            const AVStream *from, int *index, struct progress *progress,
                            rv_error *error)
{
	struct sink_resound *resound = calloc(1, sizeof(*resound));
	*opened = NULL;
	if (!resound)
		return rv_fail(error, RV_MEMORY, "out of memory for the sound");
	rv_error why = {0};
	rv_status status = sound_decoder_open(&resound->decoder, from, &why);
	if (status != RV_OK) {
		sink_resound_close(&resound);
		return status == RV_MEMORY ? rv_fail(error, status, "%s", why.message)
		                           : leave_out(from, index, progress, &why);
	}
	status = sink_sound_open(&resound->sound, muxer, error);
	if (status != RV_OK) {
		sink_resound_close(&resound);
		return status;
	}
	*index = (int)muxer->nb_streams - 1;
	muxer->streams[*index]->disposition = from->disposition;
	sink_copy_metadata(&muxer->streams[*index]->metadata, from->metadata);
	note(muxer, from, *index, progress);
	*opened = resound;
	return RV_OK;
}

void sink_resound_close(struct sink_resound **closed)
{
	struct sink_resound *resound = *closed;
	if (!resound)
		return;
	sound_release(resound->block);
	sound_decoder_close(&resound->decoder);
	sink_sound_close(&resound->sound);
	free(resound);
	*closed = NULL;
}

void sink_resound_push(struct sink_resound *resound, const AVPacket *packet, int64_t shift)
{
	resound->shift = shift;
	resound->ends = !packet;
	sound_decoder_push(resound->decoder, packet);
}

/* Holes become silence, what comes before the beginning is left out. False: there is no more. */
static bool take_block(struct sink_resound *resound)
{
	struct sound *block = sound_decoder_pull(resound->decoder);
	if (!block)
		return false;
	struct sound_track_step step = sound_track_add(
		&resound->track, block->time - resound->shift * MICROSECOND, block->count);
	resound->block = block;
	resound->silence = step.silence;
	resound->skip = step.skip;
	return true;
}

static rv_status feed_silence(struct sink_resound *resound)
{
	static const float silence[SILENCE * SOUND_CHANNELS];
	int count = resound->silence < SILENCE ? (int)resound->silence : SILENCE;
	resound->silence -= count;
	return sink_sound_push(resound->sound, silence, count, NULL);
}

static rv_status feed_block(struct sink_resound *resound)
{
	struct sound *block = resound->block;
	rv_status status = RV_OK;
	if (resound->skip < block->count)
		status = sink_sound_push(resound->sound,
		                         block->samples + (ptrdiff_t)resound->skip * SOUND_CHANNELS,
		                         block->count - resound->skip, NULL);
	sound_release(block);
	resound->block = NULL;
	return status;
}

/* Gives the encoder a little more: 0, or libav's code. */
static int feed(struct sink_resound *resound)
{
	rv_status status = RV_OK;
	if (resound->silence > 0)
		status = feed_silence(resound);
	else if (resound->block)
		status = feed_block(resound);
	else if (!take_block(resound) && !resound->ends)
		return AVERROR(EAGAIN);
	else if (!resound->block)
		status = sink_sound_push(resound->sound, NULL, 0, NULL);
	return status == RV_OK ? 0 : AVERROR(ENOMEM);
}

int sink_resound_pull(struct sink_resound *resound, AVPacket *packet)
{
	int code;
	while ((code = sink_sound_pull(resound->sound, packet)) == AVERROR(EAGAIN))
		if ((code = feed(resound)) < 0)
			break;
	return code;
}
