#!/bin/sh
# The commands about motion, from outside.
. "$(dirname "$0")/../support/lib.sh"

pair=$DATA/flow/RubberWhale
if [ ! -r "$pair/frame10.png" ]; then
	skip flow_commands "flow/RubberWhale is not here"
	finish
fi
first=$pair/frame10.png second=$pair/frame11.png

expect_success flow_writes_flo flow "$first" "$second" -o "$work/motion.flo" --quality medium
check flo_begins_as_middlebury_does grep -q '^PIEH' "$work/motion.flo"
check flo_holds_every_pixel test "$(wc -c <"$work/motion.flo")" = $((12 + 584 * 388 * 8))
expect_success flow_writes_a_picture flow "$first" "$second" -o "$work/motion.png"
expect_success bench_flow bench flow "$first" "$second" --truth "$pair/flow10.flo" --runs 1 \
	--quality fast
check bench_flow_prints_one_line grep -Eq \
	'^flow fast 584x388 epe=0\.[0-9]+ median_ms=[0-9.]+ min_ms=[0-9.]+$' "$work/out"

expect_error flow_needs_two_pictures 2 "two are needed" flow "$first" -o "$work/a.flo"
expect_error flow_needs_an_output 2 "where to?" flow "$first" "$second"
expect_error flow_knows_its_outputs 2 "written as .flo" flow "$first" "$second" -o "$work/a.mp4"
expect_error flow_wants_one_size 2 "" flow "$first" "$DATA/flow/Grove2/frame10.png" -o "$work/a.flo"
expect_error flow_overwrites_nothing 2 "exists" flow "$first" "$second" -o "$work/motion.flo"
expect_error flow_refuses_a_bad_truth 1 "" bench flow "$first" "$second" --truth "$first"
finish
