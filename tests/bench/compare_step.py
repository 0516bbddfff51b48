#!/usr/bin/python3
"""Holds Reverie's gradient step against PyTorch's, in turns, so that both see the same machine:

    compare_step.py [--program build/reverie-bench] [--layers mixed3,mixed5] [--sizes 256x192] [--rounds 7]
    compare_step.py --model squeezenet.onnx --input-format caffe-bgr --layers fire6/concat_1

In each round PyTorch (see step_torch.py) times a few steps, at its best and the way it is usually
written, then `reverie-bench step` does. A row shows the medians over all rounds, and how many times
as long PyTorch took: the least, the median and the greatest of the rounds' ratios. --best-only leaves
the second way out. The last column is the greatest load of the machine before a round: what else ran
there takes time from both. All is in floats; peer.py compares other precisions too. --model may be any ONNX file that Reverie takes; --input-format is handed
to it. Installs nothing; exit code 2 and one line where something is missing.
"""

import argparse
import os
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
EXIT_MISSING = 2

import reverie_bench
import step_torch  # ends with that exit code itself, where PyTorch is not there


def reverie_milliseconds(options, layer, size):
    words = ["--model", options.model, "--layer", layer, "--size", size, "--runs", str(options.runs)]
    words += ["--precision", "float"]
    if options.input_format:
        words += ["--input-format", options.input_format]
    return reverie_bench.step(options.program, *words)[2]


def torch_milliseconds(step, runs):
    return statistics.median(step.time(runs))


def describe(ratios):
    return f"{min(ratios):5.2f} {statistics.median(ratios):6.2f} {max(ratios):5.2f}"


def compare(options, model, layer, size):
    """Prints one row of the table."""
    width, height = step_torch.parse_size(size)
    steps = [step_torch.best_step(model, layer, width, height)]
    if not options.best_only:
        steps.append(step_torch.Step(model, layer, width, height, step_torch.AS_WRITTEN))
    reverie_milliseconds(options, layer, size)  # builds kernels and caches, uncounted
    rounds, load = [], 0
    for _ in range(options.rounds):
        load = max(load, os.getloadavg()[0])
        theirs = [torch_milliseconds(step, options.runs) for step in steps]
        rounds.append([reverie_milliseconds(options, layer, size)] + theirs)
    own, *others = zip(*rounds)
    row = f"{layer:19} {size:>9} {statistics.median(own):9.1f}"
    for theirs in others:
        ratios = [their / mine for their, mine in zip(theirs, own)]
        row += f" {statistics.median(theirs):9.1f}  {describe(ratios)}"
    print(f"{row} {load:6.1f}", flush=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", default=str(ROOT / "build" / "reverie-bench"))
    parser.add_argument("--model", default=str(ROOT / "models" / "inception_v3.onnx"))
    parser.add_argument("--input-format", help="as reverie's option, where the network wants it")
    parser.add_argument("--layers", default="mixed3,mixed5,mixed7")
    parser.add_argument("--sizes", default="256x192,512x384,640x480")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--runs", type=int, default=5, help="steps in each round")
    parser.add_argument("--best-only", action="store_true")
    return parser.parse_args()


def main():
    options = arguments()
    for path, remedy in ((options.program, "make"), (options.model, "make models")):
        if not Path(path).is_file():
            print(f"compare_step: {path} is missing; run '{remedy}' first", file=sys.stderr)
            return EXIT_MISSING
    step_torch.prepare()
    model = step_torch.onnx_reader.read_model(options.model)
    heading = "layer                    size  reverie"
    heading += "     torch   least median  most"
    if not options.best_only:
        heading += "   written   least median  most"
    print(heading + "   load   (median ms, and ratios)", flush=True)
    for layer in options.layers.split(","):
        for size in options.sizes.split(","):
            compare(options, model, layer, size)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError, KeyError, RuntimeError, NotImplementedError) as error:
        sys.exit(f"compare_step: {error}")
