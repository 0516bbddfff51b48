"""Plays a live session in a window for hours, whose source dies and comes back, whose settings are played
by chance over OSC, whose disk fills and empties, whose device fails and returns, and whose clock jumps:
what it holds must not grow, what it shows must not become late or shallow, and after each fault it must
dream again.

    make soak HOURS=1
    /usr/bin/python3 tests/bench/soak.py HOURS [PROGRAM]

After each round of faults it is brought back to the same settings, left alone for a while and measured:
one line each. At the end a straight line is fitted through each figure, whose rise from the first to the
last is held against BOUNDS: that verdict is the exit code. Depth is what time_depth.py calls so, at the
largest octave. Needs Xvfb, ffmpeg, cv2, and a C compiler for what makes things fail (tests/support)."""
import glob
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests/support"))
import cv2  # noqa: E402
import numpy as np  # noqa: E402
import remote_client  # noqa: E402
import time_depth  # noqa: E402

LAYERS = {"failing_opencl": ["-DCL_TARGET_OPENCL_VERSION=120"], "failing_files": [], "jumping_clock": []}
# What makes a dream of its own takes a while after each change; what is asked for is soon shown.
SETTINGS = {"strength": (0.3, 2.0), "octaves": [1, 2, 3], "layer": ["mixed0", "mixed1", "mixed2", "conv2d_2"],
            "view": ["dream", "split", "source"], "mirror": [0, 1], "hud": ["off", "small", "full"],
            "size": ["96x72", "128x96", "160x120"], "journey": [0, 1], "governor": [0, 1], "freeze": [0]}
# In which it is measured: all that SETTINGS may have changed.
POSTURE = {"strength": 1.0, "octaves": 2, "layer": "mixed0", "view": "dream", "mirror": 0, "hud": "off",
           "size": "128x96", "journey": 0, "governor": 0, "freeze": 0}
REST = 8  # seconds of playing after a fault
PATIENCE = 90  # seconds in which it must dream again after one
POSTURE_SECONDS = 22  # so that ten seconds that it tells of lie wholly within
PICTURES = 3  # of each posture, whose depth is looked at
# How much each may rise (or fall, where below 0) over all of a run, as a part of its middle or in its own
# unit, whichever is more. The same buffers come back with the same settings, and so do descriptors and
# threads. The host's memory also holds what libav, SDL and malloc keep. What others do on the machine
# changes latency; what the picture shows, depth.
BOUNDS = {"rss_kb": (0.03, 8192), "device_kb": (0, 1024), "descriptors": (0, 0.5), "threads": (0, 0.5),
          "latency_p50_ms": (0.25, 10), "depth": (-0.15, -0.05)}
LOADED = ("latency_p50_ms",)  # what is fitted beside the load of the machine, of which it is most of all


def slope_of(columns, values):
    """Of the first column, by least squares over all; and twice its standard error."""
    solution = np.linalg.lstsq(columns, values, rcond=None)[0]
    rest = values - columns @ solution
    spread = np.linalg.pinv(columns.T @ columns) * (rest @ rest) / max(len(values) - columns.shape[1], 1)
    return solution[0], 2 * np.sqrt(max(spread[0, 0], 0))


