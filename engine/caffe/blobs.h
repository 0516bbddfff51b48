/* The names of what layers pass to each other.
 *
 * A layer of Caffe may write onto what it reads (an in-place top), so that one name stands for
 * several values in turn; in the graph each value has a name of its own. The last value has the
 * blob's name, as it has in Caffe once the network has run. What stood there before is NAME/pre or,
 * where there were several, NAME/pre1, NAME/pre2 and so on. */
#ifndef ENGINE_CAFFE_BLOBS_H
#define ENGINE_CAFFE_BLOBS_H

#include "engine/caffe/layers.h"
#include "engine/caffe/writer.h"

struct blob {
	const char *name;
	const char *value; /* the name of what it is now; NULL before it is written */
	int writes, done;  /* by all layers; by those that were */
	bool is_input;     /* of the network, which counts as one write however often it is given */
};

struct blobs {
	struct writer *writer; /* whose memory the names take */
	struct blob *list;     /* by name */
	size_t count;
};

/* Counts what is written, by the net's own list of inputs and by layers[count]. */
void blobs_init(struct blobs *blobs, struct writer *writer, const Caffe__NetParameter *net,
                const struct caffe_layer *layers, size_t count);

/* The value that a layer which comes now reads; the blob's name where nothing wrote it. */
const char *blobs_read(const struct blobs *blobs, const char *name);
bool blobs_is_written(const struct blobs *blobs, const char *name);
/* The value that a layer which comes now writes. */
const char *blobs_write(struct blobs *blobs, const char *name);
/* From now on, name stands for value. */
void blobs_alias(struct blobs *blobs, const char *name, const char *value);

/* The layer makes no value of its own: its tops are its bottom by other names. */
bool blobs_layer_is_alias(const struct caffe_layer *layer);

#endif
