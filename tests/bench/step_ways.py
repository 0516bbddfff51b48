#!/usr/bin/env python3
"""Holds ways of taking a gradient step against each other by the processor's time, in turns:

    step_ways.py [--program build/reverie-bench] [--layer mixed5] [--size 256x192,512x384] [--rounds 5] [--steps 40]
                 "--precision float" "--precision bfloat16-backward" ... [-- OPTION...]

Each way is a word of options to `reverie-bench step`; those behind -- go to all. Time on the clock says little on a
machine that does other things too; the processor's time of a step is that of a long run less a short one's, so that
starting does not count. A line for each size says the median milliseconds of each way, on all cores together, and the
median of the rounds' ratios to the first way. Whether defaults keep up with what was tuned:

    reverie tune --layer mixed5 --size 512x384 --cache tuned
    step_ways.py --size 512x384 "--cache tuned" "--cache untuned"
"""

import argparse
import os
import resource
import statistics
from pathlib import Path

import command_line
import reverie_bench

ROOT = Path(__file__).resolve().parent.parent.parent
STEPS_OF_SHORT_RUN = 2


def spent():
    """Seconds that the processor gave to processes that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run(program, words, steps):
    start = spent()
    reverie_bench.step(program, *words, "--runs", str(steps))
    return spent() - start


def step(program, words, steps):
    """Milliseconds of the processor."""
    short = run(program, words, STEPS_OF_SHORT_RUN)
    return (run(program, words, STEPS_OF_SHORT_RUN + steps) - short) / steps * 1e3


def measure(arguments, size):
    ways = [["--layer", arguments.layer, "--size", size, *arguments.options, *way.split()] for way in arguments.ways]
    for words in ways:  # builds kernels and caches
        run(arguments.program, words, 1)
    rounds = [[step(arguments.program, words, arguments.steps) for words in ways] for _ in range(arguments.rounds)]
    for way, taken in zip(arguments.ways, zip(*rounds)):
        ratio = statistics.median(own / row[0] for own, row in zip(taken, rounds))
        print(f"ways {arguments.layer} {size} '{way}' cpu_ms={statistics.median(taken):.2f} of_first={ratio:.3f} "
              f"load={os.getloadavg()[0]:.1f}", flush=True)


def main():
    words, options = command_line.split()
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--program", default=str(ROOT / "build" / "reverie-bench"))
    parser.add_argument("--layer", default="mixed5")
    parser.add_argument("--size", default="256x192", help="or several, with commas")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("ways", nargs="+", metavar="WAY")
    # An argument of several words that begins with -- is a way.
    ways = [word for word in words if " " in word]
    arguments = parser.parse_args([word for word in words if " " not in word] + ["--", *ways])
    arguments.options = options
    for size in arguments.size.split(","):
        measure(arguments, size)


if __name__ == "__main__":
    main()
