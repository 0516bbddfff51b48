/* Lists of channels, and of classes by label or number. */
#ifndef APP_OPTIONS_TARGET_LIST_H
#define APP_OPTIONS_TARGET_LIST_H

#include "app/options/option.h"

/* Read a list with commas, classes into list[RV_CHANNELS_MAX]; what is named twice counts once.
 * Channels may go by names of their own (app/options/channel_names.h). False: why says what is
 * wrong. */
bool target_list_channels(const char *text, struct option_channels *channels,
                          char why[OPTION_REASON_LENGTH]);
bool target_list_classes(const char *text, int *list, int *count, char why[OPTION_REASON_LENGTH]);

/* Writes what target_list_classes reads as the same. */
void target_list_write_classes(const int *list, int count, char *text, size_t capacity);

#endif
