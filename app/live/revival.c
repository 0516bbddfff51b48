#include "app/live/revival.h"

#include "engine/reverie.h"

enum { DEVICES_MAX = 64 };

static const int64_t wait_first = 250000000; /* nanoseconds */
static const int64_t wait_most = 30000000000;

void revival_init(struct revival *revival, int device)
{
	*revival = (struct revival){.device = device};
}

int revival_next(int device, const bool *usable, int count)
{
	for (int i = 1; i <= count; i++) {
		int next = (device + i - 1) % count + 1;
		if (usable[next - 1] && next != device)
			return next;
	}
	return device;
}

/* The list may have changed: a device that is lost for good is not in it. */
static int choose_another(int device)
{
	rv_device_info list[DEVICES_MAX];
	bool usable[DEVICES_MAX];
	int count = 0;
	if (rv_device_list(list, DEVICES_MAX, &count, NULL) != RV_OK || count <= 0)
		return device;
	count = count < DEVICES_MAX ? count : DEVICES_MAX;
	for (int i = 0; i < count; i++)
		usable[i] = list[i].usable;
	return revival_next(device, usable, count);
}

void revival_fail(struct revival *revival, int64_t now)
{
	int64_t wait = wait_first;
	for (int i = 0; i < revival->failures && wait < wait_most; i++)
		wait *= 2;
	if (revival->failures++)
		revival->device = choose_another(revival->device);
	revival->retry_at = now + (wait < wait_most ? wait : wait_most);
}

void revival_succeed(struct revival *revival)
{
	revival->failures = 0;
}
