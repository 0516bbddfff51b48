#!/usr/bin/env python3
"""Compares Reverie's optical flow with OpenCV's dense inverse search (Kroeger et al., ECCV 2016).

    tests/bench/flow_opencv.py [--program build/reverie-bench] [--rounds 5] [--runs 10]

Medium is held against OpenCV's preset "fast", and fine against "medium", on the measured pairs of
the test data ($REVERIE_TEST_DATA, default ../shared/data). Rounds of both take turns, because other
work on the machine disturbs whoever is running; what is printed is the median of the rounds'
medians, and the median of the rounds' ratios. OpenCV is timed from two grey pictures in memory to
the flow, Reverie from two colour pictures on the device to the flow there.
"""
import argparse
import os
import re
import statistics
import subprocess
import sys
import time

import cv2
import numpy

PAIRS = {
    "RubberWhale": ("RubberWhale/frame10.png", "RubberWhale/frame11.png", "RubberWhale/flow10.flo"),
    "Grove2": ("Grove2/frame10.png", "Grove2/frame11.png", "Grove2/flow10.flo"),
    "Urban2": ("Urban2/frame10.png", "Urban2/frame11.png", "Urban2/flow10.flo"),
    "alley_1": ("sintel_alley_1/frame_0002.png", "sintel_alley_1/frame_0003.png",
                "sintel_alley_1/frame_0002.flo"),
}
# Reverie's quality, and what it is held against.
RIVALS = {
    "medium": ("DIS fast", cv2.DISOPTICAL_FLOW_PRESET_FAST),
    "fine": ("DIS medium", cv2.DISOPTICAL_FLOW_PRESET_MEDIUM),
}
UNKNOWN = 1e9


def read_flo(path):
    with open(path, "rb") as file:
        magic, = numpy.fromfile(file, "<f4", 1)
        width, height = numpy.fromfile(file, "<i4", 2)
        if magic != 202021.25:
            sys.exit(f"{path} is no .flo file")
        return numpy.fromfile(file, "<f4", width * height * 2).reshape(height, width, 2)


def end_point_error(flow, truth):
    known = numpy.abs(truth).max(axis=2) <= UNKNOWN
    return float(numpy.sqrt(((flow - truth) ** 2).sum(axis=2))[known].mean())


def run_opencv(preset, first, second, truth, runs):
    """Mean end-point error, and the median of the milliseconds of some runs."""
    search = cv2.DISOpticalFlow_create(preset)
    flow = search.calc(first, second, None)
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        flow = search.calc(first, second, None)
        times.append((time.perf_counter() - start) * 1e3)
    return end_point_error(flow, truth), statistics.median(times)


def run_reverie(program, quality, paths, runs):
    first, second, truth = paths
    command = [program, "flow", first, second, "--truth", truth, "--quality", quality,
               "--runs", str(runs)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return (float(re.search(r"epe=([\d.]+)", output)[1]),
            float(re.search(r"median_ms=([\d.]+)", output)[1]))


def compare(program, quality, paths, rounds, runs):
    name, preset = RIVALS[quality]
    first, second = (cv2.imread(path, cv2.IMREAD_GRAYSCALE) for path in paths[:2])
    truth = read_flo(paths[2])
    theirs, ours = [], []
    for _ in range(rounds):
        theirs.append(run_opencv(preset, first, second, truth, runs))
        ours.append(run_reverie(program, quality, paths, runs))
    ratio = statistics.median(o[1] / t[1] for o, t in zip(ours, theirs))
    print(f"  {quality:6} {ours[0][0]:.4f} px {statistics.median(o[1] for o in ours):6.1f} ms"
          f"   {name:10} {theirs[0][0]:.4f} px {statistics.median(t[1] for t in theirs):6.1f} ms"
          f"   time {ratio:.2f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default="build/reverie-bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--runs", type=int, default=10)
    options = parser.parse_args()
    data = os.path.join(os.environ.get("REVERIE_TEST_DATA", "../shared/data"), "flow")
    for name, files in PAIRS.items():
        print(name)
        for quality in RIVALS:
            compare(options.program, quality, [os.path.join(data, file) for file in files],
                    options.rounds, options.runs)


if __name__ == "__main__":
    main()
