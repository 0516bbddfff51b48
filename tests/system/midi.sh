#!/bin/sh
# MIDI controllers as a session finds them: all there are, the one that is asked for, and one that is not there; and a
# clock that starts, stops and goes away. One that is none stands in for them (tests/support/fake_midi.c).
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
clip=$PWD/assets/clouds.mp4
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
says_only() { # LINE: that of MIDI, and no other
	[ "$(grep -c MIDI "$work/err")" = 1 ] && grep -qxF "live: MIDI: $1" "$work/err"
}

play midi_hears_all_there_are
check midi_tells_what_it_hears says_only "Knobs that are none"
play midi_hears_the_one_that_is_asked_for --midi 20:0
check midi_tells_that_it_hears_it says_only "Knobs that are none"
play midi_goes_on_without_the_one_that_is_not_there --midi "Pads:0"
check midi_tells_what_is_there_instead says_only \
	"Pads:0 is not there, and is waited for; there is 20:0 Knobs that are none"
play midi_may_be_off --midi off
check midi_that_is_off_is_silent not grep -q MIDI "$work/err"

# ---- a clock ----

# The fourth beats write presets, which are counted; pulses that come in a heap tell no tempo.
printf 'Beat 4 = save-preset\n' >"$work/beats.conf"
exec 4<>"$work/midi"
: >"$work/err"
# shellcheck disable=SC2086
(cd "$work" && LD_PRELOAD=$(preload "$layer") FAKE_MIDI="$work/midi" exec "$REVERIE" live "$clip" --headless \
	$tiny --keys "$work/beats.conf" >"$work/out" 2>"$work/err" </dev/null) &
session=$!
finish_session() { # NAME
	kill -TERM "$session"
	wait "$session"
	check "$1" [ $? = 143 ]
}
send() { # LINE...
	printf '%s\n' "$@" >&4
}
has_written() { # COUNT
	[ "$(find "$work" -maxdepth 1 -name 'reverie-*.preset' | wc -l)" = "$1" ]
}
count() { # TEXT
	grep -c "$1" "$work/err"
}
leads="MIDI: beats are those of the clock of Knobs that are none"
eventually says "MIDI: Knobs that are none"
send Start "Clock 1"
check midi_clock_begins_with_a_beat eventually has_written 1
check midi_clock_is_told eventually says "$leads"
send "Clock 95" # of the four beats
send "Clock 1"
check midi_clock_counts_four_beats eventually has_written 2
is_gone() { # told once for each time that it was there
	[ "$(count "the clock is gone")" = "$(count "$leads")" ]
}
check midi_clock_that_is_silent_is_told eventually is_gone
before=$(count "$leads")
send "Position 60" Continue "Clock 24" # the last quarter of a bar
check midi_clock_that_comes_back_is_told eventually says "$leads" $((before + 1))
send "Clock 1"
check midi_clock_goes_on_where_the_song_does eventually has_written 3
send "Clock 95" Stop
check midi_clock_that_is_stopped_is_told eventually says "the clock is stopped"
send "Clock 960" Start "Clock 1" "Clock 960 21"
check midi_clock_starts_anew eventually has_written 4
eventually says "the clock is gone" $((before + 1))
finish_session midi_clock_ends_no_session
check midi_clock_that_stands_still_or_is_the_second_does_nothing has_written 4

# ---- what controllers are told ----

# A knob and a key that are lit: both when the first of them is used, and then what another one changes.
printf '%s\n' 'CC 1 7 = dial strength $' 'CC 1 8 = dial master $ 0 1' 'Note 1 36 = cycle mirror' \
	'Note 1 37 = set strength 0' >"$work/lights.conf"
begin() { # WORD...
	: >"$work/err"
	: >"$work/told"
	# shellcheck disable=SC2086
	LD_PRELOAD=$(preload "$layer") FAKE_MIDI="$work/midi" FAKE_MIDI_TOLD="$work/told" "$REVERIE" live "$clip" \
		--headless $tiny --keys "$work/lights.conf" "$@" >"$work/out" 2>"$work/err" </dev/null &
	session=$!
	eventually says "MIDI: Knobs that are none"
}
is_told() { # LINE [TIMES]
	[ "$(grep -cx "$1" "$work/told")" -ge "${2:-1}" ]
}
begin --strength 1
send "Clock 1"
eventually says "$leads"
check midi_tells_none_that_was_not_used [ ! -s "$work/told" ]
send "CC 1 8 127" # which is as it was
check midi_tells_where_knobs_should_stand eventually is_told "CC 1 7 32"
check midi_tells_which_keys_are_dark eventually is_told "Note 1 36 0"
send "Note 1 36 90" "Note 1 36 0"
check midi_tells_which_key_is_lit eventually is_told "Note 1 36 127"
send "Note 1 37 90" "Note 1 37 0"
check midi_tells_what_a_key_changed eventually is_told "CC 1 7 0"
check midi_tells_no_knob_what_it_says_itself not grep -q "CC 1 8" "$work/told"
finish_session midi_that_is_told_ends_no_session
begin --strength 1 --midi 20:0
check midi_tells_the_one_that_is_asked_for_at_once eventually is_told "CC 1 8 127"
finish_session midi_told_at_once_ends_no_session
begin --strength 1 --midi 20:0 --midi-feedback off
send "Note 1 36 90" "Note 1 36 0"
pause 1
check midi_tells_nothing_where_feedback_is_off [ ! -s "$work/told" ]
finish_session midi_without_feedback_ends_no_session

finish
