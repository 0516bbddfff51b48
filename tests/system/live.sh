#!/bin/sh
# The live session from outside: without a window, and in one under Xvfb whose keys xdotool presses.
# What a key did is read from the settings inside the next screenshot, or seen on the screen.
# Runs alone, as it claims how many frames a second are dreamed.
. "$(dirname "$0")/../support/lib.sh"
. "tests/support/window.sh"

# The least that can be dreamed.
tiny="--octaves 1 --iterations 1 --layer mixed0 --size 96x72 --governor off --warm-steps 1"
clip=$PWD/assets/clouds.mp4
shots=$work/shots
mkdir "$shots"

# ---- wrong calls ----

expect_error live_no_such_file 1 "$work/none.mp4" live "$work/none.mp4" --headless
expect_error live_file_without_video 1 "is neither" live "$0" --headless
expect_error live_no_such_keys 1 "none.conf" live "$clip" --keys "$work/none.conf" --headless
echo 'A = fly' >"$work/keys.conf"
expect_error live_wrong_keys 2 "keys.conf:1: fly: no such action; \`reverie --help keys\` lists them" live "$clip" --headless \
	--keys "$work/keys.conf"
echo kept >"$work/x.mp4"
expect_error live_keeps_a_file_that_exists 2 "x.mp4: exists" live "$clip" -o "$work/x.mp4" --headless

expect_success live_lists_cameras cameras
check live_cameras_are_paths_or_none grep -Eq '^(/dev/video[0-9]|There is no camera)' "$work/out"

expect_success live_help_of_keys --help keys
check live_help_names_keys_and_actions grep -q '^  Shift+Right .*channel-up' "$work/out"

(
	unset DISPLAY WAYLAND_DISPLAY SDL_VIDEODRIVER XDG_RUNTIME_DIR
	reverie live "$clip" --bench 1
	[ "$code" = 1 ] && grep -q "there is no display for a window (no video driver found one)" "$work/err" &&
		! grep -q XDG_RUNTIME_DIR "$work/err"
)
check live_without_a_display [ $? = 0 ]

if ! can_dream; then
	skip live_session "$why"
	finish
fi

# ---- without a window ----

# A target is all that is dreamed of: the network's own layer does not come to it.
reverie live "$clip" -o "$work/target.mkv" --headless --bench 1 --size 96x72 --octaves 1 \
	--model models/inception_v3.onnx --target "caricature of mixed1"
reverie again "$work/target.mkv"
check live_dreams_of_a_target_alone sh -c "grep -q -e '--target' '$work/out' && ! grep -q -e '--layer' '$work/out'"

# shellcheck disable=SC2086
expect_success live_headless live "$clip" --headless --bench 3 $tiny
for name in display_fps dream_fps source_fps latency_p50_ms latency_p95_ms latency_p99_ms gap_max_ms dream_ms; do
	check "live_bench_prints_$name" above "$name" 0
done
check live_dreams_at_the_size_that_was_wished grep -q ' size=96x72 ' "$work/out"

# A clip of four seconds that is played once ends the session.
# shellcheck disable=SC2086
expect_success live_ends_with_its_file live "$clip" --headless --loop off $tiny

# shellcheck disable=SC2086
expect_success live_plays_a_picture live assets/clouds.jpg --headless --bench 1 $tiny
check_rate live_dreams_of_a_picture_again_and_again dream_fps 5
# shellcheck disable=SC2086
expect_success live_plays_a_filter_graph live "lavfi:testsrc=size=320x240:rate=25" --headless \
	--bench 1 $tiny
check live_filter_graph_keeps_its_pace above source_fps 5

# A stream of a second ends; another one, in its place, is found again.
serve() { # SECONDS
	timeout $((300 * slowness)) ffmpeg -nostdin -loglevel error -re -f lavfi -i testsrc=size=320x240:rate=25 -t "$1" \
		-c:v mpeg2video -g 5 -f mpegts "tcp://127.0.0.1:$port?listen=1" >/dev/null 2>&1 &
	server=$!
}
dreams_again() {
	[ "$(sed '1,/is back after/d' "$work/err" | grep -c dreamed)" -ge 10 ]
}

if ! have ffmpeg; then
	skip live_finds_a_stream_again "ffmpeg is missing"
else
	another_port
	serve 1
	eventually listens
	# shellcheck disable=SC2086
	"$REVERIE" live "tcp://127.0.0.1:$port" --headless --verbose $tiny >"$work/out" 2>"$work/err" </dev/null &
	session=$!
	wait "$server"
	serve 3600
	check live_finds_a_stream_again eventually dreams_again
	kill -TERM "$session"
	wait "$session"
	check live_plays_a_stream [ $? = 143 ]
	kill "$server" 2>/dev/null
	wait "$server" 2>/dev/null
fi

# ---- in a window ----

if ! have Xvfb || ! have xdotool || ! have import; then
	skip live_window "Xvfb, xdotool or import (ImageMagick) is missing"
	finish
