#!/bin/sh
# Scores: played over videos, journeys and live sessions, written by these, and what is wrong with one.
. "$(dirname "$0")/../support/lib.sh"

tiny="--octaves 2 --iterations 2 --layer mixed0 --encoder ffv1 --model inception-v3"
clip=$work/film.mp4
another_port

# ---- wrong lines: tests/unit/app/control/score.c has all of them ----

printf '0 strength 1\n\n2 strenght 1\n' >"$work/wrong.score"
expect_error score_wrong_line 2 "wrong.score:3: strenght: no such option; did you mean strength?" \
	assets/clouds.mp4 -o "$work/a.mkv" --score "$work/wrong.score"
expect_error score_wrong_line_live 2 "wrong.score:3:" live assets/clouds.mp4 --headless \
	--score "$work/wrong.score"
expect_error score_missing 1 "score $work/none: No such file" \
	assets/clouds.mp4 -o "$work/a.mkv" --score "$work/none"
printf '0 strength 1\n' >"$work/plain.score"
printf '5 eyes\n' >"$work/eyes.playlist"
expect_error score_and_playlist 2 "one of them" live assets/clouds.mp4 --headless \
	--score "$work/plain.score" --playlist "$work/eyes.playlist"
expect_error score_over_itself 2 "are one file" live assets/clouds.mp4 --headless \
	--score "$work/plain.score" --save-score "$work/plain.score"

# What only live sessions can play is told.
printf '0 strength 1\nloop 4\n1 input 2\nend\n' >"$work/inputs.score"
tells_of_inputs() { # WORD...
	reverie "$@" --model "$work/none.onnx"
	[ "$(grep -c ': goes from input to input, which is ignored here' "$work/err")" = 1 ]
}
check score_of_inputs_is_told tells_of_inputs assets/clouds.mp4 -o "$work/a.mkv" \
	--score "$work/inputs.score"
check score_of_inputs_is_told_once tells_of_inputs assets/clouds.mp4 assets/clouds.jpg -o "$work/a/" \
	--score "$work/inputs.score"
check score_of_inputs_is_told_by_the_plan tells_of_inputs plan assets/clouds.mp4 \
	--chunks "$work/chunks" --score "$work/inputs.score"
check score_without_inputs_says_nothing_of_them eval \
	'! tells_of_inputs assets/clouds.mp4 -o "$work/a.mkv" --score "$work/plain.score"'

names="score_dreams_the_same_twice score_in_chunks score_resumed score_changes_what_is_dreamed
	score_of_a_layer_that_is_not_there score_of_a_journey score_plays_live
	score_played_by_hand_is_rendered_again"
if ! can_dream || ! have ffmpeg; then
	[ -n "$why" ] || why="there is no ffmpeg"
	for name in $names; do skip "$name" "$why"; done
	finish
fi

# Three scenes, of which the second is cut by a key.
ffmpeg -loglevel error -f lavfi -i testsrc2=s=96x64:r=10:d=1.5 \
	-f lavfi -i mandelbrot=s=96x64:r=10:end_pts=100 -f lavfi -i smptebars=s=96x64:r=10:d=1.3 \
	-filter_complex '[1]trim=duration=1.2[m];[0][m][2]concat=n=3,format=yuv420p' \
	-c:v libx264 -g 7 "$clip"

cat >"$work/ten.score" <<-'END'
	tempo 120
	rate 10
	0     strength 0.5
	0.8   strength 1.5 smooth
	1b    step sine 0.01 0.04 2b
	7f    layer mixed1
	12f   preset eyes fade 1
	20f   iterations 2
	2     octaves 2
	2     jitter 3
	0     inherit random 0.5 1 1b seed 4
	2.2   reset
	12f   stroke 0.2,0.3 0.6,0.3 0.1
	21f   stroke 0.8,0.8 0.2
	3.2   brush-clear
	2.7   layer mixed0
	3     rotate 20 linear
	loop 1b from 3
	0     strength 1
	1b    strength 0.3 linear
	end
END

dream() { # NAME WORD...
	name=$1
	shift
	# shellcheck disable=SC2086
	reverie "$clip" -o "$work/$name.mkv" $tiny "$@"
	frames "$work/$name.mkv" >"$work/$name.frames"
}

dream plain
dream once --score "$work/ten.score"
dream twice --score "$work/ten.score"
dream resumed --score "$work/ten.score" --resume --chunk-seconds 0
check score_dreams_the_same_twice same_files "$work/once.frames" "$work/twice.frames"
check score_resumed same_files "$work/once.frames" "$work/resumed.frames"
same=$(grep -cFxf "$work/plain.frames" "$work/once.frames")
check score_is_not_all_that_is_dreamed [ -s "$work/plain.frames" ]
check score_changes_what_is_dreamed [ "$same" = 0 ]
# shellcheck disable=SC2086
reverie plan "$clip" --chunks "$work/chunks" --chunk-seconds 0 $tiny --score "$work/ten.score"
for chunk in 2 0 1; do reverie chunk "$work/chunks" $chunk; done
reverie join "$work/chunks" -o "$work/joined.mkv"
frames "$work/joined.mkv" >"$work/joined.frames"
check score_in_chunks same_files "$work/once.frames" "$work/joined.frames"

