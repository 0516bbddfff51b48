/* Every way in which programs open files, for the libraries that are loaded before the others
 * (LD_PRELOAD) and stand in for some of them. Built together with such a library. */
#ifndef TESTS_SUPPORT_OPEN_INSTEAD_H
#define TESTS_SUPPORT_OPEN_INSTEAD_H

#include <sys/types.h>

/* What the library does instead of opening. real: the function that opens other files, as
 * dlsym(RTLD_NEXT) knows it; it takes path, flags and mode. */
int open_instead(const char *real, const char *path, int flags, mode_t mode);

#endif
