/* Downloads against a server on loopback that behaves in every way that servers do
 * (tests/support/file_server.py). */
#include "app/networks/fetch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/networks/checksum.h"
#include "tests/support/test.h"

enum { FILE_BYTES = 300000, WAIT_TENTHS = 600, PLACE_LENGTH = 128, TEXT_LENGTH = 400 };

/* A server, and the folder that it serves and downloads go to. */
struct server {
	pid_t process;
	bool lacks_python;
	int port;
	char folder[64];
	char checksum[CHECKSUM_LENGTH];
	char path[128];
	char notes[2000]; /* of the last download, a line each */
};

static const char *in_folder(const struct server *server, const char *name)
{
	static char path[4][128];
	static int next;
	next = (next + 1) % 4;
	snprintf(path[next], sizeof(path[next]), "%s/%s", server->folder, name);
	return path[next];
}

static void write_bytes(const char *path, int count, unsigned seed)
{
	FILE *file = fopen(path, "wb");
	for (int i = 0; file && i < count; i++) {
		seed = seed * 1664525u + 1013904223u;
		fputc((int)(seed >> 24), file);
	}
	if (file)
		fclose(file);
}

static long size_of(const char *path)
{
	struct stat state;
	return stat(path, &state) ? -1 : (long)state.st_size;
}

/* False: it never listens, or has ended, as it does at once where there is no python3. */
static bool wait_for_port(struct server *server)
{
	const char *path = in_folder(server, "port");
	int status;
	for (int i = 0; i < WAIT_TENTHS; i++, usleep(100000)) {
		if (waitpid(server->process, &status, WNOHANG) == server->process) {
			server->process = 0;
			server->lacks_python = WIFEXITED(status) && WEXITSTATUS(status) == 127;
			return false;
		}
		FILE *file = fopen(path, "r");
		int read = file ? fscanf(file, "%d", &server->port) : 0;
		if (file)
			fclose(file);
		if (read == 1)
			return true;
	}
	return false;
}

static bool start(struct server *server)
{
	memset(server, 0, sizeof(*server));
	strcpy(server->folder, "/tmp/reverie-fetch-XXXXXX");
	if (!mkdtemp(server->folder))
		return false;
	snprintf(server->path, sizeof(server->path), "%s/got", server->folder);
	write_bytes(in_folder(server, "file"), FILE_BYTES, 1);
	if (checksum_of_file(in_folder(server, "file"), 256, server->checksum, NULL) != RV_OK)
		return false;
	const char *port = in_folder(server, "port");
	server->process = fork();
	if (!server->process) {
		execlp("python3", "python3", "tests/support/file_server.py", server->folder, port,
		       (char *)NULL);
		_exit(127);
	}
	return wait_for_port(server);
}

static void stop(struct server *server)
{
	char command[128];
	if (server->process > 0) {
		kill(server->process, SIGKILL);
		waitpid(server->process, NULL, 0);
	}
	snprintf(command, sizeof(command), "rm -rf '%s'", server->folder);
	if (server->folder[0] && system(command))
		printf("# %s stays\n", server->folder);
}

static void keep_note(void *context, const char *line)
{
	struct server *server = context;
	size_t length = strlen(server->notes);
	snprintf(server->notes + length, sizeof(server->notes) - length, "%s\n", line);
}

static bool always(void *context, uint64_t done, uint64_t total)
{
	(void)context;
	return !total || done <= total;
}

/* Downloads "file" from places of these kinds; NULL ends them. */
static rv_status get(struct server *server, const char *const *kinds, rv_error *error)
{
	char texts[4][PLACE_LENGTH];
	const char *places[4];
	struct fetch_request request = {.places = places,
	                                .path = server->path,
	                                .size = FILE_BYTES,
	                                .checksum = server->checksum,
	                                .progress = always,
	                                .note = keep_note,
	                                .context = server};
	server->notes[0] = '\0';
	for (; kinds[request.place_count]; request.place_count++) {
		int i = request.place_count;
		snprintf(texts[i], PLACE_LENGTH, "http://127.0.0.1:%d/%s/file", server->port,
		         kinds[i]);
		places[i] = texts[i];
	}
	return fetch_file(&request, error);
}

static void check_whole(const struct server *server, rv_status status, const rv_error *error)
{
	CHECK_MESSAGE(status == RV_OK, "%s", error->message);
	CHECK(fetch_check(server->path, server->checksum, NULL) == RV_OK);
	CHECK(size_of(in_folder(server, "got.part")) == -1);
}

