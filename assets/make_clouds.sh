#!/bin/sh
# Makes assets/clouds.mp4 anew or, with --still, assets/clouds.jpg. The clip takes five to ten minutes;
# both are in the repository, so only those who change the generator need this.
set -eu
folder=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
seconds=4

command -v ffmpeg >/dev/null || {
	echo "make_clouds: ffmpeg is not installed" >&2
	exit 1
}
for program in make_clouds make_wind; do
	${CC:-cc} -std=c11 -O2 -o "$work/$program" "$folder/$program.c" -lm
done

if [ "${1:-}" = --still ]; then
	"$work/make_clouds" 640 480 1 >"$work/still.y4m"
	ffmpeg -loglevel error -y -i "$work/still.y4m" -vf scale=in_color_matrix=bt709 \
		-q:v 2 -bitexact "$work/clouds.jpg"
	mv "$work/clouds.jpg" "$folder/clouds.jpg"
	exit
fi

"$work/make_clouds" 320 240 $((seconds * 24)) >"$work/clouds.y4m"
"$work/make_wind" $seconds >"$work/wind.wav"
ffmpeg -loglevel error -y -i "$work/clouds.y4m" -i "$work/wind.wav" \
	-c:v libx264 -preset veryslow -crf 13 -pix_fmt yuv420p -threads 1 \
	-color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv \
	-c:a aac -b:a 96k -movflags +faststart -fflags +bitexact -flags:v +bitexact -flags:a +bitexact \
	"$work/clouds.mp4"
mv "$work/clouds.mp4" "$folder/clouds.mp4"
