#!/bin/sh
# What is made remembers how: `reverie again` prints the command, which makes the same pixels once more.
. "$(dirname "$0")/../support/lib.sh"

expect_error again_without_a_file 2 "which file? reverie again FILE" again
expect_error again_of_nothing 1 "No such file" again "$work/none.png"
expect_error again_of_a_file_from_elsewhere 1 "carries no settings of Reverie" again assets/clouds.jpg
expect_error again_of_a_video_from_elsewhere 1 "carries no settings of Reverie" again assets/clouds.mp4
expect_error again_of_a_text 1 "carries no settings of Reverie" again Makefile
expect_error like_a_file_from_elsewhere 1 "carries no settings of Reverie" \
	assets/clouds.jpg -o "$work/a.png" --like assets/clouds.jpg
expect_error like_and_preset 2 "one of them" \
	assets/clouds.jpg -o "$work/a.png" --like assets/clouds.jpg --preset eyes

if ! can_dream || ! have ffmpeg; then
	[ -n "$why" ] || why="there is no ffmpeg"
	for end in png jpg webp gif tiff heic avif mp4 mkv mov webm apng avi ogv; do skip "again_makes_the_same_$end" "$why"; done
	skip like_takes_the_settings "$why"
	finish
fi

# x264 (core 164) reads memory that it never wrote, so that from run to run the same pictures may become
# others; with what malloc gives filled, what it reads is the same each time. FFV1, VP9 and GIF need none of that.
export MALLOC_PERTURB_=85

# Names that a shell would take for more than one word.
place="$work/it's a \$place"
mkdir "$place"
ffmpeg -loglevel error -f lavfi -i testsrc2=s=96x64:r=10:d=0.6 -pix_fmt yuv420p -metadata \
	comment="of the film" "$place/a film.mp4"
cp assets/clouds.jpg "$place/the sky.jpg"
printf '0 strength 0.5\n0.5 strength 1.5 linear # up\n' >"$place/my score"
model=$PWD/models/inception_v3.onnx

# Of what ffmpeg of this age does not open, the file stands for its pixels: libheif writes no times.
pixels() { # FILE
	case $1 in
	*.heic | *.avif) md5sum <"$1" ;;
	*) frames "$1" ;;
	esac
}

# Makes NAME of INPUT, and again as it says itself.
check_again() { # END INPUT WORD...
	end=$1 input=$2
	shift 2
	file="$place/a dream.$end"
	rm -f "$file"
	reverie "$input" -o "$file" --layer mixed1:0.5,mixed0 --octaves 2 --iterations 2 --seed 7 \
		--step 0.0312345 --model "$model" "$@"
	pixels "$file" >"$work/first"
	mv "$file" "$work/kept.$end"
	[ ! -e "$place/a still.png" ] || mv "$place/a still.png" "$work/kept_still.png"
	reverie again "$work/kept.$end"
	cp "$work/out" "$work/command"
	if [ -s "$work/err" ]; then
		not_ok "again_makes_the_same_$end" "it says more than the command"
		return
	fi
	(reverie() { "$REVERIE" "$@"; } && . "$work/command") >"$work/out" 2>"$work/err" </dev/null
	pixels "$file" >"$work/second"
	check "again_makes_the_same_$end" same_files "$work/first" "$work/second"
}

for end in png jpg webp gif tiff; do check_again $end "$place/the sky.jpg" --size 96x; done
for end in heic avif; do
	reverie "$place/the sky.jpg" -o "$work/try.$end" --size 96x --octaves 1 --iterations 1 --layer mixed0
	if grep -q "says no picture format" "$work/err"; then
		skip "again_makes_the_same_$end" "this libheif does not write it"
	else
		check_again $end "$place/the sky.jpg" --size 96x
	fi
done
for end in mp4 mkv mov webm gif apng avi ogv; do
	rm -f "$place/a still.png"
	check_again $end "$place/a film.mp4" --score "$place/my score" --still "$place/a still.png"
done
frames "$work/kept_still.png" >"$work/first"
frames "$place/a still.png" >"$work/second"
check again_makes_the_same_still same_files "$work/first" "$work/second"
check_again mkv "$place/a film.mp4" --resume
ffprobe -v error -show_entries format_tags "$work/kept.mp4" >"$work/out"
check again_leaves_the_films_own_comment grep -q '^TAG:description=of the film' "$work/out"
reverie again "$work/kept_still.png"
check again_of_a_still grep -q "^reverie .*--still .*a still.png" "$work/out"

