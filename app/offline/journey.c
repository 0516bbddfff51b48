#include "app/offline/journey.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/media/convert.h"
#include "app/media/picture.h"
#include "app/media/picture_read.h"

bool journey_wanted(const struct options *options)
{
	return options->dream.duration > 0 || options->dream.from == OPTION_FROM_NOISE;
}

static rv_status check(const struct options *options, rv_error *error)
{
	bool noise = options->dream.from == OPTION_FROM_NOISE;
	if (!(options->dream.duration > 0))
		return rv_fail(error, RV_INVALID,
		               "how long? --from noise needs --duration SECONDS");
	if (!options->dream.params.time.on)
		return rv_fail(
			error, RV_INVALID,
			"--duration: a journey lives on from frame to frame; --time off does not");
	if (noise && options->call.operand[0])
		return rv_fail(error, RV_INVALID,
		               "%.256s: a journey begins with noise or with a picture, not both",
		               options->call.operand);
	if (noise && (!options->output.size.width || !options->output.size.height))
		return rv_fail(error, RV_INVALID,
		               "--from noise needs both sides of --size, as in "
		               "640x360");
	return RV_OK;
}

/* Numbers that look random: the low bits are dropped. Knuth's constants, as in newlib. */
static unsigned random_byte(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(*state >> 56);
}

/* Grey with coloured noise, in which a network may see anything. */
static rv_status make_noise(struct journey *journey, const struct options *options, rv_error *error)
{
	uint64_t state = options->dream.params.seed;
	uint8_t *pixels;
	size_t count;
	rv_status status =
		convert_allocate_image(&journey->start, RV_RGB8, options->output.size.width,
	                               options->output.size.height, error);
	if (status != RV_OK)
		return status;
	pixels = journey->start.pixels;
	count = journey->start.stride * (size_t)journey->start.height;
	for (size_t i = 0; i < count; i++)
		pixels[i] = (uint8_t)(96 + random_byte(&state) / 4);
	return RV_OK;
}

/* A picture of 16 bits begins a journey with 8. */
static void to_bytes(rv_image *image)
{
	size_t count = 3 * (size_t)image->width * (size_t)image->height;
	uint16_t *words = image->pixels;
	uint8_t *bytes = image->pixels;
	if (image->format != RV_RGB16)
		return;
	for (size_t i = 0; i < count; i++)
		bytes[i] = (uint8_t)(words[i] >> 8);
	image->format = RV_RGB8;
	image->stride = 3 * (size_t)image->width;
}

/* Says which option it is that wants a picture. */
static rv_status open_start(struct picture *picture, const char *name, rv_error *error)
{
	rv_error why = {0};
	rv_status status = picture_open(picture, name, &why);
	if (status == RV_UNSUPPORTED)
		return rv_fail(error, status, "--duration makes a picture into a journey: %s",
		               why.message);
	if (status != RV_OK && error)
		*error = why;
	return status;
}

static rv_status read_start(struct journey *journey, const struct options *options, rv_error *error)
{
	struct picture picture = {0};
	int width = options->output.size.width, height = options->output.size.height;
	rv_status status = open_start(&picture, options->call.operand, error);
	if (status == RV_OK) {
		convert_fit_size(&width, &height, picture.image.width, picture.image.height);
		status = picture_scale(&picture, width, height, error);
	}
	if (status == RV_OK) {
		journey->start = picture.image;
		picture.image.pixels = NULL;
		to_bytes(&journey->start);
	}
	picture_release(&picture);
	return status;
}

rv_status journey_open(struct journey *journey, const struct options *options, rv_error *error)
{
	rv_status status = check(options, error);
	*journey = (struct journey){.on = true};
	if (status == RV_OK)
		status = options->dream.from == OPTION_FROM_NOISE
		                 ? make_noise(journey, options, error)
		                 : read_start(journey, options, error);
	journey->frames =
		(int64_t)ceil((double)options->dream.duration * (double)options->dream.rate - 1e-3);
	if (status == RV_OK)
		snprintf(journey->input, sizeof(journey->input),
		         "lavfi:color=black:s=%dx%d:r=%g:d=%g,format=gbrp", journey->start.width,
		         journey->start.height, (double)options->dream.rate,
		         (double)options->dream.duration);
	return status;
}

void journey_close(struct journey *journey)
{
	free(journey->start.pixels);
	*journey = (struct journey){0};
}

/* A video that players take has even sides: of a picture that has not, a row or a column is left
 * out. */
static rv_image start_for(const struct journey *journey, const rv_image *out)
{
	rv_image start = journey->start;
	start.width = start.width < out->width ? start.width : out->width;
	start.height = start.height < out->height ? start.height : out->height;
	return start;
}

rv_status journey_dream(const struct journey *journey, rv_engine *engine, int64_t time,
                        const rv_image *out, rv_error *error)
{
	/* It begins with a dream. */
	const rv_image start = start_for(journey, out);
	rv_status status = rv_journey(engine, time, out, error);
	return status == RV_INVALID ? rv_dream(engine, &start, time, out, error) : status;
}
