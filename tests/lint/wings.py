#!/usr/bin/env python3
"""Proves from the sources that the house stands as tests/lint/wings says.

    tests/lint/wings.py [--root DIR] [--build DIR]    check; one line for each rule broken
    tests/lint/wings.py --graph engine|app            print which wing includes from which
    tests/lint/wings.py --draw                        write these graphs into the READMEs

Rules: a wing includes only what stands below it; a part of the tree crosses only the borders that the
table opens; no circle of files (a module is NAME.c with NAME.h), neither by includes nor, where objects are
in the build folder, by calls; what the linker sees of a module begins with the first word of its file's name
or with its wing's; no file is longer than 500 lines, no function of C than 40; the drawings are up to date.
"""
import argparse
import re
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

FILE_LINES, FUNCTION_LINES = 500, 40
TREES = ("engine", "app")
BEGIN, END = "<!-- wings -->", "<!-- end of wings -->"
INCLUDE = re.compile(r'#include "([^"]+)"')
DATA = re.compile(r"(?!static|extern|typedef|#|\s|/)[^(){}=]*?\b(\w+)(\[[^=]*\])* =")


class House:
    def __init__(self, root, build):
        self.root, self.build, self.failures = root, build, 0
        self.wings, self.borders, self.exceptions = {}, {}, set()
        self.read_table()
        self.lines = {}  # path below the root, in text -> its lines
        for tree in TREES + ("tests", "shaders"):
            for path in sorted((root / tree).rglob("*")):
                if path.suffix in (".c", ".h", ".cl", ".clh") and path.is_file():
                    self.lines[path.relative_to(root).as_posix()] = path.read_text().splitlines()
        self.includes = [(path, number, match[1])
                         for path, lines in self.lines.items()
                         for number, line in enumerate(lines, 1)
                         if (match := INCLUDE.match(line))]

    def read_table(self):
        for line in (self.root / "tests/lint/wings").read_text().splitlines():
            if line.startswith("["):
                section = line.strip("[]")
            elif line and not line.startswith("#"):
                name, text = line.split(None, 1)
                if section == "borders":
                    self.borders[name] = text.split()
                elif section == "exceptions":
                    self.exceptions.add((name, text))
                else:
                    self.wings.setdefault(section, {})[name] = text

    def fail(self, path, line, text):
        print(f"{path}:{line}: rule broken: {text}")
        self.failures += 1

    def wing(self, path):
        """The tree and the wing that a file stands in; the wing of a public header is None."""
        parts = path.split("/")
        return (parts[0], parts[1] if len(parts) > 2 else None) if parts[0] in TREES else (None, None)


def below(path, folders):
    return any(fnmatchcase(path, folder) or path.startswith(folder + "/") for folder in folders)


def check_includes(house):
    for path, number, included in house.includes:
        if (path, included) in house.exceptions:
            continue
        for part, may in house.borders.items():
            if below(path, [part]) and not below(included, [part] + may):
                house.fail(path, number, f"{part} may not include {included}, only {' '.join(may)}")
        tree, wing = house.wing(path)
        other_tree, other = house.wing(included)
        if tree != other_tree or wing is None or other in (None, wing):
            continue
        order = list(house.wings[tree])
        if wing not in order or other not in order:
            house.fail(path, number, f"tests/lint/wings knows no wing {tree}/{other if wing in order else wing}")
        elif order.index(other) < order.index(wing):
            house.fail(path, number, f"{tree}/{wing} may not include {included}: {tree}/{other} stands above it")


def module(path):
    return re.sub(r"\.[ch]$", "", path)


def includes_by_module(house):
    edges = {}
    for path, number, included in house.includes:
        if included in house.lines and path.split("/")[0] in TREES and module(path) != module(included):
            edges.setdefault(module(path), {}).setdefault(module(included), (path, number))
    return edges


def calls_by_module(house):
    objects = [house.build / (path + "o") for path in (p[:-1] for p in house.lines if p.endswith(".c"))
               if path.split("/")[0] in TREES and (house.build / (path + "o")).is_file()]
    if not objects:
        return {}
    listing = subprocess.run(["nm", "-A", "-g", "-P", *objects], capture_output=True, text=True, check=True)
    defined, used = {}, []
    for line in listing.stdout.splitlines():
        name, symbol, kind = line.split()[:3]
        name = Path(name.rstrip(":")).relative_to(house.build).as_posix()[:-2]
        if kind == "U":
            used.append((name, symbol))
        else:
            defined[symbol] = name
    edges = {}
    for name, symbol in used:
        if defined.get(symbol, name) != name:
            word = re.compile(rf"\b{symbol}\b")
            line = next((n for n, text in enumerate(house.lines[name + ".c"], 1) if word.search(text)), 1)
            edges.setdefault(name, {}).setdefault(defined[symbol], (name + ".c", line))
    return edges


