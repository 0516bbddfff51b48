#!/bin/sh
# Holds the two judges of tests/reference against each other: every operator, and a layer of each
# network. Needs onnxruntime-node (see reference_onnx.js) and PyTorch; skipped where they are not.
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
data=${REVERIE_TEST_DATA:-../shared/data}
python=${PYTHON:-/usr/bin/python3}
reference=tests/reference
failed=0

skip_all() {
	echo "skip judges: $1"
	exit 0
}

# A picture of noise, as the network would see a photograph's range.
write_input() { # WIDTH HEIGHT AMPLITUDE
	"$python" - "$@" "$work/input.npy" <<-'END'
		import sys
		import numpy as np
		width, height, amplitude = map(int, sys.argv[1:4])
		noise = np.random.default_rng(1).uniform(-amplitude, amplitude, (3, height, width))
		np.save(sys.argv[4], noise.astype("<f4"))
	END
}

judges_agree() { # MODEL LAYER
	node $reference/reference_onnx.js "$1" "$2" "$work/input.npy" "$work/onnx.npy" &&
		"$python" $reference/reference_torch.py "$1" "$2" "$work/input.npy" --activation "$work/torch.npy" &&
		"$python" $reference/compare_arrays.py "$work/torch.npy" "$work/onnx.npy" >"$work/said" &&
		awk -F '[= ]' '{ exit !($2 < 1e-5) }' "$work/said"
}

test_network() { # MODEL LAYER WIDTH HEIGHT AMPLITUDE
	name=judges_$(basename "$1" .onnx)
	if [ ! -r "$1" ]; then
		echo "skip $name: $1 is not there"
		return
	fi
	: >"$work/said"
	if write_input "$3" "$4" "$5" && judges_agree "$1" "$2"; then echo "ok $name"; else
		sed 's/^/# /' "$work/said"
		echo "not ok $name"
		failed=1
	fi
}

command -v node >/dev/null 2>&1 || skip_all 'node is not installed'
"$python" -c 'import numpy, torch' 2>/dev/null || skip_all "$python has no PyTorch and NumPy"
node -e 'require(process.env.ORT_NODE_MODULES ? process.env.ORT_NODE_MODULES + "/onnxruntime-node" : "onnxruntime-node")' \
	2>/dev/null || skip_all 'onnxruntime-node is not there (see ORT_NODE_MODULES in reference_onnx.js)'

node $reference/make_operator_cases.js "$work" || failed=1
"$python" $reference/check_operators.py "$work" || failed=1
test_network models/inception_v3.onnx mixed7 200 160 1
test_network "$data/nets/bvlc_googlenet.onnx" inception_4c/output 224 160 120
test_network "$data/nets/SqueezeNet_fp16.onnx" fire8/concat_1 200 224 120
exit $failed
