#include "app/live/disk.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "app/base/allowance.h"
#include "app/base/clock.h"
#include "app/base/paths.h"
#include "app/base/queue.h"
#include "app/base/thread.h"
#include "app/media/convert.h"
#include "app/media/picture.h"
#include "app/media/picture_write.h"

/* Files of actions, and besides them the corners and a store. */
enum { FILES_AT_ONCE = 4, WAITING_MAX = FILES_AT_ONCE + 2 };

static const int64_t look_interval = CLOCK_SECOND; /* from look to look at the room */
/* No more at once than may wait, as what waited longest is dropped. */
static const struct allowance_rate files = {.most = FILES_AT_ONCE, .a_second = 1};

struct task {
	struct picture picture; /* without pixels, the text itself is written */
	char *settings, *path;
	char note[DISK_NOTE_LENGTH]; /* once it is written; empty: its path */
	atomic_int *outcome;         /* NULL: nobody asks, or was told already */
};

struct live_disk {
	struct queue *tasks;
	pthread_t thread;
	pthread_mutex_t lock; /* of note and room */
	char note[DISK_NOTE_LENGTH];
	uint64_t room; /* bytes free for us on the disk of the current folder; UINT64_MAX: not known
	                */
	uint64_t keep_free;
	atomic_bool stop;       /* once all is written */
	struct allowance begun; /* files; the main thread's */
};

static void tell(struct task *task, enum live_disk_outcome outcome)
{
	if (task->outcome)
		atomic_store(task->outcome, outcome);
	task->outcome = NULL;
}

/* One that was dropped was not written. */
static void release_task(void *item)
{
	struct task *task = item;
	tell(task, DISK_FAILED);
	picture_release(&task->picture);
	free(task->settings);
	free(task->path);
	free(task);
}

static void set_note(struct live_disk *disk, const char *note)
{
	pthread_mutex_lock(&disk->lock);
	snprintf(disk->note, sizeof(disk->note), "%.*s", DISK_NOTE_LENGTH - 1, note);
	pthread_mutex_unlock(&disk->lock);
}

void live_disk_note(struct live_disk *disk, char note[DISK_NOTE_LENGTH])
{
	pthread_mutex_lock(&disk->lock);
	memcpy(note, disk->note, DISK_NOTE_LENGTH);
	disk->note[0] = '\0';
	pthread_mutex_unlock(&disk->lock);
}

static rv_status write_text(const struct task *task, rv_error *error)
{
	paths_make_folders(task->path);
	return output_file_write_text(task->path, task->settings, true, error);
}

static rv_status write_picture(const struct task *task, rv_error *error)
{
	struct output_file *file = NULL;
	rv_status status = output_file_create(&file, task->path, false, error);
	if (status == RV_OK)
		status = picture_write(&task->picture, file, task->path, error);
	if (status == RV_OK)
		status = output_file_commit(&file, error);
	output_file_discard(&file);
	return status;
}

static void write_file(struct live_disk *disk, struct task *task)
{
	char note[DISK_NOTE_LENGTH];
	rv_error error = {0};
	rv_status status =
		task->picture.image.pixels ? write_picture(task, &error) : write_text(task, &error);
	snprintf(note, sizeof(note), "wrote %.140s", task->path);
	if (status != RV_OK)
		fprintf(stderr, "live: %s\n", error.message);
	set_note(disk, status != RV_OK ? error.message : task->note[0] ? task->note : note);
	tell(task, status == RV_OK ? DISK_WROTE : DISK_FAILED);
}

static void look_at_room(struct live_disk *disk)
{
	struct statvfs place;
	bool is_known = !statvfs(".", &place);
	pthread_mutex_lock(&disk->lock);
	disk->room = is_known ? (uint64_t)place.f_bavail * place.f_frsize : UINT64_MAX;
	pthread_mutex_unlock(&disk->lock);
}

static void *run(void *context)
{
	struct live_disk *disk = context;
	for (;;) {
		look_at_room(disk);
		struct task *task = queue_pop(disk->tasks, look_interval);
		if (!task && atomic_load(&disk->stop))
			return NULL;
		if (task) {
			write_file(disk, task);
			release_task(task);
		}
	}
}

