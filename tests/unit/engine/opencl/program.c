/* What compiled programs are found by in the cache, and kernels that are asked for. */
#include "engine/opencl/program.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/opencl/device_open.h"
#include "engine/opencl/record.h"
#include "tests/support/device_fixture.h"
#include "tests/support/test.h"

/* Binaries of another platform, device or version of the driver must not be loaded. */
TEST(the_key_of_a_device_names_platform_device_and_driver)
{
	const struct device *device = fixture_device();

	REQUIRE(device);
	CHECK(strstr(device->key, device->info.platform));
	CHECK(strstr(device->key, device->info.name));
	CHECK(strstr(device->key, device->info.driver));
}

/* Removes the files of a folder, and the folder; returns how many programs were there. */
static int count_and_remove(const char *folder)
{
	char path[512];
	DIR *stream = opendir(folder);
	int programs = 0;

	for (struct dirent *entry; stream && (entry = readdir(stream));) {
		const char *end = strrchr(entry->d_name, '.');
		programs += end && !strcmp(end, ".program");
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		unlink(path);
	}
	if (stream)
		closedir(stream);
	rmdir(folder);
	return programs;
}

static void build(struct device *device, const char *options)
{
	cl_kernel kernel = NULL;
	rv_error error;

	CHECK_MESSAGE(program_kernel(device, "operators/softmax", options, "softmax_forward",
	                             &kernel, &error) == RV_OK,
	              "%s", error.message);
	if (kernel)
		clReleaseKernel(kernel);
}

TEST(programs_of_other_options_are_kept_apart)
{
	char folder[] = "/tmp/reverie-programs-XXXXXX";
	rv_config config = test_config();
	struct device *device;

	REQUIRE(mkdtemp(folder));
	config.cache_directory = folder;
	REQUIRE(device_open(&device, &config, NULL) == RV_OK);
	build(device, "-DLANES=4");
	build(device, "-DLANES=8");
	build(device, "-DLANES=4");
	program_cache_keep(device, true);
	device_close(&device);
	int programs = count_and_remove(folder);
	CHECK_MESSAGE(programs == 2, "%d programs", programs);
}

/* That a compiler refuses a kernel is an answer, and no failure; what failed before still is one.
 */
TEST(asking_whether_a_kernel_runs_forgets_no_failure)
{
	rv_error error;
	struct launch_list list = {0};
	struct launch_recorder recorder = {
		.device = fixture_device(), .list = &list, .error = &error};

	REQUIRE(recorder.device);
	CHECK(record_can_run(&recorder, "operators/softmax", "-DLANES=4", "softmax_forward", 1));
	CHECK(!record_can_run(&recorder, "operators/softmax", "-DLANES=5", "softmax_forward", 1));
	CHECK(recorder.status == RV_OK);
	record_fail(&recorder, RV_DEVICE, "the driver has given up");
	CHECK(!record_can_run(&recorder, "operators/softmax", "-DLANES=4", "softmax_forward", 1));
	CHECK(recorder.status == RV_DEVICE);
	CHECK(!strcmp(error.message, "the driver has given up"));
}
