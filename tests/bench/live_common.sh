# For the benches of live sessions, which source it: the program, a folder $work that is removed at
# the end, the clip that is played, and the memory and the figures of what plays it.
cd "$(dirname "$0")/../.." || exit 1
reverie=${REVERIE:-build/reverie}
reverie_bench=${REVERIE_BENCH:-$reverie-bench}
work=$(mktemp -d) || exit 1
session=''
trap 'kill "$session" 2>/dev/null; rm -rf "$work"' EXIT

# Makes $work/clip.mp4, of 640x480 at 25 frames a second.
cut_clip() { # SECONDS
	source=${REVERIE_TEST_DATA:-../shared/data}/clips/gopro_walk_848x480.mp4
	[ -f "$source" ] || source=assets/clouds.mp4
	ffmpeg -nostdin -v error -i "$source" -an -vf fps=25,scale=640:480,setsar=1 -t "$1" -c:v libx264 \
		-preset fast "$work/clip.mp4" || exit 1
}

memory() { # kB that are resident of $session
	awk '/^VmRSS/ { print $2 }' "/proc/$session/status" 2>/dev/null
}

number() { # NAME: what `reverie live --bench` printed to $work/out
	sed -n "s/^live.* $1=\([0-9.]*\).*/\1/p" "$work/out"
}
