#!/bin/sh
# Recordings and streams of live sessions: what is written while settings change and the window is
# resized, how sound and picture hold together, and what happens where writing fails.
# Runs alone, as it claims how well sound and picture hold together.
. "$(dirname "$0")/../support/lib.sh"
. "tests/support/window.sh"

tiny="--octaves 1 --iterations 1 --layer mixed0 --size 96x72 --governor off --warm-steps 1 --strength 0.2"
clip=$PWD/assets/clouds.mp4
another_port

# ---- wrong calls ----

expect_error record_into_no_folder 1 "none/x.mp4: cannot be written there" live "$clip" --headless \
	-o "$work/none/x.mp4"
expect_error record_no_such_container 1 "the name says no video format" live "$clip" --headless \
	-o "$work/x.txt"
expect_error record_no_such_encoder 1 "encoder fly: this FFmpeg has none" live "$clip" --headless \
	-o "$work/x.mp4" --encoder fly
expect_error record_no_such_protocol 1 "knows no such protocol" live "$clip" --headless \
	-o "fly://127.0.0.1:$port"
expect_error record_stream_of_no_such_encoder 1 "encoder fly: this FFmpeg has none" live "$clip" \
	--headless -o "udp://127.0.0.1:$port" --encoder fly
expect_error record_into_no_device 1 "/dev/video987: No such file" live "$clip" --headless \
	-o /dev/video987
expect_error record_bench_and_video_on_one_output 2 "give -o another name" live "$clip" --headless \
	--bench 1 -o -
check record_wrong_calls_leave_nothing [ "$(find "$work" -name '*x.*' -o -name '.reverie*' | wc -l)" = 0 ]

if ! can_dream; then
	skip record_session "$why"
	finish
fi
if ! have ffmpeg || ! have ffprobe; then
	skip record_session "ffmpeg is missing"
	finish
fi

# ---- what is looked at ----

# Two seconds of black; the first fifth of each is white, and beeps.
ffmpeg -nostdin -loglevel error -f lavfi \
	-i "color=black:size=160x120:rate=25:duration=2,geq=lum='if(lt(mod(T,1),0.2),235,16)':cb=128:cr=128" \
	-f lavfi -i "aevalsrc='if(lt(mod(t,1),0.2),0.5*sin(6283*t),0)':s=44100:d=2" \
	-c:v libx264 -preset ultrafast -g 10 -c:a aac "$work/beeps.mp4" || exit 1

show() { # FILE STREAM ENTRIES: without names, one line each
	ffprobe -v error -select_streams "$2" -show_entries "$3" -of csv=p=0 "$1"
}

# Everything decodes, and nothing is said about it, but that ffmpeg rounds two times to one.
is_whole() { # FILE
	ffmpeg -nostdin -v repeat+error -i "$1" -fps_mode passthrough -f null - >"$work/said" 2>&1 &&
		! grep -v 'non monotonically increasing dts' "$work/said"
}

# One size, and times that rise.
is_steady() { # FILE
	show "$1" v frame=pts_time,width,height >"$work/frames"
	awk -F, 'NF < 3 { next }
		{ size = $2 "x" $3 }
		n++ && (size != first || $1 <= last) { bad = 1; print $0 }
		{ if (n == 1) first = size; last = $1 + 0 }
		END { exit bad || n < 2 }' "$work/frames" >"$work/out"
}

# Seconds between each flash that begins in FILE and the beep that is nearest to it, one a line; both
# are found by ffmpeg.
delays() { # FILE
	ffmpeg -nostdin -hide_banner -copyts -i "$1" -map 0:v:0 -vf blackdetect=d=0.1:pix_th=0.4 \
		-fps_mode passthrough -f null - 2>&1 |
		sed -n 's/.*black_end:\([0-9.]*\).*/flash \1/p' >"$work/events"
	ffmpeg -nostdin -hide_banner -copyts -i "$1" -map 0:a:0 -af silencedetect=noise=-20dB:d=0.2 \
		-f null - 2>&1 | sed -n 's/.*silence_end: \([0-9.]*\).*/beep \1/p' >>"$work/events"
	# Where it begins or ends amid a flash, only one of the two may be found.
	span=$(ffprobe -v error -show_entries format=start_time,duration -of csv=p=0 "$1")
	awk -v start="${span%,*}" -v seconds="${span#*,}" '
		$1 == "flash" && $2 > start + 0.3 && $2 < start + seconds - 0.1 { flash[f++] = $2 } $1 == "beep" { beep[b++] = $2 }
		END { for (i = 0; i < f; i++) { best = 9; for (j = 0; j < b; j++) {
			d = beep[j] - flash[i]; if (d * d < best * best) best = d }
			printf "%.3f\n", best } }' "$work/events"
}

