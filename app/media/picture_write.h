/* Still pictures written in the format that the file's name says. */
#ifndef APP_MEDIA_PICTURE_WRITE_H
#define APP_MEDIA_PICTURE_WRITE_H

#include "app/base/output_file.h"
#include "app/media/picture.h"

/* Whether a file of this name, by its extension, would hold one picture (or, .gif, several). */
bool picture_name_known(const char *name);
/* Whether a file of this name can say that it shows a sphere. */
bool picture_keeps_panorama(const char *name);
/* Whether one can carry along with which settings it was made (app/media/tag.h). */
bool picture_keeps_settings(const char *name);
/* The extensions there are, for messages. */
const char *picture_extensions(void);

/* Whether such a file keeps the profile of a picture, or its high dynamic range. Where it does not,
 * the picture must be in sRGB (rendition_take in app/media/rendition.h). */
bool picture_keeps_profile(const char *name);
bool picture_keeps_hdr(const char *name);

/* Writes the picture in the format that name's extension says. 16 bits are kept by PNG and TIFF,
 * 10 of them by HEIC and 12 by AVIF, alpha by PNG, TIFF, WebP, HEIC, AVIF and (as on or off) GIF;
 * elsewhere what is transparent is laid over white. JPEG is written at 4:4:4 and high quality. The
 * caller commits the file. RV_UNSUPPORTED: an unknown extension or no such encoder; RV_IO;
 * RV_MEMORY. */
rv_status picture_write(const struct picture *picture, struct output_file *file, const char *name,
                        rv_error *error);

#endif
