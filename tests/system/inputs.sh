#!/bin/sh
# Live sessions of several inputs, from outside: how one takes over from another, in what is recorded,
# and what happens where it cannot. A score goes from input to input; how bright each picture is tells
# which is shown.
. "$(dirname "$0")/../support/lib.sh"

tiny="--octaves 1 --iterations 1 --layer mixed0 --size 96x72 --governor off --warm-steps 1 --strength 0"
black=lavfi:color=black:size=160x120:rate=25
white=lavfi:color=white:size=160x120:rate=25

# ---- wrong calls ----

expect_error inputs_not_so_many 2 "there are 2 inputs" live $black $white --input 3 --headless
expect_error inputs_only_one 2 "there is one input" live $black --input 2 --headless
expect_error inputs_standard_input_is_none_of_several 2 "standard input" live $black - --headless
# shellcheck disable=SC2046
expect_error inputs_too_many 2 "17 inputs are too many" live $(seq 17) --headless
echo kept >"$work/a.mp4"
printf '9 roses\n9 eyes input 3\n' >"$work/three.playlist"
expect_error inputs_not_so_many_for_a_playlist 2 "three.playlist: eyes over input 3: there are 2" \
	live $black $white --playlist "$work/three.playlist" --headless
expect_error inputs_are_not_written_over 2 "a.mp4: the input and the output are one file" \
	live $black "$work/a.mp4" -o "$work/a.mp4" --headless --force

if ! can_dream; then
	skip inputs_session "$why"
	finish
fi
if ! have ffmpeg || ! have ffprobe; then
	skip inputs_session "ffmpeg is missing"
	finish
fi

# Plays $score for so long, which is recorded, and writes how bright each picture was, 16 to 235, a line
# each, into $work/bright.
plays() { # NAME SECONDS WORD...
	name=$1 seconds=$2
	shift 2
	echo "$score" >"$work/inputs.score"
	# shellcheck disable=SC2086
	expect_success "$name" live "$@" $tiny --headless --score "$work/inputs.score" \
		--bench $((seconds * slowness)) -o "$work/shown.mkv" --encoder ffv1 --force
	ffprobe -v error -f lavfi "movie=$work/shown.mkv,signalstats" \
		-show_entries frame_tags=lavfi.signalstats.YAVG -of csv=p=0 >"$work/bright"
}

# The first picture is dark, the last one bright, and so many lie between; none is darker than the one
# before.
brightens() { # LEAST MOST
	awk -v least="$1" -v most="$2" -F, '
		NR == 1 && $1 > 17 { wrong = 1 }
		$1 < last { wrong = 1 }
		$1 > 17 && $1 < 234 { between++ }
		{ last = $1 }
		END { print "# " between + 0 " between, the last " last
		      exit wrong || last < 234 || between < least || between > most }' "$work/bright"
}

score="1 input 2"
plays inputs_are_cut 3 $black $white
check inputs_cut_shows_nothing_between brightens 0 0

plays inputs_crossfade 5 $black $white --crossfade 2
check inputs_crossfade_is_recorded brightens 15 60

score='1 input 2
1.4 input 3'
plays inputs_one_that_fails_to_open 4 $black "$work/none.mp4" $white --crossfade 1
check inputs_failure_is_told grep -q '^live: .*none.mp4' "$work/err"
check inputs_failure_changes_nothing brightens 5 35

# A stream that goes away as it fades in does so by its last frame, and is waited for.
port=$((20000 + $$ % 20000))
ffmpeg -nostdin -loglevel error -re -f lavfi -i color=white:size=160x120:rate=25 -frames:v 30 \
	-c:v mpeg2video -g 5 -f mpegts "tcp://127.0.0.1:$port?listen=1" >/dev/null 2>&1 &
server=$!
score="1 input 2"
plays inputs_one_that_goes_as_it_fades_in 6 $black "tcp://127.0.0.1:$port" --crossfade 3
kill "$server" 2>/dev/null
wait "$server" 2>/dev/null
check inputs_one_that_has_gone_fades_in_whole brightens 20 90
check inputs_one_that_has_gone_is_waited_for grep -q "^live: waiting for tcp://127.0.0.1:$port: it ended" \
	"$work/err"

