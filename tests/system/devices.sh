#!/bin/sh
# Devices that fail while they are used (tests/support/failing_opencl.c): for a while, for good, one
# of two, all of them.
. "$(dirname "$0")/../support/lib.sh"

tiny="--octaves 1 --iterations 1 --layer mixed0 --size 96x72 --governor off --warm-steps 1"
clip=$PWD/assets/clouds.mp4
layer=$work/failing_opencl.so

if ! can_dream; then
	skip devices_that_fail "$why"
	finish
fi
if ! cc -std=c11 -D_GNU_SOURCE -DCL_TARGET_OPENCL_VERSION=120 -O1 -fPIC -shared -o "$layer" \
	tests/support/failing_opencl.c -ldl -pthread 2>"$work/err"; then
	skip devices_that_fail "there is no compiler for tests/support/failing_opencl.c"
	finish
fi

# A session without a window whose OpenCL fails as the environment says.
session() { # WORD...
	# shellcheck disable=SC2086
	LD_PRELOAD=$(preload "$layer") timeout $((120 * slowness)) \
		"$REVERIE" live "$@" --headless $tiny >"$work/out" 2>"$work/err" </dev/null
	code=$?
}

says() { # TEXT
	grep -qF -e "$1" "$work/err"
}

# A file that plays to its end while the device is gone for good: what is recorded is kept, but that
# nothing is dreamed is told.
(
	export FAIL_CL=clEnqueueNDRangeKernel FAIL_CL_FROM=400 FAIL_CL_CODE=-36
	session "$clip" --loop off -o "$work/lost.mp4"
	[ "$code" = 1 ] && says "OpenCL error -36; trying again" && says "reverie: "
)
check devices_lost_for_good_are_told_and_fail_the_session [ $? = 0 ]
check devices_lost_for_good_keep_the_recording [ -s "$work/lost.mp4" ]

# One that comes back is dreamed on.
(
	export FAIL_CL=clEnqueueNDRangeKernel FAIL_CL_FROM=400 FAIL_CL_COUNT=8
	session "$clip" --bench $((10 * slowness))
	[ "$code" = 0 ] && says "live: dreaming again, on " && above dream_fps 2
)
check devices_that_come_back_are_dreamed_on [ $? = 0 ]

# Where there is another one, that is dreamed on. Its kernels may have to be compiled first.
if ! POCL_DEVICES="pthread basic" "$REVERIE" devices | grep -q '^ 2.*pthread'; then
	skip devices_that_fail_are_left_for_others "this platform does not show two devices"
else
	(
		export POCL_DEVICES="pthread basic" FAIL_CL=clEnqueueNDRangeKernel FAIL_CL_FROM=400 FAIL_CL_DEVICE=basic
		session "$clip" --bench $((30 * slowness)) --device 1
		[ "$code" = 0 ] && says "live: dreaming again, on pthread"
	)
	check devices_that_fail_are_left_for_others [ $? = 0 ]
fi

finish
