/* The one form every convolution is brought to, forward and backward, and the methods that solve
 * it. Only the files of this wing and their tests see it.
 *
 * Inputs are runs of channels of one buffer, side by side; outputs are runs of channels of another.
 * Forward there is one input and an output for each joined part. Backward it is the other way
 * round: the parts' gradients are the inputs, the gradient of what they read is the output. */
#ifndef ENGINE_CONVOLUTION_PROBLEM_H
#define ENGINE_CONVOLUTION_PROBLEM_H

#include "engine/operators/operator.h"

/* Channels of a buffer of float whose pixels are stored as in struct slice. */
struct channel_run {
	int offset, pixel_stride; /* elements */
	int channels;
};

/* The number of weight rows, or output channels, that a run of channels takes: rounded up to
 * TENSOR_ALIGNMENT, except for the network's input, whose pixels are too narrow for that. */
int problem_channel_run_width(const struct channel_run *run);

struct convolution_output {
	struct channel_run run;
	struct channel_run mask; /* the activation a gradient is masked by */
	const float *bias;       /* [channels], or NULL */
	struct clamp clamp;      /* with bias or without; or, if masked, the bounds of mask */
	bool accumulate, masked;
};

struct convolution_problem {
	const struct graph_node *node; /* window and weights */
	bool backward;
	int group; /* the one group of channels this is about, or -1 for all */
	cl_mem input, output, mask;
	struct extent input_size, output_size;
	struct channel_run *inputs;
	struct convolution_output *outputs;
	int input_count, output_count;
	int input_width, output_width; /* sums of problem_channel_run_width */
	int pad_top, pad_left;
	double flop;
};

/* Allocates problem->inputs and outputs; problem_release frees them. false without memory. */
bool problem_forward(struct convolution_problem *problem, const struct operation *operation);
bool problem_backward(struct convolution_problem *problem, const struct operation *operation);
void problem_release(struct convolution_problem *problem);

/* The part of a grouped problem that is about one group, which has its own runs of channels.
 * Only where both kinds of channels of a group are whole runs: problem_splits_into_groups. */
bool problem_splits_into_groups(const struct convolution_problem *problem);
bool problem_group(struct convolution_problem *one, const struct convolution_problem *all,
                   int group);

/* Every channel is filtered by itself (groups = channels, one filter each). */
bool problem_is_depthwise(const struct convolution_problem *problem);
/* What the pass that it is of may round to. */
rv_precision problem_precision(const struct convolution_problem *problem,
                               const struct device *device);
/* That is TF32, and the device has no units for it: direct kernels round as these would, so that
 * what it costs a dream can be judged. */
bool problem_stands_in(const struct convolution_problem *problem, const struct device *device);
/* The input is the network's, or the output is its gradient: their pixels are narrower than a
 * vector. */
bool problem_reads_picture(const struct convolution_problem *problem);
bool problem_writes_picture(const struct convolution_problem *problem);
/* How many blocks of so many output pixels by output channels, padding included, each of the
 * device's compute units does; 1 where there are fewer blocks than units. */
double problem_rounds(const struct convolution_problem *problem, const struct device *device,
                      int pixels, int channels);

/* What a kernel reads at one tap of one run of input channels. Twin of struct tap in common.cl. */
struct convolution_tap {
	cl_int dy, dx; /* input row = grid row * input stride + dy */
	cl_int offset, pixel_stride, channels;
	cl_int row; /* of the packed weights: input channels of all taps, one below the other */
};

/* What a kernel does with one vector of output channels, and where it writes that. Twin of struct
 * epilogue in common.cl. */
struct convolution_epilogue {
	cl_int offset, pixel_stride;
	cl_int mask_offset, mask_stride;
	cl_int flags; /* enum convolution_epilogue_flags */
	cl_float low, high;
	cl_int unused;
};

enum convolution_epilogue_flags {
	EPILOGUE_WRITTEN = 1,
	EPILOGUE_BIASED = 2, /* add the bias, then clamp */
	EPILOGUE_ACCUMULATED = 4,
	EPILOGUE_MASKED = 8,
};

/* A lattice of output pixels that are computed with the same taps: output row = grid row * output
 * step + y. All outputs of a forward problem are one phase; backward there is one for each
 * remainder of row and column modulo the stride. Twin of struct phase in common.cl. */
struct convolution_phase {
	cl_int first_tap, tap_count;
	cl_int y, x;
	cl_int height, width; /* of the lattice */
};

/* The tables of a problem, as kernels read them. */
struct convolution_tables {
	struct convolution_tap *taps;
	struct convolution_phase *phases;
	struct convolution_epilogue *epilogues;
	float *bias; /* [epilogue_count * lanes] */
	int tap_count, phase_count, epilogue_count;
	int lanes; /* of an epilogue's vector */
	int input_stride_y, input_stride_x, output_stride_y, output_stride_x;
	int largest_phase; /* pixels */
};

/* Tables for vectors of lanes channels; epilogue_count is rounded up to a multiple of `multiple`,
 * and the epilogues beyond the outputs are not written. false without memory. */
bool problem_tables_create(struct convolution_tables *tables,
                           const struct convolution_problem *problem, int lanes, int multiple);
void problem_tables_release(struct convolution_tables *tables);
/* Writes what the order of the taps follows from, besides window, stride and dilation: where the
 * pads lie in a stride, and how many rows and columns of phases there are. */
enum { TAP_ORDER_NUMBERS = 4 };
void problem_tap_order(const struct convolution_problem *problem,
                       const struct convolution_tables *tables, int numbers[TAP_ORDER_NUMBERS]);
/* Cuts the taps into quads: taps of up to 4 channels, whose weights are their `channels` rows from
 * row on. Every phase gets a multiple of `multiple` of them, at least one: what is missing are
 * quads outside of any picture, with 0 channels. false without memory. */
bool problem_tables_cut_taps(struct convolution_tables *tables, int multiple);
/* The arguments that all kernels which read the input begin with: buffer, height, width. */
void problem_record_input(struct launch_recorder *recorder,
                          const struct convolution_problem *problem);
/* The arguments that direct kernels begin with: those of the problem, then those of its tables.
 * weight_stride is one of them unless it is 0. */
void problem_record_arguments(struct launch_recorder *recorder,
                              const struct convolution_problem *problem,
                              const struct convolution_tables *tables, cl_mem weights,
                              int weight_stride);
/* Tables as buffers of the recorder's list, recorded as arguments. */
void problem_record_taps(struct launch_recorder *recorder, const struct convolution_tables *tables);
void problem_record_phases(struct launch_recorder *recorder,
                           const struct convolution_tables *tables);
/* Two arguments: epilogues, bias. */
void problem_record_epilogues(struct launch_recorder *recorder,
                              const struct convolution_tables *tables);

#endif
