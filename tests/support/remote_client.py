"""Plays a live session from outside: every key of the keyboard through xdotool, and what it is bound
to by OSC; then commands by chance. Run by tests/system/remote.sh, whose lines it prints.

    remote_client.py keys PORT WINDOW PROGRAM     every key, and the same by OSC
    remote_client.py hammer PORT COUNT RATE       COUNT commands by chance, RATE a second
    remote_client.py fuzz PORT COUNT              COUNT packets that make no sense
    remote_client.py flood PORT COUNT             COUNT screenshots and presets, as fast as they go
    remote_client.py no-room PORT                 where --keep-free leaves no room for any
    remote_client.py store PORT                   stores a dream as 4
    remote_client.py recall PORT                  recalls it in a later session
"""
import glob
import os
import random
import re
import socket
import struct
import subprocess
import sys
import time

failed = False
STATE = os.environ.get("XDG_STATE_HOME", "")
SLOWNESS = float(os.environ.get("TEST_SLOWNESS", "1"))  # as tests/support/lib.sh has it


def report(good, name, why=""):
    global failed
    if not good:
        failed = True
        print("# " + str(why))
    print(("ok " if good else "not ok ") + case_name(name), flush=True)


def case_name(name):
    name = re.sub(r" -(?=[\d.])", " minus ", name)
    return "remote_" + re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")


# ---- OSC ----

def padded(data):
    return data + b"\0" * (4 - len(data) % 4)


def encode(path, *arguments):
    types, data = ",", b""
    for argument in arguments:
        if isinstance(argument, bool):
            types += "T" if argument else "F"
        elif isinstance(argument, int):
            types, data = types + "i", data + struct.pack(">i", argument)
        elif isinstance(argument, float):
            types, data = types + "f", data + struct.pack(">f", argument)
        else:
            types, data = types + "s", data + padded(argument.encode())
    return padded(path.encode()) + padded(types.encode()) + data


def decode(packet):
    def text(at):
        end = packet.index(b"\0", at)
        return packet[at:end].decode(), end + 4 - end % 4
    path, at = text(0)
    types, at = text(at)
    arguments = []
    for kind in types[1:]:
        if kind == "s":
            value, at = text(at)
        else:
            value = struct.unpack_from(">i" if kind == "i" else ">f", packet, at)[0]
            at += 4
        arguments.append(value)
    return path, arguments


class Session:
    def __init__(self, port):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(("127.0.0.1", int(port)))

    def send(self, name, *arguments):
        try:
            self.socket.send(encode("/reverie/" + name, *arguments))
        except ConnectionRefusedError:  # of an earlier packet
            pass

    def wait(self):
        """Until there is someone who answers."""
        return eventually(lambda: self.ask("strength", 1) is not None, 120)

    def hear(self, seconds=5):
        """The next message, or None."""
        self.socket.settimeout(seconds * SLOWNESS)
        try:
            return decode(self.socket.recv(65536))
        except (socket.timeout, ConnectionRefusedError):
            return None

    def ask(self, name, seconds=5):
        """An option's value; None where no answer comes. Whatever else is heard is dropped."""
        for _ in range(3):  # a packet may be lost
            self.send(name)
            message = self.hear(seconds)
            while message and message[0] != "/reverie/" + name:
                message = self.hear(seconds)
            if message:
                return message[1][0]
        return None

    def run(self, action):
        """An action as a line of keys.conf has it."""
        name, *arguments = action.split(" ")
        self.send(name, *arguments)

    def list(self):
        entries = {}
        for _ in range(5):  # whoever asked for a lot just before gets none for a while
            self.send("list")
            message = self.hear()
            while message:
                if message[0] == "/reverie/list":
                    entries[message[1][0]] = message[1][1:]
                message = self.hear(0.5)
            if entries:
                break
            time.sleep(2)
        return entries


def eventually(condition, seconds=60):
    end = time.time() + seconds * SLOWNESS
    while time.time() < end:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


# ---- keys ----

