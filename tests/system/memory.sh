#!/bin/sh
# What the whole process takes under --memory-limit at its peak, where no kernel was built before.
. "$(dirname "$0")/../support/lib.sh"

if is_sanitized || ! can_dream || ! have ffmpeg || ! have python3; then
	! is_sanitized || why="sanitizers take memory of their own"
	[ -n "$why" ] || why="there is no ffmpeg, or no python3"
	for name in picture_in_limited_memory film_in_limited_memory encoder_that_exceeds_the_limit_is_told; do skip "$name" "$why"; done
	finish
fi

# Dreams it with nothing in the caches, and writes the peak in MiB to $work/peak.
peak_of() { # WORD...
	rm -rf "$work/cache"
	XDG_CACHE_HOME=$work/cache POCL_CACHE_DIR=$work/cache/pocl python3 - "$REVERIE" "$@" >"$work/peak" \
		2>"$work/err" <<'END'
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=sys.stderr).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10)
sys.exit(code)
END
}

expect_within() { # NAME MEBIBYTES WORD...
	claim=$1 limit=$2
	shift 2
	check "$claim" peak_of "$@" --octaves 1 --iterations 1 --layer conv2d_1 --memory-limit $((limit << 20))
	check "${claim}_is_in_tiles" grep -q "memory is short" "$work/err"
	check "${claim}_keeps_within" test "$(cat "$work/peak")" -le "$limit"
	echo "# $(cat "$work/peak") of $limit MiB"
}

# The limits leave room for a few tiles: half of what 24 megapixels, or 3840x2160, take is there for any
# picture, and the rest is in proportion.
ffmpeg -loglevel error -f lavfi -i mandelbrot=s=3000x2000 -frames:v 1 -q:v 3 "$work/large.jpg"
ffmpeg -loglevel error -f lavfi -i testsrc2=s=1920x1080:r=10 -frames:v 5 -preset ultrafast "$work/large.mp4"
expect_within picture_in_limited_memory 800 "$work/large.jpg" -o "$work/dream.jpg"
expect_within film_in_limited_memory 900 "$work/large.mp4" -o "$work/dream.mp4"
reverie "$work/large.mp4" -o "$work/hevc.mp4" --octaves 1 --iterations 1 --layer conv2d_1 --encoder libx265 \
	--memory-limit 900MB
check encoder_that_exceeds_the_limit_is_told grep -q "encoder libx265: needs about [1-9][0-9]* MB beyond" "$work/err"
finish
