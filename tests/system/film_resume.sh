#!/bin/sh
# Films that are dreamed in chunks beside their output, which they are of themselves where they are
# long: what is done is kept, and the same command goes on.
. "$(dirname "$0")/../support/lib.sh"

tiny="--octaves 1 --iterations 1 --layer mixed0"

if ! can_dream || ! have ffmpeg; then
	[ -n "$why" ] || why="there is no ffmpeg"
	for name in long_film_goes_on film_stopped film_that_cannot_be_joined shot_goes_on; do
		skip "$name" "$why"
	done
	finish
fi
if ! build_layer failing_files; then
	skip film_resume "$why"
	finish
fi

# Three scenes and sound, a frame every six seconds: it lasts so many times 20 seconds.
film() { # FILE LENGTH
	ffmpeg -loglevel error -f lavfi -i testsrc2=s=96x64:r=1/6:d=120 \
		-f lavfi -i mandelbrot=s=96x64:r=1/6:end_pts=100 -f lavfi -i smptebars=s=96x64:r=1/6:d=120 \
		-f lavfi -i "sine=f=440:d=$2" -filter_complex \
		'[1]trim=duration=120[m];[0][m][2]concat=n=3,format=yuv420p[v]' -map '[v]' -map 3 \
		-t "$2" -c:v libx264 -g 7 -c:a aac "$1"
}

# Begins to dream $film, and gets a signal when a chunk is there.
film=$work/film.mp4
break_off() { # SIGNAL CHUNK OUTPUT OPTIONS...
	signal=$1 chunk=chunk-0000$2.nut output=$3
	shift 3
	broken_off "$signal" "$chunk" "$film" -o "$output" "$@"
}

film "$work/film.mp4" 354
film "$work/short.mp4" 288
expect_success long_film_in_one_go "$work/film.mp4" -o "$work/whole.mkv" --encoder ffv1 $tiny --resume off
check film_in_one_go_tells_nothing_of_chunks not grep -q chunks "$work/err"
expect_success short_film "$work/short.mp4" -o "$work/short.mkv" $tiny
check short_film_is_dreamed_in_one_go not grep -q chunks "$work/err"

# Steps enough to be killed in.
slow="--encoder ffv1 --octaves 1 --layer mixed0 --iterations 40 --size 192x --chunk-seconds 120"
reverie "$work/film.mp4" -o "$work/slow.mkv" $slow --resume off
contents "$work/slow.mkv" 0 >"$work/whole"
break_off KILL 0 "$work/killed.mkv" $slow
check long_film_tells_that_it_goes_on grep -q 'kept in .*killed.mkv.chunks until it is whole' "$work/err"
check long_film_killed_leaves_its_chunks test -s "$work/killed.mkv.chunks/chunk-00000.nut"
break_off TERM 1 "$work/killed.mkv" $slow
check long_film_stopped_says_what_is_kept grep -q \
	'2 of 3 chunks are kept in .*killed.mkv.chunks: the same command goes on' "$work/err"
check long_film_stopped_says_so_to_the_shell test "$code" = 143
expect_success long_film_goes_on "$work/film.mp4" -o "$work/killed.mkv" $slow
check long_film_tells_what_is_there grep -q 'goes on; 2 of 3 chunks are there' "$work/err"
contents "$work/killed.mkv" 0 >"$work/joined"
check long_film_broken_off_is_the_film same_files "$work/whole" "$work/joined"
check long_film_leaves_no_chunks test ! -e "$work/killed.mkv.chunks"

# Not beside what cannot be joined, and nothing is planned before that is known.
expect_error film_resumed_into_an_animation 2 "for a video in a file" \
	"$work/film.mp4" -o "$work/film.gif" --resume $tiny
expect_error film_resumed_with_a_still 2 "without --still" \
	"$work/film.mp4" -o "$work/film.mkv" --still "$work/film.png" --resume $tiny
expect_error film_resumed_with_no_encoder 1 "encoder none: this FFmpeg has none" \
	"$work/film.mp4" -o "$work/film.mkv" --encoder none --resume $tiny
expect_error film_resumed_over_a_file 2 "exists; --force" \
	"$work/film.mp4" -o "$work/killed.mkv" --resume $tiny
check film_that_cannot_be_joined_is_not_planned test ! -e "$work/film.mkv.chunks"
expect_success long_film_with_a_still "$work/film.mp4" -o "$work/still.mkv" --still "$work/still.png" $tiny
check long_film_with_a_still_has_it test -s "$work/still.png"

# Its container says how the chunks are encoded.
expect_success long_film_as_webm "$work/film.mp4" -o "$work/film.webm" $tiny
check long_film_as_webm_is_vp9 test "$(ffprobe -v error -select_streams v -show_entries \
	stream=codec_name -of csv=p=0 "$work/film.webm")" = vp9

# A film of a single shot goes on within it, from what its dream remembered at the end of a chunk.
ffmpeg -loglevel error -f lavfi -i testsrc2=s=96x64:r=10:d=6 -f lavfi -i sine=d=6 -c:v libx264 -g 17 \
	-c:a aac "$work/shot.mkv"
