/* The table of options: what every type reads, refuses and writes. */
#include "app/options/options.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/command/table.h"
#include "tests/support/test.h"

enum { WORDS_MAX = 16 };

/* Parses one line, split at blanks, over *options. */
static rv_status parse_over(struct options *options, const char *line, unsigned command,
                            rv_error *error)
{
	char copy[2048];
	char *words[WORDS_MAX + 1] = {NULL};
	int count = 0;
	snprintf(copy, sizeof(copy), "%s", line);
	for (char *word = strtok(copy, " "); word && count < WORDS_MAX; word = strtok(NULL, " "))
		words[count++] = word;
	return options_parse(options, count, words, command, error);
}

static rv_status parse(struct options *options, const char *line, rv_error *error)
{
	*options = options_default();
	return parse_over(options, line, COMMAND_DREAM, error);
}

/* Each line must be refused with RV_INVALID and exactly this message. */
static void expect_refusals(const char *const cases[][2])
{
	for (int i = 0; cases[i][0]; i++) {
		struct options options;
		rv_error error = {0};
		rv_status status = parse(&options, cases[i][0], &error);
		CHECK_MESSAGE(status == RV_INVALID, "%s: status %d", cases[i][0], status);
		CHECK_MESSAGE(!strcmp(error.message, cases[i][1]), "%s: \"%s\"", cases[i][0],
		              error.message);
	}
}

TEST(options_default_to_those_of_the_engine)
{
	struct options options = options_default();
	rv_params params = option_dream_params(&options.dream, "mixed7"),
		  expected = rv_params_default();
	CHECK(rv_params_equal(&params, &expected));
}

TEST(options_every_default_is_in_its_range)
{
	for (const struct option *option = option_table; option->name; option++) {
		struct options defaults = options_default(), copy = options_default();
		char text[OPTION_VALUE_LENGTH];
		rv_error error = {0};
		option_format(&defaults, option, text);
		if (text[0])
			CHECK_MESSAGE(!option_set(&copy, option, text, "", &error), "%s",
			              error.message);
		CHECK_MESSAGE(options_equal(&copy, &defaults), "%s", option->name);
	}
}

TEST(options_names_and_letters_are_unique)
{
	for (const struct option *a = option_table; a->name; a++) {
		CHECK_MESSAGE(option_find(a->name, a->commands) == a, "%s is there twice", a->name);
		for (const struct option *b = option_table; b < a; b++)
			CHECK_MESSAGE(!a->letter || a->letter != b->letter, "-%c is there twice",
			              a->letter);
	}
}

TEST(options_read_every_way_to_give_a_value)
{
	struct options options;
	rv_error error = {0};
	REQUIRE(!parse(&options,
	               "sky.jpg -o out.png --octaves 3 --octave-scale=1.5 --force "
	               "--objective winners --seed 18446744073709551615 --no-fuse",
	               &error));
	CHECK(!strcmp(options.call.operand, "sky.jpg"));
	CHECK(!strcmp(options.output.file, "out.png"));
	CHECK(options.dream.params.octaves == 3);
	CHECK(options.dream.params.octave_scale == 1.5f);
	CHECK(options.output.force && options.device.config.no_fuse && !options.call.quiet);
	CHECK(options.dream.params.objective == RV_OBJECTIVE_WINNERS);
	CHECK(options.dream.params.seed == UINT64_MAX);

	REQUIRE(!parse(&options, "-oout.png - --force=no -- ", &error));
	CHECK(!strcmp(options.call.operand, "-") && !strcmp(options.output.file, "out.png"));
	CHECK(!options.output.force);

	/* What stands alone leaves files and addresses behind it alone. */
	REQUIRE(!parse(&options, "--sphere tests", &error));
	CHECK(!strcmp(options.call.operand, "tests"));
	REQUIRE(!parse(&options, "--sphere gone.jpg", &error));
	CHECK(!strcmp(options.call.operand, "gone.jpg"));

	REQUIRE(!parse(&options, "-o out.png -- --odd.jpg", &error));
	CHECK(!strcmp(options.call.operand, "--odd.jpg"));
}

