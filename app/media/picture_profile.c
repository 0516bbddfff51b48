#include "app/media/picture_profile.h"

#include <libavutil/intreadwrite.h>
#include <string.h>

#include "app/media/packet_edit.h"

enum {
	TIFF_ICC = 34675,
	TIFF_UNDEFINED = 7, /* bytes of no type */
};

static rv_status unknown_layout(rv_error *error)
{
	return rv_fail(error, RV_UNSUPPORTED, "the colour profile cannot be put into the picture");
}

rv_status picture_profile_to_tiff(AVPacket *packet, const AVBufferRef *profile, rv_error *error)
{
	if (!packet_is_tiff(packet))
		return unknown_layout(error);
	return packet_put_tiff_entry(packet, TIFF_ICC, TIFF_UNDEFINED, profile->data, profile->size,
	                             error);
}

rv_status picture_profile_to_webp(AVPacket *packet, const AVBufferRef *profile, rv_error *error)
{
	if (!packet_is_webp(packet))
		return unknown_layout(error);
	rv_status status = packet_extend_webp(packet, PACKET_WEBP_HAS_PROFILE, error);
	if (status != RV_OK)
		return status;
	return packet_put_riff_chunk(packet, PACKET_WEBP_HEAD, "ICCP", profile->data, profile->size,
	                             error);
}
