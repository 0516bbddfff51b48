// Convolution by the matrix units of GPUs (add_unit_product in base/units.clh, of any kind). A group of GROUP x GROUP
// warps computes a block of pixels by output channels, each warp TILE_PIXELS times 16 pixels by TILE_VECTORS times 16
// channels of it, from the quads that tiled.cl knows.
//
// The units take the first bits of a float's mantissa: 11, or 8 as bfloat16. A factor is the sum of TERMS such values;
// products of two small ones are left out. So many terms that what they leave is less than a float's last bit give a
// float's error: 2 of 11 bits (3 products), 3 of 8 bits (6 products). With TERMS 1 factors are rounded, and 2 of 8
// bits are more than one of 11. Floats are cut into terms when they are multiplied. Bfloat16 come as terms and pairs:
// weights from matrix.c, pixels when a step is put into local memory.
//
// An item's part of the product are vectors of four, so there is nothing for devices whose vectors are wider.

#if LANES == 4

#ifndef GROUP // built on its own, to see whether it compiles
#define GROUP 2
#define TILE_PIXELS 2
#define TILE_VECTORS 1
#define QUADS 8 // of a step; matrix.c pads every phase's list to a multiple of it
#define TERMS 2
#endif

#include "../base/units.clh"

#define ITEMS (WARP * GROUP * GROUP)
#define BLOCK_PIXELS (16 * TILE_PIXELS * GROUP)
#define BLOCK_VECTORS (4 * TILE_VECTORS * GROUP)
// As in tiled.cl; with 8 quads one more place is enough. Of pairs, items of a half-warp read 4 pixels of 4 quads.
#define QUAD_STRIDE (BLOCK_PIXELS + (WORD_VALUES == 1 ? 8 / QUADS : 4))
// Items of a half-warp read 8 words each of 4 rows: 8 words more put these in different banks, or 4 where they are
// pairs, whose rows lie 2 or 6 apart.
#define VECTOR_STRIDE (BLOCK_VECTORS + 2 / WORD_VALUES)
// Words of a quad of a pixel, or rows of them of its weights, in one term.
#define TERM_WORDS (4 / WORD_VALUES)
// Terms as which factors lie in local memory.
#define STORED_TERMS (WORD_VALUES == 1 ? 1 : TERMS)
#define QUAD_ROWS (TERM_WORDS * STORED_TERMS)
#define PIXEL_PRODUCTS (16 / UNIT_PIXELS * TILE_PIXELS)

#include "quads.clh"

#ifdef MATRIX_UNITS
#define MOSTLY_UNROLLED UNROLLED
#else
// The stand-in's barriers, written out many times, would take minutes to compile.
#define MOSTLY_UNROLLED ROLLED
#endif

// ---- terms ----

#if WORD_VALUES == 1
typedef float stored_word;
typedef float2 stored_words;
typedef float4 stored_quad;

INLINED uint term_of(float value, int term)
{
	const uint rounded = (as_uint(value) + 0x1000u) & 0xffffe000u;

	return term ? as_uint(value - as_float(rounded)) : rounded;
}
#else
typedef uint stored_word;
typedef uint2 stored_words;
typedef uint2 stored_quad;

#define term_of(word, term) (word)

// As put_quads, every term of a step after the one before.
void put_terms(int item, const struct copies *copies, __local uint2 *quads)
{
	UNROLLED(i, COPIED_QUADS)
	{
		const int number = item + i * ITEMS;
		float4 rest = copies->quads[i];

		UNROLLED(term, TERMS)
		{
			const uint4 rounded = TO_8_BITS(as_uint4(rest));

			quads[(term * QUADS + number % QUADS) * QUAD_STRIDE + number / QUADS] =
				TO_PAIR(rounded.even, rounded.odd);
			rest -= as_float4(rounded);
		}
	}
}
#endif

// An item's parts of the factors, as they are stored.
struct pixel_words {
	stored_word word[PIXEL_WORDS];
};
struct channel_words {
	stored_word word[CHANNEL_WORDS];
};