TEST(options_read_any_number_of_inputs_where_there_is_room)
{
	const char *inputs[WORDS_MAX + 1];
	struct options options = options_default();
	rv_error error = {0};
	static char *words[] = {"a.jpg",  "--octaves", "3",      "b.mp4", "-o",
	                        "dreams", "--",        "-c.png", NULL};
	options.call.inputs = inputs;
	REQUIRE(!options_parse(&options, 8, words, COMMAND_DREAM, &error));
	REQUIRE(options.call.input_count == 3);
	CHECK(!strcmp(options.call.operand, "a.jpg"));
	CHECK(!strcmp(options.output.file, "dreams"));
	static const char *const wanted[] = {"a.jpg", "b.mp4", "-c.png"};
	for (int i = 0; i < 3; i++)
		CHECK_MESSAGE(!strcmp(inputs[i], wanted[i]), "%s", inputs[i]);
}

TEST(options_choices_stand_for_the_engines_enums)
{
	struct options options;
	REQUIRE(!parse(&options, "--objective mean --normalise mean-abs --conv gemm", NULL));
	CHECK(options.dream.params.objective == RV_OBJECTIVE_MEAN);
	CHECK(options.dream.params.normalisation == RV_NORMALISE_MEAN_ABS);
	CHECK(options.device.config.convolution == RV_CONVOLUTION_GEMM);
	REQUIRE(!parse(&options, "--objective l2 --normalise deviation --conv winograd", NULL));
	CHECK(options.dream.params.objective == RV_OBJECTIVE_L2);
	CHECK(options.dream.params.normalisation == RV_NORMALISE_DEVIATION);
	CHECK(options.device.config.convolution == RV_CONVOLUTION_WINOGRAD);
	REQUIRE(!parse(&options,
	               "--normalise bands --conv direct --input-format unit "
	               "--kernels gpu",
	               NULL));
	CHECK(options.device.config.kernels == RV_KERNELS_GPU);
	CHECK(options.dream.params.normalisation == RV_NORMALISE_BANDS);
	CHECK(options.device.config.convolution == RV_CONVOLUTION_DIRECT);
	CHECK(!strcmp(option_input_formats[options.dream.network.input_format], "unit"));
}

TEST(options_read_sizes)
{
	struct options options;
	REQUIRE(!parse(&options, "--size 640x480", NULL));
	CHECK(options.output.size.width == 640 && options.output.size.height == 480);
	REQUIRE(!parse(&options, "--size 640x", NULL));
	CHECK(options.output.size.width == 640 && options.output.size.height == 0);
	REQUIRE(!parse(&options, "--size x480", NULL));
	CHECK(options.output.size.width == 0 && options.output.size.height == 480);
}

TEST(options_refuse_sizes)
{
	static const char *const cases[][2] = {
		{"--size 640", "--size: \"640\" is not a size such as 640x480, 640x or x480"},
		{"--size x", "--size: \"x\" is not a size such as 640x480, 640x or x480"},
		{"--size 6-4x48", "--size: \"6-4x48\" is not a size such as 640x480, 640x or x480"},
		{"--size -64x48", "--size: \"-64x48\" is not a size such as 640x480, 640x or x480"},
		{"--size 64x48x3",
	         "--size: \"64x48x3\" is not a size such as 640x480, 640x or x480"},
		{"--size 0x480", "--size: 0x480 is out of range (1 to 16384 pixels)"},
		{"--size 20000x1", "--size: 20000x1 is out of range (1 to 16384 pixels)"},
		{"--size 99999999999999999999x1",
	         "--size: 99999999999999999999x1 is out of range (1 to 16384 pixels)"},
		{NULL, NULL},
	};
	expect_refusals(cases);
}

