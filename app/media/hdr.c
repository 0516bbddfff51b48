#include "app/media/hdr.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CODES = 1 << 16, TONES = 2048 };

static const double white_nits = 203, usual_peak = 1000, pq_peak = 10000;
static const double hlg_peak = 1000, hlg_gamma = 1.2; /* BT.2100, note 5f */
static const float gain_offset = 1.0f / 64;

struct hdr {
	bool is_hlg;
	float peak;             /* of the original, in whites */
	float to_srgb[3][3];    /* from the original's primaries */
	float from_srgb[3][3];  /* back */
	float luminance[3];     /* of the original's primaries */
	float light[CODES];     /* of a code: in whites, or for HLG, of the scene */
	float screen[CODES];    /* of a code of sRGB */
	uint16_t code[CODES];   /* sRGB of light in 0..1 */
	float tones[TONES + 1]; /* what light keeps, over the fourth root of its part of the peak */
};

bool hdr_is_wanted(enum AVColorTransferCharacteristic transfer)
{
	return transfer == AVCOL_TRC_SMPTE2084 || transfer == AVCOL_TRC_ARIB_STD_B67;
}

/* ---- transfers ---- */

static const double pq_m1 = 2610.0 / 16384, pq_m2 = 2523.0 / 4096 * 128, pq_c1 = 3424.0 / 4096,
		    pq_c2 = 2413.0 / 4096 * 32, pq_c3 = 2392.0 / 4096 * 32;

/* Part of 10000 cd/m2 of a code in 0..1. */
static double pq_light(double code)
{
	double root = pow(code, 1 / pq_m2);
	return pow(fmax(root - pq_c1, 0) / (pq_c2 - pq_c3 * root), 1 / pq_m1);
}

static double pq_code(double light)
{
	double power = pow(light, pq_m1);
	return pow((pq_c1 + pq_c2 * power) / (1 + pq_c3 * power), pq_m2);
}

static const double hlg_a = 0.17883277, hlg_b = 0.28466892, hlg_c = 0.55991073;

/* Light of the scene of a code, both in 0..1. */
static double hlg_light(double code)
{
	return code <= 0.5 ? code * code / 3 : (exp((code - hlg_c) / hlg_a) + hlg_b) / 12;
}

static double hlg_code(double light)
{
	return light <= 1.0 / 12 ? sqrt(3 * light) : hlg_a * log(12 * light - hlg_b) + hlg_c;
}

static double srgb_light(double code)
{
	return code <= 0.04045 ? code / 12.92 : pow((code + 0.055) / 1.055, 2.4);
}

static double srgb_code(double light)
{
	return light <= 0.0031308 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055;
}

/* ---- the curve ---- */

/* BT.2390's EETF: what light (cd/m2) becomes on a screen whose peak is the white. */
static double hold_back(double nits, double peak)
{
	double top = pq_code(peak / pq_peak), most = pq_code(white_nits / pq_peak) / top;
	double knee = 1.5 * most - 0.5, code = fmin(pq_code(nits / pq_peak) / top, 1);
	if (peak <= white_nits)
		return fmin(nits, white_nits);
	if (code < knee)
		return nits;
	double t = (code - knee) / (1 - knee), t2 = t * t, t3 = t2 * t;
	double held = (2 * t3 - 3 * t2 + 1) * knee + (t3 - 2 * t2 + t) * (1 - knee) +
	              (3 * t2 - 2 * t3) * most;
	return pq_light(held * top) * pq_peak;
}

static void fill_tones(struct hdr *hdr)
{
	double peak = hdr->peak * white_nits;
	hdr->tones[0] = 1;
	for (int i = 1; i <= TONES; i++) {
		double nits = peak * pow((double)i / TONES, 4);
		hdr->tones[i] = (float)(hold_back(nits, peak) / nits);
	}
}

