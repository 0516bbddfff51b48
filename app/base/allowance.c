#include "app/base/allowance.h"

double allowance_left(struct allowance *allowance, const struct allowance_rate *rate, int64_t now)
{
	double seconds = (double)(now - allowance->filled_at) / 1e9;
	allowance->left += seconds * rate->a_second;
	if (!allowance->filled_at || allowance->left > rate->most)
		allowance->left = rate->most;
	allowance->filled_at = now;
	return allowance->left;
}
