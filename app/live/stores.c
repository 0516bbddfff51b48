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

static bool find_file(int place, char path[PATH_LENGTH])
{
	char name[NAME_LENGTH];
	snprintf(name, sizeof(name), "stores/%d.preset", place + 1);
	return paths_state_file(name, path);
}

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
	if (!find_file(place, path) || access(path, F_OK))
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

static rv_status have_written(struct live_stores *stores, struct live_disk *disk, int place,
                              rv_error *error)
{
	char path[PATH_LENGTH], said[NAME_LENGTH], *text;
	if (!find_file(place, path))
		return RV_OK;
	snprintf(said, sizeof(said), "stored %d", place + 1);
	rv_status status = preset_format(&stores->actions->stores[place], &text, error);
	if (status == RV_OK)
		status = live_disk_write_text(disk, text, path, said, error);
	free(text);
	return status;
}

void live_stores_keep(struct live_stores *stores, struct live_disk *disk, int64_t now)
{
	struct action_state *actions = stores->actions;
	for (int place = 0; place < ACTION_STORES && now - stores->written_at >= interval;
	     place++) {
		if (!actions->is_to_keep[place])
			continue;
		stores->written_at = now;
		actions->is_to_keep[place] = have_written(stores, disk, place, NULL) != RV_OK;
	}
}

void live_stores_close(struct live_stores *stores)
{
	for (int place = 0; stores->actions && place < ACTION_STORES; place++) {
		char path[PATH_LENGTH];
		rv_error error = {0};
		if (!stores->actions->is_to_keep[place] || !find_file(place, path))
			continue;
		paths_make_folders(path);
		if (preset_save(&stores->actions->stores[place], path, true, &error) != RV_OK)
			fprintf(stderr, "live: what was stored as %d is lost: %s\n", place + 1,
			        error.message);
	}
}
