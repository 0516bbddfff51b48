# For tests/system/*.sh, which source it: every case prints one line, "ok NAME", "not ok NAME" or
# "skip NAME: why", and what was seen where it fails. $work is a folder that is removed at the end;
# end the script with `finish`.
cd "$(dirname "$0")/../.." || exit 1
REVERIE=${REVERIE:-build/reverie}
case $REVERIE in
/*) ;;
*) REVERIE=$PWD/$REVERIE ;;
esac
REVERIE_BENCH=${REVERIE_BENCH:-$REVERIE-bench}
case $REVERIE_BENCH in
/*) ;;
*) REVERIE_BENCH=$PWD/$REVERIE_BENCH ;;
esac
DATA=${REVERIE_TEST_DATA:-$PWD/../shared/data}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export XDG_STATE_HOME="$work/state" # keys that are played store dreams there
failed=0

# The command says no, as grep and cmp do with 1; with 2, that they cannot tell, where there is no such file.
not() { # COMMAND...
	"$@"
	[ $? = 1 ]
}

finish() {
	exit "$failed"
}

ok() { # NAME
	echo "ok $1"
}

# The first and the last lines of what is long.
ends_of() {
	awk '{ line[NR] = $0 } END { for (i = 1; i <= NR; i++)
		if (i <= 20 || i > NR - 20) print line[i]; else if (i == 21) print "# ..." }'
}

not_ok() { # NAME WHY
	echo "# $2"
	if [ -s "$work/out" ]; then sed 's/^/# stdout: /' "$work/out" | ends_of; fi
	if [ -s "$work/err" ]; then sed 's/^/# stderr: /' "$work/err" | ends_of; fi
	echo "not ok $1"
	failed=1
}

skip() { # NAME WHY
	echo "skip $1: $2"
}

have() { # PROGRAM
	command -v "$1" >/dev/null 2>&1
}

# Runs reverie; what it printed is in $work/out and $work/err, its exit code in $code.
reverie() {
	"$REVERIE" "$@" >"$work/out" 2>"$work/err" </dev/null
	code=$?
}

# The same of reverie-bench.
bench() {
	"$REVERIE_BENCH" "$@" >"$work/out" 2>"$work/err" </dev/null
	code=$?
}

# A program that was built for a sanitizer: for that one, where it is named.
is_sanitized() { # [asan|tsan]
	nm "$REVERIE" 2>/dev/null | grep -q "__${1:-[at]san}_"
}

# What LD_PRELOAD must be for a library that stands in for functions of others: a sanitizer's own, which
# stands in for them too and calls what comes next, wants to be the first.
preload() { # LIBRARY
	ldd "$REVERIE" | awk -v library="$1" '/lib[at]san/ { printf "%s:", $3 } END { print library }'
}

# Builds tests/support/NAME.c, and what it takes besides, as such a library: $layer. A source that does
# not build is a failure; without a compiler, or then, $why says why there is none.
build_layer() { # NAME WORD...
	layer=$work/$1.so
	why="there is no compiler for tests/support/$1.c"
	have cc || return 1
	name=$1
	shift
	cc -std=c11 -D_GNU_SOURCE -I. -O1 -fPIC -shared -o "$layer" "tests/support/$name.c" "$@" -ldl -pthread \
		2>"$work/err" && return 0
	not_ok "${name}_is_built" "cc fails"
	why="tests/support/$name.c was not built"
	return 1
}

# Runs the program until a file is put into its place, when it gets a signal, however fast or busy the
# machine is. Needs the layer of failing_files.
broken_off() { # SIGNAL PART-OF-FILE ARGUMENT...
	signal=$1 file=$2
	shift 2
	LD_PRELOAD=$(preload "$layer") FAIL_FILES=$file FAIL_FILES_CALL=rename FAIL_FILES_HOW=$signal \
		FAIL_FILES_COUNT=1 "$REVERIE" "$@" >"$work/out" 2>"$work/err" </dev/null
	code=$?
}

# A whole number: how many times as long as usual the tests wait for what is to happen, and how many
# times as few pictures a second show that there are any: for a sanitizer, or a busy machine.
if [ -z "$TEST_SLOWNESS" ]; then
	TEST_SLOWNESS=1
	is_sanitized && TEST_SLOWNESS=3
	export TEST_SLOWNESS
fi
slowness=$TEST_SLOWNESS
slowed_down="what is slowed down does not tell how fast it is"

pause() { # SECONDS: a usual wait
	sleep "$(awk -v s="$1" -v n="$slowness" 'BEGIN { print s * n }')"
}

# Looks ten times a second until the command says so, for about two minutes: that long nobody waits but where
# something is wrong. Whatever is waited for stays so, or a look that comes late would miss it.
eventually() { # COMMAND...
	looks=$((1200 * slowness))
	until "$@"; do
		[ $((looks -= 1)) -gt 0 ] || return 1
		sleep 0.1
	done
}

# What a program in the background, whose log is $work/err, has said, at least so often.
says() { # TEXT [TIMES]
	[ "$(grep -c -e "$1" "$work/err")" -ge "${2:-1}" ]
}

# A shell begins programs in the background with Ctrl-C ignored, which gets lost until they catch it.
catches_ctrl_c() { # PROCESS
	grep -q '^SigCgt:.*[2367abef]$' "/proc/$1/status"
}

sockets() {
	cat /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6 2>/dev/null
}

# Sets $port to one that nobody uses, below those that Linux gives to whoever asks for any, and far from those of
# scripts that run beside this one.
another_port() {
	port=$((${port:-20000 + $$ * 37 % 12000} + 1))
	while sockets | grep -q "$(printf ':%04X ' $port)"; do port=$((port + 1)); done
}

# Whether somebody listens at $port, by TCP or UDP, and whether two talk there. A guest who came to see
# would be the only one for many a server.
listens() {
	sockets | grep -Eq "^ *[0-9]+: [0-9A-F]+$(printf ':%04X' "$port") [^ ]* (0A|07) "
}
is_visited() {
	sockets | grep -Eq "^ *[0-9]+: [0-9A-F]+$(printf ':%04X' "$port") [^ ]* 01 "
}

# A number in the line of a session's bench, or in the last of those of every ten seconds where it was
# broken off, and whether that is above LIMIT; rates need not be on a slow machine.
number() { # NAME
	sed -n -e "s/^live.* $1=\([0-9.]*\).*/\1/p" -e "s/^lately.* $1=\([0-9.]*\).*/\1/p" "$work/out" | tail -n 1
}

