#!/bin/sh
# A live session that is played from outside: every key of the keyboard, pressed by xdotool in a
# window under Xvfb, and everything they are bound to by OSC; what came of it is asked by OSC, or
# seen on the screen. Then commands by chance: 500, or $REVERIE_HAMMER (10000 for the whole of it),
# at 50 a second. See remote_client.py.
. "$(dirname "$0")/../support/lib.sh"
. "tests/support/window.sh"

tiny="--octaves 1 --iterations 1 --layer mixed0 --size 96x72 --governor off --warm-steps 1 --hud off"
tiny="$tiny --model $PWD/models/inception_v3.onnx"
clip=$PWD/assets/clouds.mp4
client=$PWD/tests/support/remote_client.py
another_port
export XDG_CONFIG_HOME="$work/config"

# ---- wrong calls ----

expect_error remote_port_out_of_range 2 "osc" live "$clip" --osc 70000
if build_has_no_osc=$("$REVERIE" live "$clip" --headless --bench 1 --osc $port --size 96x72 2>&1) &&
	echo "$build_has_no_osc" | grep -q "has no OSC"; then
	skip remote_session "this build has no OSC"
	finish
fi
expect_error remote_no_such_address 2 "--osc-bind no.such.invalid" live "$clip" --headless \
	--osc $port --osc-bind no.such.invalid

if ! can_dream; then
	skip remote_session "$why"
	finish
fi
if ! have python3; then
	skip remote_session "python3 is missing"
	finish
fi

# A session in $work, so that what it writes goes there. What SDL's libraries leak cannot be told
# from what we do; sessions without a window are looked at.
start() { # WORD...
	# shellcheck disable=SC2086
	(cd "$work" && exec "$REVERIE" live "$clip" "$clip" $tiny --osc $port "$@" >"$work/out" 2>"$work/err") &
	session=$!
}

play() { # WORD...: what remote_client.py says is ours
	(cd "$work" && python3 "$client" "$@") || failed=1
}

ends_well() { # NAME
	wait "$session"
	code=$?
	if [ $code = 0 ]; then ok "$1"; else not_ok "$1" "exit code $code"; fi
}

quit() {
	python3 -c "import sys; sys.path.insert(0, '$PWD/tests/support'); import remote_client
remote_client.Session($port).send('quit')"
}

# ---- without a window: files by the thousand, noise, then commands by chance ----

start --headless --keep-free 900000GB
play no-room $port
quit
ends_well remote_quits_where_there_is_no_room
start --headless --keep-free 0
play flood $port 2000
play fuzz $port 3000
play hammer $port "${REVERIE_HAMMER:-500}" 50
quit
ends_well remote_quits_by_osc_and_leaks_nothing

# ---- what is stored by one session is there for the next ----

start --headless
play store $port
kill -KILL "$session"
wait "$session" 2>/dev/null
start --headless
play recall $port
quit
ends_well remote_quits_after_recalling
echo "octaves = 4" >"$work/state/reverie/stores/9.preset"
echo "octaves = 400" >"$work/state/reverie/stores/4.preset"
start --headless
answers() {
	python3 -c "import sys; sys.path.insert(0, '$PWD/tests/support'); import remote_client
sys.exit(not remote_client.Session($port).wait())"
}
check remote_begins_where_a_store_is_damaged answers
quit
wait "$session"
check remote_tells_of_a_damaged_store grep -q "^live: what was stored as 4 cannot be recalled: .*out of range" \
	"$work/err"
check remote_puts_a_damaged_store_aside grep -qx "octaves = 400" "$work/state/reverie/stores/4.preset.damaged"
check remote_leaves_the_other_stores grep -qx "octaves = 4" "$work/state/reverie/stores/9.preset"

# ---- with one ----

if ! have Xvfb || ! have xdotool || ! have import; then
	skip remote_window "Xvfb, xdotool or import (ImageMagick) is missing"
	finish
fi
start_xvfb
printf 'Beat = cycle mirror\n' >"$work/beat.conf"
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
start --keys "$work/beat.conf"
find_window
play keys $port "$window" "$REVERIE"
play hammer $port "${REVERIE_HAMMER:-500}" 50
xdotool key --window "$window" q
ends_well remote_quits_by_key

finish