static void fill_codes(struct hdr *hdr)
{
	for (int i = 0; i < CODES; i++) {
		double part = (double)i / (CODES - 1);
		hdr->light[i] = (float)(hdr->is_hlg ? hlg_light(part)
		                                    : pq_light(part) * pq_peak / white_nits);
		hdr->screen[i] = (float)srgb_light(part);
		hdr->code[i] = (uint16_t)lround(srgb_code(part) * (CODES - 1));
	}
}

/* ---- primaries ---- */

struct matrix {
	double at[3][3]; /* row, column */
};

static struct matrix invert(const struct matrix *matrix)
{
	const double(*m)[3] = matrix->at;
	struct matrix inverse;
	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 3; j++) {
			int a = (j + 1) % 3, b = (j + 2) % 3, c = (i + 1) % 3, d = (i + 2) % 3;
			inverse.at[i][j] = m[a][c] * m[b][d] - m[a][d] * m[b][c];
		}
	double determinant = m[0][0] * inverse.at[0][0] + m[0][1] * inverse.at[1][0] +
	                     m[0][2] * inverse.at[2][0];
	for (int i = 0; i < 9; i++)
		inverse.at[i / 3][i % 3] /= determinant;
	return inverse;
}

/* XYZ of linear RGB whose white is D65 (SMPTE RP 177). */
static struct matrix find_xyz(const double xy[3][2])
{
	static const double white[] = {0.3127 / 0.3290, 1, (1 - 0.3127 - 0.3290) / 0.3290};
	struct matrix xyz;
	for (int i = 0; i < 3; i++) {
		xyz.at[0][i] = xy[i][0];
		xyz.at[1][i] = xy[i][1];
		xyz.at[2][i] = 1 - xy[i][0] - xy[i][1];
	}
	const struct matrix inverse = invert(&xyz);
	for (int i = 0; i < 3; i++) {
		double scale = 0;
		for (int j = 0; j < 3; j++)
			scale += inverse.at[i][j] * white[j];
		for (int row = 0; row < 3; row++)
			xyz.at[row][i] *= scale;
	}
	return xyz;
}

static void multiply(const struct matrix *a, const struct matrix *b, float product[3][3])
{
	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 3; j++)
			product[i][j] =
				(float)(a->at[i][0] * b->at[0][j] + a->at[i][1] * b->at[1][j] +
			                a->at[i][2] * b->at[2][j]);
}

static void find_matrices(struct hdr *hdr, enum AVColorPrimaries primaries)
{
	static const double bt709[3][2] = {{0.64, 0.33}, {0.30, 0.60}, {0.15, 0.06}};
	static const double p3[3][2] = {{0.68, 0.32}, {0.265, 0.69}, {0.15, 0.06}};
	static const double bt2020[3][2] = {{0.708, 0.292}, {0.170, 0.797}, {0.131, 0.046}};
	const struct matrix own = find_xyz(primaries == AVCOL_PRI_BT709      ? bt709
	                                   : primaries == AVCOL_PRI_SMPTE432 ? p3
	                                                                     : bt2020);
	const struct matrix srgb = find_xyz(bt709);
	const struct matrix own_inverse = invert(&own), srgb_inverse = invert(&srgb);
	multiply(&srgb_inverse, &own, hdr->to_srgb);
	multiply(&own_inverse, &srgb, hdr->from_srgb);
	for (int i = 0; i < 3; i++)
		hdr->luminance[i] = (float)own.at[1][i];
}

/* ---- making ---- */

static double find_peak(const struct video_description *video)
{
	double nits = 0;
	if (video->transfer == AVCOL_TRC_ARIB_STD_B67)
		return hlg_peak;
	if (video->has_light)
		nits = video->light.MaxCLL;
	if (nits <= 0 && video->has_mastering && video->mastering.has_luminance)
		nits = av_q2d(video->mastering.max_luminance);
	return nits > 0 ? fmin(fmax(nits, white_nits), pq_peak) : usual_peak;
}