def shortest_circle(edges, start):
    """The shortest way from start back to it, or None."""
    came, queue = {}, [start]
    for here in queue:
        for there in sorted(edges.get(here, ())):
            if there == start:
                way = [start]
                while here != start:
                    way.insert(0, here)
                    here = came[here]
                return [start] + way
            if there not in came:
                came[there] = here
                queue.append(there)
    return None


def check_circles(house, edges, what):
    """Names one circle for each knot of files; those of a circle that was named are not named again."""
    named = set()
    for start in sorted(edges):
        circle = None if start in named else shortest_circle(edges, start)
        if circle and not named & set(circle):
            house.fail(*edges[start][circle[1]], f"a circle of {what}: {' -> '.join(circle)}")
            named |= set(circle)


def functions(lines):
    """(name, first line, last line, is static) of each; a body's braces stand alone in column 0."""
    begin = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            begin = number - 1
            while begin > 1 and re.match(r"\w|\s+[^\s*]", lines[begin - 2]) and lines[begin - 2][-1] != ";":
                begin -= 1
        elif begin and line == "}":
            head = " ".join(lines[begin - 1:number]).split("{")[0]
            name = re.search(r"(\w+)\s*\(", re.sub(r"__\w+__\(\(.*?\)\)+", "", head))
            yield name[1] if name else "?", begin, number, "static" in head.split()
            begin = None


def check_names(house):
    headers = [lines for path, lines in house.lines.items() if re.fullmatch(r"engine/\w+\.h", path)]
    public = set(re.findall(r"\brv_\w+", "\n".join("\n".join(lines) for lines in headers)))
    for path, lines in house.lines.items():
        tree, wing = house.wing(path)
        if wing is None or not path.endswith(".c"):
            continue
        words = {Path(path).stem.split("_")[0], wing, wing.removesuffix("s")}
        names = [(name, first) for name, first, _, static in functions(lines) if not static]
        names += [(match[1], number) for number, line in enumerate(lines, 1) if (match := DATA.match(line))]
        for name, number in names:
            if name.split("_")[0] not in words and name not in public | {"main"}:
                wanted = " or ".join(sorted(word + "_" for word in words))
                house.fail(path, number, f"{name} is exported and begins not with {wanted}")


def check_lengths(house):
    for path, lines in house.lines.items():
        if len(lines) > FILE_LINES:
            house.fail(path, FILE_LINES + 1, f"a file of {len(lines)} lines, more than {FILE_LINES}")
        for name, first, last, _ in functions(lines) if path[-2:] in (".c", ".h") else ():
            if last - first + 1 > FUNCTION_LINES:
                house.fail(path, first, f"{name} has {last - first + 1} lines, more than {FUNCTION_LINES}")


def graph(house, tree):
    """A line for each wing; the wings that it includes from stand each in a column of its own."""
    order = list(house.wings[tree])
    uses = {(house.wing(path)[1], house.wing(included)[1]) for path, _, included in house.includes
            if house.wing(path)[0] == tree == house.wing(included)[0]}
    width = max(map(len, order))
    for wing in order:
        cells = [name if (wing, name) in uses and name != wing else " " * len(name) for name in order[1:]]
        yield f"{wing:<{width}}  {'uses' if ''.join(cells).strip() else '    '}  {' '.join(cells)}".rstrip()


def drawing(house, tree):
    return [""] + ["    " + line for line in graph(house, tree)] + [""]


def check_drawings(house, write):
    for tree in house.wings:
        path = house.root / tree / "README.md"
        name = f"{tree}/README.md"
        lines = path.read_text().splitlines() if path.is_file() else []
        if BEGIN not in lines or END not in lines:
            house.fail(name, 1, f"no drawing of the wings between {BEGIN} and {END}")
            continue
        begin, end = lines.index(BEGIN) + 1, lines.index(END)
        if write:
            path.write_text("\n".join(lines[:begin] + drawing(house, tree) + lines[end:]) + "\n")
        elif lines[begin:end] != drawing(house, tree):
            house.fail(name, begin, "the drawing is out of date: tests/lint/wings.py --draw")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).parents[2], help="of the tree")
    parser.add_argument("--build", type=Path, help="the folder of objects; ROOT/build by default")
    parser.add_argument("--graph", choices=TREES, help="print which wing includes from which")
    parser.add_argument("--draw", action="store_true", help="write the graphs into the READMEs")
    arguments = parser.parse_args()
    house = House(arguments.root, arguments.build or arguments.root / "build")
    if arguments.graph:
        print("\n".join(graph(house, arguments.graph)))
        return 0
    check_drawings(house, arguments.draw)
    if not arguments.draw:
        check_includes(house)
        check_circles(house, includes_by_module(house), "includes")
        check_circles(house, calls_by_module(house), "calls")
        check_names(house)
        check_lengths(house)
    return house.failures > 0


if __name__ == "__main__":
    sys.exit(main())
