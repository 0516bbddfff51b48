#!/usr/bin/python3
"""Judges whether a way to multiply keeps the dream: `--precision NAME` against `--precision float`.

Ten photographs (those there are, then first frames of clips) are dreamed both ways, and a clip with time. By the
eyes of the network in float, at each octave's size,
    gain = (A(dreamed so) - A(picture)) / (A(dreamed in float) - A(picture))
A being the mean square of what is dreamed of, as `reverie-bench depth` prints it. A line for each photograph tells
the gains, largest octave first, and how strong each band of the detail is for that of float, fine to coarse; so does
one for each fourth of the clip. The way keeps the dream if the photographs gain at least 0.98 in every octave and
the bands are within 3 %, each on average over the photographs, and so on over the clip: one dream goes its own way
from the first ReLU that turns, up or down, as two dreams in float do that add in other orders. --again judges
that: float against itself with another way of convolving.

    tests/bench/precision.py [--precision bfloat16] [--again] [--width 320] [--clip NAME] [--frames 48]
                             [--keep FOLDER] [-- OPTION...]

The options go to reverie: network, layer, any setting. --keep writes what was dreamed, side by side with float's.
Exit code 1: it does not keep the dream."""

import argparse
import glob
import os
import sys

import cv2
import numpy as np

from time_common import CLIPS, DATA, dream, read_clip
from time_depth import SIZES, bands, depths, numbers

PHOTOGRAPHS = 10
GAIN_LEAST, BANDS_MOST = 0.98, 0.03


def cut_to(picture, width):
    """The middle of a picture, 4 by 3."""
    height, across = width * 3 // 4, picture.shape[1]
    side = min(across, picture.shape[0] * 4 // 3)
    left, top = (across - side) // 2, (picture.shape[0] - side * 3 // 4) // 2
    return cv2.resize(picture[top:top + side * 3 // 4, left:left + side], (width, height), interpolation=cv2.INTER_AREA)


def photographs(width):
    """Names and pictures, uint8 BGR."""
    found = []
    for path in sorted(glob.glob(os.path.join(DATA, "photos", "*"))):
        picture = cv2.imread(path, cv2.IMREAD_COLOR)
        if picture is not None:
            found.append((os.path.basename(path), cut_to(picture, width)))
    for name, file in CLIPS.items():
        if os.path.exists(os.path.join(DATA, "clips", file)):
            found.append((name, cut_to(read_clip(name, 2 * width, 1)[0], width)))
    return found[:PHOTOGRAPHS]


def mean(ratios):
    """The geometric one, which is 1 where neither side gains more."""
    return np.exp(np.log(ratios).mean(0))


def dream_both(frames, arguments, *options):
    """In float, and in what is to be judged."""
    other = ["float", "--conv", "direct"] if arguments.again else [arguments.precision]
    return (dream(frames, *arguments.options, *options, "--precision", "float"),
            dream(frames, *arguments.options, *options, "--precision", *other))


def compare(frames, plain, other, arguments):
    """Gains [frame][size] and parts of bands [frame][band]."""
    gains = depths(frames, other, plain, [*arguments.options, "--precision", "float"])
    parts = np.array([bands(frame, b) / bands(frame, a) for frame, a, b in zip(frames, plain, other)])
    return gains, parts


def keep(folder, name, plain, other):
    if folder:
        os.makedirs(folder, exist_ok=True)
        cv2.imwrite(os.path.join(folder, f"{name}.png"), np.hstack([plain, other]))


def judge_photographs(arguments):
    names, frames = zip(*photographs(arguments.width))
    found = []
    for seed in range(1, arguments.seeds + 1):
        plain, other = dream_both(frames, arguments, "--time", "off", "--seed", str(seed))
        found.append(compare(frames, plain, other, arguments))
    gains, parts = (mean(np.array(values)) for values in zip(*found))
    for name, a, b, gain, part in zip(names, plain, other, gains, parts):
        print(f"precision {arguments.precision} {name} gains={numbers(gain, 3)} bands={numbers(part, 3)}", flush=True)
        keep(arguments.keep, name, a, b)
    error = np.std(np.log([gain for gain, _ in found]), (0, 1)) / np.sqrt(len(names) * arguments.seeds)
    return mean(gains), mean(parts), f"photographs={len(names)} seeds={arguments.seeds} error={numbers(error, 3)}"


def judge_clip(arguments):
    frames = read_clip(arguments.clip, arguments.width, arguments.frames)
    plain, other = dream_both(frames, arguments)
    gains, parts = compare(frames, plain, other, arguments)
    for number, part in enumerate(np.array_split(np.arange(len(frames)), 4), 1):
        print(f"precision {arguments.precision} {arguments.clip} fourth={number} gains={numbers(mean(gains[part]), 3)} "
              f"bands={numbers(mean(parts[part]), 3)}", flush=True)
    keep(arguments.keep, arguments.clip, plain[-1], other[-1])
    return mean(gains), mean(parts), f"clip={arguments.clip} frames={len(frames)}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--precision", default="bfloat16")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--width", type=int, default=320)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--clip", default="gopro_walk")
    parser.add_argument("--frames", type=int, default=48)
    parser.add_argument("--keep", metavar="FOLDER")
    parser.add_argument("options", nargs="*", metavar="-- OPTION")
    arguments = parser.parse_args()
    kept = True
    for judge in (judge_photographs, judge_clip):
        if judge == judge_clip and not arguments.frames:
            continue
        gains, parts, of = judge(arguments)
        apart = np.abs(parts - 1).max()
        kept = kept and (gains >= GAIN_LEAST).all() and apart <= BANDS_MOST
        print(f"precision {arguments.precision} all {of} sizes={SIZES} gains={numbers(gains, 3)} "
              f"bands={numbers(parts, 3)} keeps={'yes' if kept else 'no'}", flush=True)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
