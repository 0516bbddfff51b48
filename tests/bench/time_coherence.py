#!/usr/bin/python3
"""Measures how much a dreamed video flickers.

The warping error is the RMS difference, of 255, between a dreamed frame and the one before it
carried along the flow of the source (OpenCV's DIS medium), outside the source's occlusions. From it
the source's own is taken. The same is measured for frames dreamed one by one, with a step that gives
the same mean strength within 10 %, and the ratio is what counts.

    tests/bench/time_coherence.py [--frames 150] [--width 320] [CLIP...] [-- OPTION...]

The options go to both dreams; those that begin with --step are scaled to match the strength."""

import argparse
import sys

import numpy as np

import command_line
from time_common import clip_rate, dream, flow_to_past, mean_strength, read_clip, warp


def warping_errors(flows, frames):
    """Mean over frames of the RMS and of the mean absolute difference."""
    squares, absolutes = [], []
    for (flow, same), past, frame in zip(flows, frames, frames[1:]):
        gap = (frame.astype(np.float32) - warp(past.astype(np.float32), flow))[same]
        squares.append(np.sqrt(np.mean(gap ** 2)))
        absolutes.append(np.mean(np.abs(gap)))
    return np.array([np.mean(squares), np.mean(absolutes)])


def dream_of_strength(frames, wanted, step, options, rate):
    """Frames dreamed one by one with the given mean strength (10 %); and the step it took."""
    for _ in range(6):
        dreamed = dream(frames, "--time", "off", "--step", f"{step:.5f}", *options, rate=rate)
        found = mean_strength(frames, dreamed)
        print(f"# step {step:.4f}: strength {found:.2f} of {wanted:.2f}", file=sys.stderr)
        if abs(found / wanted - 1) <= 0.1:
            break
        step *= wanted / found
    return dreamed, found, step


def measure(name, arguments):
    frames, rate = read_clip(name, arguments.width, arguments.frames), clip_rate(name)
    flows = [flow_to_past(a, b) for a, b in zip(frames, frames[1:])]
    own = warping_errors(flows, frames)
    with_time = dream(frames, "--step", str(arguments.step), *arguments.options, rate=rate)
    wanted = mean_strength(frames, with_time)
    alone, found, step = dream_of_strength(frames, wanted, arguments.step, arguments.options, rate)
    time_error = warping_errors(flows, with_time) - own
    alone_error = warping_errors(flows, alone) - own
    ratio = time_error / alone_error
    print(f"coherence {name} frames={len(frames)} strength={wanted:.2f} alone_strength={found:.2f} "
          f"alone_step={step:.4f} own={own[0]:.2f} time={time_error[0]:.3f} "
          f"alone={alone_error[0]:.3f} ratio={ratio[0]:.3f} ratio_abs={ratio[1]:.3f}", flush=True)
    return ratio[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("clips", nargs="*", metavar="CLIP")
    parser.add_argument("--frames", type=int, default=150)
    parser.add_argument("--width", type=int, default=320)
    parser.add_argument("--step", type=float, default=0.02)
    arguments = command_line.parse(parser)
    clips = arguments.clips or ["gopro_walk", "intel_cars", "skyline"]
    worst = max(measure(name, arguments) for name in clips)
    return worst > 0.2


if __name__ == "__main__":
    sys.exit(main())
