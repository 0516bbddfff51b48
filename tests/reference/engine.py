"""What the judges of the engine share: a network in PyTorch is exported as its users would, and the
program asked for a layer of it and the gradient of mean(layer^2) with respect to the network's input."""

import subprocess
import warnings

import numpy as np
import torch

# ImageNet's, as the program takes them for --input-format imagenet.
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)


def write_picture(path, width, height):
    """Writes a picture of noise, and returns what the network sees of it."""
    pixels = np.random.default_rng(2).integers(0, 256, (height, width, 3), dtype=np.uint8)
    path.write_bytes(f"P6\n{width} {height}\n255\n".encode() + pixels.tobytes())
    values = (pixels.astype(np.float32) / 255 - MEAN) / DEVIATION
    return torch.from_numpy(values.transpose(2, 0, 1)[None].copy())


def export(network, picture, path, names, opset=13, any_size=False):
    """any_size: the file leaves height and width free."""
    more = {"dynamic_axes": {"input": {2: "height", 3: "width"}}} if any_size else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(network, picture, str(path), input_names=["input"], output_names=names, opset_version=opset,
                          **more)


def ask(reverie, model, picture, layer, folder):
    """The activation and the gradient; subprocess.CalledProcessError where the program refuses."""
    files = folder / "activation.npy", folder / "gradient.npy"
    command = [reverie, "inspect", picture, "--model", model, "--input-format", "imagenet", "--layer", layer, "--force"]
    command += ["--activation", files[0], "--gradient", files[1]]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return [np.load(file).astype(np.float64) for file in files]


def relative(actual, expected):
    """The relative L2 difference, whatever the shapes; without end where there are not as many numbers."""
    if actual.size != expected.size:
        return float("inf")
    return np.linalg.norm(actual.ravel() - expected.ravel()) / max(np.linalg.norm(expected), 1e-30)
