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

# A session without a window whose OpenCL fails as VARIABLE=VALUE... say; on one device, or on two.
failing() { # VARIABLE=VALUE... -- WORD...
	settings=
	while [ "$1" != -- ]; do
		settings="$settings $1"
		shift
	done
	shift
	# shellcheck disable=SC2086
	env LD_PRELOAD="$(preload "$layer")" $settings timeout $((120 * slowness)) \
		"$REVERIE" live "$@" --headless $tiny >"$work/out" 2>"$work/err" </dev/null
	code=$?
}

says() { # TEXT
	grep -qF -e "$1" "$work/err"
}

after=$((3 * slowness))

# A file that plays to its end, while the device is gone for good: what is recorded is kept, but that
# nothing was dreamed is told.
failing FAIL_CL=clFinish FAIL_CL_AFTER=$after FAIL_CL_CODE=-36 -- "$clip" --loop off -o "$work/lost.mp4"
check devices_lost_is_told says "OpenCL error -36; trying again"
check devices_lost_fails_a_session_that_nobody_sees [ "$code" = 1 ]
check devices_lost_keeps_the_recording [ -s "$work/lost.mp4" ]

# One that comes back is dreamed on.
failing FAIL_CL=clEnqueueNDRangeKernel FAIL_CL_AFTER=$after FAIL_CL_FOR=2 -- "$clip" --bench $((8 * slowness))
check devices_that_come_back_end_well [ "$code" = 0 ]
check devices_that_come_back_are_told says "live: dreaming again, on "
check devices_that_come_back_are_dreamed_on above dream_fps 2

# Where there is another one, that is dreamed on.
if ! POCL_DEVICES="pthread basic" "$REVERIE" devices | grep -q basic; then
	skip devices_there_are_others "this platform has one device"
else
	(
		export POCL_DEVICES="pthread basic"
		failing FAIL_CL=clEnqueueNDRangeKernel FAIL_CL_AFTER=$after FAIL_CL_DEVICE=basic -- \
			"$clip" --bench $((10 * slowness)) --device 1
		[ "$code" = 0 ] && says "live: dreaming again, on pthread" && above dream_fps 2
	)
	check devices_there_are_others [ $? = 0 ]
fi

finish
