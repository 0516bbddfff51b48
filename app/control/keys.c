#include "app/control/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "app/base/output_file.h"
#include "app/base/paths.h"
#include "app/base/text_lines.h"
#include "app/control/action.h"

enum { LINE_LENGTH = 256 };

static struct key_binding *find(struct keys *keys, const char *key)
{
	for (int i = 0; i < keys->count; i++)
		if (!strcasecmp(keys->list[i].key, key))
			return &keys->list[i];
	return NULL;
}

const char *keys_find(const struct keys *keys, const char *key)
{
	const struct key_binding *binding = find((struct keys *)keys, key);
	return binding ? binding->action : NULL;
}

bool keys_fill(const char *bound, double position, char action[KEY_ACTION_LENGTH])
{
	const char *dollar = strchr(bound, '$');
	int length = dollar ? snprintf(action, KEY_ACTION_LENGTH, "%.*s%.4f%s",
	                               (int)(dollar - bound), bound, position, dollar + 1)
	                    : -1;
	return length >= 0 && length < KEY_ACTION_LENGTH;
}

const char keys_corner_mode[] = "Corner", keys_brush_mode[] = "Brush", keys_atlas_mode[] = "Atlas";

static bool is_of_mode(const char *key, const char *mode)
{
	size_t length = strlen(mode);
	return !strncasecmp(key, mode, length) && key[length] == '+';
}

const char *keys_mode_of(const char *key)
{
	const char *const modes[] = {keys_corner_mode, keys_atlas_mode, keys_brush_mode};
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (is_of_mode(key, modes[i]))
			return modes[i];
	return NULL;
}

const char *keys_find_in(const struct keys *keys, const char *mode, const char *key)
{
	char name[2 * KEY_LENGTH];
	snprintf(name, sizeof(name), "%s+%.*s", mode ? mode : "", KEY_LENGTH, key);
	const char *action = mode ? keys_find(keys, name) : NULL;
	return action ? action : keys_find(keys, key);
}

const char *keys_bound_to(const struct keys *keys, const char *action)
{
	for (int i = 0; i < keys->count; i++)
		if (!strcmp(keys->list[i].action, action) && !keys_mode_of(keys->list[i].key))
			return keys->list[i].key;
	return NULL;
}

static void unbind(struct keys *keys, const char *key)
{
	struct key_binding *binding = find(keys, key);
	if (!binding)
		return;
	size_t after = (size_t)(&keys->list[--keys->count] - binding);
	memmove(binding, binding + 1, after * sizeof(*binding));
}

static rv_status bind(struct keys *keys, const char *key, const char *action, const char *help,
                      const char *prefix, rv_error *error)
{
	rv_error why = {0};
	if (strlen(key) >= KEY_LENGTH || strlen(action) >= KEY_ACTION_LENGTH)
		return rv_fail(error, RV_INVALID, "%s: longer than a key or an action can be",
		               prefix);
	if (!strcmp(action, "none")) {
		unbind(keys, key);
		return RV_OK;
	}
	if (action_check(action, &why))
		return rv_fail(error, RV_INVALID, "%s: %s", prefix, why.message);
	struct key_binding *binding = find(keys, key);
	if (!binding && keys->count == KEYS_MAX)
		return rv_fail(error, RV_INVALID, "%s: more than %d keys", prefix, KEYS_MAX);
	if (!binding)
		binding = &keys->list[keys->count++];
	strcpy(binding->key, key);
	strcpy(binding->action, action);
	snprintf(binding->help, sizeof(binding->help), "%s", help);
	return RV_OK;
}

static rv_status parse_line(void *context, char *line, const char *prefix, rv_error *error)
{
	struct keys *keys = context;
	const char *help = "";
	line = text_trim(line);
	if (!line[0] || line[0] == '#')
		return RV_OK;
	/* From the second letter on: the key itself may be = or #. */
	char *equals = strchr(line + 1, '=');
	char *comment = equals ? strstr(equals, " #") : NULL;
	if (comment) {
		*comment = '\0';
		help = text_trim(comment + 2);
	}
	if (!equals)
		return rv_fail(error, RV_INVALID, "%s: \"%.64s\" is not `KEY = ACTION`", prefix,
		               line);
	*equals = '\0';
	return bind(keys, text_trim(line), text_trim(equals + 1), help, prefix, error);
}

rv_status keys_parse(struct keys *keys, const char *name, const char *text, rv_error *error)
{
	return text_each_line(name, text, strlen(text), parse_line, keys, error);
}

rv_status keys_load(struct keys *keys, const char *path, rv_error *error)
{
	return text_read_lines(path, "key file", parse_line, keys, error);
}

static rv_status load_own(struct keys *keys, const char *name, rv_error *error)
{
	char path[PATH_LENGTH];
	if (!paths_config_file(name, path) || access(path, F_OK))
		return RV_OK;
	return keys_load(keys, path, error);
}

rv_status keys_load_all(struct keys *keys, const char *path, rv_error *error)
{
	keys->count = 0;
	rv_status status = keys_parse(keys, "keys.conf", keys_default_text, error);
	if (status == RV_OK)
		status = load_own(keys, "keys.conf", error);
	if (status == RV_OK)
		status = load_own(keys, "midi.conf", error);
	if (status == RV_OK && path[0])
		status = keys_load(keys, path, error);
	return status;
}

/* What is bound anew, and where it is kept. */
struct rewriting {
	const char *line;
	size_t key_length; /* of the line's key */
	AVIOContext *io;
};

static rv_status copy_line(void *context, char *line, const char *prefix, rv_error *error)
{
	const struct rewriting *it = context;
	(void)prefix, (void)error;
	size_t length = strlen(line), key = length > 1 ? 1 + strcspn(line + 1, "=") : length;
	while (key && line[key - 1] == ' ')
		key--;
	if (key != it->key_length || strncmp(line, it->line, key))
		avio_printf(it->io, "%s\n", line);
	return RV_OK;
}

rv_status keys_keep(const char *name, const char *line, rv_error *error)
{
	char path[PATH_LENGTH];
	struct output_file *file;
	struct rewriting it = {.line = line, .key_length = 1 + strcspn(line + 1, "=")};
	if (!paths_config_file(name, path))
		return rv_fail(error, RV_NOT_FOUND, "%s: there is no home to keep it in", name);
	paths_make_folders(path);
	while (it.key_length && line[it.key_length - 1] == ' ')
		it.key_length--;
	rv_status status = output_file_create(&file, path, true, error);
	if (status != RV_OK)
		return status;
	it.io = output_file_io(file);
	if (!access(path, F_OK))
		status = text_read_lines(path, name, copy_line, &it, error);
	avio_printf(it.io, "%s\n", line);
	if (status == RV_OK)
		return output_file_commit(&file, error);
	output_file_discard(&file);
	return status;
}

void keys_print(const struct keys *keys, FILE *file)
{
	fprintf(file, "Keys of the live window\n");
	for (int i = 0; i < keys->count; i++)
		fprintf(file, "  %-22s%-28s%s\n", keys->list[i].key, keys->list[i].action,
		        keys->list[i].help);
	fprintf(file, "\nActions, for --keys FILE with lines such as `Up = add strength 0.1`\n");
	for (const struct action *action = action_table; action->name; action++) {
		char usage[64];
		snprintf(usage, sizeof(usage), "%s %s", action->name,
		         action->arguments ? action->arguments : "");
		fprintf(file, "  %-28s%s\n", usage, action->help);
	}
	fprintf(file, "  %-28s%s\n", "none", "take a key's binding back");
}
