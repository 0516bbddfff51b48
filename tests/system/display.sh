#!/bin/sh
# Where a live session is seen: displays, kiosk, scaling, corners and the HUD, in windows on two
# displays of an X server without a screen (Xorg's dummy driver), whose pixels are looked at.
. "$(dirname "$0")/../support/lib.sh"
. "tests/support/window.sh"

# The least that can be dreamed, of a still picture whose quarters are of four colours.
tiny="--octaves 1 --iterations 1 --layer mixed0 --size 96x72 --governor off --warm-steps 1 --strength 0"
export XDG_CONFIG_HOME="$work/config"

expect_error display_unknown_scale 2 "fit, fill, stretch, integer" live --scale tiny --headless
mkdir -p "$work/config/reverie"
echo 'D 8x8 = 0,0 0,1 1,1 1,0' >"$work/config/reverie/keystone.conf"
expect_error display_says_which_corners_are_wrong 2 "keystone.conf:1: these corners" live \
	assets/clouds.jpg --headless
rm "$work/config/reverie/keystone.conf"

printf '1 roses\n1 nowhere\n' >"$work/wrong.playlist"
expect_error display_playlist_without_a_preset 1 "wrong.playlist:2: no preset called nowhere" live \
	assets/clouds.jpg --playlist "$work/wrong.playlist" --headless
printf '1 roses\n1 roses fade 2\n' >"$work/wrong.playlist"
expect_error display_playlist_that_fades_too_long 2 "wrong.playlist:2: a fade of 2" live \
	assets/clouds.jpg --playlist "$work/wrong.playlist" --headless

if ! can_dream; then
	skip display_windows "$why"
	finish
fi
for program in Xorg xrandr xdotool import convert; do
	if ! have $program; then
		skip display_windows "$program is missing"
		finish
	fi
done

# Amid its left side there is a mark, which is cut off where the picture fills more than the display.
convert -size 160x120 xc:red xc:lime +append \( -size 160x120 xc:blue xc:white +append \) -append \
	-fill yellow -draw 'rectangle 0,108 15,131' "$work/quarters.png"

# ---- two displays, 640x480 and, to its right, 800x600 ----

cat >"$work/xorg.conf" <<'CONF'
Section "Device"
	Identifier "dummy"
	Driver "dummy"
	VideoRam 32000
EndSection
Section "Screen"
	Identifier "screen"
	Device "dummy"
	DefaultDepth 24
	SubSection "Display"
		Depth 24
		Virtual 2048 1024
	EndSubSection
EndSection
Section "ServerFlags"
	Option "AutoAddDevices" "false"
EndSection
CONF
Xorg -displayfd 3 -config "$work/xorg.conf" -noreset -nolisten tcp -logfile "$work/xorg.log" \
	3>"$work/display" >/dev/null 2>&1 &
server=$!
use_display
xrandr --newmode second 40.00 800 840 968 1056 600 601 605 628 2>/dev/null
xrandr --addmode DUMMY1 second 2>/dev/null
xrandr --output DUMMY0 --mode 640x480 --output DUMMY1 --mode second --right-of DUMMY0 2>/dev/null
if ! xrandr 2>/dev/null | grep -q 'DUMMY1 connected 800x600+640+0'; then
	skip display_windows "Xorg's dummy driver is missing, or makes no second display"
	finish
fi

# Keys without Shift, which a busy server may lose.
cat >"$work/keys.conf" <<'CONF'
F2 = next-display
F3 = playlist-pause
F6 = playlist-next
Corner+F4 = corner-move 55,48
CONF

start() { # WORD...
	# shellcheck disable=SC2086
	start_in "$work" "$work/quarters.png" $tiny --hud off --keys "$work/keys.conf" "$@"
	soon is_shown || not_ok display_shows_a_picture "the screen stays black"
}

stop() {
	kill -INT "$session"
	wait "$session"
}

look() {
	import -window root "$work/screen.png"
}

# The colour of a pixel of the last look, by name, or as it is.
colour() { # X Y
	convert "$work/screen.png" -format "%[pixel:p{$1,$2}]" info: | sed \
		-e 's/^srgb(255,0,0)$/red/' -e 's/^srgb(0,255,0)$/lime/' -e 's/^srgb(0,0,255)$/blue/' \
		-e 's/^srgb(255,255,0)$/yellow/' -e 's/^srgb(255,255,255)$/white/' -e 's/^srgb(0,0,0)$/black/'
}

