#!/bin/sh
# Devices that fail while they are used (tests/support/failing_opencl.c): for a while, for good, one
# of two, all of them.
. "$(dirname "$0")/../support/lib.sh"

tiny="--octaves 1 --iterations 1 --layer mixed0 --size 96x72 --governor off --warm-steps 1"
clip=$PWD/assets/clouds.mp4

if ! can_dream; then
	skip devices_that_fail "$why"
	finish
fi
if ! build_layer failing_opencl -DCL_TARGET_OPENCL_VERSION=120; then
	skip devices_that_fail "$why"
	finish
fi

# A session without a window whose OpenCL fails as the environment says.
session() { # WORD...
	# shellcheck disable=SC2086
	LD_PRELOAD=$(preload "$layer") timeout $((300 * slowness)) \
		"$REVERIE" live "$@" --headless $tiny >"$work/out" 2>"$work/err" </dev/null
	code=$?
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
	export FAIL_CL=clEnqueueNDRangeKernel FAIL_CL_FROM=400 FAIL_CL_COUNT=8 FAIL_CL_CODE=-36
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
		# shellcheck disable=SC2086
		LD_PRELOAD=$(preload "$layer") "$REVERIE" live "$clip" --headless $tiny --device 1 >"$work/out" 2>"$work/err" \
			</dev/null &
		session=$!
		eventually says "live: dreaming again, on pthread"
		told=$?
		kill -TERM $session
		wait $session
		[ $? = 143 ] && [ $told = 0 ]
	)
	check devices_that_fail_are_left_for_others [ $? = 0 ]
fi

# ---- a driver hangs ----

# That of the dream alone, while the picture goes on: what systemd would hear, with the seconds that passed
# before each sign. Seven minutes, in which hardly anything is computed.
hears() {
	python3 -c 'import socket, sys, time
ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
ear.bind(sys.argv[1])
ear.settimeout(600)
text, last = "", time.monotonic()
while "=600000000" not in text: # the session ends
    text = ear.recv(1000).decode()
    now = time.monotonic()
    print(round(now - last), text.split()[0], flush=True)
    last = now' "$work/notify" >"$work/signs" &
	ear=$!
	eventually test -S "$work/notify"
	# shellcheck disable=SC2086
	LD_PRELOAD=$(preload "$layer") NOTIFY_SOCKET=$work/notify FAIL_CL=clEnqueueNDRangeKernel FAIL_CL_FROM=400 \
		FAIL_CL_CODE=hangs timeout $((600 * slowness)) "$REVERIE" live "$clip" --headless --bench 420 $tiny --fps 10 \
		>"$work/out" 2>"$work/err" </dev/null
	wait "$ear"
}
if [ "$REVERIE_EVERY" = 1 ] && have python3; then
	hears
	check devices_that_hang_are_told_of [ "$(grep -c '^live: the dream has stood still for 120 s' "$work/err")" = 1 ]
	# A minute without any, and systemd ends the program.
	check devices_that_hang_give_signs_for_five_minutes_alone \
		awk '$2 ~ /=60000000/ && $1 < 20 { n++ } $2 ~ /=600000000/ { gap = $1 }
		END { print "# " n " signs, then none for " gap " s"; exit !(n >= 18 && n <= 23 && gap > 60) }' "$work/signs"
fi

# ---- every call fails once ----

# Makes a call of each name fail, the one in the middle of those that are made, or with REVERIE_EVERY=1
# the first and the last, too, once and for good; `settled` says whether the program ended as it may.
each_call() { # RUN SETTLED [NAMES]
	bad='' failed_calls=0
	rm -f "$work/counts"
	FAIL_CL_COUNTS="$work/counts" "$1"
	sort -u "$work/counts" >"$work/names"
	while read -r call count; do
		[ -n "$3" ] && ! echo "$call" | grep -Eq "$3" && continue
		for from in $(printf '%s\n' 1 $((count / 2 + 1)) "$count" | sort -nu); do
			for times in 1 0; do
				[ "$REVERIE_EVERY" = 1 ] || [ "$from:$times" = $((count / 2 + 1)):1 ] || continue
				failed_calls=$((failed_calls + 1))
				FAIL_CL=$call FAIL_CL_FROM=$from FAIL_CL_COUNT=$times "$1"
				"$2" || bad="$bad $call:$from:$times:$code"
			done
		done
	done <"$work/names"
	echo "# $failed_calls calls failed$bad"
	[ $failed_calls -gt 3 ] && [ -z "$bad" ]
}

