#!/bin/sh
# Plays a clip without a window, changes the size of the dream and the quality of its flow again and
# again by OSC, and prints how the resident memory of the session grew meanwhile:
#
#     tests/bench/live_memory.sh [CHANGES]
#
# Sizes and qualities repeat after the first twelve changes, so from then on nothing new is needed.
# Exit code 1 where memory grew by 2 MB or more after that. Needs ffmpeg and oscsend (liblo-tools).
. "$(dirname "$0")/live_common.sh"
changes=${1:-100}
port=${OSC_PORT:-$((20000 + $$ % 20000))}

cut_clip 12
"$reverie" live "$work/clip.mp4" --headless --governor off --size 160x120 --osc "$port" \
	>"$work/out" 2>&1 &
session=$!
sleep 8

change() { # NUMBER: six sizes, two qualities
	size=$(echo "160x120 320x240 216x160 256x192 184x136 136x104" | cut -d' ' -f$(($1 % 6 + 1)))
	quality=$(echo "medium fast" | cut -d' ' -f$(($1 / 6 % 2 + 1)))
	oscsend osc.udp://127.0.0.1:"$port" /reverie/size s "$size"
	oscsend osc.udp://127.0.0.1:"$port" /reverie/flow s "$quality"
	sleep "${PAUSE:-0.6}"
}

# A multiple of twelve ends where it began, with the same size and quality.
first=''
for number in $(seq 0 "$changes"); do
	change "$number"
	kill -0 "$session" 2>/dev/null || {
		cat "$work/out"
		exit 1
	}
	[ $((number % 12)) = 0 ] || continue
	sleep 1
	last=$(memory)
	echo "live_memory changes=$number rss_kb=$last"
	[ "$number" -ge 24 ] && first=${first:-$last}
done
[ -n "$first" ] || exit 0
echo "live_memory growth_kb=$((last - first))"
[ $((last - first)) -lt 2048 ]