# What is changed while it plays is in the score that is kept, and plays again.
score='1 crossfade 0.5
1.2 input 2'
plays inputs_score_is_kept 3 $black $white --save-score "$work/kept.score"
check inputs_kept_score_has_them grep -q '^1\.[0-9]* input 2$' "$work/kept.score"
score=$(cat "$work/kept.score")
plays inputs_kept_score_plays 3 $black $white
check inputs_kept_score_shows_the_same brightens 3 20

# A line of a playlist may go to an input.
printf 'octaves = 1\niterations = 1\nlayer = mixed0\nstrength = 0\n' >"$work/still.preset"
printf '1 %s\n99 %s input 2\n' "$work/still.preset" "$work/still.preset" >"$work/two.playlist"
# shellcheck disable=SC2086
expect_success inputs_of_a_playlist live $black $white $tiny --headless --playlist "$work/two.playlist" \
	--save-score "$work/kept.score" --force --bench $((4 * slowness)) -o "$work/shown.mkv" \
	--encoder ffv1
ffprobe -v error -f lavfi "movie=$work/shown.mkv,signalstats" \
	-show_entries frame_tags=lavfi.signalstats.YAVG -of csv=p=0 >"$work/bright"
check inputs_of_a_playlist_are_shown awk -F, '{ last = $1 } END { exit last < 234 }' "$work/bright"
check inputs_of_a_playlist_are_kept grep -q ' input 2$' "$work/kept.score"

# Files that are played once follow one another, each with its sound, and end the session.
for name in black white; do
	ffmpeg -nostdin -loglevel error -f lavfi -i color=$name:size=160x120:rate=25 \
		-f lavfi -i sine -t 1.5 -c:v ffv1 -pix_fmt bgr0 -c:a pcm_s16le "$work/$name.mkv"
done
# shellcheck disable=SC2086
expect_success inputs_played_once live "$work/black.mkv" "$work/white.mkv" $tiny --headless --loop off \
	-o "$work/shown.mkv" --encoder ffv1 --force
ffprobe -v error -f lavfi "movie=$work/shown.mkv,signalstats" \
	-show_entries frame_tags=lavfi.signalstats.YAVG -of csv=p=0 >"$work/bright"
check inputs_played_once_shows_all brightens 0 0
ffmpeg -nostdin -hide_banner -ss 2 -i "$work/shown.mkv" -vn -af volumedetect -f null - 2>"$work/err"
check inputs_second_one_is_heard grep -Eq 'max_volume: -(1[0-9]|2[0-9])\.' "$work/err"

# What is heard crossfades too: one plays on the left alone, the other on the right.
sides="left=c0=c0|c1=0*c0 right=c0=0*c0|c1=c0"
for side in $sides; do
	ffmpeg -nostdin -loglevel error -f lavfi -i color=black:size=160x120:rate=25 -f lavfi -i sine -t 4 \
		-af "pan=stereo|${side#*=}" -c:v ffv1 -pix_fmt bgr0 -c:a pcm_s16le "$work/${side%%=*}.mkv"
done
# How many hundredths of a second of what was recorded have sound on both sides.
heard_on_both() { # LEAST
	ffmpeg -nostdin -v error -i "$work/shown.mkv" -vn -ac 2 -ar 8000 -f s16le - | od -An -v -w320 -td2 |
		awk -v least="$1" '
		{ left = right = 0
		  for (i = 1; i <= NF; i += 2) { left += $i * $i; right += $(i + 1) * $(i + 1) }
		  both += left > 80 * 100 * 100 && right > 80 * 100 * 100 }
		END { print "# " both + 0 " hundredths on both sides"; exit both < least }'
}
score='1 input 2'
plays inputs_with_sound_crossfade 5 "$work/left.mkv" "$work/right.mkv" --crossfade 2
check inputs_are_heard_together heard_on_both 100
plays inputs_with_sound_are_cut 3 "$work/left.mkv" "$work/right.mkv"
check inputs_are_heard_one_after_the_other eval '! heard_on_both 20'

finish
