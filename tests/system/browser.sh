#!/bin/sh
# What is written plays in browsers as it is: an MP4 and a WebM of ours, by Chromium without a window, from
# a server on loopback.
. "$(dirname "$0")/../support/lib.sh"

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
names="mp4_plays_in_a_browser webm_plays_in_a_browser"

if ! can_dream || ! have ffmpeg || ! have python3 || [ -z "$browser" ]; then
	[ -n "$why" ] || why="needs chromium, ffmpeg and python3"
	for name in $names; do skip "$name" "$why"; done
	finish
fi

# As little like what browsers play as can be: odd sides, fine chroma, ten bits of sound in FLAC.
mkdir "$work/site"
ffmpeg -nostdin -loglevel error -f lavfi -i testsrc2=s=161x121:r=10:d=2 -f lavfi -i sine=f=440:d=2 \
	-pix_fmt yuv444p -c:v ffv1 -c:a flac "$work/clip.mkv"
for end in mp4 webm; do
	reverie "$work/clip.mkv" -o "$work/site/dream.$end" --octaves 1 --iterations 2 --layer mixed0
done
cp tests/support/player.html "$work/site"

python3 tests/support/file_server.py "$work/site" "$work/port" 2>/dev/null &
server=$!
eventually test -s "$work/port"
if [ ! -s "$work/port" ]; then
	not_ok browser_is_served "tests/support/file_server.py does not serve"
	finish
fi
setsid "$browser" --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
	--disable-background-networking --autoplay-policy=no-user-gesture-required \
	--user-data-dir="$work/profile" \
	"http://127.0.0.1:$(cat "$work/port")/whole/player.html#dream.mp4,dream.webm" \
	>"$work/out" 2>"$work/err" </dev/null &
shown=$!
eventually grep -q 'told/dream.webm' "$work/port.log"
kill -- "-$shown" "$server" 2>/dev/null
wait "$shown" "$server" 2>/dev/null

if ! grep -q player.html "$work/port.log"; then
	for name in $names; do skip "$name" "chromium does not start here"; done
	finish
fi

# The mean colour of the last frame, as ffmpeg sees it.
last_colour() { # FILE
	ffmpeg -nostdin -loglevel error -i "$1" -vf format=gbrp,scale=1:1:flags=area,format=rgb24 \
		-f rawvideo - | tail -c 3 | od -An -tu1
}

# To 3 of 255: all pixels count alike, and matrix or range that were mixed up would shift them by more.
are_close() { # SIX NUMBERS
	[ $# = 6 ] && for i in 1 2 3; do
		[ $(($1 - $4)) -le 3 ] && [ $(($4 - $1)) -le 3 ] || return 1
		shift
	done
}

check_played() { # END
	told=$(sed -n "s|^GET /whole/told/dream.$1/\([^ ]*\).*|\1|p" "$work/port.log")
	echo "$told" | tr / ' ' >"$work/out"
	read -r how size seconds frames sound red green blue <"$work/out"
	seen=$(last_colour "$work/site/dream.$1")
	echo "by ffmpeg$seen" >>"$work/out"
	# shellcheck disable=SC2046
	[ "$how" = played ] && [ "$size" = 160x120 ] && [ "$frames" -ge 15 ] && [ "$sound" -gt 0 ] &&
		awk -v seconds="$seconds" 'BEGIN { exit !(seconds > 1.9 && seconds < 2.2) }' &&
		are_close $seen "$red" "$green" "$blue"
}

check mp4_plays_in_a_browser check_played mp4
check webm_plays_in_a_browser check_played webm
finish
