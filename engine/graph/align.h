/* Files of a fixed size freed of it: a Resize that brings a tensor to the size of another one says
 * so by numbers, which hold for the size that the file declares alone. */
#ifndef ENGINE_GRAPH_ALIGN_H
#define ENGINE_GRAPH_ALIGN_H

#include "engine/graph/translate.h"

/* tensors[count] are about to be joined. One that a Resize makes as large as another one that was
 * there before it, at the size that the file declares, is as large as that at any size. */
void align_sizes(struct builder *builder, const int *tensors, int count);

/* Where resize makes its input as large as the picture that the file declares, it makes it as large
 * as any picture. */
void align_with_picture(struct builder *builder, struct graph_node *resize);

#endif
