# For scripts that play a session in a window, which source it after they made $work: a display server,
# a session, and its keys. What is started is ended with the script.
session='' server='' window=''
trap 'end_started; rm -rf "$work"' EXIT

# One by one: an empty number would keep the others.
end_started() {
	for started in $session $server; do
		kill "$started" 2>/dev/null
	done
}

# Ends the script, whose one line says NAME, where there is nothing to play a window with.
needs_window() { # NAME
	if ! can_dream; then
		skip "$1" "$why"
		finish
	fi
	for program in Xvfb xdotool import convert; do
		if ! have $program; then
			skip "$1" "$program is missing"
			finish
		fi
	done
}

# Of a part of what the window showed, in $work/FILE.png: the deviation of its pixels, 0 to 255.
busy() { # FILE PART
	convert "$work/$1.png" -crop "$2" +repage -colorspace gray -format '%[fx:round(255*standard_deviation)]' info:
}

# Makes the display of the server $server the one of what follows. It was started with
# `-displayfd 3 3>"$work/display"`: it picks a free one and says which.
use_display() {
	eventually test -s "$work/display"
	DISPLAY=:$(cat "$work/display")
	export DISPLAY SDL_VIDEODRIVER=x11 SDL_RENDER_DRIVER=software SDL_FRAMEBUFFER_ACCELERATION=0
}

start_xvfb() {
	Xvfb -displayfd 3 -screen 0 1024x768x24 -nolisten tcp 3>"$work/display" >/dev/null 2>&1 &
	server=$!
	use_display
}

# Sets $window to that of the session. The first may be made anew when it is first drawn to: one that
# is there twice stays.
find_window() {
	window=
	for _ in $(seq 60); do
		before=$window
		pause 0.7
		window=$(xdotool search --name '^Reverie$' 2>/dev/null | head -n 1)
		[ -n "$window" ] && [ "$window" = "$before" ] && break
	done
}

# A session in a window, whose files go to FOLDER. It ends long after any machine has pressed all keys. What
# SDL's libraries leak cannot be told from what we do, as they are unloaded before leaks are looked for;
# sessions without a window are looked at.
start_in() { # FOLDER WORD...
	folder=$1
	shift
	(cd "$folder" && ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 exec timeout $((600 * slowness)) "$REVERIE" live "$@" >"$work/out" 2>"$work/err") &
	session=$!
	find_window
}

press() { # KEY...
	for key; do
		xdotool key --window "$window" "$key"
		pause 0.3
	done
}
