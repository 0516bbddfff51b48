"""What the measurements of time share: clips, dreams and flow. Needs OpenCV, NumPy and ffmpeg."""

import os
import subprocess
import tempfile

import cv2
import numpy as np

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
REVERIE = os.environ.get("REVERIE", os.path.join(ROOT, "build", "reverie"))
REVERIE_BENCH = os.environ.get("REVERIE_BENCH", REVERIE + "-bench")
DATA = os.environ.get("REVERIE_TEST_DATA", os.path.join(ROOT, "..", "shared", "data"))
CLIPS = {
    "gopro_walk": "gopro_walk_848x480.mp4",
    "intel_cars": "intel_cars_768x432_12.5fps.mp4",
    "skyline": "skyline_360p_17s.mp4",
    "stpancras": "stpancras_320x240_60fps_15s.mp4",
    "person_bed": "person_bed_720p_5s.mp4",
    "bear": "bear_vp9_odd_161x121.webm",
    "nasa": "nasa_2video_2audio_tracks.mp4",
}


def clip_path(name):
    return os.path.join(DATA, "clips", CLIPS[name]) if name in CLIPS else name


def clip_rate(name):
    """Frames per second."""
    text = subprocess.check_output(
        ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries",
         "stream=avg_frame_rate", "-of", "csv=p=0", clip_path(name)], text=True)
    above, below = text.strip().split("\n")[0].strip(",").split("/")
    return float(above) / float(below)


def read_clip(name, width=320, frames=150):
    """Frames of a clip, uint8 [height][width][BGR], scaled to a width."""
    path = clip_path(name)
    size = subprocess.check_output(
        ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries",
         "stream=width,height", "-of", "csv=p=0", path], text=True).split("\n")[0]
    across, down = (int(side) for side in size.split(",")[:2])
    height = round(down * width / across / 2) * 2
    data = subprocess.check_output(
        ["ffmpeg", "-v", "error", "-i", path, "-map", "0:v:0", "-frames:v", str(frames),
         "-fps_mode", "passthrough", "-vf", f"scale={width}:{height}:flags=area", "-f", "rawvideo",
         "-pix_fmt", "bgr24", "-"])
    return list(np.frombuffer(data, np.uint8).reshape(-1, height, width, 3))


def write_video(path, frames, rate=30):
    """Writes frames without loss."""
    height, width = frames[0].shape[:2]
    process = subprocess.Popen(
        ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "bgr24", "-s",
         f"{width}x{height}", "-r", str(rate), "-i", "-", "-c:v", "ffv1", "-pix_fmt", "bgr0", path],
        stdin=subprocess.PIPE)
    for frame in frames:
        process.stdin.write(np.ascontiguousarray(frame).tobytes())
    process.stdin.close()
    if process.wait():
        raise RuntimeError(f"ffmpeg could not write {path}")


def read_video(path, height, width):
    """All frames, uint8 BGR."""
    data = subprocess.check_output(
        ["ffmpeg", "-v", "error", "-i", path, "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "bgr24", "-"])
    return list(np.frombuffer(data, np.uint8).reshape(-1, height, width, 3))


def dream(frames, *options, rate=30):
    """Dreams frames as one video; returns its frames."""
    with tempfile.TemporaryDirectory() as folder:
        source, result = os.path.join(folder, "in.mkv"), os.path.join(folder, "out.mkv")
        write_video(source, frames, rate)
        subprocess.run([REVERIE, source, "-o", result, "--encoder", "ffv1", "--quiet", *options],
                       check=True)
        dreamed = read_video(result, *frames[0].shape[:2])
    if len(dreamed) != len(frames):
        raise RuntimeError(f"{len(frames)} frames went in and {len(dreamed)} came out")
    return dreamed


def strength(frame, dreamed):
    """RMS of dream minus frame, of 255."""
    return float(np.sqrt(np.mean((dreamed.astype(np.float32) - frame) ** 2)))


def mean_strength(frames, dreamed):
    return float(np.mean([strength(a, b) for a, b in zip(frames, dreamed)]))


FLOW = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)


def grey(frame):
    return cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)


def flow_to_past(past, frame):
    """OpenCV's flow from frame to past, and where both frames show the same (uint8 frames)."""
    there = FLOW.calc(grey(frame), grey(past), None)
    back = FLOW.calc(grey(past), grey(frame), None)
    gap = there + warp(back, there)
    allowed = 0.01 * (np.sum(there ** 2, 2) + np.sum(back ** 2, 2)) + 0.5
    height, width = there.shape[:2]
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    at_x, at_y = x + there[..., 0], y + there[..., 1]
    inside = (at_x >= 0) & (at_y >= 0) & (at_x <= width - 1) & (at_y <= height - 1)
    return there, inside & (np.sum(gap ** 2, 2) < allowed)


def warp(picture, flow):
    """The picture, fetched from where the flow points."""
    height, width = flow.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return cv2.remap(picture, x + flow[..., 0], y + flow[..., 1], cv2.INTER_CUBIC,
                     borderMode=cv2.BORDER_REPLICATE)
