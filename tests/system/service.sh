#!/bin/sh
# The unit for systemd as it is installed: that systemd knows every word of it, and the program the command
# that it starts.
. "$(dirname "$0")/../support/lib.sh"

build=$(dirname "$REVERIE")
unit=$work/installed/share/systemd/user/reverie.service
if is_sanitized || ! [ -f "$build/libreverie.a" ]; then
	skip service "nothing is installed from this build: \`make lib\`"
	finish
fi
installed() {
	make --no-print-directory install-files BUILD="$build" PREFIX="$work/installed" >"$work/out" 2>"$work/err"
}
check service_is_installed installed

verified() {
	XDG_RUNTIME_DIR=$work systemd-analyze --user --man=no verify "$unit" >"$work/out" 2>"$work/err" &&
		! [ -s "$work/out" ] && ! [ -s "$work/err" ]
}
# README.md installs into ~/.local.
is_looked_for() {
	folder=${unit#"$work/installed/"}
	env -u XDG_DATA_HOME HOME="$work" XDG_RUNTIME_DIR="$work" systemd-analyze --user unit-paths >"$work/out" 2>"$work/err" &&
		grep -qx "$work/.local/${folder%/*}" "$work/out"
}
if ! have systemd-analyze; then
	skip service_is_understood_by_systemd "there is no systemd-analyze"
else
	check service_is_understood_by_systemd verified
	check service_in_a_home_is_found is_looked_for
fi

# Words are meant to be split.
# shellcheck disable=SC2046
started() {
	env DISPLAY= WAYLAND_DISPLAY= $(sed -n 's/^ExecStart=//p' "$unit") --headless --bench 1 --size 96x72 \
		--layer mixed0 --octaves 1 assets/clouds.mp4 >"$work/out" 2>"$work/err"
}
# Somebody else than systemd listens, to the same words.
gives_signs() {
	python3 -c 'import socket, sys
ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
ear.bind(sys.argv[1])
ear.settimeout(float(sys.argv[2]))
text = ""
while "=600000000\n" not in text: # what is left at the end has longer
    text = ear.recv(1000).decode()
    print(text)' "$work/notify" $((60 * slowness)) >"$work/signs" &
	ear=$!
	eventually test -S "$work/notify"
	NOTIFY_SOCKET=$work/notify reverie live assets/clouds.mp4 --headless --bench 1 --size 96x72 --layer mixed0 \
		--octaves 1
	wait "$ear"
	grep -qx 'WATCHDOG_USEC=60000000' "$work/signs" && grep -qx 'WATCHDOG_USEC=600000000' "$work/signs" &&
		grep -qx 'WATCHDOG=1' "$work/signs" && grep -q '^NotifyAccess=main$' "$unit"
}
if can_dream && have python3; then
	check service_gives_signs_of_life gives_signs
else
	skip service_gives_signs_of_life "${why:-python3 is missing}"
fi
if can_dream; then
	check service_starts_what_the_program_knows started
else
	skip service_starts_what_the_program_knows "$why"
fi
finish
