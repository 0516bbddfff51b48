#!/usr/bin/env python3
"""Holds Reverie's gradient step against PyTorch's on the device there is, in turns:

    peer.py --program build/reverie-bench [--model models/inception_v3.onnx] [--input-format NAME]
            [--layer mixed5,...] [--size 512x384,...] [--seconds 60] [--device N] [--cache FOLDER]
            [--precisions float,tf32]

Where PyTorch sees a GPU, its ways are
    written   every layer as the file has it, contiguous, float32, autograd (what people write)
    tf32      BatchNorm folded, frozen weights, channels_last, TF32 allowed
    graph     the same in a CUDA graph
    half      the same in half precision in a CUDA graph
and on a processor `written`, `best` (step_torch.py's), `autocast` (to bfloat16, otherwise as best) and `bfloat16`
(weights, activations and gradients all in bfloat16). For each layer and size, in each round every way and Reverie, in each precision, time a few steps, each until the device is done; rounds go on
until the seconds are over, at least three. One line says the medians of all, and another for each precision how
many times Reverie's time each way takes: the least, the median and the greatest of the rounds' ratios. An empty --program leaves Reverie out. A way that
fails says so and is left out. Exit code 2: PyTorch or NumPy is not there.
"""

import argparse
import itertools
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ROUNDS_LEAST, ROUNDS_MOST, STEPS = 3, 25, 10

import reverie_bench
import step_torch  # ends with exit code 2 itself, where PyTorch is not there

import torch


class Eager:
    """A step that is launched operation by operation."""

    def __init__(self, case, manner, autocast=None):
        self.step = step_torch.Step(*case, manner)
        self.autocast = autocast

    def run(self):
        if self.autocast:
            with torch.autocast(self.step.picture.device.type, self.autocast):
                self.step.run()
        else:
            self.step.run()


class Graph:
    """A step that is recorded once, and launched as a whole."""

    def __init__(self, case, manner):
        self.step = step_torch.Step(*case, manner)
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):  # what is only done once must be done before
            for _ in range(3):
                self.step.run()
        torch.cuda.current_stream().wait_stream(stream)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.gradient = self.step.run()

    def run(self):
        self.graph.replay()


def allow_tf32(allowed):
    torch.backends.cuda.matmul.allow_tf32 = allowed
    torch.backends.cudnn.allow_tf32 = allowed


def gpu_ways(case):
    """(name, whether TF32 is allowed, how to make it)"""
    written = step_torch.Manner(True, False, False, "cuda")
    fast = step_torch.Manner(False, True, False, "cuda")
    half = step_torch.Manner(False, True, False, "cuda", torch.float16)
    return [
        ("written", False, lambda: Eager(case, written)),
        ("tf32", True, lambda: Eager(case, fast)),
        ("graph", True, lambda: Graph(case, fast)),
        ("half", True, lambda: Graph(case, half)),
    ]


def cpu_ways(case):
    fast = step_torch.Manner(False, True, True)
    low = step_torch.Manner(False, True, True, "cpu", torch.bfloat16)
    return [
        ("written", False, lambda: Eager(case, step_torch.AS_WRITTEN)),
        ("best", False, lambda: Eager(case, step_torch.best_manner(*case))),
        ("autocast", False, lambda: Eager(case, fast, torch.bfloat16)),
        ("bfloat16", False, lambda: Eager(case, low)),
    ]


def wait():
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def milliseconds(way, steps):
    """The median of some steps, each until it is done, after one that is not counted."""
    taken = []
    for _ in range(steps + 1):
        wait()
        start = time.perf_counter()
        way.run()
        wait()
        taken.append((time.perf_counter() - start) * 1e3)
    return statistics.median(taken[1:])


def create_ways(case):
    """By name, those that work."""
    ways = {}
    for name, tf32, create in (gpu_ways if torch.cuda.is_available() else cpu_ways)(case):
        allow_tf32(tf32)
        try:
            way = create()
            milliseconds(way, 1)
            ways[name] = Torch(way, tf32)
        except (RuntimeError, NotImplementedError, TypeError) as error:
            fail(name, error)
    return ways


