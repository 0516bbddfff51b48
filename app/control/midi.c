#include "app/control/midi.h"

#ifdef HAVE_ALSA

#include <alsa/asoundlib.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "app/base/clock.h"
#include "app/base/thread.h"
#include "app/control/midi_map.h"
#include "app/control/midi_told.h"
#include "app/control/remote.h"

enum { POLLED_MAX = 8, FROM_LENGTH = 128, LIST_LENGTH = 256 };

struct midi {
	snd_seq_t *sequencer;
	int port, wake; /* the latter an eventfd */
	char from[FROM_LENGTH];
	struct queue *commands;
	pthread_t thread;
	atomic_bool stop;

	pthread_mutex_t lock; /* of what follows */
	bool learning;
	char turn[KEY_ACTION_LENGTH], press[KEY_ACTION_LENGTH];
	struct midi_clock clock; /* which its thread alone changes */
	struct options options;
	bool has_options;

	struct options given; /* the main thread's own */

	/* the thread's own */
	struct midi_map map;
	snd_seq_addr_t clock_from; /* who sends it */
	bool was_led;              /* by the clock, when that was last looked at */
	struct options now;        /* what is told */
	bool tells;
	struct midi_told told;
};

/* ---- telling the main thread ---- */

static void push(struct midi *midi, enum remote_kind kind, const char *text)
{
	struct remote_command *command = calloc(1, sizeof(*command));
	if (!command)
		return;
	command->kind = kind;
	snprintf(command->text, sizeof(command->text), "%s", text);
	queue_push(midi->commands, command, 0);
}

static void say(struct midi *midi, const char *what, const char *name)
{
	char text[REMOTE_COMMAND_LENGTH];
	snprintf(text, sizeof(text), "MIDI: %s%.128s", what, name);
	push(midi, REMOTE_SAY, text);
}

/* ---- connecting ---- */

/* Whether anything of others can be heard there. */
static bool is_input(struct midi *midi, const snd_seq_port_info_t *port)
{
	const unsigned needed = SND_SEQ_PORT_CAP_READ | SND_SEQ_PORT_CAP_SUBS_READ;
	int client = snd_seq_port_info_get_client(port);
	return client != SND_SEQ_CLIENT_SYSTEM && client != snd_seq_client_id(midi->sequencer) &&
	       (snd_seq_port_info_get_capability(port) & needed) == needed;
}

static bool is_wanted(struct midi *midi, const snd_seq_port_info_t *port)
{
	snd_seq_addr_t named;
	int client = snd_seq_port_info_get_client(port);
	if (!midi->from[0])
		return true;
	return !snd_seq_parse_address(midi->sequencer, &named, midi->from) &&
	       named.client == client && named.port == snd_seq_port_info_get_port(port);
}

/* False where it is not what is to be heard. */
static bool connect_port(struct midi *midi, const snd_seq_port_info_t *port)
{
	int client = snd_seq_port_info_get_client(port);
	if (!is_input(midi, port) || !is_wanted(midi, port))
		return false;
	if (!snd_seq_connect_from(midi->sequencer, midi->port, client,
	                          snd_seq_port_info_get_port(port)))
		say(midi, "", snd_seq_port_info_get_name(port));
	if (midi->from[0])
		midi_told_add(&midi->told, snd_seq_port_info_get_addr(port));
	return true;
}

/* Adds an input to those that a message tells. */
static void list_port(const snd_seq_port_info_t *port, char list[LIST_LENGTH])
{
	size_t used = strlen(list);
	snprintf(list + used, LIST_LENGTH - used, "%s%d:%d %.64s", used ? ", " : "",
	         snd_seq_port_info_get_client(port), snd_seq_port_info_get_port(port),
	         snd_seq_port_info_get_name(port));
}

/* The one that was asked for is not there. */
static void say_what_is_there(struct midi *midi, const char *list)
{
	char text[FROM_LENGTH + LIST_LENGTH + 64];
	snprintf(text, sizeof(text), "%s is not there, and is waited for; there is %s", midi->from,
	         list[0] ? list : "no input");
	say(midi, text, "");
}