# A dream of a dream remembers the last one alone.
reverie "$work/kept.mp4" -o "$work/twice.mkv" --octaves 1 --iterations 1 --layer mixed0
reverie again "$work/twice.mkv"
check again_of_a_dream_of_a_dream grep -q "^reverie .*kept.mp4 .*--layer mixed0 --octaves 1" "$work/out"

reverie "$work/kept.ogv" -o "$work/twice.ogv" --octaves 1 --iterations 1 --layer mixed0
reverie again "$work/twice.ogv"
check again_of_a_dream_of_an_ogg grep -q "^reverie .*kept.ogv .*--layer mixed0 --octaves 1" "$work/out"

# A BMP has no place for it, which is said when it is written and when it is asked.
reverie "$place/the sky.jpg" -o "$work/a.bmp" --size 96x --octaves 1 --iterations 1 --layer mixed0
check a_bmp_says_that_it_remembers_nothing \
	[ "$(grep -c "a.bmp: cannot say how it was made" "$work/err")" = 1 ]
for end in mpg flv; do
	reverie "$place/a film.mp4" -o "$work/a.$end" --octaves 1 --iterations 1 --layer mixed0
	check "a_film_in_${end}_says_that_it_remembers_nothing" \
		[ "$(grep -c "a.$end: cannot say how it was made" "$work/err")" = 1 ]
done
expect_error again_of_a_bmp 1 "as a BMP has no place for any" again "$work/a.bmp"

# A journey has no input.
reverie --from noise --size 96x64 --duration 0.3 --rate 10 -o "$work/journey.mkv" --octaves 1 \
	--iterations 1 --layer mixed0
frames "$work/journey.mkv" >"$work/first"
mv "$work/journey.mkv" "$work/kept.mkv"
reverie again "$work/kept.mkv"
(reverie() { "$REVERIE" "$@"; } && . "$work/out") >/dev/null 2>&1
frames "$work/journey.mkv" >"$work/second"
check again_of_a_journey same_files "$work/first" "$work/second"

# ---- what is not as it was ----

printf '0 strength 2\n' >"$place/my score"
reverie again "$work/kept.mov"
check again_says_that_the_score_is_another grep -q "is not the one that was played" "$work/err"
expect_success again_writes_the_score again "$work/kept.mov" --save-score "$work/kept.score"
check again_writes_the_score_that_was_played grep -q '^0.5 strength 1.5 linear # up$' "$work/kept.score"

ffmpeg -loglevel error -i "$work/kept.mkv" -c copy -metadata REVERIE="$(printf \
	'# Reverie 0.0.1\nnetwork googlenet-caffe\nnetwork-sha256 12ab\ncommand dream\ninput a.jpg\nodd = 3\n')" \
	"$work/other.mkv"
reverie again "$work/other.mkv"
check again_says_that_the_version_is_another grep -q "made with Reverie 0.0.1" "$work/err"
check again_says_what_it_does_not_know grep -q '"odd" means nothing here' "$work/err"
check again_names_the_network_that_is_not_here grep -q "googlenet-caffe is not here" "$work/err"
ffmpeg -loglevel error -i "$work/kept.mkv" -c copy -metadata REVERIE="$(printf \
	'# Reverie 0.1.0\nnetwork inception-v3\nnetwork-sha256 12ab\ncommand dream\ninput a.jpg\n')" \
	"$work/differs.mkv"
reverie again "$work/differs.mkv"
check again_names_the_network_that_differs \
	grep -q "another file of the network inception-v3, whose SHA-256 is 12ab" "$work/err"

# ---- like ----

check_like() { # NAME WORD...
	name=$1
	shift
	reverie "$place/the sky.jpg" -o "$work/$name.png" --size 96x "$@"
	frames "$work/$name.png" >"$work/$name"
}
check_like plain --layer mixed1:0.5,mixed0 --octaves 2 --iterations 2 --seed 7 --step 0.0312345 \
	--model "$model"
check_like like --like "$work/kept.jpg"
check_like over --like "$work/kept.jpg" --seed 8
check like_takes_the_settings same_files "$work/plain" "$work/like"
check like_leaves_the_last_word_to_the_command_line other_files "$work/over" "$work/like"

# ---- live ----

reverie live "$place/a film.mp4" --headless --bench $((2 * slowness)) -o "$work/live.mkv" --layer mixed0 \
	--octaves 1 --size 96x64 --model "$model" --osc-secret sesame-2026
check a_session_is_recorded [ "$code:$(ls "$work/live.mkv")" = 0:"$work/live.mkv" ]
check a_recording_tells_no_secret not grep -q sesame "$work/live.mkv"
reverie again "$work/live.mkv"
check again_of_a_session grep -q "^reverie live .*--layer mixed0" "$work/out"
check again_of_a_session_says_so grep -q "was played live" "$work/err"

finish
