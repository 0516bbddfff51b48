#include "app/media/panorama.h"

#include <libavutil/intreadwrite.h>
#include <libavutil/spherical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/media/packet_edit.h"

enum { VALUE_LENGTH = 64, XMP_LENGTH = 2048 };

/* ---- reading ---- */

/* The value of a property, given as an attribute or as an element, whichever comes first. XMP is
 * made to be found by looking for it, whatever the file is (XMP Specification, part 3, 2012: packet
 * scanning). */
static bool find_value(const uint8_t *bytes, size_t size, const char *name,
                       char value[VALUE_LENGTH])
{
	char wanted[VALUE_LENGTH];
	snprintf(wanted, sizeof(wanted), "GPano:%s", name);
	const uint8_t *at = memmem(bytes, size, wanted, strlen(wanted));
	const uint8_t *end = bytes + size;
	size_t length = 0;
	if (!at)
		return false;
	for (at += strlen(wanted); at < end && strchr("= \t\r\n", *at) && *at; at++)
		;
	if (at == end || !strchr("\"'>", *at) || !*at)
		return false;
	for (at++; at < end && length < VALUE_LENGTH - 1 && !strchr("\"'<", *at); at++)
		value[length++] = (char)*at;
	value[length] = '\0';
	return at < end && strchr("\"'<", *at) && *at;
}

static double find_number(const uint8_t *bytes, size_t size, const char *name)
{
	char value[VALUE_LENGTH];
	return find_value(bytes, size, name, value) ? strtod(value, NULL) : 0;
}

/* A side that is cut off is smaller than that of the whole; where nothing is said nothing is cut.
 */
static bool is_cut(const uint8_t *bytes, size_t size, const char *part, const char *whole)
{
	double there = find_number(bytes, size, part), all = find_number(bytes, size, whole);
	return there > 0 && all > 0 && there < all;
}

/* Numbers alone are passed on. */
static void take_view(struct panorama *panorama, const uint8_t *bytes, size_t size)
{
	static const char *const names[] = {
		"PoseHeadingDegrees",         "PosePitchDegrees",        "PoseRollDegrees",
		"InitialViewHeadingDegrees",  "InitialViewPitchDegrees", "InitialViewRollDegrees",
		"InitialHorizontalFOVDegrees"};
	size_t used = 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char value[VALUE_LENGTH], *end;
		if (!find_value(bytes, size, names[i], value))
			continue;
		double number = strtod(value, &end);
		if (end == value || *end || !(number >= -360 && number <= 360))
			continue;
		used += (size_t)snprintf(panorama->view + used, sizeof(panorama->view) - used,
		                         " GPano:%s=\"%g\"", names[i], number);
	}
}

void panorama_find(struct panorama *panorama, const uint8_t *bytes, size_t size)
{
	char value[VALUE_LENGTH];
	*panorama = (struct panorama){0};
	if (!find_value(bytes, size, "ProjectionType", value) || strcmp(value, "equirectangular"))
		return;
	panorama->is_part =
		is_cut(bytes, size, "CroppedAreaImageWidthPixels", "FullPanoWidthPixels") ||
		is_cut(bytes, size, "CroppedAreaImageHeightPixels", "FullPanoHeightPixels");
	panorama->is_sphere = !panorama->is_part;
	take_view(panorama, bytes, size);
}

void panorama_of_stream(struct panorama *panorama, const AVStream *stream)
{
	const AVSphericalMapping *mapping = (const AVSphericalMapping *)av_stream_get_side_data(
		stream, AV_PKT_DATA_SPHERICAL, NULL);
	*panorama = (struct panorama){0};
	if (!mapping)
		return;
	panorama->is_sphere = mapping->projection == AV_SPHERICAL_EQUIRECTANGULAR;
	panorama->is_part = mapping->projection == AV_SPHERICAL_EQUIRECTANGULAR_TILE;
}

bool panorama_wanted(const struct panorama *panorama, enum panorama_mode mode)
{
	return mode == PANORAMA_ON || (mode == PANORAMA_AUTO && panorama->is_sphere);
}

