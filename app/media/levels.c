#include "app/media/levels.h"

#include <libavutil/mem.h>
#include <libavutil/tx.h>
#include <math.h>
#include <string.h>

#include "app/media/libav.h"
#include "app/media/sound.h"

enum {
	WINDOW = 2048, /* samples that are looked at together: 43 ms, and 23 Hz apart */
	HOP = 512,     /* from look to look */
	FLUX_BANDS = 24,
	FLUX_BACK = 2,      /* looks over which a rise is measured: the window smears it */
	FLUX_HISTORY = 600, /* looks, six seconds and a half */
	FLUX_LATELY = 140,  /* of them, a second and a half */
	PERIOD_LEAST = 31,  /* looks from beat to beat: 180 a minute */
	PERIOD_MOST = 80,   /* 70 a minute */
	PERIOD_EVERY = 24,  /* looks after which it is looked for anew */
	PEAK_AROUND = 2,    /* looks on either side that a beat is higher than */
	BEAT_APART = 23,    /* looks: a quarter of a second */
};

static const double second = (double)SOUND_RATE / HOP; /* in looks */

/* Amplitudes are root mean squares, of which a sine that fills the range has 0.7. */
static const double bounds[LEVEL_ALL + 1] = {30, 200, 2500, 16000}; /* Hz */
static const double flux_low = 30, flux_high = 12000;               /* Hz */
static const double least_peak = 0.0005;                            /* is made louder by no gain */
static const double noise_most = 0.01; /* what is louder is no noise of a room, but a long tone */
/* What lasts in music is taken off too, up to this part of its peaks: its beats are seen the
 * better. */
static const double lasting_most = 0.5;
static const double noise_headroom = 5; /* peaks that are nearer to the noise are noise too */
static const double band_least = 0.03;  /* of all: what a band has less is leaked into it */
static const double quiet_level = 0.05, beat_level = 0.3;
static const double flux_gain = 20; /* how far quiet partials count beside loud ones */
static const double flux_over_mean = 2.5, flux_of_highest = 0.4, flux_least = 5;
/* How like itself the flux must be a period later, of 1; what part of the likest suffices for a
 * shorter one; what part of a period lies between beats, unless one is so many times as high as the
 * last. */
static const double period_least = 0.2, period_shorter = 0.85, period_part = 0.7,
		    flux_stands_out = 1.5;

/* Seconds in which what remains of a difference is its 1/e. */
static const double attack = 0.015, release = 0.25, peak_lasts = 10, noise_rises = 20,
		    noise_falls = 2, highest_lasts = 4, quiet_after = 2;

/* The gain of a band. */
struct follower {
	double peak, noise; /* amplitudes */
	double level;
};

struct levels {
	AVTXContext *transform;
	av_tx_fn run;
	float window[WINDOW];
	float heard[WINDOW][SOUND_CHANNELS]; /* the last samples, the newest last */
	int waiting;                         /* of them, those not looked at yet */
	AVComplexFloat *in, *out;
	struct follower followers[LEVEL_COUNT];
	int flux_bounds[FLUX_BANDS + 1]; /* bins */
	double partials[FLUX_BACK + 1][FLUX_BANDS];
	double flux[FLUX_HISTORY]; /* the newest last */
	double highest;            /* flux of the last beats */
	double last_flux;          /* of the last one */
	int period;                /* looks from beat to beat; 0: they are not even */
	int until_period;          /* looks until it is looked for anew */
	int since_beat;            /* looks */
	int quiet_for;             /* looks */
	unsigned beats;
};

/* ---- life ---- */

/* Bands of equal intervals, as the ear has them, but of a bin at least. */
static void divide(int flux_bounds[FLUX_BANDS + 1])
{
	const double bin = (double)SOUND_RATE / WINDOW;
	for (int i = 0; i <= FLUX_BANDS; i++) {
		double bound = flux_low * pow(flux_high / flux_low, (double)i / FLUX_BANDS) / bin;
		int least = i ? flux_bounds[i - 1] + 1 : 1;
		flux_bounds[i] = bound > least ? (int)lround(bound) : least;
	}
}

