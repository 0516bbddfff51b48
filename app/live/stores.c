#include "app/live/stores.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/base/clock.h"
#include "app/base/paths.h"
#include "app/control/action_store.h"
#include "app/options/preset.h"

enum { NAME_LENGTH = 32, ASIDE_MAX = 100 };

static const int64_t interval = CLOCK_SECOND; /* from file to file */

/* ---- reading ---- */

/* Under a name that no other has, which it writes. */
static bool put_aside(const char *path, char aside[PATH_LENGTH])
{
	for (int i = 1; i < ASIDE_MAX; i++) {
		char end[NAME_LENGTH] = "";
		if (i > 1)
			snprintf(end, sizeof(end), "-%d", i);
		int length = snprintf(aside, PATH_LENGTH, "%s.damaged%s", path, end);
		if (length < PATH_LENGTH && access(aside, F_OK))
			return !rename(path, aside);
	}
	return false;
}

static void read_store(struct live_stores *stores, int place)
{
	char path[PATH_LENGTH], aside[PATH_LENGTH];
	rv_error error = {0};
	if (!action_store_path(place, path) || access(path, F_OK))
		return;
	rv_status status = action_store_read(stores->actions, place, path, &error);
	if (status == RV_OK)
		return;
	bool is_aside = status == RV_INVALID && put_aside(path, aside);
	fprintf(stderr, "live: what was stored as %d cannot be recalled: %s%s%s\n", place + 1,
	        error.message, is_aside ? "; the file is now " : "", is_aside ? aside : "");
}

void live_stores_open(struct live_stores *stores, struct action_state *actions)
{
	stores->actions = actions;
	for (int place = 0; place < ACTION_STORES; place++)
		read_store(stores, place);
}

/* ---- writing ---- */

static bool is_to_keep(const struct live_stores *stores, int place)
{
	const struct action_state *actions = stores->actions;
	return actions->store_count[place] != actions->store_kept[place];
}

static void have_written(struct live_stores *stores, struct live_disk *disk, int place)
{
	char path[PATH_LENGTH], said[NAME_LENGTH], *text;
	struct live_store *store = &stores->stores[place];
	rv_error error = {0};
	if (!action_store_path(place, path))
		return;
	snprintf(said, sizeof(said), "stored %d", place + 1);
	rv_status status = preset_format(&stores->actions->stores[place], &text, &error);
	if (status == RV_OK) {
		atomic_store(&store->outcome, DISK_WAITS);
		status = live_disk_write_text(disk, text, path, said, &store->outcome, &error);
	}
	free(text);
	if (status != RV_OK)
		atomic_store(&store->outcome, DISK_FAILED);
}

/* What came of the last write there; true once it is known. */
static bool take_outcome(struct live_stores *stores, int place)
{
	struct live_store *store = &stores->stores[place];
	int outcome = atomic_load(&store->outcome);
	if (outcome == DISK_WROTE)
		stores->actions->store_kept[place] = store->begun;
	if (outcome == DISK_FAILED)
		store->failed = true;
	if (outcome != DISK_WAITS)
		atomic_store(&store->outcome, DISK_IDLE);
	return outcome != DISK_WAITS;
}

/* What could not be written is tried again with the next dream that is stored. */
static bool is_due(const struct live_stores *stores, int place, bool is_news)
{
	const struct live_store *store = &stores->stores[place];
	return is_to_keep(stores, place) &&
	       (store->begun != stores->actions->store_count[place] || (store->failed && is_news));
}

static bool has_news(const struct live_stores *stores)
{
	for (int place = 0; place < ACTION_STORES; place++)
		if (is_due(stores, place, false))
			return true;
	return false;
}

void live_stores_keep(struct live_stores *stores, struct live_disk *disk, int64_t now)
{
	bool is_news = has_news(stores);
	for (int place = 0; place < ACTION_STORES; place++) {
		struct live_store *store = &stores->stores[place];
		bool is_known = take_outcome(stores, place);
		store->again |= store->failed && is_news;
		if (!is_known || now - stores->written_at < interval ||
		    !is_due(stores, place, store->again))
			continue;
		stores->written_at = now;
		store->begun = stores->actions->store_count[place];
		store->failed = store->again = false;
		have_written(stores, disk, place);
	}
}

static void write_at_last(struct live_stores *stores, int place)
{
	struct action_state *actions = stores->actions;
	char path[PATH_LENGTH];
	rv_error error = {0};
	if (!action_store_path(place, path))
		return;
	paths_make_folders(path);
	if (preset_save(&actions->stores[place], path, true, &error) == RV_OK)
		actions->store_kept[place] = actions->store_count[place];
	else
		fprintf(stderr, "live: what was stored as %d is lost: %s\n", place + 1,
		        error.message);
}

void live_stores_close(struct live_stores *stores)
{
	for (int place = 0; stores->actions && place < ACTION_STORES; place++) {
		take_outcome(stores, place);
		if (is_to_keep(stores, place))
			write_at_last(stores, place);
	}
}
