/* Texts that are written (app/media/tag.h). */
#include <libavutil/avstring.h>
#include <libavutil/intreadwrite.h>
#include <stdlib.h>
#include <string.h>

#include "app/media/packet_edit.h"
#include "app/media/tag.h"
#include "app/media/tag_format.h"

const char tag_mark[] = "# Reverie ";

/* What is put into a picture. The longest frame around a text is that of EXIF. */
enum { FRAME_MOST = 2048 };
struct piece {
	uint8_t bytes[TAG_LENGTH_MAX + FRAME_MOST];
	int size;
};

static void put(struct piece *piece, const void *bytes, size_t size)
{
	memcpy(piece->bytes + piece->size, bytes, size);
	piece->size += (int)size;
}

static rv_status insert(AVPacket *packet, size_t at, const struct piece *piece, rv_error *error)
{
	rv_status status = packet_make_room(packet, at, (size_t)piece->size, error);
	if (status == RV_OK)
		memcpy(packet->data + at, piece->bytes, (size_t)piece->size);
	return status;
}

static rv_status no_picture(rv_error *error)
{
	return rv_fail(error, RV_INVALID, "what was encoded holds no picture");
}

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

/* A chunk tEXt, which is Latin-1, or iTXt, which is UTF-8 (ISO/IEC 15948, 11.3.4); libavcodec
 * writes none. */
static rv_status put_png(AVPacket *packet, size_t at, struct piece *piece, const char *text,
                         rv_error *error)
{
	static const char plain[4] = {0}; /* not compressed, no language, no keyword in it */
	bool ascii = is_ascii(text);
	put(piece, tag_png_keyword, sizeof(tag_png_keyword));
	put(piece, plain, ascii ? 0 : sizeof(plain));
	put(piece, text, strlen(text));
	return packet_put_png_chunk(packet, at, ascii ? "tEXt" : "iTXt", piece->bytes,
	                            (size_t)piece->size, error);
}

static rv_status add_png(AVPacket *packet, struct piece *piece, const char *text, rv_error *error)
{
	return packet_is_png(packet) ? put_png(packet, PACKET_PNG_HEAD, piece, text, error)
	                             : no_picture(error);
}

/* In the description of the image. */
static rv_status add_tiff(AVPacket *packet, const char *text, rv_error *error)
{
	return packet_is_tiff(packet) ? packet_put_tiff_entry(packet, TAG_DESCRIPTION, TAG_ASCII,
	                                                      text, strlen(text) + 1, error)
	                              : no_picture(error);
}

static void put_entry(struct piece *piece, unsigned tag, unsigned type, size_t count, size_t value)
{
	uint8_t entry[12];
	AV_WL16(entry, tag);
	AV_WL16(entry + 2, type);
	AV_WL32(entry + 4, (uint32_t)count);
	AV_WL32(entry + 8, (uint32_t)value);
	put(piece, entry, sizeof(entry));
}

/* EXIF (CIPA DC-008): a TIFF of two directories, the second of which holds the comment. Code 0
 * leaves open which characters these are, as it knows no UTF-8. */
static void make_exif(struct piece *piece, const char *text)
{
	enum { FIRST = 8, SECOND = FIRST + 2 + 2 * 12 + 4, TEXTS = SECOND + 2 + 12 + 4 };
	static const char software[] = "Reverie " RV_VERSION;
	size_t comment = TEXTS + sizeof(software) + sizeof(software) % 2;
	put(piece, "II*\0\x08\0\0\0", 8);
	put(piece, "\x02\0", 2);
	put_entry(piece, TAG_SOFTWARE, TAG_ASCII, sizeof(software), TEXTS);
	put_entry(piece, TAG_EXIF, TAG_LONG, 1, SECOND);
	put(piece, "\0\0\0\0\x01\0", 6);
	put_entry(piece, TAG_COMMENT, TAG_UNDEFINED, 8 + strlen(text), comment);
	put(piece, "\0\0\0\0", 4);
	put(piece, software, sizeof(software));
	put(piece, "", sizeof(software) % 2);
	put(piece, is_ascii(text) ? "ASCII\0\0\0" : "\0\0\0\0\0\0\0\0", 8);
	put(piece, text, strlen(text));
}

/* Behind the start of the image, as APP1. */
static rv_status add_jpeg(AVPacket *packet, struct piece *piece, const char *text, rv_error *error)
{
	if (packet->size < 2)
		return no_picture(error);
	put(piece, "\xFF\xE1\0\0Exif\0\0", 10);
	make_exif(piece, text);
	AV_WB16(piece->bytes + 2, (unsigned)piece->size - 2);
	return insert(packet, 2, piece, error);
}

