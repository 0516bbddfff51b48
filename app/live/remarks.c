#include "app/live/remarks.h"

#include <libavutil/pixdesc.h>

#include "app/base/clock.h"

static const int64_t damage_interval = 5 * CLOCK_SECOND; /* from note to note */

void remarks_begin(struct remarks *remarks)
{
	remarks->damage_said = 0;
}

static void note_change(struct remarks *remarks, struct live_note *note,
                        const struct video_description *video)
{
	bool same = remarks->seen.width == video->width && remarks->seen.height == video->height &&
	            remarks->seen.format == video->pixel_format;
	if (remarks->seen.width && !same)
		note_say(note, "the input changed to %dx%d, %s", video->width, video->height,
		         av_get_pix_fmt_name(video->pixel_format));
	remarks->seen.width = video->width;
	remarks->seen.height = video->height;
	remarks->seen.format = video->pixel_format;
}

void remarks_on_frame(struct remarks *remarks, struct live_note *note, const struct source *source,
                      const char *name, int64_t now)
{
	int64_t damaged = source->damaged - remarks->damage_said;
	note_change(remarks, note, &source->video);
	if (damaged <= 0 || now < remarks->damage_said_at + damage_interval)
		return;
	note_say(note, "%.80s: %lld damaged %s left out", name, (long long)damaged,
	         damaged == 1 ? "packet" : "packets");
	remarks->damage_said = source->damaged;
	remarks->damage_said_at = now;
}
