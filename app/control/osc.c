#include "app/control/osc.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "app/base/clock.h"
#include "app/base/thread.h"
#include "app/control/action.h"
#include "app/control/osc_message.h"
#include "app/control/osc_peers.h"

enum { SECRET_LEAST = 8, ANSWERS_MAX = 256, PACKETS_AT_ONCE = 64, PATH_MAX_LENGTH = 128 };

static const char prefix[] = "/reverie/";

/* What the main thread has to tell one peer. */
struct answer {
	struct remote_peer peer;
	const struct option *option; /* its value; NULL: the trouble */
	char trouble[RV_ERROR_LENGTH];
};

struct osc {
	struct queue *commands, *answers;
	char secret[OPTION_TEXT_LENGTH]; /* "": there is none */
	pthread_t thread;
	int socket, wake; /* the latter an eventfd */
	bool is_local;    /* no other machine reaches the socket */
	atomic_bool stop;

	pthread_mutex_t lock; /* of what follows, which the main thread writes */
	struct options options;
	char state[OSC_STATE_LENGTH];

	/* the main thread's own */
	struct options given;
	char given_state[OSC_STATE_LENGTH];

	/* the thread's own */
	struct options told, now;
	char told_state[OSC_STATE_LENGTH], state_now[OSC_STATE_LENGTH];
	struct osc_peers peers;
	struct remote_peer sender;
};

/* ---- sending ---- */

static void send_to(struct osc *osc, const struct remote_peer *peer, const char *path,
                    const struct remote_argument *arguments, int count)
{
	char packet[OSC_PACKET_LENGTH];
	size_t length = osc_write(path, arguments, count, packet);
	/* A receiver that is slow or gone must not hold the thread up. */
	if (length && peer->length)
		sendto(osc->socket, packet, length, MSG_DONTWAIT | MSG_NOSIGNAL,
		       (const struct sockaddr *)&peer->address, peer->length);
}

static void send_value(struct osc *osc, const struct remote_peer *peer, const struct option *option)
{
	char path[PATH_MAX_LENGTH];
	struct remote_argument value = remote_value(&osc->now, option);
	snprintf(path, sizeof(path), "%s%s", prefix, option->name);
	send_to(osc, peer, path, &value, 1);
}

static bool may_answer(struct osc *osc, const struct remote_peer *peer, enum osc_answer answer)
{
	return osc_peers_may_answer(&osc->peers, peer, answer, clock_now());
}

static void send_error(struct osc *osc, const struct remote_peer *peer, const char *message)
{
	struct remote_argument text = remote_text(message);
	if (may_answer(osc, peer, OSC_ERROR))
		send_to(osc, peer, "/reverie/error", &text, 1);
}

static bool is_told(const struct option *option)
{
	return option->commands & COMMAND_LIVE && action_can_change(option);
}

static void send_state(struct osc *osc, const struct remote_peer *peer)
{
	struct remote_argument text = remote_text(osc->state_now);
	send_to(osc, peer, "/reverie/state", &text, 1);
}

static void send_all_values(struct osc *osc, const struct remote_peer *peer)
{
	send_state(osc, peer);
	for (const struct option *option = option_table; option->name; option++)
		if (is_told(option))
			send_value(osc, peer, option);
}

static void send_list(struct osc *osc, const struct remote_peer *peer)
{
	char range[OPTION_VALUE_LENGTH];
	for (const struct option *option = option_table; option->name; option++) {
		if (!is_told(option))
			continue;
		option_format_range(option, range);
		const struct remote_argument entry[] = {
			remote_text(option->name), remote_text(range[0] ? range : option->metavar),
			remote_text(option->range->help)};
		send_to(osc, peer, "/reverie/list", entry, 3);
	}
	for (const struct action *action = action_table; action->name; action++) {
		const struct remote_argument entry[] = {
			remote_text(action->name),
			remote_text(action->arguments ? action->arguments : ""),
			remote_text(action->help)};
		send_to(osc, peer, "/reverie/list", entry, 3);
	}
}

