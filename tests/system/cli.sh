#!/bin/sh
# The program from outside: wrong calls and bad input each give their one clear line and leave
# nothing behind; help, presets and exit codes are what the man page says.
. "$(dirname "$0")/../support/lib.sh"

# The least that can be dreamed.
tiny="--octaves 1 --iterations 1 --layer mixed0"

picture() { # FILE WIDTH HEIGHT: a grey gradient
	{
		printf 'P5\n%d %d\n255\n' "$2" "$3"
		awk -v n="$(($2 * $3))" 'BEGIN { for (i = 0; i < n; i++) printf "%c", 65 + i % 60 }'
	} >"$1"
}

# A sound of half a second and no picture: the head of a WAV file and zeros.
sound() { # FILE
	{
		printf 'RIFF\144\037\000\000WAVEfmt \020\000\000\000\001\000\001\000'
		printf '\100\037\000\000\100\037\000\000\001\000\010\000data\100\037\000\000'
		head -c 8000 /dev/zero
	} >"$1"
}

# A PNG of 20000x20000 pixels, of which the first few are there.
huge_picture() { # FILE
	printf '\211PNG\015\012\032\012\000\000\000\015IHDR\000\000\116\040\000\000\116\040' >"$1"
	printf '\010\002\000\000\000\154\022\321\156\000\000\000\013IDAT\170\234\143\140\200' >>"$1"
	printf '\001\000\000\012\000\001\177\200\164\136\000\000\000\000IEND\256\102\140\202' >>"$1"
}

nothing_left() { # FILE: neither it nor a temporary file beside it
	[ ! -e "$1" ] && [ -z "$(find "$(dirname "$1")" -name '.reverie-*')" ]
}

picture "$work/sky.pgm" 64 48
out=$work/out.png

# ---- wrong calls ----

expect_error no_input 2 "nothing to dream" --octaves 3
expect_error no_output 2 "-o FILE says where" "$work/sky.pgm"
expect_error unknown_option_has_a_suggestion 2 "did you mean --octaves?" \
	"$work/sky.pgm" -o "$out" --octave 3
expect_error not_a_number 2 '--step: "nan" is not a number (0 to 1)' \
	"$work/sky.pgm" -o "$out" --step nan
expect_error infinite 2 '--octave-scale: "inf" is not a number (1.05 to 4)' \
	"$work/sky.pgm" -o "$out" --octave-scale inf
expect_error negative 2 "--iterations: -5 is out of range (1 to 1000)" \
	"$work/sky.pgm" -o "$out" --iterations -5
expect_error number_with_garbage 2 '--octaves: "12abc" is not a whole number (1 to 16)' \
	"$work/sky.pgm" -o "$out" --octaves 12abc
expect_error size_out_of_range 2 "--size: 20000x20000 is out of range (1 to 16384 pixels)" \
	"$work/sky.pgm" -o "$out" --size 20000x20000
expect_error three_inputs_of_flow 2 "one input at a time" flow a.png b.png c.png -o "$work/a.flo"
expect_error two_inputs_one_file 2 "2 inputs go into a folder; -o FOLDER/ names one" \
	"$work/sky.pgm" "$work/two.pgm" -o "$out"
expect_error two_inputs_of_one_name 2 "$work/sky.png: two of the inputs become it" \
	"$work/sky.pgm" "$work/other/sky.png" -o "$work/"
expect_error input_without_a_name 2 "has no name that could be kept" - "$work/sky.pgm" -o "$work/"
expect_error command_that_is_none_before_a_file 2 "dream: there is no such command and no such file" \
	dream "$work/sky.pgm" -o "$out"
expect_error picture_into_a_video 1 "or give --duration SECONDS for a video" "$work/sky.pgm" -o "$work/sky.mp4"
echo "no picture" >"$work/text"
"$REVERIE" - -o "$out" <"$work/text" >"$work/out" 2>"$work/err"
code=$?
check_error text_on_standard_input 1 "standard input: cannot be opened: nothing in it that FFmpeg can read"
expect_error still_of_two_inputs 2 "--still is for one input" \
	"$work/sky.pgm" "$work/two.pgm" -o "$work/" --still "$work/still.png"
expect_error option_of_another_command 2 "--octaves is not an option of this command" \
	devices --octaves 3
