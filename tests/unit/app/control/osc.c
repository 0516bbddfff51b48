/* OSC over a socket of this machine. */
#include "app/control/osc.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/base/clock.h"
#include "app/control/action.h"
#include "app/control/osc_message.h"
#include "tests/support/test.h"

#define NEEDS_LIBLO                                                                                \
	if (!osc_available())                                                                      \
	SKIP("this build has no liblo")

struct fixture {
	struct queue *commands;
	struct osc *osc;
	struct options options;
	int socket;
	struct sockaddr_in there;
	char path[128], text[1024]; /* of the last answer: its first argument */
};

static int bound_socket(struct sockaddr_in *address)
{
	socklen_t length = sizeof(*address);
	int descriptor = socket(AF_INET, SOCK_DGRAM, 0);
	*address = (struct sockaddr_in){.sin_family = AF_INET,
	                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	if (bind(descriptor, (struct sockaddr *)address, length) ||
	    getsockname(descriptor, (struct sockaddr *)address, &length))
		abort();
	return descriptor;
}

static bool set_up(struct fixture *fixture)
{
	struct sockaddr_in here;
	rv_error error = {0};
	memset(fixture, 0, sizeof(*fixture));
	close(bound_socket(&fixture->there)); /* a port that is free */
	fixture->socket = bound_socket(&here);
	fixture->options = options_default();
	if (queue_create(&fixture->commands, 8, QUEUE_DROP_OLDEST, free, &error) ||
	    osc_open(&fixture->osc, "", ntohs(fixture->there.sin_port), fixture->commands,
	             &fixture->options, &error)) {
		test_failed(__FILE__, __LINE__, "%s", error.message);
		return false;
	}
	return true;
}

static void tear_down(struct fixture *fixture)
{
	osc_close(&fixture->osc);
	queue_destroy(&fixture->commands);
	close(fixture->socket);
}

static void send_bytes(struct fixture *fixture, const char *bytes, size_t length)
{
	sendto(fixture->socket, bytes, length, 0, (struct sockaddr *)&fixture->there,
	       sizeof(fixture->there));
}

static void send_message(struct fixture *fixture, const char *path, const char *words)
{
	char packet[OSC_PACKET_LENGTH];
	struct remote_argument arguments[4];
	char copy[256], *rest = NULL, *end;
	int count = 0;
	snprintf(copy, sizeof(copy), "%s", words);
	for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		double number = strtod(word, &end);
		arguments[count++] = *end ? remote_text(word) : remote_number(number);
	}
	send_bytes(fixture, packet, osc_write(path, arguments, count, packet));
}

static void note_answer(void *context, const char *path, const struct remote_argument *arguments,
                        int count, const char *trouble)
{
	struct fixture *fixture = context;
	snprintf(fixture->path, sizeof(fixture->path), "%s", path);
	snprintf(fixture->text, sizeof(fixture->text), "%s",
	         count && !trouble ? arguments[0].text : "");
}

/* Waits for the next answer on a socket. */
static bool hear_on(struct fixture *fixture, int descriptor, int milliseconds)
{
	char packet[OSC_PACKET_LENGTH];
	struct pollfd wait = {.fd = descriptor, .events = POLLIN};
	if (poll(&wait, 1, milliseconds) != 1)
		return false;
	ssize_t length = recv(descriptor, packet, sizeof(packet), 0);
	return length > 0 && osc_read(packet, (size_t)length, note_answer, fixture);
}

static bool hear(struct fixture *fixture)
{
	return hear_on(fixture, fixture->socket, 5000);
}

/* The command that arrives next; empty: none does. */
static const char *next_command(struct fixture *fixture)
{
	static char text[REMOTE_COMMAND_LENGTH];
	struct remote_command *command = queue_pop(fixture->commands, 5000000000);
	text[0] = '\0';
	if (command)
		strcpy(text, command->text);
	free(command);
	return text;
}

/* Waits until all that was sent is read, and answered: it is read in turn. Where it comes faster
 * than that, a packet may be lost. */
static bool settle(struct fixture *fixture)
{
	struct remote_command *command = NULL;
	for (int i = 0; i < 10 && !command; i++) {
		send_message(fixture, "/reverie/layer-up", "");
		command = queue_pop(fixture->commands, 1000000000);
	}
	bool settled = command && !strcmp(command->text, "layer-up");
	free(command);
	return settled;
}

TEST(osc_messages_reach_the_main_thread)
{
	struct fixture fixture;
	NEEDS_LIBLO;
	REQUIRE(set_up(&fixture));
	send_message(&fixture, "/reverie/strength", "0.7");
	CHECK(!strcmp(next_command(&fixture), "set strength 0.7"));
	send_message(&fixture, "/reverie/layer-up", "0"); /* let go: nothing */
	send_message(&fixture, "/reverie/layer-down", "1");
	CHECK(!strcmp(next_command(&fixture), "layer-down"));
	tear_down(&fixture);
}