static void take_snapshot(struct osc *osc)
{
	pthread_mutex_lock(&osc->lock);
	osc->now = osc->options;
	memcpy(osc->state_now, osc->state, sizeof(osc->state));
	pthread_mutex_unlock(&osc->lock);
}

static void send_changes(struct osc *osc)
{
	char before[OPTION_VALUE_LENGTH], after[OPTION_VALUE_LENGTH];
	for (int i = 0;
	     strcmp(osc->told_state, osc->state_now) && i < osc->peers.subscription_count; i++)
		send_state(osc, &osc->peers.subscriptions[i].peer);
	strcpy(osc->told_state, osc->state_now);
	if (options_equal(&osc->told, &osc->now))
		return;
	for (const struct option *option = option_table; option->name; option++) {
		if (!is_told(option))
			continue;
		option_format(&osc->told, option, before);
		option_format(&osc->now, option, after);
		for (int i = 0; strcmp(before, after) && i < osc->peers.subscription_count; i++)
			send_value(osc, &osc->peers.subscriptions[i].peer, option);
	}
	osc->told = osc->now;
}

/* ---- subscribers ---- */

/* The sender, or the port of its machine that an argument names; false: it names none. */
static bool find_peer(const struct osc *osc, const struct remote_argument *arguments, int count,
                      struct remote_peer *peer)
{
	*peer = osc->sender;
	if (!count)
		return true;
	double port =
		arguments[0].is_number ? arguments[0].number : strtod(arguments[0].text, NULL);
	if (count > 1 || !(port >= 1 && port <= 65535))
		return false;
	if (peer->address.ss_family == AF_INET6)
		((struct sockaddr_in6 *)&peer->address)->sin6_port = htons((uint16_t)port);
	else
		((struct sockaddr_in *)&peer->address)->sin_port = htons((uint16_t)port);
	return true;
}

/* False, and an error: there were too many of late. */
static bool may_list(struct osc *osc)
{
	if (may_answer(osc, &osc->sender, OSC_LIST))
		return true;
	send_error(osc, &osc->sender, "this was asked too often; ask again in a few seconds");
	return false;
}

static void list(struct osc *osc)
{
	if (may_list(osc))
		send_list(osc, &osc->sender);
}

static void subscribe(struct osc *osc, const struct remote_peer *peer)
{
	if (!may_list(osc))
		return;
	if (osc_peers_subscribe(&osc->peers, peer, clock_now()))
		send_all_values(osc, peer);
	else
		send_error(osc, &osc->sender, "subscribe: there are too many subscribers");
}

/* ---- receiving ---- */

/* How long it takes says nothing of how much of it is right. */
static bool is_secret(const struct osc *osc, const struct remote_argument *argument)
{
	size_t length = strlen(osc->secret), given = strlen(argument->text);
	unsigned wrong = given != length || !length;
	for (size_t i = 0; i < given; i++)
		wrong |= (unsigned char)(argument->text[i] ^ osc->secret[i % (length + 1)]);
	return !wrong;
}

static rv_status check_rights(const struct osc *osc, const struct remote_command *command,
                              bool knows_secret, rv_error *error)
{
	if (command->kind != REMOTE_ACT || knows_secret || osc_peer_is_local(&osc->sender) ||
	    !action_is_guarded(command->text))
		return RV_OK;
	return rv_fail(error, RV_INVALID,
	               "%.64s: another machine may do that only with the word of --osc-secret as "
	               "the last argument",
	               command->text);
}

static void push_command(struct osc *osc, const char *name, const struct remote_argument *arguments,
                         int count)
{
	rv_error error;
	struct remote_command *command = malloc(sizeof(*command));
	if (!command)
		return;
	bool knows_secret = count && is_secret(osc, &arguments[count - 1]);
	rv_status status = remote_translate(name, arguments, count - knows_secret, command, &error);
	if (status == RV_OK)
		status = check_rights(osc, command, knows_secret, &error);
	command->peer = osc->sender;
	if (status != RV_OK)
		send_error(osc, &osc->sender, error.message);
	if (status == RV_OK && command->kind != REMOTE_NOTHING)
		queue_push(osc->commands, command, 0);
	else
		free(command);
}

/* What another one of us would say to a subscriber, or to an error, is not answered: two that were
 * told of each other would never end. Values are as good as orders, and change nothing twice. */
