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
. tests/support/window.sh

cut_clip 20
start_xvfb

size() { # of the present dreams
	sed -n 's/^quality .* size=\([0-9x]*\) .*/\1/p' "$work/out" | tail -1
}

seconds=$(awk -v m="$minutes" 'BEGIN { print int(60 * m) }')
"$reverie" live "$work/clip.mp4" --bench "$seconds" "$@" >"$work/out" 2>"$work/err" &
session=$!

# The bench begins with the first dream; what comes before it takes a few seconds.
passed=0
while sleep 5 && kill -0 "$session" 2>/dev/null; do
	passed=$((passed + 5))
	now=$(memory)
	[ -n "$now" ] || break
	echo "$passed $now $(size)" >>"$work/memory"
	[ $((passed % 30)) = 0 ] && echo "soak seconds=$passed rss_kb=$now size=$(size)"
done
wait "$session" || {
	cat "$work/err"
	exit 1
}
cat "$work/out"

# What counts is the least of a minute, as pictures on their way come and go, and of one size of the
# dream, as buffers follow the size, which the governor may change at any time. Growth is from the
# first such minute after the start to the one that has most.
growth=$(awk '$1 >= 60 {
		of = $3 " " int($1 / 60)
		samples[of]++
		if (!(of in least) || $2 < least[of]) least[of] = $2
		if (int($1 / 60) > minutes) minutes = int($1 / 60)
		sizes[$3]
	}
	END {
		for (size in sizes) {
			first = 0
			for (minute = 1; minute <= minutes; minute++) {
				of = size " " minute
				if (samples[of] < 6) continue
				if (!first) first = least[of]
				if (least[of] - first > growth) growth = least[of] - first
			}
		}
		print growth + 0
	}' "$work/memory")
awk -v growth="$growth" '$1 >= 60 {
		if (!first) first = $2
		if ($2 > most) most = $2
	}
	END {
		printf "soak rss_first_minute_kb=%d rss_most_kb=%d", first, most
		printf " growth_kb=%d\n", growth
	}' "$work/memory"

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
if [ "$growth" -ge 2048 ]; then
	echo "soak short: memory grew by $growth kB"
	short=1
fi
exit $short
