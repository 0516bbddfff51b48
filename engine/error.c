#include "reverie.h"

#include <stdarg.h>
#include <stdio.h>

rv_status rv_fail(rv_error *error, rv_status status, const char *format, ...)
{
	if (error) {
		va_list arguments;
		va_start(arguments, format);
		error->status = status;
		vsnprintf(error->message, sizeof(error->message), format, arguments);
		va_end(arguments);
	}
	return status;
}