static bool is_reply(const char *name, int count)
{
	return !strcmp(name, "error") ||
	       ((!strcmp(name, "list") || !strcmp(name, "state")) && count);
}

static void take_message(void *context, const char *path, const struct remote_argument *arguments,
                         int count, const char *trouble)
{
	struct osc *osc = context;
	struct remote_peer peer;
	const char *name = path + sizeof(prefix) - 1;
	bool is_ours = !strncmp(path, prefix, sizeof(prefix) - 1);
	bool has_peer = find_peer(osc, arguments, count, &peer);
	if (is_ours && is_reply(name, count))
		return;
	if (trouble)
		send_error(osc, &osc->sender, trouble);
	else if (!is_ours)
		send_error(osc, &osc->sender,
		           "paths begin with /reverie/; /reverie/list names them");
	else if (!strcmp(name, "list"))
		list(osc);
	else if (!strcmp(name, "state"))
		send_state(osc, &osc->sender);
	else if (!has_peer && (!strcmp(name, "subscribe") || !strcmp(name, "unsubscribe")))
		send_error(osc, &osc->sender, "subscribe: a port is a number from 1 to 65535");
	else if (!strcmp(name, "subscribe"))
		subscribe(osc, &peer);
	else if (!strcmp(name, "unsubscribe"))
		osc_peers_unsubscribe(&osc->peers, &peer);
	else
		push_command(osc, name, arguments, count);
}

/* False: there is no more. */
static bool receive(struct osc *osc)
{
	char packet[OSC_PACKET_LENGTH];
	osc->sender = (struct remote_peer){.length = sizeof(osc->sender.address)};
	ssize_t length = recvfrom(osc->socket, packet, sizeof(packet), MSG_DONTWAIT | MSG_TRUNC,
	                          (struct sockaddr *)&osc->sender.address, &osc->sender.length);
	if (length < 0)
		return errno == EINTR || errno == ECONNREFUSED;
	osc_peers_renew(&osc->peers, &osc->sender, clock_now());
	if ((size_t)length > sizeof(packet))
		send_error(osc, &osc->sender, "this packet is too long");
	else if (!osc_read(packet, (size_t)length, take_message, osc))
		send_error(osc, &osc->sender, "this is no OSC message");
	return true;
}

static void give_answers(struct osc *osc)
{
	struct answer *answer;
	while ((answer = queue_pop(osc->answers, 0))) {
		if (answer->option)
			send_value(osc, &answer->peer, answer->option);
		else
			send_error(osc, &answer->peer, answer->trouble);
		free(answer);
	}
}

static void *run(void *context)
{
	struct osc *osc = context;
	struct pollfd waits[] = {{.fd = osc->socket, .events = POLLIN},
	                         {.fd = osc->wake, .events = POLLIN}};
	while (!atomic_load(&osc->stop)) {
		eventfd_t count;
		poll(waits, 2, -1);
		eventfd_read(osc->wake, &count);
		take_snapshot(osc);
		osc_peers_expire(&osc->peers, clock_now());
		send_changes(osc);
		give_answers(osc);
		for (int i = 0; i < PACKETS_AT_ONCE && receive(osc); i++)
			;
	}
	return NULL;
}

/* ---- from the main thread ---- */

bool osc_is_local(const struct osc *osc)
{
	return !osc || osc->is_local;
}

void osc_tell(struct osc *osc, const struct options *options)
{
	if (!osc || options_equal(&osc->given, options))
		return;
	osc->given = *options;
	pthread_mutex_lock(&osc->lock);
	osc->options = *options;
	pthread_mutex_unlock(&osc->lock);
	eventfd_write(osc->wake, 1);
}

void osc_tell_state(struct osc *osc, const char *state)
{
	if (!osc || !strncmp(osc->given_state, state, sizeof(osc->given_state) - 1))
		return;
	snprintf(osc->given_state, sizeof(osc->given_state), "%s", state);
	pthread_mutex_lock(&osc->lock);
	memcpy(osc->state, osc->given_state, sizeof(osc->state));
	pthread_mutex_unlock(&osc->lock);
	eventfd_write(osc->wake, 1);
}

