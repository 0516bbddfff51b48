#include "app/offline/film_plan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/base/output_file.h"

enum { LINE_LENGTH = PATH_LENGTH + 64 };

/* ---- the folder ---- */

static rv_status join(char path[PATH_LENGTH], const char *folder, const char *name, rv_error *error)
{
	if (paths_join(path, folder, name))
		return RV_OK;
	return rv_fail(error, RV_INVALID, "%.64s...: longer than %d bytes", folder,
	               PATH_LENGTH - 1);
}

rv_status film_plan_path(char path[PATH_LENGTH], const char *folder, rv_error *error)
{
	return join(path, folder, "plan", error);
}

rv_status film_settings_path(char path[PATH_LENGTH], const char *folder, rv_error *error)
{
	return join(path, folder, "settings.preset", error);
}

rv_status film_made_path(char path[PATH_LENGTH], const char *folder, rv_error *error)
{
	return join(path, folder, "made-with", error);
}

rv_status film_score_path(char path[PATH_LENGTH], const char *folder, rv_error *error)
{
	return join(path, folder, "score", error);
}

rv_status film_chunk_path(char path[PATH_LENGTH], const char *folder, int chunk, rv_error *error)
{
	char name[32];
	snprintf(name, sizeof(name), "chunk-%05d.nut", chunk);
	return join(path, folder, name, error);
}

rv_status film_checkpoint_path(char path[PATH_LENGTH], const char *folder, int chunk,
                               rv_error *error)
{
	char name[32];
	snprintf(name, sizeof(name), "chunk-%05d.checkpoint", chunk);
	return join(path, folder, name, error);
}

int64_t film_frames(const struct film_plan *plan)
{
	int64_t frames = 0;
	for (int i = 0; i < plan->count; i++)
		frames += plan->chunks[i].frames;
	return frames;
}

void film_progress(const struct film_plan *plan, const char *folder, int *chunks_done,
                   int64_t *frames_done)
{
	char path[PATH_LENGTH];
	*chunks_done = 0;
	*frames_done = 0;
	for (int i = 0; i < plan->count; i++) {
		bool done = film_chunk_path(path, folder, i, NULL) == RV_OK && !access(path, R_OK);
		*chunks_done += done;
		*frames_done += done ? plan->chunks[i].frames : 0;
	}
}

/* ---- the plan ---- */

rv_status film_plan_add(struct film_plan *plan, const struct film_chunk *chunk, rv_error *error)
{
	size_t count = (size_t)plan->count + 1;
	struct film_chunk *chunks = realloc(plan->chunks, count * sizeof(*chunks));
	if (!chunks)
		return rv_fail(error, RV_MEMORY, "out of memory for the plan");
	chunks[plan->count++] = *chunk;
	plan->chunks = chunks;
	return RV_OK;
}

void film_plan_release(struct film_plan *plan)
{
	free(plan->chunks);
	*plan = (struct film_plan){.count = 0};
}

/* ---- writing ---- */

static void write_lines(const struct film_plan *plan, AVIOContext *io)
{
	avio_printf(io,
	            "# A film in chunks: `reverie chunk FOLDER N` dreams one, `reverie join FOLDER "
	            "-o FILE` joins them.\n");
	avio_printf(io, "input %s\n", plan->input);
	avio_printf(io, "size %d %d\n", plan->width, plan->height);
	avio_printf(io, "encoder %s\n", plan->encoder);
	avio_printf(io, "quality %d\n", plan->quality);
	avio_printf(io, "exact %d\n", plan->exact);
	avio_printf(io, "deinterlace %d\n", plan->interlace);
	avio_printf(io, "fields %d %d %d\n", plan->fields.found, plan->fields.top_first,
	            plan->fields.telecined);
	avio_printf(io, "sphere %d\n", plan->sphere);
	avio_printf(io, "hdr %d\n", plan->hdr);
	avio_printf(io, "time-base %d %d\n", plan->time_base.num, plan->time_base.den);
	avio_printf(io,
	            "# number, first and last time, end, place to read from, frames, cuts before, "
	            "whether it goes on within a shot\n");
	for (int i = 0; i < plan->count; i++) {
		const struct film_chunk *chunk = &plan->chunks[i];
		avio_printf(io,
		            "chunk %d %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %d %d %d\n",
		            i, chunk->first, chunk->last, chunk->next, chunk->begin, chunk->frames,
		            chunk->cuts, chunk->goes_on);
	}
}

rv_status film_plan_save(const struct film_plan *plan, const char *folder, rv_error *error)
{
	char path[PATH_LENGTH];
	struct output_file *file = NULL;
	rv_status status = film_plan_path(path, folder, error);
	if (status == RV_OK)
		status = output_file_create(&file, path, false, error);
	if (status != RV_OK)
		return status;
	write_lines(plan, output_file_io(file));
	return output_file_commit(&file, error);
}