expect_error word_for_a_command_without 2 "this command takes options only" devices gpu
expect_error tune_with_half_a_size 2 "both sides are needed" tune --size 512x
expect_error inspect_without_outputs 2 "--activation FILE.npy" inspect "$work/sky.pgm"
expect_error inspect_into_one_file 2 "are one file" \
	inspect "$work/sky.pgm" --activation "$work/a.npy" --gradient "$work/a.npy"
expect_error unknown_preset 1 "no preset called nosuch; there are: " \
	"$work/sky.pgm" -o "$out" --preset nosuch
printf 'octaves = 3\nstep = lots\n' >"$work/bad.preset"
expect_error bad_preset 2 "bad.preset:2: step: \"lots\" is not a number (0 to 1)" \
	"$work/sky.pgm" -o "$out" --preset "$work/bad.preset"

# ---- bad input ----

expect_error no_such_file 1 "$work/nosuch.jpg" "$work/nosuch.jpg" -o "$out"
expect_error input_is_a_folder 2 "is a directory" "$work" -o "$out"
: >"$work/empty.jpg"
expect_error empty_file 1 "is empty" "$work/empty.jpg" -o "$out"
echo "No picture at all, only words that somebody gave a wrong name." >"$work/text.jpg"
expect_error text_named_jpg 1 "neither a picture nor a video" "$work/text.jpg" -o "$out"
sound "$work/sound.wav"
expect_error video_without_pictures 1 "$work/sound.wav" "$work/sound.wav" -o "$work/out.mp4"
huge_picture "$work/huge.png"
expect_error picture_of_20000x20000 1 "20000 x 20000 pixels are too many" "$work/huge.png" -o "$out"
half() { # FILE OUTPUT
	head -c $(($(wc -c <"$1") / 2)) "$1" >"$2"
}
half assets/clouds.jpg "$work/cut.jpg"
expect_error truncated_jpeg 1 "is truncated" "$work/cut.jpg" -o "$out"
# A video's table of contents stands at its end, unless it is made for the web.
if have ffmpeg && ffmpeg -nostdin -v error -i assets/clouds.mp4 -c copy "$work/whole.mp4"; then
	half "$work/whole.mp4" "$work/cut.mp4"
	expect_error truncated_mp4 1 "$work/cut.mp4" "$work/cut.mp4" -o "$work/out.mp4"
else
	skip truncated_mp4 "ffmpeg is missing"
fi

# ---- bad output ----

cp "$work/sky.pgm" "$work/there.png"
expect_error output_exists 2 "--force overwrites it" "$work/sky.pgm" -o "$work/there.png"
check output_that_exists_is_untouched cmp -s "$work/sky.pgm" "$work/there.png"
cp "$work/sky.pgm" "$work/same.png"
ln -s same.png "$work/link.png"
expect_error output_is_an_address 2 '--output srt://...: an address is no file' "$work/sky.pgm" \
	-o "srt://host:9?passphrase=sesame-2026"
check output_address_keeps_its_password [ "$(grep -c sesame "$work/err")" = 0 ]
expect_error output_is_the_input 2 "the input and the output are one file" "$work/same.png" -o "$work/same.png" --force
expect_error output_is_the_input_by_a_link 2 "are one file" \
	"$work/same.png" -o "$work/link.png" --force
expect_error still_is_the_output 2 "the output and the still are one file" \
	"$work/sky.pgm" -o "$out" --still "$out"
# Whatever writes, --force or not, must leave what is read.
same=$work/same.png
ln -s "$PWD/models/inception_v3.onnx" "$work/net.onnx"
while read -r name words; do
	# shellcheck disable=SC2086
	expect_error "input_is_not_the_$name" 2 "are one file" $words --force
done <<END
preset $same -o $out --save-preset $same
preset_by_a_link $same -o $out --save-preset $work/link.png
preset_which_is_the_output $same -o $out --save-preset $out
still $same -o $work/new.mp4 --still $same
motion flow $same $work/sky.pgm -o $same
motion_of_the_second flow $work/sky.pgm $same -o $same
activation inspect $same --activation $same
gradient inspect $same --gradient $work/link.png
recording live $same --headless -o $same
playlist live $same --headless --playlist $work/link.png -o $same
END
if [ -f models/inception_v3.onnx ]; then
	expect_error network_is_not_the_activation 2 "are one file" \
		inspect "$same" --model "$work/net.onnx" --activation "$work/net.onnx" --force
