#!/usr/bin/python3
"""Times one gradient step in PyTorch, to hold `reverie-bench step` against:

    step_torch.py MODEL.onnx --layer mixed5 --size 512x384 --runs 10 [--as-written]

A step is forward to the layer, mean(activation**2), and backward to the picture. PyTorch is used at
its best: BatchNorm folded into the convolutions, weights that ask for no gradient, ReLU in place,
denormals flushed, and the fastest of channels_last and contiguous memory, each with zeros padded by
hand everywhere or only round kernels that are not square (where padding= is many times slower).
--as-written is what people write instead: every layer as the file has it, default memory layout,
padding=, weights that ask for gradients. Prints one line. Exit code 2: PyTorch or NumPy is not there.
"""

import argparse
import os
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

try:
    import numpy as np
    import torch
    import torch.nn.functional as F
except ImportError as error:
    print(f"step_torch: {error.name} is missing (on Debian: python3-{error.name})", file=sys.stderr)
    sys.exit(2)

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "reference"))
import onnx_reader
import torch_operators


@dataclass(frozen=True)
class Manner:
    """How the network is computed."""

    as_written: bool = False
    channels_last: bool = True
    pad_all_by_hand: bool = True
    device: str = "cpu"
    kind: torch.dtype = torch.float32  # of weights and activations

    def memory_format(self):
        return torch.channels_last if self.channels_last else torch.contiguous_format

    def place(self, tensor):
        return tensor.to(self.device, self.kind)


AS_WRITTEN = Manner(as_written=True, channels_last=False, pad_all_by_hand=False)
BEST_CANDIDATES = [
    Manner(channels_last=layout, pad_all_by_hand=by_hand)
    for layout in (True, False)
    for by_hand in (True, False)
]


def fold_batch_norm(weight, bias, norm, tensors):
    """A convolution's weight and bias with the BatchNorm after it folded in, in float64."""
    gamma, beta, mean, variance = (tensors[name].astype(np.float64) for name in norm.inputs[1:])
    factor = gamma / np.sqrt(variance + norm.attributes.get("epsilon", 1e-5))
    return weight * factor[:, None, None, None], (bias - mean) * factor + beta


def explicit_pads(node):
    """(top, left, bottom, right)"""
    if node.attributes.get("auto_pad", "NOTSET") != "NOTSET":
        raise NotImplementedError(f"{node.name}: auto_pad is not supported here")
    return node.attributes.get("pads", [0, 0, 0, 0])


class FoldedConvolution:
    """Conv, and BatchNorm and ReLU where they follow it and nothing else reads what is between."""

    def __init__(self, node, followers, tensors, manner):
        weight = tensors[node.inputs[1]].astype(np.float64)
        bias = np.zeros(len(weight))
        if len(node.inputs) > 2:
            bias = tensors[node.inputs[2]].astype(np.float64)
        for follower in followers:
            if follower.operator == "BatchNormalization":
                weight, bias = fold_batch_norm(weight, bias, follower, tensors)
        weight = manner.place(torch.from_numpy(weight).float())
        self.weight = weight.to(memory_format=manner.memory_format())
        self.bias = manner.place(torch.from_numpy(bias).float())
        self.rectified = any(follower.operator == "Relu" for follower in followers)
        self.set_padding(node, manner)
        self.strides = node.attributes.get("strides", [1, 1])
        self.dilations = node.attributes.get("dilations", [1, 1])
        self.group = node.attributes.get("group", 1)
        self.input_name = node.inputs[0]

    def set_padding(self, node, manner):
        top, left, bottom, right = explicit_pads(node)
        square = self.weight.shape[2] == self.weight.shape[3]
        symmetric = top == bottom and left == right
        by_hand = manner.pad_all_by_hand or not square or not symmetric
        anything = top or left or bottom or right
        self.hand_padding = (left, right, top, bottom) if by_hand and anything else None
        self.padding = 0 if by_hand else (top, left)

    def __call__(self, values):
        x = values[self.input_name]
        if self.hand_padding:
            x = F.pad(x, self.hand_padding)
        x = F.conv2d(
            x, self.weight, self.bias, self.strides, self.padding, self.dilations, self.group
        )
        return F.relu_(x) if self.rectified else x


