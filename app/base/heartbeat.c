#include "app/base/heartbeat.h"

#include "app/base/clock.h"

static const int64_t longest = CLOCK_SECOND; /* between two looks, that counts */

void heartbeat_work(struct heartbeat *heart)
{
	atomic_fetch_add(&heart->beats, 1);
	atomic_store(&heart->works, true);
}

void heartbeat_rest(struct heartbeat *heart)
{
	atomic_store(&heart->works, false);
}

int64_t heartbeat_still(struct heartbeat_watch *watch, const struct heartbeat *heart, int64_t now)
{
	unsigned beats = atomic_load(&heart->beats);
	int64_t since = now - watch->looked_at;
	if (!atomic_load(&heart->works) || beats != watch->beats || !watch->looked_at)
		watch->still = 0;
	else
		watch->still += since < longest ? since : longest;
	watch->beats = beats;
	watch->looked_at = now;
	return watch->still;
}
