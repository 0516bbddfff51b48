#include "app/control/osc_peers.h"

#include <arpa/inet.h>
#include <string.h>

#include "tests/support/test.h"

static const int64_t second = 1000000000;

static struct remote_peer peer_at(const char *address, int port)
{
	struct remote_peer peer = {0};
	struct sockaddr_in *four = (struct sockaddr_in *)&peer.address;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)&peer.address;
	bool is_six = strchr(address, ':') != NULL;
	peer.length = is_six ? sizeof(*six) : sizeof(*four);
	if (is_six) {
		six->sin6_family = AF_INET6;
		six->sin6_port = htons((uint16_t)port);
		inet_pton(AF_INET6, address, &six->sin6_addr);
	} else {
		four->sin_family = AF_INET;
		four->sin_port = htons((uint16_t)port);
		inet_pton(AF_INET, address, &four->sin_addr);
	}
	return peer;
}

static int answers(struct osc_peers *peers, const struct remote_peer *peer, enum osc_answer answer,
                   int64_t now)
{
	int count = 0;
	while (count < 1000 && osc_peers_may_answer(peers, peer, answer, now))
		count++;
	return count;
}

TEST(only_loopback_is_this_machine)
{
	static const struct {
		const char *address;
		bool is_local;
	} cases[] = {
		{"127.0.0.1", true},
		{"127.9.9.9", true},
		{"::1", true},
		{"::ffff:127.0.0.1", true},
		{"::ffff:192.168.0.2", false},
		{"192.168.0.2", false},
		{"128.0.0.1", false},
		{"fe80::1", false},
		{"0.0.0.0", false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct remote_peer peer = peer_at(cases[i].address, 9000);
		CHECK_MESSAGE(osc_peer_is_local(&peer) == cases[i].is_local, "%s",
		              cases[i].address);
	}
}

TEST(answers_come_back_with_time_for_each_address_whatever_its_port)
{
	struct osc_peers peers = {0};
	struct remote_peer one = peer_at("192.168.0.2", 1), same = peer_at("192.168.0.2", 2);
	struct remote_peer other = peer_at("192.168.0.3", 1);
	CHECK(answers(&peers, &one, OSC_ERROR, second) == 20);
	CHECK(answers(&peers, &same, OSC_ERROR, second) == 0);
	CHECK(answers(&peers, &other, OSC_ERROR, second) == 20);
	CHECK(answers(&peers, &one, OSC_ERROR, 3 * second) == 10);
}

/* Addresses can be forged, so there is a limit for all of them together. */
TEST(many_addresses_share_one_limit_but_this_machine_has_its_own)
{
	struct osc_peers peers = {0};
	struct remote_peer here = peer_at("127.0.0.1", 5);
	char address[32];
	int lists = 0;
	for (int i = 1; i < 250; i++) {
		snprintf(address, sizeof(address), "10.0.0.%d", i);
		struct remote_peer peer = peer_at(address, 7);
		lists += answers(&peers, &peer, OSC_LIST, second);
	}
	CHECK_MESSAGE(lists == 6, "%d", lists);
	CHECK(answers(&peers, &here, OSC_LIST, second) == 6);
}

TEST(a_subscription_ends_unless_its_machine_is_heard_of)
{
	struct osc_peers peers = {0};
	struct remote_peer ear = peer_at("192.168.0.2", 8000), hand = peer_at("192.168.0.2", 9);
	struct remote_peer silent = peer_at("192.168.0.3", 8000);
	CHECK(osc_peers_subscribe(&peers, &ear, second));
	CHECK(osc_peers_subscribe(&peers, &silent, second));
	osc_peers_renew(&peers, &hand, 500 * second);
	osc_peers_expire(&peers, 602 * second);
	REQUIRE(peers.subscription_count == 1);
	CHECK(!memcmp(&peers.subscriptions[0].peer, &ear, sizeof(ear)));
	osc_peers_expire(&peers, 1200 * second);
	CHECK(peers.subscription_count == 0);
}

TEST(one_address_cannot_push_the_others_out)
{
	struct osc_peers peers = {0};
	struct remote_peer first = peer_at("192.168.0.2", 1);
	char address[32];
	CHECK(osc_peers_subscribe(&peers, &first, second));
	for (int port = 1; port < 100; port++) {
		struct remote_peer greedy = peer_at("192.168.0.66", port);
		CHECK(osc_peers_subscribe(&peers, &greedy, second));
	}
	CHECK(peers.subscription_count == 1 + OSC_SUBSCRIPTIONS_EACH);
	CHECK(!memcmp(&peers.subscriptions[0].peer, &first, sizeof(first)));
	for (int i = 0; i < 100; i++) {
		snprintf(address, sizeof(address), "10.0.0.%d", i + 1);
		struct remote_peer forged = peer_at(address, 1);
		osc_peers_subscribe(&peers, &forged, second);
	}
	CHECK(peers.subscription_count == OSC_SUBSCRIBERS_MAX);
	CHECK(!memcmp(&peers.subscriptions[0].peer, &first, sizeof(first)));
}
