/* The bundle's reverie-bench. */
#include "app/command/program.h"
#include "tests/bench/bench.h"
#include "tests/bundle/bundle.h"

static rv_status refuse_nothing(const struct options *options, rv_error *error)
{
	(void)options;
	return rv_fail(error, RV_INVALID,
	               "what is to be measured? reverie-bench step, dream, warm, conv, memory, "
	               "profile, devices, keep FOLDER or check FOLDER");
}

static const struct command commands[] = {
	{"", "WHAT", "Measures the engine, and prints lines of NAME=VALUE.", COMMAND_BENCH,
         refuse_nothing},
	{"step", "step", "one gradient step", COMMAND_BENCH, bench_step},
	{"dream", "dream", "a whole picture", COMMAND_BENCH, bench_dream},
	{"warm", "warm", "a frame that inherits a dream", COMMAND_BENCH, bench_warm},
	{"conv", "conv", "every way to do every convolution", COMMAND_BENCH, bench_convolutions},
	{"memory", "memory", "what is planned, and the peak of the process", COMMAND_BENCH,
         bench_memory},
	{"profile", "profile", "where the time of a step goes", COMMAND_BENCH, bench_profile},
	{"devices", "devices", "the devices there are", COMMAND_BENCH, bundle_devices},
	{"keep", "keep FOLDER", "writes a layer's activation and gradient", COMMAND_BENCH,
         bundle_keep},
	{"check", "check FOLDER", "compares them with those that were kept", COMMAND_BENCH,
         bundle_check},
	{NULL, NULL, NULL, 0, NULL},
};

int main(int count, char **words)
{
	const struct program bench = {.name = "reverie-bench", .commands = commands, .usual = ""};
	return program_run(&bench, count, words);
}
