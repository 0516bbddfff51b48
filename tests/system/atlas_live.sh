#!/bin/sh
# The atlas and the pipette of a live session, played with keys and the mouse in a window, whose pixels
# are looked at.
. "$(dirname "$0")/../support/lib.sh"
. "tests/support/window.sh"

needs_window atlas_window
export XDG_CONFIG_HOME="$work/config"
mkdir -p "$work/config/reverie"
echo "stars mixed3 2" >"$work/config/reverie/channels"

# The tiles of three channels are there already.
model=$PWD/models/inception_v3.onnx
reverie atlas --model "$model" --cache "$work/cache" --layer mixed3 --channels 0,1,2 -o "$work/tiles.png" --quiet
check atlas_window_has_tiles [ "$code" = 0 ]
start_xvfb
convert -size 320x240 xc:'gray(128)' +noise Gaussian -blur 0x2 "$work/grey.png"
start_in "$work" "$work/grey.png" --model "$model" --cache "$work/cache" --layer mixed3 --octaves 1 --iterations 4 \
	--governor off --size 320x240 --mirror off --hud off
eval "$(xdotool getwindowgeometry --shell "$window")"

look() { # FILE
	import -window "$window" "$work/$1.png" 2>/dev/null
}
# The mean of a part of the window, 0 to 255.
light() { # FILE PART
	convert "$work/$1.png" -crop "$2" +repage -colorspace gray -format '%[fx:round(255*mean)]' info:
}
# Pixels of the frame around what is chosen.
framed() { # FILE PART
	convert "$work/$1.png" -crop "$2" +repage -fill black +opaque '#ffbe50' -fill white -opaque '#ffbe50' \
		-format '%[fx:round(w*h*mean)]' info:
}
seen() { # COMMAND...
	look now
	"$@"
}
wait_until() { # COMMAND...
	eventually seen "$@" && return
	echo "# the window is $WIDTH by $HEIGHT"
	return 1
}

# By the layout of tiles at the scale of this window (letters of two pixels): tiles of 128, 136 apart, from
# 8 and 46 on, each with 22 pixels of text.
tile() { # COLUMN ROW
	echo "128x128+$((8 + 136 * $1))+$((46 + 158 * $2))"
}
is_open() {
	[ "$(busy now "$(tile 0 0)")" -gt 20 ] && [ "$(busy now "$(tile 2 0)")" -gt 20 ] &&
		[ "$(framed now "140x140+2+40")" -gt 500 ]
}
press Return
check atlas_window_opens_by_a_key wait_until is_open

second_is_chosen() {
	[ "$(framed now "140x140+138+40")" -gt 500 ] && [ "$(framed now "130x130+7+45")" -lt 100 ]
}
press Right
check atlas_window_arrows_choose wait_until second_is_chosen

# One that is not there is made once it is chosen, and then the others that are in sight.
made() {
	[ "$(busy now "$(tile 4 0)")" -gt 20 ]
}
xdotool mousemove --window "$window" $((8 + 136 * 4 + 60)) 100 click 1
check atlas_window_makes_what_the_mouse_chose wait_until made
others_are_made() {
	[ "$(busy now "$(tile 3 0)")" -gt 20 ] && [ "$(busy now "$(tile 1 1)")" -gt 20 ]
}
check atlas_window_makes_what_is_in_sight wait_until others_are_made

press Escape
is_closed() {
	[ "$(light now "100x20+400+4")" -gt 60 ] && [ "$(framed now "300x200+2+2")" -lt 50 ]
}
check atlas_window_escape_closes wait_until is_closed
check atlas_window_escape_does_not_quit kill -0 "$session"

has_preset() {
	ls "$work"/reverie-*.preset >/dev/null 2>&1
}
save_preset() {
	press w
	eventually has_preset
}
press Return Left Left Return
check atlas_window_return_closes wait_until is_closed
save_preset
check atlas_window_return_dreams_the_channel grep -q '^channels = 2$' "$work"/reverie-*.preset
check atlas_window_keeps_the_layer grep -q '^layer = mixed3$' "$work"/reverie-*.preset
rm -f "$work"/reverie-*.preset