MODIFIERS = {"Shift": "shift", "Ctrl": "ctrl", "Alt": "alt"}
KEYSYMS = {"PageUp": "Prior", "PageDown": "Next", "Space": "space", "Backspace": "BackSpace",
           ".": "period", ",": "comma", "[": "bracketleft", "]": "bracketright"}
BUTTONS = {"Wheel Up": ["click", "4"], "Wheel Down": ["click", "5"],
           "Double Click": ["click", "--repeat", "2", "--delay", "60", "1"]}


def press(window, key):
    if key in BUTTONS:
        subprocess.run(["xdotool", "mousemove", "512", "384"] + BUTTONS[key], check=True)
        return
    *modifiers, name = key.split("+")
    name = KEYSYMS.get(name, name if len(name) > 1 else name.lower())
    chord = "+".join([MODIFIERS[m] for m in modifiers] + [name])
    subprocess.run(["xdotool", "key", "--window", window, chord], check=True)


def bindings(program):
    """(key, action) of the keyboard and the mouse, and the names of all actions. The keys that
    move corners, size the brush or choose in the atlas, the controllers and sound have tests of their own."""
    text = subprocess.run([program, "--help", "keys"], check=True, capture_output=True,
                          text=True).stdout
    keys, _, actions = text.partition("\n\n")
    found = [re.match(r"  (\S+(?: \S+)*) {2,}(\S.*?)(?: {2,}.*)?$", line)
             for line in keys.splitlines()[1:]]
    return ([(m[1], m[2]) for m in found if m and not m[1].startswith(("Pad ", "Corner+", "Brush+", "Atlas+", "Sound "))],
            [line.split()[0] for line in actions.splitlines()[1:] if line.startswith("  ")])


def middle(limits):
    """A number within "0.1 to 10 a second" that can go up and down."""
    low, high = re.search(r"(-?[\d.]+) to (-?[\d.]+)", limits).groups()
    return min(max(float(low) + 1, 2), (float(low) + float(high)) / 2)


def same(value, wanted):
    if isinstance(value, float) or isinstance(wanted, float):
        return value is not None and not isinstance(value, str) and abs(value - wanted) < 1e-4
    # What is only off or on is told as 0 or 1.
    return value == wanted or value == {"off": 0, "on": 1}.get(wanted, wanted)


def expectation(session, action, limits):
    """(option, the value to begin with, the value that follows); None: nothing so simple."""
    words = action.split(" ")
    if len(words) < 2 or words[1] not in limits:
        return None
    option, choices = words[1], limits[words[1]][0].split(", ")
    if words[0] == "add":
        before = middle(limits[option][0])
        whole = isinstance(session.ask(option), int) or option == "warm-steps"
        before, amount = (int(before), int(words[2])) if whole else (before, float(words[2]))
        return option, before, before + amount
    if words[0] == "cycle":
        return option, choices[0], choices[1]
    if words[0] in ("toggle", "set") and words[2] in choices:
        return option, [c for c in choices if c != words[2]][0], words[2]
    if words[0] == "toggle" and " to " in limits[option][0]:
        return option, middle(limits[option][0]), float(words[2])
    if words[0] == "set" and words[2] == "default" and " to " in limits[option][0]:
        session.send(option, "default")
        usual = session.ask(option)
        return option, usual + type(usual)(1), usual
    return None


def check_change(session, name, play, option, before, after):
    session.send(option, before)
    begun = eventually(lambda: same(session.ask(option), before))
    play()
    changed = eventually(lambda: same(session.ask(option), after))
    report(begun and changed, name, f"{option} from {before}: {session.ask(option)}, not {after}")
    session.send(option, before)  # a kiosk would obey no other key


# Actions whose effect is not one value of one option: each is given a way to play it, and says
# whether what should happen did.

def layers_and_channels(session):
    return session.ask("layer"), session.ask("channels")


def dream_changes(session, play, before):
    for name, value in before.items():
        session.send(name, value)
    eventually(lambda: all(session.ask(n) == v for n, v in before.items()))
    start = layers_and_channels(session)
    play()
    return eventually(lambda: layers_and_channels(session) != start)


