/* What the process holds in memory. */
#ifndef ENGINE_BASE_RESIDENT_H
#define ENGINE_BASE_RESIDENT_H

#include <stddef.h>

/* The resident memory of the process, in bytes; 0 where nobody tells (not Linux). Of any thread. */
size_t resident_bytes(void);

#endif