rv_status hdr_create(struct hdr **created, const struct video_description *video, rv_error *error)
{
	struct hdr *hdr = calloc(1, sizeof(*hdr));
	*created = hdr;
	if (!hdr)
		return rv_fail(error, RV_MEMORY, "out of memory for the tables of HDR");
	hdr->is_hlg = video->transfer == AVCOL_TRC_ARIB_STD_B67;
	hdr->peak = (float)(find_peak(video) / white_nits);
	find_matrices(hdr, video->primaries);
	fill_codes(hdr);
	fill_tones(hdr);
	return RV_OK;
}

void hdr_destroy(struct hdr **hdr)
{
	free(*hdr);
	*hdr = NULL;
}

void hdr_describe_rendition(struct video_description *video)
{
	video->primaries = AVCOL_PRI_BT709;
	video->transfer = AVCOL_TRC_BT709; /* what screens show as sRGB */
	video->matrix = video->effective_matrix = AVCOL_SPC_BT709;
	video->range = AVCOL_RANGE_MPEG;
	video->pixel_format = AV_PIX_FMT_YUV420P;
	video->has_mastering = video->has_light = false;
}

/* What changes with the scene was measured on the scene that is not dreamed, and no encoder here
 * writes it. */
const char *hdr_tell_lost(const struct video_description *video)
{
	if (video->needs_dolby_vision)
		return "is Dolby Vision without a picture that other decoders know (profile 5): "
		       "its colours come out wrong";
	if (video->has_dolby_vision && video->has_hdr10_plus)
		return "its Dolby Vision and HDR10+ metadata is left out";
	if (video->has_dolby_vision)
		return "its Dolby Vision metadata is left out";
	return video->has_hdr10_plus ? "its HDR10+ metadata is left out" : NULL;
}

/* ---- pixels ---- */

static void transform(const float matrix[3][3], const float in[3], float out[3])
{
	for (int i = 0; i < 3; i++)
		out[i] = matrix[i][0] * in[0] + matrix[i][1] * in[1] + matrix[i][2] * in[2];
}

static float luminance(const struct hdr *hdr, const float light[3])
{
	return hdr->luminance[0] * light[0] + hdr->luminance[1] * light[1] +
	       hdr->luminance[2] * light[2];
}

static float largest(const float values[3])
{
	return fmaxf(fmaxf(values[0], values[1]), values[2]);
}

/* Light on the screen, in whites, of codes. HLG's screen takes a power of the scene's luminance. */
static void read_light(const struct hdr *hdr, const uint16_t codes[3], float light[3])
{
	float scale = 1;
	for (int i = 0; i < 3; i++)
		light[i] = hdr->light[codes[i]];
	if (hdr->is_hlg)
		scale = hdr->peak * powf(luminance(hdr, light), (float)hlg_gamma - 1);
	for (int i = 0; i < 3; i++)
		light[i] *= scale;
}

static void write_light(const struct hdr *hdr, const float light[3], uint16_t codes[3])
{
	float y = hdr->is_hlg ? luminance(hdr, light) / hdr->peak : 0;
	float scale = y > 0 ? powf(y, (float)(1 / hlg_gamma) - 1) / hdr->peak : 0;
	for (int i = 0; i < 3; i++) {
		double code = hdr->is_hlg ? hlg_code(light[i] * scale)
		                          : pq_code(light[i] * white_nits / pq_peak);
		codes[i] = (uint16_t)lround(fmin(code, 1) * (CODES - 1));
	}
}

static float tone(const struct hdr *hdr, float light)
{
	float at = sqrtf(sqrtf(light / hdr->peak)) * TONES;
	if (at >= TONES) /* brighter than it says: the white */
		return 1 / light;
	int i = (int)at;
	return hdr->tones[i] + (at - (float)i) * (hdr->tones[i + 1] - hdr->tones[i]);
}

