#include "tests/support/media.h"

#include <dirent.h>
#include <libavformat/avformat.h>
#include <libavutil/md5.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/media/convert.h"
#include "app/media/libav.h"
#include "app/media/picture_write.h"
#include "app/offline/job_run.h"
#include "tests/support/test.h"

enum { PATH_LENGTH = 512, RESULTS = 8 };

/* Asked by the leak checker: libx265 3.5 forgets a block of its own for every encoder it closes. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libx265\n";
}

static char folder[64];

static void remove_folder(void)
{
	DIR *directory = opendir(folder);
	struct dirent *entry;
	char path[PATH_LENGTH];
	while (directory && (entry = readdir(directory))) {
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (unlink(path))
			rmdir(path);
	}
	if (directory)
		closedir(directory);
	rmdir(folder);
}

static void make_folder(void)
{
	if (folder[0])
		return;
	libav_take_log(false);
	strcpy(folder, "/tmp/reverie-test-XXXXXX");
	if (!mkdtemp(folder))
		abort();
	atexit(remove_folder);
}

const char *media_path(const char *name)
{
	static char results[RESULTS][PATH_LENGTH];
	static int next;
	make_folder();
	char *result = results[next++ % RESULTS];
	snprintf(result, PATH_LENGTH, "%s/%s", folder, name);
	return result;
}

const char *media_arguments(const char *format, ...)
{
	static char arguments[2048];
	va_list values;
	va_start(values, format);
	vsnprintf(arguments, sizeof(arguments), format, values);
	va_end(values);
	return arguments;
}

bool media_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

int media_file_count(void)
{
	int count = 0;
	make_folder();
	DIR *directory = opendir(folder);
	while (directory && readdir(directory))
		count++;
	closedir(directory);
	return count - 2; /* . and .. */
}

void media_write(const char *path, const void *bytes, size_t size)
{
	FILE *file = fopen(path, "wb");
	if (!file || fwrite(bytes, 1, size, file) != size || fclose(file))
		abort();
}

uint8_t *media_read(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	if (!file)
		return NULL;
	fseek(file, 0, SEEK_END);
	*size = (size_t)ftell(file);
	rewind(file);
	uint8_t *bytes = malloc(*size + 1);
	if (bytes && fread(bytes, 1, *size, file) != *size) {
		free(bytes);
		bytes = NULL;
	}
	fclose(file);
	return bytes;
}

/* ---- the ffmpeg program ---- */

static char lack[256];

const char *media_lack(void)
{
	return lack;
}

/* Whether these words, of which the first line is kept, are of a program that has no such part. */
static bool tells_of_lack(const char *words)
{
	static const char *const beginnings[] = {"Unknown encoder", "Unknown decoder",
	                                         "No such filter", "Unknown input format"};
	snprintf(lack, sizeof(lack), "ffmpeg: %.*s", (int)strcspn(words, "\n"), words);
	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
		if (strstr(words, beginnings[i]))
			return true;
	return false;
}

bool media_make(const char *path, const char *arguments)
{
	char command[2048], log[PATH_LENGTH];
	size_t size = 0;
	make_folder();
	snprintf(log, sizeof(log), "%s/ffmpeg.log", folder);
	snprintf(command, sizeof(command), "ffmpeg -nostdin -v error -y %s '%s' >/dev/null 2>'%s'",
	         arguments, path, log);
	int status = system(command);
	char *words = (char *)media_read(log, &size);
	if (words)
		words[size] = '\0';
	unlink(log);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		strcpy(lack, "there is no ffmpeg program");
	else if (status && !tells_of_lack(words ? words : ""))
		test_failed(__FILE__, __LINE__, "ffmpeg %s: %s", arguments, lack);
	free(words);
	return status == 0;
}

static rv_status dream_inverted(void *context, const rv_image *in, int64_t time,
                                const rv_image *out, rv_error *error)
{
	struct test_dream *dream = context;
	size_t bytes = (size_t)in->width * (in->format == RV_RGB16 ? 6 : 3);
	(void)time;
	(void)error;
	for (int y = 0; y < in->height; y++) {
		const uint8_t *from = (const uint8_t *)in->pixels + (size_t)y * in->stride;
		uint8_t *to = (uint8_t *)out->pixels + (size_t)y * out->stride;
		for (size_t i = 0; i < bytes; i++)
			to[i] = dream->keep ? from[i] : (uint8_t)~from[i];
	}
	dream->format = in->format;
	if (++dream->frames == dream->stop_at)
		dream->stop = 1;
	return RV_OK;
}

