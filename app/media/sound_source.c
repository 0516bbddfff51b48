#include "app/media/sound_source.h"

#include <libavutil/time.h>
#include <stdlib.h>

#include "app/media/libav.h"
#include "app/media/sound_decoder.h"

static const unsigned look = 3000; /* microseconds from look to look where there is nothing yet */

enum { UNREADABLE_MAX = 100 }; /* reads in a row: more are no damage but no sound */

static rv_status choose_stream(struct sound_source *source, rv_error *error)
{
	struct input *input = source->input;
	AVFormatContext *format = input->format; /* NULL: a photograph */
	libav_clear_error();
	/* Devices say all that is needed, and have nothing ready to look at. */
	int code = format && !input->is_device ? avformat_find_stream_info(format, NULL) : 0;
	if (code < 0)
		return input_fail(input, code, "cannot be read", error);
	if (format)
		source->stream_index =
			av_find_best_stream(format, AVMEDIA_TYPE_AUDIO, -1, -1, NULL, 0);
	if (!format || source->stream_index < 0)
		return rv_fail(error, RV_UNSUPPORTED, "%s: has no sound", input->name);
	for (unsigned i = 0; i < format->nb_streams; i++)
		if ((int)i != source->stream_index)
			format->streams[i]->discard = AVDISCARD_ALL;
	return RV_OK;
}

static rv_status open_decoder(struct sound_source *source, rv_error *error)
{
	rv_error why = {0};
	const AVStream *stream = source->input->format->streams[source->stream_index];
	rv_status status = sound_decoder_open(&source->decoder, stream, &why);
	return status == RV_OK ? status
	                       : rv_fail(error, status, "%s: %s", source->input->name, why.message);
}

rv_status sound_source_open(struct sound_source **opened, const char *name,
                            const struct input_options *options, rv_error *error)
{
	struct sound_source *source = calloc(1, sizeof(*source));
	if (!source || !(source->packet = av_packet_alloc())) {
		free(source);
		return rv_fail(error, RV_MEMORY, "out of memory for sound");
	}
	rv_status status;
	if ((status = input_open(&source->input, name, options, error)) != RV_OK ||
	    (status = choose_stream(source, error)) != RV_OK ||
	    (status = open_decoder(source, error)) != RV_OK) {
		sound_source_close(&source);
		return status;
	}
	input_note_opened(source->input);
	*opened = source;
	return RV_OK;
}

/* What is damaged is left out. */
static rv_status read_packet(struct sound_source *source, rv_error *error)
{
	int code = input_read(source->input, source->packet);
	if (code == AVERROR(EAGAIN)) {
		av_usleep(look);
		return RV_OK;
	}
	if (code == AVERROR_INVALIDDATA && ++source->unreadable < UNREADABLE_MAX)
		return RV_OK;
	if (code == AVERROR_EOF) {
		source->has_ended = true;
		sound_decoder_push(source->decoder, NULL);
		return RV_OK;
	}
	if (code == AVERROR_EXTERNAL) /* PulseAudio's */
		return rv_fail(error, RV_IO, "%s: the sound server, or its source, has gone",
		               source->input->name);
	if (code < 0)
		return input_fail(source->input, code, "cannot be read", error);
	source->unreadable = 0;
	if (source->packet->stream_index == source->stream_index)
		sound_decoder_push(source->decoder, source->packet);
	av_packet_unref(source->packet);
	return RV_OK;
}

rv_status sound_source_next(struct sound_source *source, struct sound **sound, bool *ended,
                            rv_error *error)
{
	rv_status status = RV_OK;
	*ended = false;
	*sound = sound_decoder_pull(source->decoder);
	if (*sound)
		return RV_OK;
	*ended = source->has_ended;
	if (!*ended)
		status = read_packet(source, error);
	return status;
}

void sound_source_close(struct sound_source **closed)
{
	struct sound_source *source = *closed;
	if (!source)
		return;
	sound_decoder_close(&source->decoder);
	input_close(&source->input);
	av_packet_free(&source->packet);
	free(source);
	*closed = NULL;
}
