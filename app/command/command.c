#include "app/command/command.h"

rv_status command_takes_no_operand(const struct options *options, rv_error *error)
{
	if (options->call.operand[0])
		return rv_fail(error, RV_INVALID, "%.128s: this command takes options only",
		               options->call.operand);
	return RV_OK;
}
