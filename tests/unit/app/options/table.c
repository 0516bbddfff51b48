/* What holds for every option of the table: what it reads, prints, compares and refuses, and that a
 * preset holds the dream part and no other. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "app/options/options.h"
#include "app/options/preset.h"
#include "tests/support/test.h"

/* Texts among which every type finds one that is not its default. */
static const char *const samples[] = {"yes",  "2",     "3",    "5",       "0.25",
                                      "64MB", "32x48", "some", "layer a", NULL};

/* Gives the option another value than it has. */
static bool change(const struct option *option, void *value)
{
	static char before[sizeof(struct options)], after[sizeof(struct options)];
	char why[OPTION_REASON_LENGTH];
	const char *const *choices = option_choices(option);
	const char *const *texts = option->type->is_choice ? choices : samples;
	memcpy(before, value, option->type->size);
	for (int i = 0; texts[i]; i++) {
		memcpy(after, before, option->type->size);
		if (!option->type->parse(option, texts[i], after, why) ||
		    option->type->equal(before, after))
			continue;
		memcpy(value, after, option->type->size);
		return true;
	}
	return false;
}

TEST(options_that_differ_in_one_are_not_equal)
{
	static struct options a, b;
	for (const struct option *option = option_table; option->name; option++) {
		a = b = options_default();
		CHECK(options_equal(&a, &b) && option_dream_equal(&a.dream, &b.dream));
		CHECK_MESSAGE(change(option, option_place(&b, option)), "--%s", option->name);
		CHECK_MESSAGE(!options_equal(&a, &b), "--%s", option->name);
		CHECK_MESSAGE(option_dream_equal(&a.dream, &b.dream) != option_in_dream(option),
		              "--%s", option->name);
	}
	a = b = options_default();
	strcpy(b.call.operand, "x");
	CHECK(!options_equal(&a, &b));
	a = b = options_default();
	strcpy(b.call.second, "x");
	CHECK(!options_equal(&a, &b));
}

/* Fields of rv_params that are no options, too. */
TEST(options_that_differ_in_one_field_of_the_engines_are_not_equal)
{
	struct option_dream a = option_dream_default();
	for (int i = 0; i < RV_PARAM_COUNT; i++) {
		struct option_dream b = a;
		*((char *)&b.params + rv_param_table[i].offset) ^= 1;
		CHECK_MESSAGE(!option_dream_equal(&a, &b), "%s", rv_param_table[i].name);
	}
}

TEST(options_parts_of_a_list_are_compared)
{
	struct option_dream a = option_dream_default(), b;
	a.layers.count = 1;
	strcpy(a.layers.list[0].name, "mixed3");
	a.layers.list[0].weight = 1;
	a.channels = (struct option_channels){.count = 1, .list = {5}};
	b = a, b.layers.list[0].weight = 2;
	CHECK(!option_dream_equal(&a, &b));
	b = a, b.layers.list[0].name[0] = 'M';
	CHECK(!option_dream_equal(&a, &b));
	b = a, b.channels.list[0] = 6;
	CHECK(!option_dream_equal(&a, &b));
	b = a, b.channels.list[1] = 6, b.layers.list[1].weight = 6; /* beyond what is counted */
	CHECK(option_dream_equal(&a, &b));
}

/* What is printed is read back as the same value. */
static bool round_trips(const struct option *option, const void *value)
{
	static char copy[sizeof(struct options)];
	char text[OPTION_VALUE_LENGTH], why[OPTION_REASON_LENGTH];
	memset(copy, 0, sizeof(copy));
	option_print(option, value, text);
	return option->type->parse(option, text, copy, why) && option->type->equal(value, copy);
}