above() { # NAME LIMIT
	awk -v name="$1" -v value="$(number "$1")" -v limit="$2" -v n="$slowness" 'BEGIN {
		exit !(value > (name ~ /_fps$/ ? limit / n : limit)) }'
}

# The program must be as fast as that, where nothing slows it down.
check_rate() { # NAME RATE LIMIT
	if [ "$slowness" = 1 ]; then
		check "$1" above "$2" "$3"
	else
		skip "$1" "$slowed_down"
	fi
}

# reverie must fail with exit code CODE and nothing but one line on standard error, which begins
# with the name of the program and holds TEXT.
expect_error() { # NAME CODE TEXT WORD...
	name=$1 wanted=$2 text=$3
	shift 3
	reverie "$@"
	check_error "$name" "$wanted" "$text"
}

expect_bench_error() { # NAME CODE TEXT WORD...
	name=$1 wanted=$2 text=$3
	shift 3
	bench "$@"
	check_error "$name" "$wanted" "$text"
}

check_error() { # NAME CODE TEXT
	if [ "$code" != "$2" ]; then
		not_ok "$1" "exit code $code, not $2"
	elif [ "$(wc -l <"$work/err")" != 1 ] || [ -s "$work/out" ]; then
		not_ok "$1" "more, or less, than one line on standard error"
	elif ! grep -Eq '^reverie(-bench)?: ' "$work/err" || ! grep -qF -e "$3" "$work/err"; then
		not_ok "$1" "the line does not say: $3"
	else
		ok "$1"
	fi
}

# reverie must end with exit code 0.
expect_success() { # NAME WORD...
	name=$1
	shift
	reverie "$@"
	if [ "$code" = 0 ]; then ok "$name"; else not_ok "$name" "exit code $code"; fi
}

expect_bench_success() { # NAME WORD...
	name=$1
	shift
	bench "$@"
	if [ "$code" = 0 ]; then ok "$name"; else not_ok "$name" "exit code $code"; fi
}

# The condition given as a command must hold.
check() { # NAME COMMAND...
	name=$1
	shift
	if "$@"; then ok "$name"; else not_ok "$name" "not so: $*"; fi
}

# What a picture or a film holds, as text: a line for each frame of the streams (its pictures), with its
# time and its sum, below what the streams are; and the frames alone. Nothing where there is no such file.
# Which of two streams comes first is a matter of ffmpeg's threads: the lines are sorted.
contents() { # FILE [STREAMS]
	ffmpeg -nostdin -loglevel error -i "$1" -map "${2:-0:v}" -f framemd5 - | grep -v '^#software' | LC_ALL=C sort
}
frames() { # FILE
	contents "$1" | grep -v '^#'
}

# Two files that hold the same, and something; and two that hold something each, and not the same.
same_files() { # FILE FILE
	[ -s "$1" ] && cmp "$1" "$2"
}
other_files() { # FILE FILE
	[ -s "$1" ] && [ -s "$2" ] && ! cmp -s "$1" "$2"
}

# Whether there is a network and a device to dream with. Sets $why where there is none.
can_dream() {
	why=
	if [ ! -f models/inception_v3.onnx ]; then
		why="models/inception_v3.onnx is missing, \`make models\` fetches it"
	elif "$REVERIE" devices 2>&1 | grep -q 'no OpenCL device'; then
		why="there is no OpenCL device"
	fi
	[ -z "$why" ]
}
