/* The table of commands: which word on the command line runs what. It stands above all commands,
 * and only main() and the help read it. */
#ifndef APP_COMMAND_TABLE_H
#define APP_COMMAND_TABLE_H

#include "app/options/options.h"

/* The dream, which has no word, comes first; a NULL name ends the table. */
extern const struct command command_table[];

#endif
