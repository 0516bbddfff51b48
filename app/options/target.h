/* The grammar of what is dreamed of: a list of targets, each a what, a where and a weight.
 *
 *   targets = target { "+" target }
 *   target  = what { "of" LAYER | "at" X,Y | "in" MASK | "power" N | "*" WEIGHT }
 *   what    = "layer" NAME | "channels" N,... | "winners" [N] | "neuron" N,... | "class" LABEL,...
 *           | "guide" PICTURE | "caricature" | "direction" NUMBERS
 *
 * Words are parted by blanks; one with blanks, or one that would mean something here, is put
 * between "double quotes". X and Y are parts of the picture's width and height. */
#ifndef APP_OPTIONS_TARGET_H
#define APP_OPTIONS_TARGET_H

#include "app/options/option.h"

/* Reads text into targets. False: why says what is wrong, and targets is undefined. */
bool target_read(const char *text, struct option_targets *targets, char why[OPTION_REASON_LENGTH]);

/* Writes what target_read reads as the same; nothing where there are none. */
void target_write(const struct option_targets *targets, char text[OPTION_VALUE_LENGTH]);

#endif
