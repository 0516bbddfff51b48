#!/bin/sh
# The networks of torchvision, as its users export them, against PyTorch (tests/reference/check_torchvision.py).
. "$(dirname "$0")/../support/lib.sh"
python=${PYTHON:-/usr/bin/python3}
if "$python" -c 'import numpy, torch, torchvision' 2>/dev/null; then
	"$python" tests/reference/check_torchvision.py "$REVERIE" "$work" || failed=1
else
	skip torchvision_networks "$python has no torchvision (on Debian: python3-torchvision)"
fi
finish
