#!/bin/sh
# Puts together what a machine needs that has an OpenCL driver and nothing else of ours:
#
#     tests/bundle/make.sh BUILD FOLDER
#
# FOLDER is made anew: programs and libraries, this machine's ld.so and libc for hosts whose own is older, the networks up
# to the layers that are measured, arrays of these as this machine's first device computes them, the kernels,
# and tests/bundle/run, which runs it all.
set -e
cd "$(dirname "$0")/../.."
build=$1 folder=$2
networks=${REVERIE_TEST_DATA:-../shared/data}/nets

rm -rf "$folder"
mkdir -p "$folder/bin/tests" "$folder/lib/cxx" "$folder/lib/libc" "$folder/models" "$folder/arrays" "$folder/peer"

# ---- programs ----

strip -o "$folder/bin/reverie-bench" "$build/tests/bundle/reverie-bench"
find tests/unit/engine -name '*.c' | sed 's/\.c$//' | while read -r test; do
	name=$(echo "${test#tests/unit/engine/}" | tr / .)
	strip -o "$folder/bin/tests/$name" "$build/$test"
done
cp tests/bundle/run "$folder/run"
chmod +x "$folder/run"

# ---- libraries ----

# A process has one libc and one libstdc++: those of the host are taken where they are new enough for our
# programs, since its driver may need newer ones than this machine has.
ldd "$folder/bin/reverie-bench" | awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^\//) print $i }' | while read -r library; do
	case $library in
	*/ld-linux-x86-64.so.2 | */libc.so.6 | */libm.so.6) cp -L "$library" "$folder/lib/libc" ;;
	*/libstdc++.so.6 | */libgcc_s.so.1) cp -L "$library" "$folder/lib/cxx" ;;
	*) cp -L "$library" "$folder/lib" ;;
	esac
done
# Of the same libc, and wanted by libraries older than it that a driver may bring.
libc=$(ldd "$folder/bin/reverie-bench" | sed -n 's/.*libc.so.6 => \(.*\)\/libc.so.6 .*/\1/p')
for library in libdl.so.2 libpthread.so.0 librt.so.1 libutil.so.1 libresolv.so.2; do
	cp -L "$libc/$library" "$folder/lib/libc"
done

# ---- networks, and what they see ----

# The program, with what it needs there to run as here.
bench() {
	"$folder/bin/reverie-bench" "$@" --cache "$build/bundle-cache"
}
cut() { # NETWORK LAYER NAME
	node tests/bundle/cut_network.js "$1" "$2" "$folder/models/$3.onnx"
}
keep() { # NAME FORMAT LAYER SIZE: run reads the same words
	bench keep "$folder/arrays" --precision float --model "$folder/models/$1.onnx" --input-format "$2" --layer "$3" --size "$4"
	echo "$*" >>"$folder/arrays/list"
}
: >"$folder/arrays/list"
if [ -f models/inception_v3.onnx ]; then
	cut models/inception_v3.onnx mixed7 inception_v3
	keep inception_v3 file mixed5 256x192
	keep inception_v3 file mixed7 227x149
fi
if [ -f "$networks/bvlc_googlenet.onnx" ]; then
	cut "$networks/bvlc_googlenet.onnx" inception_4e/output googlenet
	keep googlenet caffe-bgr inception_4c/output 256x192
fi

# ---- kernels, and the peer ----

for shader in shaders/*/*.cl*; do
	mkdir -p "$folder/$(dirname "$shader")"
	cp "$shader" "$folder/$shader"
done
cp tests/bench/peer.py tests/bench/step_torch.py tests/bench/reverie_bench.py tests/reference/onnx_reader.py \
	tests/reference/torch_operators.py "$folder/peer"
