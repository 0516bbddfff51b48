#!/usr/bin/python3
"""Holds the program against PyTorch (values and gradients) and ONNX Runtime (values) where PyTorch's exporter
does not write the operator, so that the onnx package does:

    check_nodes.py REVERIE FOLDER
"""

import sys
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import helper, numpy_helper

import engine
from check_graphs import TOLERANCE, has_onnx_runtime, run_onnx_runtime
from verdict import verdict

CHANNELS, WIDTH, HEIGHT = 6, 26, 21


def numbers(seed, *shape):
    """Small ones, or the tanh would flatten what comes of them and leave its gradient to rounding."""
    return np.random.default_rng(seed).normal(0, 0.15, shape).astype(np.float32)


def save(path, node, tables, opset):
    """A convolution of the picture, the node or nodes, which make z of c and tables, and a tanh."""
    between = node if isinstance(node, list) else [node]
    nodes = [helper.make_node("Conv", ["x", "w"], ["c"], pads=[1] * 4), *between, helper.make_node("Tanh", ["z"], ["y"])]
    size = [1, 3, HEIGHT, WIDTH]
    tables = {"w": numbers(1, CHANNELS, 3, 3, 3), **tables}
    graph = helper.make_graph(nodes, "graph", [helper.make_tensor_value_info("x", 1, size)],
                              [helper.make_tensor_value_info("y", 1, [1, None, None, None])],
                              [numpy_helper.from_array(table, name) for name, table in tables.items()])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8), str(path))


