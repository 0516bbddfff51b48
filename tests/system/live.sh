#!/bin/sh
# The live session from outside: without a window, and in one under Xvfb whose keys xdotool presses.
# What a key did is read from the settings inside the next screenshot, or seen on the screen.
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

# A stream of a second ends; another one, in its place, is found again. Frames beyond those of the
# first, of which some come before the bench begins, show it.
serve() { # FRAMES
	ffmpeg -nostdin -loglevel error -re -f lavfi -i testsrc=size=320x240:rate=25 \
		-frames:v "$1" -c:v mpeg2video -g 5 -f mpegts "tcp://127.0.0.1:$port?listen=1"
}

if ! have ffmpeg; then
	skip live_finds_a_stream_again "ffmpeg is missing"
else
	port=$((20000 + $$ % 20000))
	(
		serve 30
		serve 100
	) >/dev/null 2>&1 &
	server=$!
	sleep 1
	# shellcheck disable=SC2086
	expect_success live_plays_a_stream live "tcp://127.0.0.1:$port" --headless --bench 6 $tiny
	frames=$(awk -v f="$(number source_fps)" -v s="$(number seconds)" 'BEGIN { print int(f * s) }')
	check live_finds_a_stream_again [ "${frames:-0}" -gt 35 ]
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

# Takes a screenshot and waits until it is written; its name is $shot.
screenshot() {
	before=$(find "$shots" -name '*.png' | wc -l)
	press p
	for _ in $(seq 40); do
		[ "$(find "$shots" -name 'reverie-*.png' | wc -l)" -gt "$before" ] && break
		pause 0.25
	done
	shot=$(find "$shots" -name 'reverie-*.png' | sort -t- -k4n | tail -n 1)
}

says() { # LINE: in the settings of the last screenshot
	grep -aqx "$1" "$shot"
}

mean() { # of the screen's part GEOMETRY
	import -window root -crop "$1" -colorspace gray -format '%[fx:int(255*mean)]' info:
}

# Until the screen's part is brighter than black, which it is from the first frame on.
wait_for_picture() {
	for _ in $(seq 60); do
		[ "$(mean 100x100+460+330)" -gt 5 ] && break
		pause 0.5
	done
}

# shellcheck disable=SC2086
start "$clip" $tiny --hud off
check live_window_opens [ -n "$window" ]
wait_for_picture
screenshot
check live_screenshot_is_a_png_of_full_size \
	[ "$(identify -format '%wx%h' "$shot" 2>/dev/null)" = 320x240 ]
check live_screenshot_holds_the_settings says 'layer = mixed0'

press Up Up Up Right
screenshot
check live_key_raises_strength says 'strength = 1.3'
check live_key_goes_to_the_next_layer says 'layer = mixed1'
check live_goes_on_without_a_black_frame [ "$(mean 100x100+460+330)" -gt 5 ]
press Shift_L+Right Shift_L+Right
press Prior o t
screenshot
check live_key_browses_channels says 'channels = 1'
check live_key_adds_octaves says 'octaves = 2'
check live_key_changes_the_objective says 'objective = mean'
check live_key_switches_time says 'time = off'
press u u
screenshot
check live_key_undoes says 'objective = l2'
press Left Down r n
screenshot
check live_key_loads_a_preset says 'layer = mixed5'
press w
pause 1
check live_key_saves_a_preset [ -n "$(find "$shots" -name 'reverie-*.preset')" ]
xdotool mousemove 512 384 click 4 click 4
pause 0.5
screenshot
check live_wheel_raises_strength says 'strength = 1.1'

# What is seen. The HUD darkens its corner and writes bright letters there.
corner=12x12+34+26
press space
pause 0.5
before=$(mean $corner)
bare=$(mean 300x300+100+100)
press h
pause 0.8
check live_hud_appears [ "$(mean $corner)" != "$before" ]
press F1
pause 0.8
check live_hud_help_is_large [ "$(mean 300x300+100+100)" -lt $((bare - 20)) ]
press h
pause 0.8
check live_hud_disappears [ "$(mean $corner)" = "$before" ]

screenshot
cp "$shot" "$work/straight.png"
press m
pause 0.5
screenshot
convert "$shot" -flop "$work/back.png"
check live_mirror_swaps_the_sides \
	[ "$(compare -metric AE "$work/straight.png" "$work/back.png" null: 2>&1)" = 0 ]
press m f
pause 1
check live_fills_the_display [ "$(mean 40x40+492+2)" -gt 5 ]
press f
pause 1

# The split view: the source left of the line is the same as the source alone.
press Tab Tab
pause 0.5
import -window root -crop 300x500+60+130 "$work/source.png"
press Tab Tab
pause 0.5
import -window root -crop 300x500+60+130 "$work/split.png"
check live_split_view_shows_the_source sh -c \
	"[ \$(compare -metric AE -fuzz 1% $work/source.png $work/split.png null: 2>&1) = 0 ]"
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