/* What the server was asked for. */
static bool was_asked(const struct server *server, const char *what)
{
	char text[TEXT_LENGTH] = "";
	FILE *file = fopen(in_folder(server, "port.log"), "r");
	if (!file)
		return false;
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	return strstr(text, what);
}

#define WITH_SERVER(server)                                                                        \
	struct server server;                                                                      \
	if (!start(&server)) {                                                                     \
		stop(&server);                                                                     \
		if (server.lacks_python)                                                           \
			SKIP("there is no python3 to serve files");                                \
		REQUIRE(!"tests/support/file_server.py serves");                                   \
	}

#define GET(server, ...) get(&(server), (const char *const[]){__VA_ARGS__, NULL}, &error)

TEST(a_file_is_fetched_whole)
{
	rv_error error = {0};
	WITH_SERVER(server);
	rv_status status = GET(server, "whole");
	check_whole(&server, status, &error);
	stop(&server);
}

TEST(what_broke_off_is_gone_on_with)
{
	rv_error error = {0};
	WITH_SERVER(server);
	rv_status status = GET(server, "cut");
	check_whole(&server, status, &error);
	CHECK(was_asked(&server, "/cut/file bytes=150000-"));
	stop(&server);
}

TEST(what_an_earlier_run_left_is_gone_on_with)
{
	rv_error error = {0};
	WITH_SERVER(server);
	write_bytes(in_folder(&server, "got.part"), 1234, 1);
	rv_status status = GET(server, "whole");
	check_whole(&server, status, &error);
	CHECK(was_asked(&server, "/whole/file bytes=1234-"));
	stop(&server);
}

TEST(a_server_that_begins_anew_is_no_harm)
{
	rv_error error = {0};
	WITH_SERVER(server);
	write_bytes(in_folder(&server, "got.part"), 1234, 1);
	rv_status status = GET(server, "norange");
	check_whole(&server, status, &error);
	stop(&server);
}

TEST(the_beginning_of_another_file_is_thrown_away)
{
	rv_error error = {0};
	WITH_SERVER(server);
	write_bytes(in_folder(&server, "got.part"), 1234, 99);
	rv_status status = GET(server, "whole");
	check_whole(&server, status, &error);
	stop(&server);
}

TEST(more_than_the_file_is_thrown_away)
{
	rv_error error = {0};
	WITH_SERVER(server);
	write_bytes(in_folder(&server, "got.part"), FILE_BYTES + 100, 1);
	rv_status status = GET(server, "whole");
	check_whole(&server, status, &error);
	stop(&server);
}

TEST(a_redirection_is_followed)
{
	rv_error error = {0};
	WITH_SERVER(server);
	rv_status status = GET(server, "redirect");
	check_whole(&server, status, &error);
	stop(&server);
}

/* A place that has something else is left for the next, and what it sent is not kept. */
static void check_second_place(const char *first, const char *says)
{
	rv_error error = {0};
	WITH_SERVER(server);
	rv_status status = GET(server, first, "whole");
	check_whole(&server, status, &error);
	CHECK_MESSAGE(strstr(server.notes, says), "%s: %s", first, server.notes);
	stop(&server);
}

TEST(a_missing_file_is_had_from_the_next_place)
{
	check_second_place("missing", "404");
}

TEST(a_pointer_of_lfs_is_not_the_file)
{
	check_second_place("lfs", "Git LFS");
}

TEST(a_web_page_is_not_the_file)
{
	check_second_place("page", "web page");
}

TEST(a_wrong_checksum_is_not_the_file)
{
	check_second_place("wrong", "checksum");
}

TEST(a_file_that_is_too_short_is_not_the_file)
{
	check_second_place("short", "150000 bytes instead of 300000");
}

TEST(a_silent_server_is_given_up_and_gone_on_from)
{
	check_second_place("stall", "/stall/file");
}

/* Where no place is good the old file stays, and nothing wrong is left behind. */
static void check_failure(const char *place, rv_status wanted, long part)
{
	rv_error error = {0};
	WITH_SERVER(server);
	write_bytes(server.path, 77, 5);
	rv_status status = GET(server, place);
	CHECK_MESSAGE(status == wanted, "%s: status %d", place, status);
	CHECK(size_of(server.path) == 77);
	CHECK_MESSAGE(size_of(in_folder(&server, "got.part")) == part, "%s: %ld bytes left", place,
	              size_of(in_folder(&server, "got.part")));
	CHECK(error.message[0]);
	stop(&server);
}

