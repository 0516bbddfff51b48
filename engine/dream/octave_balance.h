/* Of several targets: which of them a step raises, and that their gradients are of equal strength.
 */
#ifndef ENGINE_DREAM_OCTAVE_BALANCE_H
#define ENGINE_DREAM_OCTAVE_BALANCE_H

#include "engine/dream/octave.h"

/* Measures how strong the gradient of each target is, with the same shift, where there are several
 * and that is not known. */
rv_status octave_weigh(struct octave *octave, int shift_y, int shift_x, cl_command_queue queue,
                       rv_error *error);
/* Makes the target of this number the only one until the octave is weighed. */
rv_status octave_single_out(struct octave *octave, int target, cl_command_queue queue,
                            rv_error *error);

#endif
