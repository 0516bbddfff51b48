#include "app/options/files.h"

#include <string.h>

#include "app/base/paths.h"

enum { NAMES_MAX = 24 };

/* A file, and what it is called in a message. */
struct named {
	const char *path, *what;
};

struct names {
	struct named list[NAMES_MAX];
	int count;
};

static void add(struct names *names, const char *path, const char *what)
{
	bool is_file = path && path[0] && strcmp(path, "-");
	if (is_file && names->count < NAMES_MAX)
		names->list[names->count++] = (struct named){path, what};
}

static struct names names_of(const struct options *options, unsigned command, enum option_file file)
{
	struct names names = {.count = 0};
	for (const struct option *option = option_table; option->name; option++)
		if (option->file == file && option->commands & command)
			add(&names, option_value(options, option), option->name);
	return names;
}

static rv_status check_pair(const struct named *read, const struct named *written, rv_error *error)
{
	bool only_changes = !strcmp(read->what, "preset") && !strcmp(written->what, "save-preset");
	if (only_changes || !paths_same(read->path, written->path))
		return RV_OK;
	return rv_fail(error, RV_INVALID, "%.256s: the %s and the %s are one file", written->path,
	               read->what, written->what);
}

static rv_status check_read(const struct names *written, const struct named *read, rv_error *error)
{
	rv_status status = RV_OK;
	for (int i = 0; i < written->count && status == RV_OK; i++)
		status = check_pair(read, &written->list[i], error);
	return status;
}

rv_status option_check_read(const struct options *options, unsigned command, const char *path,
                            const char *what, rv_error *error)
{
	struct names written = names_of(options, command, OPTION_WRITES);
	return check_read(&written, &(struct named){path, what}, error);
}

/* An address is no file, and of one no more is told than its protocol: behind that a password may
 * stand. Only a live session's output may be one. */
static rv_status refuse_address(const struct named *written, unsigned command, rv_error *error)
{
	const char *end = strstr(written->path, "://");
	if (!end || (command == COMMAND_LIVE && !strcmp(written->what, "output")))
		return RV_OK;
	return rv_fail(error, RV_INVALID,
	               "--%s %.*s://...: an address is no file; `reverie live` sends streams",
	               written->what, (int)(end - written->path), written->path);
}

rv_status option_check_files(const struct options *options, unsigned command, rv_error *error)
{
	struct names read = names_of(options, command, OPTION_READS);
	struct names written = names_of(options, command, OPTION_WRITES);
	rv_status status = RV_OK;
	for (int i = 0; i < written.count && status == RV_OK; i++)
		status = refuse_address(&written.list[i], command, error);
	add(&read, options->call.operand, "input");
	add(&read, options->call.second, "second input");
	for (int i = 0; i < read.count && status == RV_OK; i++)
		status = check_read(&written, &read.list[i], error);
	for (int i = 0; i < options->call.input_count && status == RV_OK; i++)
		status = check_read(&written, &(struct named){options->call.inputs[i], "input"},
		                    error);
	for (int i = 0; i < written.count; i++)
		for (int j = 0; j < i && status == RV_OK; j++)
			status = check_pair(&written.list[j], &written.list[i], error);
	return status;
}

void option_each_written(const struct options *options, unsigned command, option_visit_file *visit,
                         void *context)
{
	struct names written = names_of(options, command, OPTION_WRITES);
	for (int i = 0; i < written.count; i++)
		visit(context, written.list[i].path);
}
