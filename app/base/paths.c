#include "app/base/paths.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool paths_join(char path[PATH_LENGTH], const char *folder, const char *name)
{
	const char *separator = folder[0] && name[0] ? "/" : "";
	int length = snprintf(path, PATH_LENGTH, "%s%s%s", folder, separator, name);
	if (length >= 0 && length < PATH_LENGTH)
		return true;
	path[0] = '\0';
	return false;
}

static bool is_file(const char *path)
{
	struct stat status;
	return !stat(path, &status) && S_ISREG(status.st_mode);
}

/* Splits path into its folder and the name in it. */
static bool split(const char *path, char folder[PATH_LENGTH], const char **name)
{
	const char *slash = strrchr(path, '/');
	size_t length = slash ? (size_t)(slash - path) + 1 : 0;
	*name = path + length;
	if (length >= PATH_LENGTH)
		return false;
	memcpy(folder, slash ? path : ".", slash ? length : 1);
	folder[slash ? length : 1] = '\0';
	return true;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

bool paths_same(const char *a, const char *b)
{
	char folder_a[PATH_LENGTH], folder_b[PATH_LENGTH];
	const char *name_a, *name_b;
	struct stat first, second;
	if (!strcmp(a, b))
		return true;
	bool is_a = !stat(a, &first), is_b = !stat(b, &second);
	if (is_a || is_b)
		return is_a && is_b && same_file(&first, &second);
	return split(a, folder_a, &name_a) && split(b, folder_b, &name_b) &&
	       !strcmp(name_a, name_b) && !stat(folder_a, &first) && !stat(folder_b, &second) &&
	       same_file(&first, &second);
}

/* Adds folder/name if it is a folder that is not in the list yet. */
static void add_folder(struct paths *paths, const char *folder, const char *name)
{
	char path[PATH_LENGTH];
	struct stat status;
	if (paths->count == PATHS_MAX || !paths_join(path, folder, name) || stat(path, &status) ||
	    !S_ISDIR(status.st_mode))
		return;
	for (int i = 0; i < paths->count; i++)
		if (paths_same(paths->list[i], path))
			return;
	strcpy(paths->list[paths->count++], path);
}

/* Adds a folder of the XDG base directory specification: $variable, or fallback under $HOME. */
static void add_base_folder(struct paths *paths, const char *variable, const char *fallback,
                            const char *name)
{
	char folder[PATH_LENGTH];
	const char *base = getenv(variable), *home = getenv("HOME");
	if (base && base[0] == '/')
		add_folder(paths, base, name);
	else if (home && home[0] && paths_join(folder, home, fallback))
		add_folder(paths, folder, name);
}

/* Adds a folder beside the one that holds the executable. */
static void add_own_folder(struct paths *paths, const char *name)
{
	char path[PATH_LENGTH];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	if (length <= 0)
		return;
	path[length] = '\0';
	for (int i = 0; i < 2; i++) {
		char *slash = strrchr(path, '/');
		if (slash)
			*slash = '\0';
	}
	add_folder(paths, path, name);
}

struct paths paths_model_folders(void)
{
	struct paths paths = {0};
	add_folder(&paths, "models", "");
	add_base_folder(&paths, "XDG_DATA_HOME", ".local/share", "reverie/models");
	add_own_folder(&paths, "models");
	add_own_folder(&paths, "share/reverie/models");
	return paths;
}

struct paths paths_preset_folders(void)
{
	struct paths paths = {0};
	add_folder(&paths, ".", "");
	add_base_folder(&paths, "XDG_CONFIG_HOME", ".config", "reverie/presets");
	add_own_folder(&paths, "share/reverie/presets");
	add_own_folder(&paths, "assets/presets");
	add_folder(&paths, "assets/presets", "");
	return paths;
}

struct paths paths_asset_folders(void)
{
	struct paths paths = {0};
	add_folder(&paths, "assets", "");
	add_own_folder(&paths, "share/reverie");
	add_own_folder(&paths, "assets");
	return paths;
}

bool paths_find(const struct paths *folders, const char *name, char path[PATH_LENGTH])
{
	for (int i = 0; i < folders->count; i++)
		if (paths_join(path, folders->list[i], name) && is_file(path))
			return true;
	path[0] = '\0';
	return false;
}

/* In a folder of the XDG base directory specification: $variable, or fallback under $HOME. */
static bool own_file(const char *variable, const char *fallback, const char *name,
                     char path[PATH_LENGTH])
{
	char folder[PATH_LENGTH], own[PATH_LENGTH];
	const char *base = getenv(variable), *home = getenv("HOME");
	path[0] = '\0';
	if (base && base[0] == '/')
		snprintf(folder, sizeof(folder), "%s", base);
	else if (!home || !home[0] || !paths_join(folder, home, fallback))
		return false;
	return paths_join(own, folder, "reverie") && paths_join(path, own, name);
}

bool paths_config_file(const char *name, char path[PATH_LENGTH])
{
	return own_file("XDG_CONFIG_HOME", ".config", name, path);
}

bool paths_state_file(const char *name, char path[PATH_LENGTH])
{
	return own_file("XDG_STATE_HOME", ".local/state", name, path);
}

bool paths_make_folders(const char *path)
{
	char folder[PATH_LENGTH];
	int why = 0; /* of the first that could not be made */
	snprintf(folder, sizeof(folder), "%s", path);
	char *last = strrchr(folder + 1, '/');
	for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(folder, 0777) && errno != EEXIST && !why)
			why = errno;
		*slash = '/';
	}
	if (last)
		*last = '\0';
	if (!access(last ? folder : path[0] == '/' ? "/" : ".", W_OK | X_OK))
		return true;
	if (why)
		errno = why;
	return false;
}

static bool ends_with(const char *text, const char *suffix)
{
	size_t length = strlen(text), end = strlen(suffix);
	return length > end && !strcmp(text + length - end, suffix);
}

void paths_each(const struct paths *folders, const char *suffix, paths_visit *visit, void *context)
{
	for (int i = 0; i < folders->count; i++) {
		struct dirent **entries;
		int count = scandir(folders->list[i], &entries, NULL, alphasort);
		for (int j = 0; j < count; j++) {
			char first[PATH_LENGTH], path[PATH_LENGTH];
			if (ends_with(entries[j]->d_name, suffix) &&
			    paths_join(path, folders->list[i], entries[j]->d_name) &&
			    paths_find(folders, entries[j]->d_name, first) && !strcmp(path, first))
				visit(context, path, entries[j]->d_name);
			free(entries[j]);
		}
		if (count >= 0)
			free(entries);
	}
}
