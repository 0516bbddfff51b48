#include "app/media/sink_resound.h"

#include <stdlib.h>

#include "app/media/sink_streams.h"
#include "app/media/sound_decoder.h"

enum { SILENCE = 1024, MICROSECOND = 1000 };

struct sink_resound {
	struct sound_decoder *decoder;
	struct sink_sound *sound;
	struct sound_track track; /* it begins at time 0 of the output */
};

/* Whoever wants sound as it is is told where it can be so. */
static void note(const AVFormatContext *muxer, const AVStream *from, int index,
                 struct progress *progress)
{
	enum AVCodecID codec = muxer->streams[index]->codecpar->codec_id;
	progress_note(progress,
	              "stream %d (sound, %s) becomes %s in stereo: %s does not hold it; .mkv does",
	              from->index, avcodec_get_name(from->codecpar->codec_id),
	              avcodec_get_name(codec), muxer->oformat->name);
}

rv_status sink_resound_open(struct sink_resound **opened, AVFormatContext *muxer,
                            const AVStream *from, int *index, struct progress *progress,
                            rv_error *error)
{
	struct sink_resound *resound = calloc(1, sizeof(*resound));
	*opened = NULL;
	if (!resound)
		return rv_fail(error, RV_MEMORY, "out of memory for the sound");
	rv_status status = sound_decoder_open(&resound->decoder, from, error);
	if (status == RV_OK)
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
	sound_decoder_close(&resound->decoder);
	sink_sound_close(&resound->sound);
	free(resound);
	*closed = NULL;
}

static rv_status push_silence(struct sink_resound *resound, int64_t count, rv_error *error)
{
	static const float silence[SILENCE * SOUND_CHANNELS];
	rv_status status = RV_OK;
	for (; count > 0 && status == RV_OK; count -= SILENCE)
		status = sink_sound_push(resound->sound, silence,
		                         count < SILENCE ? (int)count : SILENCE, error);
	return status;
}

/* Holes become silence, and what comes before the beginning is left out. */
static rv_status push_block(struct sink_resound *resound, const struct sound *block, int64_t shift,
                            rv_error *error)
{
	struct sound_track_step step =
		sound_track_add(&resound->track, block->time - shift * MICROSECOND, block->count);
	rv_status status = push_silence(resound, step.silence, error);
	if (status == RV_OK && step.skip < block->count)
		status = sink_sound_push(resound->sound,
		                         block->samples + (ptrdiff_t)step.skip * SOUND_CHANNELS,
		                         block->count - step.skip, error);
	return status;
}

rv_status sink_resound_push(struct sink_resound *resound, const AVPacket *packet, int64_t shift,
                            rv_error *error)
{
	rv_status status = RV_OK;
	struct sound *block;
	sound_decoder_push(resound->decoder, packet);
	while ((block = sound_decoder_pull(resound->decoder))) {
		if (status == RV_OK)
			status = push_block(resound, block, shift, error);
		sound_release(block);
	}
	if (status == RV_OK && !packet)
		status = sink_sound_push(resound->sound, NULL, 0, error);
	return status;
}

struct sink_sound *sink_resound_sound(struct sink_resound *resound)
{
	return resound->sound;
}