printf '0 strength 1\n3 layer no-such-layer\n' >"$work/layer.score"
# shellcheck disable=SC2086
expect_error score_of_a_layer_that_is_not_there 1 "layer.score: after 3 seconds: " \
	"$clip" -o "$work/a.mkv" $tiny --quiet --score "$work/layer.score"
printf '0 strength 1\n1 drift 0.1\n' >"$work/drift.score"
# shellcheck disable=SC2086
expect_error score_that_drifts_in_chunks 2 "the score changes --drift, whose sum so far chunks cannot know" \
	plan "$clip" --chunks "$work/drift" $tiny --quiet --score "$work/drift.score"

printf '0 zoom 1.5\n0.5 layer mixed1\n1 zoom 0.8 linear\n' >"$work/journey.score"
for name in there again; do
	# shellcheck disable=SC2086
	reverie --from noise --size 96x64 --duration 1.2 --rate 10 -o "$work/$name.mkv" $tiny \
		--score "$work/journey.score"
	frames "$work/$name.mkv" >"$work/$name.frames"
done
check score_of_a_journey same_files "$work/there.frames" "$work/again.frames"
check score_journey_is_whole [ "$(wc -l <"$work/there.frames")" = 12 ]

# ---- live: played by a score; played by hand, and rendered again ----

# A session by a score comes to where that leads.
printf '0 strength 0.25\n0.5 strength 1.75 linear\n0.6 layer mixed2\n' >"$work/live.score"
: >"$work/err"
"$REVERIE" live "$clip" --headless --octaves 1 --iterations 1 --layer mixed0 --model inception-v3 --governor off \
	--size 96x64 --verbose --score "$work/live.score" >"$work/out" 2>"$work/err" </dev/null &
session=$!
check score_plays_live eventually says 'layer mixed2.*strength 1.75'
pause 0.5
kill -TERM "$session"
wait "$session"
tail -n 3 "$work/err" >"$work/last"
check score_that_has_ended_holds grep -q 'layer mixed2.*strength 1.75' "$work/last"

if ! have python3; then
	skip score_played_by_hand_is_rendered_again "python3 is missing"
	finish
fi
# shellcheck disable=SC2086
(exec timeout $((600 * slowness)) "$REVERIE" live "$clip" --headless --octaves 2 --iterations 2 --layer mixed0 \
	--model inception-v3 --governor off --size 96x64 --osc $port --verbose --loop on \
	--save-score "$work/played.score" >"$work/out" 2>"$work/live.log") &
session=$!
python3 - $port "$work/live.log" <<-'END'
	import sys, time
	sys.path.insert(0, "tests/support")
	import remote_client
	session = remote_client.Session(sys.argv[1])
	session.wait()
	def dreams():
	    return open(sys.argv[2], errors="replace").read().count("dreamed")
	def wait_for_dreams(count):
	    until = dreams() + count
	    remote_client.eventually(lambda: dreams() >= until, 60)
	for action in ["set strength 0.5", "layer-up", "add step 0.004", "set fade 0.7", "preset roses",
	               "set strength 0.9", "set seed 7", "channel-random", "undo", "reset", "set view split"]:
	    session.run(action)
	    wait_for_dreams(3)
	session.send("quit")
END
if grep -q "has no OSC" "$work/live.log"; then
	skip score_played_by_hand_is_rendered_again "this build has no OSC"
	finish
fi
wait "$session"
check score_is_written_by_a_session grep -q '^[0-9.]* strength 0.5$' "$work/played.score"
# The film is played again and again, for as long as the session was.
ffmpeg -loglevel error -stream_loop 99 -i "$clip" -c copy "$work/rounds.mp4"
last=$(grep -o "dreamed [0-9.]*" "$work/live.log" | tail -n 1 | cut -d ' ' -f 2)
ffmpeg -loglevel error -i "$work/rounds.mp4" -t "$last" -c copy "$work/whole.mp4"
reverie "$work/whole.mp4" -o "$work/played.mkv" --encoder ffv1 --model inception-v3 --verbose \
	--score "$work/played.score"
check score_of_a_session_is_played grep -q "dreamed" "$work/err"
if python3 tests/support/same_settings.py "$work/live.log" "$work/err" 10 8 >"$work/out"; then
	ok score_played_by_hand_is_rendered_again
else
	not_ok score_played_by_hand_is_rendered_again "settings differ"
fi

finish
