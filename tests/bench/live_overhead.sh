#!/bin/sh
# What the live session adds to a dream update, with one gradient step in one octave:
#
#     tests/bench/live_overhead.sh [SIZE...]
#
# ratio: the update over its gradient steps and flow, all of them in the live session itself, so that
# what decoding and the display take from the processor counts on both sides. alone: over those as
# `reverie-bench step` (through the network and back only) and `reverie-bench flow` give them in turns with
# it (the flow back is estimated at half the size), with the machine to themselves. Needs ffmpeg.
. "$(dirname "$0")/live_common.sh"
rounds=3

cut_clip 12

frames() { # SIZE NAME: two frames in a row
	ffmpeg -nostdin -v error -y -ss 3 -i "$work/clip.mp4" -frames:v 2 \
		-vf "scale=$(echo "$1" | tr x :)" "$work/$2-%d.png"
}
median_of() { # WORD...: of reverie-bench
	"$reverie_bench" "$@" | sed -n 's/.* median_ms=\([0-9.]*\).*/\1/p'
}
flow() { # NAME
	median_of flow "$work/$1-1.png" "$work/$1-2.png" --quality medium
}
update() { # SIZE: convert, dream, flow, steps, milliseconds
	number='\([0-9.]*\)'
	"$reverie" live "$work/clip.mp4" --headless --bench 6 --governor off --octaves 1 \
		--warm-steps 1 --size "$1" |
		sed -n "s/^live.* convert_ms=$number dream_ms=$number flow_ms=$number steps_ms=$number.*/\1 \2 \3 \4/p"
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
			ratio = ($4 + $5) / ($6 + $7)
			alone = ($4 + $5) / ($1 + $2 + $3)
			printf "live_overhead %s convert_ms=%.2f dream_ms=%.2f flow_ms=%.2f", \
				size, $4, $5, $6
			printf " steps_ms=%.2f ratio=%.3f", $7, ratio
			printf " step_alone_ms=%.2f flow_alone_ms=%.2f alone=%.3f\n", \
				$1, $2 + $3, alone
			ratios += ratio
			alones += alone
		}
		END {
			printf "live_overhead %s mean_ratio=%.3f mean_alone=%.3f\n", \
				size, ratios / NR, alones / NR
		}'
done
