#include "app/base/watchdog.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Several signs are missed before it is believed to hang. */
static const int64_t interval = 15000000000; /* nanoseconds */
static const char sign[] = "WATCHDOG_USEC=60000000\nWATCHDOG=1";
static const char last_sign[] = "WATCHDOG_USEC=600000000\nWATCHDOG=1";

/* A path, or @ and a name that is in no folder. False: it can be none. */
static bool find_address(const char *name, struct sockaddr_un *address, socklen_t *length)
{
	size_t count = strlen(name);
	if ((name[0] != '/' && name[0] != '@') || count >= sizeof(address->sun_path))
		return false;
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	memcpy(address->sun_path, name, count);
	if (name[0] == '@')
		address->sun_path[0] = '\0';
	*length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + count);
	return true;
}

static void send_sign(const char *name, const char *text)
{
	struct sockaddr_un address;
	socklen_t length;
	if (!find_address(name, &address, &length))
		return;
	int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (descriptor < 0)
		return;
	/* One that gets lost, even the first, is made good by the next. */
	(void)!sendto(descriptor, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT,
	              (const struct sockaddr *)&address, length);
	close(descriptor);
}

void watchdog_feed(struct watchdog *watchdog, int64_t now)
{
	const char *name = getenv("NOTIFY_SOCKET");
	if (!name || (watchdog->fed_at && now - watchdog->fed_at < interval))
		return;
	send_sign(name, sign);
	watchdog->fed_at = now;
}

void watchdog_leave(const struct watchdog *watchdog)
{
	const char *name = getenv("NOTIFY_SOCKET");
	if (name && watchdog->fed_at)
		send_sign(name, last_sign);
}
