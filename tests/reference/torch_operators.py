"""ONNX operators (github.com/onnx/onnx/blob/main/docs/Operators.md) in PyTorch, written for being
plainly right rather than fast. Each takes its node, its inputs and the file's operator set, and
returns its first output. Pictures are [batch][channels][height][width]."""

import math

import torch
import torch.nn.functional as F


def begin_and_end_pads(node, sizes, kernel, strides, dilations):
    """(begin, end) of each axis, from pads or auto_pad."""
    axes = len(kernel)
    mode = node.attributes.get("auto_pad", "NOTSET")
    if mode == "VALID":
        return [(0, 0)] * axes
    if mode in ("SAME_UPPER", "SAME_LOWER"):
        pads = []
        for size, extent, stride, dilation in zip(sizes, kernel, strides, dilations):
            steps = math.ceil(size / stride) - 1
            whole = max(0, steps * stride + (extent - 1) * dilation + 1 - size)
            small, large = whole // 2, whole - whole // 2
            pads.append((small, large) if mode == "SAME_UPPER" else (large, small))
        return pads
    pads = node.attributes.get("pads", [0] * (2 * axes))
    return list(zip(pads[:axes], pads[axes:]))


def pad_picture(x, pads, value=0.0):
    (top, bottom), (left, right) = pads
    return F.pad(x, (left, right, top, bottom), value=value)


def convolution(node, inputs, opset):
    x, weight = inputs[:2]
    bias = inputs[2] if len(inputs) > 2 else None
    strides = node.attributes.get("strides", [1, 1])
    dilations = node.attributes.get("dilations", [1, 1])
    pads = begin_and_end_pads(node, x.shape[2:], weight.shape[2:], strides, dilations)
    group = node.attributes.get("group", 1)
    return F.conv2d(pad_picture(x, pads), weight, bias, strides, 0, dilations, group)


def window_extents(node, x):
    """Pads of a pooling, and what ceil_mode adds behind them so that the last windows fit."""
    kernel = node.attributes["kernel_shape"]
    strides = node.attributes.get("strides", [1, 1])
    dilations = node.attributes.get("dilations", [1, 1])
    pads = begin_and_end_pads(node, x.shape[2:], kernel, strides, dilations)
    extra = [0, 0]
    if node.attributes.get("ceil_mode", 0):
        for axis in range(2):
            begin, end = pads[axis]
            size, window = x.shape[2 + axis], (kernel[axis] - 1) * dilations[axis] + 1
            last = math.ceil((size + begin + end - window) / strides[axis])
            if last * strides[axis] >= size + begin:  # it would lie in the padding alone
                last -= 1
            extra[axis] = max(0, last * strides[axis] + window - (size + begin + end))
    return kernel, strides, dilations, pads, [(0, extent) for extent in extra]


def max_pool(node, inputs, opset):
    kernel, strides, dilations, pads, extra = window_extents(node, inputs[0])
    x = pad_picture(pad_picture(inputs[0], pads, -math.inf), extra, -math.inf)
    return F.max_pool2d(x, kernel, strides, 0, dilations)


def average_pool(node, inputs, opset):
    kernel, strides, dilations, pads, extra = window_extents(node, inputs[0])
    if dilations != [1, 1]:
        raise NotImplementedError(f"{node.name}: AveragePool with dilations")
    ones = torch.ones_like(inputs[0][:1, :1])
    pad_counts = 1.0 if node.attributes.get("count_include_pad", 0) else 0.0
    x = pad_picture(pad_picture(inputs[0], pads), extra)
    counted = pad_picture(pad_picture(ones, pads, pad_counts), extra)
    return F.avg_pool2d(x, kernel, strides) / F.avg_pool2d(counted, kernel, strides)


def batch_normalization(node, inputs, opset):
    x, scale, shift, mean, variance = (
        value if value.dim() == 4 else value.reshape(1, -1, 1, 1) for value in inputs
    )
    epsilon = node.attributes.get("epsilon", 1e-5)
    return (x - mean) / torch.sqrt(variance + epsilon) * scale + shift


def local_response_normalization(node, inputs, opset):
    x, size = inputs[0], node.attributes["size"]
    alpha, beta = node.attributes.get("alpha", 1e-4), node.attributes.get("beta", 0.75)
    before = (size - 1) // 2
    squares = F.pad(x * x, (0, 0, 0, 0, before, size - 1 - before))
    total = sum(squares[:, i : i + x.shape[1]] for i in range(size))
    return x / (node.attributes.get("bias", 1.0) + alpha / size * total) ** beta