TEST(options_print_what_they_read)
{
	static struct options options;
	for (const struct option *option = option_table; option->name; option++) {
		const struct option_type *type = option->type;
		options = options_default();
		void *value = option_place(&options, option);
		REQUIRE(change(option, value));
		CHECK_MESSAGE(round_trips(option, value), "--%s", option->name);
		if (!type->number || type->is_choice)
			continue;
		type->put_number(value, option->range->minimum);
		CHECK_MESSAGE(round_trips(option, value) || type == &option_type_number,
		              "least --%s", option->name);
		type->put_number(value, option->range->maximum);
		CHECK_MESSAGE(round_trips(option, value), "most --%s", option->name);
	}
}

TEST(options_print_every_choice_and_read_it_again)
{
	static struct options options;
	for (const struct option *option = option_table; option->name; option++) {
		void *value = option_place(&options, option);
		for (int i = 0; option->type->is_choice && i < option_choice_count(option); i++) {
			option->type->put_number(value, i);
			CHECK(option->type->number(value) == i);
			CHECK_MESSAGE(round_trips(option, value), "--%s %d", option->name, i);
		}
	}
}

/* The message is one line that names the option and the whole range. */
static void expect_refusal(const struct option *option, const char *text)
{
	static struct options options;
	char range[OPTION_VALUE_LENGTH], name[64];
	rv_error error = {0};
	options = options_default();
	option_format_range(option, range);
	snprintf(name, sizeof(name), "--%s: ", option->name);
	CHECK_MESSAGE(option_set(&options, option, text, "--", &error) == RV_INVALID, "%s%s", name,
	              text);
	CHECK_MESSAGE(!strncmp(error.message, name, strlen(name)), "%s", error.message);
	CHECK_MESSAGE(strstr(error.message, range) && !strchr(error.message, '\n'), "%s: %s", range,
	              error.message);
	struct options usual = options_default();
	CHECK(options_equal(&options, &usual));
}

TEST(options_out_of_range_are_refused_with_the_range)
{
	for (const struct option *option = option_table; option->name; option++) {
		const rv_range *range = option->range;
		char low[64], high[64];
		bool is_size = option->type == &option_type_size;
		bool is_number = option->type->number && !option->type->is_choice;
		if (option->type->is_choice)
			expect_refusal(option, "no-such-choice");
		if (!is_number && !is_size && option->type != &option_type_channels)
			continue;
		snprintf(low, sizeof(low), is_size ? "%.9gx5" : "%.9g",
		         range->minimum -
		                 (is_size ? 1
		                          : 0.5 + 0.5 * (range->minimum == floor(range->minimum))));
		snprintf(high, sizeof(high), is_size ? "5x%.9g" : "%.9g", range->maximum + 1);
		expect_refusal(option, low);
		expect_refusal(option, high);
	}
}

TEST(options_default_to_what_the_ranges_say)
{
	struct options options = options_default();
	for (const struct option *option = option_table; option->name; option++) {
		const struct option_type *type = option->type;
		CHECK_MESSAGE(option->range && option->range->help && option->range->help[0],
		              "--%s", option->name);
		if (!type->number)
			continue;
		double number = type->number(option_value(&options, option));
		bool same = type == &option_type_number
		                    ? (float)number == (float)option->range->standard
		                    : number == option->range->standard;
		CHECK_MESSAGE(same, "--%s", option->name);
	}
}

/* ---- presets ---- */

TEST(preset_refuses_what_is_no_part_of_the_dream)
{
	for (const struct option *option = option_table; option->name; option++) {
		struct option_dream dream = option_dream_default(), usual = dream;
		struct options options = options_default();
		char line[OPTION_VALUE_LENGTH + 64], value[OPTION_VALUE_LENGTH];
		rv_error error = {0};
		REQUIRE(change(option, option_place(&options, option)));
		option_format(&options, option, value);
		snprintf(line, sizeof(line), "%s = %s", option->name, value);
		rv_status status = preset_parse(&dream, "p", line, strlen(line), &error);
		CHECK_MESSAGE((status == RV_OK) == option_in_dream(option), "%s: %s", line,
		              error.message);
		CHECK_MESSAGE(option_dream_equal(&dream, &usual) != option_in_dream(option), "%s",
		              line);
	}
}