class Reverie:
    """reverie-bench in one precision, a process for each time."""

    def __init__(self, options, case, precision):
        layer, size = case
        self.program, self.seconds = options.program, max(30, 2 * options.seconds)
        self.words = ["--model", options.model, "--layer", layer, "--size", size, "--precision", precision]
        for name in ("input_format", "device", "cache"):
            if getattr(options, name):
                self.words += ["--" + name.replace("_", "-"), getattr(options, name)]

    def milliseconds(self, steps):
        return reverie_bench.step(self.program, *self.words, "--runs", str(steps), seconds=self.seconds)[2]


class Torch:
    """One of PyTorch's ways."""

    def __init__(self, way, tf32):
        self.way, self.tf32 = way, tf32

    def milliseconds(self, steps):
        allow_tf32(self.tf32)
        return milliseconds(self.way, steps)


def fail(name, error):
    print(f"peer {name} failed={'_'.join(str(error).split())[:200]}", flush=True)


def one_round(rivals, steps):
    """What each took by name. One that fails is left out from then on."""
    taken = {}
    for name, rival in list(rivals.items()):
        try:
            taken[name] = rival.milliseconds(steps)
        except RuntimeError as error:
            fail(name, error)
            del rivals[name]
    return taken


def run_rounds(options, case, rivals):
    """Each round is told when it ends, in case that the next one does not."""
    end = time.monotonic() + options.seconds
    one_round(rivals, 1)  # builds kernels and caches, uncounted
    rounds = []
    while len(rounds) < ROUNDS_LEAST or (time.monotonic() < end and len(rounds) < ROUNDS_MOST):
        rounds.append(one_round(rivals, STEPS))
        words = " ".join(f"{name}_ms={taken:.3f}" for name, taken in rounds[-1].items())
        print(f"peer {' '.join(case)} round {len(rounds)} {words}", flush=True)
    return {name: [taken[name] for taken in rounds] for name in rivals}


def report(case, times):
    """Ours are those called reverie_PRECISION."""
    case = " ".join(case)
    medians = [f"{name}_ms={statistics.median(taken):.3f}" for name, taken in times.items()]
    print(f"peer {case} rounds={max(map(len, times.values()), default=0)} {' '.join(medians)}", flush=True)
    for own in (name for name in times if name.startswith("reverie_")):
        words = []
        for name in (name for name in times if not name.startswith("reverie_")):
            ratios = [their / our for their, our in zip(times[name], times[own])]
            words += [f"{name}_min={min(ratios):.3f}", f"{name}_median={statistics.median(ratios):.3f}"]
            words += [f"{name}_max={max(ratios):.3f}"]
        print(f"peer {case} times {own} {' '.join(words)}", flush=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", default=str(ROOT / "build" / "reverie-bench"))
    parser.add_argument("--model", default=str(ROOT / "models" / "inception_v3.onnx"))
    parser.add_argument("--input-format", help="as reverie's option, where the network wants it")
    parser.add_argument("--layer", default="mixed5", help="or several, with commas")
    parser.add_argument("--size", default="512x384", help="or several, with commas")
    parser.add_argument("--seconds", type=float, default=60, help="for each layer and size")
    parser.add_argument("--device", help="of Reverie, as `reverie devices` counts them")
    parser.add_argument("--cache", help="of Reverie")
    parser.add_argument("--precisions", default="float", help="of Reverie")
    options = parser.parse_args()
    options.precisions = options.precisions.split(",") if options.program else []
    return options


def main():
    options = arguments()
    step_torch.prepare()
    torch.backends.cudnn.benchmark = True  # the fastest way for each shape
    name = torch.cuda.get_device_name() if torch.cuda.is_available() else "processor"
    print(f"peer torch={torch.__version__} device={name.replace(' ', '_')}", flush=True)
    model = step_torch.onnx_reader.read_model(options.model)
    for layer, size in itertools.product(options.layer.split(","), options.size.split(",")):
        case = (layer, size)
        rivals = create_ways((model, step_torch.find_layer(model, layer), *step_torch.parse_size(size)))
        rivals.update({f"reverie_{name}": Reverie(options, case, name) for name in options.precisions})
        report(case, run_rounds(options, case, rivals))


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError, KeyError, RuntimeError, NotImplementedError) as error:
        sys.exit(f"peer: {error}")