def moves_layer(session, play, start, wanted):
    session.send("layer", start)
    session.ask("layer")
    play()
    return eventually(lambda: session.ask("layer") == wanted)


def moves_channel(session, play, wanted):
    session.send("layer", "mixed1")
    session.send("channels", 3)
    session.ask("channels")
    play()
    return eventually(lambda: session.ask("channels") == wanted)


def becomes_one_channel(session, play):
    session.send("channels", "default")
    session.ask("channels")
    play()
    return eventually(lambda: str(session.ask("channels")).isdigit())


def undoes(session, play, again):
    session.send("strength", 1.0)
    session.send("strength", 1.5)
    if again:
        session.send("undo")
    session.ask("strength")
    play()
    return eventually(lambda: same(session.ask("strength"), 1.5 if again else 1.0))


def goes_to_input(session, play):
    """remote.sh plays two."""
    session.send("input", 1)
    good = eventually(lambda: same(session.ask("input"), 1))
    play()
    return good and eventually(lambda: same(session.ask("input"), 2))


def beats(session, play):
    """remote.sh binds beats to the mirror. A tap alone ends them."""
    def is_mirrored():
        play()
        time.sleep(0.4)
        return same(session.ask("mirror"), True)
    session.send("mirror", False)
    good = eventually(is_mirrored)
    time.sleep(2.5)
    play()
    session.send("mirror", False)
    return good


def told_beats(session):
    """The same beats, one by one and at a tempo, until that is 0."""
    def is_mirrored(wanted):
        return eventually(lambda: same(session.ask("mirror"), wanted))
    session.send("tempo", 0)
    session.send("mirror", False)
    session.send("beat", 1)
    report(is_mirrored(True), "osc beat is a beat")
    session.send("tempo", 240.0)
    report(is_mirrored(False) and is_mirrored(True) and is_mirrored(False), "osc tempo makes beats")
    session.send("tempo", 0)
    session.ask("mirror")
    before = session.ask("mirror")
    time.sleep(1)
    report(session.ask("mirror") == before, "osc tempo 0 ends them")
    session.send("tempo", 301)
    answer = session.hear()
    report(answer and answer[0] == "/reverie/error", "osc tempo has an end", answer)


def keeps_dream(session, play, action):
    verb, number = action.split(" ")
    session.send("strength", 1.5)
    path = os.path.join(STATE, f"reverie/stores/{number}.preset")
    if os.path.exists(path):
        os.unlink(path)
    play() if verb == "store" else session.run("store " + number)
    eventually(lambda: os.path.exists(path))
    session.send("strength", 0.5)
    eventually(lambda: same(session.ask("strength"), 0.5))
    play() if verb == "recall" else session.run("recall " + number)
    return eventually(lambda: same(session.ask("strength"), 1.5))


def writes_file(play, pattern):
    before = len(glob.glob(pattern))
    play()
    return eventually(lambda: len(glob.glob(pattern)) > before)


def screen():
    return subprocess.run(["import", "-window", "root", "-crop", "960x760+32+4", "rgb:-"], check=True,
                          capture_output=True).stdout


def is_at_rest():
    """Longer than a message is shown."""
    before = screen()
    time.sleep(3.5 * SLOWNESS)
    return screen() == before


def says_so(session, play):
    """The picture is held: what changes on the screen is the HUD, which tells what was done."""
    session.send("layer", "mixed0")  # deeper ones cannot be dreamed of in so few pixels, and say so
    time.sleep(SLOWNESS)
    session.send("freeze", True)
    session.send("hud", "small")
    eventually(is_at_rest)
    before = screen()
    play()
    good = eventually(lambda: screen() != before)
    session.send("freeze", False)
    session.send("hud", "off")
    return good


