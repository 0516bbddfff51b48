"""Compares what a session says that it dreamed with what a film says that was rendered by its score:
each frame that both dreamed, with the same settings, but for where the window is.

    same_settings.py LIVE-LOG FILM-LOG FRAMES SETTINGS    at least so many frames, of so many settings
"""
import re
import sys


def read(path):
    text = open(path, errors="replace").read().replace("\r", "\n")
    return dict(re.findall(r"dreamed (\d+\.\d+): (.*)", text))


live, film = map(read, sys.argv[1:3])
both = sorted(set(live) & set(film), key=float)
differing = [time for time in both if live[time].strip() != film[time].strip()]
kinds = len({live[time] for time in both})
print(len(both), "frames,", kinds, "settings;", "differing:", differing)
for time in differing[:3]:
    print(live[time], "|", film[time])
sys.exit(len(both) < int(sys.argv[3]) or kinds < int(sys.argv[4]) or bool(differing))
