#!/bin/sh
# What can be dreamed of, by GoogLeNet on photographs.
. "$(dirname "$0")/../support/lib.sh"

googlenet=$DATA/nets/bvlc_googlenet.onnx
sky=$DATA/photos/sky_550x413.jpg
if [ ! -f "$googlenet" ] || [ ! -f "$sky" ]; then
	for name in class_rises class_is_found class_at_its_place unknown_label guide_draws; do
		skip "target_$name" "no test data nets/bvlc_googlenet.onnx"
	done
	finish
fi
export REVERIE_MODEL="$googlenet"
quick="--size 256x --octaves 2 --iterations 20 --quiet --force"

# The share, in percent, that classify gives to a class of that number; 0 where it is not among the best.
share() { # PICTURE NUMBER
	"$REVERIE" classify "$1" 2>/dev/null | awk -v class="$2" '$3 == class { found = $1 } END { print found + 0 }'
}

# Words are meant to be split.
# shellcheck disable=SC2086
for class in goldfish:1 castle:483; do
	reverie "$sky" -o "$work/class.png" $quick --class "${class%:*}"
	if [ "$code" = 0 ] && [ "$(share "$work/class.png" "${class#*:}" | cut -d. -f1)" -ge 90 ]; then
		ok "target_class_rises: ${class%:*}"
	else
		not_ok "target_class_rises: ${class%:*}" "only $(share "$work/class.png" "${class#*:}") %"
	fi
done

reverie classify "$work/class.png" --class castle
if [ "$code" = 0 ] && [ "$(head -1 "$work/out" | cut -d. -f1)" -ge 90 ] && grep -q ' at 0\.[0-9]*,0\.' "$work/out"; then
	ok target_class_is_found
else
	not_ok target_class_is_found "exit code $code"
fi

# On the left, and there alone: what classify finds first lies there.
# shellcheck disable=SC2086
reverie "$sky" -o "$work/left.png" $quick --target "class goldfish at 0.2,0.5"
reverie classify "$work/left.png" --class goldfish
if [ "$code" = 0 ] && [ "$(sed -n '1s/.* at 0\.\(..\),.*/\1/p' "$work/out")" -le 50 ]; then
	ok target_class_at_its_place
else
	not_ok target_class_at_its_place "exit code $code"
fi

expect_error target_unknown_label 2 'did you mean' "$sky" -o "$work/x.png" --class cat
expect_error target_missing_guide 1 'nowhere.jpg' "$sky" -o "$work/x.png" --guide "$work/nowhere.jpg"

# shellcheck disable=SC2086
reverie "$sky" -o "$work/plain.png" $quick --layer inception_4a/output
# shellcheck disable=SC2086
reverie "$sky" -o "$work/guided.png" $quick --layer inception_4a/output --guide "$DATA/photos/zebra.jpg"
if [ "$code" = 0 ] && ! cmp -s "$work/plain.png" "$work/guided.png"; then
	ok target_guide_draws
else
	not_ok target_guide_draws "exit code $code"
fi
finish
