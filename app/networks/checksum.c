#include "app/networks/checksum.h"

#include <errno.h>
#include <libavutil/mem.h>
#include <libavutil/sha.h>
#include <stdio.h>
#include <string.h>

#include "app/base/thread.h"

enum { BLOCK_BYTES = 64 * 1024, DIGEST_BYTES_MAX = 32 };

static void print_digest(const uint8_t *digest, int bytes, char text[CHECKSUM_LENGTH])
{
	for (int i = 0; i < bytes; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
}

rv_status checksum_of_file(const char *path, int bits, char text[CHECKSUM_LENGTH], rv_error *error)
{
	static const size_t block = BLOCK_BYTES;
	uint8_t digest[DIGEST_BYTES_MAX];
	FILE *file = fopen(path, "rbe");
	if (!file)
		return rv_fail(error, errno == ENOENT ? RV_NOT_FOUND : RV_IO, "%.256s: %s", path,
		               strerror(errno));
	struct AVSHA *sha = av_sha_alloc();
	uint8_t *bytes = av_malloc(block);
	rv_status status = RV_OK;
	if (!sha || !bytes || av_sha_init(sha, bits) < 0) {
		status = rv_fail(error, RV_MEMORY, "no memory for a checksum");
	} else {
		for (size_t count; (count = fread(bytes, 1, block, file)) > 0;)
			av_sha_update(sha, bytes, count);
		if (ferror(file))
			status = rv_fail(error, RV_IO, "%.256s: %s", path, strerror(errno));
		av_sha_final(sha, digest);
		print_digest(digest, bits / 8, text);
	}
	av_free(bytes);
	av_free(sha);
	fclose(file);
	return status;
}

static void *run(void *context)
{
	struct checksum_task *task = context;
	if (checksum_of_file(task->path, 256, task->text, NULL) != RV_OK)
		task->text[0] = '\0';
	return NULL;
}

void checksum_begin(struct checksum_task *task, const char *path)
{
	*task = (struct checksum_task){.runs = false};
	snprintf(task->path, sizeof(task->path), "%s", path);
	task->runs = thread_start(&task->thread, "checking", run, task, NULL) == RV_OK;
}

const char *checksum_end(struct checksum_task *task)
{
	if (task->runs)
		pthread_join(task->thread, NULL);
	task->runs = false;
	return task->text;
}
