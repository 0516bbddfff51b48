#include "app/live/reasons.h"

#include <stdio.h>
#include <string.h>

bool reasons_add(struct reasons *reasons, const char *text)
{
	for (int i = 0; i < reasons->count; i++)
		if (!strncmp(reasons->texts[i], text, REASON_LENGTH - 1))
			return false;
	if (reasons->count == REASONS_MAX)
		return false;
	snprintf(reasons->texts[reasons->count++], REASON_LENGTH, "%s", text);
	return true;
}
