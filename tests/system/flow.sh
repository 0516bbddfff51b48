#!/bin/sh
# The commands about motion, from outside.
. "$(dirname "$0")/../support/lib.sh"

if ! have ffmpeg; then
	skip flow_commands "ffmpeg is missing"
	finish
fi

# A part of a picture, and the part that lies four pixels to its right: what is in the first is found
# four pixels to the left.
width=160 height=120
part() { # LEFT FILE
	ffmpeg -nostdin -v error -i assets/gallery/roses.jpg -vf "crop=$width:$height:$1:60" "$2" || exit 1
}
first=$work/first.png second=$work/second.png
part 40 "$first"
part 44 "$second"
# As a .flo file: the width and the height, and for each pixel -4 and 0, as floats.
{
	printf 'PIEH\240\000\000\000\170\000\000\000'
	for _ in $(seq $((width * height))); do printf '\000\000\200\300\000\000\000\000'; done
} >"$work/truth.flo"

expect_success flow_writes_flo flow "$first" "$second" -o "$work/motion.flo" --quality medium
check flo_begins_as_middlebury_does grep -q '^PIEH' "$work/motion.flo"
check flo_holds_every_pixel test "$(wc -c <"$work/motion.flo")" = $((12 + width * height * 8))
expect_success flow_writes_a_picture flow "$first" "$second" -o "$work/motion.png"
expect_bench_success bench_flow flow "$first" "$second" --truth "$work/truth.flo" --runs 1 \
	--quality fast
check bench_flow_prints_one_line grep -Eq \
	"^flow fast ${width}x$height epe=0\.[0-9]+ median_ms=[0-9.]+ min_ms=[0-9.]+\$" "$work/out"

expect_error flow_needs_two_pictures 2 "two are needed" flow "$first" -o "$work/a.flo"
expect_error flow_needs_an_output 2 "where to?" flow "$first" "$second"
expect_error flow_knows_its_outputs 2 "written as .flo" flow "$first" "$second" -o "$work/a.mp4"
expect_error flow_wants_one_size 2 "both pictures must have one size" flow "$first" assets/clouds.jpg -o "$work/a.flo"
expect_error flow_overwrites_nothing 2 "exists" flow "$first" "$second" -o "$work/motion.flo"
expect_bench_error flow_refuses_a_bad_truth 1 "is no .flo file" flow "$first" "$second" --truth "$first"
finish
