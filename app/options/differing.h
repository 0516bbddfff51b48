/* What of the options is not as it would be where nobody said anything. */
#ifndef APP_OPTIONS_DIFFERING_H
#define APP_OPTIONS_DIFFERING_H

#include "app/options/options.h"

/* Takes an option with its value, as option_print() writes it; "" where it is unset and would not
 * be by default. */
typedef void differing_take(void *context, const struct option *option, const char *value);

/* Calls take for every option of commands whose value is not the default, which for the dream is
 * that of the network that it names (options->dream.network.name). */
void differing_each(const struct options *options, unsigned commands, differing_take *take,
                    void *context);

/* Writes the dream's, as "layer mixed5, strength 0.7"; as much of it as there is room for. */
void differing_write(const struct options *options, char *text, size_t capacity);

#endif