TEST(what_no_place_has_leaves_the_old_file)
{
	check_failure("missing", RV_NOT_FOUND, -1);
	check_failure("wrong", RV_NOT_FOUND, -1);
	check_failure("page", RV_NOT_FOUND, -1);
	check_failure("short", RV_NOT_FOUND, -1);
}

TEST(what_always_breaks_off_is_kept_for_the_next_time)
{
	check_failure("cutall", RV_NOT_FOUND, 3000);
}

TEST(no_server_is_told_at_once)
{
	rv_error error = {0};
	WITH_SERVER(server);
	kill(server.process, SIGKILL);
	waitpid(server.process, NULL, 0);
	server.process = 0;
	CHECK(GET(server, "whole") == RV_NOT_FOUND);
	CHECK(strstr(error.message, "connect"));
	CHECK(size_of(in_folder(&server, "got.part")) == -1);
	stop(&server);
}

TEST(a_file_that_is_there_is_a_place_too)
{
	rv_error error = {0};
	WITH_SERVER(server);
	char path[128];
	snprintf(path, sizeof(path), "%s", in_folder(&server, "file"));
	const char *places[] = {path};
	struct fetch_request request = {.places = places,
	                                .place_count = 1,
	                                .path = server.path,
	                                .size = FILE_BYTES,
	                                .checksum = server.checksum};
	rv_status status = fetch_file(&request, &error);
	check_whole(&server, status, &error);
	stop(&server);
}

enum { DEEP = 8, DEEP_NAME = 240 };

/* Goes into a folder whose path is longer than any that the program writes down. */
static bool go_deep(const char *from)
{
	char name[DEEP_NAME + 1];
	memset(name, 'd', DEEP_NAME);
	name[DEEP_NAME] = '\0';
	bool is_there = !chdir(from);
	for (int i = 0; i < DEEP && is_there; i++)
		is_there = !mkdir(name, 0777) && !chdir(name);
	return is_there;
}

/* A child goes there, as the test has its own folder. */
TEST(a_file_that_lies_deep_is_a_place_too)
{
	rv_error error = {0};
	WITH_SERVER(server);
	const char *places[] = {"file"};
	struct fetch_request request = {.places = places,
	                                .place_count = 1,
	                                .path = server.path,
	                                .size = FILE_BYTES,
	                                .checksum = server.checksum};
	pid_t child = fork();
	if (!child) {
		bool is_deep = go_deep(server.folder);
		write_bytes("file", FILE_BYTES, 1);
		_exit(!is_deep || fetch_file(&request, &error) != RV_OK);
	}
	int ended = -1;
	waitpid(child, &ended, 0);
	CHECK_MESSAGE(ended == 0, "the child ended with %d", ended);
	check_whole(&server, ended ? RV_IO : RV_OK, &error);
	stop(&server);
}

static bool never(void *context, uint64_t done, uint64_t total)
{
	(void)context;
	(void)total;
	return done < 1;
}

TEST(who_stops_it_keeps_what_came)
{
	rv_error error = {0};
	WITH_SERVER(server);
	char place[PLACE_LENGTH];
	const char *places[] = {place};
	snprintf(place, sizeof(place), "http://127.0.0.1:%d/stall/file", server.port);
	struct fetch_request request = {.places = places,
	                                .place_count = 1,
	                                .path = server.path,
	                                .size = FILE_BYTES,
	                                .checksum = server.checksum,
	                                .progress = never};
	CHECK(fetch_file(&request, &error) == RV_CANCELLED);
	CHECK(size_of(in_folder(&server, "got.part")) > 0);
	CHECK(size_of(server.path) == -1);
	stop(&server);
}

TEST(checksums_are_those_of_the_standards)
{
	char path[] = "/tmp/reverie-checksum-XXXXXX", text[CHECKSUM_LENGTH];
	int descriptor = mkstemp(path);
	CHECK(descriptor >= 0 && write(descriptor, "abc", 3) == 3);
	close(descriptor);
	CHECK(checksum_of_file(path, 160, text, NULL) == RV_OK);
	CHECK(!strcmp(text, "a9993e364706816aba3e25717850c26c9cd0d89d"));
	CHECK(checksum_of_file(path, 256, text, NULL) == RV_OK);
	CHECK(!strcmp(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
	unlink(path);
	CHECK(checksum_of_file(path, 256, text, NULL) == RV_NOT_FOUND);
}