static void connect_what_is_there(struct midi *midi)
{
	char list[LIST_LENGTH] = "";
	bool has_found = false;
	snd_seq_client_info_t *client;
	snd_seq_port_info_t *port;
	snd_seq_client_info_alloca(&client);
	snd_seq_port_info_alloca(&port);
	snd_seq_client_info_set_client(client, -1);
	while (!snd_seq_query_next_client(midi->sequencer, client)) {
		snd_seq_port_info_set_client(port, snd_seq_client_info_get_client(client));
		snd_seq_port_info_set_port(port, -1);
		while (!snd_seq_query_next_port(midi->sequencer, port)) {
			has_found |= connect_port(midi, port);
			if (is_input(midi, port))
				list_port(port, list);
		}
	}
	if (midi->from[0] && !has_found)
		say_what_is_there(midi, list);
}

/* A controller that is plugged in announces its port. */
static void connect_new(struct midi *midi, const snd_seq_addr_t *address)
{
	snd_seq_port_info_t *port;
	snd_seq_port_info_alloca(&port);
	if (!snd_seq_get_any_port_info(midi->sequencer, address->client, address->port, port))
		connect_port(midi, port);
}

/* ---- events ---- */

/* Binds what sent the event, where somebody asked for that. True where it did. */
static bool learn(struct midi *midi, const struct midi_event *event)
{
	char line[MIDI_MAP_LINE_LENGTH];
	rv_error error = {0};
	pthread_mutex_lock(&midi->lock);
	bool learned = midi->learning &&
	               midi_map_learn(&midi->map, event, midi->turn, midi->press, line, &error);
	midi->learning = midi->learning && !learned && error.status == RV_OK;
	pthread_mutex_unlock(&midi->lock);
	if (learned && keys_keep("midi.conf", line, &error) == RV_OK)
		say(midi, "learned ", line);
	else if (error.status != RV_OK)
		say(midi, "", error.message);
	return learned;
}

static void take(struct midi *midi, const struct midi_event *event, const snd_seq_addr_t *source)
{
	char action[KEY_ACTION_LENGTH];
	if (midi->tells && midi_map_is_bound(&midi->map, event))
		midi_told_add(&midi->told, source);
	if (!midi_feedback_hear(&midi->told.feedback, event, clock_now()))
		return;
	if (!learn(midi, event) && midi_map_take(&midi->map, event, action))
		push(midi, REMOTE_ACT, action);
}

/* ---- the clock ---- */

static void say_who_leads(struct midi *midi)
{
	snd_seq_port_info_t *port;
	snd_seq_port_info_alloca(&port);
	if (!snd_seq_get_any_port_info(midi->sequencer, midi->clock_from.client,
	                               midi->clock_from.port, port))
		say(midi, "beats are those of the clock of ", snd_seq_port_info_get_name(port));
}

static void say_clock(struct midi *midi)
{
	bool leads = midi_clock_leads(&midi->clock);
	if (leads && !midi->was_led)
		say_who_leads(midi);
	else if (!leads && midi->was_led && midi->clock.is_stopped)
		say(midi, "the clock is stopped; beats are those heard or tapped", "");
	else if (!leads && midi->was_led)
		say(midi, "the clock is gone; where no beats are heard they go on as they were",
		    "");
	midi->was_led = leads;
}

/* Of two clocks the second one is none, until the first is gone. */
static void take_clock(struct midi *midi, const snd_seq_event_t *event)
{
	struct midi_clock *clock = &midi->clock;
	if (clock->is_there && !midi_told_is_same(&midi->clock_from, &event->source))
		return;
	midi->clock_from = event->source;
	pthread_mutex_lock(&midi->lock);
	if (event->type == SND_SEQ_EVENT_CLOCK)
		midi_clock_pulse(clock, clock_now());
	else if (event->type == SND_SEQ_EVENT_START)
		midi_clock_start(clock);
	else if (event->type == SND_SEQ_EVENT_CONTINUE)
		midi_clock_continue(clock);
	else if (event->type == SND_SEQ_EVENT_STOP)
		midi_clock_stop(clock);
	else
		midi_clock_locate(clock, (unsigned)event->data.control.value);
	pthread_mutex_unlock(&midi->lock);
	say_clock(midi);
}

static void lose_clock(struct midi *midi)
{
	pthread_mutex_lock(&midi->lock);
	midi_clock_lose(&midi->clock);
	pthread_mutex_unlock(&midi->lock);
	say_clock(midi);
}