static rv_status add_webp(AVPacket *packet, struct piece *piece, const char *text, rv_error *error)
{
	if (packet->size >= 4 && memcmp(packet->data, "RIFF", 4))
		return RV_OK;
	if (!packet_is_webp(packet))
		return no_picture(error);
	make_exif(piece, text);
	rv_status status = packet_extend_webp(packet, PACKET_WEBP_HAS_EXIF, error);
	if (status != RV_OK)
		return status;
	return packet_put_riff_chunk(packet, (size_t)packet->size, "EXIF", piece->bytes,
	                             (size_t)piece->size, error);
}

/* A comment behind the colours that all frames share (GIF89a, 24). */
static rv_status add_gif(AVPacket *packet, struct piece *piece, const char *text, rv_error *error)
{
	int at = tag_gif_head(packet->data, (size_t)packet->size);
	size_t left = strlen(text);
	put(piece, "!\xFE", 2);
	while (left) {
		uint8_t count = (uint8_t)(left < 255 ? left : 255);
		put(piece, &count, 1);
		put(piece, text, count);
		text += count;
		left -= count;
	}
	put(piece, "", 1);
	return at ? insert(packet, (size_t)at, piece, error)
	          : rv_fail(error, RV_INVALID, "a GIF without a head");
}

static rv_status too_long(rv_error *error)
{
	return rv_fail(error, RV_INVALID, "the settings do not fit into the picture");
}

rv_status tag_make_exif(const char *text, uint8_t **exif, size_t *size, rv_error *error)
{
	struct piece piece = {.size = 0};
	if (strlen(text) > TAG_LENGTH_MAX)
		return too_long(error);
	make_exif(&piece, text);
	*size = (size_t)piece.size;
	*exif = malloc(*size);
	if (!*exif)
		return rv_fail(error, RV_MEMORY, "out of memory for a picture");
	memcpy(*exif, piece.bytes, *size);
	return RV_OK;
}

rv_status tag_add(AVPacket *packet, enum AVCodecID codec, const char *text, rv_error *error)
{
	struct piece piece = {.size = 0};
	if (strlen(text) > TAG_LENGTH_MAX)
		return too_long(error);
	switch (codec) {
	case AV_CODEC_ID_PNG:
		return add_png(packet, &piece, text, error);
	case AV_CODEC_ID_APNG: /* before its first frame; the muxer writes the heads before that */
		return put_png(packet, 0, &piece, text, error);
	case AV_CODEC_ID_MJPEG:
		return add_jpeg(packet, &piece, text, error);
	case AV_CODEC_ID_WEBP:
		return add_webp(packet, &piece, text, error);
	case AV_CODEC_ID_GIF:
		return add_gif(packet, &piece, text, error);
	case AV_CODEC_ID_TIFF:
		return add_tiff(packet, text, error);
	default:
		return RV_OK;
	}
}

static bool is_ours(const AVDictionaryEntry *entry)
{
	return strncmp(entry->value, tag_mark, strlen(tag_mark)) == 0;
}

/* What a film remembers that was dreamed before. */
static void forget_older(AVDictionary **tags)
{
	const AVDictionaryEntry *entry = NULL;
	char name[64];
	while ((entry = av_dict_get(*tags, "", entry, AV_DICT_IGNORE_SUFFIX))) {
		if (!is_ours(entry) || strlen(entry->key) >= sizeof(name))
			continue;
		av_strlcpy(name, entry->key, sizeof(name));
		av_dict_set(tags, name, NULL, 0);
		entry = NULL;
	}
}

/* Those that have names of their own for what they keep. A comment of the film's own goes on as its
 * description. */
static bool keeps_a_comment_alone(const AVOutputFormat *container)
{
	return av_match_name(container->name, "mp4,mov,ipod,avi");
}

bool tag_fits(const AVOutputFormat *container)
{
	return keeps_a_comment_alone(container) ||
	       av_match_name(container->name, "matroska,webm,ogg,ogv,nut,asf,gif,webp,apng");
}

rv_status tag_add_video(AVFormatContext *muxer, const char *text, rv_error *error)
{
	AVDictionary **tags = &muxer->metadata;
	bool as_comment = keeps_a_comment_alone(muxer->oformat);
	forget_older(tags);
	for (unsigned i = 0; i < muxer->nb_streams; i++)
		forget_older(&muxer->streams[i]->metadata); /* Ogg's */
	const AVDictionaryEntry *comment =
		as_comment ? av_dict_get(*tags, "comment", NULL, 0) : NULL;
	int code = 0;
	if (comment)
		code = av_dict_set(tags, "description", comment->value, AV_DICT_DONT_OVERWRITE);
	if (code >= 0)
		code = av_dict_set(tags, as_comment ? "comment" : tag_own_name, text, 0);
	return code < 0 ? rv_fail(error, RV_MEMORY, "out of memory for the output") : RV_OK;
}
