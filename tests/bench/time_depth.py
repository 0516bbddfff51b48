#!/usr/bin/python3
"""Measures whether a dream stays alive over a clip.

At 25, 50, 75 and 97 % of the clip, and at four octaves:
    depth = (A(dreamed) - A(frame)) / (A(dreamed alone) - A(frame))
A being the mean square of what is dreamed of, as `reverie-bench depth` prints it, and "dreamed
alone" the same frame by itself (--time off). What such a dream finds is partly chance: `doubt` is by
which part of depth two neighbouring frames dreamed alone differ, divided by the root of 2. Besides:
flicker, the excess warping error (OpenCV's DIS medium along the source, outside its occlusions) for
that of frames dreamed alone, both divided by strength; strength, and its bands from fine to coarse,
for those of frames dreamed alone; and what a frame that inherits costs, on average, for one dreamed
alone in the same run.

    tests/bench/time_depth.py CLIP... [--width 320] [--frames N] [--loop SECONDS] [-- OPTION...]

The options go to reverie: network, layer, objective, any setting. --loop plays the clip back and forth
for as long, and tells how far depth, brightness and saturation stray from those of 5 s. --keep FOLDER
writes the frames it looked at, as source, dream and dream alone. Frames dreamed alone are slow; they
are kept in --cache FOLDER, if there is one."""

import argparse
import hashlib
import os
import re
import subprocess
import sys
import tempfile

import cv2
import numpy as np

import command_line
from time_common import REVERIE_BENCH, clip_rate, dream, flow_to_past, read_clip, strength, warp, write_video

PLACES = (0.25, 0.5, 0.75, 0.97)
BANDS = 5
# Options of time change nothing in frames dreamed alone.
TIMED = ("--inherit", "--decay", "--polarity", "--warm-steps", "--warm-octaves", "--carry", "--flow",
         "--flow-skip", "--cut", "--drift", "--zoom", "--rotate", "--pan-x", "--pan-y")


def without_time(options):
    """Options, without those of time and their values."""
    kept, words = [], iter(options)
    for word in words:
        if word in TIMED:
            next(words)
        elif word.split("=")[0] not in TIMED:
            kept.append(word)
    return kept


def dreamed_alone(frames, options, cache):
    """Each of the frames dreamed by itself; from the cache where it is there."""
    options = without_time(options)
    path = None
    if cache:
        key = hashlib.sha256(repr((options, frames[0].shape)).encode())
        for frame in frames:
            key.update(frame.tobytes())
        path = os.path.join(cache, key.hexdigest()[:24] + ".npy")
        if os.path.exists(path):
            return list(np.load(path))
    dreamed = dream(frames, *options, "--time", "off")
    if path:
        os.makedirs(cache, exist_ok=True)
        np.save(path, np.array(dreamed))
    return dreamed


def worths(frames, options):
    """What the network sees in each frame at each size, [frame][size]."""
    with tempfile.NamedTemporaryFile(suffix=".mkv") as file:
        write_video(file.name, frames)
        text = subprocess.check_output([REVERIE_BENCH, "depth", file.name, "--frames", "100000",
                                        *without_time(options)], text=True)
    return np.array([[float(value) for value in re.findall(r"x\d+=(\S+)", line)]
                     for line in text.splitlines() if line.startswith("depth ")])


def gains(frames, dreamed, alone, options):
    """How much more the network sees in a dream than in its frame, and in a frame dreamed alone: each
    [frame][size]."""
    worth = worths([*frames, *dreamed, *alone], options)
    plain, with_time, by_itself = np.split(worth, 3)
    return with_time - plain, by_itself - plain


def depths(frames, dreamed, alone, options):
    """[frame][size]"""
    gained, gained_alone = gains(frames, dreamed, alone, options)
    return gained / gained_alone


def doubt(gained_alone):
    """How far depth at each size is a matter of chance, as a part of it: two neighbouring frames show
    nearly the same, so what one gained by its dream alone should differ little from the other's."""
    apart = np.log(gained_alone[1::2] / gained_alone[::2])
    return np.sqrt(np.mean(apart ** 2, 0) / 2)


def bands(frame, dreamed):
    """RMS of the detail in each band of a Laplacian pyramid, fine to coarse."""
    level, found = dreamed.astype(np.float32) - frame, []
    for _ in range(BANDS - 1):
        coarse = cv2.pyrDown(level)
        found.append(np.sqrt(np.mean((level - cv2.pyrUp(coarse, dstsize=level.shape[1::-1])) ** 2)))
        level = coarse
    return np.array([*found, np.sqrt(np.mean(level ** 2))])


def warping_error(past, frame, pictures):
    """How much further than the frame itself its dream is from the last one carried along."""
    flow, same = flow_to_past(past, frame)

    def error(before, now):
        gap = (now.astype(np.float32) - warp(before.astype(np.float32), flow))[same]
        return float(np.sqrt(np.mean(gap ** 2)))
    return error(*pictures) - error(past, frame)


def saturation(frame):
    frame = frame.astype(np.float32)
    return float((frame.max(2) - frame.min(2)).mean())


