#include "app/base/progress.h"

#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/base/clock.h"

enum { BAR_MAX = 40, BAR_MIN = 8, COLUMNS_DEFAULT = 80, TEXT_LENGTH = 160, TIME_LENGTH = 32 };

static const double bar_seconds = 0.1;     /* between two drawings of the bar */
static const double prepare_seconds = 1.0; /* of building kernels that nobody need be told of */

static double seconds_now(void)
{
	return 1e-9 * (double)clock_now();
}

enum progress_style progress_style_for(FILE *stream, bool quiet)
{
	if (quiet)
		return PROGRESS_NONE;
	return isatty(fileno(stream)) ? PROGRESS_BAR : PROGRESS_LINES;
}

/* ---- words ---- */

static bool all_done(const struct progress_state *state)
{
	return state->total > 0 && state->done >= state->total;
}

/* Seconds until all frames are done; negative: unknown. */
static double seconds_left(const struct progress_state *state)
{
	double frames = (double)(state->total - state->done) - state->part;
	if (state->total <= 0 || state->frames_per_second <= 0 || all_done(state))
		return -1;
	return frames > 0 ? frames / state->frames_per_second : 0;
}

static void format_time(char *text, double seconds)
{
	long long whole = seconds < 1e15 ? (long long)(seconds + 0.5) : 0;
	if (whole < 3600)
		snprintf(text, TIME_LENGTH, "%lld:%02lld", whole / 60, whole % 60);
	else
		snprintf(text, TIME_LENGTH, "%lld:%02lld:%02lld", whole / 3600, whole / 60 % 60,
		         whole % 60);
}

/* What is counted, such as "frame". */
static const char *unit_of(const struct progress_state *state)
{
	return state->unit ? state->unit : "frame";
}

static const char *plural_of(const struct progress_state *state)
{
	return state->total == 1 || (state->total <= 0 && state->done == 1) ? "" : "s";
}

static void append(char *text, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static void append(char *text, size_t size, const char *format, ...)
{
	size_t length = strlen(text);
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text + length, size - length, format, arguments);
	va_end(arguments);
}

/* Of frames, brief says it as is usual. */
static void append_rate(char *text, size_t size, const struct progress_state *state, bool brief)
{
	double rate = state->frames_per_second;
	/* Slow dreams are told in seconds, so that the number still says something. */
	if (rate < 0.1)
		append(text, size, "%.1f s a %s", 1 / rate, unit_of(state));
	else if (brief && !state->unit)
		append(text, size, "%.*f fps", rate < 10 ? 2 : 1, rate);
	else
		append(text, size, "%.*f %ss per second", rate < 10 ? 2 : 1, rate, unit_of(state));
}

static void append_preparation(char *text, size_t size, const struct progress_state *state,
                               const char *before)
{
	if (state->prepares)
		append(text, size, "%sbuilding kernels %.0f%%", before, 100 * state->prepared);
}

static void format_words(char *text, size_t size, const struct progress_state *state)
{
	char time[TIME_LENGTH];
	text[0] = '\0';
	if (state->total > 0)
		append(text, size, "%lld/%lld %s%s", (long long)state->done,
		       (long long)state->total, unit_of(state), plural_of(state));
	else
		append(text, size, "%lld %s%s", (long long)state->done, unit_of(state),
		       plural_of(state));
	if (state->frames_per_second > 0 && state->total != 1) {
		append(text, size, "  ");
		append_rate(text, size, state, true);
	}
	if (seconds_left(state) >= 0) {
		format_time(time, seconds_left(state));
		append(text, size, "  %s left", time);
	} else if (all_done(state)) {
		format_time(time, state->elapsed);
		append(text, size, "  in %s", time);
	}
	append_preparation(text, size, state, "  ");
}

static double part_done(const struct progress_state *state)
{
	double part = ((double)state->done + state->part) / (double)state->total;
	return part > 1 ? 1 : part < 0 ? 0 : part;
}

void progress_format_bar(char *line, size_t size, const struct progress_state *state, int columns)
{
	char words[TEXT_LENGTH], bar[BAR_MAX + 1];
	format_words(words, sizeof(words), state);
	int room = columns - (int)strlen(words) - 3; /* "[" and "] " */
	int width = room > BAR_MAX ? BAR_MAX : room;
	if (state->total <= 0 || width < BAR_MIN) {
		snprintf(line, size, "%.*s", columns > 0 ? columns : 0, words);
		return;
	}
	int filled = (int)(part_done(state) * width);
	memset(bar, '#', (size_t)filled);
	memset(bar + filled, '-', (size_t)(width - filled));
	bar[width] = '\0';
	snprintf(line, size, "[%s] %s", bar, words);
}

void progress_format_line(char *line, size_t size, const struct progress_state *state)
{
	char time[TIME_LENGTH];
	line[0] = '\0';
	append(line, size, "%lld", (long long)state->done);
	if (state->total > 0)
		append(line, size, " of %lld", (long long)state->total);
	append(line, size, " %s%s", unit_of(state), plural_of(state));
	if (state->total == 1 && state->part > 0)
		append(line, size, ", %.0f%% of it", 100 * state->part);
	if (state->frames_per_second > 0 && state->total != 1) {
		append(line, size, ", ");
		append_rate(line, size, state, false);
	}
	if (seconds_left(state) >= 0) {
		format_time(time, seconds_left(state));
		append(line, size, ", %s left", time);
	} else if (all_done(state)) {
		format_time(time, state->elapsed);
		append(line, size, ", in %s", time);
	}
	append_preparation(line, size, state, ", ");
}

