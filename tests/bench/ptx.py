#!/usr/bin/env python3
"""Compiles the kernels of GPUs as NVIDIA's driver would, and says what each takes of a multiprocessor:

    ptx.py [--architectures sm_75,sm_90] [--shader convolution/tiled] [--keep FOLDER]

clang makes PTX of OpenCL C, libclc brings the built-in functions, and ptxas makes machine code of it, for
every build that the engine asks for on a GPU. A line a kernel: registers of an item, bytes of its stack,
bytes spilled to memory, bytes of local memory of a group. Exit code 1 where a kernel does not compile or
spills, 2 where a tool is missing.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LIBRARY = Path("/usr/lib/clc/nvptx64--nvidiacl.bc")
COMMON = ["-cl-std=CL1.2", "-cl-mad-enable", "-cl-denorms-are-zero"]
CLANG = ["-x", "cl", "-target", "nvptx64-nvidia-nvcl", "-O3", "-S", "-w", "-Xclang", "-finclude-default-header"]
# What engine/convolution/tiled.c builds: group, pixels, vectors.
TILES = [(16, 8, 2), (16, 4, 2), (16, 8, 1), (16, 4, 1), (8, 8, 2), (8, 4, 4), (8, 4, 2), (8, 8, 1), (8, 4, 1),
         (4, 4, 2), (4, 4, 1), (2, 4, 1)]
POOL = "-DINDEX=uchar -DWINDOW_HEIGHT=3 -DWINDOW_WIDTH=3 -DSTRIDE_Y=2 -DSTRIDE_X=2 -DDILATION_Y=1 -DDILATION_X=1"
# What engine/convolution/matrix.c builds: terms by the kind of units, by its number in engine/opencl/device.h (TF32,
# bfloat16); pixels, vectors.
MATRIX_TERMS = {0: (2, 1), 4: (3, 2, 1)}
MATRIX_TILES = [(4, 2), (2, 4), (2, 2), (4, 1), (2, 1)]
PICTURE = ("-DTILE_PIXELS=4 -DTILE_VECTORS=3 -DCHANNELS=3 -DCOLUMNS=3 -DSTRIDE_Y=2 -DSTRIDE_X=2 -DDILATION_X=1 "
           "-DMANY_ITEMS")
BUILDS = [
    *(("convolution/tiled", f"-DGROUP={g} -DTILE_PIXELS={p} -DTILE_VECTORS={v}") for g, p, v in TILES),
    *(("convolution/matrix", f"-DGROUP=2 -DTILE_PIXELS={p} -DTILE_VECTORS={v} -DQUADS={4 if p * v > 4 else 8} "
       f"-DTERMS={t} -DUNITS={kind} -DMATRIX_UNITS")
      for kind, terms in MATRIX_TERMS.items() for p, v in MATRIX_TILES for t in terms),
    *(("opencl/units", f"-DSUMS=4 -DUNITS={kind} -DMATRIX_UNITS") for kind in MATRIX_TERMS),
    ("convolution/picture", PICTURE),
    ("convolution/depthwise", "-DTILE_PIXELS=1 -DMANY_ITEMS"),
    ("convolution/im2col", ""),
    ("convolution/direct", ""),
    ("operators/elementwise", "-DSHARE=64 -DVECTORS=4"),
    ("operators/normalise", "-DSHARE=64 -DVECTORS=4"),
    ("operators/pool", POOL),
    ("operators/lrn", "-DMANY_ITEMS"),
    ("operators/softmax", ""),
    *(("operators/move", f"-DGATHER={kind}") for kind in range(6)),
    ("network/objective", ""),
    ("picture/gradient", "-DGROUP=64"),
    ("picture/raster", "-DRUN=1"),
    ("time/temporal", "-DRUN=1 -DGROUP=64"),
    ("flow/pyramid", "-DRUN=1"),
    ("flow/median", "-DRUN=1"),
    ("flow/solver", "-DRUN=1"),
    ("flow/regions", "-DGROUP_ROWS=8"),
]
KERNEL = re.compile(
    r"Compiling entry function '(\w+)'.*?(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads"
    r".*?Used (\d+) registers(?:[^\n]*?(\d+) bytes smem)?",
    re.DOTALL,
)


def source_of(shader):
    """The text that a driver is given: includes put in, as shaders/embed.sh does."""
    path = ROOT / "shaders" / f"{shader}.cl"
    named = {}

    def include(file):
        for line in file.read_text().splitlines():
            define = re.match(r'#define ([A-Z_]+) "(.*)"', line)
            wanted = re.match(r'#include "?([\w./]+)"?', line)
            if define:
                named[define[1]] = define[2]
            if wanted:
                yield from include(path.parent / named.get(wanted[1], wanted[1]))
            else:
                yield line

    return "\n".join([(ROOT / "shaders/base/common.cl").read_text(), *include(path)])


def run(words, **options):
    result = subprocess.run(words, capture_output=True, text=True, check=False, **options)
    if result.returncode:
        raise RuntimeError((result.stderr or result.stdout).strip().splitlines()[0])
    return result.stdout + result.stderr


def compile_build(shader, options, architecture, folder):
    """Yields (kernel, registers, stack, spilled, local bytes)."""
    name = re.sub(r"\W+", "_", f"{shader} {options}")
    source, ptx = folder / f"{name}.cl", folder / f"{name}.ptx"
    source.write_text(source_of(shader))
    builtins = ["-Xclang", "-mlink-builtin-bitcode", "-Xclang", str(LIBRARY)]
    target = "sm_75" if architecture == "sm_75" else "sm_80"  # clang 14 knows few newer ones
    run(["clang", *CLANG, *builtins, f"-march={target}", *COMMON, "-DLANES=4", *options.split(), str(source), "-o",
         str(ptx)])
    said = run([ptxas(), f"-arch={architecture}", "-v", str(ptx), "-o", str(folder / f"{name}.cubin")])
    for kernel, stack, stores, loads, registers, local in KERNEL.findall(said):
        yield kernel, int(registers), int(stack), int(stores) + int(loads), int(local or 0)


def ptxas():
    return shutil.which("ptxas") or "/usr/local/cuda/bin/ptxas"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--architectures", default="sm_75,sm_86,sm_90")
    parser.add_argument("--shader", help="only this one")
    parser.add_argument("--keep", type=Path, help="folder for sources, PTX and machine code")
    return parser.parse_args()


def main():
    options, failed = arguments(), False
    for path, package in ((shutil.which("clang"), "clang"), (LIBRARY, "libclc-14"), (ptxas(), "CUDA's ptxas")):
        if not path or not Path(path).exists():
            print(f"ptx: {package} is missing", file=sys.stderr)
            return 2
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for architecture in options.architectures.split(","):
            for shader, words in BUILDS:
                if options.shader not in (None, shader):
                    continue
                if "-DMATRIX_UNITS" in words and architecture == "sm_75":
                    continue  # Turing's units take halves alone
                try:
                    for kernel, registers, stack, spilled, local in compile_build(shader, words, architecture, folder):
                        failed |= spilled > 0
                        print(f"ptx {architecture} {shader} {kernel} {words.replace(' ', ',') or '-'} "
                              f"registers={registers} stack={stack} spilled={spilled} local={local}", flush=True)
                except RuntimeError as error:
                    failed = True
                    print(f"ptx {architecture} {shader} {words} failed: {error}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
