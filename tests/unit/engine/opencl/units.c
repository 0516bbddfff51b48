/* Which devices are taken to have matrix units, by what their drivers say of them. */
#include "engine/opencl/units.h"

#include "tests/support/test.h"

#define ACCUMULATES "cl_intel_subgroup_matrix_multiply_accumulate"
#define SIZED "cl_intel_required_subgroup_size"

/* -1: none. */
static int kind_of(struct unit_signs signs)
{
	enum unit_kind kind;

	if (!signs.extensions)
		signs.extensions = "cl_khr_fp16";
	return units_known(&signs, &kind) ? (int)kind : -1;
}

TEST(units_of_nvidia_are_known_from_ampere_on)
{
	CHECK(kind_of((struct unit_signs){"NVIDIA CUDA", "A10", .capability = 8}) == UNITS_NVIDIA);
	CHECK(kind_of((struct unit_signs){"NVIDIA CUDA", "T4", .capability = 7}) == -1);
	CHECK(kind_of((struct unit_signs){"rusticl", "NVIDIA A10", .capability = 8}) == -1);
}

TEST(units_of_intel_are_known_by_their_extension_and_sub_groups)
{
	const char *platform = "Intel(R) OpenCL Graphics";
	const char *all = "cl_khr_fp16 " SIZED " " ACCUMULATES " " ACCUMULATES "_tf32";

	CHECK(kind_of((struct unit_signs){platform, "Arc A770", all, .least_sub_group = 8}) ==
	      UNITS_INTEL_8);
	CHECK(kind_of((struct unit_signs){platform, "Arc B580", all, .least_sub_group = 16}) ==
	      UNITS_INTEL_16);
	CHECK(kind_of((struct unit_signs){platform, "Arc C", all, .least_sub_group = 32}) == -1);
	CHECK(kind_of((struct unit_signs){platform, "Arc C", all, .least_sub_group = 0}) == -1);
	CHECK(kind_of((struct unit_signs){platform, "Iris", SIZED, .least_sub_group = 8}) == -1);
	CHECK(kind_of((struct unit_signs){platform, "Iris", SIZED " " ACCUMULATES "_tf32",
	                                  .least_sub_group = 16}) == -1);
	CHECK(kind_of((struct unit_signs){platform, "Arc A770", ACCUMULATES,
	                                  .least_sub_group = 8}) == -1);
}

TEST(units_of_amd_are_known_by_the_name_that_its_driver_gives)
{
	const char *platform = "AMD Accelerated Parallel Processing";

	CHECK(kind_of((struct unit_signs){platform, "gfx1100", .wavefront = 32}) == UNITS_AMD);
	CHECK(kind_of((struct unit_signs){platform, "gfx1151", .wavefront = 32}) == UNITS_AMD);
	CHECK(kind_of((struct unit_signs){platform, "gfx1100", .wavefront = 64}) == -1);
	CHECK(kind_of((struct unit_signs){platform, "gfx1030", .wavefront = 32}) == -1);
	CHECK(kind_of((struct unit_signs){platform, "gfx1201", .wavefront = 32}) == -1);
	CHECK(kind_of((struct unit_signs){"rusticl", "gfx1100", .wavefront = 32}) == -1);
}

TEST(units_are_not_seen_on_processors)
{
	CHECK(kind_of((struct unit_signs){"Portable Computing Language", "cpu-znver3",
	                                  .wavefront = 0}) == -1);
}