shot="--encoder ffv1 --octaves 2 --iterations 10 --layer mixed0 --drift 0.3"
reverie "$work/shot.mkv" -o "$work/shot_whole.mkv" $shot --resume off
contents "$work/shot_whole.mkv" 0 >"$work/shot_whole"
break_off_shot() { # SIGNAL CHUNK OUTPUT: once that chunk is there, and what the next goes on from
	film=$work/shot.mkv
	break_off "$@" $shot --resume --chunk-seconds 1
}
expect_shot() { # NAME OUTPUT
	expect_success "$1" "$work/shot.mkv" -o "$2" $shot --resume --chunk-seconds 1
	contents "$2" 0 >"$work/shot_parts"
	check "$1_is_the_film" same_files "$work/shot_whole" "$work/shot_parts"
	check "$1_leaves_nothing" test ! -e "$2.chunks"
}
checkpoints() { # OUTPUT: what is there of them
	find "$1.chunks" -name '*.checkpoint' | sort
}
break_off_shot KILL 1 "$work/shot.1.mkv"
check shot_killed_leaves_what_it_goes_on_from test "$(checkpoints "$work/shot.1.mkv" | wc -l)" -ge 1
expect_shot shot_goes_on "$work/shot.1.mkv"
check shot_goes_on_from_within grep -q 'goes on; [2-5] of 6 chunks are there' "$work/err"
check shot_goes_on_without_dreaming_again not grep -q 'dreamed again' "$work/err"

# A checkpoint that is gone, damaged or another's is no use, and is told.
break_off_shot TERM 1 "$work/shot.2.mkv"
checkpoint=$(checkpoints "$work/shot.2.mkv" | tail -n 1)
printf x | dd of="$checkpoint" bs=1 seek=30000 conv=notrunc 2>"$work/log"
expect_shot shot_with_a_damaged_checkpoint "$work/shot.2.mkv"
check shot_with_a_damaged_checkpoint_is_told grep -q 'from chunk 0 on it is dreamed again' "$work/err"
break_off_shot TERM 1 "$work/shot.3.mkv"
rm "$work"/shot.3.mkv.chunks/*.checkpoint
expect_shot shot_without_its_checkpoint "$work/shot.3.mkv"
break_off_shot TERM 1 "$work/shot.4.mkv"
printf '# the same, but of another sum\n' >>"$work/shot.4.mkv.chunks/plan"
expect_shot shot_with_another_plan_s_checkpoint "$work/shot.4.mkv"
check shot_with_another_plan_s_checkpoint_is_told grep -q 'dreamed again' "$work/err"

# What a score changes shortly before a chunk ends melts on in the next one.
printf '0 strength 0.4\n2.35 layer mixed1\n3.5 octaves 3\n5 strength 1.2 smooth\n' >"$work/shot.score"
scored="--encoder ffv1 --octaves 2 --iterations 3 --layer mixed0 --score $work/shot.score"
reverie "$work/shot.mkv" -o "$work/scored_whole.mkv" $scored --resume off
contents "$work/scored_whole.mkv" 0 >"$work/scored_whole"
expect_success shot_with_a_score_in_chunks "$work/shot.mkv" -o "$work/scored.mkv" $scored --resume --chunk-seconds 0.5
contents "$work/scored.mkv" 0 >"$work/scored_parts"
check shot_with_a_score_in_chunks_is_the_film same_files "$work/scored_whole" "$work/scored_parts"

# One chunk is no use either, and many machines dream whole shots.
expect_success film_of_one_chunk "$work/shot.mkv" -o "$work/one.mkv" $tiny --resume --chunk-seconds 60
reverie plan "$work/shot.mkv" --chunks "$work/planned" $tiny --chunk-seconds 1
check plan_parts_no_shot test "$(tail -n 1 "$work/out")" = "1 chunk"
ffmpeg -loglevel error -f lavfi -i color=gray:s=96x64:r=1/60:d=320 -c:v libx264 "$work/still.mp4"
expect_success long_film_of_one_chunk "$work/still.mp4" -o "$work/uncut.mkv" $tiny --chunk-seconds 600
check long_film_of_one_chunk_is_told grep -q 'in one go: it is a single chunk' "$work/err"
check long_film_of_one_chunk_leaves_none test ! -e "$work/uncut.mkv.chunks"

# Pictures are dreamed as they are, and films beside them in their turn.
ffmpeg -loglevel error -f lavfi -i testsrc2=s=96x64:d=1 -frames:v 1 "$work/photo.png"
expect_success film_among_pictures "$work/photo.png" "$work/film.mp4" "$work/short.mp4" -o "$work/many/" \
	--resume $tiny
check film_among_pictures_is_dreamed_in_chunks test "$(grep -c 'Looking for its cuts' "$work/err")" = 2
check film_among_pictures_leaves_no_chunks test "$(find "$work/many" -type f | wc -l)" = 3
finish
