/* The controllers that are told what others change (app/control/midi_feedback.h), by ALSA's
 * sequencer. Belongs to the thread of app/control/midi.c; only that includes it, where there is
 * ALSA. */
#ifndef APP_CONTROL_MIDI_TOLD_H
#define APP_CONTROL_MIDI_TOLD_H

#include <alsa/asoundlib.h>

#include "app/control/midi_feedback.h"

enum { MIDI_TOLD_MAX = 16 };

/* Zeroed, then set by whoever owns it as far as `feedback`. */
struct midi_told {
	snd_seq_t *sequencer; /* borrowed */
	int port;             /* of ours */
	bool is_named;        /* there is one to be heard, and it is told whatever it is */
	struct midi_feedback feedback;

	/* private */
	snd_seq_addr_t list[MIDI_TOLD_MAX];
	int count;
};

bool midi_told_is_same(const snd_seq_addr_t *a, const snd_seq_addr_t *b);

/* Tells this one from now on, if it can be told. */
void midi_told_add(struct midi_told *told, const snd_seq_addr_t *address);

/* It is gone. */
void midi_told_remove(struct midi_told *told, const snd_seq_addr_t *address);

/* Sends what is to be told now, a time of clock_now()'s, with options as these. */
void midi_told_send(struct midi_told *told, const struct keys *keys, const struct options *options,
                    int64_t now);

/* When there is more to send; 0: not before something changes. */
int64_t midi_told_due(const struct midi_told *told);

#endif
