#!/usr/bin/python3
"""Holds torch_operators.py against ONNX Runtime: check_operators.py FOLDER, with the files that
make_operator_cases.js wrote. Prints "ok NAME" or "not ok NAME" for each; exit code 2 where PyTorch
or NumPy is not there."""

import sys
from pathlib import Path

import reference_torch  # ends with exit code 2 itself, where something is missing
import numpy as np
import torch

import onnx_reader

TOLERANCE = 1e-6  # a few roundings of float32; values are near 1, sums have up to 200 terms


def largest_difference(model_path):
    expected = np.load(model_path.with_suffix(".output.npy"))
    picture = np.load(model_path.with_suffix(".input.npy"))
    model = onnx_reader.read_model(model_path)
    activation, _ = reference_torch.activation_and_gradient(model, "y", picture, torch.float64)
    if activation.shape != expected.shape:
        return float("inf")
    return np.abs(activation - expected).max() / max(1, np.abs(expected).max())


def main():
    failed = False
    for model_path in sorted(Path(sys.argv[1]).glob("*.onnx")):
        difference = largest_difference(model_path)
        good = difference < TOLERANCE
        failed |= not good
        if not good:
            print(f"# differs by {difference:.2g}")
        print(f"{'ok' if good else 'not ok'} judges_{model_path.stem}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