fi

start_xvfb

start() { # WORD...
	start_in "$shots" "$@"
}

has_more() { # THAN
	[ "$(find "$shots" -name 'reverie-*.png' | wc -l)" -gt "$1" ]
}
# Takes a screenshot and waits until it is written; its name is $shot.
screenshot() {
	before=$(find "$shots" -name '*.png' | wc -l)
	press p
	eventually has_more "$before"
	shot=$(find "$shots" -name 'reverie-*.png' | sort -t- -k4n | tail -n 1)
}

holds() { # LINE: the settings of the last screenshot do
	grep -aqx "$1" "$shot"
}

mean() { # of the screen's part GEOMETRY
	import -window root -crop "$1" -colorspace gray -format '%[fx:int(255*mean)]' info:
}

# Whether the screen's part is brighter than black, which it is from the first frame on.
is_bright() { # GEOMETRY
	[ "$(mean "$1")" -gt 5 ]
}

# shellcheck disable=SC2086
start "$clip" $tiny --hud off
check live_window_opens [ -n "$window" ]
eventually is_bright 100x100+460+330
screenshot
check live_screenshot_is_a_png_of_full_size \
	[ "$(identify -format '%wx%h' "$shot" 2>/dev/null)" = 320x240 ]
check live_screenshot_holds_the_settings holds 'layer = mixed0'

press Up Up Up Right
screenshot
check live_key_raises_strength holds 'strength = 1.3'
check live_key_goes_to_the_next_layer holds 'layer = mixed1'
check live_goes_on_without_a_black_frame is_bright 100x100+460+330
press Shift_L+Right Shift_L+Right
press Prior o t
screenshot
check live_key_browses_channels holds 'channels = 1'
check live_key_adds_octaves holds 'octaves = 2'
check live_key_changes_the_objective holds 'objective = mean'
check live_key_switches_time holds 'time = off'
press u u
screenshot
check live_key_undoes holds 'objective = l2'
press Left Down r n
screenshot
check live_key_loads_a_preset holds 'layer = mixed5'
press w
has_preset() {
	[ -n "$(find "$shots" -name 'reverie-*.preset')" ]
}
check live_key_saves_a_preset eventually has_preset
xdotool mousemove 512 384 click 4 click 4
screenshot
check live_wheel_raises_strength holds 'strength = 1.1'

# What is seen. The HUD darkens its corner and writes bright letters there.
corner=12x12+34+26
look() { # PART FILE
	import -window root -crop "$1" "$work/$2.png"
}
same_pictures() { # FILE FILE
	[ "$(compare -metric AE "$work/$1.png" "$work/$2.png" null: 2>&1)" = 0 ]
}
is_held() {
	look 960x720+32+24 this
	sleep 1
	look 960x720+32+24 that
	same_pictures this that
}
press space
check live_key_holds_the_picture eventually is_held
before=$(mean $corner)
bare=$(mean 300x300+100+100)
corner_is() { # [NOT] WHAT IT WAS
	[ "$(mean $corner)" "$1" "$before" ]
}
press h
check live_hud_appears eventually corner_is !=
press F1
help_is_seen() {
	[ "$(mean 300x300+100+100)" -lt $((bare - 20)) ]
}
check live_hud_help_is_large eventually help_is_seen
press h
check live_hud_disappears eventually corner_is =

screenshot
cp "$shot" "$work/straight.png"
press m
is_mirrored() {
	screenshot
	convert "$shot" -flop "$work/back.png"
	same_pictures straight back
}
check live_mirror_swaps_the_sides eventually is_mirrored
has_size() { # WIDTHxHEIGHT
	[ "$(xdotool getwindowgeometry "$window" | sed -n 's/.*Geometry: //p')" = "$1" ]
}
usual=$(xdotool getwindowgeometry "$window" | sed -n 's/.*Geometry: //p')
press m f
check live_fills_the_display eventually is_bright 40x40+492+2
press f
check live_leaves_the_display eventually has_size "$usual"

# The split view: the source left of the line is the same as the source alone, which is not the dream.
left=300x500+60+130 right=300x500+660+130
look $left dream
look $right dream_right
press Tab Tab
shows_another() { # FILE
	is_held || return
	look $left "$1"
	! same_pictures dream "$1"
}
check live_view_shows_the_source eventually shows_another source
press Tab Tab
is_split() { # exactly so on the right, where nothing is laid over the dream
	look $left split
	look $right split_right
	[ "$(compare -metric AE -fuzz 1% "$work/source.png" "$work/split.png" null: 2>&1)" = 0 ] &&
		same_pictures dream_right split_right
}
check live_split_view_shows_the_source eventually is_split
press Tab Tab Tab Tab Tab space

press q
wait "$session"
check live_quits_in_good_order [ $? = 0 ]

# shellcheck disable=SC2086
start "$clip" $tiny
kill -INT "$session"
wait "$session"
check live_ends_at_a_signal [ $? = 130 ]

finish
