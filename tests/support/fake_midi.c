/* A MIDI controller that is none, for the tests: a library to be loaded before the others
 * (LD_PRELOAD), which answers for ALSA's sequencer. What is tested on top of it is
 * app/control/midi.c.
 *
 * $FAKE_MIDI is a FIFO; each line that is written into it is an event, `CC CHANNEL NUMBER VALUE`,
 * `Note CHANNEL NUMBER VELOCITY` or `Program CHANNEL NUMBER`, channels from 1 on; `Clock COUNT`,
 * which is so many pulses, or `Clock COUNT CLIENT` of another; `Start`, `Continue`, `Stop`,
 * `Position SIXTEENTHS`. There is one other client to be found, 20, with one port, a device.
 * What is sent to it is added to the file $FAKE_MIDI_TOLD, as such lines. Without $FAKE_MIDI there
 * is no sequencer. */
#include <alsa/asoundlib.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/fifo_lines.h"

enum {
	OWN_CLIENT = 128,
	CONTROLLER = 20,
	NO_PORT = 255 /* what ALSA makes of -1 */
};

static struct fifo_lines fifo;

int snd_seq_open(snd_seq_t **sequencer, const char *name, int streams, int mode)
{
	const char *path = getenv("FAKE_MIDI");
	(void)name, (void)streams, (void)mode;
	*sequencer = (snd_seq_t *)&fifo;
	return path && fifo_lines_open(&fifo, path) ? 0 : -ENOENT;
}

int snd_seq_close(snd_seq_t *sequencer)
{
	(void)sequencer;
	return close(fifo.descriptor);
}

int snd_seq_set_client_name(snd_seq_t *sequencer, const char *name)
{
	(void)sequencer, (void)name;
	return 0;
}

int snd_seq_client_id(snd_seq_t *sequencer)
{
	(void)sequencer;
	return OWN_CLIENT;
}

int snd_seq_create_simple_port(snd_seq_t *sequencer, const char *name, unsigned capabilities,
                               unsigned type)
{
	(void)sequencer, (void)name, (void)capabilities, (void)type;
	return 0;
}

int snd_seq_connect_from(snd_seq_t *sequencer, int port, int client, int from)
{
	(void)sequencer, (void)port, (void)client, (void)from;
	return 0;
}

int snd_seq_connect_to(snd_seq_t *sequencer, int port, int client, int to)
{
	(void)sequencer, (void)port;
	return client == CONTROLLER && !to ? 0 : -EINVAL;
}

int snd_seq_event_output_direct(snd_seq_t *sequencer, snd_seq_event_t *event)
{
	const char *path = getenv("FAKE_MIDI_TOLD");
	FILE *file = path && event->dest.client == CONTROLLER ? fopen(path, "a") : NULL;
	(void)sequencer;
	if (!file)
		return -ENODEV;
	if (event->type == SND_SEQ_EVENT_NOTEON)
		fprintf(file, "Note %d %d %d\n", event->data.note.channel + 1,
		        event->data.note.note, event->data.note.velocity);
	else
		fprintf(file, "CC %d %d %d\n", event->data.control.channel + 1,
		        (int)event->data.control.param, event->data.control.value);
	fclose(file);
	return 0;
}

int snd_seq_parse_address(snd_seq_t *sequencer, snd_seq_addr_t *address, const char *text)
{
	(void)sequencer;
	*address = (snd_seq_addr_t){.client = CONTROLLER, .port = 0};
	return strcmp(text, "20:0") == 0 || strcmp(text, "Knobs that are none") == 0 ? 0 : -EINVAL;
}

int snd_seq_query_next_client(snd_seq_t *sequencer, snd_seq_client_info_t *info)
{
	(void)sequencer;
	if (snd_seq_client_info_get_client(info) >= CONTROLLER)
		return -ENOENT;
	snd_seq_client_info_set_client(info, CONTROLLER);
	return 0;
}

