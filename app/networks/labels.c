#include "app/networks/labels.h"

#include <stdio.h>
#include <string.h>

void labels_imagenet(int number, char name[LABELS_LENGTH])
{
	const char *line = labels_imagenet_text;
	name[0] = '\0';
	if (number < 0)
		return;
	for (int i = 0; i < number && line; i++) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	if (line)
		snprintf(name, LABELS_LENGTH, "%.*s", (int)strcspn(line, "\n"), line);
}
