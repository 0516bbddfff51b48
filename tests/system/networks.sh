#!/bin/sh
# Networks: listed, fetched (from a file that is there already; what servers do is tested in
# tests/unit/app/networks/fetch.c), recognised by what they hold, and told to whoever named none.
. "$(dirname "$0")/../support/lib.sh"

googlenet=$DATA/nets/bvlc_googlenet.onnx
models=$work/data/reverie/models
mkdir -p "$models" "$work/empty"
export XDG_DATA_HOME="$work/data"

# Where no folder of networks but the user's own is seen: an installation elsewhere.
mkdir -p "$work/bin"
cp "$REVERIE" "$work/bin/reverie"
elsewhere() { # ARGUMENT...
	(cd "$work/empty" && "$work/bin/reverie" "$@" >"$work/out" 2>"$work/err" </dev/null)
	code=$?
}

elsewhere models
if [ "$code" = 0 ] && grep -q 'no network yet' "$work/out" && grep -q '^googlenet  *28 MB' "$work/out"; then
	ok models_lists_what_can_be_had
else
	not_ok models_lists_what_can_be_had "exit code $code"
fi

for call in 'models got|models get NAME' 'models get nothing|not in the catalogue' 'models get|which one' \
	'models get googlnet|did you mean googlenet' 'layers --model squeeznet|did you mean squeezenet' \
	'models --from x|--from goes with' 'models get inception-v3|make models'; do
	elsewhere ${call%|*}
	if [ "$code" != 0 ] && [ "$(wc -l <"$work/err")" = 1 ] && grep -q -e "${call#*|}" "$work/err"; then
		ok "refused: ${call%|*}"
	else
		not_ok "refused: ${call%|*}" "not one line with ${call#*|}"
	fi
done

elsewhere classify
if [ "$code" != 0 ] && grep -q 'nothing to classify' "$work/err"; then
	ok classify_wants_a_picture
else
	not_ok classify_wants_a_picture "exit code $code"
fi

elsewhere models list
if [ "$code" = 0 ] && grep -q '^googlenet  *28 MB' "$work/out"; then
	ok models_list_is_models
else
	not_ok models_list_is_models "exit code $code"
fi

echo wrong >"$work/wrong"
elsewhere models get squeezenet --from "$work/wrong"
if [ "$code" != 0 ] && [ -z "$(ls "$models")" ]; then
	ok models_get_leaves_nothing_wrong
else
	not_ok models_get_leaves_nothing_wrong "exit code $code, $(ls "$models")"
fi

elsewhere models get squeezenet --from "$work/missing"
if [ "$code" = 1 ] && [ -z "$(ls "$models")" ] && grep -q "squeezenet.onnx cannot be fetched: .*missing: No such file or directory; .*may go into " "$work/err"; then
	ok models_get_from_nowhere
else
	not_ok models_get_from_nowhere "exit code $code"
fi