offline() { # INPUT OUTPUT
	rm -f "$2"
	# shellcheck disable=SC2086
	LD_PRELOAD=$(preload "$layer") timeout $((300 * slowness)) "$REVERIE" "$1" -o "$2" --octaves 2 \
		--iterations 1 --layer mixed0 --size 96x72 --quiet >"$work/out" 2>"$work/err" </dev/null
	code=$?
}

# Either it did without the call, or it says in one line what failed, and that a part is kept where
# there is any; nothing is left half.
settled() { # OUTPUT
	[ "$code:$(wc -l <"$work/err")" = 0:0 ] && [ -s "$1" ] && return
	[ "$code:$(wc -l <"$work/err")" = 1:1 ] && [ -z "$(find "$work" -name '.reverie*')" ] || return
	[ ! -e "$1" ] || grep -q 'holds the' "$work/err"
}

still() {
	offline assets/clouds.jpg "$work/still.png"
}
still_settled() {
	settled "$work/still.png" && [ "$code:$(ls "$work/still.png" 2>/dev/null)" != 1:"$work/still.png" ]
}
check devices_whose_calls_fail_once_leave_no_still each_call still still_settled

video() {
	offline "lavfi:testsrc2=size=160x120:rate=25:duration=0.3" "$work/video.mkv"
}
video_settled() {
	settled "$work/video.mkv"
}
check devices_whose_calls_fail_once_leave_no_video_half each_call video video_settled

# A device that has less memory than it says: the dream is made in tiles, and that is told.
short_of_memory() { # BYTES
	rm -f "$work/tiled.png" "$work/held"
	# shellcheck disable=SC2086
	LD_PRELOAD=$(preload "$layer") FAIL_CL_HELD="$work/held" FAIL_CL_ROOM=$1 \
		timeout $((300 * slowness)) "$REVERIE" assets/clouds.jpg -o "$work/tiled.png" --octaves 1 \
		--iterations 1 --layer mixed0 >"$work/out" 2>"$work/err" </dev/null
	code=$?
}
short_of_memory 60000000
check devices_that_run_out_of_memory_dream_in_tiles \
	[ "$code:$(grep -c 'memory is short: dreaming in [0-9]* tiles$' "$work/err")" = 0:1 ]
short_of_memory 10000000
check devices_without_room_for_a_tile_are_told \
	[ "$code:$(grep -c '^reverie: .*out of device memory' "$work/err")" = 1:1 ]

# What is measured on the device is no number: that may spoil the dream, and nothing else.
FAIL_CL=clEnqueueReadBuffer FAIL_CL_CODE=numbers video
check devices_that_measure_no_numbers_end_a_video [ "$code" = 0 ]
FAIL_CL=clEnqueueReadBuffer FAIL_CL_CODE=numbers session "$clip" --bench 2
check devices_that_measure_no_numbers_end_a_session [ "$code" = 0 ]

live() {
	session "$clip" --bench 1 --quiet
}
live_settled() {
	[ "$code" = 0 ] || { [ "$code" = 1 ] && grep -q '^reverie: ' "$work/err"; }
}
some='ReadBufferRect|NDRange|CreateKernel|CreateBuffer'
[ "$REVERIE_EVERY" = 1 ] && some=
check devices_whose_calls_fail_once_crash_no_session each_call live live_settled "$some"

# A driver's compiler that refuses one of the kernels that convolutions may take, which are among these that are built:
# another does its work.
does_without() {
	for from in 3 4 5 6 7; do
		rm -f "$work/refused"
		LD_PRELOAD=$(preload "$layer") FAIL_CL=clBuildProgram FAIL_CL_FROM=$from FAIL_CL_COUNT=1 FAIL_CL_CODE=-11 \
			FAIL_CL_SAYS="$work/refused" "$REVERIE-bench" step --layer mixed0 --size 96x64 --runs 1 --kernels gpu \
			--precision float --no-cache >"$work/out" 2>"$work/err" && [ -s "$work/refused" ] && return 0
	done
	return 1
}
check convolutions_go_on_without_a_kernel_that_is_refused does_without
finish
