#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/options/type.h"

/* ---- reading ---- */

/* strtod() and strtol() also take blanks, hexadecimal, "inf" and "nan"; options do not. */
static bool looks_like_number(const char *text, bool fraction)
{
	size_t length = strlen(text);
	return length > 0 && length < 64 &&
	       strspn(text, fraction ? "0123456789+-.eE" : "0123456789+-") == length;
}

bool option_read_whole(const char *text, long long *value)
{
	char *end;
	if (!looks_like_number(text, false))
		return false;
	errno = 0;
	*value = strtoll(text, &end, 10); /* saturates, so that a range check still refuses it */
	return end != text && *end == '\0';
}

bool option_read_number(const char *text, double *value)
{
	char *end;
	if (!looks_like_number(text, true))
		return false;
	*value = strtod(text, &end);
	return end != text && *end == '\0';
}

/* The shortest text that is read back as the same float. */
void option_write_number(double value, char *text, size_t capacity)
{
	for (int digits = 6; digits <= 9; digits++) {
		snprintf(text, capacity, "%.*g", digits, value);
		if (strtof(text, NULL) == (float)value)
			return;
	}
}

/* ---- whole numbers ---- */

/* The least numbers of an option that names them are not given as numbers. */
static double least_number(const struct option *option)
{
	return option->range->minimum + option_choice_count(option);
}

bool option_parse_whole(const struct option *option, const char *text, void *value,
                        char why[OPTION_REASON_LENGTH])
{
	long long number;
	int *place = value;
	for (int i = 0; i < option_choice_count(option); i++) {
		if (strcmp(option->choices[i], text))
			continue;
		*place = (int)option->range->minimum + i;
		return true;
	}
	if (!option_read_whole(text, &number))
		return option_refuse_kind(option, text, "a whole number", why);
	if (number < least_number(option) || number > option->range->maximum)
		return option_refuse_range(option, text, why);
	if (option->range->odd && number % 2 == 0)
		return option_refuse_kind(option, text, "odd", why);
	*place = (int)number;
	return true;
}

static void print_whole(const struct option *option, const void *value,
                        char text[OPTION_VALUE_LENGTH])
{
	const int *number = value;
	int name = *number - (int)option->range->minimum;
	if (name >= 0 && name < option_choice_count(option))
		strcpy(text, option->choices[name]);
	else
		snprintf(text, OPTION_VALUE_LENGTH, "%d", *number);
}

void option_print_numbers(const struct option *option, char text[OPTION_VALUE_LENGTH])
{
	const rv_range *range = option->range;
	option_print_choices(option, text);
	size_t used = strlen(text);
	snprintf(text + used, OPTION_VALUE_LENGTH - used, "%s%.7g to %.7g%s%s%s", used ? ", " : "",
	         least_number(option), range->maximum, range->unit ? " " : "",
	         range->unit ? range->unit : "", range->odd ? ", odd" : "");
}

static bool same_whole(const void *a, const void *b)
{
	return *(const int *)a == *(const int *)b;
}

static double number_of_whole(const void *value)
{
	return *(const int *)value;
}

static void put_whole(void *value, double number)
{
	*(int *)value = (int)number;
}

const struct option_type option_type_whole = {
	.size = sizeof(int),
	.parse = option_parse_whole,
	.print = print_whole,
	.equal = same_whole,
	.print_range = option_print_numbers,
	.number = number_of_whole,
	.put_number = put_whole,
};

/* ---- numbers with a fraction ---- */

static bool parse_number(const struct option *option, const char *text, void *value,
                         char why[OPTION_REASON_LENGTH])
{
	double number;
	float *place = value;
	if (!option_read_number(text, &number))
		return option_refuse_kind(option, text, "a number", why);
	if (!(number >= option->range->minimum && number <= option->range->maximum))
		return option_refuse_range(option, text, why);
	*place = (float)number;
	return true;
}

static void print_number(const struct option *option, const void *value,
                         char text[OPTION_VALUE_LENGTH])
{
	(void)option;
	option_write_number((double)*(const float *)value, text, OPTION_VALUE_LENGTH);
}

static bool same_number(const void *a, const void *b)
{
	return *(const float *)a == *(const float *)b;
}

static double number_of_number(const void *value)
{
	return (double)*(const float *)value;
}

static void put_number(void *value, double number)
{
	*(float *)value = (float)number;
}

