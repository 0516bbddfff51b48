/* HEIC and AVIF photographs written through libheif, where it has an encoder. */
#ifndef APP_MEDIA_HEIF_WRITE_H
#define APP_MEDIA_HEIF_WRITE_H

#include "app/base/output_file.h"
#include "app/media/picture.h"

/* Whether a file of this name holds such a photograph, and libheif can write it. */
bool heif_name_known(const char *name);

/* Writes the picture: 8 bits a channel or, of RV_RGB16, 10 in HEIC and 12 in AVIF; alpha, the
 * profile, and PQ or HLG are kept. HEIC's chroma has half the size, which is what telephones
 * decode. RV_UNSUPPORTED; RV_MEMORY; RV_IO. */
rv_status heif_write(const struct picture *picture, struct output_file *file, const char *name,
                     rv_error *error);

#endif
