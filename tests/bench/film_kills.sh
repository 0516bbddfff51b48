#!/bin/sh
# Kills the dreaming of a film at random moments, by SIGKILL, and holds what is dreamed in the end
# against the film that nothing happened to: single chunks, two at a time by GNU parallel with all
# that belongs to it, --resume, and --resume of a film of a single shot, whose chunks go on from each
# other. Frames, their times, sound and subtitles must be equal.
#
#     tests/bench/film_kills.sh [KILLS [SEED]]        # of each kind; 20
. "$(dirname "$0")/../support/lib.sh"

kills_wanted=${1:-20}
seed=${2:-$(date +%s)}
options="--octaves 2 --iterations 8 --layer mixed0 --encoder ffv1 --chunk-seconds 0"
film=$work/film.mkv

can_dream && have ffmpeg || {
	echo "needs a network, a device and ffmpeg${why:+: $why}"
	exit 1
}

# Six shots of other lengths at two rates, with sound, subtitles and chapters.
make_film() {
	printf '1\n00:00:00,500 --> 00:00:02,000\nOne\n\n2\n00:00:04,000 --> 00:00:06,500\nTwo\n' \
		>"$work/words.srt"
	printf ';FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=4\ntitle=First\n' >"$work/chapters"
	ffmpeg -nostdin -loglevel error -f lavfi -i testsrc2=s=96x64:r=10:d=1.5 \
		-f lavfi -i mandelbrot=s=96x64:r=10:end_pts=100 -f lavfi -i smptebars=s=96x64:r=10:d=1.3 \
		-f lavfi -i testsrc=s=96x64:r=10:d=1.1 -f lavfi -i cellauto=s=96x64:r=10:full=1:seed=5 \
		-f lavfi -i pal75bars=s=96x64:r=10:d=0.9 -f lavfi -i sine=f=440:d=7 \
		-i "$work/words.srt" -i "$work/chapters" -filter_complex \
		"[1]trim=duration=1.2[m];[4]trim=duration=1[c];[0][m][2][3][c][5]concat=n=6,
		select='not(eq(mod(n,7),3))',format=yuv420p[v]" -map '[v]' -map 6 -map 7 -map_metadata 8 \
		-fps_mode vfr -c:v libx264 -g 7 -c:a aac -c:s srt "$film"
}

# The same sound and words below a shot that moves, and is never cut.
make_shot() {
	mv "$film" "$work/cut.mkv"
	ffmpeg -nostdin -loglevel error -f lavfi -i "testsrc2=s=96x64:r=10:d=7" -i "$work/cut.mkv" -map 0:v \
		-map 1:a -map 1:s -c:v libx264 -g 7 -c:a copy -c:s copy "$film"
	options="$options --chunk-seconds 0.5 --drift 0.3"
}

now() {
	date +%s.%N
}

seconds_since() { # NOW
	echo "$1 $(now)" | awk '{ print $2 - $1 }'
}

# A moment of the next so many seconds, another for every call.
moment() { # SECONDS
	seed=$((seed + 1))
	awk -v seconds="$1" -v seed="$seed" 'BEGIN { srand(seed); print seconds * rand() }'
}

# All that a command started: GNU parallel puts each job into a group of its own, but not into a session.
kill_session() {
	[ -z "$process" ] || pkill -KILL -s "$process"
}
process=
trap 'kill_session; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# Runs a command in a session of its own, kills that at some moment, and counts it; four of five times, where it
# takes as long as the last one that was left to its end ($span, seconds). The first one may have been beside
# others, or have built kernels: by its time alone hardly any later one would be killed. Whether it came to that.
kill_at_random() { # COMMAND...
	begun=$(now)
	setsid "$@" >/dev/null 2>&1 </dev/null &
	process=$!
	timeout "$(moment "$(echo "$span" | awk '{ print 1.25 * $1 }')")" \
		tail -s 0.02 -f --pid="$process" /dev/null
	if [ $? = 124 ] && kill_session; then
		wait "$process" 2>/dev/null
		process=
		kills=$((kills + 1))
		[ $((kills % 10)) != 0 ] || echo "# $kills killed, $films films made of it so far"
	else
		wait "$process"
		process=
		span=$(seconds_since "$begun")
		return 1
	fi
}

