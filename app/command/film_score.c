#include "app/command/film_score.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/base/output_file.h"
#include "app/offline/film_plan.h"

static rv_status copy(FILE *from, const char *name, const char *path, rv_error *error)
{
	struct output_file *file = NULL;
	unsigned char bytes[4096];
	rv_status status = output_file_create(&file, path, true, error);
	if (status != RV_OK)
		return status;
	for (size_t count; (count = fread(bytes, 1, sizeof(bytes), from)) > 0;)
		avio_write(output_file_io(file), bytes, (int)count);
	if (ferror(from)) {
		status = rv_fail(error, RV_IO, "score %.256s: %s", name, strerror(errno));
		output_file_discard(&file);
		return status;
	}
	return output_file_commit(&file, error);
}

rv_status film_score_save(const struct options *options, const char *folder, rv_error *error)
{
	char path[PATH_LENGTH];
	const char *name = options->call.score;
	if (!name[0])
		return RV_OK;
	rv_status status = film_score_path(path, folder, error);
	if (status != RV_OK)
		return status;
	FILE *from = fopen(name, "rbe");
	if (!from)
		return rv_fail(error, errno == ENOENT ? RV_NOT_FOUND : RV_IO, "score %.256s: %s",
		               name, strerror(errno));
	status = copy(from, name, path, error);
	fclose(from);
	return status;
}

rv_status film_score_find(struct options *options, const char *folder, rv_error *error)
{
	char path[PATH_LENGTH];
	rv_status status = film_score_path(path, folder, error);
	if (status == RV_OK)
		snprintf(options->call.score, sizeof(options->call.score), "%s",
		         access(path, F_OK) ? "" : path);
	return status;
}

static bool same_content(FILE *a, FILE *b)
{
	int first, second;
	do {
		first = fgetc(a);
		second = fgetc(b);
	} while (first == second && first != EOF);
	return first == second;
}

bool film_score_same(const struct options *options, const char *folder)
{
	char path[PATH_LENGTH];
	if (film_score_path(path, folder, NULL) != RV_OK)
		return false;
	FILE *wanted = options->call.score[0] ? fopen(options->call.score, "rbe") : NULL;
	FILE *there = fopen(path, "rbe");
	bool same =
		wanted && there ? same_content(wanted, there) : !there && !options->call.score[0];
	if (wanted)
		fclose(wanted);
	if (there)
		fclose(there);
	return same;
}
