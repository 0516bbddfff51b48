/* The sound of an input by itself: of a microphone or what else the machine hears
 * (app/media/input_origin.h: "pulse:default", "alsa:hw:0"), a stream, or a file, whose pictures are
 * left alone. */
#ifndef APP_MEDIA_SOUND_SOURCE_H
#define APP_MEDIA_SOUND_SOURCE_H

#include "app/media/input.h"
#include "app/media/sound.h"

/* Closed by sound_source_close. Belongs to one thread at a time. */
struct sound_source {
	struct input *input;

	/* private */
	struct sound_decoder *decoder;
	int stream_index;
	AVPacket *packet;
	bool has_ended;
	int unreadable; /* reads in a row that failed for damage */
};

/* The errors of input_open; RV_UNSUPPORTED: it has no sound, or none that can be decoded. */
rv_status sound_source_open(struct sound_source **source, const char *name,
                            const struct input_options *options, rv_error *error);

/* Reads on. *sound is the next block, the caller's to release; NULL: there is none yet, as devices
 * are not waited for longer than milliseconds, or none any more: *ended. RV_IO, RV_CANCELLED. */
rv_status sound_source_next(struct sound_source *source, struct sound **sound, bool *ended,
                            rv_error *error);

/* Accepts a pointer to NULL. */
void sound_source_close(struct sound_source **source);

#endif