rv_status levels_create(struct levels **created, rv_error *error)
{
	const float scale = 1;
	struct levels *levels = av_mallocz(sizeof(*levels));
	if (levels) {
		levels->in = av_calloc(WINDOW, sizeof(*levels->in));
		levels->out = av_calloc(WINDOW, sizeof(*levels->out));
	}
	if (!levels || !levels->in || !levels->out ||
	    av_tx_init(&levels->transform, &levels->run, AV_TX_FLOAT_FFT, 0, WINDOW, &scale, 0) <
	            0) {
		levels_destroy(&levels);
		return rv_fail(error, RV_MEMORY, "out of memory for the levels of sound");
	}
	for (int i = 0; i < WINDOW; i++) /* Hann's */
		levels->window[i] = (float)(0.5 - 0.5 * cos(2 * M_PI * i / WINDOW));
	for (int i = 0; i < LEVEL_COUNT; i++)
		levels->followers[i].noise = noise_most;
	divide(levels->flux_bounds);
	levels->quiet_for = (int)(quiet_after * second);
	levels->since_beat = BEAT_APART;
	*created = levels;
	return RV_OK;
}

void levels_destroy(struct levels **destroyed)
{
	struct levels *levels = *destroyed;
	if (!levels)
		return;
	av_tx_uninit(&levels->transform);
	av_free(levels->in);
	av_free(levels->out);
	av_free(levels);
	*destroyed = NULL;
}

/* ---- how loud ---- */

/* One channel is the real part and the other the imaginary one; bins k and WINDOW - k then hold the
 * power of both, whether they sound in step or against each other. */
static void look(struct levels *levels)
{
	for (int i = 0; i < WINDOW; i++)
		levels->in[i] = (AVComplexFloat){levels->window[i] * levels->heard[i][0],
		                                 levels->window[i] * levels->heard[i][1]};
	levels->run(levels->transform, levels->out, levels->in, sizeof(AVComplexFloat));
}

/* The amplitude of bins from first to before last, as each channel has it in the mean. */
static double amplitude(const struct levels *levels, int first, int last)
{
	const double all =
		WINDOW * (WINDOW * 3 / 8.0) * SOUND_CHANNELS; /* Parseval; Hann's power */
	double power = 0;
	for (int k = first; k < last; k++) {
		const AVComplexFloat *a = &levels->out[k], *b = &levels->out[WINDOW - k];
		power += (double)(a->re * a->re) + (double)(a->im * a->im) +
		         (double)(b->re * b->re) + (double)(b->im * b->im);
	}
	return sqrt(power / all);
}

static double part_left(double seconds)
{
	return exp(-1 / (seconds * second));
}

static double approach(double from, double to, double seconds)
{
	return to + (from - to) * part_left(seconds);
}

/* least is the peak that it takes at least. */
static void follow(struct follower *follower, double amplitude, double least)
{
	double *peak = &follower->peak, *noise = &follower->noise;
	*peak = amplitude > *peak ? amplitude : *peak * part_left(peak_lasts);
	*noise = approach(*noise, amplitude, amplitude > *noise ? noise_rises : noise_falls);
	double quiet = fmin(*noise, noise_most);
	double ground = fmin(*noise, fmax(noise_most, lasting_most * *peak));
	double top = fmax(fmax(*peak, noise_headroom * quiet), fmax(least, least_peak));
	double level = fmin(fmax((amplitude - ground) / (top - ground), 0), 1);
	follower->level =
		approach(follower->level, level, level > follower->level ? attack : release);
}

static void measure(struct levels *levels)
{
	const double bin = (double)SOUND_RATE / WINDOW;
	double amplitudes[LEVEL_COUNT], power = 0;
	for (int i = 0; i < LEVEL_ALL; i++) {
		amplitudes[i] = amplitude(levels, (int)lround(bounds[i] / bin),
		                          (int)lround(bounds[i + 1] / bin));
		power += amplitudes[i] * amplitudes[i];
	}
	amplitudes[LEVEL_ALL] = sqrt(power);
	follow(&levels->followers[LEVEL_ALL], amplitudes[LEVEL_ALL], 0);
	for (int i = 0; i < LEVEL_ALL; i++)
		follow(&levels->followers[i], amplitudes[i],
		       band_least * levels->followers[LEVEL_ALL].peak);
	bool is_quiet = levels->followers[LEVEL_ALL].level < quiet_level;
	levels->quiet_for = is_quiet ? levels->quiet_for + 1 : 0;
	if (levels->quiet_for > (int)(quiet_after * second))
		levels->quiet_for = (int)(quiet_after * second);
}

/* ---- beats ----
 *
 * Spectral flux: how much the bands' logarithms rise, those that fall left out (Dixon, "Onset
 * Detection Revisited", DAFx 2006; logarithms after Klapuri, "Sound Onset Detection by Applying
 * Psychoacoustic Knowledge", ICASSP 1999). */