TEST(options_refuse_numbers)
{
	static const char *const cases[][2] = {
		{"--octaves 12abc", "--octaves: \"12abc\" is not a whole number (1 to 16)"},
		{"--octaves 2.5", "--octaves: \"2.5\" is not a whole number (1 to 16)"},
		{"--octaves 99", "--octaves: 99 is out of range (1 to 16)"},
		{"--octaves -1", "--octaves: -1 is out of range (1 to 16)"},
		{"--octaves=", "--octaves: \"\" is not a whole number (1 to 16)"},
		{"--octaves 99999999999999999999",
	         "--octaves: 99999999999999999999 is out of range (1 to 16)"},
		{"--step nan", "--step: \"nan\" is not a number (0 to 1)"},
		{"--step inf", "--step: \"inf\" is not a number (0 to 1)"},
		{"--step -0.5", "--step: -0.5 is out of range (0 to 1)"},
		{"--step 1e999", "--step: 1e999 is out of range (0 to 1)"},
		{"--step 0x1", "--step: \"0x1\" is not a number (0 to 1)"},
		{"--step --jitter", "--step: \"--jitter\" is not a number (0 to 1)"},
		{"--winner-window 4",
	         "--winner-window: \"4\" is not odd (1 to 9 layer pixels, odd)"},
		{"--seed -1", "--seed: \"-1\" is not a whole number (0 to 18446744073709551615)"},
		{"--seed 18446744073709551616",
	         "--seed: 18446744073709551616 is out of range (0 to 18446744073709551615)"},
		{NULL, NULL},
	};
	expect_refusals(cases);
}

TEST(options_refuse_what_is_unknown_or_incomplete)
{
	static const char *const cases[][2] = {
		{"--octave 3", "--octave: no such option; did you mean --octaves?"},
		{"--Octaves=3", "--Octaves=3: no such option; did you mean --octaves?"},
		{"--normalize bands", "--normalize: no such option; did you mean --normalise?"},
		{"--xyzzyx", "--xyzzyx: no such option; --help lists them"},
		{"-z", "-z: no such option; --help lists them"},
		{"--runs 3", "--runs is not an option of this command"},
		{"--output", "--output needs a value: --output FILE"},
		{"-o --force", "--output needs a value: --output FILE"},
		{"-o x --output=", "--output: an empty FILE"},
		{"--force=maybe", "--force: \"maybe\" is not yes or no"},
		{"--time of", "--time: \"of\" is none of off, on"},
		{"--sphere yes", "--sphere: \"yes\" is none of auto, on, off"},
		{"--objective max", "--objective: \"max\" is none of l2, mean, winners"},
		{"a.jpg b.jpg", "b.jpg: one input at a time, and there is a.jpg"},
		{NULL, NULL},
	};
	expect_refusals(cases);
}

TEST(options_read_layers_with_weights)
{
	struct options options;
	REQUIRE(!parse(&options, "--layer mixed3:2,mixed5,concat:0,mixed7:-0.5", NULL));
	CHECK(options.dream.layers.count == 4);
	CHECK(!strcmp(options.dream.layers.list[0].name, "mixed3"));
	CHECK(options.dream.layers.list[0].weight == 2);
	CHECK(options.dream.layers.list[1].weight == 1);
	CHECK(!strcmp(options.dream.layers.list[2].name, "concat:0"));
	CHECK(options.dream.layers.list[3].weight == -0.5f);
}

TEST(options_refuse_lists)
{
	static const char *const cases[][2] = {
		{"--layer a,,b", "--layer: \"a,,b\" is not a list such as mixed3:1,mixed5:0.5"},
		{"--layer a,", "--layer: \"a,\" is not a list such as mixed3:1,mixed5:0.5"},
		{"--layer=", "--layer: \"\" is not a list such as mixed3:1,mixed5:0.5"},
		{"--layer :2", "--layer: \":2\" is not a list such as mixed3:1,mixed5:0.5"},
		{"--layer a:1e9", "--layer: weight 1e9 is out of range (0.001 to 1000)"},
		{"--layer a,b,c,d,e,f,g,h,i", "--layer: more than 8 layers"},
		{"--channels 1,,2",
	         "--channels: \"1,,2\" is not a list such as 11,40 (0 to 65535)"},
		{"--channels -3", "--channels: -3 is out of range (0 to 65535)"},
		{"--channels 3,x", "--channels: \"x\" is no number of a channel and no name of "
	                           "one; `reverie atlas` shows their numbers"},
		{"--channels 3,5,3", "--channels: 3 is named twice"},
		{NULL, NULL},
	};
	expect_refusals(cases);
}

