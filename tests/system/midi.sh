#!/bin/sh
# MIDI controllers as a session finds them: all there are, the one that is asked for, and one that is not there.
# One that is none stands in for them (tests/support/fake_midi.c).
. "$(dirname "$0")/../support/lib.sh"

if ! can_dream; then
	skip midi_session "$why"
	finish
fi
if ! ldd "$REVERIE" | grep -q libasound; then
	skip midi_session "this build has no MIDI"
	finish
fi
build_layer fake_midi tests/support/fifo_lines.c || {
	skip midi_session "$why"
	finish
}
export XDG_CONFIG_HOME="$work/config"
mkfifo "$work/midi"
tiny="--octaves 1 --iterations 1 --layer mixed0 --size 96x72 --governor off --warm-steps 1 --model inception-v3"

play() { # NAME WORD...: a session of a second, with a sequencer
	name=$1
	shift
	# shellcheck disable=SC2086
	LD_PRELOAD=$(preload "$layer") FAKE_MIDI="$work/midi" "$REVERIE" live assets/clouds.mp4 --headless --bench 1 \
		$tiny "$@" >"$work/out" 2>"$work/err" </dev/null
	check "$name" [ $? = 0 ]
}
says() { # LINE: that of MIDI, and no other
	[ "$(grep -c MIDI "$work/err")" = 1 ] && grep -qxF "live: MIDI: $1" "$work/err"
}

play midi_hears_all_there_are
check midi_tells_what_it_hears says "Knobs that are none"
play midi_hears_the_one_that_is_asked_for --midi 20:0
check midi_tells_that_it_hears_it says "Knobs that are none"
play midi_goes_on_without_the_one_that_is_not_there --midi "Pads:0"
check midi_tells_what_is_there_instead says \
	"Pads:0 is not there, and is waited for; there is 20:0 Knobs that are none"
play midi_may_be_off --midi off
check midi_that_is_off_is_silent not grep -q MIDI "$work/err"

finish
