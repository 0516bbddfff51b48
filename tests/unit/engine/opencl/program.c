/* What compiled programs are found by in the cache. */
#include <string.h>

#include "engine/opencl/device.h"
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
