#!/usr/bin/python3
"""Holds networks of Caffe against OpenCV's dnn, which reads them by code of its own:

    check_caffe.py REVERIE FOLDER

Writes small networks as .prototxt and .caffemodel, and compares what each layer makes of a picture. The
engine is given the .caffemodel alone, which holds the layers as well. Prints "ok NAME" or "not ok NAME".
Exit code 2 where OpenCV or NumPy is not there."""

import struct
import subprocess
import sys
from pathlib import Path

from verdict import verdict

try:
    import cv2
    import numpy as np
except ImportError as error:
    print(f"check_caffe: {error.name} is missing (on Debian: python3-opencv)", file=sys.stderr)
    sys.exit(2)

WIDTH, HEIGHT, TOLERANCE = 45, 38, 1e-5  # sums of float32, taken in another order
CAFFE_BGR = np.array([104, 117, 123], np.float32)

# Numbers of fields in caffe.proto: of each parameter's message in a layer, and of what it holds.
FIELDS = {
    "convolution_param": (106, {"num_output": 1, "bias_term": 2, "pad": 3, "kernel_size": 4, "group": 5, "stride": 6,
                                "dilation": 18}),
    "pooling_param": (121, {"pool": 1, "kernel_size": 2, "stride": 3, "pad": 4, "global_pooling": 12}),
    "lrn_param": (118, {"local_size": 1, "alpha": 2, "beta": 3, "k": 5}),
    "inner_product_param": (117, {"num_output": 1, "bias_term": 2}),
    "eltwise_param": (110, {"operation": 1, "coeff": 2}),
    "scale_param": (142, {"axis": 1, "bias_term": 4}),
    "batch_norm_param": (139, {"use_global_stats": 1, "eps": 3}),
    "relu_param": (123, {"negative_slope": 1}),
    "elu_param": (140, {"alpha": 1}),
    "power_param": (122, {"power": 1, "scale": 2, "shift": 3}),
    "concat_param": (104, {"axis": 2}),
}
NAMES = {"MAX": 0, "AVE": 1, "PROD": 0, "SUM": 1, "true": 1, "false": 0}
CHANCE = np.random.default_rng(4)


class Layer:
    """parameters: the name of a message and what it holds, a value or a list of them."""

    def __init__(self, kind, name, bottoms, top=None, parameters=(), blobs=()):
        self.kind, self.name, self.bottoms, self.top = kind, name, bottoms.split(), top or name
        self.parameters, self.blobs = dict(parameters), blobs


def numbers(*shape, low=-0.5, high=0.5):
    return CHANCE.uniform(low, high, shape).astype(np.float32)


