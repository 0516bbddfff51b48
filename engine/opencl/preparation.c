#include "engine/opencl/preparation.h"

#include <math.h>

void preparation_begin(struct preparation *preparation, double units)
{
	preparation->done = 0;
	preparation->planned = units;
}

rv_status preparation_advance(struct preparation *preparation, double units, rv_error *error)
{
	if (!(preparation->planned > 0) || !preparation->progress)
		return RV_OK;
	preparation->done += units;
	double part = fmin(preparation->done / preparation->planned, 1);
	if (!preparation->progress(preparation->context, part))
		return rv_fail(error, RV_CANCELLED, "stopped while kernels were built");
	return RV_OK;
}

void preparation_end(struct preparation *preparation)
{
	if (preparation->planned > 0 && preparation->progress)
		preparation->progress(preparation->context, 1);
	preparation->planned = 0;
}