fi
expect_error outputs_are_one_that_is_not_there_yet 2 "are one file" \
	inspect "$same" --activation "$work/new.npy" --gradient "$work/../$(basename "$work")/new.npy"
check input_is_untouched cmp -s "$work/sky.pgm" "$work/same.png"
expect_error output_folder_missing 1 "$work/no/out.png" "$work/sky.pgm" -o "$work/no/out.png"
expect_error output_folder_unwritable 1 "/proc/out.png" "$work/sky.pgm" -o /proc/out.png
expect_error output_of_no_known_format 1 "out.xyzzy" "$work/sky.pgm" -o "$work/out.xyzzy"
expect_error unknown_encoder 1 "nosuchcodec" \
	"lavfi:testsrc=size=64x48:duration=0.2" -o "$work/out.mp4" --encoder nosuchcodec
if [ -w /dev/full ]; then
	"$REVERIE" --help >/dev/full 2>"$work/err"
	code=$?
	: >"$work/out"
	check_error help_to_a_full_device 1 "standard output could not be written"
else
	skip help_to_a_full_device "there is no /dev/full"
fi
check nothing_is_left_behind nothing_left "$out"

# A compiler of kernels cannot be interrupted; a signal ends the program all the same, and leaves nothing.
# Once it began, the first kernels are compiled for a cache that is empty.
if can_dream; then
	compiles() {
		find "$work/cold" -type f | grep -q .
	}
	for words in "inspect $work/sky.pgm --activation $work/late.npy" "kernels" \
		"flow $work/sky.pgm $work/sky.pgm -o $work/late.flo"; do
		mkdir "$work/cold"
		# shellcheck disable=SC2086
		XDG_CACHE_HOME=$work/cold POCL_CACHE_DIR=$work/cold "$REVERIE" $words >"$work/out" 2>"$work/err" &
		job=$!
		eventually compiles
		pause 0.5
		kill -TERM $job 2>/dev/null
		begin=$(date +%s)
		wait $job && rm -f "$work/late.flo" # it was done before the signal came
		check "signal_ends_${words%% *}_soon" [ $(($(date +%s) - begin)) -le $((8 * slowness)) ]
		rm -rf "$work/cold"
	done
	check signal_leaves_nothing_behind nothing_left "$work/late.flo"
fi

# Matroska takes what it has no name of its own for under that of Windows.
if have ffmpeg && have ffprobe && can_dream; then
	ffmpeg -nostdin -loglevel error -f lavfi -i testsrc2=size=96x72:rate=25:duration=0.2 -f lavfi \
		-i sine=duration=0.2 -c:v msmpeg4 -c:a wmav2 "$work/sound.wmv"
	expect_success wma_into_matroska "$work/sound.wmv" -o "$work/sound.mkv" --quiet \
		--octaves 1 --iterations 1 --layer mixed0
	check wma_into_matroska_is_there [ "$(ffprobe -v error -select_streams a -show_entries \
		stream=codec_name -of csv=p=0 "$work/sound.mkv")" = wmav2 ]
else
	skip wma_into_matroska "ffmpeg is missing"
fi

# ---- help, version, presets ----

expect_error command_that_is_none 2 "frobnicate: there is no such command and no such file" frobnicate
expect_error command_that_is_nearly_one 2 "did you mean layers?" layres
expect_error help_on_nothing 2 "did you mean keys?" --help keyz
expect_success help_as_a_command help
check help_as_a_command_is_the_help grep -q '^  reverie .* -o ' "$work/out"
expect_success help_as_a_command_on_another help live
check help_as_a_command_on_another_is_its_own grep -q -- '--osc' "$work/out"
"$REVERIE" --help 2>"$work/err" | true
check help_into_a_pipe_that_is_closed_says_nothing [ ! -s "$work/err" ]
expect_success help --help
check help_ends_with_examples grep -q '^  reverie .* -o ' "$work/out"
for command in devices models layers tune inspect; do
	expect_success "help_of_$command" "$command" --help
done
expect_success version --version
check version_is_one_line grep -Eqx 'reverie [0-9]+\.[0-9]+\.[0-9]+( \([^ ]+\))?' "$work/out"
expect_error no_preset_can_hold_an_end_of_line 2 "--mask: there is an end of line in it" \
	"$work/sky.pgm" -o "$out" --mask "$work/a
