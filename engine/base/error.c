#include <stdarg.h>
#include <stdio.h>

#include "engine/reverie.h"

/* Names of files and layers come from outside, and may hold anything. */
static void keep_one_line(char *message)
{
	for (; *message; message++)
		if ((unsigned char)*message < ' ' || *message == 0x7f)
			*message = '?';
}

rv_status rv_fail(rv_error *error, rv_status status, const char *format, ...)
{
	if (error) {
		va_list arguments;
		va_start(arguments, format);
		error->status = status;
		vsnprintf(error->message, sizeof(error->message), format, arguments);
		va_end(arguments);
		keep_one_line(error->message);
	}
	return status;
}