# At least COUNT flashes, none of which comes more than 40 ms before its beep, nor, with most of them, after it. A
# display that is held up leaves out the beginning of a flash, which then comes late; sound and picture that part
# are apart for all that follows, and so in one half from its beginning to its end.
check_sync() { # NAME FILE COUNT
	if [ "$slowness" != 1 ]; then
		skip "$1" "$slowed_down"
		return
	fi
	delays "$2" >"$work/delays"
	if awk -v least="$3" '{ late[++n] = $1 < -0.0405 } $1 > 0.0405 { bad = 1 }
		END {
			for (i = 1; i <= n; i++) { all += late[i]; last_half += i > n / 2 && late[i] }
			first_half = all - last_half; middle = int(n / 2)
			exit bad || n < least || all > n / 2 || n > 1 && first_half == middle || last_half == n - middle
		}' "$work/delays"; then
		ok "$1"
	else
		not_ok "$1" "beeps come after their flashes by, seconds: $(tr '\n' ' ' <"$work/delays")"
	fi
}

nothing_left() { # FOLDER
	[ -z "$(find "$1" -name '.reverie*')" ]
}

# A session in the background.
begin() { # WORD...
	: >"$work/err" # or what the last one said would be read
	"$REVERIE" live "$@" >"$work/out" 2>"$work/err" </dev/null &
	session=$!
}

# ---- files ----

# The display is a little faster than the clip, so that it shows each of its frames.
# shellcheck disable=SC2086
expect_success record_a_file live "$work/beeps.mp4" --headless --bench 7 --fps 30 $tiny -o "$work/a.mp4"
check record_file_is_whole is_whole "$work/a.mp4"
check record_file_is_steady is_steady "$work/a.mp4"
check_sync record_file_is_in_sync_over_the_loops "$work/a.mp4" 5
check record_says_that_it_wrote grep -q "wrote $work/a.mp4" "$work/err"

# shellcheck disable=SC2086
expect_success record_ends_with_its_input live "$work/beeps.mp4" --headless --loop off $tiny \
	-o "$work/once.mkv"
check record_of_ended_input_is_whole is_whole "$work/once.mkv"
check record_of_ended_input_is_as_long sh -c \
	"ffprobe -v error -show_entries format=duration -of csv=p=0 $work/once.mkv | awk '{ exit !(\$1 > 1 && \$1 < 2.3) }'"

# shellcheck disable=SC2086
begin "$work/beeps.mp4" --headless $tiny -o "$work/stopped.mp4"
has_seconds() {
	[ -n "$(find "$work" -name '.reverie-stopped*' -size +20k)" ]
}
eventually has_seconds
kill -TERM "$session"
wait "$session"
check record_stops_at_a_signal [ $? = 143 ]
check record_stopped_by_a_signal_is_whole is_whole "$work/stopped.mp4"

# The HUD is in no recording but where it is asked for: then its panel, which is dark, lies over the
# white of the flashes.
brightness() { # FILE: of the brightest of the moments at which the rest of the picture is white, or late
	ffmpeg -nostdin -v fatal -i "$1" -vf "select='between(mod(t,1),0.08,0.16)',crop=12:12:10:10,scale=1:1" \
		-fps_mode passthrough -pix_fmt gray -f rawvideo - | od -An -v -tu1 -w1 | sort -n | tail -n 1
}
# shellcheck disable=SC2086
expect_success record_with_hud live "$work/beeps.mp4" --headless --bench 3 $tiny --record-hud on \
	-o "$work/hud.mp4"
