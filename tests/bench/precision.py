#!/usr/bin/python3
"""Judges whether a way to multiply keeps the dream: `--precision NAME` against `--precision float`.

Ten photographs (those there are, then first frames of clips) are dreamed both ways, and a clip with time, each with
several seeds. By the eyes of the network in float, at each octave's size,
    gain = (A(dreamed so) - A(picture)) / (A(dreamed in float) - A(picture))
A being the mean square of what is dreamed of, as `reverie-bench depth` prints it. A line for each photograph, and for
each fourth of the clip, tells the gains, largest octave first, and how strong each band of the detail is for that of
float, fine to coarse. The way keeps the dream if the means over all photographs, and those over the clip, gain at least
0.98 in every octave and have all bands within 3 %: a single dream goes its own way from the first ReLU that turns, as
two dreams in float do that add in other orders. errors= says how far chance may move the means of the gains.
--again shows that: float against itself with another way of convolving. A gain of one dream is off by a tenth or more
in the smallest octaves, so that an error of 0.02 leaves a way open; it halves with four times the seeds. --record keeps
what each seed gave, and does not dream it again: a judgement may go on another day, or be made by several at once with
other first seeds.

    tests/bench/precision.py [--precision bfloat16-backward] [--again] [--width 320] [--photographs 10] [--seeds 6]
                             [--first-seed 1] [--clip NAME] [--frames 48] [--keep FOLDER] [--record FOLDER]
                             [-- OPTION...]

The options go to reverie: network, layer, any setting. --keep writes what was dreamed, beside float's; a folder of
--record is of one way, one network and one width.
Exit code 1: it does not keep the dream."""

import argparse
import glob
import os
import sys

import cv2
import numpy as np

import command_line
from time_common import CLIPS, DATA, dream, read_clip
from time_depth import bands, depths, numbers

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
    return found


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


def keep(folder, names, plain, other):
    if folder:
        os.makedirs(folder, exist_ok=True)
        for name, *pair in zip(names, plain, other):
            cv2.imwrite(os.path.join(folder, f"{name}.png"), np.hstack(pair))


def judge_seed(frames, names, arguments, seed, *options):
    plain, other = dream_both(frames, arguments, *options, "--seed", str(seed))
    keep(arguments.keep, names, plain, other)
    return compare(frames, plain, other, arguments)


def recorded(path, judgement):
    """From the file, or judged now and written there; no path: judged now."""
    if path and os.path.exists(path):
        with np.load(path) as file:
            return file["gains"], file["parts"]
    gains, parts = judgement()
    if path:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        np.savez(path, gains=gains, parts=parts)
    return gains, parts


def judge(frames, names, what, arguments, *options):
    """Of each seed: gains [seed][frame][size], parts of bands [seed][frame][band]."""
    found = []
    for seed in range(arguments.first_seed, arguments.first_seed + arguments.seeds):
        path = arguments.record and os.path.join(arguments.record, f"{what}-{seed}.npz")
        found.append(recorded(path, lambda: judge_seed(frames, names, arguments, seed, *options)))
    return (np.array(values) for values in zip(*found))


def say(arguments, name, gains, parts):
    print(f"precision {arguments.precision} {name} gains={numbers(gains, 3)} bands={numbers(parts, 3)}", flush=True)


def conclude(arguments, what, gains, parts, samples):
    """Of the means over all, with the standard error of gains that are samples of their own; whether they keep it."""
    error = np.std(np.log(samples), 0) / np.sqrt(len(samples))
    gains, parts = (mean(values.reshape(-1, values.shape[-1])) for values in (gains, parts))
    kept = (gains >= GAIN_LEAST).all() and np.abs(parts - 1).max() <= BANDS_MOST
    say(arguments, f"all {what} seeds={arguments.seeds} errors={numbers(error, 3)} keeps={'yes' if kept else 'no'}",
        gains, parts)
    return kept


def judge_photographs(arguments):
    found = photographs(arguments.width)[:arguments.photographs]
    if not found:
        sys.exit("precision: there are no photographs to judge by")
    names, frames = zip(*found)
    gains, parts = judge(frames, names, f"photographs{len(names)}", arguments, "--time", "off")
    for i, name in enumerate(names):
        say(arguments, name, mean(gains[:, i]), mean(parts[:, i]))
    return conclude(arguments, f"photographs={len(names)}", gains, parts, gains.reshape(-1, gains.shape[-1]))


def judge_clip(arguments):
    frames = read_clip(arguments.clip, arguments.width, arguments.frames)
    names = [f"{arguments.clip}-{number:04d}" for number in range(len(frames))]
    gains, parts = judge(frames, names, f"{arguments.clip}{len(frames)}", arguments)
    for number, places in enumerate(np.array_split(np.arange(len(frames)), 4), 1):
        say(arguments, f"{arguments.clip} fourth={number}", mean(mean(gains[:, places])), mean(mean(parts[:, places])))
    # The frames of a clip are one dream.
    return conclude(arguments, f"clip={arguments.clip} frames={len(frames)}", gains, parts,
                    np.array([mean(gain) for gain in gains]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--precision", default="bfloat16-backward")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--width", type=int, default=320)
    parser.add_argument("--photographs", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--clip", default="gopro_walk")
    parser.add_argument("--frames", type=int, default=48)
    parser.add_argument("--keep", metavar="FOLDER")
    parser.add_argument("--record", metavar="FOLDER")
    arguments = command_line.parse(parser)
    kept = not arguments.photographs or judge_photographs(arguments)
    kept = (not arguments.frames or judge_clip(arguments)) and kept
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
