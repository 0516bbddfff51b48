#!/bin/sh
# Disks that fail while a video is written (tests/support/failing_files.c), terminals that are closed,
# and readers of a pipe that stall: what was dreamed is kept where it can be played, nothing is left
# half, and one line says so.
. "$(dirname "$0")/../support/lib.sh"

tiny="--octaves 1 --iterations 1 --layer mixed0"
disk=$work/disk
mkdir "$disk"

if ! can_dream || ! have ffprobe; then
	skip disks "${why:-ffprobe is missing}"
	finish
fi
if ! build_layer failing_files; then
	skip disks "$why"
	finish
fi
clip="lavfi:testsrc2=size=160x120:rate=25:duration=4"

# Dreams a clip into $disk/x.END, with the disk failing as the environment says.
dream() { # END
	rm -f "$disk/x.$1"
	# shellcheck disable=SC2086
	LD_PRELOAD=$(preload "$layer") FAIL_FILES=$disk/ timeout $((300 * slowness)) \
		"$REVERIE" "$clip" -o "$disk/x.$1" --quality 0 --quiet $tiny >"$work/out" 2>"$work/err" </dev/null
	code=$?
}

# The packets of the video, or nothing where there is no such file or it cannot be read.
pictures() { # FILE
	count=$(ffprobe -v error -select_streams v -count_packets -show_entries stream=nb_read_packets -of csv=p=0 "$1" \
		2>/dev/null)
	echo "${count:-0}"
}

nothing_left() {
	[ -z "$(find "$disk" -name '.reverie*')" ]
}

# Either there is no file, or it is one that plays and the line says that it was kept.
half_at_most() { # FILE
	[ ! -e "$1" ] && ! grep -q 'is kept' "$work/err" && return
	[ "$(pictures "$1")" -gt 0 ] 2>/dev/null && grep -q 'is kept' "$work/err"
}

# Writes of a transcode fail, one after the other, and so does all that follows: each of them with
# REVERIE_EVERY=1, else a dozen, of which the first and the last are two.
each_write() { # END ERRNO
	bad=
	rm -f "$work/counts"
	export FAIL_FILES_HOW="$2" FAIL_FILES_COUNTS="$work/counts"
	FAIL_FILES_FROM=1000000 dream "$1"
	writes=$(sed -n 's/^write //p' "$work/counts" | sort -n | tail -n 1)
	unset FAIL_FILES_COUNTS
	step=$((writes / 10 + 1))
	[ "$REVERIE_EVERY" = 1 ] && step=1
	for from in $(seq 1 "$step" $((writes - 1))) "$writes"; do
		FAIL_FILES_FROM=$from dream "$1"
		[ "$code" = 1 ] && [ "$(wc -l <"$work/err")" = 1 ] && nothing_left &&
			half_at_most "$disk/x.$1" || bad="$bad $from:$code"
	done
	[ "$writes" -ge 3 ] && [ -z "$bad" ] || echo "# of $writes writes:$bad"
	[ "$writes" -ge 3 ] && [ -z "$bad" ]
}
check disks_that_are_full_leave_nothing_half each_write mp4 28
check disks_with_errors_leave_nothing_half each_write mkv 5
check disks_that_become_read_only_leave_nothing_half each_write mkv 30
for call in fsync rename; do
	FAIL_FILES_CALL=$call FAIL_FILES_HOW=5 dream mp4
	check "disks_that_fail_at_the_end_by_${call}_are_told" \
		[ "$code:$(wc -l <"$work/err")" = 1:1 ]
	check "disks_that_fail_at_the_end_by_${call}_leave_no_temporary_file" nothing_left
done
FAIL_FILES_CALL=open FAIL_FILES_HOW=30 dream mp4
check disks_that_are_read_only_are_found_at_once grep -q "cannot be written there: Read-only" "$work/err"

# MP4 plays only with its end, for which there is always room.
FAIL_FILES_CALL=fallocate FAIL_FILES_HOW=28 dream mp4
check disks_that_become_full_keep_the_video half_at_most "$disk/x.mp4"
check disks_that_become_full_fail_the_job [ "$code" = 1 ]

for how in short slow; do
	FAIL_FILES_HOW=$how dream mp4
	check "disks_whose_writes_are_${how}_hold_everything" \
		[ "$code:$(pictures "$disk/x.mp4")" = 0:100 ]
done
FAIL_FILES_CALL=fallocate FAIL_FILES_HOW=95 dream mp4
check disks_without_fallocate_hold_everything [ "$code:$(pictures "$disk/x.mp4")" = 0:100 ]

# A recording ends with the first error and keeps what came before it; the session goes on without it.
for from in 1 4; do
	rm -f "$disk/live.mp4"
	# shellcheck disable=SC2086
	LD_PRELOAD=$(preload "$layer") FAIL_FILES=$disk/ FAIL_FILES_FROM=$from timeout $((300 * slowness)) \
		"$REVERIE" live assets/clouds.mp4 --headless --loop off -o "$disk/live.mp4" $tiny --size 96x72 \
		--governor off >"$work/out" 2>"$work/err" </dev/null
	code=$?
	check "disks_that_fail_at_write_${from}_end_a_recording" [ "$code" = 1 ]
	check "disks_that_fail_at_write_${from}_leave_nothing_half" nothing_left