sees() { # X Y COLOUR
	pixel=$(colour "$1" "$2")
	[ "$pixel" = "$3" ] || echo "# at $1,$2: $pixel, not $3"
	[ "$pixel" = "$3" ]
}

is_shown() {
	[ "$(convert "$work/screen.png" -format '%[fx:maxima>0.5]' info:)" = 1 ]
}

# Looks until it is so, as a busy machine takes its time, and says what is not so at the end.
seen() { # COMMAND...
	look
	"$@" >"$work/seen"
}
soon() { # COMMAND...
	eventually seen "$@" && return
	cat "$work/seen"
	return 1
}

see_quarters() { # LEFT TOP RIGHT BOTTOM COLOUR COLOUR COLOUR COLOUR
	sees "$1" "$2" "$5" && sees "$3" "$2" "$6" && sees "$1" "$4" "$7" && sees "$3" "$4" "$8"
}

is_alive() {
	kill -0 "$session" 2>/dev/null
}

start --fullscreen --display 2
check display_fills_the_second_display soon see_quarters 644 4 1436 596 red lime blue white
check display_leaves_the_first_one_alone see_quarters 4 4 600 400 black black black black
press F2
check display_goes_to_the_next_display soon see_quarters 4 4 636 476 red lime blue white
check display_leaves_the_display_before sees 1436 300 black
press F2
check display_goes_round_all_displays soon see_quarters 644 4 1436 596 red lime blue white
is_wide() { # PIXELS
	xdotool getwindowgeometry --shell "$window" >"$work/geometry"
	grep -q "^WIDTH=$1\$" "$work/geometry"
}
press f
# The window fits the first display.
check display_leaves_fullscreen eventually is_wide 640
check display_stays_on_its_display awk -F= '/^X=/ { x = $2 } /^WIDTH=/ { width = $2 }
	END { exit !(x + width / 2 > 640) }' "$work/geometry"
press f
check display_fills_its_display_again eventually is_wide 800
press Escape
check display_escape_leaves_fullscreen eventually is_wide 640
check display_escape_leaves_the_session is_alive
press f
stop

start --fullscreen --display 7 --scale integer --turn 90
check display_makes_good_for_a_display_that_is_missing soon see_quarters 204 84 436 396 blue red white lime
check display_scales_by_whole_numbers sees 190 240 black
press e
check display_fits_what_is_turned soon see_quarters 144 4 496 476 blue red white lime
check display_shows_bars_beside_it sees 100 240 black
press e
check display_fills_what_is_turned soon see_quarters 4 4 636 476 blue red white lime
check display_cuts_off_what_is_too_much not sees 320 6 yellow
press e
check display_stretches_what_is_turned soon sees 320 6 yellow
check display_stretches_all_of_it see_quarters 4 4 636 476 blue red white lime
stop

# ---- corners: (0,0) to (56,47), and (640,480) to (512,432) ----

start --fullscreen --display 1
press k F4 Right Right Left Down Up Up
check display_marks_the_corner_that_is_moved soon sees 56 47 'srgb(255,190,80)'
xdotool mousemove 630 470 mousedown 1 mousemove 511 431
pause 0.3
xdotool mouseup 1
press Return
check display_corners_are_moved_by_keys_and_mouse soon see_quarters 58 51 500 421 red lime blue white
check display_nothing_lies_outside_the_first_corner sees 40 20 black
check display_nothing_lies_outside_the_dragged_corner sees 530 460 black
check display_the_other_corners_stay sees 636 4 lime
check display_the_other_corners_stay_below sees 4 474 blue
check display_corners_are_kept soon grep -q '^DUMMY0 640x480 = 0.08750,0.09792 ' "$work/config/reverie/keystone.conf"
press F2
check display_another_display_has_corners_of_its_own soon see_quarters 644 4 1436 596 red lime blue white
stop

# The split line is dragged where it is seen.
start --fullscreen --display 1 --view split --strength 0
check display_corners_are_there_again soon see_quarters 58 51 500 421 red lime blue white
xdotool mousemove 200 240 mousedown 1 mousemove 150 240
pause 0.3
xdotool mouseup 1
check display_drags_map_back_through_the_corners soon sh -c \
	"convert $work/screen.png -crop 7x1+147+240 +repage txt: | grep -qi white"