int snd_seq_query_next_port(snd_seq_t *sequencer, snd_seq_port_info_t *info)
{
	(void)sequencer;
	if (snd_seq_port_info_get_port(info) != NO_PORT)
		return -ENOENT;
	snd_seq_port_info_set_port(info, 0);
	snd_seq_port_info_set_name(info, "Knobs that are none");
	snd_seq_port_info_set_client(info, CONTROLLER);
	snd_seq_port_info_set_type(info, SND_SEQ_PORT_TYPE_HARDWARE);
	snd_seq_port_info_set_capability(info, SND_SEQ_PORT_CAP_READ | SND_SEQ_PORT_CAP_SUBS_READ |
	                                               SND_SEQ_PORT_CAP_WRITE |
	                                               SND_SEQ_PORT_CAP_SUBS_WRITE);
	return 0;
}

int snd_seq_get_any_port_info(snd_seq_t *sequencer, int client, int port, snd_seq_port_info_t *info)
{
	if (client != CONTROLLER || port)
		return -ENOENT;
	snd_seq_port_info_set_port(info, NO_PORT);
	return snd_seq_query_next_port(sequencer, info);
}

int snd_seq_poll_descriptors(snd_seq_t *sequencer, struct pollfd *descriptors, unsigned space,
                             short events)
{
	(void)sequencer;
	if (!space)
		return 0;
	descriptors[0] = (struct pollfd){.fd = fifo.descriptor, .events = events};
	return 1;
}

/* What has no numbers that say who plays what. */
static bool make_plain(snd_seq_event_t *event, const char *kind, const int numbers[3])
{
	static const struct {
		const char *kind;
		snd_seq_event_type_t type;
	} plain[] = {{"Clock", SND_SEQ_EVENT_CLOCK},
	             {"Start", SND_SEQ_EVENT_START},
	             {"Continue", SND_SEQ_EVENT_CONTINUE},
	             {"Stop", SND_SEQ_EVENT_STOP},
	             {"Position", SND_SEQ_EVENT_SONGPOS}};
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		if (strcmp(kind, plain[i].kind))
			continue;
		event->type = plain[i].type;
		event->data.control.value = numbers[0];
		if (event->type == SND_SEQ_EVENT_CLOCK && numbers[1])
			event->source.client = (unsigned char)numbers[1];
		return true;
	}
	return false;
}

static void make_event(snd_seq_event_t *event, const char *kind, const int numbers[3])
{
	memset(event, 0, sizeof(*event));
	event->type = SND_SEQ_EVENT_NONE;
	event->source.client = CONTROLLER;
	if (make_plain(event, kind, numbers))
		return;
	if (!strcmp(kind, "Note")) {
		event->type = SND_SEQ_EVENT_NOTEON;
		event->data.note.channel = (unsigned char)(numbers[0] - 1);
		event->data.note.note = (unsigned char)numbers[1];
		event->data.note.velocity = (unsigned char)numbers[2];
		return;
	}
	event->data.control.channel = (unsigned char)(numbers[0] - 1);
	event->data.control.param = (unsigned)numbers[1];
	event->data.control.value = numbers[2];
	if (!strcmp(kind, "CC"))
		event->type = SND_SEQ_EVENT_CONTROLLER;
	if (!strcmp(kind, "Program")) {
		event->type = SND_SEQ_EVENT_PGMCHANGE;
		event->data.control.value = numbers[1];
	}
}

int snd_seq_event_input(snd_seq_t *sequencer, snd_seq_event_t **event)
{
	static snd_seq_event_t made;
	static int again; /* pulses of the clock that are still to come of a line */
	char line[FIFO_LINE_LENGTH], kind[16] = "";
	int numbers[3] = {0};
	(void)sequencer;
	*event = &made;
	if (again) {
		again--;
		return 0;
	}
	if (!fifo_lines_next(&fifo, line))
		return -EAGAIN;
	sscanf(line, "%15s %d %d %d", kind, &numbers[0], &numbers[1], &numbers[2]);
	make_event(&made, kind, numbers);
	again = made.type == SND_SEQ_EVENT_CLOCK && numbers[0] > 1 ? numbers[0] - 1 : 0;
	return 0;
}
