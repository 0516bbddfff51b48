/* One picture laid over another. A pure function. */
#ifndef APP_LIVE_MIX_H
#define APP_LIVE_MIX_H

#include "engine/reverie.h"

/* Writes `part` of `to`, 0..1, and the rest of `from`, in the codes that they are shown by, as
 * mixers of video do. All three are RV_RGB8 of one size with packed rows; mixed may be one of them.
 */
void mix_pictures(const rv_image *from, const rv_image *to, double part, const rv_image *mixed);

#endif
