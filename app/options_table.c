/* The table of all options: see options.h. */
#include "options.h"

#include "app/job.h"

enum {
	DREAM = COMMAND_DREAM,
	ENGINE = COMMAND_DREAM | COMMAND_TUNE | COMMAND_BENCH | COMMAND_INSPECT | COMMAND_KERNELS,
	MODEL = COMMAND_DREAM | COMMAND_TUNE | COMMAND_BENCH | COMMAND_INSPECT | COMMAND_LAYERS,
	TIMED = COMMAND_TUNE | COMMAND_BENCH,
	WRITING = COMMAND_DREAM | COMMAND_INSPECT,
};

#define PLACE(member) .place = offsetof(struct options, member)
#define RANGE(low, high) .minimum = (low), .maximum = (high)

/* Of --memory-limit, bytes: less holds no network, more is out of this world. */
#define MEMORY_LEAST (64.0 * 1024 * 1024)
#define MEMORY_MOST (1024.0 * 1024 * 1024 * 1024)

/* The order of each list is that of the enum it stands for. */
static const char *const objectives[] = {"l2", "mean", "winners", NULL};
static const char *const normalisations[] = {"bands", "deviation", "mean-abs", NULL};
static const char *const convolutions[] = {"auto", "direct", "winograd", "gemm", NULL};
static const char *const kernels[] = {"auto", "cpu", "gpu", NULL};
const char *const option_input_formats[] = {"file", "caffe-bgr", "imagenet",
                                            "unit", "signed",    NULL};

const char *const option_group_titles[OPTION_GROUP_COUNT] = {
	[OPTION_GROUP_DREAM] = "The dream",          [OPTION_GROUP_PRESET] = "Presets",
	[OPTION_GROUP_OUTPUT] = "Picture and video", [OPTION_GROUP_NETWORK] = "The network",
	[OPTION_GROUP_DEVICE] = "The device",        [OPTION_GROUP_MEASURE] = "Measuring",
	[OPTION_GROUP_PROGRAM] = "The program",
};