b.png" --save-preset "$work/lines.preset"
expect_success save_a_preset --octaves 7 --preset mountains --save-preset "$work/own.preset"
check saved_preset_holds_the_command_line grep -qx 'octaves = 7' "$work/own.preset"
check saved_preset_holds_the_preset_it_began_with grep -qx "layer = mixed8" "$work/own.preset"
reverie man
if have man; then
	cp "$work/out" "$work/reverie.1"
	MANWIDTH=80 man --warnings -l "$work/reverie.1" >"$work/out" 2>"$work/err"
	check man_page_has_no_warnings test ! -s "$work/err"
else
	skip man_page_has_no_warnings "man is not installed"
fi

# ---- without a device, without a network ----

export OCL_ICD_VENDORS=/nonexistent
expect_error devices_without_a_device 1 "no OpenCL device" devices
if [ -f models/inception_v3.onnx ]; then
	expect_error dream_without_a_device 1 "no OpenCL device" "$work/sky.pgm" -o "$out" $tiny
	check no_device_leaves_nothing nothing_left "$out"
else
	skip dream_without_a_device "models/inception_v3.onnx is missing"
fi
unset OCL_ICD_VENDORS
expect_error no_such_model 1 "no such model" "$work/sky.pgm" -o "$out" --model nosuch
echo "words" >"$work/words.onnx"
expect_error model_that_is_none 1 "words.onnx" layers --model "$work/words.onnx"
cp "$REVERIE" "$work/reverie"
(cd "$work" && unset REVERIE_MODEL && exec ./reverie sky.pgm -o out.png) >"$work/out" 2>"$work/err" </dev/null
code=$?
check_error default_model_is_missing 1 '`make models` fetches one'

# ---- with an engine ----

if ! can_dream; then
	for name in unknown_layer channels_out_of_range one_pixel six_pixels full_device \
		broken_cache interrupted file_named_like_a_command inspect_writes_arrays \
		same_seed_same_picture; do
		skip "$name" "$why"
	done
	finish
fi

expect_error unknown_layer 1 "mixed5" "$work/sky.pgm" -o "$out" --layer mixd5
expect_error channels_out_of_range 2 "9999" \
	"$work/sky.pgm" -o "$out" --layer mixed5 --channels 3,9999
check engine_errors_leave_nothing nothing_left "$out"

# The network's windows do not fit into them, whatever the layer.
picture "$work/one.pgm" 1 1
picture "$work/six.pgm" 2 3
expect_error one_pixel 2 "give a larger picture" "$work/one.pgm" -o "$out" --quiet $tiny
expect_error six_pixels 2 "give a larger picture" "$work/six.pgm" -o "$out" --quiet
check small_pictures_leave_nothing nothing_left "$out"

if [ -w /dev/full ]; then
	expect_error full_device 1 "No space left" \
		"lavfi:testsrc=size=64x48:duration=0.2" -o /dev/full --format nut --quiet $tiny
else
	skip full_device "there is no /dev/full"
fi
# A limit on the size of files stands in for a disk that is full: 1 MiB, and a picture of 1.4.
(trap '' XFSZ && ulimit -f 2048 && exec "$REVERIE" "$work/sky.pgm" -o "$work/big.bmp" \
	--size 800x600 --quiet $tiny) >"$work/out" 2>"$work/err" </dev/null
code=$?
check_error full_disk 1 "$work/big.bmp"
check full_disk_leaves_nothing nothing_left "$work/big.bmp"

expect_error cache_that_cannot_be_kept 1 "nothing can be kept there: Not a directory; --no-cache" \
	"$work/sky.pgm" -o "$work/first.png" --cache "$work/sky.pgm/cache" $tiny

# The picture must not depend on what an earlier run left in the cache, sound or not.
expect_success same_seed "$work/sky.pgm" -o "$work/first.png" --cache "$work/cache" $tiny
find "$work/cache" -type f | while read -r file; do
	head -c 100 "$file" >"$work/head"
	{ cat "$work/head"; echo broken; } >"$file"
