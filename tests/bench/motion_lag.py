#!/usr/bin/python3
"""Measures how well a frame a few frames old is carried onto the newest one: along the flows of all
frames in between, composed, or along one flow estimated from the newest to the old one directly.

The error is the mean absolute difference, of 255, between the newest frame and the old one fetched
along the flow, in grey, at the width of --shown; `still` is that of the old frame unmoved. The flow
is estimated at other, smaller widths.

    tests/bench/motion_lag.py [--places 6] [--sizes 160:medium,...] [CLIP...]"""

import argparse
import os
import subprocess
import tempfile

import cv2
import numpy as np

from time_common import REVERIE, grey, read_clip, warp

LAGS = [2, 4, 8]


def flow(first, second, quality, folder):
    """Reverie's flow between two frames."""
    names = [os.path.join(folder, name) for name in ("a.png", "b.png", "c.flo")]
    cv2.imwrite(names[0], first)
    cv2.imwrite(names[1], second)
    subprocess.run([REVERIE, "flow", *names[:2], "-o", names[2], "--quality", quality, "--quiet",
                    "--force"], check=True)
    return np.fromfile(names[2], np.float32, offset=12).reshape(*first.shape[:2], 2)


def fetch(picture, motion):
    """Bilinearly: picture where motion points."""
    height, width = motion.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return cv2.remap(picture, x + motion[..., 0], y + motion[..., 1], cv2.INTER_LINEAR,
                     borderMode=cv2.BORDER_REPLICATE)


def enlarge(motion, height, width):
    scale = np.array([width / motion.shape[1], height / motion.shape[0]], np.float32)
    return cv2.resize(motion, (width, height), interpolation=cv2.INTER_LINEAR) * scale


def error(newest, old, motion):
    """Outside a margin that comes into view."""
    gap = np.abs(warp(grey(old).astype(np.float32), enlarge(motion, *newest.shape[:2])) - grey(newest))
    margin = newest.shape[1] // 10
    return float(np.mean(gap[margin:-margin, margin:-margin]))


def measure(name, width, quality, arguments, folder):
    shown = read_clip(name, arguments.shown, arguments.frames)
    small = [cv2.resize(frame, (width, round(width * frame.shape[0] / frame.shape[1])),
                        interpolation=cv2.INTER_AREA) for frame in shown]
    errors = {lag: [] for lag in LAGS}
    for place in np.linspace(max(LAGS), len(small) - 1, arguments.places).astype(int):
        composed = None
        for lag in range(1, max(LAGS) + 1):
            last = flow(small[place - lag + 1], small[place - lag], quality, folder)
            composed = last if composed is None else composed + fetch(last, composed)
            if lag in LAGS:
                direct = flow(small[place], small[place - lag], quality, folder)
                errors[lag].append([error(shown[place], shown[place - lag], motion)
                                    for motion in (np.zeros_like(direct), composed, direct)])
    for lag in LAGS:
        still, composed, direct = np.mean(errors[lag], 0)
        print(f"motion_lag {name} flow={width}:{quality} lag={lag} still={still:.2f} "
              f"composed={composed:.2f} direct={direct:.2f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("clips", nargs="*", metavar="CLIP")
    parser.add_argument("--frames", type=int, default=150)
    parser.add_argument("--shown", type=int, default=640)
    parser.add_argument("--places", type=int, default=6)
    parser.add_argument("--sizes", default="160:fast,160:medium,160:fine,320:fast,320:medium")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.clips or ["gopro_walk", "skyline", "stpancras"]:
            for size in arguments.sizes.split(","):
                width, quality = size.split(":")
                measure(name, int(width), quality, arguments, folder)


if __name__ == "__main__":
    main()
