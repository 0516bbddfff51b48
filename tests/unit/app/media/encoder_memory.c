#include "app/media/encoder_memory.h"

#include "tests/support/test.h"

/* What an encoder holds beyond so many bytes at a size; it is free again. */
static uint64_t excess_of(const char *name, int width, int height, enum AVPixelFormat format,
                          uint64_t memory)
{
	AVCodecContext *encoder = avcodec_alloc_context3(avcodec_find_encoder_by_name(name));
	encoder->width = width;
	encoder->height = height;
	encoder->pix_fmt = format;
	uint64_t excess = encoder_memory_excess(encoder, memory);
	CHECK(!excess || encoder_memory_is_short(encoder, memory));
	avcodec_free_context(&encoder);
	return excess;
}

TEST(encoder_memory_of_4k_is_within_a_sixth_of_2_gigabytes_with_x264_alone)
{
	const uint64_t part = (UINT64_C(2) << 30) / 6;
	if (!avcodec_find_encoder_by_name("libx264") || !avcodec_find_encoder_by_name("libx265"))
		SKIP("this FFmpeg has no libx264, or no libx265");
	CHECK(!excess_of("libx264", 3840, 2160, AV_PIX_FMT_YUV420P, part));
	CHECK(!excess_of("mjpeg", 3840, 2160, AV_PIX_FMT_YUVJ420P, part));
	CHECK(excess_of("libx265", 3840, 2160, AV_PIX_FMT_YUV420P, part) > part);
	CHECK(!excess_of("libx265", 3840, 2160, AV_PIX_FMT_YUV420P, 0));
}

TEST(encoder_memory_grows_with_the_bits)
{
	if (!avcodec_find_encoder_by_name("libx265"))
		SKIP("this FFmpeg has no libx265");
	uint64_t plain = excess_of("libx265", 1280, 720, AV_PIX_FMT_YUV420P, 1);
	CHECK(plain && excess_of("libx265", 1280, 720, AV_PIX_FMT_YUV420P10, 1) > 3 * plain / 2);
}

TEST(encoder_memory_is_saved_by_one_thread)
{
	const AVCodec *codec = avcodec_find_encoder_by_name("libx264");
	AVCodecContext *encoder = codec ? avcodec_alloc_context3(codec) : NULL;
	if (!encoder)
		SKIP("this FFmpeg has no libx264");
	encoder->width = 1920;
	encoder->height = 1080;
	encoder->pix_fmt = AV_PIX_FMT_YUV420P;
	encoder->thread_count = 0;
	encoder_memory_save(encoder, UINT64_C(1) << 40);
	CHECK(encoder->thread_count == 0);
	encoder_memory_save(encoder, UINT64_C(100) << 20);
	CHECK(encoder->thread_count == 1);
	avcodec_free_context(&encoder);
}
