/* The folders in which models, presets and the sample clip are searched.
 *
 * Nothing is compiled in: the installation is found from the place of the executable, so that a
 * whole tree can be moved. */
#ifndef APP_BASE_PATHS_H
#define APP_BASE_PATHS_H

#include <stdbool.h>
#include <stddef.h>

enum { PATH_LENGTH = 1024, PATHS_MAX = 8 };

struct paths {
	int count;
	char list[PATHS_MAX][PATH_LENGTH];
};

/* Folders that exist, each once, in the order in which they are searched. Models: ./models,
 * $XDG_DATA_HOME/reverie/models, and relative to the folder of the executable ../models (a build
 * directory) and ../share/reverie/models (an installation). Presets: the current folder,
 * $XDG_CONFIG_HOME/reverie/presets, ../share/reverie/presets, ../assets/presets, assets/presets. */
struct paths paths_model_folders(void);
struct paths paths_preset_folders(void);
/* The sample clip: assets, and relative to the folder of the executable ../share/reverie and
 * ../assets. */
struct paths paths_asset_folders(void);

/* Writes the path of the program's own file called name, $XDG_CONFIG_HOME/reverie/NAME, which need
 * not be there. False where there is no such folder to be. */
bool paths_config_file(const char *name, char path[PATH_LENGTH]);
/* The same of what it remembers by itself from one run to the next: $XDG_STATE_HOME/reverie/NAME.
 */
bool paths_state_file(const char *name, char path[PATH_LENGTH]);

/* Makes the folders that the file at path is to lie in, as far as they are not there. False, and
 * why in errno, where nothing can be written into the last of them. */
bool paths_make_folders(const char *path);

/* Writes folder/name to path. False, and an empty path, where it does not fit. */
bool paths_join(char path[PATH_LENGTH], const char *folder, const char *name);

/* Whether two paths mean one file, be it by links; also where there is no such file yet. */
bool paths_same(const char *a, const char *b);

/* Searches folders for a regular file called name; writes its path. */
bool paths_find(const struct paths *folders, const char *name, char path[PATH_LENGTH]);

/* Calls visit for every regular file in folders whose name ends in suffix, sorted by name within
 * each folder. Of several with one name only the first, the one that paths_find() finds. */
typedef void paths_visit(void *context, const char *path, const char *name);
void paths_each(const struct paths *folders, const char *suffix, paths_visit *visit, void *context);

#endif
