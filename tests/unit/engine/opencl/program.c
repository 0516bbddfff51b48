/* What compiled programs are found by in the cache. */
#include "engine/opencl/program.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/opencl/device_open.h"
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
