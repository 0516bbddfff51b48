#include "app/control/action_store.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "app/base/clock.h"
#include "app/base/paths.h"
#include "app/control/action_dream.h"
#include "app/options/preset.h"

/* The place in state->stores that the call names. */
static rv_status find_place(const struct action_call *call, int *place, rv_error *error)
{
	if (call->value[0] < '1' || call->value[0] > '0' + ACTION_STORES || call->value[1])
		return rv_fail(error, RV_INVALID, "\"%.32s\" is no store; there are 1 to %d",
		               call->value, ACTION_STORES);
	*place = call->value[0] - '1';
	return RV_OK;
}

static void write_name(int place, char name[ACTION_NAME_LENGTH])
{
	snprintf(name, ACTION_NAME_LENGTH, "stored %d", place + 1);
}

rv_status action_store(struct action_state *state, const struct action_call *call, rv_error *error)
{
	int place = 0;
	rv_status status = find_place(call, &place, error);
	if (status != RV_OK)
		return status;
	/* A fade is stored as what it leads to. */
	state->stores[place] = state->fade.on ? state->fade.to : state->options.dream;
	state->is_stored[place] = true;
	state->store_count[place]++;
	write_name(place, state->message);
	return RV_OK;
}

/* ---- files ---- */

bool action_store_path(int place, char path[PATH_LENGTH])
{
	char name[32];
	snprintf(name, sizeof(name), "stores/%d.preset", place + 1);
	return paths_state_file(name, path);
}

static struct action_store_file look_at(const char *path)
{
	struct stat file;
	if (stat(path, &file))
		return (struct action_store_file){0};
	return (struct action_store_file){
		.node = file.st_ino,
		.size = (uint64_t)file.st_size,
		.changed = file.st_mtim.tv_sec * CLOCK_SECOND + file.st_mtim.tv_nsec,
	};
}

/* Where a file has it, the newest one counts. One that has gone takes nothing away. */
static rv_status refresh(struct action_state *state, int place, rv_error *error)
{
	char path[PATH_LENGTH];
	const struct action_store_file *seen = &state->store_seen[place];
	if (state->store_count[place] != state->store_kept[place] ||
	    !action_store_path(place, path))
		return RV_OK;
	struct action_store_file now = look_at(path);
	bool is_same =
		now.node == seen->node && now.size == seen->size && now.changed == seen->changed;
	return is_same || !now.node ? RV_OK : action_store_read(state, place, path, error);
}

/* ---- recalling ---- */

rv_status action_recall(struct action_state *state, const struct action_call *call, rv_error *error)
{
	int place = 0;
	char name[ACTION_NAME_LENGTH];
	rv_status status = find_place(call, &place, error);
	if (status == RV_OK)
		status = refresh(state, place, error);
	if (status != RV_OK)
		return status;
	if (!state->is_stored[place])
		return rv_fail(error, RV_NOT_FOUND,
		               "nothing is stored as %d yet; `store %d` stores this dream",
		               place + 1, place + 1);
	const char *needed = state->stores[place].network.name;
	if (preset_check_network(needed, NULL, state->options.dream.network.name, NULL) != RV_OK)
		return rv_fail(error, RV_NOT_FOUND,
		               "what is stored as %d is for the network %s; `--model %s` opens it",
		               place + 1, needed, needed);
	write_name(place, name);
	action_take_dream(state, &state->stores[place], name, (double)state->options.live.fade);
	snprintf(state->message, sizeof(state->message), "recalled %d", place + 1);
	return RV_OK;
}

rv_status action_store_read(struct action_state *state, int place, const char *path,
                            rv_error *error)
{
	struct option_dream dream = option_dream_default();
	struct action_store_file file = look_at(path);
	rv_status status = preset_load(&dream, path, error);
	if (status != RV_OK)
		return status;
	/* A preset may leave out what is as usual; of a store that is written all of it is there.
	 */
	if (file.node && !file.size)
		return rv_fail(error, RV_INVALID, "%s: there is nothing in it", path);
	option_dream_settle(&dream, state->options.dream.network.name);
	state->stores[place] = dream;
	state->is_stored[place] = true;
	state->store_seen[place] = file;
	return RV_OK;
}
