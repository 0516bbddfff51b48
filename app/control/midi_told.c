#ifdef HAVE_ALSA

#include "app/control/midi_told.h"

#include <errno.h>

bool midi_told_is_same(const snd_seq_addr_t *a, const snd_seq_addr_t *b)
{
	return a->client == b->client && a->port == b->port;
}

/* Of what nobody named, hardware alone is told: a program, or a port that sends on what it gets,
 * would take values for orders. */
static bool can_be_told(const struct midi_told *told, const snd_seq_port_info_t *port)
{
	const unsigned needed = SND_SEQ_PORT_CAP_WRITE | SND_SEQ_PORT_CAP_SUBS_WRITE;
	bool is_hardware = snd_seq_port_info_get_type(port) & SND_SEQ_PORT_TYPE_HARDWARE;
	return (snd_seq_port_info_get_capability(port) & needed) == needed &&
	       (is_hardware || told->is_named);
}

void midi_told_add(struct midi_told *told, const snd_seq_addr_t *address)
{
	snd_seq_port_info_t *port;
	snd_seq_port_info_alloca(&port);
	for (int i = 0; i < told->count; i++)
		if (midi_told_is_same(&told->list[i], address))
			return;
	/* The connection keeps the device open; a port of ours that nobody can read is enough. */
	if (told->count == MIDI_TOLD_MAX ||
	    snd_seq_get_any_port_info(told->sequencer, address->client, address->port, port) ||
	    !can_be_told(told, port) ||
	    snd_seq_connect_to(told->sequencer, told->port, address->client, address->port))
		return;
	told->list[told->count++] = *address;
	midi_feedback_forget(&told->feedback);
}

void midi_told_remove(struct midi_told *told, const snd_seq_addr_t *address)
{
	for (int i = 0; i < told->count; i++)
		if (midi_told_is_same(&told->list[i], address))
			told->list[i] = told->list[--told->count];
}

/* False where one cannot take more for now. */
static bool send_event(const struct midi_told *told, const struct midi_event *event)
{
	bool is_sent = true;
	for (int i = 0; i < told->count; i++) {
		snd_seq_event_t sent;
		snd_seq_ev_clear(&sent);
		snd_seq_ev_set_source(&sent, (unsigned char)told->port);
		snd_seq_ev_set_dest(&sent, told->list[i].client, told->list[i].port);
		snd_seq_ev_set_direct(&sent);
		if (event->kind == MIDI_NOTE)
			snd_seq_ev_set_noteon(&sent, (unsigned char)(event->channel - 1),
			                      (unsigned char)event->number,
			                      (unsigned char)event->value);
		else
			snd_seq_ev_set_controller(&sent, (unsigned char)(event->channel - 1),
			                          (unsigned)event->number, event->value);
		is_sent &= snd_seq_event_output_direct(told->sequencer, &sent) != -EAGAIN;
	}
	return is_sent;
}

void midi_told_send(struct midi_told *told, const struct keys *keys, const struct options *options,
                    int64_t now)
{
	struct midi_event event;
	if (!told->count)
		return;
	if (told->feedback.due && now >= told->feedback.due)
		midi_feedback_begin(&told->feedback);
	while (midi_feedback_next(&told->feedback, keys, options, now, &event))
		if (!send_event(told, &event))
			midi_feedback_fail(&told->feedback, &event, now);
}

int64_t midi_told_due(const struct midi_told *told)
{
	return told->count ? told->feedback.due : 0;
}

#else

typedef int midi_told_is_for_alsa; /* a file that is empty is none in C */

#endif
