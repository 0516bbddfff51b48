#!/bin/sh
# The inputs of the live session, from outside: what goes away, changes, breaks or hangs. Streams are
# real ones on this machine, sent by ffmpeg; cameras are made up below libavdevice
# (tests/support/fake_camera.c). What happened is read from the log.
# Runs alone, as it claims how many frames a second are dreamed.
. "$(dirname "$0")/../support/lib.sh"

clip=$PWD/assets/clouds.mp4
another_port
servers=
trap 'kill $servers 2>/dev/null; rm -rf "$work"' EXIT

send() { # ARGUMENT...
	ffmpeg -nostdin -loglevel error "$@" >/dev/null 2>&1
}

pattern() { # SIZE RATE SECONDS FORMAT: the input and the encoder of a test picture
	echo "-re -f lavfi -i testsrc=size=$1:rate=$2 -t $3 -pix_fmt $4 -c:v mpeg2video -q:v 4 -g 5"
}

# ---- wrong calls ----

printf 'no picture' >"$work/text.mp4"
: >"$work/empty.mp4"
expect_error input_no_such_file 1 "No such file" live "$work/none.mp4" --headless
expect_error input_directory 2 "is a directory" live "$work" --headless
expect_error input_of_no_kind 1 "neither a picture nor a video" live "$work/text.mp4" --headless
expect_error input_empty 1 "is empty" live "$work/empty.mp4" --headless
expect_error input_sound_alone 1 "has no video stream" live lavfi:sine --headless
expect_error input_unknown_protocol 1 "Protocol not found" live foo://host/x --headless
expect_error input_that_can_never_come_is_not_waited_for 1 "Protocol not found" live foo://host/x \
	--headless --wait on
expect_error input_wrong_graph 2 "No such filter" live lavfi:nonsense --headless
expect_error input_nobody_listens 1 "Connection refused" live "tcp://127.0.0.1:$port" --headless
expect_error input_no_such_camera 1 "no such camera" live /dev/video63 --headless
expect_error input_camera_size_of_a_file 2 "is no camera" live "$clip" --headless \
	--camera-size 640x480
expect_error input_password_stays_hidden 1 "rtsp://127.0.0.1:$port/x" live \
	"rtsp://anna:secret@127.0.0.1:$port/x" --headless
check input_password_is_not_printed [ "$(grep -c secret "$work/err")" = 0 ]
if [ "$(id -u)" != 0 ]; then
	chmod 0 "$work/empty.mp4"
	expect_error input_may_not_be_read 1 "Permission denied" live "$work/empty.mp4" --headless
fi

# ---- the end at any moment ----

# Starts a session, ends it half a second after CONDITION holds, by $signals signals, and sees that it goes. It
# must within a second; the rest is for a busy machine, which may be too busy once, but not three times. The second
# signal ends it without another word.
signals=1
is_ended() {
	[ "$code" = 130 ] || return
	if [ $signals = 1 ]; then [ "$took" -lt $((3000 * slowness)) ]; else not grep -q stopped "$work/err"; fi
}
ends() { # NAME CONDITION WORD...
	name=$1 condition=$2
	shift 2
	for _ in 1 2 3; do
		rm -rf "$work/pocl"
		mkdir "$work/pocl"
		: >"$work/err"
		exec 3<&0 # a command in the background has no standard input but this
		"$REVERIE" live "$@" --headless >"$work/out" 2>"$work/err" <&3 &
		session=$!
		exec 3<&-
		eventually catches_ctrl_c "$session" && eventually "$condition"
		sleep 0.5
		begin=$(date +%s%3N)
		for _ in $(seq $signals); do kill -INT "$session" && sleep 0.02; done
		wait "$session"
		code=$?
		took=$(($(date +%s%3N) - begin))
		[ "$code" = 130 ] && ! is_ended || break
	done
	if is_ended; then
		ok "$name"
	else
		not_ok "$name" "exit code $code after $took ms"
	fi
}
has_open() { # FILE
	find "/proc/$session/fd" -lname "$1" 2>/dev/null | grep -q .
}
waits() {
	says "^live: waiting for"
}

mkfifo "$work/fifo" "$work/idle"
reads_idle() {
	has_open "$work/idle"
}
ends input_ends_while_it_listens listens "tcp://127.0.0.1:$port?listen=1"
ends input_ends_while_nothing_comes listens "udp://127.0.0.1:$port"
ends input_ends_while_a_fifo_is_idle reads_idle "$work/idle"
ends input_ends_while_nothing_is_there_yet waits "tcp://127.0.0.1:$port" --wait on
check input_says_what_it_waits_for says "^live: waiting for tcp://127.0.0.1:$port: cannot be opened: .*refused"
exec 4<>"$work/idle" # a writer that writes nothing
ends input_ends_while_stdin_is_idle reads_idle - <"$work/idle"
exec 4>&-
if have python3; then
	python3 tests/support/rtsp.py "$port" silent &
	servers="$servers $!"
	eventually listens
	ends input_ends_while_a_server_is_silent is_visited "rtsp://127.0.0.1:$port/camera"
