#!/bin/sh
# Changes the layer, or the number of octaves, once a second for so many seconds while a clip of
# 640x480 plays in a real window under Xvfb, and prints what the live session measured:
#
#     tests/bench/live_changes.sh [SECONDS]
#
# Exit code 1 where a picture came more than 100 ms after the one before. Needs Xvfb, ffmpeg and
# liblo's tools.
. "$(dirname "$0")/live_common.sh"
seconds=${1:-60}
. tests/support/window.sh

port=$((20000 + $$ % 20000))
cut_clip 20
start_xvfb
"$reverie" live "$work/clip.mp4" --osc "$port" --bench "$((seconds + 2))" >"$work/out" 2>"$work/err" &
session=$!

send() { # PATH WORD...
	oscsend localhost "$port" "/reverie/$@"
}
# One after the other, back to where it began, so that after the first round all is compiled.
while kill -0 "$session" 2>/dev/null; do
	for change in "layer s mixed4" "octaves i 2" "layer s mixed5" "octaves i 3" "layer s mixed2" \
		"octaves i 1" "layer s mixed3"; do
		sleep 1
		# shellcheck disable=SC2086
		send $change 2>/dev/null
	done
done
wait "$session" || {
	cat "$work/err"
	exit 1
}
sed 's/^live /live_changes /' "$work/out"
awk -v gap="$(number gap_max_ms)" 'BEGIN { exit !(gap <= 100) }'
