/* The files that one call of the program is to read and to write. */
#ifndef APP_OPTIONS_FILES_H
#define APP_OPTIONS_FILES_H

#include "app/options/options.h"

/* Whether nothing is to be written over what is read, --force or not, nor twice to one place, nor
 * to an address, but for what a live session sends: of the options that `command` takes and of the
 * operands. A preset that is written where it was read from is only changed. RV_INVALID. */
rv_status option_check_files(const struct options *options, unsigned command, rv_error *error);

/* The same of one more file that is read, `what` it is being a word such as "network". */
rv_status option_check_read(const struct options *options, unsigned command, const char *path,
                            const char *what, rv_error *error);

/* Calls visit for every file that is to be written. */
typedef void option_visit_file(void *context, const char *path);
void option_each_written(const struct options *options, unsigned command, option_visit_file *visit,
                         void *context);

#endif
