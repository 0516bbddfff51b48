/* Why something that is tried again and again has failed so far, so that each reason is told once.
 * For one thread at a time; no clock, nothing is freed. */
#ifndef APP_LIVE_REASONS_H
#define APP_LIVE_REASONS_H

#include <stdbool.h>

/* Further reasons are told no more: they would be those whose text has a number in it. */
enum { REASONS_MAX = 8, REASON_LENGTH = 128 };

/* Zeroed: none so far. */
struct reasons {
	int count;
	char texts[REASONS_MAX][REASON_LENGTH];
};

/* Whether this one, of which the first REASON_LENGTH - 1 bytes count, is to be told: it is then one
 * of those so far. */
bool reasons_add(struct reasons *reasons, const char *text);

#endif
