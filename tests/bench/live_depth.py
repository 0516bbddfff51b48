#!/usr/bin/python3
"""Measures how deep what a live session showed is: depth as tests/bench/time_depth.py has it, of a
recording, at four octaves, 480 wide unless told otherwise, and at 25, 50, 75 and 97 % of it.

    tests/bench/live_depth.py RECORDING CLIP [--width 480] [--keep FOLDER] [--cache FOLDER] [-- OPTION...]

Which frame of the clip a recorded one shows is found by looking: the one that it differs from least
when both are blurred. The options, those of the session, go to reverie. Exit code 1 where a depth in
the second half is below 0.5."""

import argparse
import sys

import cv2
import numpy as np

import command_line
from time_common import read_clip
from time_depth import PLACES, depths, dreamed_alone, keep, numbers


def blurred(frame):
    return cv2.resize(frame, (48, 36), interpolation=cv2.INTER_AREA).astype(np.float32)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("recording")
    parser.add_argument("clip")
    parser.add_argument("--width", type=int, default=480)
    parser.add_argument("--keep", metavar="FOLDER")
    parser.add_argument("--cache", metavar="FOLDER")
    arguments = command_line.parse(parser)
    shown = read_clip(arguments.recording, arguments.width, 100000)
    clip = read_clip(arguments.clip, arguments.width, 100000)
    small = np.array([blurred(frame) for frame in clip])
    places = [round(part * (len(shown) - 1)) for part in PLACES]
    dreamed = [shown[i] for i in places]
    sources = [clip[int(np.abs(small - blurred(frame)).mean((1, 2, 3)).argmin())] for frame in dreamed]
    alone = dreamed_alone(sources, arguments.options, arguments.cache)
    depth = depths(sources, dreamed, alone, arguments.options)
    if arguments.keep:
        keep(arguments.keep, "live", places, source=sources, dream=dreamed, alone=alone)
    print(f"live_depth {arguments.width} frames={len(shown)} at "
          + " | ".join(f"{part:.0%} {numbers(row)}" for part, row in zip(PLACES, depth)), flush=True)
    return not (depth[2:] >= 0.5).all()


if __name__ == "__main__":
    sys.exit(main())
