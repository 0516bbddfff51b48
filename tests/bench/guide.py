#!/usr/bin/python3
"""Measures how near a guide draws a dream to itself.

Photographs are dreamed without and with a guide, all else being equal. By the network, at the layer of the dream,
    distance = the mean, over the places of a picture, of 1 - the cosine to that feature of the guide which is nearest
    far = the same of the Euclidean distance
A line for each pair tells the distance of the photograph, of the plain dream and of the guided one, the last for the
one before (ratio), and far's ratio. The guide is shrunk as `--guide` shrinks it. Exit code 1: the mean of the ratios
is above 0.5.

    tests/bench/guide.py [--layer NAME] [--power 2] [--width 320] [--keep FOLDER] [PHOTO GUIDE ...] [-- OPTION...]

PHOTO and GUIDE are files, or the beginnings of their names among the test data. The options go to reverie. --keep
writes the pictures: without, with."""

import argparse
import glob
import os
import subprocess
import sys
import tempfile

import cv2
import numpy as np

import command_line
from time_common import DATA, REVERIE

PAIRS = ["sky", "zebra", "sky", "city", "city", "zebra", "Landscape", "park"]
GUIDE_SIDE = 256  # guide_side of app/options/slots.c


def find(name):
    if os.path.exists(name):
        return name
    return sorted(glob.glob(os.path.join(DATA, "photos", name + "*")))[0]


def shrink(picture, scale):
    if scale >= 1:
        return picture
    height, width = picture.shape[:2]
    return cv2.resize(picture, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)


def network_of(options):
    """The options that say by which network it is looked at."""
    return [word for at, word in enumerate(options) if "--model" in options[max(at - 1, 0):at + 1]]


def features(path, folder, arguments):
    """[places][channels]"""
    array = os.path.join(folder, "a.npy")
    subprocess.run([REVERIE, "inspect", path, "--layer", arguments.layer, "--activation", array, "--force", "--quiet",
                    *network_of(arguments.options)], check=True)
    values = np.load(array)
    return values.reshape(values.shape[-3], -1).T


def lengths(vectors):
    return np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def distances(found, guide):
    """By the angle, and far."""
    angle = 1 - ((found / lengths(found)) @ (guide / lengths(guide)).T).max(1)
    squares = (found ** 2).sum(1)[:, None] + (guide ** 2).sum(1)[None] - 2 * found @ guide.T
    return np.array([angle.mean(), np.sqrt(np.maximum(squares.min(1), 0)).mean()])


def dream(photo, path, target, arguments):
    subprocess.run([REVERIE, photo, "-o", path, "--target", target, "--quiet", "--force", *arguments.options], check=True)


def measure(photo, guide, folder, arguments):
    """The ratio of the distances by the angle."""
    names = [os.path.basename(path).split(".")[0] for path in (photo, guide)]
    kept = arguments.keep or folder
    paths = [os.path.join(kept, "-".join([arguments.layer.replace("/", "_"), *names, kind]) + ".png")
             for kind in ("photo", "guide", "without", "with")]
    picture, example = cv2.imread(photo), cv2.imread(guide)
    cv2.imwrite(paths[0], shrink(picture, arguments.width / picture.shape[1]))
    cv2.imwrite(paths[1], shrink(example, GUIDE_SIDE / np.sqrt(example.shape[0] * example.shape[1])))
    dream(paths[0], paths[2], f"layer {arguments.layer}", arguments)
    dream(paths[0], paths[3], f'guide "{paths[1]}" of {arguments.layer} power {arguments.power:g}', arguments)
    seen = [features(path, folder, arguments) for path in paths]
    (photo_angle, _), plain, guided = (distances(seen[i], seen[1]) for i in (0, 2, 3))
    ratio = guided / plain
    print(f"guide {' '.join(names)} {arguments.layer} power={arguments.power:g} distance photo={photo_angle:.3f} "
          f"plain={plain[0]:.3f} guided={guided[0]:.3f} ratio={ratio[0]:.3f} far={ratio[1]:.3f}", flush=True)
    return ratio


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("pictures", nargs="*", metavar="PHOTO GUIDE", default=PAIRS)
    parser.add_argument("--layer", default="inception_4a/output")
    parser.add_argument("--power", type=float, default=2)
    parser.add_argument("--width", type=int, default=320)
    parser.add_argument("--keep", metavar="FOLDER")
    arguments = command_line.parse(parser)
    if arguments.keep:
        os.makedirs(arguments.keep, exist_ok=True)
    pictures = [find(name) for name in arguments.pictures]
    with tempfile.TemporaryDirectory() as folder:
        ratios = [measure(photo, guide, folder, arguments) for photo, guide in zip(pictures[::2], pictures[1::2])]
    ratio = np.mean(ratios, 0)
    print(f"guide all {arguments.layer} power={arguments.power:g} pairs={len(ratios)} ratio={ratio[0]:.3f} "
          f"far={ratio[1]:.3f}")
    return bool(ratio[0] > 0.5)


if __name__ == "__main__":
    sys.exit(main())