# VGG 16 by its layers, with weights made by chance: its own are 553 MB. The presets for it find the network,
# its input and their layers, and dream: what they raise has risen.
if have node; then
	node tests/support/vgg16.js "$models/vgg16.onnx"
	printf 'P6\n80 64\n255\n' >"$work/plain.ppm"
	head -c 15360 /dev/zero | tr '\0' '\200' >>"$work/plain.ppm"
	for call in 'pytorch-deepdream vgg0_relu9_fwd' 'darknet-nightmare vgg0_relu7_fwd'; do
		preset=${call% *} layer=${call#* }
		"$REVERIE" "$work/plain.ppm" -o "$work/vgg.png" --preset "$preset" --octaves 2 --iterations 6 --force \
			>"$work/out" 2>"$work/err"
		code=$?
		for picture in plain.ppm vgg.png; do
			"$REVERIE" inspect "$work/$picture" --model vgg16 --layer "$layer" \
				--activation "$work/$picture.npy" --force >/dev/null 2>&1
		done
		rise=$(node tests/support/vgg16.js "$work/plain.ppm.npy" "$work/vgg.png.npy")
		echo "# $preset: $layer rose to $rise times its mean square"
		if [ "$code" = 0 ] && node -e "process.exit($rise > 3 ? 0 : 1)"; then
			ok "preset_of_vgg16_dreams: $preset"
		else
			not_ok "preset_of_vgg16_dreams: $preset" "exit code $code, $rise"
		fi
	done
	"$REVERIE" layers --model vgg16 >"$work/out" 2>"$work/err"
	check vgg16_is_known_by_its_layers grep -q 'vgg0_relu9_fwd .*(default)' "$work/out"
	mv "$models/vgg16.onnx" "$work/export.onnx"
	elsewhere models get vgg19 --from "$work/export.onnx"
	if [ "$code" != 0 ] && [ "$(wc -l <"$work/err")" = 1 ] && [ -z "$(ls "$models")" ]; then
		ok models_get_refuses_another_network
	else
		not_ok models_get_refuses_another_network "exit code $code"
	fi
	elsewhere models get vgg16 --from "$work/export.onnx"
	if [ "$code" = 0 ] && cmp -s "$work/export.onnx" "$models/vgg16.onnx" && grep -q 'another export' "$work/err"; then
		ok models_get_takes_another_export
	else
		not_ok models_get_takes_another_export "exit code $code"
	fi
	elsewhere models get vgg16
	check models_get_keeps_another_export grep -q 'vgg16.onnx is there already' "$work/out"
	rm -f "$models/vgg16.onnx" "$work/export.onnx"
else
	skip preset_of_vgg16_dreams "there is no node"
fi

if [ ! -f "$googlenet" ]; then
	for name in known_by_its_layers known_whatever_its_name default_where_it_is_there \
		default_whatever_its_name named_in_letters_of_either_size classifies; do
		skip "network_$name" "no test data nets/bvlc_googlenet.onnx"
	done
	finish
fi

cp "$googlenet" "$models/some_googlenet.onnx"
elsewhere models
if grep -q 'some_googlenet.onnx  GoogLeNet.*BGR -104..151, default layer inception_4c/output' "$work/out"; then
	ok network_known_by_its_layers
else
	not_ok network_known_by_its_layers "the list does not tell it"
fi

if grep -q '^googlenet  ' "$work/out"; then
	not_ok network_that_is_there_is_not_offered "the list offers it again"
else
	ok network_that_is_there_is_not_offered
fi

cp "$googlenet" "$work/any.onnx"
elsewhere layers --model "$work/any.onnx"
if grep -q '^inception_4c/output .*(default)' "$work/out"; then
	ok network_known_whatever_its_name
else
	not_ok network_known_whatever_its_name "another default layer"
fi

squeezenet=$DATA/nets/SqueezeNet_fp16.onnx
if [ -f "$squeezenet" ] && [ -f "$DATA/photos/zebra.jpg" ]; then
	for model in "$googlenet" "$squeezenet"; do
		elsewhere classify "$DATA/photos/zebra.jpg" --model "$model"
		if [ "$code" = 0 ] && head -n 1 "$work/out" | grep -q '9[0-9]\.[0-9] %  340  zebra\|100\.0 %  340  zebra'; then
			ok "a_zebra_is_a_zebra: $(basename "$model")"
		else
			not_ok "a_zebra_is_a_zebra: $(basename "$model")" "exit code $code"
		fi
	done
	elsewhere inspect "$DATA/photos/zebra.jpg" --model "$squeezenet" --layer fire6/concat --activation "$work/a.npy"
	if [ "$code" = 0 ] && [ -s "$work/a.npy" ]; then
		ok zoo_layers_go_by_their_plain_name
	else
		not_ok zoo_layers_go_by_their_plain_name "exit code $code"
	fi
else
	skip a_zebra_is_a_zebra "no test data nets/SqueezeNet_fp16.onnx, photos/zebra.jpg"
fi

unset REVERIE_MODEL
printf 'P6\n64 48\n255\n' >"$work/grey.ppm"
head -c 9216 /dev/zero | tr '\0' '\200' >>"$work/grey.ppm"
elsewhere "$work/grey.ppm" -o "$work/grey.png" --octaves 1 --iterations 1
if [ "$code" = 0 ] && grep -q 'Dreaming with GoogLeNet' "$work/err"; then
	ok network_default_where_it_is_there
else
	not_ok network_default_where_it_is_there "exit code $code"
fi

# A file that is called otherwise is looked into, with any preset of that network too.
mv "$models/some_googlenet.onnx" "$models/mine.onnx"
elsewhere "$work/grey.ppm" -o "$work/grey.png" --octaves 1 --iterations 1 --force
if [ "$code" = 0 ] && grep -q 'Dreaming with GoogLeNet' "$work/err"; then
	ok network_default_whatever_its_name
else
	not_ok network_default_whatever_its_name "exit code $code"
fi
mv "$models/mine.onnx" "$models/Some-GoogLeNet.onnx"
elsewhere layers --model GoogLeNet
if [ "$code" = 0 ] && grep -q '^inception_4c/output .*(default)' "$work/out"; then
	ok network_named_in_letters_of_either_size
else
	not_ok network_named_in_letters_of_either_size "exit code $code"
fi

mkdir -p "$work/config/reverie/presets"
cp assets/presets/pagodas.preset assets/presets/carvings.preset "$work/config/reverie/presets"
export XDG_CONFIG_HOME="$work/config"
for call in '|octaves = 5' '--octaves 4|octaves = 4' '--preset pagodas|octaves = 5' '--preset carvings|octaves = 4'; do
	# shellcheck disable=SC2086
	elsewhere ${call%|*} --save-preset "$work/own.preset" --force
	if [ "$code" = 0 ] && grep -qx "${call#*|}" "$work/own.preset" && grep -qx 'network googlenet' "$work/own.preset"; then
		ok "own settings where none are given: ${call%|*}"
	else
		not_ok "own settings where none are given: ${call%|*}" "$(grep -e octaves -e network "$work/own.preset" | tr '\n' ' ')"
	fi
done
finish