fi

# Somebody else answers there: another reason, which is told too, and once.
if have python3; then
	another_port
	"$REVERIE" live "tcp://127.0.0.1:$port" --wait on --headless >"$work/out" 2>"$work/err" &
	session=$!
	eventually says ": waiting for .*refused"
	python3 -c 'import socket, sys
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    server.accept()[0].sendall(bytes(4096))' "$port" &
	servers="$servers $!"
	check input_tells_of_another_reason eventually says "still waiting for tcp://127.0.0.1:$port: .*nothing in it"
	pause 6
	check input_tells_of_it_once not says "still waiting" 2
	kill -INT "$session"
	wait "$session"
fi

if ! can_dream; then
	skip input_streams "$why"
	finish
fi
if ! have ffmpeg; then
	skip input_streams "ffmpeg is missing"
	finish
fi

# With nothing compiled before, which takes PoCL a quarter of a minute.
compiles() { # for as long as it has begun and given nothing
	find "$POCL_CACHE_DIR" -type f | grep -q .
}
ends_compiling() { # NAME
	export POCL_CACHE_DIR="$work/pocl"
	ends "$1" compiles "$clip" --no-cache
	unset POCL_CACHE_DIR
}
ends_compiling input_ends_while_kernels_compile
# The second signal does not wait for the compiler, which the first does for a third of a second.
signals=2
ends_compiling input_ends_at_once_at_a_second_signal
signals=1

# ---- streams ----

tiny="--headless --octaves 1 --iterations 1 --layer mixed0 --size 96x72 --governor off --warm-steps 1"

# Runs a session of so many seconds while it is served by a function, which is started first.
session() { # NAME SECONDS INPUT WORD...
	name=$1 seconds=$2 input=$3
	shift 3
	# shellcheck disable=SC2086
	expect_success "$name" live "$input" --bench "$seconds" $tiny "$@"
}

# One in the background, that tells every ten seconds how it goes, and each dream: a minute and more of it is
# ended by its signal.
begin() { # SECONDS INPUT WORD...
	seconds=$1
	shift
	: >"$work/err" # or what the last one said would be read
	# shellcheck disable=SC2086
	"$REVERIE" live "$@" --bench "$seconds" --verbose $tiny >"$work/out" 2>"$work/err" </dev/null &
	session=$!
	servers="$servers $session"
}
stop() { # NAME
	eventually grep -q '^lately' "$work/out"
	kill -TERM "$session"
	wait "$session"
	check "$1" [ $? = 143 ]
}
ends_well() { # NAME
	wait "$session"
	check "$1" [ $? = 0 ]
}

# Sends a test picture, for longer than anybody looks at it, as $server.
serve() { # SIZE RATE FORMAT WORD...: where it goes, as ffmpeg has it
	size=$1 rate=$2 format=$3
	shift 3
	# shellcheck disable=SC2046
	ffmpeg -nostdin -loglevel error $(pattern "$size" "$rate" 3600 "$format") -f mpegts "$@" >/dev/null 2>&1 &
	server=$!
	servers="$servers $server"
}
serve_tcp() { # SIZE RATE FORMAT
	serve "$@" "tcp://127.0.0.1:$port?listen=1"
}

stop_server() { # [SIGNAL]
	kill -s "${1:-TERM}" "$server" 2>/dev/null
	wait "$server" 2>/dev/null
}

another_port
serve_tcp 160x120 25 yuv420p
eventually listens
begin 3600 "tcp://127.0.0.1:$port"
eventually says dreamed
for turn in $(seq 10); do
	pause 1.5 # or more would be said than a log takes
	stop_server KILL
	eventually says "^live: waiting for tcp://127.0.0.1:$port: " "$turn"
	if [ "$turn" = 10 ]; then serve_tcp 120x160 10 yuv422p; else serve_tcp 160x120 25 yuv420p; fi
	eventually says "is back after" "$turn"
done
check input_log_says_what_changed eventually says 'the input changed to 120x160, yuv422p'
stop input_killed_and_restarted_ten_times
check input_log_says_what_is_waited_for says "^live: waiting for tcp://127.0.0.1:$port: " 10
check input_log_says_what_is_back says "is back after" 10
check_rate input_dream_goes_on_meanwhile dream_fps 12
stop_server