struct job media_job(const char *input, const char *output, struct test_dream *dream)
{
	make_folder();
	return (struct job){
		.input = input,
		.output = output,
		.quality = OPTION_QUALITY_DEFAULT,
		.dream = dream_inverted,
		.context = dream,
		.stop = &dream->stop,
	};
}

static int compare_times(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

bool media_inspect(const char *path, struct media *media)
{
	AVFormatContext *format = NULL;
	struct AVMD5 *sums[MEDIA_STREAMS_MAX];
	memset(media, 0, sizeof(*media));
	if (avformat_open_input(&format, path, NULL, NULL) < 0)
		return false;
	if (avformat_find_stream_info(format, NULL) < 0 || format->nb_streams > MEDIA_STREAMS_MAX) {
		avformat_close_input(&format);
		return false;
	}
	media->stream_count = (int)format->nb_streams;
	for (int i = 0; i < media->stream_count; i++) {
		media->streams[i].type = format->streams[i]->codecpar->codec_type;
		media->streams[i].codec = (int)format->streams[i]->codecpar->codec_id;
		av_md5_init(sums[i] = av_md5_alloc());
	}
	AVPacket *packet = av_packet_alloc();
	while (av_read_frame(format, packet) >= 0) {
		struct media_stream *stream = &media->streams[packet->stream_index];
		AVRational time_base = format->streams[packet->stream_index]->time_base;
		if (stream->packet_count < MEDIA_PACKETS_MAX)
			stream->pts_us[stream->packet_count++] =
				av_rescale_q(packet->pts, time_base, AV_TIME_BASE_Q);
		av_md5_update(sums[packet->stream_index], packet->data, (size_t)packet->size);
		av_packet_unref(packet);
	}
	for (int i = 0; i < media->stream_count; i++) {
		struct media_stream *stream = &media->streams[i];
		qsort(stream->pts_us, (size_t)stream->packet_count, sizeof(int64_t), compare_times);
		av_md5_final(sums[i], stream->digest);
		av_free(sums[i]);
	}
	av_packet_free(&packet);
	avformat_close_input(&format);
	return true;
}

double media_difference(const rv_image *a, const rv_image *b)
{
	double sum = 0;
	size_t values = (size_t)a->width * 3;
	for (int y = 0; y < a->height; y++) {
		const void *row_a = (const uint8_t *)a->pixels + (size_t)y * a->stride;
		const void *row_b = (const uint8_t *)b->pixels + (size_t)y * b->stride;
		for (size_t i = 0; i < values; i++) {
			if (a->format == RV_RGB16)
				sum += abs(((const uint16_t *)row_a)[i] -
				           ((const uint16_t *)row_b)[i]) /
				       257.0;
			else
				sum += abs(((const uint8_t *)row_a)[i] -
				           ((const uint8_t *)row_b)[i]);
		}
	}
	return sum / ((double)values * a->height);
}

const struct media_stream *media_find_stream(const struct media *media, int type, int number)
{
	for (int i = 0; i < media->stream_count; i++)
		if (media->streams[i].type == type && number-- == 0)
			return &media->streams[i];
	return NULL;
}

bool media_same_packets(const struct media_stream *a, const struct media_stream *b)
{
	return a && b && a->packet_count == b->packet_count &&
	       memcmp(a->digest, b->digest, sizeof(a->digest)) == 0;
}

struct picture media_picture(rv_pixel_format format, int width, int height, bool alpha)
{
	struct picture picture = {0};
	rv_error error;
	bool wide = format == RV_RGB16;
	if (convert_allocate_image(&picture.image, format, width, height, &error))
		abort();
	if (alpha)
		picture.alpha = malloc((size_t)width * (size_t)height * 2);
	for (int i = 0; i < width * height; i++) {
		int x = i % width, y = i / width;
		unsigned values[4] = {(unsigned)(x * 65535 / width), (unsigned)(y * 65535 / height),
		                      (unsigned)((x + y) * 65535 / (width + height)),
		                      (unsigned)((width - x) * 65535 / width)};
		for (int c = 0; c < 3 + alpha; c++) {
			void *plane = c < 3 ? picture.image.pixels : picture.alpha;
			int at = c < 3 ? i * 3 + c : i;
			if (wide)
				((uint16_t *)plane)[at] = (uint16_t)values[c];
			else
				((uint8_t *)plane)[at] = (uint8_t)(values[c] >> 8);
		}
	}
	return picture;
}

rv_status media_write_picture(const struct picture *picture, const char *path, rv_error *error)
{
	struct output_file *file = NULL;
	rv_status status = output_file_create(&file, path, true, error);
	if (!status)
		status = picture_write(picture, file, path, error);
	if (!status)
		status = output_file_commit(&file, error);
	output_file_discard(&file);
	return status;
}

double media_alpha_difference(const struct picture *a, const struct picture *b)
{
	double sum = 0;
	int count = a->image.width * a->image.height;
	for (int i = 0; i < count; i++)
		sum += a->image.format == RV_RGB16
		               ? abs(((uint16_t *)a->alpha)[i] - ((uint16_t *)b->alpha)[i]) / 257.0
		               : abs(((uint8_t *)a->alpha)[i] - ((uint8_t *)b->alpha)[i]);
	return sum / count;
}

struct source *media_source(const char *path)
{
	struct input *input = NULL;
	struct source *source = NULL;
	rv_error error = {0};
	rv_status status = input_open(&input, path, NULL, &error);
	if (!status)
		status = source_open(&source, &input, &error);
	CHECK_MESSAGE(status == RV_OK, "%s", error.message);
	return source;
}

static bool next_frame(struct source *source)
{
	enum source_event event = SOURCE_PACKET;
	rv_error error;
	while (event == SOURCE_PACKET)
		if (source_next(source, &event, &error))
			return false;
	return event == SOURCE_FRAME;
}

rv_image media_first_frame(const char *path)
{
	struct source *source = media_source(path);
	rv_image image = {0};
	rv_error error;
	if (source && next_frame(source) &&
	    !convert_allocate_image(&image, source->video.rgb, source->video.width,
	                            source->video.height, &error))
		CHECK(source_image(source, &image, &error) == RV_OK);
	source_close(&source);
	return image;
}

struct video_description media_describe(const char *path)
{
	struct source *source = media_source(path);
	struct video_description video = {0};
	if (source)
		video = source->video;
	source_close(&source);
	return video;
}

void media_check_times(const struct media_stream *a, const struct media_stream *b,
                       int64_t microseconds)
{
	REQUIRE(a && b);
	CHECK_MESSAGE(a->packet_count == b->packet_count, "%d and %d packets", a->packet_count,
	              b->packet_count);
	for (int i = 0; i < a->packet_count && i < b->packet_count; i++)
		if (llabs(a->pts_us[i] - b->pts_us[i]) > microseconds) {
			test_failed(__FILE__, __LINE__, "packet %d at %lld, not %lld us", i,
			            (long long)b->pts_us[i], (long long)a->pts_us[i]);
			return;
		}
}

struct media media_before, media_after;

char media_told[4096];

bool media_listen(const char *in, const char *out)
{
	struct test_dream keep = {.keep = true};
	struct job job = media_job(in, out, &keep);
	struct job_report report;
	struct progress progress;
	rv_error error = {0};
	FILE *stream = fmemopen(media_told, sizeof(media_told), "w");
	if (!stream)
		abort();
	progress_init(&progress, stream, PROGRESS_LINES);
	job.progress = &progress;
	job.force = true;
	rv_status status = job_run(&job, &report, &error);
	fclose(stream);
	CHECK_MESSAGE(status == RV_OK, "%s to %s: %s", in, out, error.message);
	return status == RV_OK;
}

bool media_transcode(const char *in, const char *out, struct job_report *report)
{
	struct test_dream dream = {.keep = true};
	struct job job = media_job(in, out, &dream);
	rv_error error = {0};
	rv_status status = job_run(&job, report, &error);
	CHECK_MESSAGE(status == RV_OK, "%s: %s", in, error.message);
	return !status && media_inspect(in, &media_before) && media_inspect(out, &media_after);
}

void media_check_description(const char *in, const char *out)
{
	struct video_description a = media_describe(in), b = media_describe(out);
	CHECK(a.width == b.width && a.height == b.height);
	CHECK(a.matrix == b.matrix && a.primaries == b.primaries && a.transfer == b.transfer);
	CHECK_MESSAGE(a.range == b.range, "range %d, not %d", b.range, a.range);
	CHECK(convert_plain_format(a.pixel_format) == convert_plain_format(b.pixel_format));
	CHECK(av_cmp_q(a.frame_rate, b.frame_rate) == 0);
	CHECK(a.sample_aspect.num == b.sample_aspect.num);
}
