#!/bin/sh
# The engine on small graphs, against PyTorch and ONNX Runtime (tests/reference/check_graphs.py).
. "$(dirname "$0")/../support/lib.sh"
python=${PYTHON:-/usr/bin/python3}
if "$python" -c 'import numpy, torch' 2>/dev/null; then
	"$python" tests/reference/check_graphs.py "$REVERIE" "$work" || failed=1
else
	skip graphs "$python has no PyTorch and NumPy (on Debian: python3-torch)"
fi
finish
