#include "app/media/encoder_memory.h"

#include <libavutil/cpu.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <string.h>

#include "app/media/libav.h"

/* What x264 takes for each pixel, in bytes: at first, for each thread, and for each frame that it
 * looks ahead. Measured at 3840x2160 and 4:2:0. */
enum { X264_FIRST = 23, X264_THREAD = 15, X264_AHEAD = 3, X264_AHEAD_USUALLY = 40 };

/* What others take, as they usually work and at the least: measured at 4:2:0 on two cores, as they
 * usually work at 960x540 over 40 frames, at the least at 3840x2160 over 16, VP9 and libaom at
 * 960x540. Those that are not named look at one frame at a time, and take little. */
static const struct {
	const char *name;
	int usually, least;
} others[] = {{"libx265", 230, 92},
              {"libvpx-vp9", 186, 93},
              {"libsvtav1", 241, 73},
              {"libaom-av1", 236, 57}};

const char encoder_memory_x265[] =
	":rc-lookahead=5:pools=none:frame-threads=1:wpp=0:lookahead-slices=1";

/* Of an encoder's figures, where it is known. */
static bool find_figures(const AVCodecContext *encoder, int *usually, int *least)
{
	int threads = LIBAV_THREADS ? LIBAV_THREADS : av_cpu_count() * 3 / 2;
	const char *name = encoder->codec->name;
	if (!strcmp(name, "libx264")) {
		*usually = X264_FIRST + threads * X264_THREAD + X264_AHEAD_USUALLY * X264_AHEAD;
		*least = X264_FIRST + X264_THREAD + X264_AHEAD;
		return true;
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (strcmp(name, others[i].name))
			continue;
		*usually = others[i].usually;
		*least = others[i].least;
		return true;
	}
	return false;
}

/* Pixels as large as those of 4:2:0 in 8 bits. */
static double pixels_of(const AVCodecContext *encoder)
{
	const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(encoder->pix_fmt);
	return (double)encoder->width * encoder->height * av_get_padded_bits_per_pixel(format) / 12;
}

bool encoder_memory_is_short(const AVCodecContext *encoder, uint64_t memory)
{
	int usually, least;
	return memory && find_figures(encoder, &usually, &least) &&
	       (double)memory < usually * pixels_of(encoder);
}

void encoder_memory_save(AVCodecContext *encoder, uint64_t memory)
{
	if (!encoder_memory_is_short(encoder, memory))
		return;
	double allowed = (double)memory / pixels_of(encoder);
	int ahead = (int)((allowed - X264_FIRST - X264_THREAD) / X264_AHEAD);
	encoder->thread_count = 1;
	/* Each knows its own alone. */
	av_opt_set_int(encoder->priv_data, "rc-lookahead", av_clip(ahead, 1, X264_AHEAD_USUALLY),
	               0);
	av_opt_set_int(encoder->priv_data, "lag-in-frames", 0, 0);
	av_opt_set(encoder->priv_data, "svtav1-params", "lp=1:lookahead=0", 0);
}

uint64_t encoder_memory_excess(const AVCodecContext *encoder, uint64_t memory)
{
	int usually, least;
	if (!memory || !find_figures(encoder, &usually, &least))
		return 0;
	double taken = least * pixels_of(encoder);
	return taken > (double)memory ? (uint64_t)(taken - (double)memory) : 0;
}
