#!/bin/sh
# Dreams of videos over time, and journeys, from the command line.
. "$(dirname "$0")/../support/lib.sh"

expect_error journey_needs_a_duration 2 "--duration SECONDS" --from noise -o "$work/j.mp4"
expect_error journey_from_noise_needs_a_size 2 "both sides of --size" --from noise --duration 1 -o "$work/j.mp4"
expect_error journey_begins_with_one_thing 2 "not both" assets/clouds.jpg --from noise --duration 1 -o "$work/j.mp4"
expect_error journey_begins_with_no_video 1 "--duration makes a picture into a journey: assets" \
	assets/clouds.mp4 --duration 1 -o "$work/j.mp4"
expect_error journey_needs_time 2 "--time off does not" assets/clouds.jpg --duration 1 --time off -o "$work/j.mp4"
expect_error cut_is_a_name_or_a_number 2 "off, auto, 1 to" assets/clouds.jpg --cut sometimes -o "$work/j.png"
expect_bench_error bench_time_takes_one_clip 2 "reverie-bench time CLIP" time

if ! can_dream; then
	for name in time_runs_are_identical time_off_is_something_else bench_time_prints_its_lines \
		bench_time_measures_flicker bench_time_compares_with_frames_dreamed_alone \
		journey_from_noise_has_all_its_frames journey_from_a_picture; do
		skip "$name" "$why"
	done
	finish
fi

quick="--size 128x --octaves 2 --iterations 2 --quiet"
count_frames() { # FILE
	ffprobe -v error -count_packets -show_entries stream=nb_read_packets -of csv=p=0 "$1"
}

bench time assets/clouds.mp4 --size 128x --octaves 2 --iterations 2 --frames 4
check bench_time_prints_its_lines sh -c "[ \$(grep -c '^frame [0-9]* .* strength=' '$work/out') = 4 ] &&
	grep -q '^time 128x.* frames=4 .*cold=1 .*warm_part=' '$work/out'"
# The clouds move: what is dreamed with time goes along with them, frames dreamed one by one do not.
check bench_time_measures_flicker grep -q '^flicker pairs=3 own=[0-9]' "$work/out"
check bench_time_compares_with_frames_dreamed_alone awk '
	/^sample pairs=3 / { for (i = 1; i <= NF; i++) { split($i, pair, "="); of[pair[1]] = pair[2] } }
	END { exit !(of["alone_strength"] > 0 && of["excess_ratio"] < 0.7 && of["excess_ratio"] > -0.2) }
' "$work/out"

if ! have ffmpeg || ! have ffprobe; then
	for name in time_runs_are_identical time_off_is_something_else \
		journey_from_noise_has_all_its_frames journey_from_a_picture; do
		skip "$name" "ffmpeg is missing"
	done
	finish
fi

ffmpeg -v error -i assets/clouds.mp4 -frames:v 6 -c:v ffv1 "$work/clip.mkv" </dev/null
for run in one two; do
	reverie "$work/clip.mkv" -o "$work/$run.mkv" --encoder ffv1 $quick
done
reverie "$work/clip.mkv" -o "$work/off.mkv" --encoder ffv1 --time off $quick
for film in one two off; do frames "$work/$film.mkv" >"$work/$film"; done
check time_runs_are_identical same_files "$work/one" "$work/two"
check time_off_is_something_else other_files "$work/one" "$work/off"

reverie --from noise --size 96x64 --duration 1 --rate 6 --zoom 1.5 -o "$work/noise.mp4" \
	--octaves 2 --iterations 2 --quiet
check journey_from_noise_has_all_its_frames [ "$(count_frames "$work/noise.mp4")" = 6 ]
reverie assets/clouds.jpg --size 96x --duration 0.5 --rate 10 --rotate 30 -o "$work/picture.mp4" \
	--octaves 2 --iterations 2 --quiet
check journey_from_a_picture [ "$(count_frames "$work/picture.mp4")" = 5 ]
finish
