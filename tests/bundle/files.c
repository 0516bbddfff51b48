/* Files that targets may speak of, in a program without libav, which reads them elsewhere: there
 * are none here. The linker takes these functions instead of those of app/media. */
#include "app/media/picture_read.h"

static rv_status refuse(const char *name, rv_error *error)
{
	return rv_fail(error, RV_UNSUPPORTED, "%.256s: the bundle's reverie-bench reads no files",
	               name);
}

rv_status picture_open(struct picture *picture, const char *name, rv_error *error)
{
	(void)picture;
	return refuse(name, error);
}

rv_status picture_scale(struct picture *picture, int width, int height, rv_error *error)
{
	(void)picture;
	return rv_fail(error, RV_UNSUPPORTED, "no picture is scaled to %dx%d here", width, height);
}

void picture_release(struct picture *picture)
{
	(void)picture;
}
