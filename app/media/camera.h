/* Cameras, as Linux lists them (Video4Linux). */
#ifndef APP_MEDIA_CAMERA_H
#define APP_MEDIA_CAMERA_H

#include <stdio.h>

#include "app/media/camera_mode.h"

struct camera {
	int number;
	char path[64]; /* such as /dev/video0; empty: no camera */
	char name[64]; /* as its driver says */
	char bus[64];  /* where it is plugged in */
};

/* Finds the camera with the least number from `number` on; false: there is none. Devices that
 * cannot be opened, or capture no video, are passed over. */
bool camera_next(int number, struct camera *camera);

/* Looks at the device path. RV_NOT_FOUND: there is no such device, and the message says which
 * cameras there are; RV_IO: it cannot be opened; RV_UNSUPPORTED: it captures no video. */
rv_status camera_open(const char *path, struct camera *camera, rv_error *error);

/* Finds a camera that has gone, whatever its number is now: the one of that name at the same place,
 * or else, where it is the only one of that name, wherever it was plugged in. RV_NOT_FOUND. */
rv_status camera_find_again(const struct camera *gone, struct camera *camera, rv_error *error);

/* The decision of camera_find_again alone: the index in list, or -1. */
int camera_match(const struct camera *gone, const struct camera *list, int count);

/* Asks a camera for its modes. A range of sizes or rates is listed as the usual ones within it, and
 * as that which is wished. */
void camera_read_modes(const struct camera *camera, const struct camera_wish *wish,
                       struct camera_modes *modes);

/* Prints the formats, sizes and rates of a camera, one size a line. */
void camera_print(const struct camera *camera, FILE *file);

#endif