check record_hud_where_asked_for [ "$(brightness "$work/hud.mp4")" -lt 120 ]
check record_no_hud_otherwise [ "$(brightness "$work/a.mp4")" -gt 160 ]

# ---- the disk is full ----

# What was recorded until then stays, under its name, and can be played; nothing else does.
noise=$work/noise.mp4
ffmpeg -nostdin -loglevel error -f lavfi -i "testsrc2=size=160x120:rate=25:duration=2,noise=alls=80:allf=t" \
	-f lavfi -i "sine=r=48000:d=2" -c:v libx264 -preset ultrafast -c:a aac "$noise" || exit 1
is_readable_in_part() { # FILE
	[ "$(ffprobe -v quiet -select_streams v -count_frames -show_entries stream=nb_read_frames \
		-of csv=p=0 "$1")" -gt 5 ]
}
kept="; what was written before is kept"
for kind in mp4 mov mkv webm; do
	mkdir "$work/full"
	# shellcheck disable=SC2086
	(trap '' XFSZ && ulimit -f 600 && exec timeout $((60 * slowness)) "$REVERIE" live "$noise" \
		--headless $tiny --quality 5 -o "$work/full/a.$kind") >"$work/out" 2>"$work/err" </dev/null
	check "record_full_disk_fails_in_$kind" [ $? = 1 ]
	check "record_full_disk_keeps_$kind" is_readable_in_part "$work/full/a.$kind"
	check "record_full_disk_says_that_it_kept_$kind" \
		[ "$(grep -c "^live: .*/a.$kind: writing failed: .*$kept$" "$work/err")" = 1 ]
	check "record_full_disk_leaves_no_other_file_than_$kind" [ "$(find "$work/full" -type f | wc -l)" = 1 ]
	rm -r "$work/full"
done

# There is no room for anything that could be played.
mkdir "$work/full"
# shellcheck disable=SC2086
(trap '' XFSZ && ulimit -f 1 && exec timeout $((60 * slowness)) "$REVERIE" live "$noise" --headless \
	$tiny --quality 5 -o "$work/full/a.mp4") >"$work/out" 2>"$work/err" </dev/null
check record_disk_full_at_once_fails [ $? = 1 ]
check record_disk_full_at_once_leaves_nothing [ -z "$(find "$work/full" -type f)" ]
check record_disk_full_at_once_claims_nothing [ "$(grep -c "$kept" "$work/err")" = 0 ]
rmdir "$work/full"

# ---- other containers and inputs ----

# The frames of WebM are VP9, its sound Opus.
# shellcheck disable=SC2086
expect_success record_webm live "$work/beeps.mp4" --headless --bench 2 $tiny -o "$work/a.webm"
check record_webm_is_whole is_whole "$work/a.webm"
check record_webm_has_sound [ "$(show "$work/a.webm" a stream=codec_name)" = opus ]

# y4m keeps no times: its frames come at the display's rate, though the input has ten a second. Without
# a window and without a reader there is nothing left to do.
(
	# shellcheck disable=SC2086
	timeout $((60 * slowness)) "$REVERIE" live "lavfi:testsrc=size=160x120:rate=10" --headless $tiny -o - 2>"$work/err" |
		ffmpeg -nostdin -v error -i - -frames:v 50 -f null -
	echo $? >"$work/code"
) >"$work/out" 2>&1
check record_pipes_y4m [ "$(cat "$work/code")" = 0 ]
check record_ends_with_its_reader grep -q "^reverie: standard output: writing failed: Broken pipe" "$work/err"