static double find_flux(struct levels *levels)
{
	const double peak = fmax(levels->followers[LEVEL_ALL].peak, least_peak);
	double flux = 0;
	memmove(levels->partials[1], levels->partials[0], FLUX_BACK * sizeof(levels->partials[0]));
	for (int i = 0; i < FLUX_BANDS; i++) {
		double now = amplitude(levels, levels->flux_bounds[i], levels->flux_bounds[i + 1]);
		levels->partials[0][i] = log2(1 + flux_gain * now / peak);
		flux += fmax(levels->partials[0][i] - levels->partials[FLUX_BACK][i], 0);
	}
	return flux;
}

/* How like the flux is to itself so many looks later: 1 where it is the same. */
static double likeness(const double *flux, double mean, int lag)
{
	double product = 0, square = 0;
	for (int i = lag; i < FLUX_HISTORY; i++) {
		product += (flux[i] - mean) * (flux[i - lag] - mean);
		square += (flux[i] - mean) * (flux[i] - mean);
	}
	return square > 0 ? product / square : 0;
}

/* From beat to beat, as the flux repeats itself: so that what sounds between two beats is none. */
static int find_period(const double *flux)
{
	double like[PERIOD_MOST + 2], likest = period_least, mean = 0;
	for (int i = 0; i < FLUX_HISTORY; i++)
		mean += flux[i] / FLUX_HISTORY;
	for (int lag = PERIOD_LEAST - 1; lag <= PERIOD_MOST + 1; lag++)
		like[lag] = likeness(flux, mean, lag);
	for (int lag = PERIOD_LEAST; lag <= PERIOD_MOST; lag++)
		likest = fmax(likest, like[lag]);
	for (int lag = PERIOD_LEAST; lag <= PERIOD_MOST; lag++)
		if (like[lag] >= fmax(period_shorter * likest, period_least) &&
		    like[lag] >= like[lag - 1] && like[lag] >= like[lag + 1])
			return lag;
	return 0;
}

/* Whether it comes too soon after the last one. */
static bool is_between(const struct levels *levels, double flux)
{
	bool stands_out = flux > flux_stands_out * levels->last_flux;
	int apart = stands_out ? 0 : (int)(period_part * levels->period);
	return levels->since_beat < (apart > BEAT_APART ? apart : BEAT_APART);
}

static bool is_highest(const double *flux)
{
	for (int i = 1; i <= PEAK_AROUND; i++)
		if (flux[0] < flux[-i] || flux[0] <= flux[i])
			return false;
	return true;
}

static void find_beat(struct levels *levels)
{
	double mean = 0;
	const double *flux = levels->flux + FLUX_HISTORY - 1 - PEAK_AROUND;
	memmove(levels->flux, levels->flux + 1, (FLUX_HISTORY - 1) * sizeof(levels->flux[0]));
	levels->flux[FLUX_HISTORY - 1] = find_flux(levels);
	for (int i = 1; i <= FLUX_LATELY; i++)
		mean += levels->flux[FLUX_HISTORY - i] / FLUX_LATELY;
	if (!levels->until_period--) {
		levels->period = find_period(levels->flux);
		levels->until_period = PERIOD_EVERY;
	}
	levels->highest *= part_left(highest_lasts);
	levels->since_beat++;
	if (levels->followers[LEVEL_ALL].level < beat_level || *flux < flux_least ||
	    *flux < flux_over_mean * mean || !is_highest(flux) ||
	    *flux < flux_of_highest * levels->highest || is_between(levels, *flux))
		return;
	levels->highest = fmax(levels->highest, *flux);
	levels->last_flux = *flux;
	levels->since_beat = 0;
	levels->beats++;
}

/* ---- taking ---- */

void levels_take(struct levels *levels, const float *samples, int count)
{
	const size_t each = sizeof(levels->heard[0]);
	while (count > 0) {
		int taken = HOP - levels->waiting < count ? HOP - levels->waiting : count;
		memmove(levels->heard, levels->heard + taken, (size_t)(WINDOW - taken) * each);
		memcpy(levels->heard + WINDOW - taken, samples, (size_t)taken * each);
		samples += taken * SOUND_CHANNELS;
		count -= taken;
		levels->waiting += taken;
		if (levels->waiting < HOP)
			return;
		levels->waiting = 0;
		look(levels);
		measure(levels);
		find_beat(levels);
	}
}

struct levels_state levels_now(const struct levels *levels)
{
	struct levels_state state = {.beats = levels->beats};
	for (int i = 0; i < LEVEL_COUNT; i++)
		state.level[i] = (float)levels->followers[i].level;
	state.is_quiet = levels->quiet_for >= (int)(quiet_after * second);
	return state;
}
