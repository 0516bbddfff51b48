/* Cameras, as Linux lists them (Video4Linux). */
#ifndef CAMERA_H
#define CAMERA_H

#include <stdbool.h>
#include <stdio.h>

#include "app/paths.h"

struct camera {
	int number;
	char path[64]; /* such as /dev/video0 */
	char name[64]; /* as its driver says */
};

/* Finds the camera with the least number from `number` on; false: there is none. Devices that
 * cannot be opened, or capture no video, are passed over. */
bool camera_next(int number, struct camera *camera);

/* Prints the formats, sizes and rates of a camera, one size a line. */
void camera_print(const struct camera *camera, FILE *file);

#endif