/* ---- writing ---- */

rv_status panorama_mark_stream(AVStream *stream, rv_error *error)
{
	size_t size;
	if (av_stream_get_side_data(stream, AV_PKT_DATA_SPHERICAL, NULL))
		return RV_OK;
	AVSphericalMapping *mapping = av_spherical_alloc(&size);
	if (mapping)
		mapping->projection = AV_SPHERICAL_EQUIRECTANGULAR;
	if (!mapping ||
	    av_stream_add_side_data(stream, AV_PKT_DATA_SPHERICAL, (uint8_t *)mapping, size) < 0) {
		av_free(mapping);
		return rv_fail(error, RV_MEMORY, "out of memory for a panorama");
	}
	return RV_OK;
}

static void write_xmp(const struct panorama *panorama, int width, int height, char xmp[XMP_LENGTH])
{
	snprintf(xmp, XMP_LENGTH,
	         "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
	         "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
	         "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
	         "<rdf:Description rdf:about=\"\" "
	         "xmlns:GPano=\"http://ns.google.com/photos/1.0/panorama/\" "
	         "GPano:ProjectionType=\"equirectangular\" GPano:UsePanoramaViewer=\"True\" "
	         "GPano:FullPanoWidthPixels=\"%d\" GPano:FullPanoHeightPixels=\"%d\" "
	         "GPano:CroppedAreaImageWidthPixels=\"%d\" "
	         "GPano:CroppedAreaImageHeightPixels=\"%d\" GPano:CroppedAreaLeftPixels=\"0\" "
	         "GPano:CroppedAreaTopPixels=\"0\"%s/>\n"
	         "</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>",
	         width, height, width, height, panorama->view);
}

/* A segment APP1 behind the first one, which says JFIF. */
static rv_status mark_jpeg(AVPacket *file, const char *xmp, rv_error *error)
{
	static const char name[] = "http://ns.adobe.com/xap/1.0/";
	size_t length = 2 + sizeof(name) + strlen(xmp);
	int at = 2;
	if (file->size > 6 && file->data[2] == 0xFF && file->data[3] == 0xE0)
		at = FFMIN(4 + AV_RB16(file->data + 4), file->size);
	rv_status status = packet_make_room(file, (size_t)at, 2 + length, error);
	if (status != RV_OK)
		return status;
	uint8_t *to = file->data + at;
	AV_WB16(to, 0xFFE1);
	AV_WB16(to + 2, (uint16_t)length);
	memcpy(to + 4, name, sizeof(name));
	memcpy(to + 4 + sizeof(name), xmp, strlen(xmp));
	return RV_OK;
}

static rv_status mark_png(AVPacket *file, const char *xmp, rv_error *error)
{
	static const char head[] = "XML:com.adobe.xmp\0\0\0\0"; /* plain, of no language */
	char text[sizeof(head) + XMP_LENGTH];
	memcpy(text, head, sizeof(head));
	memcpy(text + sizeof(head), xmp, strlen(xmp));
	return packet_put_png_chunk(file, PACKET_PNG_HEAD, "iTXt", text, sizeof(head) + strlen(xmp),
	                            error);
}

static rv_status mark_webp(AVPacket *file, const char *xmp, rv_error *error)
{
	rv_status status = packet_extend_webp(file, PACKET_WEBP_HAS_XMP, error);
	if (status != RV_OK)
		return status;
	return packet_put_riff_chunk(file, (size_t)file->size, "XMP ", xmp, strlen(xmp), error);
}

rv_status panorama_mark_picture(const struct panorama *panorama, int width, int height,
                                AVPacket *file, rv_error *error)
{
	char xmp[XMP_LENGTH];
	write_xmp(panorama, width, height, xmp);
	if (packet_is_png(file))
		return mark_png(file, xmp, error);
	if (file->size > 4 && AV_RB16(file->data) == 0xFFD8)
		return mark_jpeg(file, xmp, error);
	if (packet_is_webp(file))
		return mark_webp(file, xmp, error);
	return rv_fail(error, RV_UNSUPPORTED, "it has no place for that");
}
