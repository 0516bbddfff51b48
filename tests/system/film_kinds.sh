#!/bin/sh
# Films in chunks that are not plain: dreams that drift, unmarked fields, spheres. Each is the film that
# is dreamed in one go; and what is written of panoramas says so.
. "$(dirname "$0")/../support/lib.sh"

tiny="--octaves 2 --iterations 2 --layer mixed0 --encoder ffv1"

if ! can_dream || ! have ffmpeg; then
	[ -n "$why" ] || why="there is no ffmpeg"
	for name in film_that_drifts film_of_each_field film_of_a_sphere sphere_in_pictures \
		sphere_in_videos sphere_live; do
		skip "$name" "$why"
	done
	finish
fi

# Two scenes of one second, as ffmpeg draws them.
film() { # FILE SIZE RATE FFMPEG'S OPTIONS...
	file=$1 size=$2 rate=$3
	shift 3
	ffmpeg -loglevel error -f lavfi -i "testsrc2=s=$size:r=$rate:d=1" \
		-f lavfi -i "mandelbrot=s=$size:r=$rate:end_pts=100" \
		-filter_complex '[1]trim=duration=1[m];[0][m]concat=n=2,format=yuv420p,'"$1" \
		-c:v libx264 -g 7 "$file"
}

check_in_chunks() { # NAME FILM OPTIONS...
	name=$1 film=$2 folder=$work/$1
	shift 2
	reverie "$film" -o "$folder-whole.mkv" $tiny "$@"
	reverie plan "$film" --chunks "$folder" --chunk-seconds 0 $tiny "$@"
	for chunk in 0 1; do reverie chunk "$folder" "$chunk"; done
	reverie join "$folder" -o "$folder.mkv"
	contents "$folder-whole.mkv" >"$work/whole"
	contents "$folder.mkv" >"$work/joined"
	check "$name" same_files "$work/whole" "$work/joined"
}

# A film that begins late: the drift is one of its own time.
film "$work/film.mkv" 96x64 10 setpts=PTS+3/TB
check_in_chunks film_that_drifts "$work/film.mkv" --drift 3
contents "$work/film_that_drifts-whole.mkv" >"$work/drifting"
reverie "$work/film.mkv" -o "$work/still.mkv" $tiny
contents "$work/still.mkv" >"$work/whole"
check film_drifts other_files "$work/drifting" "$work/whole"

# 20 moments a second woven into 10 frames, and not marked. The plan says what was found in it.
film "$work/fields.mkv" 64x480 20 gblur=4,tinterlace=mode=interleave_bottom,setfield=prog
check_in_chunks film_of_fields "$work/fields.mkv"
check plan_tells_of_the_fields grep -q '^fields 1 0 0$' "$work/film_of_fields/plan"
check_in_chunks film_of_each_field "$work/fields.mkv" --deinterlace field
check film_of_each_field_is_twice_as_long \
	test "$(grep -vc '^#' "$work/joined")" = 40

film "$work/plain.mkv" 64x480 10 gblur=4
reverie "$work/plain.mkv" -o "$work/fieldless.mkv" $tiny --deinterlace field
check fields_that_are_not_there_are_told grep -q "deinterlace field changed nothing" "$work/err"

# ---- started at once ----

expect_error run_by_nobody 2 "none of none, parallel, slurm" plan "$work/film.mkv" --chunks "$work/no" --run ants
if have parallel; then
	reverie "$work/film.mkv" -o "$work/run-whole.mkv" $tiny
	expect_success plan_that_runs plan "$work/film.mkv" --chunks "$work/it's run" --chunk-seconds 0 \
		--run parallel $tiny
	reverie join "$work/it's run" -o "$work/run.mkv"
	contents "$work/run-whole.mkv" >"$work/whole"
	contents "$work/run.mkv" >"$work/joined"
	check film_run_by_parallel same_files "$work/whole" "$work/joined"
else
	skip film_run_by_parallel "there is no GNU parallel"
fi
mkdir "$work/bin"
# The engine alone: an sbatch that does the array in turn.
cat >"$work/bin/sbatch" <<'END'
#!/bin/sh
[ "$1" = --array=0-1 ] && [ "$2" = --wrap ] || exit 3
for SLURM_ARRAY_TASK_ID in 0 1; do export SLURM_ARRAY_TASK_ID; sh -c "$3" || exit 4; done
END
chmod +x "$work/bin/sbatch"
PATH="$work/bin:$PATH" expect_success plan_that_is_queued plan "$work/film.mkv" --chunks "$work/queued here" \
	--chunk-seconds 0 --run slurm $tiny
reverie chunk "$work/queued here"
check chunks_are_dreamed_by_the_line_for_slurm grep -q '^2 of 2 chunks' "$work/out"

# ---- panoramas ----

film "$work/flat.mp4" 128x64 10 null
check_in_chunks film_of_a_sphere "$work/flat.mp4" --sphere
is_marked() { # VIDEO
	ffprobe -v error -show_streams -select_streams v "$1" | grep -q '^projection=equirectangular'
}
check film_of_a_sphere_says_so is_marked "$work/film_of_a_sphere.mkv"

dreams_sphere() { # INPUT OUTPUT
	reverie "$1" -o "$2" --octaves 1 --iterations 1 --layer mixed0 --force && [ "$code" = 0 ] &&
		grep -q "a panorama of all directions: it is dreamed as a sphere" "$work/err"
}

for end in mp4 mkv; do
	expect_success "sphere_to_$end" "$work/flat.mp4" -o "$work/sphere.$end" --sphere $tiny --encoder libx264
	check "sphere_is_marked_in_$end" is_marked "$work/sphere.$end"
	check "sphere_is_found_in_$end" dreams_sphere "$work/sphere.$end" "$work/again.$end"
	check "sphere_stays_marked_in_$end" is_marked "$work/again.$end"
done
expect_success sphere_off "$work/sphere.mp4" -o "$work/again.mp4" --sphere off $tiny --encoder libx264 --force
check sphere_off_is_flat not grep -q panorama "$work/err"

ffmpeg -loglevel error -f lavfi -i testsrc2=s=128x64:d=1 -frames:v 1 "$work/flat.png"
for end in jpg png webp; do
	expect_success "sphere_to_$end" "$work/flat.png" -o "$work/sphere.$end" --sphere \
		--octaves 1 --iterations 1 --layer mixed0
	check "sphere_is_marked_in_$end" grep -qa 'GPano:ProjectionType="equirectangular"' "$work/sphere.$end"
	check "sphere_is_found_in_$end" dreams_sphere "$work/sphere.$end" "$work/half.$end"
done
reverie "$work/sphere.jpg" -o "$work/half.jpg" --size 112x --octaves 1 --iterations 1 --layer mixed0 --force
check sphere_of_another_size_says_its_size grep -qa 'FullPanoWidthPixels="112"' "$work/half.jpg"
reverie "$work/sphere.jpg" -o "$work/sphere.bmp" --octaves 1 --iterations 1 --layer mixed0
check sphere_in_a_file_that_cannot_say_so_is_told grep -q "cannot say that it is a sphere" "$work/err"

expect_success sphere_live live "$work/sphere.mp4" --headless --bench 1 --octaves 1 --layer mixed0
check sphere_is_found_live grep -q "dreamed as a sphere" "$work/err"
finish