done
check disks_that_fail_later_keep_a_recording [ "$(pictures "$disk/live.mp4")" -gt 0 ]

# A session on that disk that is played from elsewhere, with what is to fail.
play_in_disk() { # VARIABLE=VALUE... PROGRAM live FILE WORD...
	# shellcheck disable=SC2086
	(cd "$disk" && LD_PRELOAD=$(preload "$layer") exec timeout $((300 * slowness)) env "$@" --model "$model" \
		--headless --osc $port $tiny --size 96x72 --governor off) >"$work/out" 2>"$work/err" </dev/null &
	session=$!
}
clip=$PWD/assets/clouds.mp4 model=$PWD/models/inception_v3.onnx

# One that was begun by hand is told when it fails, and is no reason for a kiosk to fail: it would be started
# again for it when it is ended.
if have python3 && "$REVERIE" --help live | grep -q osc; then
	another_port
	play_in_disk FAIL_FILES="$disk/" "$REVERIE" live "$clip" --kiosk
	python3 -c "import sys, time; sys.path.insert(0, 'tests/support'); import remote_client
session = remote_client.Session($port)
session.wait()
session.send('record')
remote_client.eventually(lambda: 'writing failed' in open('$work/err').read())
session.send('quit')"
	wait $session
	code=$?
	check disks_that_fail_a_recording_by_hand_are_told grep -q "live: .*writing failed" "$work/err"
	check disks_that_fail_a_recording_by_hand_fail_no_kiosk [ $code = 0 ]
	# One that leaves too little room ends while it is still whole.
	rm -f "$disk"/reverie-*
	play_in_disk FAIL_FILES_ROOM=1000000 FAIL_FILES_FLAG="$work/full" "$REVERIE" live "$clip" --keep-free 1MB
	# A picture takes about two kilobytes, and a second of them is written at once.
	python3 -c "import glob, os, sys, time; sys.path.insert(0, 'tests/support'); import remote_client
session = remote_client.Session($port)
session.wait()
session.send('record')
remote_client.eventually(lambda: any(os.path.getsize(path) > 1e5 for path in glob.glob('$disk/.reverie-*')))
open('$work/full', 'w').close()
remote_client.eventually(lambda: 'the recording ends' in open('$work/err').read())
time.sleep(remote_client.SLOWNESS)
print(session.ask('strength'))
session.send('quit')" >"$work/said"
	wait $session
	check disks_without_room_end_a_recording grep -q "the recording ends: 0.00 GB are left" "$work/err"
	check disks_without_room_keep_it [ "$(pictures "$disk"/reverie-*.mp4)" -gt 10 ]
	check disks_without_room_let_the_show_go_on grep -q 1.0 "$work/said"
else
	skip disks_that_fail_a_recording_by_hand "python3 is missing"
fi

# ---- what ends the program ----

has_begun() {
	[ -n "$(find "$disk" -name '.reverie-hup.mkv-*' -size +100k)" ]
}
# A terminal that is closed is as good as Ctrl-C.
(
	# shellcheck disable=SC2086
	"$REVERIE" "lavfi:testsrc2=size=160x120:rate=25" -o "$disk/hup.mkv" $tiny --quality 0 >"$work/out" 2>"$work/err" </dev/null &
	job=$!
	eventually has_begun
	kill -HUP $job
	wait $job
	[ $? = 129 ] && [ "$(pictures "$disk/hup.mkv")" -gt 0 ] && nothing_left
)
check signals_of_a_closed_terminal_end_in_good_order [ $? = 0 ]

# A program that was killed leaves a file that the next one names.
cp "$disk/hup.mkv" "$disk/.reverie-hup.mkv-abcdef"
reverie "$disk/none" -o "$disk/hup.mkv" --force
check disks_with_what_was_left_over_are_told grep -q "hup.mkv-abcdef is left over" "$work/err"
rm -f "$disk/.reverie-hup.mkv-abcdef"

# The reader of a pipe that takes a byte of the first picture, which is more than a pipe holds, and nothing from
# then on, cannot hold the end up.
is_gone() {
	! kill -0 $job 2>/dev/null
}
stalled() { # SIGNAL WORD...
	signal=$1
	shift
	mkfifo "$work/pipe"
	(head -c 1 >"$work/byte" && exec sleep 3600) <"$work/pipe" &
	reader=$!
	# shellcheck disable=SC2086
	"$REVERIE" "$@" -o "$work/pipe" --format rawvideo $tiny --quiet >"$work/out" 2>"$work/err" </dev/null &
	job=$!
	eventually test -s "$work/byte"
	pause 0.5
	kill "-$signal" $job
	eventually is_gone
	if kill -9 $job 2>/dev/null; then
		code=late
	else
		code=ended
	fi
	wait $job
	kill $reader
	rm -f "$work/pipe" "$work/byte"
	[ $code = ended ]
}
check signals_end_a_job_whose_reader_stalls stalled TERM "lavfi:testsrc2=size=640x480:rate=25"
check signals_end_a_session_whose_reader_stalls stalled TERM live assets/clouds.mp4 --headless --size 96x72

finish
