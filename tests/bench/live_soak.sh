#!/bin/sh
# Plays a clip of 640x480 at 25 frames a second in a real window under Xvfb for so many minutes, and
# prints what the live session measured of itself and how its memory grew after the first minute:
#
#     tests/bench/live_soak.sh [MINUTES] [OPTION...]
#
# The options go to `reverie live`. Exit code 1 where display, dreams, latency or memory fall short
# of what the session is to hold. Needs Xvfb and ffmpeg.
. "$(dirname "$0")/live_common.sh"
minutes=${1:-10}
[ $# -gt 0 ] && shift
. tests/window.sh

cut_clip 20
start_xvfb

seconds=$(awk -v m="$minutes" 'BEGIN { print int(60 * m) }')
"$reverie" live "$work/clip.mp4" --bench "$seconds" "$@" >"$work/out" 2>"$work/err" &
session=$!

# The bench begins with the first dream; what comes before it takes a few seconds.
passed=0 first='' most=0
while sleep 5 && kill -0 "$session" 2>/dev/null; do
	passed=$((passed + 5))
	now=$(memory)
	[ -n "$now" ] || break
	if [ $passed -ge 60 ]; then
		first=${first:-$now}
		[ "$now" -gt $most ] && most=$now
	fi
	[ $((passed % 30)) = 0 ] && echo "soak seconds=$passed rss_kb=$now"
done
wait "$session" || {
	cat "$work/err"
	exit 1
}
cat "$work/out"
[ -n "$first" ] && echo "soak rss_first_minute_kb=$first rss_most_kb=$most growth_kb=$((most - first))"

short=0
holds() { # NAME CONDITION
	awk -v value="$(number "$1")" "BEGIN { exit !(value $2) }" && return
	echo "soak short: $1=$(number "$1"), not $2"
	short=1
}
holds display_fps '>= 24.5'
holds gap_p99_ms '< 80'
holds dream_fps '>= 12'
holds latency_p95_ms '< 250'
if [ -n "$first" ] && [ $((most - first)) -ge 2048 ]; then
	echo "soak short: memory grew by $((most - first)) kB"
	short=1
fi
exit $short