SPECIAL = {
    "layer-up": lambda s, play: moves_layer(s, play, "mixed1", "mixed2"),
    "layer-down": lambda s, play: moves_layer(s, play, "mixed1", "mixed0"),
    "channel-up": lambda s, play: moves_channel(s, play, "4"),
    "channel-down": lambda s, play: moves_channel(s, play, "2"),
    "channel-random": becomes_one_channel,
    "random": lambda s, play: dream_changes(s, play, {"layer": "conv2d_1"}),
    "preset-next": lambda s, play: dream_changes(s, play, {"layer": "conv2d_1"}),
    "preset-previous": lambda s, play: dream_changes(s, play, {"layer": "conv2d_1"}),
    "input-next": goes_to_input,
    "input-previous": goes_to_input,
    "tap": beats,
    "undo": lambda s, play: undoes(s, play, False),
    "redo": lambda s, play: undoes(s, play, True),
    "save-preset": lambda s, play: writes_file(play, "*.preset"),
    "screenshot": lambda s, play: writes_file(play, "*.png"),
    "reset": says_so,
    "learn": says_so,
}


# What display.sh looks at with displays and a playlist, record.sh with files, brush.sh with a brush, and what
# ends the session.
SEEN_ELSEWHERE = ("brush-clear", "playlist-next", "playlist-pause", "next-display", "record", "quit", "leave")


def play_binding(session, window, key, action, limits):
    chord = "+".join(KEYSYMS.get(part, part) for part in key.split("+"))
    ways = (("key " + chord, lambda: press(window, key)), ("osc " + action, lambda: session.run(action)))
    simple = expectation(session, action, limits)
    for name, play in ways:
        if simple:
            check_change(session, name, play, *simple)
        elif action.startswith(("store ", "recall ")):
            report(keeps_dream(session, play, action), name, "it was not kept")
        elif action in SPECIAL:
            report(SPECIAL[action](session, play), name, "nothing of the kind happened")
        elif action not in SEEN_ELSEWHERE:
            report(False, name, "no expectation says what it does")


def play_keys(port, window, program):
    session = Session(port)
    limits = session.list()
    keys, actions = bindings(program)
    report(set(actions) - {"none"} <= set(limits), "osc lists all actions",
           set(actions) - set(limits))
    for key, action in keys:
        play_binding(session, window, key, action, limits)
    told_beats(session)
    ear = Session(port)
    ear.send("subscribe")
    while ear.hear(1):
        pass
    press(window, "Home")
    session.send("strength", 2.0)
    heard = [ear.hear(), ear.hear()]
    report(["/reverie/strength", [2.0]] in [list(m) for m in heard if m], "subscribers hear of changes",
           heard)
    session.send("layer", "nonesuch")
    answer = session.hear()
    report(answer and answer[0] == "/reverie/error", "wrong layers are refused", answer)
    answer = session.ask("layer")
    report(answer != "nonesuch", "wrong layers change nothing", answer)


# ---- by chance ----

# Of what can be set, values that a performance would use, and some that are refused.
VALUES = {"size": ["96x72", "128x96", "64x48", "nonsense"], "octaves": [1, 2, 3, 99],
          "layer": ["mixed0", "mixed3", "conv2d_2", "mixed1:1,mixed2:-0.5", "nonesuch"],
          "channels": [0, 7, 63, 64000, "1,2,3", "default"], "iterations": [1, 2, 5],
          "fps": [10, 25, 60], "winners": [1, 3], "cut": ["off", "auto", 5]}
LEFT_OUT = ("quit", "leave", "none", "set", "add", "cycle", "toggle", "dial", "preset")


def by_chance(limits, chance):
    name = chance.choice([n for n in limits if n not in LEFT_OUT])
    entry = limits[name]
    if name in VALUES:
        return name, chance.choice(VALUES[name])
    numbers = re.search(r"(-?[\d.]+) to (-?[\d.]+)", entry[0])
    if numbers:
        low, high = float(numbers[1]), float(numbers[2])
        return name, low + chance.random() * (min(high, low + 4) - low)
    if ", " in entry[0]:
        return name, chance.choice(entry[0].split(", "))
    return (name,)