# The pipette: the picture stays in sight below, tiles appear one after the other.
answers() {
	[ "$(framed now "140x140+2+40")" -gt 500 ] && [ "$(busy now "$(tile 0 0)")" -gt 20 ] &&
		[ "$(light now "300x60+600+560")" -gt 60 ]
}
xdotool mousemove --window "$window" $((WIDTH / 4)) $((HEIGHT * 2 / 3)) click 3
check pipette_window_shows_what_answers wait_until answers
press Right shift+Return
check pipette_window_return_closes wait_until is_closed
save_preset
check pipette_window_dreams_another_channel sh -c "grep -q '^channels = [0-9]*$' '$work'/reverie-*.preset && ! grep -q '^channels = 2$' '$work'/reverie-*.preset"

# The pipette looks behind the fader: of the source alone, which stays as it is, what answers while all is black
# is what answered before.
pick_second() { # KEPT ANSWERED
	xdotool mousemove --window "$window" $((WIDTH / 4)) $((HEIGHT * 2 / 3)) click 3
	wait_until "$2" || return 1
	press Right shift+Return
	rm -f "$work"/reverie-*.preset
	save_preset
	grep '^channels = ' "$work"/reverie-*.preset >"$work/$1"
}
answers_in_the_dark() {
	[ "$(framed now "140x140+2+40")" -gt 500 ] && [ "$(busy now "$(tile 0 0)")" -gt 20 ] &&
		[ "$(light now "300x60+600+560")" -lt 5 ]
}
press s
check pipette_window_answers_in_the_light pick_second lit answers
press 0
check pipette_window_answers_in_the_dark pick_second dark answers_in_the_dark
check pipette_window_answers_the_same_in_the_dark cmp "$work/lit" "$work/dark"

press q
wait "$session"
code=$?
session=''
check atlas_window_ends_in_order [ "$code" = 0 ]

# ---- where the HUD has a window of its own, with a game controller ----

mkfifo "$work/buttons"
pad=
build_layer fake_pad tests/support/fifo_lines.c && pad=$layer
[ -z "$pad" ] || export LD_PRELOAD="$pad" FAKE_PAD="$work/buttons"
start_in "$work" "$work/grey.png" --model "$model" --cache "$work/cache" --layer mixed3 --octaves 1 --iterations 4 \
	--governor off --size 320x240 --mirror off --hud off --hud-display 1
unset LD_PRELOAD
show=$window
has_hud() {
	window=$(xdotool search --name '^Reverie HUD$' 2>/dev/null | head -n 1)
	[ -n "$window" ]
}
check atlas_window_of_the_hud_is_there eventually has_hud
[ -n "$window" ] || finish # what shows a window without a number waits for a click
press_pad() { # BUTTON...
	for button; do
		echo "$button" 1<>"$work/buttons"
		pause 0.3
	done
}
raise() { # WINDOW
	xdotool windowraise "$1"
	pause 1
}
press Return # in the HUD's window, whose keys are the show's too
check atlas_window_of_the_hud_shows_it wait_until is_open
raise "$show"
shows_no_atlas() {
	import -window "$show" "$work/show.png" 2>/dev/null
	[ "$(framed show "140x140+2+40")" -lt 50 ]
}
check atlas_window_of_the_hud_leaves_the_show_alone eventually shows_no_atlas
# A click on the show chooses nothing, one on the HUD does.
xdotool mousemove --window "$show" $((8 + 136 + 60)) 100 click 1
raise "$window"
check atlas_window_of_the_hud_is_seen_again wait_until is_open
third_is_chosen() {
	[ "$(framed now "140x140+274+40")" -gt 500 ] && [ "$(framed now "130x130+7+45")" -lt 100 ]
}
xdotool mousemove --window "$window" $((8 + 136 * 2 + 60)) 100 click 1
check atlas_window_of_the_hud_takes_the_mouse wait_until third_is_chosen
if [ -n "$pad" ]; then
	press_pad 13 # to the left
	check atlas_window_pads_move wait_until second_is_chosen
	is_put_away() {
		[ "$(framed now "300x200+2+2")" -lt 50 ]
	}
	press_pad 0 # A
	check atlas_window_pads_close wait_until is_put_away
	rm -f "$work"/reverie-*.preset
	save_preset
	check atlas_window_pads_choose grep -q '^channels = 1$' "$work"/reverie-*.preset
	press_pad 5 # Guide
	check atlas_window_pads_open wait_until second_is_chosen
	press_pad 1 # B
	wait_until is_put_away
	rm -f "$work"/reverie-*.preset
	save_preset
	check atlas_window_pads_close_and_change_nothing grep -q '^channels = 1$' "$work"/reverie-*.preset
else
	skip atlas_window_pads "$why"
fi
press q
wait "$session"
code=$?
session=''
check atlas_window_of_the_hud_ends_in_order [ "$code" = 0 ]
finish