/* ---- showing ---- */

static int terminal_columns(FILE *stream)
{
	struct winsize size;
	if (ioctl(fileno(stream), TIOCGWINSZ, &size) || size.ws_col == 0)
		return COLUMNS_DEFAULT;
	/* The last column stays free, or the terminal would wrap. */
	int columns = size.ws_col - 1;
	return columns < PROGRESS_COLUMNS_MAX ? columns : PROGRESS_COLUMNS_MAX;
}

static void show(struct progress *progress)
{
	char line[PROGRESS_COLUMNS_MAX + 1];
	if (progress->style == PROGRESS_BAR) {
		progress_format_bar(line, sizeof(line), &progress->state,
		                    terminal_columns(progress->stream));
		fprintf(progress->stream, "\r%s\033[K", line);
		progress->bar_open = true;
	} else {
		progress_format_line(line, sizeof(line), &progress->state);
		fprintf(progress->stream, "%s\n", line);
		progress->told_all = all_done(&progress->state);
	}
	fflush(progress->stream);
}

static void show_when_due(struct progress *progress)
{
	double time = seconds_now();
	double interval = progress->style == PROGRESS_BAR ? bar_seconds : PROGRESS_LINE_SECONDS;
	progress->state.elapsed = time - progress->started;
	if (progress->style == PROGRESS_NONE || time - progress->shown < interval)
		return;
	progress->shown = time;
	show(progress);
}

void progress_init(struct progress *progress, FILE *stream, enum progress_style style)
{
	if (progress)
		*progress = (struct progress){.stream = stream, .style = style};
}

void progress_count(struct progress *progress, const char *unit)
{
	if (progress)
		progress->unit = unit;
}

void progress_begin(struct progress *progress, int64_t total)
{
	if (!progress || progress->running++)
		return;
	progress->state =
		(struct progress_state){.total = total > 0 ? total : 0, .unit = progress->unit};
	progress->told_all = false;
	progress->prepares_since = progress->built = progress->took = 0;
	progress->measured = 0;
	progress->started = seconds_now();
	progress->shown = progress->frame_begun = progress->heard = progress->started;
	if (progress->style == PROGRESS_BAR)
		show(progress);
}

void progress_part(struct progress *progress, double part)
{
	if (!progress || !progress->running)
		return;
	progress->state.part = part < 0 ? 0 : part > 1 ? 1 : part;
	progress->heard = seconds_now();
	show_when_due(progress);
}

void progress_prepare(struct progress *progress, double part)
{
	if (!progress || !progress->running)
		return;
	double time = seconds_now();
	progress->built += time - progress->heard;
	progress->heard = time;
	if (!progress->prepares_since)
		progress->prepares_since = time;
	progress->state.prepares = part < 1 && time - progress->prepares_since > prepare_seconds;
	progress->state.prepared = part;
	if (part >= 1)
		progress->prepares_since = 0;
	show_when_due(progress);
}

/* The rate is that of the frames after the first, in which more is done once than building kernels.
 * Until there is one, the first has to do. Those that kernels were built for tell nothing. */
static void measure(struct progress *progress)
{
	struct progress_state *state = &progress->state;
	double time = seconds_now(), took = time - progress->frame_begun;
	bool has_built = progress->built > prepare_seconds;
	progress->frame_begun = progress->heard = time;
	progress->built = 0;
	if (has_built || took <= 0)
		return;
	if (state->done > 1) {
		progress->measured++;
		progress->took += took;
	}
	state->frames_per_second =
		progress->measured ? (double)progress->measured / progress->took : 1 / took;
}

void progress_frame(struct progress *progress)
{
	if (!progress || !progress->running)
		return;
	progress->state.done++;
	progress->state.part = 0;
	measure(progress);
	show_when_due(progress);
}

void progress_end(struct progress *progress)
{
	if (!progress || !progress->running || --progress->running)
		return;
	progress->state.elapsed = seconds_now() - progress->started;
	if (progress->style == PROGRESS_NONE)
		return;
	/* Where nothing was done an error follows, which says all there is to say. */
	if ((progress->state.done && !progress->told_all) || progress->bar_open)
		show(progress);
	if (progress->bar_open)
		fputc('\n', progress->stream);
	fflush(progress->stream);
	progress->bar_open = false;
}

static void say(struct progress *progress, const char *format, va_list arguments)
{
	if (progress->bar_open)
		fputs("\r\033[K", progress->stream);
	vfprintf(progress->stream, format, arguments);
	fputc('\n', progress->stream);
	if (progress->bar_open)
		show(progress);
	fflush(progress->stream);
}

void progress_note(struct progress *progress, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	if (progress && progress->style != PROGRESS_NONE)
		say(progress, format, arguments);
	va_end(arguments);
}

void progress_error(struct progress *progress, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	if (progress)
		say(progress, format, arguments);
	va_end(arguments);
}
