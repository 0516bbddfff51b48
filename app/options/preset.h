/* Presets: the dream part of the options, one "name = value" a line, # for comments. A line
 * `network NAME` says which network of models/catalogue the preset is for.
 * Names and values are those of the command line, read and written through the table of options.
 * Nothing here prints or exits. */
#ifndef APP_OPTIONS_PRESET_H
#define APP_OPTIONS_PRESET_H

#include "app/options/options.h"

/* Reads the preset called name over dream. A name with a slash or with .preset in it is a path;
 * otherwise NAME.preset is looked for in the folders of paths_preset_folders(). On an error dream
 * is undefined. dream->network.name is the network that is open, if any is: the preset's own takes
 * its place (preset_check_network). RV_NOT_FOUND: no such preset, and the message says which there
 * are for that network. RV_INVALID: the message begins with the file and the number of the line.
 * RV_IO. */
rv_status preset_load(struct option_dream *dream, const char *name, rv_error *error);

/* Reads one preset from text (length bytes; no NUL is needed). name stands for the file in
 * messages. RV_INVALID. */
rv_status preset_parse(struct option_dream *dream, const char *name, const char *text,
                       size_t length, rv_error *error);

/* Whether the preset in the file at path can be dreamed with the network called open (empty: none
 * is known): it names that one, or none. One that cannot be read can, so that taking it says why.
 */
bool preset_fits(const char *path, const char *open);

/* RV_NOT_FOUND where a preset for the network called needed (empty: any) is to be dreamed with the
 * one called open; the message says for which, and how that is had. preset: its name or file; NULL:
 * "this". */
rv_status preset_check_network(const char *needed, const char *preset, const char *open,
                               rv_error *error);

/* Writes dream as the text of a preset, the caller's to free. RV_MEMORY. */
rv_status preset_format(const struct option_dream *dream, char **text, rv_error *error);

/* Writes that text to path, as output_file_create() and
 * output_file_commit() (app/base/output_file.h) do. */
rv_status preset_save(const struct option_dream *dream, const char *path, bool force,
                      rv_error *error);

#endif