press k BackSpace Return
check display_corners_are_reset soon see_quarters 4 4 636 476 red lime blue white
check display_that_is_whole_is_not_listed soon not grep -q DUMMY "$work/config/reverie/keystone.conf"
stop

# ---- kiosk ----

start --kiosk --display 1
check display_kiosk_fills_the_display soon see_quarters 4 4 636 476 red lime blue white
press q Escape e
xdotool mousemove 320 240 click --repeat 2 --delay 50 1
pause 1
look
check display_kiosk_obeys_no_usual_key is_alive
check display_kiosk_stays_as_it_is see_quarters 4 4 636 476 red lime blue white
for _ in 1 2 3; do
	is_alive && press ctrl+shift+q
done
wait "$session"
check display_kiosk_is_quit_by_its_chord [ $? = 0 ]

# ---- the HUD's own window ----

has_hud() {
	[ "$(convert "$work/screen.png" -crop 640x480+0+0 -format '%[fx:maxima>0.8]' info:)" = 1 ]
}
start --fullscreen --display 2 --hud-display 1 --hud full
check display_hud_is_on_the_other_display soon has_hud
check display_hud_leaves_the_show_alone soon see_quarters 650 10 1430 590 red lime blue white
stop

# ---- presets by the clock, and journeys ----

# Strengths that white shows: the dream of strength 0 is the picture itself.
printf 'layer = mixed0\nstrength = 0\noctaves = 1\niterations = 1\nwarm-steps = 1\n' \
	>"$work/none.preset"
printf 'layer = mixed0\nstrength = 4\noctaves = 1\niterations = 10\nstep = 0.1\n' \
	>"$work/much.preset"

# How far the first display is from the picture PNG, in thousandths of all there is between black
# and white, on the mean.
distance() { # PNG
	look
	convert "$work/screen.png" -crop 640x480+0+0 +repage -resize 320x240! "$work/small.png"
	compare -metric MAE "$work/small.png" "$1" null: 2>&1 | sed 's/.*(\(.*\))/\1/' |
		awk '{ print int(1000 * $1) }'
}

# Looks until the picture is so far from the picture PNG.
comes_to() { # PNG -gt|-lt THOUSANDTHS
	eventually is_far "$@" && return
	echo "# it is $now from it, not $2 $3"
	return 1
}
is_far() {
	now=$(distance "$1")
	[ "$now" "$2" "$3" ]
}

# It must be made to wait before its first line is over, for which a busy machine takes a longer one. The fade is
# long, so that there is something left of it whenever it is looked at.
for lasts in 6 12 24 48 96; do
	printf '%d %s\n600 %s fade 60\n' $lasts "$work/none.preset" "$work/much.preset" >"$work/two.playlist"
	begin=$(date +%s)
	start --fullscreen --display 1 --playlist "$work/two.playlist"
	press F3
	[ $(($(date +%s) - begin)) -lt $((lasts - 2)) ] && break
	stop
done
first=$(distance "$work/quarters.png")
sleep $((lasts + 1)) # it would go on by then
check display_playlist_waits [ "$(distance "$work/quarters.png")" -le $((first + 2)) ]
press F6
middle=$(distance "$work/quarters.png")
check display_playlist_goes_on_by_key comes_to "$work/quarters.png" -gt $((first + 3))
check display_playlist_fades comes_to "$work/quarters.png" -gt $((middle + 1))
stop

keep_before() {
	look
	convert "$work/screen.png" -crop 640x480+0+0 +repage -resize 320x240! "$work/before.png"
}
# The dream of a still settles.
is_settled() {
	keep_before
	sleep 1
	[ "$(distance "$work/before.png")" -le 5 ]
}
start --fullscreen --display 1 --strength 1 --size 96x72
soon is_settled || not_ok display_dream_of_a_still_settles "it goes on changing"
still=$(distance "$work/before.png")
press a
check display_journey_moves_on comes_to "$work/before.png" -gt $((still + 20))
press a
check display_journey_ends_where_it_began comes_to "$work/before.png" -lt $((still + 20))
stop

finish
