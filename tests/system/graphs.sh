#!/bin/sh
# The engine on small graphs, against PyTorch and ONNX Runtime (tests/reference/check_graphs.py), and on
# networks of Caffe, against OpenCV (check_caffe.py).
. "$(dirname "$0")/../support/lib.sh"
python=${PYTHON:-/usr/bin/python3}
if "$python" -c 'import numpy, torch' 2>/dev/null; then
	"$python" tests/reference/check_graphs.py "$REVERIE" "$work" || failed=1
else
	skip graphs "$python has no PyTorch and NumPy (on Debian: python3-torch)"
fi
if "$python" -c 'import numpy, onnx, torch' 2>/dev/null; then
	"$python" tests/reference/check_nodes.py "$REVERIE" "$work" || failed=1
else
	skip nodes "$python has no PyTorch and onnx (on Debian: python3-torch, python3-onnx)"
fi
if "$python" -c 'import cv2, numpy' 2>/dev/null; then
	"$python" tests/reference/check_caffe.py "$REVERIE" "$work" || failed=1
else
	skip caffe_networks "$python has no OpenCV (on Debian: python3-opencv)"
fi
finish
