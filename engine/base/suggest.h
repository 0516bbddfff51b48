/* What somebody may have meant who mistyped a name. */
#ifndef ENGINE_BASE_SUGGEST_H
#define ENGINE_BASE_SUGGEST_H

#include <stddef.h>

/* Writes the names among names[count] that are most like name to text, joined by ", "; "" where
 * none is. */
void suggest_names(const char *name, const char *const *names, int count, char *text,
                   size_t text_size);

#endif