def cost(frames, rate, options):
    """Mean time of a frame that inherits, and median of one dreamed alone: their ratio, of one run."""
    with tempfile.NamedTemporaryFile(suffix=".mkv") as file:
        write_video(file.name, frames, rate)
        text = subprocess.check_output([REVERIE_BENCH, "time", file.name, "--quiet", *options], text=True)
    return float(re.search(r"warm_part=([0-9.]+)", text)[1])


def there_and_back(clip, count):
    frames = clip + clip[-2:0:-1]
    return (frames * (count // len(frames) + 1))[:count]


def numbers(values, digits=2):
    return " ".join(f"{value:.{digits}f}" for value in values)


def keep(folder, name, places, **kinds):
    os.makedirs(folder, exist_ok=True)
    for kind, pictures in kinds.items():
        for at, picture in zip(places, pictures):
            cv2.imwrite(os.path.join(folder, f"{name}_{at:04d}_{kind}.png"), picture)


def label_of(name):
    return os.path.splitext(os.path.basename(name))[0]


def look(name, arguments):
    rate, options = clip_rate(name), arguments.options
    frames = read_clip(name, arguments.width, arguments.frames)
    last = len(frames) - 1
    dreamed = dream(frames, *options, rate=rate)
    places = [max(1, round(part * last)) for part in PLACES]
    pairs = [at + step for at in places for step in (-1, 0)]
    alone = dreamed_alone([frames[i] for i in pairs], options, arguments.cache)
    at_places = alone[1::2]
    gained, gained_alone = gains([frames[i] for i in pairs], [dreamed[i] for i in pairs], alone, options)
    depth = (gained / gained_alone)[1::2]
    excess = np.mean([warping_error(a, b, pair)
                      for a, b, pair in zip(frames, frames[1:], zip(dreamed, dreamed[1:]))])
    alone_excess = np.mean([warping_error(frames[at - 1], frames[at], alone[2 * i:2 * i + 2])
                            for i, at in enumerate(places)])
    strong = np.mean([strength(frames[i], dreamed[i]) for i in pairs])
    strong /= np.mean([strength(frames[i], dream) for i, dream in zip(pairs, alone)])
    balance = (np.mean([bands(frames[i], dreamed[i]) for i in places], 0) /
               np.mean([bands(frames[i], dream) for i, dream in zip(places, at_places)], 0))
    flicker = excess / alone_excess / strong
    if arguments.keep:
        keep(arguments.keep, label_of(name), places, source=[frames[i] for i in places],
             dream=[dreamed[i] for i in places], alone=at_places)
    part = cost(frames[:arguments.cost_frames], rate, options) if arguments.cost_frames else 0
    print(f"depth {label_of(name)} {arguments.width} frames={len(frames)} at "
          + " | ".join(f"{part:.0%} {numbers(row)}" for part, row in zip(PLACES, depth))
          + f" least={numbers(depth.min(0))} doubt={numbers(doubt(gained_alone))} flicker={flicker:.3f} "
          f"strength={strong:.2f} bands={numbers(balance)} cost={part:.3f}", flush=True)
    return (depth.min(0) >= [0.9, 1, 1, 1]).all() and flicker <= 0.12 and part <= 0.12 and \
        (balance >= 0.7).all() and (balance <= 1.4).all()


def loop(name, arguments):
    """The clip back and forth for --loop seconds; the same frame again and again is looked at."""
    rate, options = clip_rate(name), arguments.options
    clip = read_clip(name, arguments.width, arguments.frames)
    period, count = 2 * len(clip) - 2, int(arguments.loop * rate)
    frames = there_and_back(clip, count)
    dreamed = dream(frames, *options, rate=rate)
    first = int(5 * rate)
    while first >= period:
        first -= period
    places = list(range(first, count, period))
    while places and places[0] < 4 * rate:
        places.pop(0)
    alone = dreamed_alone([frames[places[0]]], options, arguments.cache)
    depth = depths([frames[i] for i in places], [dreamed[i] for i in places], alone * len(places), options)
    bright = np.array([dreamed[i].mean() for i in places])
    colour = np.array([saturation(dreamed[i]) for i in places])
    strayed = (np.abs(depth / depth[0] - 1).max(), np.abs(bright / bright[0] - 1).max(),
               np.abs(colour / colour[0] - 1).max())
    print(f"loop {label_of(name)} {arguments.width} frames={count} first={numbers(depth[0])} "
          f"last={numbers(depth[-1])} strayed depth={strayed[0]:.3f} brightness={strayed[1]:.3f} "
          f"saturation={strayed[2]:.3f}", flush=True)
    return strayed[0] <= 0.1 and strayed[1] <= 0.03 and strayed[2] <= 0.03


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("clips", nargs="*", metavar="CLIP")
    parser.add_argument("--frames", type=int, default=100000)
    parser.add_argument("--width", type=int, default=320)
    parser.add_argument("--loop", type=float, default=0, metavar="SECONDS")
    parser.add_argument("--cost-frames", type=int, default=40)
    parser.add_argument("--keep", metavar="FOLDER")
    parser.add_argument("--cache", metavar="FOLDER")
    arguments = command_line.parse(parser)
    clips = arguments.clips or ["gopro_walk", "intel_cars", "skyline", "person_bed"]
    measure = loop if arguments.loop else look
    return not all([measure(name, arguments) for name in clips])


if __name__ == "__main__":
    sys.exit(main())
