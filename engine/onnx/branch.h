/* The branches of If, as nodes among the others. */
#ifndef ENGINE_ONNX_BRANCH_H
#define ENGINE_ONNX_BRANCH_H

#include "engine/onnx/budget.h"

struct Onnx__GraphProto;

/* Appends the nodes and constants of both branches of each If to those of graph, where each makes
 * one value; what they make is called after the branch. The If then reads its condition, and what
 * is made if that holds, and otherwise. Others stay as they are, and so does what nests more deeply
 * than networks do. RV_MEMORY where that takes more than budget has left. */
rv_status branch_unfold(struct Onnx__GraphProto *graph, struct budget *budget, rv_error *error);

#endif
