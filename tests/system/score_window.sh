#!/bin/sh
# A session that is played in a window with keys, the mouse and a MIDI controller, and rendered again from
# the score that was kept of it: the same settings, and the dream where the brush painted.
. "$(dirname "$0")/../support/lib.sh"
. "tests/support/window.sh"

needs_window score_window
for program in ffmpeg python3; do
	have $program || { skip score_window "$program is missing"; finish; }
done
export XDG_CONFIG_HOME="$work/config"
mkdir -p "$work/config/reverie"
printf 'CC 1 74 = dial strength $\nNote 1 60 = layer-up\n' >"$work/config/reverie/midi.conf"
model=$PWD/models/inception_v3.onnx
mkfifo "$work/midi"
midi=
why="this build has no MIDI"
ldd "$REVERIE" | grep -q libasound && build_layer fake_midi tests/support/fifo_lines.c && midi=$layer

# A grey film that is played again and again.
ffmpeg -loglevel error -f lavfi -i color=gray:s=320x240:r=10:d=3 -vf noise=alls=12,gblur=2 -c:v ffv1 "$work/grey.mkv"
start_xvfb
[ -z "$midi" ] || export LD_PRELOAD="$midi" FAKE_MIDI="$work/midi"
start_in "$work" grey.mkv --loop on --model "$model" --layer mixed3 --octaves 1 --iterations 4 \
	--governor off --size 320x240 --mirror off --hud off --brush-size 0.1 --verbose --save-score played.score
unset LD_PRELOAD

dreamed() { # COUNT TIME: so many frames, and up to that time of the film
	awk -v count="$1" -v until="$2" '$2 == "dreamed" { n++; last = $3 + 0 }
		END { exit !(n >= count && last >= until) }' "$work/err"
}
# More frames, and as long in the film as so many take there, however many a fast machine dreams of one.
wait_for_dreams() { # COUNT
	# shellcheck disable=SC2046
	eventually dreamed $(awk -v count="$1" '$2 == "dreamed" { n++; last = $3 + 0 }
		END { print n + count, last + count / 10 }' "$work/err")
}
play_midi() { # EVENT
	[ -z "$midi" ] || echo "$1" 1<>"$work/midi"
	wait_for_dreams 2
}
at() { # PART-OF-WIDTH PART-OF-HEIGHT, in hundredths
	xdotool mousemove --window "$window" $((WIDTH * $1 / 100)) $((HEIGHT * $2 / 100))
	pause 0.2
}
eval "$(xdotool getwindowgeometry --shell "$window")"
check score_window_dreams wait_for_dreams 3
press Up Up Up
wait_for_dreams 2
play_midi "CC 1 74 96"
play_midi "Note 1 60 100"
at 18 20
xdotool click 4
wait_for_dreams 2
press shift+b
xdotool click 4
xdotool mousedown 1
for y in 40 60 80; do at 18 $y; done
xdotool mouseup 1
wait_for_dreams 6
at 80 50
xdotool mousedown 1 mouseup 1
wait_for_dreams 6
press shift+c
wait_for_dreams 4
at 18 20
xdotool mousedown 1
at 18 80
xdotool mouseup 1
wait_for_dreams 6
press q
wait "$session"
code=$?
session=''
check score_window_ends_in_order [ "$code" = 0 ]
cp "$work/err" "$work/live.log"
cp "$work/played.score" "$work/out"

kept() { # PATTERN
	grep -q "^[0-9.]* $1\$" "$work/played.score"
}
check score_window_keeps_keys kept 'strength 1.3'
check score_window_keeps_the_wheel kept 'brush-size 0.11'
if [ -n "$midi" ]; then
	check score_window_keeps_knobs kept 'strength 3.0[0-9]*'
	check score_window_keeps_what_midi_presses kept 'layer mixed4'
else
	skip score_window_keeps_knobs "$why"
fi
check score_window_keeps_strokes [ "$(grep -c ' stroke ' "$work/played.score")" -ge 5 ]
check score_window_keeps_what_clears_the_mask kept brush-clear

ffmpeg -loglevel error -stream_loop 99 -i "$work/grey.mkv" -c copy "$work/rounds.mkv"
last=$(grep -o "dreamed [0-9.]*" "$work/live.log" | tail -n 1 | cut -d ' ' -f 2)
ffmpeg -loglevel error -i "$work/rounds.mkv" -t "$last" -c copy "$work/whole.mkv"
reverie "$work/whole.mkv" -o "$work/played.mkv" --encoder ffv1 --model "$model" --verbose --score "$work/played.score"
cp "$work/err" "$work/film.log"
python3 tests/support/same_settings.py "$work/live.log" "$work/film.log" 15 5 >"$work/out"
check score_window_is_rendered_with_the_same_settings [ $? = 0 ]

# In the film, shortly before a line of the score and at its end. Grey alone deviates by 2, a dream by 12.
frame_at() { # FILE SECONDS
	ffmpeg -loglevel error -ss "$2" -i "$work/played.mkv" -frames:v 1 "$work/$1.png"
}
looks() { # FILE LEFT MIDDLE RIGHT
	file=$1 seen=
	shift
	for part in 50x160+30+40 40x200+140+20 50x40+230+100; do
		seen="$seen $(busy "$file" $part)"
	done
	echo "# $file:$seen"
	for part in $seen; do
		case $1 in
		dreamed) [ "$part" -gt 8 ] || return 1 ;;
		*) [ "$part" -lt 4 ] || return 1 ;;
		esac
		shift
	done
}
first_stroke=$(awk '/ stroke / { print $1; exit }' "$work/played.score")
clears=$(awk '/ brush-clear/ { print $1; exit }' "$work/played.score")
frame_at early "$(awk "BEGIN { print $first_stroke - 0.15 }")"
frame_at both "$(awk "BEGIN { print $clears - 0.25 }")"
frame_at end "$(awk "BEGIN { print $last - 0.25 }")"
check score_window_dreams_everywhere_before_a_stroke looks early dreamed dreamed dreamed
check score_window_dreams_where_was_painted looks both dreamed grey dreamed
check score_window_forgets_what_was_cleared looks end dreamed grey grey
finish