# A stream that ends and comes back, of another size.
serve() { # SIZE
	timeout $((300 * slowness)) ffmpeg -nostdin -loglevel error -re -f lavfi -i "testsrc=size=$1:rate=25" -f lavfi \
		-i sine=r=48000 -t 4 -c:v mpeg2video -g 5 -c:a mp2 -f mpegts "tcp://127.0.0.1:$port?listen=1" \
		>/dev/null 2>&1 &
	server=$!
}
serve 160x120
eventually listens
# shellcheck disable=SC2086
begin "tcp://127.0.0.1:$port" --headless $tiny -o "$work/back.mp4"
wait "$server"
serve 192x144
eventually says "is back after"
wait "$server"
kill -TERM "$session"
wait "$session"
check record_stream_that_comes_back [ $? = 143 ]
check record_of_stream_is_whole is_whole "$work/back.mp4"
check record_of_stream_keeps_its_size is_steady "$work/back.mp4"
check record_of_stream_lasts_on sh -c \
	"ffprobe -v error -show_entries format=duration -of csv=p=0 $work/back.mp4 | awk '{ exit !(\$1 > 5) }'"
check record_leaves_no_temporary_file nothing_left "$work"

# ---- streams ----

receive() { # URL FILE
	timeout $((300 * slowness)) ffmpeg -nostdin -loglevel error -i "$1" -t 5 -c copy "$2" >/dev/null 2>&1
}

# The session goes on until all have received, however long that takes.
check_streamed() { # NAME
	wait "$receiver"
	kill -TERM "$session"
	wait "$session"
	check "$1" [ $? = 143 ]
}

another_port
receive "udp://127.0.0.1:$port?timeout=100000000" "$work/udp.ts" &
receiver=$!
# shellcheck disable=SC2086
begin "$work/beeps.mp4" --headless --fps 30 $tiny -o "udp://127.0.0.1:$port"
check_streamed record_streams_by_udp
check record_udp_is_received is_steady "$work/udp.ts"
check_sync record_udp_is_in_sync "$work/udp.ts" 2

# The receiver goes away, and another one comes.
another_port
(
	receive "tcp://127.0.0.1:$port?listen=1" "$work/tcp1.ts"
	sleep 1
	receive "tcp://127.0.0.1:$port?listen=1" "$work/tcp2.ts"
) &
receiver=$!
# shellcheck disable=SC2086
begin "$work/beeps.mp4" --headless --fps 30 $tiny -o "tcp://127.0.0.1:$port"
check_streamed record_streams_by_tcp
check record_tcp_is_received is_steady "$work/tcp1.ts"
check record_tcp_is_received_again is_steady "$work/tcp2.ts"
check_sync record_tcp_is_in_sync_again "$work/tcp2.ts" 2
check record_tells_of_lost_receiver grep -q "^live: tcp://127.0.0.1:$port: .*; trying again" "$work/err"
check record_tells_of_found_receiver grep -q "^live: tcp://127.0.0.1:$port: there again" "$work/err"

# ---- a video device ----

# There is none to write to as a rule: a library stands in for it (tests/support/fake_loopback.c).
if ! build_layer fake_loopback tests/support/open_instead.c; then
	skip record_device "$why"
else
	(
		DEVICE_FILE=$work/device.yuv DEVICE_NOTES=$work/device.txt LD_PRELOAD=$(preload "$layer")
		export DEVICE_FILE DEVICE_NOTES LD_PRELOAD
		# shellcheck disable=SC2086
		exec "$REVERIE" live "lavfi:testsrc=size=161x120:rate=10" --headless --bench 5 --fps 20 \
			$tiny -o /dev/video987
	) >"$work/out" 2>"$work/err"
	check record_into_a_device [ $? = 0 ]
	check record_device_gets_one_format [ "$(head -n 1 "$work/device.txt")" = "160x120 YU12" ]
	check record_device_gets_whole_frames sh -c \
		"tail -n +2 $work/device.txt | awk '\$2 != 28800 { exit 1 }'"
	# 20 a second, though the input has 10. On a busy machine one may come late, be it the first, and those after
	# it in a row until it is made good: the rate is that from the least late one of the first half to that of
	# the second.
	is_fed_evenly() {
		tail -n +2 "$work/device.txt" | awk '
			{ time[NR] = $1; late += NR > 1 && $1 - time[NR - 1] > 0.075 }
			function soonest(from, to, best, i) {
				for (best = i = from; i <= to; i++)
					if (time[i] - 0.05 * i < time[best] - 0.05 * best) best = i
				return best
			}
			END {
				first = soonest(1, int(NR / 2)); second = soonest(int(NR / 2) + 1, NR)
				gap = NR > 80 ? (time[second] - time[first]) / (second - first) : 0
				is_even = gap > 0.049 && gap < 0.052 && late < NR / 2
				if (!is_even) printf "# %d frames, %g s apart, %d more than 75 ms\n", NR, gap, late
				exit !is_even
			}'
	}
	if [ "$slowness" = 1 ]; then
		check record_device_is_fed_evenly is_fed_evenly
	else
		skip record_device_is_fed_evenly "$slowed_down"
	fi
