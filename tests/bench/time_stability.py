#!/usr/bin/python3
"""Measures what a dream that lives on from frame to frame must hold to: no runaway and no fading over
a clip looped back and forth, cuts found and answered, the cost of warm frames, stillness, identical
runs. Prints one line for each and exits with 1 where one does not hold.

    tests/bench/time_stability.py [--frames 600] [loop|cuts|joins|cost|still|same ...]"""

import argparse
import random
import re
import subprocess
import sys
import tempfile

import cv2
import numpy as np

from time_common import (CLIPS, REVERIE_BENCH, dream, flow_to_past, mean_strength, read_clip, strength, warp,
                         write_video)


def saturation(frame):
    frame = frame.astype(np.float32)
    return float((frame.max(2) - frame.min(2)).mean())


def check(name, holds, text):
    print(f"{name} {'ok' if holds else 'NOT OK'} {text}", flush=True)
    return holds


def loop(arguments):
    """The clip back and forth; every 60th frame is dreamed by itself as well, with the same strength."""
    clip = read_clip("gopro_walk", arguments.width, 100)
    there_and_back = clip + clip[-2:0:-1]
    frames = (there_and_back * (arguments.frames // len(there_and_back) + 1))[:arguments.frames]
    dreamed = dream(frames)
    strengths = [strength(a, b) for a, b in zip(frames, dreamed)]
    first = np.mean(strengths[60:70])
    worst = max(abs(np.mean(strengths[i:i + 10]) / first - 1) for i in range(60, len(frames) - 9))
    chosen = list(range(60, len(frames), 30))
    wanted, step = np.mean([strengths[i] for i in chosen]), 0.02
    for _ in range(4):
        alone = dream([frames[i] for i in chosen], "--time", "off", "--step", f"{step:.5f}")
        found = mean_strength([frames[i] for i in chosen], alone)
        if abs(found / wanted - 1) < 0.01:
            break
        step *= wanted / found
    bright = np.mean([dreamed[i].mean() for i in chosen]) / np.mean([f.mean() for f in alone]) - 1
    colour = (np.mean([saturation(dreamed[i]) for i in chosen]) /
              np.mean([saturation(f) for f in alone]) - 1)
    return check("loop", worst <= 0.15 and abs(bright) <= 0.03 and abs(colour) <= 0.03,
                 f"frames={len(frames)} strength_60={first:.2f} last={np.mean(strengths[-10:]):.2f} "
                 f"worst_change={worst:.3f} alone_strength={found:.2f} brightness={bright:+.4f} "
                 f"saturation={colour:+.4f}")


def correlation(a, b):
    a, b = a.ravel() - a.mean(), b.ravel() - b.mean()
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))


def cuts(arguments):
    """After a cut, the new frame's delta must not show the warped old one's."""
    worst = 0
    for first, second in (("gopro_walk", "intel_cars"), ("skyline", "person_bed"),
                          ("person_bed", "gopro_walk")):
        a, b = (fit(read_clip(name, arguments.width, 12)) for name in (first, second))
        frames = a + b
        dreamed = dream(frames)
        flow, _ = flow_to_past(frames[11], frames[12])
        delta = [dreamed[i].astype(np.float32) - frames[i] for i in (11, 12)]
        found = correlation(delta[1], warp(delta[0], flow))
        worst = max(worst, abs(found))
    return check("cuts", worst <= 0.05, f"worst_correlation={worst:.4f}")


def fit(frames):
    return [cv2.resize(frame, (320, 180), interpolation=cv2.INTER_AREA) for frame in frames]


QUICK = ["--octaves", "1", "--iterations", "1", "--warm-steps", "1", "--frames", "100000"]


def bench_frames(path, *options):
    """What `reverie-bench time` says of each frame: its line."""
    text = subprocess.check_output([REVERIE_BENCH, "time", path, *options], text=True)
    return [line for line in text.splitlines() if line.startswith("frame ")]


def joins(arguments):
    """Random pieces of the clips, end to end."""
    clips = {name: fit(read_clip(name, 320, 400)) for name in CLIPS}
    generator, frames, wanted, last = random.Random(arguments.seed), [], [], None
    for _ in range(41):
        name = generator.choice([other for other in clips if other != last])
        start = generator.randrange(max(1, len(clips[name]) - 6))
        wanted.append(len(frames))
        frames += clips[name][start:start + 6]
        last = name
    with tempfile.NamedTemporaryFile(suffix=".mkv") as file:
        write_video(file.name, frames)
        found = [i for i, line in enumerate(bench_frames(file.name, *QUICK)) if " cut " in line]
    missed, false = set(wanted[1:]) - set(found), set(found) - set(wanted)
    inside = {}
    for name, clip in clips.items():
        with tempfile.NamedTemporaryFile(suffix=".mkv") as file:
            write_video(file.name, clip)
            inside[name] = [i for i, line in enumerate(bench_frames(file.name, *QUICK))
                            if " cut " in line]
    inside = {name: list_of for name, list_of in inside.items() if list_of}
    # The NASA clip has one cut of its own.
    false_inside = {name: list_of for name, list_of in inside.items() if name != "nasa"}
    return check("joins", not missed and not false and not false_inside,
                 f"joins={len(wanted) - 1} missed={len(missed)} false={len(false)} inside={inside}")


def cost(arguments):
    worst = 0
    for name in ("gopro_walk", "intel_cars", "skyline"):
        with tempfile.NamedTemporaryFile(suffix=".mkv") as file:
            write_video(file.name, read_clip(name, arguments.width, 60))
            text = subprocess.check_output([REVERIE_BENCH, "time", file.name, "--quiet"], text=True)
        part = float(re.search(r"warm_part=([0-9.]+)", text)[1])
        print(f"# {name} {text.strip()}")
        worst = max(worst, part)
    return check("cost", worst <= 0.2, f"worst_warm_part={worst:.3f}")


def still(arguments):
    frame = read_clip("skyline", arguments.width, 1)
    dreamed = dream(frame * 100)
    worst = max(int(np.abs(a.astype(int) - b).max()) for a, b in zip(dreamed[20:], dreamed[21:]))
    clip = read_clip("gopro_walk", arguments.width, 30)
    dreamed = dream(clip + clip[-1:] * 60)
    after = max(int(np.abs(a.astype(int) - b).max()) for a, b in zip(dreamed[-20:], dreamed[-19:]))
    return check("still", worst <= 1 and after <= 1,
                 f"largest_change={worst} after_motion_stops={after}")


def same(arguments):
    frames = read_clip("gopro_walk", arguments.width, 30)
    first, second = dream(frames), dream(frames)
    return check("same", all(np.array_equal(a, b) for a, b in zip(first, second)),
                 f"frames={len(frames)}")


PARTS = {"loop": loop, "cuts": cuts, "joins": joins, "cost": cost, "still": still, "same": same}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--frames", type=int, default=600)
    parser.add_argument("--width", type=int, default=320)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    results = [PARTS[name](arguments) for name in arguments.parts or PARTS]
    return not all(results)


if __name__ == "__main__":
    sys.exit(main())