/* ---- reading ---- */

static bool read_chunk(struct film_plan *plan, const char *line, rv_error *error)
{
	struct film_chunk chunk;
	int number, goes_on, length = 0;
	int found =
		sscanf(line, "chunk %d %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64 " %d %d %d%n",
	               &number, &chunk.first, &chunk.last, &chunk.next, &chunk.begin, &chunk.frames,
	               &chunk.cuts, &goes_on, &length);
	bool sound = found == 8 && !line[length] && number == plan->count && chunk.frames > 0 &&
	             chunk.cuts >= 0 && chunk.first <= chunk.last && chunk.last <= chunk.next;
	chunk.goes_on = sound && goes_on;
	if (sound && plan->count)
		sound = plan->chunks[plan->count - 1].last < chunk.first;
	else if (chunk.goes_on)
		sound = false;
	return sound && film_plan_add(plan, &chunk, error) == RV_OK;
}

/* Takes the text of a line after its first word. */
static bool read_text(const char *line, const char *word, char *text, size_t capacity)
{
	size_t length = strlen(word);
	if (strncmp(line, word, length) || line[length] != ' ' ||
	    strlen(line + length + 1) >= capacity)
		return false;
	strcpy(text, line + length + 1);
	return text[0];
}

/* Takes a number of an enum, from 0 to most, behind a word. *sound is false where there is no such
 * one. */
static bool read_enum(const char *line, const char *word, int most, int *value, bool *sound)
{
	size_t length = strlen(word);
	if (strncmp(line, word, length) || sscanf(line + length, " %d", value) != 1)
		return false;
	*sound = *value >= 0 && *value <= most;
	return true;
}

/* The settings that are numbers of an enum, or none. */
static bool read_choice(struct film_plan *plan, const char *line, bool *sound)
{
	int number, top_first, telecined;
	*sound = true;
	if (read_enum(line, "deinterlace", INTERLACE_FIELD, &number, sound))
		plan->interlace = number;
	else if (read_enum(line, "hdr", HDR_SDR, &number, sound))
		plan->hdr = number;
	else if (read_enum(line, "sphere", PANORAMA_OFF, &number, sound))
		plan->sphere = number;
	else if (sscanf(line, "exact %d", &number) == 1)
		plan->exact = number;
	else if (sscanf(line, "fields %d %d %d", &number, &top_first, &telecined) == 3)
		plan->fields = (struct interlace){number, top_first, telecined};
	else
		return false;
	return true;
}

static bool read_line(struct film_plan *plan, const char *line, rv_error *error)
{
	bool sound;
	if (!line[0] || line[0] == '#')
		return true;
	if (read_choice(plan, line, &sound))
		return sound;
	return read_text(line, "input", plan->input, sizeof(plan->input)) ||
	       read_text(line, "encoder", plan->encoder, sizeof(plan->encoder)) ||
	       sscanf(line, "size %d %d", &plan->width, &plan->height) == 2 ||
	       sscanf(line, "quality %d", &plan->quality) == 1 ||
	       sscanf(line, "time-base %d %d", &plan->time_base.num, &plan->time_base.den) == 2 ||
	       read_chunk(plan, line, error);
}

static bool is_whole(const struct film_plan *plan)
{
	return plan->input[0] && plan->encoder[0] && plan->width > 0 && plan->height > 0 &&
	       plan->time_base.num > 0 && plan->time_base.den > 0 && plan->count > 0;
}

static rv_status read_lines(struct film_plan *plan, FILE *file, const char *path, rv_error *error)
{
	char line[LINE_LENGTH];
	for (int number = 1; fgets(line, sizeof(line), file); number++) {
		line[strcspn(line, "\n")] = '\0';
		if (!read_line(plan, line, error))
			return rv_fail(error, RV_CORRUPT, "%s:%d: is no line of a plan", path,
			               number);
	}
	return is_whole(plan) ? RV_OK : rv_fail(error, RV_CORRUPT, "%s: is no whole plan", path);
}

rv_status film_plan_read(struct film_plan *plan, const char *path, rv_error *error)
{
	FILE *file = fopen(path, "r");
	if (!file)
		return rv_fail(error, errno == ENOENT ? RV_NOT_FOUND : RV_IO, "%s: %s", path,
		               strerror(errno));
	rv_status status = read_lines(plan, file, path, error);
	fclose(file);
	return status;
}

rv_status film_plan_load(struct film_plan *plan, const char *folder, rv_error *error)
{
	char path[PATH_LENGTH];
	rv_status status = film_plan_path(path, folder, error);
	if (status == RV_OK)
		status = film_plan_read(plan, path, error);
	if (status != RV_NOT_FOUND)
		return status;
	return rv_fail(error, RV_NOT_FOUND,
	               "%s: is not there; `reverie plan FILM --chunks %s` makes it", path, folder);
}
