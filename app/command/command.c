#include "app/command/command.h"

#include "app/base/progress.h"
#include "app/base/signals.h"

bool command_show_part(void *progress, double part)
{
	progress_part(progress, part);
	return !signals_stop;
}

bool command_show_preparation(void *progress, double part)
{
	progress_prepare(progress, part);
	return !signals_stop;
}

rv_status command_takes_no_operand(const struct options *options, rv_error *error)
{
	if (options->call.operand[0])
		return rv_fail(error, RV_INVALID, "%.128s: this command takes options only",
		               options->call.operand);
	return RV_OK;
}
