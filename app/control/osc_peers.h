/* Who OSC talks to: how much each may be answered, and who is told of changes, for how long.
 * Nothing that a packet says of its sender can be believed, so that an answer must neither feed an
 * endless exchange between two programs that answer each other's errors nor flood somebody whose
 * address was forged. Belongs to one thread; times are nanoseconds of one clock, which is given
 * from outside. */
#ifndef APP_CONTROL_OSC_PEERS_H
#define APP_CONTROL_OSC_PEERS_H

#include "app/base/allowance.h"
#include "app/control/remote.h"

enum { OSC_PEERS_MAX = 32, OSC_SUBSCRIBERS_MAX = 16, OSC_SUBSCRIPTIONS_EACH = 6 };

/* What is answered beyond what was asked. */
enum osc_answer {
	OSC_ERROR, /* one message */
	OSC_LIST,  /* all options and actions, or all values: a hundred times what was sent */
	OSC_ANSWERS
};

/* Of one address, whatever its port. */
struct osc_answered {
	struct remote_peer peer; /* length 0: not in use */
	struct allowance allowances[OSC_ANSWERS];
	int64_t heard_at;
};

struct osc_subscription {
	struct remote_peer peer;
	int64_t until;
};

/* Zeroed before use. */
struct osc_peers {
	struct osc_answered each[OSC_PEERS_MAX];
	struct allowance all[OSC_ANSWERS]; /* who is beyond this machine, together */
	struct osc_subscription subscriptions[OSC_SUBSCRIBERS_MAX];
	int subscription_count;
};

/* Whether the peer is on this machine, as far as its address says: loopback, which no other machine
 * can send from. */
bool osc_peer_is_local(const struct remote_peer *peer);

/* Whether an answer may be sent now, which is then taken off what the peer has left. */
bool osc_peers_may_answer(struct osc_peers *peers, const struct remote_peer *peer,
                          enum osc_answer answer, int64_t now);

/* Tells the peer of changes for ten minutes from now. False: there are too many subscribers; of one
 * address's own, the one that ends first makes room. */
bool osc_peers_subscribe(struct osc_peers *peers, const struct remote_peer *peer, int64_t now);
void osc_peers_unsubscribe(struct osc_peers *peers, const struct remote_peer *peer);

/* A message came from the peer: all subscriptions of its address last for ten minutes from now. */
void osc_peers_renew(struct osc_peers *peers, const struct remote_peer *peer, int64_t now);

/* Drops the subscriptions that have ended. */
void osc_peers_expire(struct osc_peers *peers, int64_t now);

#endif