static void count_arguments(void *context, const char *path,
                            const struct remote_argument *arguments, int count, const char *trouble)
{
	int *taken = context;
	(void)path;
	(void)arguments;
	*taken = trouble ? -1 : count;
}

TEST(osc_takes_as_many_arguments_as_are_allowed_and_no_more)
{
	enum { MORE = REMOTE_ARGUMENTS_MAX + 1 };
	char packet[OSC_PACKET_LENGTH];
	struct remote_argument *arguments = calloc(MORE, sizeof(*arguments));
	int taken = 0;
	NEEDS_LIBLO;
	REQUIRE(arguments);
	for (int i = 0; i < MORE; i++)
		arguments[i] = remote_number(i);
	for (int count = REMOTE_ARGUMENTS_MAX; count <= MORE; count++) {
		size_t length = osc_write("/reverie/add", arguments, count, packet);
		REQUIRE(length && osc_read(packet, length, count_arguments, &taken));
		CHECK(taken == (count <= REMOTE_ARGUMENTS_MAX ? count : -1));
	}
	free(arguments);
}

TEST(osc_answers_who_asks)
{
	struct fixture fixture;
	NEEDS_LIBLO;
	REQUIRE(set_up(&fixture));
	send_message(&fixture, "/reverie/strength", "");
	struct remote_command *command = queue_pop(fixture.commands, 5000000000);
	REQUIRE(command != NULL);
	CHECK(command->kind == REMOTE_ASK);
	fixture.options.dream.params.strength = 0.3f;
	osc_tell(fixture.osc, &fixture.options);
	osc_answer(fixture.osc, &command->peer, command->text);
	CHECK(hear(&fixture) && !strcmp(fixture.path, "/reverie/strength"));
	CHECK_MESSAGE(!strcmp(fixture.text, "0.3"), "%s", fixture.text);
	osc_refuse(fixture.osc, &command->peer, "no");
	CHECK(hear(&fixture) && !strcmp(fixture.path, "/reverie/error"));
	CHECK(!strcmp(fixture.text, "no"));
	free(command);
	send_message(&fixture, "/reverie/nothing", "");
	CHECK(hear(&fixture) && !strcmp(fixture.path, "/reverie/error"));
	send_message(&fixture, "/other", "");
	CHECK(hear(&fixture) && !strcmp(fixture.path, "/reverie/error"));
	send_message(&fixture, "/reverie/list", "");
	bool strength = false, layer_up = false;
	CHECK(settle(&fixture));
	while (hear_on(&fixture, fixture.socket, 0)) {
		CHECK(!strcmp(fixture.path, "/reverie/list"));
		strength = strength || !strcmp(fixture.text, "strength");
		layer_up = layer_up || !strcmp(fixture.text, "layer-up");
	}
	CHECK(strength && layer_up);
	tear_down(&fixture);
}

TEST(osc_tells_subscribers_what_changes)
{
	struct fixture fixture;
	struct sockaddr_in here;
	char port[16];
	NEEDS_LIBLO;
	REQUIRE(set_up(&fixture));
	int ear = bound_socket(&here);
	snprintf(port, sizeof(port), "%d", ntohs(here.sin_port));
	send_message(&fixture, "/reverie/subscribe", port);
	int values = 0;
	CHECK(settle(&fixture));
	while (hear_on(&fixture, ear, 0))
		values++;
	CHECK_MESSAGE(values > 20, "%d", values);
	fixture.options.dream.params.strength = 0.25f;
	osc_tell(fixture.osc, &fixture.options);
	CHECK(hear_on(&fixture, ear, 5000) && !strcmp(fixture.path, "/reverie/strength") &&
	      !strcmp(fixture.text, "0.25"));
	send_message(&fixture, "/reverie/unsubscribe", port);
	CHECK(settle(&fixture));
	fixture.options.dream.params.strength = 0.5f;
	osc_tell(fixture.osc, &fixture.options);
	CHECK(settle(&fixture) && !hear_on(&fixture, ear, 0));
	send_message(&fixture, "/reverie/subscribe", "99999");
	CHECK(hear(&fixture) && !strcmp(fixture.path, "/reverie/error"));
	close(ear);
	tear_down(&fixture);
}

/* This machine's own address on a network, from which packets to it come as from any other machine;
 * false where there is none. */