/* Takes as much saturation as brings the least of the three to 0. */
static void fit_gamut(float rgb[3], float grey)
{
	float least = fminf(fminf(rgb[0], rgb[1]), rgb[2]);
	if (least >= 0)
		return;
	float keep = grey / (grey - least);
	for (int i = 0; i < 3; i++)
		rgb[i] = fmaxf(grey + (rgb[i] - grey) * keep, 0);
}

static void render_pixel(const struct hdr *hdr, const uint16_t original[3], uint16_t rendition[3])
{
	float light[3], rgb[3];
	read_light(hdr, original, light);
	transform(hdr->to_srgb, light, rgb);
	fit_gamut(rgb, luminance(hdr, light));
	float most = largest(rgb), scale = most > 0 ? tone(hdr, most) : 0;
	for (int i = 0; i < 3; i++)
		rendition[i] = hdr->code[(int)(fminf(rgb[i] * scale, 1) * (CODES - 1) + 0.5f)];
}

static const uint16_t *row_16(const rv_image *image, int y)
{
	return (const void *)((const uint8_t *)image->pixels + (size_t)y * image->stride);
}

void hdr_render(const struct hdr *hdr, const rv_image *original, const rv_image *rendition)
{
	for (int y = 0; y < original->height; y++) {
		const uint16_t *from = row_16(original, y);
		uint8_t *to = (uint8_t *)rendition->pixels + (size_t)y * rendition->stride;
		for (int x = 0; x < 3 * original->width; x += 3) {
			uint16_t codes[3];
			render_pixel(hdr, from + x, codes);
			for (int i = 0; rendition->format == RV_RGB8 && i < 3; i++)
				to[x + i] = (uint8_t)((codes[i] + 128) / 257);
			if (rendition->format == RV_RGB16)
				memcpy(to + 2 * x, codes, sizeof(codes));
		}
	}
}

static void lay_pixel(const struct hdr *hdr, const uint16_t original[3], const uint16_t seen[3],
                      const uint16_t dreamed[3], uint16_t laid[3])
{
	float light[3], before[3], after[3], base[3], dream[3];
	read_light(hdr, original, light);
	for (int i = 0; i < 3; i++) {
		before[i] = hdr->screen[seen[i]];
		after[i] = hdr->screen[dreamed[i]];
	}
	transform(hdr->from_srgb, before, base);
	transform(hdr->from_srgb, after, dream);
	float most = fmaxf(hdr->peak, largest(light));
	for (int i = 0; i < 3; i++) {
		float gain = (light[i] + gain_offset) / (base[i] + gain_offset);
		light[i] = fminf(fmaxf(light[i] + (dream[i] - base[i]) * gain, 0), most);
	}
	write_light(hdr, light, laid);
}

static void read_codes(const rv_image *image, int x, int y, uint16_t codes[3])
{
	const uint8_t *row = (const uint8_t *)image->pixels + (size_t)y * image->stride;
	if (image->format == RV_RGB16)
		memcpy(codes, row + 6 * (size_t)x, 3 * sizeof(*codes));
	for (int i = 0; image->format == RV_RGB8 && i < 3; i++)
		codes[i] = (uint16_t)(row[3 * x + i] * 257);
}

void hdr_lay(const struct hdr *hdr, const rv_image *original, const rv_image *rendition,
             const rv_image *dreamed, const rv_image *laid)
{
	for (int y = 0; y < original->height; y++) {
		const uint16_t *from = row_16(original, y);
		uint8_t *to = (uint8_t *)laid->pixels + (size_t)y * laid->stride;
		for (int x = 0; x < original->width; x++, from += 3) {
			uint16_t seen[3], dream[3], codes[3];
			read_codes(rendition, x, y, seen);
			read_codes(dreamed, x, y, dream);
			if (memcmp(seen, dream, sizeof(seen)))
				lay_pixel(hdr, from, seen, dream, codes);
			else
				memcpy(codes, from, sizeof(codes));
			memcpy(to + 6 * (size_t)x, codes, sizeof(codes));
		}
	}
}