void midi_read_clock(struct midi *midi, struct midi_clock *clock)
{
	*clock = (struct midi_clock){.is_there = false};
	if (!midi)
		return;
	pthread_mutex_lock(&midi->lock);
	*clock = midi->clock;
	pthread_mutex_unlock(&midi->lock);
}

/* ---- the thread ---- */

static void take_event(struct midi *midi, const snd_seq_event_t *event)
{
	const snd_seq_ev_ctrl_t *control = &event->data.control;
	const snd_seq_ev_note_t *note = &event->data.note;
	switch (event->type) {
	case SND_SEQ_EVENT_CONTROLLER:
		take(midi,
		     &(struct midi_event){MIDI_CONTROL, control->channel + 1, (int)control->param,
		                          control->value},
		     &event->source);
		break;
	case SND_SEQ_EVENT_PGMCHANGE:
		take(midi,
		     &(struct midi_event){MIDI_PROGRAM, control->channel + 1, control->value, 0},
		     &event->source);
		break;
	case SND_SEQ_EVENT_NOTEON:
	case SND_SEQ_EVENT_NOTEOFF:
		take(midi,
		     &(struct midi_event){MIDI_NOTE, note->channel + 1, note->note,
		                          event->type == SND_SEQ_EVENT_NOTEON ? note->velocity : 0},
		     &event->source);
		break;
	case SND_SEQ_EVENT_PORT_EXIT:
		midi_told_remove(&midi->told, &event->data.addr);
		break;
	case SND_SEQ_EVENT_CLOCK:
	case SND_SEQ_EVENT_START:
	case SND_SEQ_EVENT_CONTINUE:
	case SND_SEQ_EVENT_STOP:
	case SND_SEQ_EVENT_SONGPOS:
		take_clock(midi, event);
		break;
	case SND_SEQ_EVENT_PORT_START:
		connect_new(midi, &event->data.addr);
		break;
	default:
		break;
	}
}

/* ---- telling controllers ---- */

static void take_options(struct midi *midi)
{
	pthread_mutex_lock(&midi->lock);
	midi->tells = midi->has_options;
	if (midi->tells && !options_equal(&midi->now, &midi->options)) {
		midi->now = midi->options;
		midi_feedback_begin(&midi->told.feedback);
	}
	pthread_mutex_unlock(&midi->lock);
}

static void tell_controllers(struct midi *midi)
{
	take_options(midi);
	if (midi->tells)
		midi_told_send(&midi->told, &midi->map.keys, &midi->now, clock_now());
}

/* For how many milliseconds nothing is to be done but what comes in; -1: for ever. */
static int patience(const struct midi *midi)
{
	int64_t due = midi_told_due(&midi->told);
	int longest = midi->clock.is_there ? MIDI_CLOCK_PATIENCE_MS : -1;
	if (!due)
		return longest;
	int64_t wait = (due - clock_now()) / (CLOCK_SECOND / 1000) + 1;
	wait = wait > 0 ? wait : 0;
	return longest < 0 || wait < longest ? (int)wait : longest;
}

void midi_tell(struct midi *midi, const struct options *options)
{
	if (!midi || options_equal(&midi->given, options))
		return;
	midi->given = *options;
	pthread_mutex_lock(&midi->lock);
	midi->options = *options;
	midi->has_options = true;
	pthread_mutex_unlock(&midi->lock);
	eventfd_write(midi->wake, 1);
}

static void *run(void *context)
{
	struct midi *midi = context;
	struct pollfd waits[POLLED_MAX] = {{.fd = midi->wake, .events = POLLIN}};
	int count =
		1 + snd_seq_poll_descriptors(midi->sequencer, waits + 1, POLLED_MAX - 1, POLLIN);
	connect_what_is_there(midi);
	while (!atomic_load(&midi->stop)) {
		snd_seq_event_t *event;
		int status;
		eventfd_t woken;
		poll(waits, (nfds_t)count, patience(midi));
		eventfd_read(midi->wake, &woken);
		/* -ENOSPC: some events were lost, which does not matter to those that follow. */
		while ((status = snd_seq_event_input(midi->sequencer, &event)) >= 0 ||
		       status == -ENOSPC)
			if (status >= 0 && event)
				take_event(midi, event);
		if (midi_clock_is_silent(&midi->clock, clock_now()))
			lose_clock(midi);
		tell_controllers(midi);
		if (status != -EAGAIN)
			break;
	}
	return NULL;
}