TEST(options_channels_go_to_every_layer)
{
	struct options options;
	REQUIRE(!parse(&options, "--layer mixed3:2,mixed5 --channels 11,40", NULL));
	rv_params params = option_dream_params(&options.dream, "mixed7");
	REQUIRE(params.target_count == 2);
	CHECK(!strcmp(params.targets[1].layer, "mixed5") && params.targets[0].weight == 2);
	for (int i = 0; i < 2; i++)
		CHECK(params.targets[i].channel_count == 2 && params.targets[i].channels[1] == 40);
}

TEST(options_channels_alone_choose_from_the_default_layer)
{
	struct options options;
	REQUIRE(!parse(&options, "--channels 11", NULL));
	rv_params params = option_dream_params(&options.dream, "mixed7");
	REQUIRE(params.target_count == 1);
	CHECK(!strcmp(params.targets[0].layer, "mixed7") && params.targets[0].weight == 1);
	CHECK(params.targets[0].channel_count == 1 && params.targets[0].channels[0] == 11);
}

TEST(options_cache_becomes_configuration)
{
	struct options options;
	REQUIRE(!parse(&options, "--device 2", NULL));
	CHECK(option_device_config(&options.device).cache_directory == NULL);
	CHECK(option_device_config(&options.device).device == 2);
	REQUIRE(!parse(&options, "--cache here", NULL));
	CHECK(!strcmp(option_device_config(&options.device).cache_directory, "here"));
	REQUIRE(!parse(&options, "--cache here --no-cache", NULL));
	CHECK(!strcmp(option_device_config(&options.device).cache_directory, ""));
}

/* Every value in a list of texts is read, written, and read again to the same value. */
TEST(options_write_what_they_read)
{
	static const char *const values[][2] = {
		{"layer", "mixed3:0.3333333,mixed5,mixed7:-2"},
		{"channels", "0,11,65535"},
		{"objective", "winners"},
		{"octave-scale", "1.0500001"},
		{"step", "0.123456789"},
		{"seed", "18446744073709551615"},
		{"size", "640x"},
		{"size", "x480"},
		{"size", "640x480"},
		{"force", "yes"},
		{"model", "my # net.onnx"},
		{NULL, NULL},
	};
	for (int i = 0; values[i][0]; i++) {
		const struct option *option = option_find(values[i][0], COMMAND_ANY);
		struct options first = options_default(), second = options_default();
		char text[OPTION_VALUE_LENGTH];
		REQUIRE(option);
		CHECK(!option_set(&first, option, values[i][1], "", NULL));
		option_format(&first, option, text);
		CHECK(!option_set(&second, option, text, "", NULL));
		CHECK_MESSAGE(options_equal(&first, &second), "%s: %s became %s", values[i][0],
		              values[i][1], text);
	}
}

TEST(options_survive_words_of_any_length)
{
	struct options options = options_default();
	char word[4000];
	char *words[] = {word, word, NULL};
	rv_error error = {0};
	memset(word, 'x', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	CHECK(options_parse(&options, 2, words, COMMAND_DREAM, &error) == RV_INVALID);
	memcpy(word, "--", 2);
	CHECK(options_parse(&options, 2, words, COMMAND_DREAM, &error) == RV_INVALID);
	memcpy(word, "--model=", 8);
	CHECK(options_parse(&options, 1, words, COMMAND_DREAM, &error) == RV_INVALID);
	CHECK(!strcmp(error.message, "--model: longer than 1023 bytes"));
	memcpy(word, "--layer=", 8);
	CHECK(options_parse(&options, 1, words, COMMAND_DREAM, &error) == RV_INVALID);
	memcpy(word, "--octaves=", 10);
	CHECK(options_parse(&options, 1, words, COMMAND_DREAM, &error) == RV_INVALID);
}

/* ---- the texts ---- */

static char *print_to_text(void (*print)(FILE *file))
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);
	if (!file)
		return NULL;
	print(file);
	fclose(file);
	return text;
}

