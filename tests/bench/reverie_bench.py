"""What reverie-bench says, for the scripts beside this one."""

import re
import shlex
import subprocess

STEP = re.compile(r"^step \S+ (\d+)x(\d+) median_ms=([\d.]+)", re.MULTILINE)


def step(program, *words, seconds=None):
    """`reverie-bench step WORD...`: width, height, and the median of its steps in milliseconds. program
    may be several words. RuntimeError where it fails, or takes longer than so many seconds."""
    command = [*shlex.split(program), "step", *words]
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"{' '.join(command)} took more than {seconds:.0f} s") from error
    line = STEP.search(result.stdout)
    if result.returncode or not line:
        said = (result.stderr.strip() or "it printed no step line").splitlines()[-1]
        raise RuntimeError(f"{' '.join(command)} failed: {said}")
    return int(line.group(1)), int(line.group(2)), float(line.group(3))
