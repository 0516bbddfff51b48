#!/usr/bin/python3
"""compare_arrays.py ACTUAL.npy EXPECTED.npy: prints the relative L2 difference and the cosine."""

import sys

import numpy as np


def main():
    actual, expected = (np.load(path).astype(np.float64) for path in sys.argv[1:3])
    if actual.shape != expected.shape:
        sys.exit(f"compare_arrays: the shapes {actual.shape} and {expected.shape} differ")
    norm = np.linalg.norm(expected)
    cosine = (actual * expected).sum() / (np.linalg.norm(actual) * norm)
    print(f"relative_l2={np.linalg.norm(actual - expected) / norm:.3e} cosine={cosine:.9f}")


if __name__ == "__main__":
    main()
