#include "app/media/rendition.h"

rv_status rendition_open(struct rendition *rendition, const struct picture *picture,
                         rv_error *error)
{
	const struct video_description light = {.transfer = picture->transfer,
	                                        .primaries = picture->primaries};
	*rendition = (struct rendition){0};
	if (hdr_is_wanted(picture->transfer))
		return hdr_create(&rendition->hdr, &light, error);
	if (picture->colour_profile)
		return colour_create(&rendition->colour, picture->colour_profile,
		                     picture->image.format, error);
	return RV_OK;
}

void rendition_close(struct rendition *rendition)
{
	hdr_destroy(&rendition->hdr);
	colour_destroy(&rendition->colour);
}

bool rendition_differs(const struct rendition *rendition)
{
	return rendition->hdr || rendition->colour;
}

void rendition_draw(const struct rendition *rendition, const rv_image *original,
                    const rv_image *seen)
{
	if (rendition->hdr)
		hdr_render(rendition->hdr, original, seen);
	else
		colour_render(rendition->colour, original, seen);
}

void rendition_lay(const struct rendition *rendition, const rv_image *original,
                   const rv_image *seen, const rv_image *dreamed, const rv_image *laid)
{
	if (rendition->hdr)
		hdr_lay(rendition->hdr, original, seen, dreamed, laid);
	else
		colour_lay(rendition->colour, original, seen, dreamed, laid);
}

rv_status rendition_take(struct picture *picture, rv_error *error)
{
	struct rendition rendition;
	rv_status status = rendition_open(&rendition, picture, error);
	if (status == RV_OK && rendition_differs(&rendition))
		rendition_draw(&rendition, &picture->image, &picture->image);
	rendition_close(&rendition);
	if (status == RV_OK)
		picture_forget_colours(picture);
	return status;
}
