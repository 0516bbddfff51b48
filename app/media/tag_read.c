/* Texts that are read (app/media/tag.h), from bytes of which nothing is believed. */
#include <errno.h>
#include <libavutil/intreadwrite.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/media/heif.h"
#include "app/media/input.h"
#include "app/media/libav.h"
#include "app/media/tag.h"
#include "app/media/tag_format.h"

static const size_t picture_most = (size_t)1 << 30; /* bytes */

/* Some of the file; NULL: nothing. */
struct span {
	const uint8_t *bytes;
	size_t size;
};

static struct span part(struct span whole, size_t at, size_t size)
{
	if (at > whole.size || size > whole.size - at)
		return (struct span){NULL, 0};
	return (struct span){whole.bytes + at, size};
}

static bool begins(struct span span, const char *with, size_t length)
{
	return span.size >= length && memcmp(span.bytes, with, length) == 0;
}

/* A copy of the text, where it is one of ours. */
static char *take(struct span span)
{
	size_t mark = strlen(tag_mark);
	if (!span.bytes || span.size > TAG_LENGTH_MAX || !begins(span, tag_mark, mark))
		return NULL;
	return strndup((const char *)span.bytes, span.size);
}

/* ---- PNG ---- */

/* The text of a chunk tEXt or iTXt, behind its keyword. */
static char *text_of_chunk(struct span name, struct span data)
{
	size_t skipped = sizeof(tag_png_keyword);
	if (!begins(data, tag_png_keyword, sizeof(tag_png_keyword)))
		return NULL;
	if (begins(name, "iTXt", 4))
		skipped += 4;
	else if (!begins(name, "tEXt", 4))
		return NULL;
	return skipped <= data.size ? take(part(data, skipped, data.size - skipped)) : NULL;
}

static char *find_png(struct span file)
{
	char *text = NULL;
	for (size_t at = 8; !text;) {
		struct span head = part(file, at, 8);
		struct span data = head.bytes ? part(file, at + 8, AV_RB32(head.bytes)) : head;
		if (!data.bytes)
			break;
		text = text_of_chunk(part(head, 4, 4), data);
		at += data.size + 12;
	}
	return text;
}

/* ---- TIFF, and EXIF, which is one ---- */

struct tiff {
	struct span span;
	bool big_endian;
};

static uint32_t number(const struct tiff *tiff, size_t at, int bytes)
{
	struct span span = part(tiff->span, at, (size_t)bytes);
	if (!span.bytes)
		return 0;
	if (bytes == 2)
		return tiff->big_endian ? AV_RB16(span.bytes) : AV_RL16(span.bytes);
	return tiff->big_endian ? AV_RB32(span.bytes) : AV_RL32(span.bytes);
}

/* Where the entry of that tag stands in the directory; 0: there is none. */
static size_t find_entry(const struct tiff *tiff, size_t directory, unsigned tag)
{
	uint32_t count = number(tiff, directory, 2);
	for (uint32_t i = 0; i < count; i++) {
		size_t at = directory + 2 + 12 * (size_t)i;
		if (number(tiff, at, 2) == tag && part(tiff->span, at, 12).bytes)
			return at;
	}
	return 0;
}

static bool is_tiff(struct span span)
{
	return begins(span, "MM\0*", 4) || begins(span, "II*\0", 4);
}

/* In the description of a TIFF's image, whose NUL ends it. */
static char *find_tiff(struct span file)
{
	struct tiff tiff = {file, begins(file, "MM\0*", 4)};
	size_t entry = find_entry(&tiff, number(&tiff, 4, 4), TAG_DESCRIPTION);
	uint32_t length = entry ? number(&tiff, entry + 4, 4) : 0;
	return length ? take(part(file, number(&tiff, entry + 8, 4), length - 1)) : NULL;
}

static char *find_comment(struct span span)
{
	struct tiff tiff = {span, begins(span, "MM\0*", 4)};
	if (!is_tiff(span))
		return NULL;
	size_t exif = find_entry(&tiff, number(&tiff, 4, 4), TAG_EXIF);
	size_t comment = exif ? find_entry(&tiff, number(&tiff, exif + 8, 4), TAG_COMMENT) : 0;
	uint32_t length = comment ? number(&tiff, comment + 4, 4) : 0;
	/* The first eight bytes say which characters these are. */
	if (length < 8)
		return NULL;
	return take(part(span, (size_t)number(&tiff, comment + 8, 4) + 8, length - 8));
}

static char *find_jpeg(struct span file)
{
	enum { START_OF_SCAN = 0xDA, APP1 = 0xE1 };
	for (size_t at = 2;;) {
		struct span head = part(file, at, 4);
		if (!head.bytes || head.bytes[0] != 0xFF || head.bytes[1] == START_OF_SCAN)
			return NULL;
		size_t length = AV_RB16(head.bytes + 2);
		struct span data =
			length < 2 ? (struct span){NULL, 0} : part(file, at + 4, length - 2);
		if (!data.bytes)
			return NULL;
		if (head.bytes[1] == APP1 && begins(data, "Exif\0\0", 6)) {
			char *text = find_comment(part(data, 6, data.size - 6));
			if (text)
				return text;
		}
		at += 2 + length;
	}
}

static char *find_webp(struct span file)
{
	for (size_t at = 12;;) {
		struct span head = part(file, at, 8);
		struct span data = head.bytes ? part(file, at + 8, AV_RL32(head.bytes + 4)) : head;
		if (!data.bytes)
			return NULL;
		if (begins(head, "EXIF", 4)) {
			bool named = begins(data, "Exif\0\0", 6);
			return find_comment(named ? part(data, 6, data.size - 6) : data);
		}
		at += 8 + data.size + data.size % 2;
	}
}