def max_pool(node, x):
    """MaxPool with PyTorch's own padding, which spares a copy of x; None where that says less."""
    kernel, strides = node.attributes["kernel_shape"], node.attributes.get("strides", [1, 1])
    pads = node.attributes.get("pads", [0, 0, 0, 0])
    if "auto_pad" in node.attributes or "dilations" in node.attributes:
        return None
    if node.attributes.get("ceil_mode", 0):
        return None
    if pads[:2] == pads[2:]:
        return F.max_pool2d(x, kernel, strides, pads[:2])
    # More at the end, as Caffe's networks have it: the same windows as ceil_mode's, mostly.
    pooled = F.max_pool2d(x, kernel, strides, pads[:2], ceil_mode=True)
    for axis in range(2):
        extent = x.shape[2 + axis] + pads[axis] + pads[2 + axis] - kernel[axis]
        if pooled.shape[2 + axis] != extent // strides[axis] + 1:
            return None
    return pooled


class PlainLayer:
    """What is no convolution, with PyTorch's own padding where that says the same as ONNX."""

    def __init__(self, node, tensors, opset, manner):
        self.node, self.opset = node, opset
        self.parameters = {
            name: manner.place(torch.from_numpy(np.array(tensors[name])).float())
            for name in node.inputs
            if name in tensors
        }

    def pool(self, x):
        """None where only torch_operators can pool so."""
        node = self.node
        if node.operator == "MaxPool":
            return max_pool(node, x)
        pads = node.attributes.get("pads", [0, 0, 0, 0])
        plain = pads[:2] == pads[2:] and not node.attributes.get("ceil_mode", 0)
        if not plain or "auto_pad" in node.attributes:
            return None
        kernel, strides = node.attributes["kernel_shape"], node.attributes.get("strides", [1, 1])
        counted = bool(node.attributes.get("count_include_pad", 0))
        return F.avg_pool2d(x, kernel, strides, pads[:2], count_include_pad=counted)

    def __call__(self, values):
        node = self.node
        inputs = [self.parameters.get(name, values.get(name)) for name in node.inputs]
        if node.operator in ("MaxPool", "AveragePool"):
            pooled = self.pool(inputs[0])
            if pooled is not None:
                return pooled
        return torch_operators.OPERATORS[node.operator](node, inputs, self.opset)


class WrittenLayer(PlainLayer):
    """A layer as one writes it in PyTorch: padding=, BatchNorm in eval mode, trainable weights."""

    def __init__(self, node, tensors, opset, manner):
        super().__init__(node, tensors, opset, manner)
        if node.operator == "Conv":
            for parameter in self.parameters.values():
                parameter.requires_grad_()

    def __call__(self, values):
        node = self.node
        if node.operator == "Conv":
            weight, *bias = (self.parameters[name] for name in node.inputs[1:])
            pads = explicit_pads(node)
            if pads[:2] != pads[2:]:
                raise NotImplementedError(f"{node.name}: padding= cannot say uneven pads")
            return F.conv2d(
                values[node.inputs[0]],
                weight,
                bias[0] if bias else None,
                node.attributes.get("strides", [1, 1]),
                pads[:2],
                node.attributes.get("dilations", [1, 1]),
                node.attributes.get("group", 1),
            )
        if node.operator == "BatchNormalization":
            gamma, beta, mean, variance = (self.parameters[name] for name in node.inputs[1:])
            epsilon = node.attributes.get("epsilon", 1e-5)
            return F.batch_norm(
                values[node.inputs[0]], mean, variance, gamma, beta, False, 0.1, epsilon
            )
        if node.operator == "LRN" and node.attributes["size"] % 2:
            return F.local_response_norm(
                values[node.inputs[0]],
                node.attributes["size"],
                node.attributes.get("alpha", 1e-4),
                node.attributes.get("beta", 0.75),
                node.attributes.get("bias", 1.0),
            )
        return super().__call__(values)


