#include "app/screen/hud_picture.h"

#include <stdlib.h>

void hud_picture_release(struct hud_picture *picture)
{
	free(picture->rgba);
	*picture = (struct hud_picture){0};
}
