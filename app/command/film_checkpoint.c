#include "app/command/film_checkpoint.h"

#include <libavutil/crc.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "app/base/output_file.h"
#include "app/networks/checksum.h"
#include "app/offline/film_plan.h"

enum { VERSION_LENGTH = 32, MADE_WITH = 3, BLOCK_BYTES = 1 << 14 };

static const char magic[] = "reverie chunk";

/* What stands first; then comes what the engine remembers, and the sum of all. */
struct head {
	char magic[sizeof(magic)];
	char version[VERSION_LENGTH];
	char made_with[MADE_WITH][CHECKSUM_LENGTH]; /* of the plan, the settings and the score */
	int chunk;
	struct dreaming_past past; /* all before it says whose it is */
};

static uint32_t add_to_sum(uint32_t sum, const void *bytes, size_t count)
{
	return av_crc(av_crc_get_table(AV_CRC_32_IEEE_LE), sum, bytes, count);
}

/* All but the past. */
static rv_status describe(struct head *head, const char *folder, int chunk, rv_error *error)
{
	char paths[MADE_WITH][PATH_LENGTH];
	rv_status status = film_plan_path(paths[0], folder, error);
	memset(head, 0, sizeof(*head));
	memcpy(head->magic, magic, sizeof(magic));
	snprintf(head->version, sizeof(head->version), "%s", RV_VERSION);
	head->chunk = chunk;
	if (status == RV_OK)
		status = film_settings_path(paths[1], folder, error);
	if (status == RV_OK)
		status = film_score_path(paths[2], folder, error);
	for (int i = 0; i < MADE_WITH && status == RV_OK; i++)
		if (!access(paths[i], F_OK)) /* there need not be a score */
			status = checksum_of_file(paths[i], 256, head->made_with[i], error);
	return status;
}

/* ---- writing ---- */

struct writing {
	struct output_file *file;
	uint32_t sum;
};

static bool write_bytes(void *context, const void *bytes, size_t count)
{
	struct writing *writing = context;
	writing->sum = add_to_sum(writing->sum, bytes, count);
	avio_write(output_file_io(writing->file), bytes, (int)count);
	return !output_file_errno(writing->file);
}

static rv_status write_all(struct writing *writing, const struct head *head, struct dreaming *it,
                           rv_error *error)
{
	rv_status status = write_bytes(writing, head, sizeof(*head))
	                           ? dreaming_remember(it, write_bytes, writing, error)
	                           : RV_IO;
	if (output_file_errno(writing->file))
		return output_file_write_error(writing->file, error);
	avio_wl32(output_file_io(writing->file), writing->sum);
	return status;
}

rv_status film_checkpoint_save(const char *folder, int chunk, struct dreaming *it, rv_error *error)
{
	struct writing writing = {.file = NULL};
	struct head head;
	char path[PATH_LENGTH];
	rv_status status = describe(&head, folder, chunk, error);
	head.past = it->past;
	if (status == RV_OK)
		status = film_checkpoint_path(path, folder, chunk, error);
	if (status == RV_OK)
		status = output_file_create(&writing.file, path, true, error);
	if (status == RV_OK)
		status = write_all(&writing, &head, it, error);
	if (status == RV_OK)
		return output_file_commit(&writing.file, error);
	output_file_discard(&writing.file);
	return status;
}

/* ---- reading ---- */

static bool read_bytes(void *context, void *bytes, size_t count)
{
	return fread(bytes, 1, count, context) == count;
}

/* Opens the file behind its head, if that is of the folder as it is now. NULL: it is not. */
static FILE *open_behind_head(const char *folder, int chunk, struct head *head)
{
	char path[PATH_LENGTH];
	struct head wanted;
	if (describe(&wanted, folder, chunk, NULL) != RV_OK ||
	    film_checkpoint_path(path, folder, chunk, NULL) != RV_OK)
		return NULL;
	FILE *file = fopen(path, "rbe");
	if (!file)
		return NULL;
	if (read_bytes(file, head, sizeof(*head)) &&
	    !memcmp(head, &wanted, offsetof(struct head, past)))
		return file;
	fclose(file);
	return NULL;
}

/* Whether the file ends with the sum of what is before, which is 0 over both. */
static bool has_its_sum(FILE *file)
{
	unsigned char bytes[BLOCK_BYTES];
	uint32_t sum = 0;
	rewind(file);
	for (size_t count; (count = fread(bytes, 1, sizeof(bytes), file)) > 0;)
		sum = add_to_sum(sum, bytes, count);
	return !ferror(file) && sum == 0;
}

bool film_checkpoint_is_sound(const char *folder, int chunk)
{
	struct head head;
	FILE *file = open_behind_head(folder, chunk, &head);
	bool sound = file && has_its_sum(file);
	if (file)
		fclose(file);
	return sound;
}

rv_status film_checkpoint_open(struct film_checkpoint *checkpoint, const char *folder, int chunk,
                               struct dreaming *it, rv_error *error)
{
	struct head head;
	checkpoint->file = open_behind_head(folder, chunk, &head);
	if (!checkpoint->file)
		return rv_fail(error, RV_CORRUPT,
		               "%s: the checkpoint of chunk %d is gone or another's", folder,
		               chunk);
	it->past = head.past;
	it->recall = read_bytes;
	it->recall_context = checkpoint->file;
	return RV_OK;
}

void film_checkpoint_close(struct film_checkpoint *checkpoint)
{
	if (checkpoint->file)
		fclose(checkpoint->file);
	checkpoint->file = NULL;
}
