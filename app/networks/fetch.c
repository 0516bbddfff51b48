#include "app/networks/fetch.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/base/clock.h"
#include "app/networks/checksum.h"

enum {
	CONNECT_SECONDS = 5,    /* to reach a server */
	NO_NETWORK_SECONDS = 4, /* to reach the first of all servers: then there is no network */
	SILENT_SECONDS = 10,    /* without a byte */
	TRIES_MAX = 3,          /* of one place, each going on where the last broke off */
	PATH_MAX_LENGTH = 1100,
	HEAD_LENGTH = 64, /* bytes at the beginning of a file that tell what it is */
};

/* One fetching. */
struct fetch {
	const struct fetch_request *request;
	char part[PATH_MAX_LENGTH];
	FILE *file;     /* path.part, open for writing at its end */
	uint64_t start; /* bytes that were there before this try */
	uint64_t done;  /* bytes that are there */
	bool write_failed, cancelled;
	bool reached;    /* a server has answered, so there is a network */
	int64_t started; /* as clock_now() has it */
	char why[CURL_ERROR_SIZE];
	CURL *curl;
	CURLcode code; /* how the last transfer ended */
};

/* What became of one try. */
enum outcome {
	FETCHED,
	BROKEN_OFF, /* what came is good as far as it goes */
	NO_GOOD,    /* this place has not got it */
	FAILED,     /* no place can help: the disk, the user, memory */
};

/* ---- curl's side ---- */

static size_t take_bytes(char *bytes, size_t size, size_t count, void *context)
{
	struct fetch *fetch = context;
	if (fwrite(bytes, size, count, fetch->file) != count) {
		fetch->write_failed = true;
		return 0;
	}
	fetch->done += size * count;
	/* More than there should be is not the file that was asked for. */
	return fetch->request->size && fetch->done > fetch->request->size ? 0 : size * count;
}

static int tell_progress(void *context, curl_off_t total, curl_off_t now, curl_off_t up_total,
                         curl_off_t up_now)
{
	struct fetch *fetch = context;
	const struct fetch_request *request = fetch->request;
	uint64_t all = request->size ? request->size
	               : total > 0   ? fetch->start + (uint64_t)total
	                             : 0;
	(void)now;
	(void)up_total;
	(void)up_now;
	if (request->progress && !request->progress(request->context, fetch->done, all))
		fetch->cancelled = true;
	return fetch->cancelled;
}

/* The first server gets less time: where there is no network at all, one short wait finds that out
 * for all places. */
static long connect_milliseconds(const struct fetch *fetch)
{
	long left = 1000L * NO_NETWORK_SECONDS - (long)((clock_now() - fetch->started) / 1000000);
	if (fetch->reached)
		return 1000L * CONNECT_SECONDS;
	return left > 1000 ? left : 500;
}

static void set_up(struct fetch *fetch, const char *url)
{
	CURL *curl = fetch->curl;
	curl_easy_reset(curl);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https,ftp,ftps,file");
	curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 10L);
	curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, connect_milliseconds(fetch));
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)SILENT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "reverie/" RV_VERSION);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, fetch->why);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, fetch);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, tell_progress);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, fetch);
	if (fetch->start)
		curl_easy_setopt(curl, CURLOPT_RESUME_FROM_LARGE, (curl_off_t)fetch->start);
}

/* ---- the part ---- */

