#!/bin/sh
# What the live session adds to a dream: the time of a dream update in it, with one gradient step in
# one octave, over that of the step and of the flow there and back (which is estimated at half the
# size) as `reverie bench` gives them, in turns within one run:
#
#     tests/bench/live_overhead.sh [SIZE...]
#
# Needs ffmpeg.
. "$(dirname "$0")/live_common.sh"
rounds=3

cut_clip 12

frames() { # SIZE NAME: two frames in a row
	ffmpeg -nostdin -v error -y -ss 3 -i "$work/clip.mp4" -frames:v 2 \
		-vf "scale=$(echo "$1" | tr x :)" "$work/$2-%d.png"
}
median_of() { # WORD...: of `reverie bench`
	"$reverie" bench "$@" | sed -n 's/.* median_ms=\([0-9.]*\).*/\1/p'
}
flow() { # NAME
	median_of flow "$work/$1-1.png" "$work/$1-2.png" --quality medium
}
update() { # SIZE: convert and dream, milliseconds
	"$reverie" live "$work/clip.mp4" --headless --bench 6 --governor off --octaves 1 \
		--warm-steps 1 --size "$1" |
		sed -n 's/^live.* convert_ms=\([0-9.]*\) dream_ms=\([0-9.]*\).*/\1 \2/p'
}

for size in "${@:-216x160}"; do
	half=$(echo "$size" | awk -Fx '{ print int($1 / 2) "x" int($2 / 2) }')
	frames "$size" whole
	frames "$half" half
	for round in $(seq $rounds); do
		step=$(median_of step --layer mixed3 --size "$size" --runs 40)
		there=$(flow whole) back=$(flow half)
		echo "$step $there $back $(update "$size")"
	done | awk -v size="$size" '
		{
			parts = $1 + $2 + $3
			ratio[NR] = ($4 + $5) / parts
			printf "live_overhead %s step_ms=%.2f flow_ms=%.2f convert_ms=%.2f dream_ms=%.2f ratio=%.3f\n",
				size, $1, $2 + $3, $4, $5, ratio[NR]
			sum += ratio[NR]
		}
		END { printf "live_overhead %s mean_ratio=%.3f\n", size, sum / NR }'
done
