/* Telling a .caffemodel from an ONNX model by the fields of the outermost message. */
#include <stdint.h>

#include "engine/caffe/caffe.h"

enum { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

struct reader {
	const unsigned char *at, *end;
};

static bool read_varint(struct reader *reader, uint64_t *value)
{
	*value = 0;
	for (int shift = 0; shift < 64 && reader->at < reader->end; shift += 7) {
		unsigned char byte = *reader->at++;
		*value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return true;
	}
	return false;
}

static bool skip_field(struct reader *reader, int wire)
{
	uint64_t length = 0;
	if (wire == WIRE_VARINT)
		return read_varint(reader, &length);
	if (wire == WIRE_BYTES && !read_varint(reader, &length))
		return false;
	if (wire == WIRE_FIXED64)
		length = 8;
	else if (wire == WIRE_FIXED32)
		length = 4;
	else if (wire != WIRE_BYTES)
		return false;
	if (length > (uint64_t)(reader->end - reader->at))
		return false;
	reader->at += length;
	return true;
}

/* What a field says: NAME (1), layers (2) and layer (100) of a network of Caffe; the version (1, a
 * number), producer (2, a text) and graph (7) of an ONNX model. */
bool caffe_recognises(const void *bytes, size_t size)
{
	struct reader reader = {bytes, (const unsigned char *)bytes + size};
	bool has_second = false;
	uint64_t tag;

	while (reader.at < reader.end && read_varint(&reader, &tag)) {
		uint64_t field = tag >> 3;
		int wire = (int)(tag & 7);
		if (field == 1 && wire == WIRE_VARINT)
			return false;
		if (field == 7 && wire == WIRE_BYTES)
			return false;
		if ((field == 1 || field == 100) && wire == WIRE_BYTES)
			return true;
		has_second |= field == 2 && wire == WIRE_BYTES;
		if (!skip_field(&reader, wire))
			break;
	}
	return has_second;
}