/* Opens path.part and locks it, since two programs that wrote it at once would spoil it. */
static rv_status open_part(struct fetch *fetch, rv_error *error)
{
	const char *path = fetch->request->path;
	int length = snprintf(fetch->part, sizeof(fetch->part), "%s.part", path);
	if (length >= (int)sizeof(fetch->part))
		return rv_fail(error, RV_INVALID, "%.256s...: the name is too long", path);
	int descriptor = open(fetch->part, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (descriptor < 0)
		return rv_fail(error, RV_IO, "%.256s: %s", fetch->part, strerror(errno));
	if (flock(descriptor, LOCK_EX | LOCK_NB)) {
		close(descriptor);
		return rv_fail(error, RV_IO, "%.256s: another reverie is fetching it", fetch->part);
	}
	fetch->file = fdopen(descriptor, "r+b");
	if (!fetch->file) {
		close(descriptor);
		return rv_fail(error, RV_MEMORY, "no memory to fetch %.256s", path);
	}
	return RV_OK;
}

/* Sets the position behind the bytes that are there already. */
static bool find_end(struct fetch *fetch)
{
	off_t end = fseeko(fetch->file, 0, SEEK_END) ? -1 : ftello(fetch->file);
	fetch->start = fetch->done = end > 0 ? (uint64_t)end : 0;
	return end >= 0;
}

static bool is_too_long(const struct fetch *fetch)
{
	return fetch->request->size && fetch->done > fetch->request->size;
}

static bool begin_anew(struct fetch *fetch)
{
	rewind(fetch->file);
	fetch->start = fetch->done = 0;
	return !ftruncate(fileno(fetch->file), 0);
}

/* What a server that has not got the file sends instead, or NULL. */
static const char *find_stand_in(struct fetch *fetch)
{
	char head[HEAD_LENGTH + 1] = "";
	rewind(fetch->file);
	head[fread(head, 1, HEAD_LENGTH, fetch->file)] = '\0';
	fseeko(fetch->file, 0, SEEK_END);
	const char *text = head + strspn(head, " \t\r\n");
	if (!strncmp(text, "version https://git-lfs", 23))
		return "a pointer of Git LFS instead of the file";
	if (!strncasecmp(text, "<!doctype", 9) || !strncasecmp(text, "<html", 5))
		return "a web page instead of the file";
	return NULL;
}

/* Whether path.part is the file; where it is not, why. */
static bool is_right(struct fetch *fetch, char why[CURL_ERROR_SIZE])
{
	const struct fetch_request *request = fetch->request;
	rv_error error = {0};
	const char *stand_in = find_stand_in(fetch);
	if (stand_in)
		snprintf(why, CURL_ERROR_SIZE, "%s", stand_in);
	else if (request->size && fetch->done != request->size)
		snprintf(why, CURL_ERROR_SIZE, "%llu bytes instead of %llu",
		         (unsigned long long)fetch->done, (unsigned long long)request->size);
	else if (fetch_check(fetch->part, request->checksum, &error) != RV_OK)
		snprintf(why, CURL_ERROR_SIZE, "another file: its checksum is wrong");
	else
		return true;
	return false;
}

/* ---- trying ---- */

/* A server that does not say how long the file is may break off without an error. */
static bool ended_early(struct fetch *fetch)
{
	curl_off_t length = 0;
	curl_easy_getinfo(fetch->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	return length < 0 && fetch->done > fetch->start && fetch->done < fetch->request->size &&
	       !find_stand_in(fetch);
}

/* One transfer; the reason of what is not FETCHED is in fetch->why. */
static enum outcome transfer(struct fetch *fetch, const char *url)
{
	uint64_t size = fetch->request->size;
	fetch->why[0] = '\0';
	if (size && fetch->done == size)
		return FETCHED; /* it broke off behind the last byte */
	set_up(fetch, url);
	CURLcode code = fetch->code = curl_easy_perform(fetch->curl);
	curl_off_t connected = 0;
	curl_easy_getinfo(fetch->curl, CURLINFO_CONNECT_TIME_T, &connected);
	fetch->reached = fetch->reached || connected > 0;
	if (fflush(fetch->file))
		fetch->write_failed = true;
	if (fetch->cancelled || fetch->write_failed || code == CURLE_OUT_OF_MEMORY)
		return FAILED;
	if (!fetch->why[0])
		snprintf(fetch->why, sizeof(fetch->why), "%s", curl_easy_strerror(code));
	if (is_too_long(fetch))
		return FETCHED; /* is_right() says what is wrong with it */
	switch (code) {
	case CURLE_OK:
		return ended_early(fetch) ? BROKEN_OFF : FETCHED;
	case CURLE_PARTIAL_FILE:
	case CURLE_RECV_ERROR:
	case CURLE_GOT_NOTHING:
		return fetch->done > fetch->start ? BROKEN_OFF : NO_GOOD;
	default:
		return NO_GOOD;
	}
}

/* A server may only send whole files (200), or have a shorter one (416). */
static bool refuses_to_go_on(const struct fetch *fetch)
{
	long answer = 0;
	curl_easy_getinfo(fetch->curl, CURLINFO_RESPONSE_CODE, &answer);
	return fetch->code == CURLE_RANGE_ERROR || answer == 416;
}

/* Transfers from one place until the file is there, or the place is no good. What was there before
 * and does not fit is thrown away once. */
static enum outcome try_place(struct fetch *fetch, const char *url)
{
	for (int i = 0; i < TRIES_MAX; i++) {
		if (!find_end(fetch) || (is_too_long(fetch) && !begin_anew(fetch)))
			return FAILED;
		bool resumed = fetch->start > 0;
		enum outcome outcome = transfer(fetch, url);
		if (outcome == FAILED || (outcome == NO_GOOD && !resumed))
			return outcome;
		if (outcome == BROKEN_OFF)
			continue;
		if (outcome == FETCHED && is_right(fetch, fetch->why))
			return FETCHED;
		if (outcome == NO_GOOD && !refuses_to_go_on(fetch))
			return NO_GOOD;
		if (!begin_anew(fetch))
			return FAILED;
		if (!resumed)
			return NO_GOOD;
	}
	return BROKEN_OFF;
}

/* A path becomes a URL; that of no file does not, and errno says why. */
static CURLU *make_url(const char *place, char **url)
{
	CURLU *parts = curl_url();
	if (!parts)
		return NULL;
	if (strstr(place, "://")) {
		curl_url_set(parts, CURLUPART_URL, place, 0);
	} else {
		char *absolute = realpath(place, NULL);
		if (!absolute)
			return parts;
		curl_url_set(parts, CURLUPART_SCHEME, "file", 0);
		curl_url_set(parts, CURLUPART_PATH, absolute, CURLU_URLENCODE);
		free(absolute);
	}
	curl_url_get(parts, CURLUPART_URL, url, 0);
	return parts;
}

static void note(const struct fetch *fetch, const char *place)
{
	char line[CURL_ERROR_SIZE + 300];
	const struct fetch_request *request = fetch->request;
	snprintf(line, sizeof(line), "%.256s: %s", place, fetch->why);
	/* The error says it of the only place, and for all where no server can be reached. */
	bool is_told = request->place_count == 1 || (strstr(place, "://") && !fetch->reached);
	if (request->note && !is_told)
		request->note(request->context, line);
}

/* Tries every place; the last one's fate. */
static enum outcome try_places(struct fetch *fetch)
{
	const struct fetch_request *request = fetch->request;
	enum outcome outcome = NO_GOOD;
	for (int i = 0; i < request->place_count; i++) {
		const char *place = request->places[i];
		char *url = NULL;
		CURLU *parts = make_url(place, &url);
		outcome = url ? try_place(fetch, url) : NO_GOOD;
		if (!url)
			snprintf(fetch->why, sizeof(fetch->why), "%.160s: %s", place,
			         strstr(place, "://") ? "no address that can be read"
			                              : strerror(errno));
		curl_free(url);
		curl_url_cleanup(parts);
		if (outcome == FETCHED || outcome == FAILED)
			return outcome;
		note(fetch, place);
	}
	return outcome;
}

/* ---- ending ---- */

static rv_status put_in_place(struct fetch *fetch, rv_error *error)
{
	const char *path = fetch->request->path;
	if (fsync(fileno(fetch->file)) || rename(fetch->part, path))
		return rv_fail(error, RV_IO, "%.256s: %s", path, strerror(errno));
	return RV_OK;
}

static rv_status give_up(const struct fetch *fetch, rv_error *error)
{
	const char *path = fetch->request->path, *file = strrchr(path, '/');
	if (fetch->cancelled)
		return rv_fail(error, RV_CANCELLED,
		               "stopped; %.256s keeps what came, and the next time goes on there",
		               fetch->part);
	if (fetch->write_failed)
		return rv_fail(error, RV_IO, "%.256s cannot be written; is the disk full?",
		               fetch->part);
	if (fetch->done)
		return rv_fail(
			error, RV_NOT_FOUND,
			"%.128s broke off (%.120s); what came is kept, and the next time goes "
			"on there",
			path, fetch->why);
	return rv_fail(error, RV_NOT_FOUND, "%.128s cannot be fetched: %.200s",
	               file ? file + 1 : path, fetch->why);
}

static rv_status finish(struct fetch *fetch, enum outcome outcome, rv_error *error)
{
	rv_status status = outcome == FETCHED ? put_in_place(fetch, error) : give_up(fetch, error);
	struct stat state;
	/* Nothing stays behind of what brought nothing. */
	if (status != RV_OK && !fstat(fileno(fetch->file), &state) && !state.st_size)
		unlink(fetch->part);
	fclose(fetch->file);
	return status;
}

rv_status fetch_file(const struct fetch_request *request, rv_error *error)
{
	struct fetch fetch = {.request = request, .started = clock_now()};
	if (curl_global_init(CURL_GLOBAL_DEFAULT) || !(fetch.curl = curl_easy_init()))
		return rv_fail(error, RV_MEMORY, "libcurl cannot be started");
	rv_status status = open_part(&fetch, error);
	if (status == RV_OK)
		status = finish(&fetch, try_places(&fetch), error);
	curl_easy_cleanup(fetch.curl);
	curl_global_cleanup();
	return status;
}

rv_status fetch_check(const char *path, const char *checksum, rv_error *error)
{
	char is[CHECKSUM_LENGTH];
	if (!checksum[0])
		return RV_OK;
	rv_status status = checksum_of_file(path, 4 * (int)strlen(checksum), is, error);
	if (status != RV_OK)
		return status;
	if (strcmp(is, checksum) != 0)
		return rv_fail(error, RV_CORRUPT, "%.256s: its checksum is %s, not %s", path, is,
		               checksum);
	return RV_OK;
}