/* ---- how much may be written ---- */

rv_status live_disk_has_room(struct live_disk *disk, rv_error *error)
{
	const double giga = 1 << 30; /* as the option has it */
	pthread_mutex_lock(&disk->lock);
	uint64_t room = disk->room;
	pthread_mutex_unlock(&disk->lock);
	if (room >= disk->keep_free)
		return RV_OK;
	return rv_fail(error, RV_IO, "%.2f GB are left on the disk, and --keep-free leaves %.2f",
	               (double)room / giga, (double)disk->keep_free / giga);
}

rv_status live_disk_admit(struct live_disk *disk, int64_t now, rv_error *error)
{
	rv_status status = live_disk_has_room(disk, error);
	if (status != RV_OK)
		return status;
	if (allowance_left(&disk->begun, &files, now) < 1)
		return rv_fail(error, RV_IO, "one file a second can be begun, after %.0f at once",
		               files.most);
	disk->begun.left--;
	return RV_OK;
}

/* ---- from outside ---- */

rv_status live_disk_start(struct live_disk **started, uint64_t keep_free, rv_error *error)
{
	struct live_disk *disk = calloc(1, sizeof(*disk));
	if (!disk)
		return rv_fail(error, RV_MEMORY, "out of memory");
	pthread_mutex_init(&disk->lock, NULL);
	disk->room = UINT64_MAX;
	disk->keep_free = keep_free;
	/* Pictures asked for faster than they can be written are dropped: nothing waits. */
	rv_status status =
		queue_create(&disk->tasks, WAITING_MAX, QUEUE_DROP_OLDEST, release_task, error);
	if (status == RV_OK)
		status = thread_start(&disk->thread, "writing", run, disk, error);
	if (status != RV_OK) {
		queue_destroy(&disk->tasks);
		pthread_mutex_destroy(&disk->lock);
		free(disk);
		return status;
	}
	*started = disk;
	return RV_OK;
}

/* A task without a picture. */
static rv_status create_task(struct task **created, const char *text, const char *path,
                             rv_error *error)
{
	struct task *task = calloc(1, sizeof(*task));
	if (!task)
		return rv_fail(error, RV_MEMORY, "out of memory");
	task->settings = strdup(text);
	task->path = strdup(path);
	if (!task->settings || !task->path) {
		release_task(task);
		return rv_fail(error, RV_MEMORY, "out of memory");
	}
	*created = task;
	return RV_OK;
}

rv_status live_disk_write(struct live_disk *disk, const rv_image *picture, const char *settings,
                          const char *path, rv_error *error)
{
	struct task *task;
	rv_status status = create_task(&task, settings, path, error);
	if (status != RV_OK)
		return status;
	status = convert_allocate_image(&task->picture.image, RV_RGB8, picture->width,
	                                picture->height, error);
	if (status != RV_OK) {
		release_task(task);
		return status;
	}
	memcpy(task->picture.image.pixels, picture->pixels,
	       picture->stride * (size_t)picture->height);
	task->picture.settings = task->settings;
	queue_push(disk->tasks, task, 0);
	return RV_OK;
}

rv_status live_disk_write_text(struct live_disk *disk, const char *text, const char *path,
                               const char *note, atomic_int *outcome, rv_error *error)
{
	struct task *task;
	rv_status status = create_task(&task, text, path, error);
	if (status != RV_OK)
		return status;
	snprintf(task->note, sizeof(task->note), "%s", note ? note : "");
	task->outcome = outcome;
	queue_push(disk->tasks, task, 0);
	return RV_OK;
}

void live_disk_stop(struct live_disk **stopped)
{
	struct live_disk *disk = *stopped;
	if (!disk)
		return;
	atomic_store(&disk->stop, true);
	queue_close(disk->tasks);
	pthread_join(disk->thread, NULL);
	queue_destroy(&disk->tasks);
	pthread_mutex_destroy(&disk->lock);
	free(disk);
	*stopped = NULL;
}