def convolution(name, bottom, inputs, outputs, size, kind="Convolution", group=1, **more):
    shape = (outputs, inputs // group) if kind == "Convolution" else (inputs, outputs // group)
    settings = {"num_output": outputs, "kernel_size": size, "group": group, **more}
    blobs = [numbers(*shape, size, size) / size, numbers(outputs)]
    return Layer(kind, name, bottom, None, {"convolution_param": settings}, blobs)


def pool(name, bottom, how, size, stride, pad=0):
    return Layer("Pooling", name, bottom, None, {"pooling_param": {"pool": how, "kernel_size": size, "stride": stride, "pad": pad}})


NETWORKS = {
    "like_alexnet": [
        convolution("conv1", "data", 3, 12, 5, stride=2), Layer("ReLU", "relu1", "conv1", "conv1"),
        Layer("LRN", "norm1", "conv1", None, {"lrn_param": {"local_size": 5, "alpha": 0.01, "beta": 0.75}}),
        pool("pool1", "norm1", "MAX", 3, 2), convolution("conv2", "pool1", 12, 10, 3, pad=1, group=2),
        Layer("ReLU", "relu2", "conv2", "conv2"), pool("pool2", "conv2", "MAX", 3, 2),
        Layer("InnerProduct", "fc", "pool2", None, {"inner_product_param": {"num_output": 9}}, [numbers(9, 10 * 5 * 4), numbers(9)]),
        Layer("Softmax", "prob", "fc")],
    "like_googlenet": [
        convolution("conv", "data", 3, 16, 7, stride=2, pad=3), Layer("ReLU", "relu", "conv", "conv"),
        pool("pool", "conv", "MAX", 3, 2), convolution("one", "pool", 16, 6, 1),
        convolution("three", "pool", 16, 7, 3, pad=1), convolution("five", "pool", 16, 5, 5, pad=2),
        pool("around", "pool", "MAX", 3, 1, 1), Layer("Concat", "output", "one three five around"),
        pool("mean", "output", "AVE", 5, 3)],
    "like_resnet": [
        convolution("conv", "data", 3, 8, 3, pad=1, bias_term="true"),
        Layer("BatchNorm", "bn", "conv", "conv", {"batch_norm_param": {"use_global_stats": "true", "eps": 1e-4}},
              [numbers(8), numbers(8, low=1, high=3), np.array([2], np.float32)]),
        Layer("Scale", "scale", "conv", "conv", {"scale_param": {"bias_term": "true"}}, [numbers(8, low=0.5, high=2), numbers(8)]),
        Layer("ReLU", "relu", "conv", "conv"), convolution("branch", "conv", 8, 8, 3, pad=2, dilation=2),
        Layer("Eltwise", "sum", "conv branch", None, {"eltwise_param": {"operation": "SUM", "coeff": [1, -0.5]}}),
        Layer("Eltwise", "product", "sum conv", None, {"eltwise_param": {"operation": "PROD"}}),
        Layer("Pooling", "everywhere", "product", None, {"pooling_param": {"pool": "AVE", "global_pooling": "true"}})],
    "activations": [
        convolution("conv", "data", 3, 7, 3, stride=2), Layer("PReLU", "prelu", "conv", None, {}, [numbers(7)]),
        Layer("ELU", "elu", "prelu", None, {"elu_param": {"alpha": 0.6}}), Layer("TanH", "tanh", "elu"),
        Layer("Sigmoid", "sigmoid", "tanh"), Layer("ReLU", "leaky", "elu", None, {"relu_param": {"negative_slope": 0.2}}),
        Layer("Power", "power", "sigmoid", None, {"power_param": {"power": 2, "scale": 1.5, "shift": 0.25}}),
        Layer("Dropout", "dropout", "leaky", "leaky"),
        convolution("up", "leaky", 7, 5, 4, "Deconvolution", stride=2, pad=1)],
}


def text_of(value):
    return value if isinstance(value, str) else repr(value)


def write_text(layers, path):
    lines = [f'name: "made up"\ninput: "data"\ninput_shape {{ dim: 1 dim: 3 dim: {HEIGHT} dim: {WIDTH} }}']
    for layer in layers:
        bottoms = " ".join(f'bottom: "{bottom}"' for bottom in layer.bottoms)
        lines.append(f'layer {{ name: "{layer.name}" type: "{layer.kind}" {bottoms} top: "{layer.top}"')
        for message, held in layer.parameters.items():
            values = " ".join(f"{key}: {text_of(one)}" for key, value in held.items()
                              for one in (value if isinstance(value, list) else [value]))
            lines.append(f"  {message} {{ {values} }}")
        lines.append("}")
    path.write_text("\n".join(lines) + "\n")


# The wire format of Protocol Buffers.
def varint(value):
    whole = b""
    while value >= 128:
        whole, value = whole + bytes([value % 128 + 128]), value // 128
    return whole + bytes([value])


def held_in(field, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(field * 8 + 2) + varint(len(content)) + content


def scalar(field, value):
    value = NAMES.get(value, value)
    if isinstance(value, float):
        return varint(field * 8 + 5) + struct.pack("<f", value)
    return varint(field * 8) + varint(value)


def pack_parameters(message, held):
    number, fields = FIELDS[message]
    always_float = message in ("relu_param", "elu_param", "power_param", "lrn_param", "batch_norm_param", "eltwise_param")
    content = b""
    for key, value in held.items():
        for one in value if isinstance(value, list) else [value]:
            is_count = key in ("local_size", "operation", "use_global_stats")
            content += scalar(fields[key], float(one) if always_float and not is_count else one)
    return held_in(number, content)


def pack_blob(blob):
    shape = held_in(1, b"".join(varint(size) for size in blob.shape))
    return held_in(7, held_in(7, shape) + held_in(5, blob.astype("<f4").tobytes()))


def write_binary(layers, path):
    shape = held_in(1, b"".join(varint(size) for size in (1, 3, HEIGHT, WIDTH)))
    content = held_in(1, "made up") + held_in(3, "data") + held_in(8, shape)
    for layer in layers:
        packed = held_in(1, layer.name) + held_in(2, layer.kind)
        packed += b"".join(held_in(3, bottom) for bottom in layer.bottoms) + held_in(4, layer.top)
        packed += b"".join(pack_blob(blob) for blob in layer.blobs)
        packed += b"".join(pack_parameters(*item) for item in layer.parameters.items())
        content += held_in(100, packed)
    path.write_bytes(content)


def ask_engine(reverie, model, picture, layer, folder):
    activation = folder / "activation.npy"
    subprocess.run([reverie, "inspect", picture, "--model", model, "--input-format", "caffe-bgr", "--layer", layer,
                    "--activation", activation, "--force"], check=True, capture_output=True, text=True)
    return np.load(activation).astype(np.float64)


def differences(reverie, folder, layers):
    text, binary, picture = (folder / name for name in ("judge.prototxt", "net.caffemodel", "picture.ppm"))
    write_text(layers, text)
    write_binary(layers, binary)
    pixels = np.random.default_rng(2).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    picture.write_bytes(f"P6\n{WIDTH} {HEIGHT}\n255\n".encode() + pixels.tobytes())
    values = pixels[:, :, ::-1].astype(np.float32) - CAFFE_BGR
    for layer in layers:
        # Of what is overwritten in place, only the last is asked for. OpenCV joins layers, which gives the
        # same numbers at the end of a network alone: it is read anew for each.
        if any(later.top == layer.top for later in layers[layers.index(layer) + 1:]):
            continue
        judge = cv2.dnn.readNetFromCaffe(str(text), str(binary))
        judge.setInput(values.transpose(2, 0, 1)[None].copy())
        expected = judge.forward(layer.name).astype(np.float64)
        actual = ask_engine(reverie, binary, picture, layer.top, folder)
        same = actual.size == expected.size
        yield layer.name, (np.linalg.norm(actual.ravel() - expected.ravel()) / np.linalg.norm(expected)
                           if same else float("inf"))


def check(reverie, folder, name):
    return verdict(f"caffe_{name}", differences(reverie, folder, NETWORKS[name]), TOLERANCE)


def main():
    reverie, folder = sys.argv[1], Path(sys.argv[2])
    return not all([check(reverie, folder, name) for name in NETWORKS])


if __name__ == "__main__":
    sys.exit(main())
