/* Integers of constants that depend on the picture's size: sides of tensors, and what files
 * calculate with them. Among the values of a constant each is a number beyond all that files hold.
 */
#ifndef ENGINE_GRAPH_LENGTH_H
#define ENGINE_GRAPH_LENGTH_H

#include "engine/graph/translate.h"

bool length_is(const struct builder *builder, int64_t value);
/* Whether it is a length, or an integer that is not known at all. */
bool length_is_open(const struct builder *builder, int64_t value);
/* Whether any of list is one of these; of one longer than LIST_MAX none is: what looks into a list
 * and makes nothing of it could be asked for again and again. */
bool length_is_among(const struct builder *builder, const struct onnx_tensor *list);

/* ---- making them; DIM_UNKNOWN where there are too many ---- */

/* The height of a value's tensor, or its width. */
int64_t length_of_side(struct builder *builder, const struct value *value, bool height);
/* Of two integers that may be lengths. */
int64_t length_combine(struct builder *builder, enum graph_length_kind kind, int64_t a, int64_t b);
/* The quotient of integers without its fraction, or with it where either was cast to a real one. */
int64_t length_divide(struct builder *builder, int64_t a, int64_t b);
int64_t length_of_real(struct builder *builder, double number);
/* The same as a real number, for divisions. */
int64_t length_as_real(struct builder *builder, int64_t value);
/* Without its fraction. */
int64_t length_as_whole(struct builder *builder, int64_t value);

/* ---- using them ---- */

/* Which of the builder's lengths it is; of a plain integer a new one. Below 0: none, as it is not
 * known or there are too many. */
int length_number(struct builder *builder, int64_t value);
/* Whether it grows with the picture. */
bool length_grows(const struct builder *builder, int64_t value);
/* What it is whatever the picture's size; false where that matters. */
bool length_is_fixed(const struct builder *builder, int64_t value, double *number);

#endif
