#!/bin/sh
# The atlas, with the network that is always there.
. "$(dirname "$0")/../support/lib.sh"

atlas() { # ARGUMENT...
	reverie atlas --model models/inception_v3.onnx --cache "$work/cache" "$@"
}

expect_error atlas_without_output 2 "where to" atlas --layer mixed3
expect_error atlas_is_a_picture 2 "an atlas is a picture" atlas -o "$work/atlas.mp4"
expect_error atlas_takes_options_only 2 "options only" atlas picture.png -o "$work/atlas.png"
expect_error atlas_of_no_such_channel 2 "has no number 768" \
	atlas --model models/inception_v3.onnx --layer mixed3 --channels 768 -o "$work/atlas.png"
expect_error atlas_of_no_such_layer 1 "mixed3" \
	atlas --model models/inception_v3.onnx --layer mixedd3 -o "$work/atlas.png"
expect_error atlas_of_no_classes 1 "tells no classes" \
	atlas --model models/inception_v3.onnx --class tabby -o "$work/atlas.png"
check atlas_leaves_nothing_of_what_failed [ ! -e "$work/atlas.png" ]

# Two tiles, then three, of which one is new; the two stay what they were.
atlas --layer mixed3 --channels 105,528 -o "$work/two.png"
check atlas_draws_tiles [ "$code" = 0 ]
check atlas_tells_what_is_new grep -q "Drew 2 tiles, 2 of them new" "$work/out"
atlas --layer mixed3 --channels 105,528,671 -o "$work/three.png"
check atlas_takes_tiles_from_the_cache grep -q "Drew 3 tiles, 1 of them new" "$work/out"

size=$(ffprobe -v error -show_entries stream=width,height -of csv=p=0 "$work/two.png")
check atlas_lays_tiles_in_a_grid [ "$size" = 268,181 ]

# Ctrl-C keeps what is there, and the same command goes on.
"$REVERIE" atlas --model models/inception_v3.onnx --cache "$work/cache" --layer mixed4 \
	-o "$work/mixed4.png" >"$work/out" 2>"$work/err" </dev/null &
process=$!
for _ in $(seq 600); do
	grep -q "^[1-9][0-9]* of 768 tiles" "$work/err" && break
	sleep 0.1
done
kill -INT $process
wait $process
code=$?
check atlas_stops_for_ctrl_c [ "$code" = 130 ]
check atlas_says_that_it_goes_on grep -q "of 768 tiles; the same command goes on" "$work/err"
check atlas_leaves_no_part_of_a_file [ ! -e "$work/mixed4.png" ]
atlas --layer mixed4 --channels 0 -o "$work/mixed4.png"
check atlas_goes_on_after_ctrl_c grep -q "0 of them new" "$work/out"

finish