static bool find_outer_address(struct sockaddr_in *address)
{
	struct ifaddrs *all = NULL;
	bool found = false;
	if (getifaddrs(&all))
		return false;
	for (const struct ifaddrs *one = all; one && !found; one = one->ifa_next) {
		if (!one->ifa_addr || one->ifa_addr->sa_family != AF_INET)
			continue;
		memcpy(address, one->ifa_addr, sizeof(*address));
		found = ntohl(address->sin_addr.s_addr) >> 24 != 127;
	}
	freeifaddrs(all);
	return found;
}

TEST(osc_lets_other_machines_write_and_quit_only_with_the_secret)
{
	struct fixture fixture;
	struct sockaddr_in outer;
	char address[INET_ADDRSTRLEN];
	NEEDS_LIBLO;
	if (!find_outer_address(&outer))
		SKIP("this machine has no address but its own");
	REQUIRE(set_up(&fixture));
	send_message(&fixture, "/reverie/quit", ""); /* this machine always may */
	CHECK(!strcmp(next_command(&fixture), "quit"));
	osc_close(&fixture.osc);
	inet_ntop(AF_INET, &outer.sin_addr, address, sizeof(address));
	strcpy(fixture.options.live.osc_secret, "sesame-2026");
	REQUIRE(osc_open(&fixture.osc, address, ntohs(fixture.there.sin_port), fixture.commands,
	                 &fixture.options, NULL) == RV_OK);
	CHECK(!osc_is_local(fixture.osc));
	close(fixture.socket);
	fixture.socket = socket(AF_INET, SOCK_DGRAM, 0);
	fixture.there.sin_addr = outer.sin_addr;
	static const char *const guarded[] = {"quit", "record", "screenshot", "save-preset",
	                                      "learn"};
	for (size_t i = 0; i < sizeof(guarded) / sizeof(guarded[0]); i++) {
		char path[64];
		snprintf(path, sizeof(path), "/reverie/%s", guarded[i]);
		send_message(&fixture, path, "");
		CHECK(hear(&fixture) && !strcmp(fixture.path, "/reverie/error"));
		send_message(&fixture, path, "sesame-2025");
		CHECK(hear(&fixture) && !strcmp(fixture.path, "/reverie/error"));
		send_message(&fixture, path, "sesame-2026");
		CHECK(!strcmp(next_command(&fixture), guarded[i]));
	}
	CHECK(action_is_guarded("store 1") && !action_is_guarded("recall 1"));
	send_message(&fixture, "/reverie/strength", "0.5");
	CHECK(!strcmp(next_command(&fixture), "set strength 0.5"));
	send_message(&fixture, "/reverie/osc-secret", "");
	CHECK(hear(&fixture) && !strcmp(fixture.path, "/reverie/error") &&
	      !strstr(fixture.text, "sesame"));
	tear_down(&fixture);
}

/* Two programs that are told of each other's errors, or lists, would never end. */
TEST(osc_never_answers_an_answer)
{
	struct fixture fixture;
	NEEDS_LIBLO;
	REQUIRE(set_up(&fixture));
	send_message(&fixture, "/reverie/error", "no");
	send_message(&fixture, "/reverie/list", "strength number help");
	send_message(&fixture, "/reverie/state", "dreaming");
	CHECK(settle(&fixture) && !hear_on(&fixture, fixture.socket, 0));
	tear_down(&fixture);
}

TEST(osc_errors_and_lists_are_limited)
{
	struct fixture fixture;
	int errors = 0, entries = 0, listed = 0;
	NEEDS_LIBLO;
	REQUIRE(set_up(&fixture));
	int64_t begin = clock_now();
	for (int i = 0; i < 300; i++)
		send_message(&fixture, "/reverie/nothing", "");
	CHECK(settle(&fixture));
	while (hear_on(&fixture, fixture.socket, 0))
		errors++;
	/* 20 at once and 5 a second; 6 lists and one in 2 seconds. */
	double seconds = 1e-9 * (double)(clock_now() - begin);
	CHECK_MESSAGE(errors >= 20 && errors <= 20 + 5 * seconds, "%d errors in %g s", errors,
	              seconds);
	for (int i = 0; i < 50; i++)
		send_message(&fixture, "/reverie/list", "");
	CHECK(settle(&fixture));
	for (; hear_on(&fixture, fixture.socket, 0); entries++)
		listed += !strcmp(fixture.text, "strength");
	seconds = 1e-9 * (double)(clock_now() - begin);
	CHECK_MESSAGE(listed >= 1 && listed <= 6 + seconds / 2, "%d lists, %d entries", listed,
	              entries);
	tear_down(&fixture);
}

