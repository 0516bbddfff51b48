#!/bin/sh
# The brush of a live session: painted with the mouse in a window, sized by the wheel, cleared by a key;
# the pixels of the window are looked at.
. "$(dirname "$0")/../support/lib.sh"
. "tests/support/window.sh"

needs_window brush_window
export XDG_CONFIG_HOME="$work/config"
start_xvfb
convert -size 320x240 xc:'gray(128)' +noise Gaussian -blur 0x2 "$work/grey.png"
start_in "$work" "$work/grey.png" --octaves 1 --iterations 4 --layer mixed3 --governor off --size 320x240 \
	--mirror off --hud off --brush on --brush-size 0.1 --strength 4

# What the window shows, as large as the picture.
look() { # FILE
	import -window "$window" -resize '320x240!' "$work/$1.png" 2>/dev/null
}
left=100x200+10+20 right=100x200+210+20
is_busy() { # PART
	look now
	[ "$(busy now "$1")" -gt "$((still + 5))" ]
}
still=$(convert "$work/grey.png" -colorspace gray -format '%[fx:round(255*standard_deviation)]' info:)
check brush_dreams_everywhere_at_first eventually is_busy $right

eval "$(xdotool getwindowgeometry --shell "$window")"
at() { # PART-OF-WIDTH PART-OF-HEIGHT, in hundredths
	xdotool mousemove --window "$window" $((WIDTH * $1 / 100)) $((HEIGHT * $2 / 100))
}
at 18 20
xdotool mousedown 1
for y in 40 60 80; do
	at 18 $y
	pause 0.2
done
xdotool mouseup 1
only_left() {
	look painted
	[ "$(busy painted $left)" -gt "$((still + 5))" ] && [ "$(busy painted $right)" -le "$((still + 1))" ]
}
check brush_keeps_the_dream_where_it_painted eventually only_left
echo "# left $(busy painted $left), right $(busy painted $right), still $still"
press shift+c
check brush_is_cleared_by_a_key eventually is_busy $right
finish
