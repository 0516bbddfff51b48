/* A picture, or a video as the pictures that it shows at a time: for what goes along with another
 * input. */
#ifndef APP_MEDIA_REEL_H
#define APP_MEDIA_REEL_H

#include "engine/reverie.h"

struct reel;

/* Opens a picture, an animation or a video, and reads its first picture. Pictures are shrunk so
 * that a square of as many pixels has at most that side. For errors see input_open, picture_read
 * and source_open. */
rv_status reel_open(struct reel **reel, const char *name, double side, rv_error *error);
void reel_close(struct reel **reel);

/* The picture that is shown; the reel's, until it goes on. */
const rv_image *reel_image(const struct reel *reel);

/* Whether it may ever show another one. */
bool reel_moves(const struct reel *reel);

/* Goes on to what is shown so many seconds after the first picture, and sets changed where that is
 * another one. Past its end the last one stays; for a time that has passed it begins anew. */
rv_status reel_go_to(struct reel *reel, double seconds, bool *changed, rv_error *error);

#endif
