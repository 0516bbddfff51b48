/* The program reverie-bench: how fast, and how large, the engine is. */
#include "app/command/program.h"
#include "app/media/libav.h"
#include "tests/bench/bench.h"

static rv_status refuse_nothing(const struct options *options, rv_error *error)
{
	(void)options;
	return rv_fail(error, RV_INVALID,
	               "what is to be measured? reverie-bench step, dream, warm, time CLIP, "
	               "depth CLIP, flow A B, conv, startup, memory or profile");
}

static const struct command benches[] = {
	{"", "WHAT", "Measures the engine, and prints lines of NAME=VALUE.", COMMAND_BENCH,
         refuse_nothing},
	{"step", "step", "one gradient step", COMMAND_BENCH, bench_step},
	{"dream", "dream", "a whole picture", COMMAND_BENCH, bench_dream},
	{"warm", "warm", "a frame that inherits the dream of the last one", COMMAND_BENCH,
         bench_warm},
	{"time", "time CLIP", "cost, strength and flicker of a dream that goes on", COMMAND_BENCH,
         bench_time},
	{"depth", "depth CLIP", "what the network sees in each frame of a clip", COMMAND_BENCH,
         bench_depth},
	{"flow", "flow A B", "motion from one picture to another", COMMAND_BENCH, bench_flow},
	{"conv", "conv", "every way to do every convolution", COMMAND_BENCH, bench_convolutions},
	{"startup", "startup", "a new process, until its first step is done", COMMAND_BENCH,
         bench_startup},
	{"memory", "memory", "what is planned, and the peak of the process", COMMAND_BENCH,
         bench_memory},
	{"profile", "profile", "where the time of a step goes", COMMAND_BENCH, bench_profile},
	{"first-step", "first-step", NULL, COMMAND_BENCH, bench_first_step},
	{NULL, NULL, NULL, 0, NULL},
};

int main(int count, char **words)
{
	const struct program bench = {.name = "reverie-bench",
	                              .commands = benches,
	                              .usual = "",
	                              .take_log = libav_take_log};
	return program_run(&bench, count, words);
}