# Frames and sound as they are decoded, subtitles as they are, chapters.
all_of() { # FILE
	contents "$1" 0:v
	contents "$1" 0:a
	ffmpeg -nostdin -loglevel error -i "$1" -map 0:s -c copy -f framemd5 - | grep -v '^#software'
	ffprobe -v error -show_chapters "$1"
}

check_film() { # FILE
	films=$((films + 1))
	all_of "$1" >"$work/these"
	same_files "$work/whole" "$work/these" || equal=
}

join_chunks() {
	reverie join "$work/chunks" -o "$work/joined.mkv" --force
	check_film "$work/joined.mkv"
	left=$(find "$work/chunks" -name '.reverie-*' | wc -l)
	[ "$left" = 0 ] || { echo "$left temporary files are left"; equal=; }
	rm -f "$work"/chunks/chunk-*
}

dream_all_chunks() {
	for chunk in $(seq 0 "$last"); do reverie chunk "$work/chunks" "$chunk"; done
}

missing_chunk() { # any of those that are missing; nothing: all are there
	for chunk in $(seq 0 "$last" | shuf --random-source="$film"); do
		[ -e "$work/chunks/chunk-0000$chunk.nut" ] || { echo "$chunk" && return; }
	done
}

kill_chunks() {
	span=$(echo "$film_time $last" | awk '{ print $1 / ($2 + 1) }')
	while [ "$kills" -lt "$kills_wanted" ]; do
		next=$(missing_chunk)
		if [ -z "$next" ]; then
			join_chunks
			continue
		fi
		kill_at_random "$REVERIE" chunk "$work/chunks" "$next"
	done
	dream_all_chunks
	join_chunks
}

kill_parallel() {
	span=$film_time
	while [ "$kills" -lt "$kills_wanted" ]; do
		if [ -z "$(missing_chunk)" ]; then
			join_chunks
			continue
		fi
		kill_at_random sh -c "seq 0 $last | parallel --will-cite -j 2 '$REVERIE' chunk '$work/chunks'"
	done
	dream_all_chunks
	join_chunks
}

kill_resumed() {
	# shellcheck disable=SC2086
	set -- "$film" -o "$work/resumed.mkv" --resume $options
	begun=$(now)
	reverie "$@"
	span=$(seconds_since "$begun")
	check_film "$work/resumed.mkv"
	rm -f "$work/resumed.mkv"
	while [ "$kills" -lt "$kills_wanted" ]; do
		if kill_at_random "$REVERIE" "$@"; then
			continue
		elif [ -e "$work/resumed.mkv" ]; then
			check_film "$work/resumed.mkv"
			rm -f "$work/resumed.mkv"
		else
			echo "it ended by itself, without a film"
			equal= && return
		fi
	done
	rm -f "$work/resumed.mkv"
	reverie "$@"
	check_film "$work/resumed.mkv"
	rm -f "$work/resumed.mkv"
}

report() { # WHAT FUNCTION
	kills=0 films=0 equal=yes
	"$2"
	[ "$equal" ] || failed=$((failed + 1))
	verdict="NOT EQUAL"
	[ -z "$equal" ] || verdict=equal
	echo "$1: killed $kills times, $films films made of it: $verdict"
}

# What the film becomes when nothing happens.
dream_whole() {
	# shellcheck disable=SC2086
	reverie "$film" -o "$work/whole.mkv" $options --resume off --force
	all_of "$work/whole.mkv" >"$work/whole"
	[ -s "$work/whole" ] || { echo "the film itself could not be dreamed"; exit 1; }
	echo "a film of $(wc -l <"$work/whole") lines of frames, sound, subtitles and chapters"
}

make_film
echo "seed $seed"
dream_whole
# shellcheck disable=SC2086
reverie plan "$film" --chunks "$work/chunks" $options
last=$(($(tail -n 1 "$work/out" | cut -d ' ' -f 1) - 1))
begun=$(now)
dream_all_chunks
film_time=$(seconds_since "$begun")
join_chunks
echo "$((last + 1)) chunks in $film_time s"
report "single chunks" kill_chunks
if have parallel; then report "two at a time" kill_parallel; fi
report "--resume" kill_resumed
make_shot
dream_whole
report "--resume within a shot" kill_resumed
finish