# Nobody sends yet when the session begins.
another_port
begin 2 "tcp://127.0.0.1:$port" --wait on
eventually waits
serve_tcp 160x120 25 yuv420p
ends_well input_that_is_not_there_yet
check input_says_when_it_is_there says "tcp://127.0.0.1:$port is there after"
check input_that_came_late_is_dreamed above source_fps 5
stop_server

# Each way to come in once.
another_port
serve 160x120 25 yuv420p -listen 1 "http://127.0.0.1:$port"
eventually listens
session input_http 2 "http://127.0.0.1:$port"
check input_http_frames above source_fps 5
stop_server
serve 160x120 25 yuv420p "udp://127.0.0.1:$port"
session input_udp 2 "udp://127.0.0.1:$port"
check input_udp_frames above source_fps 5
stop_server
# libsrt tells by flags, which the thread sanitizer does not see, when a connection may be destroyed.
if is_sanitized tsan; then
	skip input_srt "the thread sanitizer does not understand libsrt"
elif ffmpeg -hide_banner -protocols 2>/dev/null | grep -q srt; then
	another_port
	serve 160x120 25 yuv420p "srt://127.0.0.1:$port?mode=listener"
	eventually listens
	session input_srt 2 "srt://127.0.0.1:$port"
	check input_srt_frames above source_fps 5
	stop_server
fi
if have python3; then
	another_port
	python3 tests/support/rtsp.py "$port" &
	server=$!
	servers="$servers $server"
	eventually listens
	session input_rtsp 3 "rtsp://127.0.0.1:$port/camera"
	check input_rtsp_frames above source_fps 5
	stop_server
fi
# shellcheck disable=SC2046,SC2086
ffmpeg -nostdin -loglevel error $(pattern 160x120 25 3600 yuv420p) -f nut - 2>/dev/null |
	"$REVERIE" live - --bench 2 $tiny >"$work/out" 2>"$work/err"
check input_stdin_frames above source_fps 5

# What is at hand when a server of 120 frames a second ends was all shown; for how many milliseconds not.
lateness() {
	another_port
	{
		# shellcheck disable=SC2046
		send $(pattern 640x480 120 4 yuv420p) -f mpegts "tcp://127.0.0.1:$port?listen=1"
		date +%s%3N >"$work/ended"
	} &
	server=$!
	eventually listens
	begin 3600 "tcp://127.0.0.1:$port"
	for _ in $(seq 1200); do
		says 'it ended' && break
		sleep 0.05
	done
	noticed=$(date +%s%3N)
	kill -TERM "$session"
	wait "$session" "$server"
	late=$((noticed - $(cat "$work/ended")))
}
# What is late for the machine's sake is not late each time.
is_in_time() {
	for _ in 1 2 3; do
		lateness
		[ $late -lt 800 ] && return
	done
	echo "# $late ms" && return 1
}
if [ "$slowness" = 1 ]; then
	check input_of_120_frames_is_not_late is_in_time
else
	skip input_of_120_frames_is_not_late "$slowed_down"
fi

# The rate is the source's own, not that of the display, which takes fewer frames.
session input_of_120_frames_a_second 3 "lavfi:testsrc=size=160x120:rate=120"
check_rate input_of_120_frames_tells_its_rate source_fps 100

session input_of_5_frames 3 "lavfi:testsrc=size=160x120:rate=5"
check_rate input_of_5_frames_is_dreamed_on_between_them dream_fps 9

# ---- files with trouble ----

make() { # FILE SECONDS ARGUMENT...: a test picture of 160x120, 25 frames a second
	file=$work/$1 duration=$2
	shift 2
	send -f lavfi -i testsrc=size=160x120:rate=25:duration="$duration" "$@" "$file"
}
make a.ts 1 -c:v mpeg2video -q:v 4 -g 5
send -f lavfi -i testsrc=size=120x160:rate=25:duration=1 -pix_fmt yuv422p -c:v mpeg2video -q:v 4 \
	-g 5 "$work/b.ts"
make noise.ts 3 -c:v libx264 -g 10 -bsf:v noise=amount=3000
make wrap.ts 2 -c:v mpeg2video -q:v 4 -output_ts_offset 95442.7
make vfr.mkv 3 -vf "select='not(mod(n,7))+not(mod(n,11))'" -vsync vfr -c:v mpeg4
cat "$work/a.ts" "$work/b.ts" >"$work/changes.ts"
cat "$work/a.ts" "$work/a.ts" "$work/a.ts" >"$work/back.ts"