done
check cache_has_files test -n "$(find "$work/cache" -type f)"
expect_success broken_cache "$work/sky.pgm" -o "$work/second.png" --cache "$work/cache" $tiny
# The files differ, as each tells the command that made it.
same_pixels() { # FILE FILE
	frames "$1" >"$work/these.frames"
	frames "$2" >"$work/those.frames"
	same_files "$work/these.frames" "$work/those.frames"
}
check same_seed_same_picture same_pixels "$work/first.png" "$work/second.png"
expect_success one_seed "$work/sky.pgm" -o "$work/third.png" $tiny --jitter 64
expect_success another_seed "$work/sky.pgm" -o "$work/fourth.png" $tiny --jitter 64 --seed 7
check another_seed_another_picture not same_pixels "$work/third.png" "$work/fourth.png"

cp "$work/sky.pgm" "$work/devices"
(cd "$work" && exec "$REVERIE" ./devices -o named.png $tiny) >"$work/out" 2>"$work/err" </dev/null
check file_named_like_a_command test -s "$work/named.png"

expect_success inspect_writes_arrays inspect "$work/sky.pgm" --layer mixed0 \
	--activation "$work/a.npy" --gradient "$work/g.npy"
check gradient_has_the_size_of_the_picture grep -aq "'shape': (3, 48, 64)" "$work/g.npy"
check gradient_file_has_its_length test "$(wc -c <"$work/g.npy")" = $((128 + 3 * 48 * 64 * 4))
expect_error inspect_does_not_overwrite 2 "--force overwrites it" \
	inspect "$work/sky.pgm" --layer mixed0 --activation "$work/a.npy"
expect_success layers layers
check layers_have_the_default grep -q '^mixed[0-9]* .*(default)$' "$work/out"
expect_success models models
check models_have_the_default grep -q 'inception_v3.onnx  Inception V3.*, input RGB -1..1, default layer mixed[0-9]' "$work/out"

# ---- several inputs ----

picture "$work/tall.pgm" 48 64
echo "no picture" >"$work/broken.jpg"
reverie "$work/sky.pgm" "lavfi:testsrc" "$work/tall.pgm" -o "$work/dreams/" $tiny
check inputs_are_checked_before_the_first test ! -e "$work/dreams"
expect_error several_inputs_into_no_folder 1 "nothing can be written there: Not a directory" \
	"$work/sky.pgm" "$work/tall.pgm" -o "$work/sky.pgm/dreams/" $tiny
reverie "$work/sky.pgm" "$work/broken.jpg" "$work/tall.pgm" -o "$work/dreams/" $tiny
check goes_on_after_a_bad_input test -s "$work/dreams/tall.png"
check several_inputs_fail_with_one test "$code" = 1
tail -n 1 "$work/err" >"$work/last"
check names_what_failed grep -q "^reverie: 1 of 3 inputs was not dreamed: $work/broken.jpg$" "$work/last"
check says_which_is_dreamed grep -q "^3 of 3: $work/tall.pgm$" "$work/err"
expect_success options_of_videos_for_a_picture "$work/sky.pgm" -o "$work/plain.png" $tiny --encoder libx265 \
	--still "$work/none.png"
check options_of_videos_for_a_picture_are_told grep -q "is a picture; --encoder, --still: for videos alone" "$work/err"
check a_picture_has_no_still grep -qx "Dreamed a picture of .*plain.png" "$work/out"
expect_success one_into_a_folder "$work/tall.pgm" -o "$work/dreams" $tiny --force
check several_as_each_alone same_pixels "$work/first.png" "$work/dreams/sky.png"

# A video without an end, told to stop once it has begun.
interrupt() { # SIGNAL CODE
	rm -f "$work/endless.mkv"
	: >"$work/err" # before the program is there, what the last one said would be read
	"$REVERIE" "lavfi:testsrc=size=64x48" -o "$work/endless.mkv" $tiny \
		>"$work/out" 2>"$work/err" </dev/null &
	process=$!
	eventually says '[1-9][0-9]* frame'
	kill -s "$1" "$process" 2>/dev/null
	wait "$process"
	code=$?
	tail -n 1 "$work/err" >"$work/last"
	check "interrupted_by_$1" test "$code" = "$2"
	check "interrupted_by_$1_says_how_far_it_got" grep -q '^reverie: .*[1-9]' "$work/last"
	check "interrupted_by_$1_leaves_a_file" test -s "$work/endless.mkv"
}
interrupt INT 130
interrupt TERM 143
finish
