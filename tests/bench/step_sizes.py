#!/usr/bin/python3
"""What a gradient step costs per pixel of pictures from small to large, which should be the same:

    step_sizes.py [--program build/reverie-bench] [--layer mixed5] [--sizes 256x192,1920x1080] [--rounds 5]

All sizes are timed in turns by `reverie-bench step`. A row shows the median and the least of the rounds'
medians, per million pixels; the last line, by how much the dearest size is above the cheapest. What
else the machine does meanwhile meets all sizes, but not at once: see that the load stays low.
"""

import argparse
import os
import statistics
import sys
from pathlib import Path

import reverie_bench

ROOT = Path(__file__).resolve().parent.parent.parent


def milliseconds_per_megapixel(options, size):
    width, height, milliseconds = reverie_bench.step(options.program, "--layer", options.layer,
                                                     "--size", size)
    return milliseconds * 1e6 / (width * height)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "build" / "reverie-bench"))
    parser.add_argument("--layer", default="mixed5")
    parser.add_argument("--sizes", default="256x192,512x384,640x480,1024x768,1920x1080")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    sizes = options.sizes.split(",")
    costs = {size: [] for size in sizes}
    try:
        for size in sizes:  # builds kernels and caches, uncounted
            milliseconds_per_megapixel(options, size)
        for _ in range(options.rounds):
            for size in sizes:
                costs[size].append(milliseconds_per_megapixel(options, size))
    except RuntimeError as trouble:
        sys.exit(f"step_sizes.py: {trouble}")
    medians = [statistics.median(costs[size]) for size in sizes]
    for size, median in zip(sizes, medians):
        print(f"step_sizes {options.layer} {size} median_ms_per_megapixel={median:.0f}"
              f" least={min(costs[size]):.0f}")
    print(f"step_sizes {options.layer} spread={max(medians) / min(medians) - 1:.3f}"
          f" load={os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
