"""Command lines of scripts that hand what stands behind `--` on to reverie."""

import sys


def split():
    """The words before the first `--`, and those behind it."""
    words = sys.argv[1:]
    at = words.index("--") if "--" in words else len(words)
    return words[:at], words[at + 1:]


def parse(parser):
    """What an argparse.ArgumentParser finds before `--`; options is what stands behind it."""
    own, options = split()
    arguments = parser.parse_args(own)
    arguments.options = options
    return arguments