static void push_answer(struct osc *osc, const struct remote_peer *peer,
                        const struct option *option, const char *trouble)
{
	struct answer *answer = osc && peer->length ? malloc(sizeof(*answer)) : NULL;
	if (!answer)
		return;
	answer->peer = *peer;
	answer->option = option;
	snprintf(answer->trouble, sizeof(answer->trouble), "%s", trouble);
	queue_push(osc->answers, answer, 0);
	eventfd_write(osc->wake, 1);
}

void osc_answer(struct osc *osc, const struct remote_peer *peer, const char *name)
{
	const struct option *option = option_find(name, COMMAND_LIVE);
	if (option)
		push_answer(osc, peer, option, "");
}

void osc_refuse(struct osc *osc, const struct remote_peer *peer, const char *message)
{
	push_answer(osc, peer, NULL, message);
}

/* ---- life ---- */

static rv_status open_socket(struct osc *osc, const char *address, int port, rv_error *error)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_flags = AI_PASSIVE};
	struct addrinfo *found;
	char service[16];
	const char *host = address[0] ? address : "127.0.0.1";
	snprintf(service, sizeof(service), "%d", port);
	int code = getaddrinfo(host, service, &hints, &found);
	if (code)
		return rv_fail(error, RV_INVALID, "--osc-bind %.128s: %s", host,
		               gai_strerror(code));
	struct remote_peer place = {.length = found->ai_addrlen};
	memcpy(&place.address, found->ai_addr, found->ai_addrlen);
	osc->is_local = osc_peer_is_local(&place);
	rv_status status = RV_OK;
	osc->socket = socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (osc->socket < 0 || bind(osc->socket, found->ai_addr, found->ai_addrlen))
		status = rv_fail(error, RV_INVALID,
		                 "--osc %d: nothing can be received at %.128s: %s", port, host,
		                 strerror(errno));
	freeaddrinfo(found);
	return status;
}

static rv_status start(struct osc *osc, rv_error *error)
{
	osc->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	rv_status status = queue_create(&osc->answers, ANSWERS_MAX, QUEUE_DROP_OLDEST, free, error);
	if (status == RV_OK && osc->wake < 0)
		status = rv_fail(error, RV_MEMORY, "no descriptor for OSC: %s", strerror(errno));
	return status ? status : thread_start(&osc->thread, "OSC", run, osc, error);
}

static void release(struct osc *osc)
{
	if (osc->wake >= 0)
		close(osc->wake);
	if (osc->socket >= 0)
		close(osc->socket);
	queue_destroy(&osc->answers);
	pthread_mutex_destroy(&osc->lock);
	free(osc);
}

rv_status osc_open(struct osc **opened, const char *address, int port, struct queue *commands,
                   const struct options *options, rv_error *error)
{
	if (!osc_available())
		return rv_fail(error, RV_UNSUPPORTED,
		               "--osc: this build has no OSC; install liblo-dev and build again");
	size_t secret = strlen(options->live.osc_secret);
	if (secret && secret < SECRET_LEAST)
		return rv_fail(error, RV_INVALID, "--osc-secret: must have %d letters or more",
		               SECRET_LEAST);
	struct osc *osc = calloc(1, sizeof(*osc));
	if (!osc)
		return rv_fail(error, RV_MEMORY, "out of memory");
	osc->socket = osc->wake = -1;
	osc->commands = commands;
	osc->options = osc->given = osc->told = osc->now = *options;
	snprintf(osc->secret, sizeof(osc->secret), "%s", options->live.osc_secret);
	pthread_mutex_init(&osc->lock, NULL);
	rv_status status = open_socket(osc, address, port, error);
	if (status == RV_OK)
		status = start(osc, error);
	if (status == RV_OK)
		*opened = osc;
	else
		release(osc);
	return status;
}

void osc_close(struct osc **closed)
{
	struct osc *osc = *closed;
	if (!osc)
		return;
	atomic_store(&osc->stop, true);
	eventfd_write(osc->wake, 1);
	pthread_join(osc->thread, NULL);
	release(osc);
	*closed = NULL;
}
