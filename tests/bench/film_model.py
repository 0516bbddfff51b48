#!/usr/bin/python3
"""Measures what a film in chunks costs (plan, chunks, join: seconds, processor seconds, bytes read and
written), how much faster two jobs are than one on this machine, and what that comes to for a long film
on 1, 10, 100 and 1000 machines like this one.

The film is made of shots of clips, in turn. A machine of the model does one chunk at a time, takes the
next when that is done, and needs the processor seconds that were measured, shared by its cores: what
else this machine did meanwhile does not count. Networks between machines are not in the model; the
bytes are.

    tests/bench/film_model.py [--size 640x360] [--shots 6] [--frames 8] [--hours 2] [CLIP...] [-- OPTION...]"""

import argparse
import collections
import glob
import heapq
import os
import shlex
import subprocess
import sys
import tempfile
import time

import command_line

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
REVERIE = os.environ.get("REVERIE", os.path.join(ROOT, "build", "reverie"))
DATA = os.environ.get("REVERIE_TEST_DATA", os.path.join(ROOT, "..", "shared", "data"))
MACHINES = [1, 10, 100, 1000]
JOINS = 10  # one takes as little as a program takes to start

Cost = collections.namedtuple("Cost", "wall processor read written")


def run(*arguments):
    """Runs reverie and tells what that cost: the seconds, and the bytes that it asked the system for."""
    begun = time.monotonic()
    child = subprocess.Popen([REVERIE, *arguments], stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE)
    said = child.stderr.read()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    wall = time.monotonic() - begun
    with open(f"/proc/{child.pid}/io", encoding="ascii") as file:
        counts = dict(line.split(": ") for line in file.read().splitlines())
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = status
    if status:
        sys.exit(f"{' '.join(arguments)}: {said.decode()}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, int(counts["rchar"]), int(counts["wchar"]))


def total(costs):
    return Cost(*map(sum, zip(*costs)))


def make_film(path, count, frames, arguments):
    """Shots of the clips in turn, each from another place, with sound."""
    width, height = arguments.size.split("x")
    clips, shots = arguments.clips, []
    for i in range(count):
        shot = f"{path}-{i}.mkv"
        subprocess.run(["ffmpeg", "-nostdin", "-loglevel", "error", "-ss", str(i // len(clips)), "-i",
                        clips[i % len(clips)], "-an", "-vf",
                        f"fps={arguments.rate},scale={width}:{height},setsar=1,format=yuv420p",
                        "-frames:v", str(frames), "-c:v", "libx264", shot], check=True)
        shots.append(shot)
    with open(path + ".txt", "w", encoding="utf-8") as file:
        file.writelines(f"file '{shot}'\n" for shot in shots)
    seconds = count * frames / arguments.rate
    subprocess.run(["ffmpeg", "-nostdin", "-loglevel", "error", "-f", "concat", "-safe", "0", "-i",
                    path + ".txt", "-f", "lavfi", "-i", f"sine=d={seconds}", "-c:v", "libx264", "-c:a",
                    "aac", path], check=True)


def read_plan(folder):
    """The frames of each chunk."""
    with open(os.path.join(folder, "plan"), encoding="utf-8") as file:
        return [int(line.split()[6]) for line in file if line.startswith("chunk ")]


def dream_by(jobs, folder, count):
    """Seconds that so many jobs of GNU parallel take for all chunks."""
    begun = time.monotonic()
    subprocess.run(f"seq 0 {count - 1} | parallel --will-cite -j {jobs} {shlex.quote(REVERIE)} chunk "
                   f"{shlex.quote(folder)}", shell=True, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    seconds = time.monotonic() - begun
    for name in glob.glob(os.path.join(folder, "chunk-*")):
        os.unlink(name)
    return seconds


def schedule(chunks, machines):
    """When the last of the machines is done with the last of the chunks."""
    free = [0.0] * machines
    for seconds in chunks:
        heapq.heappush(free, heapq.heappop(free) + seconds)
    return max(free)


def clock(seconds):
    return f"{int(seconds) // 3600}:{int(seconds) // 60 % 60:02d}:{int(seconds) % 60:02d}"


def line(short, long, frames):
    """What a cost is for every run and for a frame, by a film of one frame and one of so many."""
    slope = Cost(*(max(many - one, 0) / (frames - 1) for one, many in zip(short, long)))
    return Cost(*(max(one - more, 0) for one, more in zip(short, slope))), slope


def at(costs, frames):
    start, slope = costs
    return Cost(*(once + frames * each for once, each in zip(start, slope)))


def print_model(arguments, plan, dream, join):
    cores = os.cpu_count()
    frames = round(arguments.hours * 3600 * 25)
    count = round(arguments.hours * 3600 / arguments.chunk_seconds)
    chunk = at(dream, frames / count)
    begin, end = at(plan, frames), at(join, frames)
    both = (begin.processor + end.processor) / cores
    alone = both + count * chunk.processor / cores
    print(f"\nmodel: {arguments.hours:g} hours at 25 frames a second, {frames} frames in {count} chunks; read "
          f"{(begin.read + end.read + count * chunk.read) / 1e9:.1f} GB, written "
          f"{(begin.written + end.written + count * chunk.written) / 1e9:.2f} GB by all together")
    print("| machines | plan | chunks | join | all | times as fast |")
    print("|---|---|---|---|---|---|")
    for machines in MACHINES:
        middle = schedule([chunk.processor / cores] * count, machines)
        print(f"| {machines} | {clock(begin.processor / cores)} | {clock(middle)} | "
              f"{clock(end.processor / cores)} | {clock(both + middle)} | {alone / (both + middle):.1f} |")


def show(name, costs):
    start, slope = costs
    print(f"{name}: once {start.processor:.2f} s of processors, {start.read / 1e6:.1f} MB read; a frame "
          f"{1000 * slope.processor:.1f} ms of processors, {slope.read / 1e3:.1f} kB read, "
          f"{slope.written / 1e3:.1f} kB written")


def time_jobs(arguments, chunks, count):
    for _ in range(arguments.turns):
        one, two = dream_by(1, chunks, count), dream_by(2, chunks, count)
        print(f"one job {one:.1f} s, two jobs {two:.1f} s: {one / two:.2f} times as fast; load "
              f"{os.getloadavg()[0]:.1f}")


class Film:
    """What the three commands, and one go, cost for a film of so many frames in so many shots."""

    def __init__(self, folder, arguments, shots, frames, options):
        path, self.folder = os.path.join(folder, f"{shots}.mkv"), os.path.join(folder, f"{shots}")
        make_film(path, shots, frames, arguments)
        options = [*options, "--chunk-seconds", "0"]
        self.plan = run("plan", path, "--chunks", self.folder, *options)
        self.lengths = read_plan(self.folder)
        self.frames = sum(self.lengths)
        self.whole = run(path, "-o", f"{path}-whole.mkv", "--resume", "off", *options)
        self.chunks = [run("chunk", self.folder, str(i)) for i in range(len(self.lengths))]
        joins = [run("join", self.folder, "-o", f"{path}-joined.mkv", "--force") for _ in range(JOINS)]
        self.join = Cost(*(sum(cost) / JOINS for cost in zip(*joins)))


def measure(arguments, folder, options):
    Film(folder, arguments, 2, 1, options)  # kernels are built once
    short = Film(folder, arguments, 1, 1, options)
    film = Film(folder, arguments, arguments.shots, arguments.frames, options)
    print(f"{film.frames} frames of {arguments.size} in {len(film.lengths)} chunks, {os.cpu_count()} cores, "
          f"load {os.getloadavg()[0]:.1f}")
    plan = line(short.plan, film.plan, film.frames)
    # A frame costs what it does in one go; a chunk, by its own, is begun with less than a whole film.
    _, frame = line(short.whole, film.whole, film.frames)
    dream = Cost(*(max(one - more, 0) for one, more in zip(short.chunks[0], frame))), frame
    join = line(short.join, film.join, film.frames)
    for name, costs in (("plan", plan), ("dream", dream), ("join", join)):
        show(name, costs)
    by_line = sum(at(dream, frames).processor for frames in film.lengths)
    print(f"all chunks: {total(film.chunks).processor:.1f} s of processors, {by_line:.1f} by these figures; "
          f"in one go {film.whole.processor:.1f}")
    for name in glob.glob(os.path.join(film.folder, "chunk-*")):
        os.unlink(name)
    time_jobs(arguments, film.folder, len(film.lengths))
    print_model(arguments, plan, dream, join)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("clips", nargs="*", metavar="CLIP")
    parser.add_argument("--size", default="640x360")
    parser.add_argument("--shots", type=int, default=6)
    parser.add_argument("--frames", type=int, default=8, help="of each shot")
    parser.add_argument("--rate", type=int, default=25)
    parser.add_argument("--hours", type=float, default=2, help="of the model's film")
    parser.add_argument("--chunk-seconds", type=float, default=12, help="of the model's film")
    parser.add_argument("--turns", type=int, default=2, help="of one job against two")
    arguments = command_line.parse(parser)
    arguments.clips = arguments.clips or sorted(glob.glob(os.path.join(DATA, "clips", "[gips]*.mp4"))) or [
        os.path.join(ROOT, "assets", "clouds.mp4")]
    with tempfile.TemporaryDirectory() as folder:
        measure(arguments, folder, arguments.options)


if __name__ == "__main__":
    main()
