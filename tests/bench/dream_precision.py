#!/usr/bin/python3
"""What a dream loses where convolutions round their factors, done in PyTorch:

    dream_precision.py [--bits 11] [--layer mixed5] [--size 256x192] [--octaves 4] [--iterations 10] PICTURE...

Each picture is dreamed twice by compare_dream.py's recipe, with the same jitter: in float, and with both
factors of every convolution, forward and backward, rounded to so many bits of mantissa (TF32 and half: 11, the
leading one counted; bfloat16: 8) and sums in float. A line for every octave says what part of float's gain of
the objective the rounded dream reached, by the float network's eyes, and how far apart the bands of both details
are; the last line has the least and the most of all. Exit code 2: PyTorch or NumPy is not there.
"""

import argparse
import subprocess
import sys

import compare_dream  # ends with exit code 2 itself, where PyTorch is not there
import step_torch

import numpy as np
import torch
import torch.nn.functional as F

ROOT = compare_dream.ROOT
plain_convolution = F.conv2d


def rounded(x, bits):
    """To the nearest value with so many bits of mantissa."""
    unit = 1 << (24 - bits)
    return ((x.view(torch.int32) + unit // 2) & -unit).view(torch.float32)


class RoundedConvolution(torch.autograd.Function):
    @staticmethod
    def forward(context, x, weight, bias, stride, padding, dilation, groups, bits):
        weight = rounded(weight, bits)
        context.save_for_backward(weight)
        context.how = (x.shape, stride, padding, dilation, groups, bits)
        return plain_convolution(rounded(x, bits), weight, bias, stride, padding, dilation, groups)

    @staticmethod
    def backward(context, gradient):
        (weight,) = context.saved_tensors
        shape, stride, padding, dilation, groups, bits = context.how
        gradient = rounded(gradient.contiguous(), bits)
        found = torch.nn.grad.conv2d_input(shape, weight, gradient, stride, padding, dilation, groups)
        return found, None, None, None, None, None, None, None


class RoundedStep:
    """A step whose network rounds; the rest of a dream does not."""

    def __init__(self, step, bits):
        self.step, self.bits = step, bits
        self.picture = step.picture

    def run(self):
        def convolution(x, weight, bias, stride, padding, dilation, groups):
            return RoundedConvolution.apply(
                x.contiguous(), weight.contiguous(), bias, stride, padding, dilation, groups, self.bits
            )

        self.step.picture = self.picture
        F.conv2d = convolution
        try:
            return self.step.run()
        finally:
            F.conv2d = plain_convolution


def objective(step, picture):
    """Of the layer, by the network in float."""
    values = {step.input_name: picture}
    with torch.no_grad():
        for operation, output in step.operations:
            values[output] = operation(values)
    return float((values[step.layer] ** 2).mean())


def bands(pyramid, detail):
    """The RMS of each band of a detail."""
    found = []
    while min(detail.shape[2:]) >= 8 and len(found) < 4:
        coarse = pyramid.halve(detail)
        found.append(float(compare_dream.rms(detail - pyramid.enlarge(coarse, detail.shape[2:]))))
        detail = coarse
    return found


def octaves(step, frame, options, measured):
    """Of each octave, smallest first: the gain of the objective, and the bands of the detail."""
    dream = compare_dream.Dream(step, options)
    detail = torch.zeros_like(frame)
    for octave in reversed(range(options.octaves)):
        scale = compare_dream.OCTAVE_SCALE**octave
        size = tuple(round(side / scale) for side in frame.shape[2:])
        base = compare_dream.resize(frame, size)
        picture = (base + compare_dream.resize(detail, size)).clamp_(-1, 1)
        for _ in range(options.iterations):
            picture = dream.ascend(picture)
        detail = picture - base
        yield objective(measured, picture) - objective(measured, base), bands(dream.pyramid, detail)


def read_picture(path, width, height):
    """Spans -1 to 1, [1][3][height][width]."""
    command = ["ffmpeg", "-v", "error", "-i", path, "-frames:v", "1", "-vf", f"scale={width}:{height}"]
    command += ["-pix_fmt", "rgb24", "-f", "rawvideo", "-"]
    pixels = subprocess.run(command, capture_output=True, check=True).stdout
    array = np.frombuffer(pixels, np.uint8).reshape(1, height, width, 3).astype(np.float32)
    return torch.from_numpy(array).permute(0, 3, 1, 2).contiguous() / 127.5 - 1


def compare(options, model, path):
    """Yields (part of the gain, largest difference of a band) of every octave."""
    width, height = step_torch.parse_size(options.size)
    manner = step_torch.Manner(channels_last=False)
    step = step_torch.Step(model, options.layer, width, height, manner)
    frame = read_picture(path, width, height)
    low = octaves(RoundedStep(step, options.bits), frame, options, step)
    for number, ((gain, own), (low_gain, other)) in enumerate(zip(octaves(step, frame, options, step), low), 1):
        apart = max(abs(b / a - 1) for a, b in zip(own, other))
        print(f"precision {path.rsplit('/')[-1]} octave={number} gain={low_gain / gain:.4f} bands={apart:.4f}", flush=True)
        yield low_gain / gain, apart


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("pictures", nargs="+", metavar="PICTURE")
    parser.add_argument("--bits", type=int, default=11)
    parser.add_argument("--model", default=str(ROOT / "models" / "inception_v3.onnx"))
    parser.add_argument("--layer", default="mixed5")
    parser.add_argument("--size", default="256x192")
    parser.add_argument("--octaves", type=int, default=4)
    parser.add_argument("--iterations", type=int, default=10)
    options = parser.parse_args()
    step_torch.prepare()
    model = step_torch.onnx_reader.read_model(options.model)
    found = [pair for path in options.pictures for pair in compare(options, model, path)]
    gains, apart = zip(*found)
    print(f"precision all bits={options.bits} gain_least={min(gains):.4f} gain_most={max(gains):.4f} "
          f"bands_most={max(apart):.4f}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError, KeyError, RuntimeError, subprocess.CalledProcessError) as error:
        sys.exit(f"dream_precision: {error}")
