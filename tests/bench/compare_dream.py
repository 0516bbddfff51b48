#!/usr/bin/python3
"""Holds a whole dream by Reverie against the same recipe in PyTorch, in turns:

    compare_dream.py [--program build/reverie-bench] [--layer mixed5] [--size 512x384] [--rounds 5]
                     [--octaves 4] [--iterations 10]

The recipe is gradient ascent of mean(activation**2) over octaves, each 1.4 times as large as the one
before, with jitter, the gradient taken apart into the bands of a Laplacian pyramid that are each
brought to the RMS that Reverie gives them, and the detail carried from octave to octave. PyTorch
computes the network as step_torch.py does at its best, both in floats. The row shows the medians over all rounds, and the least, the median
and the greatest ratio of a round. Installs nothing; exit code 2 and one line where something is
missing.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
EXIT_MISSING = 2

import step_torch  # ends with that exit code itself, where PyTorch is not there

import torch
import torch.nn.functional as F

OCTAVE_SCALE, JITTER, STEP_LENGTH = 1.4, 16, 0.02
SHARES = (0.5, 1, 1, 0.5, 0.25)  # of the bands, finest first, as in engine/picture/gradient.c
LINE = re.compile(r"^dream \S+ \S+ .*median_ms=([\d.]+) min_ms=[\d.]+ other_share=([\d.]+)", re.M)


class Pyramid:
    """Laplacian pyramids with the weights 1 4 6 4 1, of pictures [1][3][height][width]."""

    def __init__(self):
        weights = torch.tensor([1.0, 4, 6, 4, 1]) / 16
        self.across = weights.view(1, 1, 1, 5).repeat(3, 1, 1, 1)
        self.down = weights.view(1, 1, 5, 1).repeat(3, 1, 1, 1)

    def halve(self, x):
        x = F.conv2d(F.pad(x, (2, 2, 0, 0), mode="replicate"), self.across, stride=(1, 2), groups=3)
        return F.conv2d(F.pad(x, (0, 0, 2, 2), mode="replicate"), self.down, stride=(2, 1), groups=3)

    def enlarge(self, x, size):
        return F.interpolate(x, size=size, mode="bilinear", align_corners=False)

    def normalise(self, gradient):
        """Every band brought to its share, put together again."""
        levels = [gradient]
        while len(levels) < len(SHARES) and min(levels[-1].shape[2:]) >= 8:
            levels.append(self.halve(levels[-1]))
        total = levels[-1] * (SHARES[len(levels) - 1] / rms(levels[-1]))
        for band in reversed(range(len(levels) - 1)):
            size = levels[band].shape[2:]
            fine = levels[band] - self.enlarge(levels[band + 1], size)
            total = self.enlarge(total, size) + fine * (SHARES[band] / rms(fine))
        return total / rms(total)


def rms(x):
    return x.square().mean().sqrt() + 1e-15


def resize(x, size):
    shrinks = size[0] < x.shape[2]
    return F.interpolate(x, size=size, mode="bicubic", align_corners=False, antialias=shrinks)


class Dream:
    def __init__(self, step, options):
        self.step, self.options, self.pyramid = step, options, Pyramid()
        self.generator = torch.Generator().manual_seed(1)
        last = step.picture.is_contiguous(memory_format=torch.channels_last)
        self.memory_format = torch.channels_last if last else torch.contiguous_format

    def shift(self):
        return tuple(torch.randint(-JITTER, JITTER + 1, (2,), generator=self.generator).tolist())

    def ascend(self, picture):
        """One step; the picture spans -1 to 1, as the network's input does."""
        shift = self.shift()
        rolled = torch.roll(picture, shift, (2, 3))
        self.step.picture = rolled.contiguous(memory_format=self.memory_format)
        gradient = torch.roll(self.step.run(), (-shift[0], -shift[1]), (2, 3))
        picture += STEP_LENGTH * self.pyramid.normalise(gradient)
        return picture.clamp_(-1, 1)

    def run(self, frame):
        height, width = frame.shape[2:]
        detail = torch.zeros_like(frame)
        for octave in reversed(range(self.options.octaves)):
            scale = OCTAVE_SCALE**octave
            size = (round(height / scale), round(width / scale))
            base = resize(frame, size)
            picture = (base + resize(detail, size)).clamp_(-1, 1)
            for _ in range(self.options.iterations):
                picture = self.ascend(picture)
            detail = picture - base
        return (frame + detail).clamp_(-1, 1)


def torch_milliseconds(dream, frame):
    start = time.perf_counter()
    dream.run(frame)
    return (time.perf_counter() - start) * 1e3


def reverie_milliseconds(options):
    """Of one picture, after one that is not counted; and the share that is no network."""
    command = [options.program, "dream", "--model", options.model, "--runs", "1"]
    command += ["--layer", options.layer, "--size", options.size, "--precision", "float"]
    command += ["--octaves", str(options.octaves), "--iterations", str(options.iterations)]
    command += ["--octave-scale", str(OCTAVE_SCALE), "--jitter", str(JITTER)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    line = LINE.search(result.stdout)
    if result.returncode or not line:
        said = (result.stderr.strip() or "it printed no dream line").splitlines()[-1]
        raise RuntimeError(f"{' '.join(command)} failed: {said}")
    return float(line.group(1)), float(line.group(2))


def compare(options):
    width, height = step_torch.parse_size(options.size)
    model = step_torch.onnx_reader.read_model(options.model)
    step = step_torch.best_step(model, options.layer, width, height)
    dream, frame = Dream(step, options), step.picture.clone()
    torch_milliseconds(dream, frame)
    theirs, own, shares, load = [], [], [], 0
    for _ in range(options.rounds):
        load = max(load, os.getloadavg()[0])
        theirs.append(torch_milliseconds(dream, frame))
        mine, share = reverie_milliseconds(options)
        own.append(mine)
        shares.append(share)
    ratios = [their / mine for their, mine in zip(theirs, own)]
    print("layer             size   reverie      torch   least median  most   other   load")
    print(
        f"{options.layer:12} {options.size:>9} {statistics.median(own):9.0f} "
        f"{statistics.median(theirs):10.0f}   {min(ratios):5.2f} {statistics.median(ratios):6.2f} "
        f"{max(ratios):5.2f} {statistics.median(shares):7.3f} {load:6.1f}"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", default=str(ROOT / "build" / "reverie-bench"))
    parser.add_argument("--model", default=str(ROOT / "models" / "inception_v3.onnx"))
    parser.add_argument("--layer", default="mixed5")
    parser.add_argument("--size", default="512x384")
    parser.add_argument("--octaves", type=int, default=4)
    parser.add_argument("--iterations", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    for path, remedy in ((options.program, "make"), (options.model, "make models")):
        if not Path(path).is_file():
            print(f"compare_dream: {path} is missing; run '{remedy}' first", file=sys.stderr)
            return EXIT_MISSING
    step_torch.prepare()
    compare(options)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError, KeyError, RuntimeError, NotImplementedError) as error:
        sys.exit(f"compare_dream: {error}")