fi

# ---- in a window ----

if ! have Xvfb || ! have xdotool; then
	skip record_window "Xvfb or xdotool is missing"
	finish
fi

start_xvfb

has_made() { # COUNT: recordings that are whole
	[ "$(find "$work/made" -name 'reverie-*.mp4' | wc -l)" -ge "$1" ]
}

mkdir "$work/made"
# shellcheck disable=SC2086
start_in "$work/made" "$work/beeps.mp4" $tiny --fps 30 --hud small -o "$work/all.mp4"
pause 3
press v
for size in 500x400 311x777 900x300 640x480; do
	xdotool windowsize "$window" "${size%x*}" "${size#*x}"
	press Up Right Prior Tab m Next
done
press v
eventually has_made 1
press v space
pause 1
press space
pause 1
press q # with the second recording under way
wait "$session"
check record_session_ends_well [ $? = 0 ]
check record_key_makes_a_video [ "$(find "$work/made" -name 'reverie-*.mp4' | wc -l)" = 2 ]
for file in "$work"/all.mp4 "$work"/made/*-1.mp4 "$work"/made/*-2.mp4; do
	which=$(basename "$file" .mp4)
	which=${which##*-}
	check "record_window_${which}_is_whole" is_whole "$file"
	check "record_window_${which}_is_steady" is_steady "$file"
done
# The others were frozen for a while, and so were their flashes, but not their beeps.
check_sync record_made_with_a_key_is_in_sync "$(ls "$work"/made/*-1.mp4)" 5
check record_window_leaves_no_temporary_file nothing_left "$work"

# The disk is full: the show goes on, and fails at its end.
# shellcheck disable=SC2086
start_in "$work" "$work/beeps.mp4" $tiny -o /dev/full --format matroska
check record_full_disk_is_said eventually says '^live: /dev/full: writing failed: No space'
pause 1
check record_full_disk_ends_no_show kill -0 "$session"
press q
wait "$session"
check record_full_disk_shows_in_the_exit_code [ $? = 1 ]

# It fills up under a recording: that is kept, and the show goes on. The kernels are built before, as LLVM
# ends the program where it cannot write.
mkdir "$work/full"
# shellcheck disable=SC2086
reverie live "$noise" $tiny --headless --bench 1
trap '' XFSZ
ulimit -S -f 600
# shellcheck disable=SC2086
start_in "$work/full" "$noise" $tiny --quality 5
ulimit -S -f unlimited
press v
check record_disk_that_fills_up_is_said eventually says "^live: reverie-.*: writing failed: .*$kept"
check record_disk_that_fills_up_ends_no_show kill -0 "$session"
check record_disk_that_fills_up_keeps_what_was_recorded \
	is_readable_in_part "$(ls "$work"/full/reverie-*.mp4)"
press q
wait "$session"
check record_disk_that_fills_up_shows_in_the_exit_code [ $? = 1 ]

# The folder goes away under the session: no recording then, but the show goes on.
mkdir "$work/gone"
# shellcheck disable=SC2086
start_in "$work/gone" "$work/beeps.mp4" $tiny
rmdir "$work/gone"
press v
check record_trouble_is_said eventually says '^live: reverie-.*cannot be written there'
check record_trouble_ends_no_show kill -0 "$session"
press q
wait "$session"
check record_trouble_shows_in_the_exit_code [ $? = 1 ]

finish