TEST(osc_tells_whether_it_dreams)
{
	struct fixture fixture;
	NEEDS_LIBLO;
	REQUIRE(set_up(&fixture));
	osc_tell_state(fixture.osc, "dreaming");
	send_message(&fixture, "/reverie/state", "");
	CHECK(hear(&fixture) && !strcmp(fixture.path, "/reverie/state"));
	CHECK(!strcmp(fixture.text, "dreaming"));
	send_message(&fixture, "/reverie/subscribe", "");
	CHECK(settle(&fixture));
	while (hear_on(&fixture, fixture.socket, 0))
		;
	osc_tell_state(fixture.osc, "the device failed");
	CHECK(hear(&fixture) && !strcmp(fixture.path, "/reverie/state"));
	CHECK(!strcmp(fixture.text, "the device failed"));
	tear_down(&fixture);
}

TEST(osc_bundles_are_taken_at_once)
{
	struct fixture fixture;
	char bundle[OSC_PACKET_LENGTH] = "#bundle", packet[OSC_PACKET_LENGTH];
	static const char *const paths[] = {"/reverie/layer-up", "/reverie/layer-down"};
	size_t used = 16;
	NEEDS_LIBLO;
	REQUIRE(set_up(&fixture));
	memset(bundle + 8, 0x7f, 8); /* its time is far in the future */
	for (int i = 0; i < 2; i++) {
		uint32_t length = (uint32_t)osc_write(paths[i], NULL, 0, packet);
		uint32_t wire = htonl(length);
		memcpy(bundle + used, &wire, sizeof(wire));
		memcpy(bundle + used + sizeof(wire), packet, length);
		used += sizeof(wire) + length;
	}
	send_bytes(&fixture, bundle, used);
	CHECK(!strcmp(next_command(&fixture), "layer-up"));
	CHECK(!strcmp(next_command(&fixture), "layer-down"));
	tear_down(&fixture);
}

static void ignore(void *context, const char *path, const struct remote_argument *arguments,
                   int count, const char *trouble)
{
	struct remote_command command;
	(void)context;
	if (!trouble)
		remote_translate(path, arguments, count, &command, NULL);
}

/* Sound packets with a few bytes changed or cut off, and plain noise. */
TEST(osc_survives_any_packet)
{
	char sound[20 + OSC_PACKET_LENGTH], packet[20 + OSC_PACKET_LENGTH];
	uint64_t random = 7;
	struct remote_argument arguments[] = {remote_text("strength"), remote_number(0.5),
	                                      remote_number(3)};
	size_t length = osc_write("/reverie/add", arguments, 3, sound + 20);
	uint32_t wire = htonl((uint32_t)length);
	NEEDS_LIBLO;
	memcpy(sound, "#bundle\0\0\0\0\0\0\0\0\1", 16);
	memcpy(sound + 16, &wire, sizeof(wire));
	for (int i = 0; i < 200000; i++) {
		random = random * 6364136223846793005u + 1442695040888963407u;
		bool bundle = random >> 40 & 1, noise = (random >> 41 & 7) == 0;
		size_t whole = bundle ? length + 20 : length, cut = whole;
		memcpy(packet, bundle ? sound : sound + 20, whole);
		if (random >> 44 & 1)
			cut = (random >> 45) % (whole + 1);
		for (int j = 0; j < (noise ? (int)cut : 3) && cut; j++) {
			random = random * 6364136223846793005u + 1442695040888963407u;
			packet[(noise ? (size_t)j : (random >> 33) % cut)] = (char)(random >> 50);
		}
		char *exact = malloc(cut + 1); /* so that a read beyond it is found */
		memcpy(exact + 1, packet, cut);
		osc_read(exact + 1, cut, ignore, NULL);
		free(exact);
	}
}

TEST(osc_goes_on_after_noise)
{
	struct fixture fixture;
	char noise[64];
	unsigned random = 5;
	NEEDS_LIBLO;
	REQUIRE(set_up(&fixture));
	for (int i = 0; i < 2000; i++) {
		for (size_t j = 0; j < sizeof(noise); j++) {
			random = random * 1664525u + 1013904223u;
			noise[j] = (char)(random >> 24);
		}
		send_bytes(&fixture, noise, i % sizeof(noise));
	}
	CHECK(settle(&fixture));
	tear_down(&fixture);
}

TEST(osc_says_what_keeps_it_from_listening)
{
	struct fixture fixture;
	struct osc *second = NULL;
	rv_error error = {0};
	if (!osc_available()) {
		CHECK(osc_open(&second, "", 9000, NULL, NULL, &error) == RV_UNSUPPORTED);
		return;
	}
	REQUIRE(set_up(&fixture));
	CHECK(osc_open(&second, "", ntohs(fixture.there.sin_port), fixture.commands,
	               &fixture.options, &error) == RV_INVALID);
	CHECK(strstr(error.message, "Address already in use") != NULL);
	CHECK(osc_open(&second, "no.such.address.invalid", 9000, fixture.commands, &fixture.options,
	               &error) == RV_INVALID);
	tear_down(&fixture);
}