def followers_of(node, nodes, layer):
    """The BatchNorm and ReLU right after a convolution that nothing but the next of them reads."""
    readers = {}
    for reader in nodes:
        for name in reader.inputs:
            readers.setdefault(name, []).append(reader)
    followers, wanted = [], ["BatchNormalization", "Relu"]
    output = node.outputs[0]
    while output != layer and len(readers.get(output, [])) == 1:
        follower = readers[output][0]
        if follower.operator not in wanted:
            break
        wanted = wanted[wanted.index(follower.operator) + 1 :]
        followers.append(follower)
        output = follower.outputs[0]
    return followers


def plan_as_written(model, nodes, manner):
    return [
        (WrittenLayer(node, model.tensors, model.opset, manner), node.outputs[0]) for node in nodes
    ]


def plan_folded(model, nodes, layer, manner):
    operations, joined = [], set()
    for node in nodes:
        if id(node) in joined:
            continue
        if node.operator == "Conv":
            followers = followers_of(node, nodes, layer)
            joined.update(map(id, followers))
            operation = FoldedConvolution(node, followers, model.tensors, manner)
            operations.append((operation, (followers or [node])[-1].outputs[0]))
        else:
            operation = PlainLayer(node, model.tensors, model.opset, manner)
            operations.append((operation, node.outputs[0]))
    return operations


class Step:
    """One gradient step of a network to a layer, on a random picture of width x height."""

    def __init__(self, model, layer, width, height, manner):
        self.layer, self.input_name = layer, model.inputs[0]
        nodes = onnx_reader.nodes_up_to(model, layer)
        # (function of all values so far, name of what it makes)
        if manner.as_written:
            self.operations = plan_as_written(model, nodes, manner)
        else:
            self.operations = plan_folded(model, nodes, layer, manner)
        generator = torch.Generator().manual_seed(1)
        picture = manner.place(torch.rand(1, 3, height, width, generator=generator) * 2 - 1)
        self.picture = picture.contiguous(memory_format=manner.memory_format())

    def run(self):
        """Returns the gradient with respect to the picture."""
        x = self.picture.detach().requires_grad_()
        values = {self.input_name: x}
        for operation, output in self.operations:
            values[output] = operation(values)
        # Halves would lose a mean's gradient: it is as small as the layer is large.
        seen = values[self.layer].float() ** 2
        (seen.sum() if x.dtype == torch.float16 else seen.mean()).backward()
        return x.grad

    def time(self, runs):
        """Milliseconds of each of runs steps, after one that is not counted."""
        self.run()
        milliseconds = []
        for _ in range(runs):
            start = time.perf_counter()
            self.run()
            milliseconds.append((time.perf_counter() - start) * 1e3)
        return milliseconds


def prepare():
    """PyTorch's own settings, at their best."""
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    torch.set_flush_denormal(True)


def best_manner(model, layer, width, height):
    """The fastest one on this machine, found by trying each a few times."""

    def least(manner):
        return min(Step(model, layer, width, height, manner).time(3))

    return min(BEST_CANDIDATES, key=least)


def best_step(model, layer, width, height):
    return Step(model, layer, width, height, best_manner(model, layer, width, height))


def find_layer(model, name):
    """The tensor of that name, or as writers of ONNX files lengthen it."""
    outputs = {output for node in model.nodes for output in node.outputs}
    return next((found for found in (name, f"{name}_1") if found in outputs), name)


def parse_size(text):
    width, _, height = text.partition("x")
    if not (width.isdigit() and height.isdigit() and int(width) and int(height)):
        raise argparse.ArgumentTypeError(f"{text} is no size such as 512x384")
    return int(width), int(height)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model")
    parser.add_argument("--layer", required=True)
    parser.add_argument("--size", type=parse_size, required=True, metavar="WxH")
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--as-written", action="store_true")
    options = parser.parse_args()
    prepare()
    model = onnx_reader.read_model(options.model)
    width, height = options.size
    if options.as_written:
        step = Step(model, options.layer, width, height, AS_WRITTEN)
    else:
        step = best_step(model, options.layer, width, height)
    milliseconds = step.time(options.runs)
    print(
        f"torch_step {options.layer} {width}x{height} "
        f"median_ms={statistics.median(milliseconds):.2f} min_ms={min(milliseconds):.2f}"
    )


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError, KeyError, IndexError, NotImplementedError) as error:
        sys.exit(f"step_torch: {error}")