/* A block of EXIF begins with where in it, behind that number, the TIFF begins (ISO/IEC 23008-12,
 * A.2.1). */
static char *find_heif(struct span file)
{
	size_t size;
	uint8_t *exif = heif_find_exif(file.bytes, file.size, &size);
	struct span block = {exif, exif ? size : 0}, head = part(block, 0, 4);
	size_t at = head.bytes ? 4 + (size_t)AV_RB32(head.bytes) : 0;
	char *text = head.bytes ? find_comment(part(block, at, block.size - at)) : NULL;
	free(exif);
	return text;
}

/* ---- GIF ---- */

/* Joins the blocks of a comment that begin at *at, and goes behind them; "" where there is too much
 * of it. False: they do not end. */
static bool join_blocks(struct span file, size_t *at, char text[TAG_LENGTH_MAX + 1])
{
	size_t used = 0;
	for (;;) {
		struct span head = part(file, *at, 1);
		struct span data = head.bytes ? part(file, *at + 1, head.bytes[0]) : head;
		text[used] = '\0';
		if (!data.bytes)
			return false;
		*at += 1 + data.size;
		if (!data.size)
			return true;
		if (used + data.size <= TAG_LENGTH_MAX) {
			memcpy(text + used, data.bytes, data.size);
			used += data.size;
		}
	}
}

/* In what comes before the first frame. */
static char *find_gif(struct span file)
{
	char text[TAG_LENGTH_MAX + 1];
	size_t at = (size_t)tag_gif_head(file.bytes, file.size);
	while (at) {
		struct span head = part(file, at, 2);
		if (!head.bytes || head.bytes[0] != '!')
			return NULL;
		at += 2;
		if (!join_blocks(file, &at, text))
			return NULL;
		if (head.bytes[1] == 0xFE && strncmp(text, tag_mark, strlen(tag_mark)) == 0)
			return strdup(text);
	}
	return NULL;
}

/* ---- files ---- */

typedef char *finder(struct span file);

/* Who finds the text in a picture that begins so; NULL: it is none. */
static finder *find_finder(struct span file)
{
	if (begins(file, "\x89PNG\r\n\x1A\n", 8))
		return find_png;
	if (begins(file, "\xFF\xD8\xFF", 3))
		return find_jpeg;
	if (begins(file, "GIF8", 4))
		return find_gif;
	if (is_tiff(file))
		return find_tiff;
	if (heif_holds(file.bytes, file.size))
		return find_heif;
	return begins(file, "RIFF", 4) && begins(part(file, 8, 4), "WEBP", 4) ? find_webp : NULL;
}

char *tag_find(const uint8_t *bytes, size_t size)
{
	const struct span file = {bytes, size};
	finder *find = find_finder(file);
	return find ? find(file) : NULL;
}

static rv_status refuse(const char *path, rv_error *error)
{
	return rv_fail(error, RV_UNSUPPORTED, "%.256s: carries no settings of Reverie", path);
}

static bool is_bmp(struct span file)
{
	return begins(file, "BM", 2) && begins(part(file, 6, 4), "\0\0\0\0", 4);
}

static rv_status refuse_bmp(const char *path, rv_error *error)
{
	return rv_fail(error, RV_UNSUPPORTED,
	               "%.256s: carries no settings of Reverie, as a BMP has no place for any",
	               path);
}

static char *find_in_tags(const AVDictionary *tags)
{
	const AVDictionaryEntry *entry = NULL;
	char *text = NULL;
	while (!text && (entry = av_dict_get(tags, "", entry, AV_DICT_IGNORE_SUFFIX)))
		text = take((struct span){(const uint8_t *)entry->value, strlen(entry->value)});
	return text;
}

/* Ogg keeps with a stream what is said of the whole. */
static rv_status find_in_video(const char *path, char **text, rv_error *error)
{
	AVFormatContext *format = NULL;
	if (libav_open_file(&format, path, NULL) >= 0) {
		*text = find_in_tags(format->metadata);
		for (unsigned i = 0; i < format->nb_streams && !*text; i++)
			*text = find_in_tags(format->streams[i]->metadata);
	}
	avformat_close_input(&format);
	return *text ? RV_OK : refuse(path, error);
}

/* The pictures that there are fit into memory, or could not have been read either. */
static rv_status find_in_picture(FILE *file, const char *path, char **text, rv_error *error)
{
	long size = fseek(file, 0, SEEK_END) ? -1 : ftell(file);
	if (size < 0 || (size_t)size > picture_most || fseek(file, 0, SEEK_SET))
		return refuse(path, error);
	uint8_t *bytes = malloc((size_t)size + 1);
	if (!bytes)
		return rv_fail(error, RV_MEMORY, "%.256s: out of memory", path);
	*text = tag_find(bytes, fread(bytes, 1, (size_t)size, file));
	free(bytes);
	return *text ? RV_OK : refuse(path, error);
}

rv_status tag_read(const char *path, char **text, rv_error *error)
{
	uint8_t first[INPUT_HEAD_BYTES];
	FILE *file = fopen(path, "rbe");
	*text = NULL;
	if (!file)
		return rv_fail(error, errno == ENOENT ? RV_NOT_FOUND : RV_IO, "%.256s: %s", path,
		               strerror(errno));
	struct span begin = {first, fread(first, 1, sizeof(first), file)};
	rv_status status = is_bmp(begin)        ? refuse_bmp(path, error)
	                   : find_finder(begin) ? find_in_picture(file, path, text, error)
	                                        : find_in_video(path, text, error);
	fclose(file);
	return status;
}
