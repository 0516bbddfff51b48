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

if ! build_layer failing_files; then
	skip atlas_stops_for_ctrl_c "$why"
	finish
fi
# Ctrl-C keeps what is there, and the same command goes on.
broken_off INT .atlas atlas --model models/inception_v3.onnx --cache "$work/cache" --layer mixed4 -o "$work/mixed4.png"
check atlas_stops_for_ctrl_c [ "$code" = 130 ]
check atlas_says_that_it_goes_on grep -q "of 768 tiles; the same command goes on" "$work/err"
check atlas_leaves_no_part_of_a_file [ ! -e "$work/mixed4.png" ]
atlas --layer mixed4 --channels 0 -o "$work/mixed4.png"
check atlas_goes_on_after_ctrl_c grep -q "0 of them new" "$work/out"

# ---- the pipette ----

probe() { # ARGUMENT...
	reverie probe --model models/inception_v3.onnx --cache "$work/cache" --layer mixed3 "$@"
}

# Stripes on the left, a smooth slope on the right.
ffmpeg -v error -f lavfi -i "nullsrc=size=320x240,format=gray,geq=lum='if(lt(X,160),255*mod(floor(X/4),2),Y)'" \
	-frames:v 1 "$work/halves.png"
expect_error probe_without_place 2 "where?" probe "$work/halves.png"
expect_error probe_of_no_place 2 "is not a place" probe "$work/halves.png" left
expect_error probe_outside 2 "outside the picture, which is 320x240" probe "$work/halves.png" 320,10
probe "$work/halves.png" 0.25,0.5
cp "$work/out" "$work/left"
check probe_tells_eight_channels [ "$(grep -c '^ *[0-9]*  x[0-9.]* *$' "$work/left")" = 8 ]
check probe_tells_the_strongest_first sh -c "sed 's/.*x//' '$work/left' | sort -c -rn"
probe "$work/halves.png" 80,120
check probe_takes_pixels_too cmp "$work/left" "$work/out"
probe "$work/halves.png" 0.8,0.5
check probe_tells_eight_there_too [ "$(grep -c ' x[0-9.]* *$' "$work/out")" = 8 ]
check probe_tells_others_elsewhere [ "$(sort "$work/left" "$work/out" | uniq -d | wc -l)" -lt 3 ]
first=$(awk 'NR == 1 { print $1 }' "$work/left")
mkdir -p "$work/config/reverie"
echo "stripes mixed3 $first" >"$work/config/reverie/channels"
XDG_CONFIG_HOME="$work/config" && export XDG_CONFIG_HOME
probe "$work/halves.png" 0.25,0.5 -o "$work/tiles.png"
check probe_draws_tiles [ "$code" = 0 ]
check probe_names_channels grep -q "^ *$first .*stripes$" "$work/out"
size=$(ffprobe -v error -show_entries stream=width,height -of csv=p=0 "$work/tiles.png")
check probe_lays_tiles_in_a_grid [ "$size" = 532,346 ]
expect_success channel_names_are_known_to_dreams "$work/halves.png" -o "$work/dream.png" \
	--model models/inception_v3.onnx --channels stripes --octaves 1 --iterations 2 --quiet

finish