def gemm(node, inputs, opset):
    a = inputs[0].t() if node.attributes.get("transA", 0) else inputs[0]
    b = inputs[1].t() if node.attributes.get("transB", 0) else inputs[1]
    product = node.attributes.get("alpha", 1.0) * (a @ b)
    if len(inputs) > 2:
        product = product + node.attributes.get("beta", 1.0) * inputs[2]
    return product


def flatten(node, inputs, opset):
    x, axis = inputs[0], node.attributes.get("axis", 1)
    return x.reshape(math.prod(x.shape[: axis % (x.dim() + 1)]), -1)


def reshape(node, inputs, opset):
    x = inputs[0]
    wanted = inputs[1].tolist() if len(inputs) > 1 else node.attributes["shape"]
    return x.reshape([x.shape[i] if size == 0 else int(size) for i, size in enumerate(wanted)])


def softmax(node, inputs, opset):
    x = inputs[0]
    if opset >= 13:
        return F.softmax(x, node.attributes.get("axis", -1))
    axis = node.attributes.get("axis", 1) % x.dim()
    return F.softmax(x.reshape(math.prod(x.shape[:axis]), -1), 1).reshape(x.shape)


def pad(node, inputs, opset):
    if node.attributes.get("mode", "constant") != "constant" or inputs[0].dim() != 4:
        raise NotImplementedError(f"{node.name}: only pictures are padded, with a constant")
    pads = node.attributes["pads"] if opset < 11 else [int(extent) for extent in inputs[1]]
    value = node.attributes.get("value", 0.0)
    if opset >= 11 and len(inputs) > 2 and inputs[2] is not None:
        value = float(inputs[2])
    return F.pad(inputs[0], [pads[i] for i in (3, 7, 2, 6, 1, 5, 0, 4)], value=value)


def clip(node, inputs, opset):
    low, high = node.attributes.get("min"), node.attributes.get("max")
    if opset >= 11:
        low, high = [None if bound is None else float(bound) for bound in (inputs + [None] * 2)[1:3]]
    return torch.clamp(inputs[0], low, high)


def leaky_relu(node, inputs, opset):
    return F.leaky_relu(inputs[0], node.attributes.get("alpha", 0.01))


def concat(node, inputs, opset):
    return torch.cat(inputs, node.attributes["axis"])


def hard_swish(node, inputs, opset):
    return inputs[0] * torch.clamp(inputs[0] / 6 + 0.5, 0, 1)


def constant(node, inputs, opset):
    value = next(iter(node.attributes.values()))
    return torch.as_tensor(value.copy() if hasattr(value, "copy") else value)


OPERATORS = {
    "Add": lambda node, inputs, opset: inputs[0] + inputs[1],
    "AveragePool": average_pool,
    "BatchNormalization": batch_normalization,
    "Clip": clip,
    "Concat": concat,
    "Constant": constant,
    "Conv": convolution,
    "Dropout": lambda node, inputs, opset: inputs[0],
    "Flatten": flatten,
    "Gemm": gemm,
    "GlobalAveragePool": lambda node, inputs, opset: inputs[0].mean((2, 3), keepdim=True),
    "HardSwish": hard_swish,
    "Identity": lambda node, inputs, opset: inputs[0],
    "LRN": local_response_normalization,
    "LeakyRelu": leaky_relu,
    "MatMul": lambda node, inputs, opset: inputs[0] @ inputs[1],
    "MaxPool": max_pool,
    "Mul": lambda node, inputs, opset: inputs[0] * inputs[1],
    "Pad": pad,
    "Relu": lambda node, inputs, opset: F.relu(inputs[0]),
    "Reshape": reshape,
    "Sigmoid": lambda node, inputs, opset: torch.sigmoid(inputs[0]),
    "Softmax": softmax,
}


def run(nodes, tensors, opset):
    """Runs nodes in order. tensors, a dict from name to tensor, gains every node's output."""
    for node in nodes:
        if node.operator not in OPERATORS:
            raise NotImplementedError(f"{node.name}: the operator {node.operator} is not supported")
        inputs = [tensors[name] if name else None for name in node.inputs]
        tensors[node.outputs[0]] = OPERATORS[node.operator](node, inputs, opset)