def group_norms():
    """Before operator set 21 there is one scale for each group. The mean square of what is normalised hardly
    depends on the picture, that of its tanh does where that bends."""
    for opset, groups in [(18, 1), (18, 2), (18, 6), (21, 1), (21, 3), (21, 6)]:
        count = CHANNELS if opset >= 21 else groups
        tables = {"s": 1 + numbers(2, count), "b": numbers(3, count)}
        node = helper.make_node("GroupNormalization", ["c", "s", "b"], ["z"], num_groups=groups, epsilon=1e-4)
        scale, shift = (torch.from_numpy(table.repeat(CHANNELS // count)).double() for table in tables.values())
        yield f"group_norm_{opset}_{groups}", node, tables, opset, \
            lambda t, groups=groups, scale=scale, shift=shift: F.group_norm(t, groups, scale, shift, 1e-4)


def transposed_convolutions():
    """Without output_shape the output is 43 x 53; of what is too much the larger half is cut off in front."""
    weights = numbers(4, CHANNELS, 4, 3, 3)
    whole = lambda t: F.conv_transpose2d(t, torch.from_numpy(weights).double(), None, 2)
    for name, (height, width), cut in [("smaller", (41, 50), lambda t: t[:, :, 1:-1, 2:-1]), ("same", (43, 53), lambda t: t)]:
        node = helper.make_node("ConvTranspose", ["c", "t"], ["z"], strides=[2, 2], output_shape=[height, width])
        yield f"output_shape_{name}", node, {"t": weights}, 13, lambda t, cut=cut: cut(whole(t))


def slices():
    """Several axes at once, forwards and backwards; all but that of the pictures."""
    least = np.iinfo(np.int64).min
    for name, taken, body in [
            ("three_axes", {1: (1, 5, 2), 2: (2, -3, 1), -1: (1, 2**31, 3)}, lambda t: t[:, 1:5:2, 2:-3, 1::3]),
            ("backwards", {2: (-2, least, -1), 3: (2**40, -24, -2)}, lambda t: t.flip(2, 3)[:, :, 1:, :-3:2]),
            ("channels_backwards", {0: (0, 1, 1), 1: (-1, least, -1)}, lambda t: t.flip(1))]:
        starts, ends, steps = (np.array(values) for values in zip(*taken.values()))
        tables = {"s": starts, "e": ends, "a": np.array([*taken]), "p": steps}
        yield f"slice_{name}", helper.make_node("Slice", ["c", *tables], ["z"]), tables, 13, body


def cubic_matrix(size, scale, a=-0.75):
    """The weights of each output, those beyond the border left out."""
    matrix = np.zeros((int(size * scale), size))
    for i, row in enumerate(matrix):
        place = (i + 0.5) / scale - 0.5
        for j in range(max(int(np.floor(place)) - 1, 0), min(int(np.floor(place)) + 3, size)):
            d = abs(place - j)
            row[j] = (a + 2) * d**3 - (a + 3) * d**2 + 1 if d <= 1 else a * (d**3 - 5 * d**2 + 8 * d - 4)
    return torch.from_numpy(matrix / matrix.sum(1, keepdims=True))


def cubic_resizes():
    for name, scale in [("larger", 2.5), ("smaller", 0.5)]:
        rows, columns = (cubic_matrix(size, scale) for size in (HEIGHT, WIDTH))
        node = helper.make_node("Resize", ["c", "", "f"], ["z"], mode="cubic", exclude_outside=1)
        yield f"cubic_without_outside_{name}", node, {"f": np.array([1, 1, scale, scale], np.float32)}, 13, \
            lambda t, rows=rows, columns=columns: rows @ t @ columns.T


def weights_of_8_bits():
    """One scale for all, as bytes without a sign, and one for each channel."""
    random = np.random.default_rng(5)
    for name, kind, count in [("one_scale", np.uint8, 1), ("scales", np.int8, CHANNELS)]:
        shape = (CHANNELS, CHANNELS, 3, 3)
        limits = np.iinfo(kind)
        tables = {"q": random.integers(limits.min, limits.max + 1, shape).astype(kind),
                  "s": random.uniform(5e-4, 2e-3, count).astype(np.float32),
                  "k": random.integers(0, 100, count).astype(kind)}
        whole, scales, zeros = (torch.from_numpy(table.astype(np.float64)) for table in tables.values())
        if count == 1:
            tables["s"], tables["k"] = tables["s"].reshape(()), tables["k"].reshape(())
        weights = (whole - zeros.reshape(-1, 1, 1, 1)) * scales.reshape(-1, 1, 1, 1)
        nodes = [helper.make_node("DequantizeLinear", [*tables], ["v"], axis=0),
                 helper.make_node("Conv", ["c", "v"], ["z"])]
        yield f"weights_of_8_bits_by_{name}", nodes, tables, 13, lambda t, weights=weights: F.conv2d(t, weights)


def newer_activations():
    """Which this PyTorch writes in other operators."""
    yield "mish", helper.make_node("Mish", ["c"], ["z"]), {}, 18, F.mish


def differences(reverie, folder, node, tables, opset, body, judged):
    model, picture = folder / "node.onnx", engine.write_picture(folder / "picture.ppm", WIDTH, HEIGHT)
    save(model, node, tables, opset)
    activation, gradient = engine.ask(reverie, model, folder / "picture.ppm", "y", folder)
    x = picture.double().requires_grad_()
    expected = torch.tanh(body(F.conv2d(x, torch.from_numpy(numbers(1, CHANNELS, 3, 3, 3)).double(), padding=1)))
    (wanted,) = torch.autograd.grad((expected**2).mean(), x)
    yield "activation", engine.relative(activation, expected.detach().numpy())
    yield "gradient", engine.relative(gradient, wanted.numpy())
    if judged:
        yield "ONNX Runtime", engine.relative(activation, run_onnx_runtime(model, picture, folder))


def check(reverie, folder, judged, name, *case):
    return verdict(f"node_{name}", differences(reverie, folder, *case, judged), TOLERANCE)


def main():
    reverie, folder, judged = sys.argv[1], Path(sys.argv[2]), has_onnx_runtime()
    cases = [*group_norms(), *transposed_convolutions(), *slices(), *cubic_resizes(), *newer_activations(),
             *weights_of_8_bits()]
    return not all([check(reverie, folder, judged, *case) for case in cases])


if __name__ == "__main__":
    sys.exit(main())
