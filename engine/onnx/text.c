#include <string.h>

#include "engine/onnx/decode.h"
#include "onnx.pb-c.h"

/* Length of the UTF-8 sequence that a first byte announces; 0 where none begins so. */
static size_t announced_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first < 0xe0)
		return 2;
	if (first >= 0xe0 && first < 0xf0)
		return 3;
	if (first >= 0xf0 && first < 0xf5)
		return 4;
	return 0;
}

static uint32_t code_point(const unsigned char *bytes, size_t length)
{
	static const unsigned char first_mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	uint32_t code = bytes[0] & first_mask[length];
	for (size_t i = 1; i < length; i++)
		code = code << 6 | (bytes[i] & 0x3f);
	return code;
}

static bool is_printable(uint32_t code, size_t length)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000}; /* else written too long */
	bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
	bool line_break = code == 0x2028 || code == 0x2029;
	bool reorders = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
	bool surrogate = code >= 0xd800 && code < 0xe000;
	return code >= least[length] && code < 0x110000 && !control && !line_break && !reorders &&
	       !surrogate;
}

/* Length of the printable character at bytes, or 0. */
static size_t printable_length(const unsigned char *bytes, size_t left)
{
	size_t length = announced_length(bytes[0]);
	if (length == 0 || length > left)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
	return is_printable(code_point(bytes, length), length) ? length : 0;
}

char *onnx_clean_text(struct arena *memory, const char *text, size_t length)
{
	char *clean = arena_allocate(memory, length + 1, 1);
	if (!clean)
		return NULL;
	for (size_t i = 0; i < length;) {
		size_t good = printable_length((const unsigned char *)text + i, length - i);
		if (good)
			memcpy(clean + i, text + i, good);
		else
			clean[i] = '?';
		i += good ? good : 1;
	}
	return clean;
}

const char *onnx_find_entry(Onnx__StringStringEntryProto *const *entries, size_t count,
                            const char *key)
{
	for (size_t i = 0; i < count; i++)
		if (entries[i]->key && entries[i]->value && !strcmp(entries[i]->key, key))
			return entries[i]->value;
	return NULL;
}
