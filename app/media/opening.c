#include "app/media/opening.h"

#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/thread.h"

/* Nanoseconds in which an opening has ended, if it can be interrupted where it is. */
enum { ABANDON_WAIT = 300000000 };

/* Shared by the thread and the caller; whoever is done last frees it. */
struct opening {
	char *name;
	struct input_options options;
	atomic_int stop; /* not 0: reads end */

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t changed;
	bool done, abandoned;
	rv_status status;
	rv_error error;
	struct source *source;
};

static void destroy(struct opening *opening)
{
	source_close(&opening->source);
	pthread_cond_destroy(&opening->changed);
	pthread_mutex_destroy(&opening->lock);
	free(opening->name);
	free(opening);
}

static void *run(void *context)
{
	struct opening *opening = context;
	struct input *input = NULL;
	struct source *source = NULL;
	rv_error error = {0};
	rv_status status = input_open(&input, opening->name, &opening->options, &error);
	if (status == RV_OK)
		status = source_open(&source, &input, &error);
	pthread_mutex_lock(&opening->lock);
	opening->source = source;
	opening->status = status;
	opening->error = error;
	opening->done = true;
	bool is_last = opening->abandoned;
	pthread_cond_signal(&opening->changed);
	pthread_mutex_unlock(&opening->lock);
	if (is_last)
		destroy(opening);
	return NULL;
}

rv_status opening_start(struct opening **started, const char *input,
                        const struct input_options *options, rv_error *error)
{
	pthread_t thread;
	struct opening *opening = calloc(1, sizeof(*opening));
	if (!opening || !(opening->name = strdup(input))) {
		free(opening);
		return rv_fail(error, RV_MEMORY, "out of memory");
	}
	opening->options = *options;
	opening->options.stop = &opening->stop;
	pthread_mutex_init(&opening->lock, NULL);
	clock_init_condition(&opening->changed);
	rv_status status = thread_start(&thread, "opening", run, opening, error);
	if (status != RV_OK) {
		destroy(opening);
		return status;
	}
	pthread_detach(thread);
	*started = opening;
	return RV_OK;
}

bool opening_wait(struct opening *opening, int64_t timeout)
{
	int64_t until = clock_now() + timeout;
	bool in_time = true;
	pthread_mutex_lock(&opening->lock);
	while (!opening->done && in_time)
		in_time = clock_wait(&opening->changed, &opening->lock, until);
	bool done = opening->done;
	pthread_mutex_unlock(&opening->lock);
	return done;
}

rv_status opening_finish(struct opening **finished, struct source **source, const atomic_int *stop,
                         rv_error *error)
{
	struct opening *opening = *finished;
	rv_status status = opening->status;
	if (status != RV_OK && error)
		*error = opening->error;
	*source = opening->source;
	opening->source = NULL;
	if (*source)
		input_set_stop((*source)->input, stop);
	destroy(opening);
	*finished = NULL;
	return status;
}

void opening_abandon(struct opening **abandoned)
{
	struct opening *opening = *abandoned;
	if (!opening)
		return;
	atomic_store_explicit(&opening->stop, 1, memory_order_relaxed);
	opening_wait(opening, ABANDON_WAIT);
	pthread_mutex_lock(&opening->lock);
	bool is_last = opening->done;
	opening->abandoned = true;
	pthread_mutex_unlock(&opening->lock);
	if (is_last)
		destroy(opening);
	*abandoned = NULL;
}