class Soak:
    def __init__(self, work, program):
        self.work, self.program = work, program
        self.chance = random.Random(7)
        self.samples, self.faults, self.trouble = [], {}, []
        self.pictures = []  # of each sample: (file of the source, file of its dream)
        self.port = 20000 + os.getpid() % 20000
        self.source = self.server = self.session = None
        self.network = ["--model", os.path.join(ROOT, "models/inception_v3.onnx")]

    # ---- what is started ----

    def path(self, name):
        return os.path.join(self.work, name)

    def build_layers(self):
        for name, flags in LAYERS.items():
            subprocess.run(["cc", "-std=c11", "-D_GNU_SOURCE", "-O1", "-fPIC", "-shared", *flags, "-o",
                            self.path(name + ".so"), os.path.join(ROOT, "tests/support", name + ".c"),
                            "-ldl", "-pthread"], check=True)

    def make_clip(self):
        """Back and forth, as a cut at its end would begin every dream anew."""
        subprocess.run(
            ["ffmpeg", "-nostdin", "-loglevel", "error", "-i", os.path.join(ROOT, "assets/clouds.mp4"), "-an",
             "-filter_complex", "split[a][b];[b]reverse[c];[a][c]concat", "-c:v", "mpeg2video", "-q:v", "2",
             self.path("clip.ts")], check=True)

    def start_source(self):
        self.source = subprocess.Popen(
            ["ffmpeg", "-nostdin", "-loglevel", "quiet", "-re", "-stream_loop", "-1", "-i",
             self.path("clip.ts"), "-c:v", "mpeg2video", "-q:v", "4", "-g", "12", "-f",
             "mpegts", f"tcp://127.0.0.1:{self.port}?listen=1"])

    def start_display(self):
        reading, writing = os.pipe()
        self.server = subprocess.Popen(["Xvfb", "-displayfd", str(writing), "-screen", "0", "1024x768x24",
                                        "-nolisten", "tcp"], pass_fds=[writing], stderr=subprocess.DEVNULL)
        return ":" + os.read(reading, 16).decode().strip()

    def start(self, seconds):
        display = self.start_display()
        self.start_source()
        environment = dict(
            os.environ, DISPLAY=display, SDL_VIDEODRIVER="x11", SDL_RENDER_DRIVER="software",
            LD_PRELOAD=" ".join(self.path(name + ".so") for name in LAYERS), CLOCK_JUMP=self.path("jump"),
            FAIL_CL="clEnqueueNDRangeKernel", FAIL_CL_FLAG=self.path("device"),
            FAIL_CL_HELD=self.path("held"), FAIL_FILES=self.work,
            FAIL_FILES_HOW="28", FAIL_FILES_FLAG=self.path("disk"), XDG_CONFIG_HOME=self.path("config"))
        self.log = open(self.path("log"), "w+")
        self.session = subprocess.Popen(
            [os.path.abspath(self.program), "live", f"tcp://127.0.0.1:{self.port}", "--kiosk", "--osc",
             str(self.port + 1), "--bench", str(int(seconds)), "--size", "128x96", "--octaves", "2",
             "--layer", "mixed0", *self.network],
            cwd=self.work, env=environment, stdout=self.log, stderr=subprocess.STDOUT)
        self.osc = remote_client.Session(self.port + 1)

    # ---- what goes wrong ----

    def touch(self, name, seconds):
        open(self.path(name), "w").close()
        time.sleep(seconds)
        os.remove(self.path(name))

    def lose_source(self):
        self.source.kill()
        self.source.wait()
        time.sleep(self.chance.uniform(1, 6))
        self.start_source()

    def lose_device(self):
        self.touch("device", self.chance.uniform(1, 6))

    def fill_disk(self):
        self.osc.send("record")
        time.sleep(1)
        self.touch("disk", 4)
        self.osc.send("screenshot")

    def jump_clock(self):
        with open(self.path("jump"), "w") as file:
            file.write(str(self.chance.choice([-86400, 3600, 31536000, 0])))

    def record(self):
        self.osc.send("record")
        time.sleep(4)
        self.osc.send("record")
        time.sleep(1)
        for file in glob.glob(self.path("reverie-*")):
            os.remove(file)

    def play(self):
        for _ in range(5):
            name = self.chance.choice(list(SETTINGS))
            values = SETTINGS[name]
            self.osc.send(name, self.chance.uniform(*values) if isinstance(values, tuple)
                          else self.chance.choice(values))
            time.sleep(0.3)

    # ---- what is measured ----

    def state(self):
        """Whether it dreams, as it says itself; None where it does not answer."""
        self.osc.send("state")
        end = time.time() + 3
        while time.time() < end:
            message = self.osc.hear(1)
            if message and message[0] == "/reverie/state":
                return message[1][0]
        return None

    def held(self):
        """Of memory, by its own process and on the device, of descriptors and of threads."""
        folder = f"/proc/{self.session.pid}"
        pages = int(open(folder + "/statm").read().split()[1])
        device, = struct.unpack("=Q", open(self.path("held"), "rb").read())
        return {"rss_kb": pages * os.sysconf("SC_PAGE_SIZE") // 1024, "device_kb": device // 1024,
                "descriptors": len(os.listdir(folder + "/fd")), "threads": len(os.listdir(folder + "/task"))}

    def lately(self):
        """What it told of its last ten seconds."""
        with open(self.path("log")) as file:
            lines = [line for line in file if line.startswith("lately ")]
        return {name: float(value) for name, value in re.findall(r"(\w+)=(\S+)", lines[-1] if lines else "")}

    def screenshot(self, name):
        def written():
            return set(glob.glob(self.path("reverie-*.png"))) - before
        before = set(glob.glob(self.path("reverie-*.png")))
        self.osc.send("screenshot")
        if not remote_client.eventually(written, 15):
            return None
        shutil.move(written().pop(), self.path(name))
        return self.path(name)

    def look(self, number):
        """One picture that is held: its source and its dream."""
        self.osc.send("freeze", 1)
        time.sleep(0.3)
        pair = []
        for view in ("source", "dream"):
            self.osc.send("view", view)
            time.sleep(0.3)
            pair.append(self.screenshot(f"{view}-{len(self.samples)}-{number}.png"))
        self.osc.send("freeze", 0)
        return tuple(pair) if all(pair) else None

    def sample(self, start):
        for name, value in POSTURE.items():
            self.osc.send(name, value)
        time.sleep(POSTURE_SECONDS)
        if self.session.poll() is not None:
            return
        lately = self.lately()
        sample = {"seconds": time.time() - start, **self.held(),
                  "latency_p50_ms": lately.get("latency_p50_ms", 0), "dream_fps": lately.get("dream_fps", 0),
                  "load": os.getloadavg()[0]}
        looks = []
        for number in range(PICTURES):
            looks.append(self.look(number))
            time.sleep(2)
        self.pictures.append([pair for pair in looks if pair])
        self.samples.append(sample)
        print("soak " + " ".join(f"{name}={value:.6g}" for name, value in sample.items()), flush=True)

    def settle(self, fault):
        """Waits until it dreams again."""
        start, state = time.time(), None
        while time.time() - start < PATIENCE and self.session.poll() is None:
            state = self.state()
            if state == "dreaming":
                self.faults.setdefault(fault, []).append(time.time() - start)
                return
            time.sleep(1)
        if self.session.poll() is None:
            self.trouble.append(f"after {fault}: {state}")

    def run(self, seconds):
        faults = [self.lose_source, self.lose_device, self.fill_disk, self.jump_clock, self.record]
        start, number = time.time(), 0
        self.start(seconds)
        self.settle("start")
        while self.session.poll() is None and time.time() - start < seconds + 120:
            if time.time() - start > seconds - 60:
                time.sleep(1)
                continue
            fault = faults[number % len(faults)]
            number += 1
            fault()
            self.play()
            self.settle(fault.__name__)
            time.sleep(REST)
            if number % len(faults) == 0 and self.session.poll() is None:
                self.sample(start)

    def stop(self):
        for process in (self.session, self.source, self.server):
            if process and process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()

    # ---- the verdict ----

    def look_at_depth(self):
        """All pictures at once, when the session is over: nothing else is to be measured any more."""
        width, height = (int(side) for side in POSTURE["size"].split("x"))
        pairs = [pair for looks in self.pictures for pair in looks]
        if not pairs:
            return
        sources, dreams = ([cv2.resize(cv2.imread(pair[i]), (width, height), interpolation=cv2.INTER_AREA)
                            for pair in pairs] for i in (0, 1))
        options = [*self.network, "--octaves", str(POSTURE["octaves"]), "--layer", POSTURE["layer"]]
        alone = time_depth.dreamed_alone(sources, options, None)
        depths = time_depth.depths(sources, dreams, alone, options)[:, 0]
        for sample, looks in zip(self.samples, self.pictures):
            if looks:
                sample["depth"] = float(np.median(depths[:len(looks)]))
                depths = depths[len(looks):]

    def judge_flat(self, name, samples):
        """A straight line through what was measured: how far it rises, and how surely that is known."""
        samples = [sample for sample in samples if name in sample]
        if len(samples) < 4:
            self.trouble.append(f"{name} was measured {len(samples)} times, too few")
            return
        hours = np.array([sample["seconds"] / 3600 for sample in samples])
        values = np.array([sample[name] for sample in samples], float)
        columns = [hours, np.ones_like(hours)]
        if name in LOADED:
            columns.append(np.array([sample["load"] for sample in samples]))
        slope, error = slope_of(np.column_stack(columns), values)
        span, middle = hours[-1] - hours[0], float(np.median(values))
        part, least = BOUNDS[name]
        bound = max(part * middle, least, key=abs)
        print(f"soak {name}: {values.min():.6g} to {values.max():.6g}, middle {middle:.6g}, rises by "
              f"{slope * span:.3g} +- {error * span:.2g} in {60 * span:.0f} minutes"
              f"{' at equal load' if name in LOADED else ''}, may by {bound:.3g}"
              f"{', which is less than is known' if error * span > abs(bound) else ''}")
        if slope * span > bound > 0 or slope * span < bound < 0:
            self.trouble.append(f"{name} rose by {slope * span:.3g}")

    def judge(self):
        if self.session.poll() != 0:
            self.trouble.append(f"the session ended with {self.session.poll()}")
        self.look_at_depth()
        # What every size and every way to fail needs once is there after a fifth of the time.
        settled = self.samples[len(self.samples) // 5:]
        for name in BOUNDS:
            self.judge_flat(name, settled)
        for fault, times in sorted(self.faults.items()):
            print(f"soak {fault}: {len(times)} times, dreaming again {max(times):.1f} s after at most")
        self.log.seek(0)
        text = self.log.read()
        print("".join(re.findall(r"^live seconds.*\n", text, re.M)), end="")
        for line in self.trouble:
            print("soak short:", line)
        if self.trouble:
            print("\n".join("# " + line for line in text.splitlines()[-30:]))
        return not self.trouble


def main():
    with tempfile.TemporaryDirectory() as work:
        soak = Soak(work, sys.argv[2] if len(sys.argv) > 2 else os.path.join(ROOT, "build/reverie"))
        soak.build_layers()
        soak.make_clip()
        try:
            soak.run(float(sys.argv[1]) * 3600)
        finally:
            soak.stop()
        sys.exit(not soak.judge())


if __name__ == "__main__":
    main()