// first is the place of the first pixel of a product in its first quad.
INLINED struct pixel_words load_pixels(const __local stored_word *quads, int first, int lane)
{
	struct pixel_words pixels;

	UNROLLED(w, PIXEL_WORDS)
	pixels.word[w] = quads[(first + PIXEL_QUAD(lane, w) * QUAD_STRIDE + PIXEL_OF(lane, w)) * TERM_WORDS +
			       PIXEL_PLACE(lane, w)];
	return pixels;
}

// All of 16 channels, from the first row of a product on.
INLINED void load_channels(struct channel_words channels[UNIT_PRODUCTS],
			   const __local stored_word *rows, int first_row, int lane)
{
	UNROLLED(w, CHANNEL_WORDS)
	{
		const int row = first_row + CHANNEL_QUAD(lane, w) * QUAD_ROWS + CHANNEL_PLACE(lane, w);
		const __local stored_word *words = rows + row * VECTOR_STRIDE * LANES;

#ifdef PRODUCTS_TAKE_TURNS
		const stored_words both = *(const __local stored_words *)(words + CHANNEL_OF(lane, w, 0));

		channels[0].word[w] = both.x;
		channels[1].word[w] = both.y;
#else
		UNROLLED(t, UNIT_PRODUCTS)
		channels[t].word[w] = CHANNEL_WORD(lane, words[CHANNEL_OF(lane, w, t)]);
#endif
	}
}

INLINED struct pixel_part pixel_term(const struct pixel_words *pixels, int term)
{
	struct pixel_part part;

	UNROLLED(w, PIXEL_WORDS) part.word[w] = term_of(pixels->word[w], term);
	return part;
}

INLINED struct channel_part channel_term(const struct channel_words *channels, int term)
{
	struct channel_part part;

	UNROLLED(w, CHANNEL_WORDS) part.word[w] = term_of(channels->word[w], term);
	return part;
}

// All products that are to be made of two words. The small terms come first, which would be lost beside the large one's
// sum.
INLINED void add_terms(struct product_part *sum, const struct pixel_words *pixels,
		       const struct channel_words *channels, int item, __local uint *scratch)
{
	MOSTLY_UNROLLED(large, TERMS / STORED_TERMS)
	{
		const int last = TERMS / STORED_TERMS - 1 - large;

		MOSTLY_UNROLLED(term, last + 1)
		add_unit_product(sum, pixel_term(pixels, last - term), channel_term(channels, term), item,
				 scratch);
	}
}

// ---- steps ----

// quads and rows begin with the warp's first pixel and first channel; first and first_row with the terms to multiply.
INLINED void multiply(struct product_part sum[PIXEL_PRODUCTS][UNIT_PRODUCTS * TILE_VECTORS],
		      const __local stored_word *quads, int first, const __local stored_word *rows,
		      int first_row, int item, __local uint *scratch)
{
	const int lane = item % WARP;
	struct channel_words channels[UNIT_PRODUCTS * TILE_VECTORS];

	UNROLLED(v, TILE_VECTORS)
	load_channels(channels + UNIT_PRODUCTS * v, rows + 16 * v, first_row, lane);
	MOSTLY_UNROLLED(p, PIXEL_PRODUCTS)
	{
		const struct pixel_words pixels = load_pixels(quads, first + p * UNIT_PIXELS, lane);

		MOSTLY_UNROLLED(v, UNIT_PRODUCTS * TILE_VECTORS)
		add_terms(&sum[p][v], &pixels, &channels[v], item, scratch);
	}
}

// Stored terms are loaded for each of their products again: to hold them all would take more registers than there are.
INLINED void multiply_step(struct product_part sum[PIXEL_PRODUCTS][UNIT_PRODUCTS * TILE_VECTORS],
			   const __local stored_word *quads, const __local stored_word *rows, int item,
			   __local uint *scratch)
{
	ROLLED(step, QUADS * 4 / UNIT_INPUTS)
	ROLLED(large, STORED_TERMS)
	ROLLED(term, STORED_TERMS - large)
	{
		const int quad = step * UNIT_INPUTS / 4, last = STORED_TERMS - 1 - large;

		multiply(sum, quads, ((last - term) * QUADS + quad) * QUAD_STRIDE, rows,
			 quad * QUAD_ROWS + term * TERM_WORDS, item, scratch);
	}
}