# The bench begins with the first dream, so that the first frames do not count.
plays() { # NAME FILE SECONDS: once, and about so long
	begin=$(date +%s%3N)
	# shellcheck disable=SC2086
	expect_success "$1" live "$work/$2" --loop off $tiny
	took=$(($(date +%s%3N) - begin))
	check "$1_at_its_pace" [ "$took" -ge $(($3 * 1000 - 200)) ] &&
		check "$1_to_its_end" [ "$took" -lt $(($3 * 1000 + 20000 * slowness)) ]
}
plays input_that_changes_amid changes.ts 2
check input_that_changes_says_so says 'the input changed to 120x160, yuv422p'
plays input_whose_time_jumps_back back.ts 3
plays input_whose_time_wraps wrap.ts 2
plays input_of_variable_rate vfr.mkv 2
session input_with_broken_packets 6 "$work/noise.ts"
check input_with_broken_packets_says_so says 'damaged packets\{0,1\} left out'
check input_with_broken_packets_goes_on above source_fps 2

# ---- memory ----

# A FIFO whose writers come and go.
rss() {
	awk '/^VmRSS/ { print $2 }' "/proc/$session/status"
}
# shellcheck disable=SC2086
"$REVERIE" live "$work/fifo" $tiny >"$work/out" 2>"$work/err" &
session=$!
make short.ts 0.2 -c:v mpeg2video -q:v 4 -g 5
for turn in $(seq 100); do
	cat "$work/short.ts" >"$work/fifo" 2>/dev/null
	pause 0.5 # a writer that comes sooner may go on where this one ended
	[ "$turn" = 10 ] && before=$(rss)
	[ "$turn" -ge 24 ] && says 'is back' 9 && break
done
after=$(rss)
kill -INT "$session"
wait "$session"
check input_that_returns_is_seen says 'is back' 9
if is_sanitized; then
	skip input_that_returns_takes_no_more_memory "sanitizers keep what is freed"
else
	check input_that_returns_takes_no_more_memory [ $((after - before)) -lt 2048 ]
fi

# ---- cameras ----

if ! build_layer fake_camera tests/support/open_instead.c; then
	skip input_cameras "$why"
	finish
fi
FAKE_CAMERAS=$work/cameras
mkdir "$FAKE_CAMERAS"
export FAKE_CAMERAS
send -f lavfi -i testsrc=size=640x480 -frames:v 1 -pix_fmt yuvj422p "$FAKE_CAMERAS/frame.jpg"
plug() { # NUMBER NAME PLACE [STATE]
	printf '%s\n%s\n%s\n' "$2" "$3" "$4" >"$FAKE_CAMERAS/$1"
}
plug 0 "Webcam C920" usb-1
plug 3 Grabber usb-2
reverie=$REVERIE with=$(preload "$layer")
REVERIE=$work/with_cameras
printf '#!/bin/sh\nLD_PRELOAD=%s exec %s "$@"\n' "$with" "$reverie" >"$REVERIE"
chmod +x "$REVERIE"

expect_success input_cameras_are_listed cameras
check input_camera_modes_are_listed grep -q '^  MJPG *640x480 at 30 15 fps$' "$work/out"
check input_camera_choice_is_listed grep -q 'mjpeg 640x480 at 30 fps' "$work/out"
expect_error input_camera_that_is_none 1 "there are /dev/video0 (Webcam C920), /dev/video3" \
	live /dev/video9 --headless
expect_error input_camera_without_that_size 2 "there are 640x480, 320x240" \
	live /dev/video0 --headless --camera-size 100x100
expect_error input_camera_without_that_rate 2 "there are 30, 15, 25" \
	live /dev/video0 --headless --camera-rate 60
session input_camera_compressed 2 /dev/video0
check input_camera_compressed_frames above source_fps 15
session input_camera_raw 2 /dev/video3 --camera-size 320x240 --camera-rate 25
check input_camera_raw_frames above source_fps 12
begin 2 /dev/video5 --wait on
eventually waits
plug 5 Late usb-5
ends_well input_camera_that_is_plugged_in_late
check input_camera_that_came_late_is_dreamed above source_fps 5
rm "$FAKE_CAMERAS/5"
begin 3600 /dev/video0
eventually says dreamed 25
rm "$FAKE_CAMERAS/0"
eventually waits
plug 2 "Webcam C920" usb-1
check input_camera_is_back_under_another_number eventually says 'video0 is back as /dev/video2'
pause 1
plug 2 "Webcam C920" usb-1 stuck
check input_camera_that_is_stuck_is_noticed eventually says 'nothing came for 5 seconds'
plug 2 "Webcam C920" usb-1
check input_camera_is_back_again eventually says 'is back' 2
stop input_camera_that_is_pulled
check_rate input_camera_dream_goes_on dream_fps 12
plug 2 "Webcam C920" usb-1 stuck
is_at_camera() {
	has_open '/memfd:camera*'
}
ends input_ends_while_a_camera_is_stuck is_at_camera /dev/video2

finish
