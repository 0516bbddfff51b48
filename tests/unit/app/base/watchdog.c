/* The sign of life that a service manager is given, by a socket that the test listens to. */
#include "app/base/watchdog.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/support/test.h"

static const int64_t second = 1000000000;

/* Listens where name says, as $NOTIFY_SOCKET writes it. */
static int listen_at(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	memcpy(address.sun_path, name, strlen(name));
	if (name[0] == '@')
		address.sun_path[0] = '\0';
	socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
	if (bind(descriptor, (struct sockaddr *)&address, length))
		return -1;
	setenv("NOTIFY_SOCKET", name, 1);
	return descriptor;
}

/* What has come; valid until the next call. */
static const char *heard(int descriptor)
{
	static char text[128];
	ssize_t count = recv(descriptor, text, sizeof(text) - 1, 0);
	text[count > 0 ? count : 0] = '\0';
	return text;
}

/* Each tells the minute, as the first may get lost. */
static void check_signs(const char *name)
{
	static const char sign[] = "WATCHDOG_USEC=60000000\nWATCHDOG=1";
	struct watchdog watchdog = {0};
	int descriptor = listen_at(name);
	REQUIRE(descriptor >= 0);
	watchdog_feed(&watchdog, 100 * second);
	CHECK(!strcmp(heard(descriptor), sign));
	watchdog_feed(&watchdog, 101 * second);
	CHECK(!heard(descriptor)[0]);
	/* Three times within the minute. */
	for (int i = 1; i <= 3; i++) {
		watchdog_feed(&watchdog, (100 + 15 * i) * second);
		CHECK(!strcmp(heard(descriptor), sign));
	}
	watchdog_leave(&watchdog);
	CHECK(!strcmp(heard(descriptor), "WATCHDOG_USEC=600000000\nWATCHDOG=1"));
	watchdog = (struct watchdog){0};
	watchdog_leave(&watchdog); /* it was never watched */
	CHECK(!heard(descriptor)[0]);
	close(descriptor);
}

TEST(a_sign_is_given_several_times_a_minute)
{
	char folder[] = "/tmp/reverie-watchdog-XXXXXX", name[64];
	REQUIRE(mkdtemp(folder));
	snprintf(name, sizeof(name), "%s/notify", folder);
	check_signs(name);
	unlink(name);
	rmdir(folder);
	snprintf(name, sizeof(name), "@reverie-watchdog-%d", (int)getpid());
	check_signs(name);
}

TEST(nobody_who_listens_is_no_harm)
{
	struct watchdog watchdog = {0};
	char longest[256];
	memset(longest, 'x', sizeof(longest) - 1);
	longest[0] = '/';
	longest[sizeof(longest) - 1] = '\0';
	const char *const names[] = {"/nowhere/at/all", "", "relative", longest};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		setenv("NOTIFY_SOCKET", names[i], 1);
		watchdog_feed(&watchdog, (int64_t)(1 + i) * 60 * second);
	}
	unsetenv("NOTIFY_SOCKET");
	watchdog = (struct watchdog){0};
	watchdog_feed(&watchdog, second);
	CHECK(!watchdog.fed_at);
}
