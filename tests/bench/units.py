#!/usr/bin/env python3
"""Compiles the kernels of matrix units as the drivers of Intel's and AMD's GPUs would, and looks for their
instruction in the machine code:

    units.py [intel] [amd] [--keep FOLDER]

Intel's ocloc compiles for Arc A (dg2) and the data centers' Max (pvc), clang since 16 for RDNA 3 (gfx1100), with
libclc for the built-in functions. A line for every build that the engine asks for: products by the units in the
machine code, registers of an item, what is spilled to memory. Exit code 1 where a kernel does not compile, has fewer
products than its source or spills, 2 where a compiler is missing.
"""

import argparse
import dataclasses
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import ptx

# What engine/convolution/matrix.c builds: pixels, vectors, group, quads.
OF_32 = [(4, 2, 2, 4), (2, 4, 2, 4), (2, 2, 2, 8), (4, 1, 2, 8), (2, 1, 2, 8)]
OF_16 = [(2, 2, 4, 4), (2, 2, 2, 4), (2, 1, 2, 8), (1, 1, 2, 8)]
OF_8 = [(2, 1, 4, 4), (1, 2, 4, 4), (1, 1, 4, 8), (1, 1, 2, 8)]
TERMS = (3, 2, 1)
SUMS = 4
LIBRARY = Path("/usr/lib/clc/amdgcn--amdhsa.bc")


@dataclasses.dataclass
class Kind:
    """Of units, by its number in engine/opencl/device.h: products that make 16 pixels by 16 channels."""

    number: int
    products: int
    tiles: list


def builds(kind):
    """(shader, options, products that are written out)"""
    units = f"-DUNITS={kind.number} -DMATRIX_UNITS"
    yield "opencl/units", f"-DSUMS={SUMS} {units}", SUMS
    for pixels, vectors, group, quads in kind.tiles:
        for terms in TERMS:
            yield ("convolution/matrix",
                   f"-DGROUP={group} -DTILE_PIXELS={pixels} -DTILE_VECTORS={vectors} -DQUADS={quads} "
                   f"-DTERMS={terms} {units}",
                   pixels * vectors * kind.products)


def run(words, **options):
    result = subprocess.run(words, capture_output=True, text=True, check=False, **options)
    said = result.stdout + result.stderr
    if result.returncode:
        raise RuntimeError(next((line for line in said.splitlines() if "error" in line), said.strip()))
    return said


class Intel:
    """The compiler knows the functions of the extension, but the driver tells it of that on a device alone."""

    targets = {"dg2": Kind(1, 4, OF_8), "pvc": Kind(2, 2, OF_16)}
    compiler = shutil.which("ocloc")
    missing = None if compiler else "ocloc (Debian: intel-opencl-icd)"
    options = ["-Dcl_intel_subgroup_matrix_multiply_accumulate=1", "-cl-intel-256-GRF-per-thread"]

    def compile(self, source, options, target, folder):
        """(products, registers, bytes spilled)"""
        dumps = {"IGC_ShaderDumpEnable": "1", "IGC_ShaderDumpPidDisable": "1", "IGC_DumpToCustomDir": str(folder / "code")}
        said = run([self.compiler, "compile", "-file", source.name, "-device", target, "-output", "kernel",
                    "-output_no_suffix", "-out_dir", ".", "-options", " ".join([*options, *self.options])],
                   cwd=folder, env=os.environ | dumps)
        code = "".join(path.read_text(errors="replace") for path in (folder / "code").glob("*.asm"))
        return (len(re.findall(r"\bdpas\w*\.8x8 ", code)), int(re.search(r"numGRF=(\d+)", code)[1]),
                sum(map(int, re.findall(r"spilled around (\d+)", said))))


class AMD:
    targets = {"gfx1100": Kind(3, 1, OF_32)}
    compiler = next(filter(None, (shutil.which(f"clang-{version}") for version in range(22, 15, -1))), None)
    missing = ("clang since 16 (Debian: clang-16)" if not compiler
               else None if LIBRARY.exists() else f"{LIBRARY} (Debian: libclc-14)")
    builtins = ["-Xclang", "-finclude-default-header", "-Xclang", "-mlink-builtin-bitcode", "-Xclang", str(LIBRARY)]

    def compile(self, source, options, target, folder):
        """(products, registers, bytes spilled)"""
        run([self.compiler, "-x", "cl", "-target", "amdgcn-amd-amdhsa", f"-mcpu={target}", "-nogpulib", "-O3", "-S",
             "-w", *self.builtins, *options, source.name, "-o", "kernel.s"], cwd=folder)
        code = (folder / "kernel.s").read_text()
        kernel = re.search(r"^(?:convolve_by_matrix|multiply_by)_units:(.*?)^\.Lfunc_end", code, re.DOTALL | re.MULTILINE)
        return (kernel[1].count("v_wmma_f32_16x16x16_bf16"),
                max(map(int, re.findall(r"\.vgpr_count:\s*(\d+)", code))),
                sum(map(int, re.findall(r"\.(?:vgpr_spill_count|private_segment_fixed_size):\s*(\d+)", code))))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("makers", nargs="*", choices=("intel", "amd", []), help="both where none is named")
    parser.add_argument("--keep", type=Path, help="folder for sources and machine code")
    return parser.parse_args()


def compile_all(maker, keep):
    """Whether all was good."""
    good = True
    for target, kind in maker.targets.items():
        for number, (shader, options, least) in enumerate(builds(kind)):
            with tempfile.TemporaryDirectory() as scratch:
                folder = (keep or Path(scratch)) / f"{target}-{number}"
                folder.mkdir(parents=True, exist_ok=True)
                source = folder / "kernel.cl"
                source.write_text(ptx.source_of(shader))
                line = f"units {target} {shader} {options.replace(' ', ',')}"
                try:
                    products, registers, spilled = maker.compile(
                        source, [*ptx.COMMON, "-DLANES=4", *options.split()], target, folder)
                    good &= products >= least and not spilled
                    print(f"{line} products={products} registers={registers} spilled={spilled}", flush=True)
                except RuntimeError as error:
                    good = False
                    print(f"{line} failed: {error}", flush=True)
    return good


def main():
    options, good = arguments(), True
    makers = [{"intel": Intel, "amd": AMD}[name]() for name in options.makers or ("intel", "amd")]
    for maker in makers:
        if maker.missing:
            print(f"units: {maker.missing} is missing", file=sys.stderr)
            return 2
    for maker in makers:
        good &= compile_all(maker, options.keep)
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
