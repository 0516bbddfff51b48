#include "tests/support/open_instead.h"

#include <fcntl.h>
#include <stdarg.h>

/* Whoever makes no file gives no mode. */
static mode_t take_mode(int flags, va_list arguments)
{
	return flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
}

int open(const char *path, int flags, ...)
{
	va_list arguments;
	va_start(arguments, flags);
	mode_t mode = take_mode(flags, arguments);
	va_end(arguments);
	return open_instead("open", path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	va_list arguments;
	va_start(arguments, flags);
	mode_t mode = take_mode(flags, arguments);
	va_end(arguments);
	return open_instead("open64", path, flags, mode);
}

/* As programs that are hardened call them. */
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);

int __open_2(const char *path, int flags)
{
	return open_instead("open", path, flags, 0);
}

int __open64_2(const char *path, int flags)
{
	return open_instead("open64", path, flags, 0);
}
