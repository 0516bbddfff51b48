#!/bin/sh
# Plays a clip of 640x480 in a real window under Xvfb, guided by a generated camera that shows another picture
# ten times a second, and prints what the live session measured:
#
#     tests/bench/live_guide.sh [SECONDS [OPTION...]]
#
# The options go to reverie. Every two seconds the guide itself is exchanged for another one, a file, and back.
# Exit code 1 where a picture came more than 100 ms after the one before. Needs Xvfb, ffmpeg and liblo's tools.
. "$(dirname "$0")/live_common.sh"
seconds=${1:-30}
[ $# = 0 ] || shift
. tests/support/window.sh

port=$((20000 + $$ % 20000))
camera=lavfi:testsrc2=size=320x240:rate=10
cut_clip 20
ffmpeg -nostdin -v error -i "$work/clip.mp4" -t 4 -r 10 -vf hflip,scale=320:240 "$work/guide.mp4" || exit 1
start_xvfb
"$reverie" live "$work/clip.mp4" --guide "$camera" --osc "$port" --bench "$((seconds + 2))" "$@" >"$work/out" 2>"$work/err" &
session=$!
while kill -0 "$session" 2>/dev/null; do
	for guide in "$work/guide.mp4" "$camera"; do
		sleep 2
		oscsend localhost "$port" /reverie/guide s "$guide" 2>/dev/null
	done
done
wait "$session" || {
	cat "$work/err"
	exit 1
}
sed 's/^live /live_guide /' "$work/out"
awk -v gap="$(number gap_max_ms)" 'BEGIN { exit !(gap <= 100) }'