const struct option_type option_type_number = {
	.size = sizeof(float),
	.parse = parse_number,
	.print = print_number,
	.equal = same_number,
	.print_range = option_print_numbers,
	.number = number_of_number,
	.put_number = put_number,
};

/* ---- seeds ---- */

static bool parse_seed(const struct option *option, const char *text, void *value,
                       char why[OPTION_REASON_LENGTH])
{
	char *end;
	uint64_t *place = value;
	errno = 0;
	/* strtoull() would take "-1" and turn it around. */
	unsigned long long seed = isdigit((unsigned char)text[0]) ? strtoull(text, &end, 10) : 0;
	if (!isdigit((unsigned char)text[0]) || *end != '\0')
		return option_refuse_kind(option, text, "a whole number", why);
	if (errno == ERANGE)
		return option_refuse_range(option, text, why);
	*place = seed;
	return true;
}

static void print_seed(const struct option *option, const void *value,
                       char text[OPTION_VALUE_LENGTH])
{
	const uint64_t *seed = value;
	(void)option;
	snprintf(text, OPTION_VALUE_LENGTH, "%llu", (unsigned long long)*seed);
}

static bool same_seed(const void *a, const void *b)
{
	return *(const uint64_t *)a == *(const uint64_t *)b;
}

/* A double would not show the last one exactly. */
static void print_seed_range(const struct option *option, char text[OPTION_VALUE_LENGTH])
{
	(void)option;
	snprintf(text, OPTION_VALUE_LENGTH, "0 to %llu", (unsigned long long)UINT64_MAX);
}

const struct option_type option_type_seed = {
	.size = sizeof(uint64_t),
	.parse = parse_seed,
	.print = print_seed,
	.equal = same_seed,
	.print_range = print_seed_range,
};

/* ---- sizes of memory ---- */

static const char memory_example[] = "a size of memory such as 1500MB or 2GB";

static const struct {
	const char *end;
	uint64_t bytes;
} byte_units[] = {{"GB", 1 << 30}, {"MB", 1 << 20}, {"KB", 1 << 10}, {"", 1}};

/* The unit that text ends with; the last one, of bytes, ends every text. */
static size_t byte_unit(const char *text, size_t length)
{
	size_t i = 0, end;
	while ((end = strlen(byte_units[i].end)) > length ||
	       strcasecmp(text + length - end, byte_units[i].end))
		i++;
	return i;
}

static bool parse_bytes(const struct option *option, const char *text, void *value,
                        char why[OPTION_REASON_LENGTH])
{
	char digits[32];
	double number;
	uint64_t *place = value;
	size_t length = strlen(text), unit = byte_unit(text, length);
	length -= strlen(byte_units[unit].end);
	if (length >= sizeof(digits) || !isdigit((unsigned char)text[0]))
		return option_refuse_kind(option, text, memory_example, why);
	memcpy(digits, text, length);
	digits[length] = '\0';
	if (!option_read_number(digits, &number))
		return option_refuse_kind(option, text, memory_example, why);
	number *= (double)byte_units[unit].bytes;
	if (number < option->range->minimum || number > option->range->maximum)
		return option_refuse_range(option, text, why);
	*place = (uint64_t)number;
	return true;
}

/* In the largest unit that says it exactly. */
static void write_bytes(uint64_t bytes, char *text)
{
	size_t unit = 0;
	while (bytes % byte_units[unit].bytes)
		unit++;
	snprintf(text, OPTION_VALUE_LENGTH, "%llu%s",
	         (unsigned long long)(bytes / byte_units[unit].bytes), byte_units[unit].end);
}

static void print_bytes(const struct option *option, const void *value,
                        char text[OPTION_VALUE_LENGTH])
{
	const uint64_t *bytes = value;
	(void)option;
	if (*bytes)
		write_bytes(*bytes, text);
}

static void print_byte_range(const struct option *option, char text[OPTION_VALUE_LENGTH])
{
	char low[OPTION_VALUE_LENGTH], high[OPTION_VALUE_LENGTH];
	write_bytes((uint64_t)option->range->minimum, low);
	write_bytes((uint64_t)option->range->maximum, high);
	snprintf(text, OPTION_VALUE_LENGTH, "%.32s to %.32s", low, high);
}

static void put_bytes(void *value, double number)
{
	*(uint64_t *)value = (uint64_t)number;
}

const struct option_type option_type_bytes = {
	.size = sizeof(uint64_t),
	.parse = parse_bytes,
	.print = print_bytes,
	.equal = same_seed,
	.print_range = print_byte_range,
	.put_number = put_bytes,
};