static void print_help(FILE *file)
{
	options_print_help(file, "reverie", command_table, command_table);
}

static void print_man(FILE *file)
{
	options_print_man(file, command_table);
}

static bool is_on_a_line_of_its_own(const char *text, const char *name)
{
	char usage[64];
	snprintf(usage, sizeof(usage), "--%s ", name);
	const char *found = strstr(text, usage);
	while (found && found[-1] != ' ')
		found = strstr(found + 1, usage);
	return found;
}

/* Options of reverie-bench alone are not in the help of reverie. */
TEST(options_help_lists_every_option_in_lines_that_fit)
{
	char *text = print_to_text(print_help);
	REQUIRE(text);
	for (const struct option *option = option_table; option->name; option++)
		CHECK_MESSAGE(is_on_a_line_of_its_own(text, option->name) ==
		                      (option->commands != COMMAND_BENCH),
		              "--%s", option->name);
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
		CHECK_MESSAGE(strcspn(line, "\n") <= 100, "too long: %.100s", line);
	CHECK(strstr(text, "default: 1.4") && strstr(text, "1.05 to 4"));
	CHECK(strstr(text, "Examples\n"));
	free(text);
}

TEST(options_man_page_lists_every_option_with_its_hyphens_escaped)
{
	char *text = print_to_text(print_man);
	REQUIRE(text);
	CHECK(!strncmp(text, ".TH REVERIE 1", 13));
	CHECK(strstr(text, "\\fB\\-\\-octave\\-scale\\fR \\fIFACTOR\\fR"));
	CHECK(strstr(text, "\\fB\\-o\\fR, \\fB\\-\\-output\\fR"));
	CHECK(strstr(text, "A change makes a new memory plan."));
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
		CHECK_MESSAGE(line[0] != '\'', "a line begins with a quote: %.60s", line);
	free(text);
}

TEST(options_of_a_command_are_its_own)
{
	struct options options = options_default();
	rv_error error = {0};
	CHECK(!parse_over(&options, "a.png b.png --layer mixed5 --runs 3", COMMAND_BENCH, &error));
	CHECK(options.call.runs == 3 && !strcmp(options.call.operand, "a.png"));
	CHECK(!strcmp(options.call.second, "b.png"));
	CHECK(parse_over(&options, "--octaves 3", COMMAND_INSPECT, &error) == RV_INVALID);
	CHECK(!strcmp(error.message, "--octaves is not an option of this command"));
	const struct command commands[] = {{"old", "old FILE", NULL, COMMAND_DREAM, NULL},
	                                   {"flow", "flow A B", "motion", COMMAND_FLOW, NULL},
	                                   {"", "IN -o OUT", "dreams", COMMAND_DREAM, NULL},
	                                   {.name = NULL}};
	options.call.commands = commands;
	options.call.program = "dreamer";
	CHECK(parse_over(&options, "--octaves 3", COMMAND_INSPECT, &error) == RV_INVALID);
	CHECK(!strcmp(error.message,
	              "--octaves is not an option of this command, but of `dreamer IN -o OUT`"));
}

TEST(options_leave_room_on_the_disk_unless_told_otherwise)
{
	struct options options = options_default();
	CHECK(options.live.keep_free == (uint64_t)1 << 30);
	CHECK(options.device.config.memory_limit == 0);
	CHECK(!option_set(&options, option_find("keep-free", COMMAND_LIVE), "0", "", NULL));
	CHECK(options.live.keep_free == 0);
}
