#!/usr/bin/env python3
"""Proves that programs which use the library are told by its version when they must be built anew.

    tests/lint/interface.py [--root DIR]             check; a line for each rule broken
    tests/lint/interface.py [--root DIR] --record    write tests/lint/interface anew, as the headers are now

tests/lint/interface holds the version and, a line each, what engine/*.h declare: no comments, no names of
parameters. What is new may be added under the same version. Where a line is gone, or another, the second
number of the version has to rise while the first is 0, and the first after that.
"""
import argparse
import re
import sys
from pathlib import Path

NUMBER = re.compile(r"#define RV_VERSION_(MAJOR|MINOR|PATCH) (\d+)")


def version(text):
    numbers = dict(NUMBER.findall(text))
    return tuple(int(numbers[part]) for part in ("MAJOR", "MINOR", "PATCH"))


def without_names(function):
    """A declaration of a function, whose parameters keep their types alone."""
    head, _, rest = function.partition("(")
    if "{" in head or not rest.endswith(")") or "(" in rest:
        return function
    types = [re.sub(r"(?<=[\w*] |.\*)\w+(?=(\[\w*\])*$)", "", one.strip()).strip() for one in rest[:-1].split(",")]
    return f"{head}({', '.join(types)})"


def declarations(text):
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    text = re.sub(r"#ifdef __cplusplus.*?#endif", " ", text, flags=re.S)
    for macro in re.findall(r"^#define (RV_\w+(?:\(.*?\))?[ \t]+.+)$", text, flags=re.M):
        if not macro.startswith(("RV_VERSION", "RV_API")):
            yield "#define " + " ".join(macro.split())
    text = re.sub(r"^#.*$", " ", text, flags=re.M)
    depth, one = 0, ""
    for letter in text:
        depth += (letter == "{") - (letter == "}")
        if letter == ";" and depth == 0:
            yield without_names(" ".join(one.split()))
            one = ""
        else:
            one += letter


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2])
    parser.add_argument("--record", action="store_true")
    arguments = parser.parse_args()
    record = arguments.root / "tests/lint/interface"
    texts = [path.read_text() for path in sorted((arguments.root / "engine").glob("*.h"))]
    now = version("".join(texts))
    there = sorted(one for text in texts for one in declarations(text))
    before, *kept = record.read_text().splitlines() if record.exists() else ["0.0.0"]
    before = tuple(int(part) for part in before.split("."))
    gone = sorted(set(kept) - set(there))
    failures = []
    if gone and now[:2 if now[0] == 0 else 1] == before[:2 if now[0] == 0 else 1]:
        failures = [f"gone, so that programs must be built anew: RV_VERSION_{'MAJOR' if now[0] else 'MINOR'} "
                    f"must rise: {one}" for one in gone]
    elif arguments.record:
        record.write_text("\n".join([".".join(str(part) for part in now)] + there) + "\n")
    elif kept != there or now != before:
        failures = ["not as tests/lint/interface has it: `tests/lint/interface.py --record`"]
    for failure in failures:
        print(f"engine/reverie.h:1: rule broken: {failure}")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
