#include "app/control/score_clock.h"

#include <stdbool.h>
#include <string.h>

#include "app/base/text_lines.h"

static const double least_period = 0.01, longest = 7 * 86400; /* seconds */

static rv_status refuse(const char *word, const char *prefix, rv_error *error)
{
	return rv_fail(error, RV_INVALID,
	               "%s: \"%.32s\" is no time, such as 12.5, 1:30, 16b or 250f", prefix, word);
}

/* Reads so many beats or frames, behind which the mark stands. unit: seconds of one; missing: what
 * to say where that is not known. */
static rv_status read_units(const char *word, double unit, const char *missing, const char *prefix,
                            double *seconds, rv_error *error)
{
	const char *end;
	double count = text_read_decimal(word, &end);
	if (!(count >= 0) || end[0] == '\0' || end[1] != '\0')
		return refuse(word, prefix, error);
	if (!(unit > 0))
		return rv_fail(error, RV_INVALID, "%s: %.32s: %s before it", prefix, word, missing);
	*seconds = count * unit;
	return *seconds <= longest ? RV_OK : refuse(word, prefix, error);
}

rv_status score_clock_length(const struct score_clock *clock, const char *word, const char *prefix,
                             double *seconds, rv_error *error)
{
	size_t length = strlen(word);
	char mark = length ? word[length - 1] : '\0';
	if (mark == 'b')
		return read_units(word, clock->beat, "beats need a line `tempo BEATS`", prefix,
		                  seconds, error);
	if (mark == 'f')
		return read_units(word, clock->frame, "frames need a line `rate FRAMES`", prefix,
		                  seconds, error);
	*seconds = text_read_time(word);
	return *seconds >= 0 ? RV_OK : refuse(word, prefix, error);
}

rv_status score_clock_moment(const struct score_clock *clock, const char *word, const char *prefix,
                             double *seconds, rv_error *error)
{
	rv_status status = score_clock_length(clock, word, prefix, seconds, error);
	if (status == RV_OK && word[strlen(word) - 1] == 'b')
		*seconds += clock->first_beat;
	return status;
}

rv_status score_clock_period(const struct score_clock *clock, const char *word, const char *prefix,
                             double *seconds, rv_error *error)
{
	rv_status status = score_clock_length(clock, word, prefix, seconds, error);
	if (status == RV_OK && *seconds < least_period)
		return rv_fail(error, RV_INVALID, "%s: %.32s is shorter than %g seconds", prefix,
		               word, least_period);
	return status;
}

rv_status score_clock_tempo(struct score_clock *clock, char *rest, const char *prefix,
                            rv_error *error)
{
	const char *number = text_take_word(&rest), *from = text_take_word(&rest);
	const char *time = text_take_word(&rest);
	double beats, first = 0;
	if (!text_read_positive(number, 1000, &beats) || rest[0] ||
	    (from[0] && strcmp(from, "from") != 0))
		return rv_fail(error, RV_INVALID,
		               "%s: it goes `tempo BEATS [from TIME], BEATS a minute`", prefix);
	rv_status status = from[0] ? score_clock_moment(clock, time, prefix, &first, error) : RV_OK;
	clock->beat = 60 / beats;
	clock->first_beat = first;
	return status;
}

/* A rate may be a fraction, as those of television are. */
rv_status score_clock_rate(struct score_clock *clock, char *rest, const char *prefix,
                           rv_error *error)
{
	const char *number = text_take_word(&rest);
	char *slash = strchr(number, '/');
	double frames, divisor = 1;
	if (slash)
		*slash = '\0';
	if (!text_read_positive(number, 1e6, &frames) || rest[0] ||
	    (slash && !text_read_positive(slash + 1, 1e6, &divisor)))
		return rv_fail(error, RV_INVALID,
		               "%s: it goes `rate FRAMES, a second, such as 25 or 30000/1001`",
		               prefix);
	clock->frame = divisor / frames;
	return RV_OK;
}
