/* The picture that the HUD is drawn into. */
#ifndef APP_SCREEN_HUD_PICTURE_H
#define APP_SCREEN_HUD_PICTURE_H

#include <stddef.h>
#include <stdint.h>

/* Zeroed before use; released by hud_picture_release. */
struct hud_picture {
	int width, height; /* 0: there is nothing to show */
	int scale;         /* the side of a letter's pixel */
	uint8_t *rgba;     /* [height][width][4], colours not multiplied by alpha; owned */
	size_t capacity;   /* bytes */
};

void hud_picture_release(struct hud_picture *picture);

#endif