void midi_learn(struct midi *midi, const char *turn, const char *press)
{
	pthread_mutex_lock(&midi->lock);
	snprintf(midi->turn, sizeof(midi->turn), "%s", turn);
	snprintf(midi->press, sizeof(midi->press), "%s", press);
	midi->learning = true;
	pthread_mutex_unlock(&midi->lock);
}

/* ---- life ---- */

/* ALSA's library prints what it returns as well; the program says it once. */
static void print_nothing(const char *file, int line, const char *function, int code,
                          const char *format, ...)
{
	(void)file, (void)line, (void)function, (void)code, (void)format;
}

static rv_status open_port(struct midi *midi, rv_error *error)
{
	snd_lib_error_set_handler(print_nothing);
	int code = snd_seq_open(&midi->sequencer, "default", SND_SEQ_OPEN_DUPLEX, SND_SEQ_NONBLOCK);
	if (code < 0) {
		midi->sequencer = NULL;
		return rv_fail(error, RV_NOT_FOUND, "there is no MIDI sequencer: %s",
		               snd_strerror(code));
	}
	snd_seq_set_client_name(midi->sequencer, "Reverie");
	midi->port = snd_seq_create_simple_port(
		midi->sequencer, "input", SND_SEQ_PORT_CAP_WRITE | SND_SEQ_PORT_CAP_SUBS_WRITE,
		SND_SEQ_PORT_TYPE_MIDI_GENERIC | SND_SEQ_PORT_TYPE_APPLICATION);
	if (midi->port < 0)
		return rv_fail(error, RV_NOT_FOUND, "no port for MIDI: %s",
		               snd_strerror(midi->port));
	midi->told.sequencer = midi->sequencer;
	midi->told.port = midi->port;
	midi->told.is_named = midi->from[0];
	snd_seq_connect_from(midi->sequencer, midi->port, SND_SEQ_CLIENT_SYSTEM,
	                     SND_SEQ_PORT_SYSTEM_ANNOUNCE);
	return RV_OK;
}

static void release(struct midi *midi)
{
	if (midi->sequencer)
		snd_seq_close(midi->sequencer);
	snd_config_update_free_global();
	if (midi->wake >= 0)
		close(midi->wake);
	pthread_mutex_destroy(&midi->lock);
	free(midi);
}

rv_status midi_open(struct midi **opened, const char *from, const struct keys *keys,
                    struct queue *commands, rv_error *error)
{
	struct midi *midi = calloc(1, sizeof(*midi));
	if (!midi)
		return rv_fail(error, RV_MEMORY, "out of memory");
	midi->commands = commands;
	midi->map.keys = *keys;
	snprintf(midi->from, sizeof(midi->from), "%.*s", FROM_LENGTH - 1, from);
	pthread_mutex_init(&midi->lock, NULL);
	midi->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	rv_status status = open_port(midi, error);
	if (status == RV_OK && midi->wake < 0)
		status = rv_fail(error, RV_MEMORY, "no descriptor for MIDI: %s", strerror(errno));
	if (status == RV_OK)
		status = thread_start(&midi->thread, "MIDI", run, midi, error);
	if (status == RV_OK)
		*opened = midi;
	else
		release(midi);
	return status;
}

void midi_close(struct midi **closed)
{
	struct midi *midi = *closed;
	if (!midi)
		return;
	atomic_store(&midi->stop, true);
	eventfd_write(midi->wake, 1);
	pthread_join(midi->thread, NULL);
	release(midi);
	*closed = NULL;
}

#else

rv_status midi_open(struct midi **opened, const char *from, const struct keys *keys,
                    struct queue *commands, rv_error *error)
{
	(void)opened, (void)from, (void)keys, (void)commands;
	return rv_fail(error, RV_UNSUPPORTED,
	               "--midi: this build has no MIDI; install libasound2-dev and build again");
}

void midi_close(struct midi **closed)
{
	(void)closed;
}

void midi_learn(struct midi *midi, const char *turn, const char *press)
{
	(void)midi, (void)turn, (void)press;
}

void midi_tell(struct midi *midi, const struct options *options)
{
	(void)midi, (void)options;
}

void midi_read_clock(struct midi *midi, struct midi_clock *clock)
{
	(void)midi;
	*clock = (struct midi_clock){.is_there = false};
}

#endif
