#!/bin/sh
# What sound does to a session: files, streams and the input itself as its source, beats, what is wrong with one,
# and the score of it.
# Runs alone, as it claims when beats are heard.
. "$(dirname "$0")/../support/lib.sh"

another_port
tiny="--octaves 1 --iterations 1 --layer mixed0 --size 96x72 --governor off --warm-steps 1 --model inception-v3"

# ---- what is wrong ----

printf 'Sound Bass = dial octaves $\n' >"$work/octaves.conf"
printf 'Sound Bas = dial strength $\n' >"$work/bas.conf"
expect_error sound_of_a_file_that_is_not_there 1 "--listen: $work/none.wav: cannot be opened: No such file" \
	live assets/clouds.mp4 --headless --listen "$work/none.wav"
expect_error sound_of_a_picture 1 "clouds.jpg: has no sound" \
	live assets/clouds.mp4 --headless --listen assets/clouds.jpg
expect_error sound_cannot_move_octaves 2 "Sound Bass = dial octaves \$: octaves does not change evenly" \
	live assets/clouds.mp4 --headless --keys "$work/octaves.conf"
expect_error sound_has_no_such_level 2 "there are Sound Bass, Sound Middle, Sound Treble, Sound All" \
	live assets/clouds.mp4 --headless --keys "$work/bas.conf"

expect_error sound_of_what_is_read_already 2 "standard input is the session's input" live - --headless --listen -

if ! have ffmpeg || ! can_dream; then
	[ -n "$why" ] || why="there is no ffmpeg"
	skip sound_moves_the_dream "$why"
	finish
fi
make_sound() { # FILE EXPRESSION SECONDS
	ffmpeg -y -loglevel error -f lavfi -i "aevalsrc=$2:s=48000:d=$3" "$work/$1"
}
# A drum, 120 a minute; one tone in the treble; nothing.
make_sound drum.wav "0.6*exp(-12*mod(t\,0.5))*sin(2*PI*55*mod(t\,0.5))" 20
make_sound treble.wav "0.4*sin(2*PI*6000*t)*between(mod(t\,1)\,0\,0.5)" 20
make_sound silence.wav 0 20
ffmpeg -loglevel error -f lavfi -i testsrc2=s=96x72:r=25:d=4 -i "$work/drum.wav" -shortest -c:v mpeg4 -c:a pcm_s16le \
	"$work/clip.mkv"
ffmpeg -loglevel error -i "$work/clip.mkv" -an -c copy "$work/mute.mkv"
expect_error sound_of_an_input_that_has_none 1 "--listen input: the input has no sound" \
	live "$work/mute.mkv" --headless --listen input

play() { # NAME SECONDS WORD...: what changed is in $work/NAME.score
	name=$1 seconds=$2
	shift 2
	# shellcheck disable=SC2086
	reverie live "$work/mute.mkv" --headless --bench "$seconds" $tiny --save-score "$work/$name.score" "$@"
	check "sound_session_of_$name" [ "$code" = 0 ]
}
changes() { # NAME OPTION: how many there are after the beginning
	grep -c "^[0-9.]* $2 " "$work/$1.score"
}
between() { # NAME OPTION LEAST MOST: how many
	count=$(changes "$1" "$2")
	[ "$count" -ge "$3" ] && [ "$count" -le "$4" ] && return
	echo "# $2 changed $count times, by $(tail -n 1 "$work/$1.score" | cut -d' ' -f1) s"
	return 1
}
strengths() { # NAME CONDITION: of all that the score has, one at least
	awk "\$2 == \"strength\" { if ($2) found = 1 } END { exit !found }" "$work/$1.score"
}

# ---- what it does ----