// Group (block of output channels, block of pixels, phase), as convolve_tiled.
UNIT_KERNEL __attribute__((reqd_work_group_size(ITEMS, 1, 1))) __kernel void convolve_by_matrix_units(
	const __global float *restrict input, int input_height, int input_width,
	const __global float *restrict zeros, const __global float *restrict weights, int columns,
	__global float *restrict output, int output_width, const __global float *restrict mask,
	const __global struct tap *restrict taps, const __global struct phase *restrict phases,
	const __global struct epilogue *restrict epilogues, const __global float *restrict bias,
	int input_stride_y, int input_stride_x, int output_stride_y, int output_stride_x)
{
	__local stored_quad quads[STORED_TERMS * QUADS * QUAD_STRIDE];
	__local real vectors[ROWS * VECTOR_STRIDE];
	__local uint scratch[UNIT_SCRATCH(ITEMS)];
	const int item = get_local_id(0), warp = item / WARP, lane = item % WARP;
	const int first_vector = get_group_id(0) * BLOCK_VECTORS;
	const int first_pixel = get_global_id(1) * BLOCK_PIXELS;
	const int warp_vector = warp % GROUP * 4 * TILE_VECTORS, warp_pixel = warp / GROUP * 16 * TILE_PIXELS;
	const __global struct phase *phase = phases + get_global_id(2);
	const int pixels = phase->height * phase->width, end = phase->tap_count;
	const struct places places = find_places(item, first_pixel, pixels, phase->width,
						 input_stride_y, input_stride_x);
	struct copies copies;
	struct product_part sum[PIXEL_PRODUCTS][UNIT_PRODUCTS * TILE_VECTORS];

	taps += phase->first_tap;
	weights += (size_t)phase->first_tap * QUAD_ROWS * columns + first_vector * LANES;
	UNROLLED(p, PIXEL_PRODUCTS)
	UNROLLED(v, UNIT_PRODUCTS * TILE_VECTORS)
	UNROLLED(i, PRODUCT_VALUES) sum[p][v].value[i] = 0;
	copies = fetch(item, &places, taps[item % QUADS], input, input_height, input_width, zeros,
		       weights, columns);
	for (int begin = 0; begin < end; begin += QUADS) {
		const int next = min(begin + QUADS, end - QUADS);

		barrier(CLK_LOCAL_MEM_FENCE);
#if WORD_VALUES == 1
		put_quads(item, &copies, quads);
#else
		put_terms(item, &copies, quads);
#endif
		put_vectors(item, &copies, vectors);
		barrier(CLK_LOCAL_MEM_FENCE);
		copies = fetch(item, &places, taps[next + item % QUADS], input, input_height,
			       input_width, zeros, weights + (size_t)next * QUAD_ROWS * columns, columns);
		multiply_step(sum, (const __local stored_word *)(quads + warp_pixel),
			      (const __local stored_word *)(vectors + warp_vector), item, scratch);
	}
	UNROLLED(p, PIXEL_PRODUCTS)
	UNROLLED(part, HELD_VECTORS)
	{
		const int pixel = first_pixel + warp_pixel + UNIT_PIXELS * p + HELD_PIXEL(lane, part);

		if (pixel < pixels) {
			const int place = phase_pixel(phase, pixel, output_width, output_stride_y,
						      output_stride_x);
			UNROLLED(v, TILE_VECTORS)
			{
				const int vector = first_vector + warp_vector + 4 * v + HELD_VECTOR(lane, part);
				const struct product_part *of_16 = sum[p] + UNIT_PRODUCTS * v;

				store_vector(epilogues[vector], output, mask, bias + vector * LANES, place,
					     (real)(HELD_VALUE(of_16, part, 0), HELD_VALUE(of_16, part, 1),
						    HELD_VALUE(of_16, part, 2), HELD_VALUE(of_16, part, 3)));
			}
		}
	}
}

#endif
