#!/bin/sh
# Records what a live session shows of a clip of 640x480 that is paced as a camera, and prints its
# rates, the quality that the governor chose, and how deep it is (tests/bench/live_depth.py), 480
# wide (recorded without loss, as an encoder's usual settings take a third of the depth in the largest
# octave and nearly lossless ones a fifth of two cores, which no window does):
#
#     tests/bench/live_depth.sh [--keep FOLDER] [SECONDS] [OPTION...]
#
# The options go to reverie: network, layer, whatever is dreamed. --keep keeps the recording and the
# frames that were looked at. Exit code 1 where a depth in the second half is below 0.5. Needs ffmpeg
# and OpenCV for Python.
. "$(dirname "$0")/live_common.sh"
keep=$work
if [ "$1" = --keep ]; then
	keep=$2
	mkdir -p "$keep"
	shift 2
fi
seconds=${1:-20}
[ $# -gt 0 ] && shift

cut_clip "$seconds"
# Once unrecorded, so that no kernels are built in what is measured.
"$reverie" live "$work/clip.mp4" --headless --bench 10 --quiet "$@" >"$work/out" 2>"$work/err" &&
	"$reverie" live "$work/clip.mp4" --headless --bench "$seconds" --quiet --force \
		-o "$keep/live.mkv" --encoder ffvhuff "$@" >"$work/out" 2>"$work/err" || {
	cat "$work/err"
	exit 1
}
grep '^live' "$work/out"
exec tests/bench/live_depth.py "$keep/live.mkv" "$work/clip.mp4" --keep "$keep" -- "$@"
