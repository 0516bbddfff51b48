/* Between the picture at its full size and an octave, for steps that are taken now at one size and
 * now at another: the picture is shrunk to the octave, and what the step changed there is enlarged
 * and added to it. */
#ifndef ENGINE_DREAM_PASSAGE_H
#define ENGINE_DREAM_PASSAGE_H

#include "engine/dream/octave.h"

/* Records both ways. top is the octave of the full size, whose picture it is; recipe is the one
 * that octave, another one, was recorded from. */
rv_status passage_record(struct octave *octave, const struct octave *top, struct device *device,
                         const struct octave_recipe *recipe, rv_error *error);

#endif