/* One entry, a few lines: what it is; where it lives and what it may be; what a person reads. */
/* clang-format off */
const struct option option_table[] = {
	/* The dream. */
	{.name = "layer", .type = OPTION_LAYERS, .group = OPTION_GROUP_DREAM,
	 .cost = OPTION_REBUILD, .commands = DREAM | TIMED | COMMAND_INSPECT, PLACE(layers),
	 .metavar = "NAME[:WEIGHT],...", .unset = "the network's own choice",
	 .help = "layers to dream of; below 0, a weight quiets its layer"},
	{.name = "channels", .type = OPTION_CHANNELS, .group = OPTION_GROUP_DREAM,
	 .cost = OPTION_LIVE, .commands = DREAM, PLACE(channels), RANGE(0, 65535),
	 .metavar = "N,...", .unset = "all",
	 .help = "channels of those layers to dream of"},
	{.name = "objective", .type = OPTION_CHOICE, .group = OPTION_GROUP_DREAM,
	 .cost = OPTION_LIVE, .commands = DREAM, PLACE(params.objective), .choices = objectives,
	 .metavar = "NAME",
	 .help = "raise the mean square, the mean, or the strongest of each place"},
	{.name = "winners", .type = OPTION_WHOLE, .group = OPTION_GROUP_DREAM,
	 .cost = OPTION_LIVE, .commands = DREAM, PLACE(params.winners), RANGE(1, 16),
	 .metavar = "N", .unit = "channels",
	 .help = "how many channels win at each place"},
	{.name = "winner-window", .type = OPTION_WHOLE, .group = OPTION_GROUP_DREAM,
	 .cost = OPTION_LIVE, .commands = DREAM, PLACE(params.winner_window), RANGE(1, 9),
	 .odd = true,
	 .metavar = "N", .unit = "layer pixels",
	 .help = "side of the square they compete over"},
	{.name = "normalise", .type = OPTION_CHOICE, .group = OPTION_GROUP_DREAM,
	 .cost = OPTION_LIVE, .commands = DREAM, PLACE(params.normalisation),
	 .choices = normalisations,
	 .metavar = "NAME",
	 .help = "divide the gradient by the RMS of each band, or as a whole"},
	{.name = "octaves", .type = OPTION_WHOLE, .group = OPTION_GROUP_DREAM,
	 .cost = OPTION_REPLAN, .commands = DREAM | COMMAND_TUNE, PLACE(params.octaves),
	 RANGE(1, RV_OCTAVES_MAX),
	 .metavar = "N",
	 .help = "sizes of the picture that are dreamed, smallest first"},
	{.name = "octave-scale", .type = OPTION_NUMBER, .group = OPTION_GROUP_DREAM,
	 .cost = OPTION_REPLAN, .commands = DREAM | COMMAND_TUNE, PLACE(params.octave_scale),
	 RANGE(1.05, 4),
	 .metavar = "FACTOR",
	 .help = "how much larger each octave is than the one before"},
	{.name = "iterations", .type = OPTION_WHOLE, .group = OPTION_GROUP_DREAM,
	 .cost = OPTION_LIVE, .commands = DREAM, PLACE(params.iterations), RANGE(1, 1000),
	 .metavar = "N",
	 .help = "gradient steps in each octave"},
	{.name = "step", .type = OPTION_NUMBER, .group = OPTION_GROUP_DREAM,
	 .cost = OPTION_LIVE, .commands = DREAM, PLACE(params.step), RANGE(0, 1),
	 .metavar = "LENGTH",
	 .help = "length of a step, RMS, on a picture that spans -1 to 1"},
	{.name = "jitter", .type = OPTION_WHOLE, .group = OPTION_GROUP_DREAM,
	 .cost = OPTION_LIVE, .commands = DREAM, PLACE(params.jitter), RANGE(0, 512),
	 .metavar = "N", .unit = "pixels",
	 .help = "how far each step shifts the picture at most"},
	{.name = "strength", .type = OPTION_NUMBER, .group = OPTION_GROUP_DREAM,
	 .cost = OPTION_LIVE, .commands = DREAM, PLACE(params.strength), RANGE(0, 4),
	 .metavar = "PART",
	 .help = "how much of the dream is laid over the picture"},
	{.name = "blend", .type = OPTION_NUMBER, .group = OPTION_GROUP_DREAM,
	 .cost = OPTION_LIVE, .commands = DREAM, PLACE(params.blend), RANGE(0, 1),
	 .metavar = "PART",
	 .help = "how much of the last frame's detail a frame of a video starts from"},
	{.name = "seed", .type = OPTION_SEED, .group = OPTION_GROUP_DREAM,
	 .cost = OPTION_LIVE, .commands = DREAM, PLACE(params.seed),
	 .metavar = "N",
	 .help = "of the jitter; the same seed gives the same picture"},

	/* Presets. */
	{.name = "preset", .type = OPTION_TEXT, .group = OPTION_GROUP_PRESET,
	 .commands = DREAM, PLACE(preset),
	 .metavar = "NAME|FILE",
	 .help = "read options from a preset; the command line overrides it"},
	{.name = "save-preset", .type = OPTION_TEXT, .group = OPTION_GROUP_PRESET,
	 .commands = DREAM, PLACE(save_preset),
	 .metavar = "FILE",
	 .help = "write the dream's options to a preset"},

	/* Picture and video. */
	{.name = "output", .letter = 'o', .type = OPTION_TEXT, .group = OPTION_GROUP_OUTPUT,
	 .commands = DREAM, PLACE(output),
	 .metavar = "FILE",
	 .help = "where the dream goes; its end chooses the format; - is stdout"},
	{.name = "size", .type = OPTION_SIZE, .group = OPTION_GROUP_OUTPUT,
	 .cost = OPTION_REPLAN, .commands = DREAM | TIMED, PLACE(size), RANGE(1, 16384),
	 .metavar = "WxH", .unit = "pixels", .unset = "as the input",
	 .help = "size to dream at; 640x and x480 keep the shape"},
	{.name = "still", .type = OPTION_TEXT, .group = OPTION_GROUP_OUTPUT,
	 .commands = DREAM, PLACE(still),
	 .metavar = "FILE",
	 .help = "write one frame of a video to this picture too"},
	{.name = "encoder", .type = OPTION_TEXT, .group = OPTION_GROUP_OUTPUT,
	 .commands = DREAM, PLACE(encoder),
	 .metavar = "NAME", .unset = "by the output's format; libx264 for video",
	 .help = "FFmpeg's name of the encoder"},
	{.name = "quality", .type = OPTION_WHOLE, .group = OPTION_GROUP_OUTPUT,
	 .commands = DREAM, PLACE(quality), RANGE(0, JOB_QUALITY_MAX),
	 .metavar = "N",
	 .help = "constant rate factor of the encoder; lower is better"},
	{.name = "format", .type = OPTION_TEXT, .group = OPTION_GROUP_OUTPUT,
	 .commands = DREAM, PLACE(format),
	 .metavar = "NAME", .unset = "by the output's name",
	 .help = "FFmpeg's name of the output's format"},
	{.name = "force", .type = OPTION_FLAG, .group = OPTION_GROUP_OUTPUT,
	 .commands = WRITING, PLACE(force),
	 .help = "write over a file that exists"},

	/* The network. */
	{.name = "model", .type = OPTION_TEXT, .group = OPTION_GROUP_NETWORK,
	 .cost = OPTION_REBUILD, .commands = MODEL, PLACE(model),
	 .metavar = "FILE", .unset = "inception_v3.onnx",
	 .help = "ONNX file of the network, or its name in a model folder"},
	{.name = "input-format", .type = OPTION_CHOICE, .group = OPTION_GROUP_NETWORK,
	 .cost = OPTION_REBUILD, .commands = MODEL, PLACE(input_format),
	 .choices = option_input_formats,
	 .metavar = "NAME",
	 .help = "values that the network wants; file: as its metadata says"},

	/* The device. */
	{.name = "device", .type = OPTION_WHOLE, .group = OPTION_GROUP_DEVICE,
	 .cost = OPTION_REBUILD, .commands = ENGINE, PLACE(config.device), RANGE(0, 64),
	 .metavar = "N", .unset = "0, a GPU if there is one",
	 .help = "OpenCL device, as `reverie devices` counts them"},
	{.name = "conv", .type = OPTION_CHOICE, .group = OPTION_GROUP_DEVICE,
	 .cost = OPTION_REBUILD, .commands = ENGINE, PLACE(config.convolution),
	 .choices = convolutions,
	 .metavar = "NAME",
	 .help = "the way to do convolutions"},
	{.name = "kernels", .type = OPTION_CHOICE, .group = OPTION_GROUP_DEVICE,
	 .cost = OPTION_REBUILD, .commands = ENGINE, PLACE(config.kernels), .choices = kernels,
	 .metavar = "NAME",
	 .help = "shape of the kernels; auto: what suits the kind of device"},
	{.name = "no-fuse", .type = OPTION_FLAG, .group = OPTION_GROUP_DEVICE,
	 .cost = OPTION_REBUILD, .commands = ENGINE, PLACE(config.no_fuse),
	 .help = "keep operators apart that would be run as one"},
	{.name = "memory-limit", .type = OPTION_BYTES, .group = OPTION_GROUP_DEVICE,
	 .cost = OPTION_REBUILD, .commands = DREAM | COMMAND_BENCH, PLACE(config.memory_limit),
	 RANGE(MEMORY_LEAST, MEMORY_MOST),
	 .metavar = "BYTES", .unset = "what the device has",
	 .help = "memory to keep within, such as 2GB; what is too large goes in tiles"},
	{.name = "cache", .type = OPTION_TEXT, .group = OPTION_GROUP_DEVICE,
	 .commands = ENGINE, PLACE(cache),
	 .metavar = "DIR", .unset = "$XDG_CACHE_HOME/reverie",
	 .help = "folder of compiled kernels and of what `reverie tune` found"},
	{.name = "no-cache", .type = OPTION_FLAG, .group = OPTION_GROUP_DEVICE,
	 .commands = ENGINE, PLACE(no_cache),
	 .help = "keep nothing on disk"},

	/* Measuring. */
	{.name = "activation", .type = OPTION_TEXT, .group = OPTION_GROUP_MEASURE,
	 .commands = COMMAND_INSPECT, PLACE(activation),
	 .metavar = "FILE",
	 .help = "write the layer's activation to this .npy file"},
	{.name = "gradient", .type = OPTION_TEXT, .group = OPTION_GROUP_MEASURE,
	 .commands = COMMAND_INSPECT, PLACE(gradient),
	 .metavar = "FILE",
	 .help = "write the gradient of its mean square to this .npy file"},
	{.name = "runs", .type = OPTION_WHOLE, .group = OPTION_GROUP_MEASURE,
	 .commands = COMMAND_BENCH, PLACE(runs), RANGE(1, 10000),
	 .metavar = "N",
	 .help = "how many steps are timed"},

	/* The program. */
	{.name = "quiet", .type = OPTION_FLAG, .group = OPTION_GROUP_PROGRAM,
	 .commands = COMMAND_ANY, PLACE(quiet),
	 .help = "print errors only"},
	{.name = "verbose", .type = OPTION_FLAG, .group = OPTION_GROUP_PROGRAM,
	 .commands = COMMAND_ANY, PLACE(verbose),
	 .help = "let FFmpeg's libraries speak too"},
	{.name = "help", .letter = 'h', .type = OPTION_FLAG, .group = OPTION_GROUP_PROGRAM,
	 .commands = COMMAND_ANY, PLACE(help),
	 .help = "print this text; after a command, its own"},
	{.name = "version", .type = OPTION_FLAG, .group = OPTION_GROUP_PROGRAM,
	 .commands = COMMAND_ANY, PLACE(version),
	 .help = "print the version"},
	{.name = NULL},
};
/* clang-format on */
