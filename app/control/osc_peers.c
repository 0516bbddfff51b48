#include "app/control/osc_peers.h"

#include <netinet/in.h>
#include <string.h>

static const int64_t lease = 600000000000; /* nanoseconds */

/* Answers that may come at once, and how many more each second. A hand that turns a knob beyond its
 * range makes an error with each message; an error that answers an error comes back at once. */
static const struct allowance_rate for_each[OSC_ANSWERS] = {
	[OSC_ERROR] = {20, 5}, [OSC_LIST] = {6, 0.5}};
static const struct allowance_rate for_all[OSC_ANSWERS] = {
	[OSC_ERROR] = {50, 10}, [OSC_LIST] = {6, 0.5}};

static const void *address_of(const struct remote_peer *peer, size_t *length)
{
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&peer->address;
	const struct sockaddr_in *four = (const struct sockaddr_in *)&peer->address;
	bool is_six = peer->address.ss_family == AF_INET6;
	*length = is_six ? sizeof(six->sin6_addr) : sizeof(four->sin_addr);
	return is_six ? (const void *)&six->sin6_addr : (const void *)&four->sin_addr;
}

bool osc_peer_is_local(const struct remote_peer *peer)
{
	const uint8_t mapped[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127};
	size_t length;
	const uint8_t *address = address_of(peer, &length);
	if (peer->address.ss_family == AF_INET)
		return address[0] == 127;
	return peer->address.ss_family == AF_INET6 &&
	       (IN6_IS_ADDR_LOOPBACK((const struct in6_addr *)address) ||
	        !memcmp(address, mapped, sizeof(mapped)));
}

static bool same_address(const struct remote_peer *a, const struct remote_peer *b)
{
	size_t length, other;
	const void *one = address_of(a, &length), *two = address_of(b, &other);
	return a->length && a->address.ss_family == b->address.ss_family &&
	       !memcmp(one, two, length);
}

static bool same_peer(const struct remote_peer *a, const struct remote_peer *b)
{
	return a->length == b->length && !memcmp(&a->address, &b->address, a->length);
}

/* ---- answers ---- */

/* Of those that are known; else takes the place of the one that was heard of longest ago. */
static struct osc_answered *find_answered(struct osc_peers *peers, const struct remote_peer *peer,
                                          int64_t now)
{
	struct osc_answered *found = peers->each;
	for (int i = 0; i < OSC_PEERS_MAX; i++) {
		if (same_address(&peers->each[i].peer, peer)) {
			found = &peers->each[i];
			break;
		}
		if (peers->each[i].heard_at < found->heard_at)
			found = &peers->each[i];
	}
	if (!same_address(&found->peer, peer))
		*found = (struct osc_answered){.peer = *peer};
	found->heard_at = now;
	return found;
}

bool osc_peers_may_answer(struct osc_peers *peers, const struct remote_peer *peer,
                          enum osc_answer answer, int64_t now)
{
	struct allowance *own = &find_answered(peers, peer, now)->allowances[answer];
	struct allowance *all = osc_peer_is_local(peer) ? NULL : &peers->all[answer];
	if (allowance_left(own, &for_each[answer], now) < 1 ||
	    (all && allowance_left(all, &for_all[answer], now) < 1))
		return false;
	own->left--;
	if (all)
		all->left--;
	return true;
}

/* ---- subscriptions ---- */

static void drop(struct osc_peers *peers, int index)
{
	memmove(&peers->subscriptions[index], &peers->subscriptions[index + 1],
	        sizeof(peers->subscriptions[0]) * (size_t)(--peers->subscription_count - index));
}

void osc_peers_unsubscribe(struct osc_peers *peers, const struct remote_peer *peer)
{
	for (int i = peers->subscription_count; i-- > 0;)
		if (same_peer(&peers->subscriptions[i].peer, peer))
			drop(peers, i);
}

/* Those that were made or renewed last are the last ones. */
static void make_room(struct osc_peers *peers, const struct remote_peer *peer)
{
	int count = 0, first = -1;
	for (int i = peers->subscription_count; i-- > 0;) {
		if (!same_address(&peers->subscriptions[i].peer, peer))
			continue;
		count++;
		first = i;
	}
	if (count >= OSC_SUBSCRIPTIONS_EACH)
		drop(peers, first);
}

bool osc_peers_subscribe(struct osc_peers *peers, const struct remote_peer *peer, int64_t now)
{
	osc_peers_unsubscribe(peers, peer);
	osc_peers_expire(peers, now);
	make_room(peers, peer);
	if (peers->subscription_count == OSC_SUBSCRIBERS_MAX)
		return false;
	peers->subscriptions[peers->subscription_count++] =
		(struct osc_subscription){*peer, now + lease};
	return true;
}

void osc_peers_renew(struct osc_peers *peers, const struct remote_peer *peer, int64_t now)
{
	for (int i = 0; i < peers->subscription_count; i++)
		if (same_address(&peers->subscriptions[i].peer, peer))
			peers->subscriptions[i].until = now + lease;
}

void osc_peers_expire(struct osc_peers *peers, int64_t now)
{
	for (int i = peers->subscription_count; i-- > 0;)
		if (peers->subscriptions[i].until <= now)
			drop(peers, i);
}
