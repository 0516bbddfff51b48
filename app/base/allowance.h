/* How often something may be done that a flood of would do harm: so many times at once, and then so
 * many a second. Times are nanoseconds of one clock, given from outside. */
#ifndef APP_BASE_ALLOWANCE_H
#define APP_BASE_ALLOWANCE_H

#include <stdint.h>

struct allowance_rate {
	double most, a_second;
};

/* Zeroed, nothing was done yet. Belongs to one thread. */
struct allowance {
	double left; /* whoever does it takes one off */
	int64_t filled_at;
};

/* How many times it may be done now. */
double allowance_left(struct allowance *allowance, const struct allowance_rate *rate, int64_t now);

#endif
