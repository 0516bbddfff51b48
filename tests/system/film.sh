#!/bin/sh
# A film in chunks: planned, dreamed chunk by chunk by several at once or after a crash, and joined,
# it is the film that is dreamed in one go.
. "$(dirname "$0")/../support/lib.sh"

tiny="--octaves 2 --iterations 2 --layer mixed0 --encoder ffv1"

expect_error plan_without_a_folder 2 "reverie plan FILM --chunks FOLDER" plan film.mkv
expect_error plan_of_a_pipe 2 "cannot be read twice" plan - --chunks "$work/chunks"
expect_error chunk_without_a_plan 1 "reverie plan FILM --chunks" chunk "$work/none" 0
expect_error join_without_an_output 2 "reverie join FOLDER -o FILE" join "$work/none"

if ! can_dream || ! have ffmpeg; then
	[ -n "$why" ] || why="there is no ffmpeg"
	for name in film_in_chunks film_resumed film_by_parallel; do
		skip "$name" "$why"
	done
	finish
fi

# Three scenes of another length each, with sound.
film() { # FILE
	ffmpeg -loglevel error -f lavfi -i testsrc2=s=96x64:r=10:d=1.5 \
		-f lavfi -i mandelbrot=s=96x64:r=10:end_pts=100 -f lavfi -i smptebars=s=96x64:r=10:d=1.3 \
		-f lavfi -i sine=f=440:d=4 -filter_complex \
		'[1]trim=duration=1.2[m];[0][m][2]concat=n=3,format=yuv420p[v]' -map '[v]' -map 3 \
		-c:v libx264 -g 7 -c:a aac "$1"
}

# The frames and the sound of a film, as they are decoded.
contents() { # FILE
	ffmpeg -loglevel error -i "$1" -map 0 -f framemd5 - | grep -v '^#software'
}

film "$work/film.mp4"
expect_success film_in_one_go "$work/film.mp4" -o "$work/whole.mkv" $tiny
contents "$work/whole.mkv" >"$work/whole"

expect_success plan_a_film plan "$work/film.mp4" --chunks "$work/chunks" --chunk-seconds 0 $tiny
tail -n 1 "$work/out" >"$work/last"
check plan_ends_with_the_number_of_chunks grep -qx '3 chunks' "$work/last"
expect_error plan_twice 2 "a new plan takes a new folder" \
	plan "$work/film.mp4" --chunks "$work/chunks" $tiny
expect_error chunk_that_there_is_not 2 "there are 0 to 2" chunk "$work/chunks" 3
expect_success chunk_2 chunk "$work/chunks" 2
expect_error join_with_chunks_missing 1 "2 of 3 chunks are missing" \
	join "$work/chunks" -o "$work/joined.mkv"
reverie chunk "$work/chunks"
check chunks_tell_how_far_they_are grep -q '^1 of 3 chunks, 13 of 40 frames$' "$work/out"
for chunk in 0 1 2; do expect_success "chunk_$chunk" chunk "$work/chunks" "$chunk"; done
expect_success join_a_film join "$work/chunks" -o "$work/joined.mkv"
contents "$work/joined.mkv" >"$work/joined"
check film_in_chunks cmp "$work/whole" "$work/joined"
expect_error join_over_its_own_film 2 "are one file" \
	join "$work/chunks" -o "$work/film.mp4" --force

# Two at once.
if have parallel; then
	reverie plan "$work/film.mp4" --chunks "$work/many" --chunk-seconds 0 $tiny
	seq 0 2 | parallel --will-cite -j 2 "$REVERIE" chunk "$work/many" >"$work/out" 2>"$work/err"
	reverie join "$work/many" -o "$work/parallel.mkv"
	contents "$work/parallel.mkv" >"$work/joined"
	check film_by_parallel cmp "$work/whole" "$work/joined"
else
	skip film_by_parallel "there is no GNU parallel"
fi

# Killed when its first chunk is there, and begun again.
rm -f "$work/err"
"$REVERIE" "$work/film.mp4" -o "$work/resumed.mkv" --resume --chunk-seconds 0 $tiny \
	>"$work/out" 2>"$work/err" </dev/null &
process=$!
for _ in $(seq 600); do
	[ ! -e "$work/resumed.mkv.chunks/chunk-00000.nut" ] || break
	sleep 0.1
done
kill -s KILL "$process" 2>/dev/null
wait "$process" 2>/dev/null
check film_killed_leaves_its_chunks test -s "$work/resumed.mkv.chunks/chunk-00000.nut"
check film_killed_leaves_no_film test ! -e "$work/resumed.mkv"
expect_error film_resumed_with_other_settings 2 "with other settings" \
	"$work/film.mp4" -o "$work/resumed.mkv" --resume $tiny --iterations 3
expect_success film_goes_on "$work/film.mp4" -o "$work/resumed.mkv" --resume $tiny
contents "$work/resumed.mkv" >"$work/joined"
check film_resumed cmp "$work/whole" "$work/joined"
check film_resumed_leaves_no_chunks test ! -e "$work/resumed.mkv.chunks"
finish