play drum 5 --listen "$work/drum.wav"
check sound_moves_the_dream [ "$(changes drum strength)" -gt $((60 / slowness)) ]
check sound_moves_it_to_where_it_is_bound strengths drum '$3 > 1.7'
check sound_moves_it_back strengths drum '$3 < 1.35'
check sound_moves_it_no_further not strengths drum '$3 < 1 || $3 > 2'
play silence 3 --listen "$work/silence.wav"
check silence_moves_nothing [ "$(changes silence strength)" = 0 ]
play treble 3 --listen "$work/treble.wav"
check treble_moves_no_bass not strengths treble '$3 > 1.15'
printf 'Sound Treble = dial decay $ 1 0.5\nSound Bass = none\nBeat = cycle mirror\nBeat 4 = layer-up\n' >"$work/own.conf"
play own 4 --listen "$work/treble.wav" --keys "$work/own.conf"
check sound_moves_what_it_is_bound_to [ "$(changes own decay)" -gt $((30 / slowness)) ]
check sound_unbound_moves_nothing [ "$(changes own strength)" = 0 ]
play beats 8 --listen "$work/drum.wav" --keys "$work/own.conf"
if [ "$slowness" = 1 ]; then
	# Sixteen beats in eight seconds; the first is before the gain is found, one more may fall into the beginning.
	check beats_do_what_they_are_bound_to between beats mirror 14 18
	check every_fourth_beat_does_something_else between beats layer 4 6
else
	skip beats_do_what_they_are_bound_to "$slowed_down"
fi
# shellcheck disable=SC2086
reverie live "$work/clip.mkv" --headless --bench 4 $tiny --listen input --save-score "$work/input.score"
check sound_of_the_input_moves_its_dream [ "$(changes input strength)" -gt $((40 / slowness)) ]

# ---- what goes away ----

serve() { # SECONDS
	timeout $((300 * slowness)) ffmpeg -loglevel error -re -i "$work/drum.wav" -t "$1" -f wav "tcp://127.0.0.1:$port?listen=1" 2>/dev/null &
	server=$!
}
serve 2
eventually listens
: >"$work/err"
# shellcheck disable=SC2086
"$REVERIE" live "$work/mute.mkv" --headless $tiny --listen "tcp://127.0.0.1:$port" \
	--save-score "$work/stream.score" >"$work/out" 2>"$work/err" </dev/null &
session=$!
wait "$server"
serve 6
wait "$server"
eventually says "is back after"
kill -TERM "$session"
wait "$session"
check sound_that_goes_away_ends_no_session [ $? = 143 ]
check sound_that_goes_away_is_told grep -qx "live: waiting for tcp://127.0.0.1:$port: it ended" "$work/err"
check sound_that_comes_back_is_told grep -q "^live: tcp://127.0.0.1:$port is back after" "$work/err"
check sound_of_a_stream_moves_the_dream [ "$(changes stream strength)" -gt $((30 / slowness)) ]
# shellcheck disable=SC2086
reverie live "$work/mute.mkv" --headless --bench 1 $tiny --listen pulse:no-such-source
check sound_that_is_not_there_ends_no_session [ "$code" = 0 ]
check sound_that_is_not_there_is_told_once [ "$(grep -c "waiting for pulse:no-such-source" "$work/err")" = 1 ]

# ---- the score of it ----

if ! have python3; then
	skip sound_is_rendered_again_without_it "python3 is missing"
	finish
fi
: >"$work/err"
# shellcheck disable=SC2086
"$REVERIE" live "$work/mute.mkv" --headless $tiny --verbose --listen "$work/drum.wav" \
	--save-score "$work/played.score" >"$work/out" 2>"$work/err" </dev/null &
session=$!
eventually says dreamed 100
kill -TERM "$session"
wait "$session"
cp "$work/err" "$work/live.log"
ffmpeg -loglevel error -stream_loop 99 -i "$work/mute.mkv" -c copy "$work/rounds.mkv"
last=$(grep -o "dreamed [0-9.]*" "$work/live.log" | tail -n 1 | cut -d ' ' -f 2)
ffmpeg -loglevel error -i "$work/rounds.mkv" -t "$last" -c copy "$work/whole.mkv"
reverie "$work/whole.mkv" -o "$work/played.mkv" --encoder ffv1 --model inception-v3 --verbose \
	--score "$work/played.score"
if python3 tests/support/same_settings.py "$work/live.log" "$work/err" 30 20 >"$work/out"; then
	ok sound_is_rendered_again_without_it
else
	not_ok sound_is_rendered_again_without_it "settings differ"
fi

finish
