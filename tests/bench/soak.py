"""Plays a live session in a window for hours, whose source dies and comes back, whose settings are played
by chance over OSC, whose disk fills and empties, whose device fails and returns, and whose clock jumps:
what it holds must not grow, and after each fault it must dream again.

    make soak HOURS=1
    /usr/bin/python3 tests/bench/soak.py HOURS [PROGRAM]

Prints a line every half minute, what happened in between, and at the end the figures and a verdict, which
is the exit code too. Needs Xvfb, ffmpeg and a C compiler for what makes things fail (tests/support)."""
import glob
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests/support"))
import remote_client  # noqa: E402

LAYERS = {"failing_opencl": ["-DCL_TARGET_OPENCL_VERSION=120"], "failing_files": [], "jumping_clock": []}
# What makes a dream of its own takes a while after each change; what is asked for is soon shown.
SETTINGS = {"strength": (0.3, 2.0), "octaves": [1, 2, 3], "layer": ["mixed0", "mixed1", "mixed2", "conv2d_2"],
            "view": ["dream", "split", "source"], "mirror": [0, 1], "hud": ["off", "small", "full"],
            "size": ["96x72", "128x96", "160x120"], "journey": [0, 1], "governor": [0, 1], "freeze": [0]}
REST = 20  # seconds from fault to fault
PATIENCE = 90  # seconds in which it must dream again after one


class Soak:
    def __init__(self, work, program):
        self.work, self.program = work, program
        self.chance = random.Random(7)
        self.samples, self.faults, self.trouble = [], {}, []
        self.port = 20000 + os.getpid() % 20000
        self.source = self.server = self.session = None

    # ---- what is started ----

    def path(self, name):
        return os.path.join(self.work, name)

    def build_layers(self):
        for name, flags in LAYERS.items():
            subprocess.run(["cc", "-std=c11", "-D_GNU_SOURCE", "-O1", "-fPIC", "-shared", *flags, "-o",
                            self.path(name + ".so"), os.path.join(ROOT, "tests/support", name + ".c"),
                            "-ldl", "-pthread"], check=True)

    def start_source(self):
        self.source = subprocess.Popen(
            ["ffmpeg", "-nostdin", "-loglevel", "quiet", "-re", "-stream_loop", "-1", "-i",
             os.path.join(ROOT, "assets/clouds.mp4"), "-c:v", "mpeg2video", "-q:v", "4", "-g", "12", "-f",
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
            FAIL_CL="clEnqueueNDRangeKernel", FAIL_CL_FLAG=self.path("device"), FAIL_FILES=self.work,
            FAIL_FILES_HOW="28", FAIL_FILES_FLAG=self.path("disk"), XDG_CONFIG_HOME=self.path("config"))
        self.log = open(self.path("log"), "w+")
        self.session = subprocess.Popen(
            [os.path.abspath(self.program), "live", f"tcp://127.0.0.1:{self.port}", "--kiosk", "--osc",
             str(self.port + 1), "--bench", str(int(seconds)), "--size", "128x96", "--octaves", "2",
             "--layer", "mixed0", "--model", os.path.join(ROOT, "models/inception_v3.onnx")],
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

    def sample(self, passed):
        folder = f"/proc/{self.session.pid}"
        pages = int(open(folder + "/statm").read().split()[1])
        sample = (passed, pages * os.sysconf("SC_PAGE_SIZE") // 1024, len(os.listdir(folder + "/fd")),
                  len(os.listdir(folder + "/task")))
        self.samples.append(sample)
        return sample

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
        start, told, number = time.time(), 0, 0
        self.start(seconds)
        self.settle("start")
        while self.session.poll() is None and time.time() - start < seconds + 120:
            passed = time.time() - start
            if passed < seconds - 2 * REST:
                fault = faults[number % len(faults)]
                number += 1
                fault()
                self.play()
                self.settle(fault.__name__)
            time.sleep(REST / 2)
            if self.session.poll() is not None:
                break
            sample = self.sample(passed)
            if passed - told >= 30:
                told = passed
                print("soak seconds=%d rss_kb=%d descriptors=%d threads=%d" % sample, flush=True)

    def stop(self):
        for process in (self.session, self.source, self.server):
            if process and process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()

    # ---- the verdict ----

    def judge(self):
        if self.session.poll() != 0:
            self.trouble.append(f"the session ended with {self.session.poll()}")
        # What every size and every way to fail needs once is there after a fifth of the time. From then
        # on the least counts, as pictures on their way come and go and the size of the dream changes.
        self.samples = self.samples[len(self.samples) // 5:]
        third = max(len(self.samples) // 3, 1)
        for column, name, most in ((1, "rss_kb", 16384), (2, "descriptors", 3), (3, "threads", 3)):
            first = min(sample[column] for sample in self.samples[:third])
            last = min(sample[column] for sample in self.samples[-third:])
            print(f"soak {name}: least of the first third {first}, of the last {last}, most "
                  f"{max(sample[column] for sample in self.samples)}")
            if last - first > most:
                self.trouble.append(f"{name} grew by {last - first}")
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
        try:
            soak.run(float(sys.argv[1]) * 3600)
        finally:
            soak.stop()
        sys.exit(not soak.judge())


if __name__ == "__main__":
    main()