def hammer(port, count, rate):
    session = Session(port)
    limits = session.list()
    chance = random.Random(1)
    start = time.time()
    for i in range(count):
        message = ("layer-up", "layer-down", "add octaves 1", "add octaves -1")[i % 4].split(" ") \
            if i % 8 < 4 else by_chance(limits, chance)
        session.send(*message)
        wait = start + (i + 1) / rate - time.time()
        if wait > 0:
            time.sleep(wait)
    session.socket.setblocking(False)  # what was refused has been said
    try:
        while True:
            session.socket.recv(65536)
    except OSError:
        pass
    session.send("kiosk", "off")  # or it would not be quit by a usual key
    session.send("corner", "off")
    session.send("strength", 0.75)
    report(eventually(lambda: same(session.ask("strength"), 0.75)), f"lives after {count} commands")
    for name in ("layer", "octaves", "hud", "size"):
        report(session.ask(name) is not None, f"tells its {name} after {count} commands")


def fuzz(port, count):
    session = Session(port)
    chance = random.Random(2)
    sound = [encode("/reverie/strength", 0.5), encode("/reverie/add", "octaves", 1),
             encode("/reverie/subscribe", 9), encode("/reverie/layer", "mixed0")]
    for i in range(count):
        packet = bytearray(chance.choice(sound))
        for _ in range(chance.randrange(4)):
            packet[chance.randrange(len(packet))] = chance.randrange(256)
        if chance.random() < 0.3:
            packet = packet[:chance.randrange(len(packet))]
        if chance.random() < 0.2:
            packet = bytearray(chance.randbytes(chance.randrange(200)))
        try:
            session.socket.send(bytes(packet))
        except ConnectionRefusedError:
            pass
        if i % 20 == 0:
            time.sleep(0.005)
    other = Session(port)
    other.send("strength", 0.25)
    report(eventually(lambda: same(other.ask("strength"), 0.25)), "survives packets without sense")


def flood(port, count):
    session, start, refused = Session(port), time.time(), []
    files = set(glob.glob("reverie-*"))
    for i in range(count):
        session.send(("screenshot", "save-preset")[i % 2])
        if i % 20 == 0:
            time.sleep(0.02)
    while (message := session.hear(1)):
        refused.append(message)
    passed = time.time() - start
    written = len(set(glob.glob("reverie-*")) - files)
    report(0 < written <= passed + 6, "writes few files however many are asked for",
           f"{written} in {passed:.1f} s")
    report(any("one file a second" in str(message[1]) for message in refused),
           "says why it writes no more", refused[-1:])


def finds_no_room(port):
    session = Session(port)
    time.sleep(2 * SLOWNESS)  # in which it looks
    for name in ("screenshot", "save-preset", "record"):
        session.send(name)
        message = session.hear()
        report(message and "--keep-free" in str(message[1]), f"leaves room on the disk and answers {name}",
               message)
    report(not glob.glob("reverie-*"), "writes nothing where there is no room", glob.glob("reverie-*"))


def store(port):
    session = Session(port)
    session.send("strength", "2.75")
    session.send("store", "4")
    files = os.path.join(STATE, "reverie/stores/*")
    report(eventually(lambda: glob.glob(files)), "writes what is stored while it runs")
    report([os.path.basename(path) for path in glob.glob(files)] == ["4.preset"], "writes no other store",
           glob.glob(files))


def recall(port):
    session = Session(port)
    report(session.ask("strength") != 2.75, "begins with its own dream")
    session.send("recall", "4")
    report(eventually(lambda: session.ask("strength") == 2.75), "recalls what was stored before it was killed",
           session.ask("strength"))


if __name__ == "__main__":
    what, *words = sys.argv[1:]
    if not Session(words[0]).wait():
        report(False, "session answers", "nobody listens")
        sys.exit(1)
    if what == "keys":
        play_keys(*words)
    elif what == "hammer":
        hammer(words[0], int(words[1]), float(words[2]))
    elif what == "flood":
        flood(words[0], int(words[1]))
    elif what == "no-room":
        finds_no_room(words[0])
    elif what == "store":
        store(words[0])
    elif what == "recall":
        recall(words[0])
    else:
        fuzz(words[0], int(words[1]))
    sys.exit(failed)
