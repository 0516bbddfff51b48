/* Names that people gave to channels of layers, such as "birds": a text file of their own,
 * $XDG_CONFIG_HOME/reverie/channels, with lines `NAME LAYER N,...`; a # begins a comment. It is
 * read whenever a name is looked for, so that a change counts at once. */
#ifndef APP_OPTIONS_CHANNEL_NAMES_H
#define APP_OPTIONS_CHANNEL_NAMES_H

#include "app/options/option.h"

enum { CHANNEL_NAME_LENGTH = 48 };

/* Adds a channel to those of `to`; false, with why filled, where that cannot be. */
typedef bool channel_adder(int channel, struct option_channels *to, char why[OPTION_REASON_LENGTH]);

/* Hands the channels that have this name to add, one by one, and gives `to` their layer. False: why
 * says that there is no such name, which is like it, that the line is wrong, that `to` is another
 * layer's, or what add does. */
bool channel_names_add(const char *name, channel_adder *add, struct option_channels *to,
                       char why[OPTION_REASON_LENGTH]);

/* The name of one channel alone; empty where it has none. */
void channel_names_of(const char *layer, int channel, char name[CHANNEL_NAME_LENGTH]);

#endif
