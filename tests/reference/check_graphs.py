#!/usr/bin/python3
"""Holds the engine, operator by operator and on graphs made of them by chance, against PyTorch (values,
and gradients by autograd) and, where it is there, against ONNX Runtime (values):

    check_graphs.py REVERIE FOLDER

Each small network is exported by torch.onnx.export. Prints "ok NAME" or "not ok NAME"; what it writes
goes into FOLDER. Exit code 2 where PyTorch or NumPy is not there."""

import itertools
import random
import subprocess
import sys
from pathlib import Path

from verdict import verdict

try:
    import numpy as np
    import torch
    import torch.nn.functional as F

    import engine
except ImportError as error:
    print(f"check_graphs: {error.name} is missing (on Debian: python3-{error.name})", file=sys.stderr)
    sys.exit(2)

CHANNELS, SIZE, GRAPHS = 6, (26, 21), 12
TOLERANCE = 1e-5  # sums of float32 of a few hundred terms, one after the other


def branches(stack, m):
    """As in SK networks: each channel of several branches by what all of them are in the mean."""
    seen = stack.sum(1).mean(-1).mean(-1)
    odds = torch.stack([F.linear(seen, matrix) for matrix in (m["matrix"], m["matrix"].T)], 1)
    return (stack * torch.softmax(odds, 1)[..., None, None]).sum(1)


# What leaves shape and size as they are, and may stand anywhere in a graph; m is a dict of parameters.
PLAIN = {
    "relu": lambda t, m: F.relu(t),
    "leaky_relu": lambda t, m: F.leaky_relu(t, 0.2),
    "prelu": lambda t, m: F.prelu(t, m["slopes"]),
    "elu": lambda t, m: F.elu(t, 0.7),
    "celu": lambda t, m: F.celu(t, 0.6),
    "selu": lambda t, m: F.selu(t),
    "softplus": lambda t, m: F.softplus(t * 8),
    "mish": lambda t, m: F.mish(t),
    "silu": lambda t, m: F.silu(t),
    "gelu": lambda t, m: F.gelu(t),
    "gelu_by_tanh": lambda t, m: F.gelu(t, approximate="tanh"),
    "hard_swish": lambda t, m: F.hardswish(t),
    "hard_sigmoid": lambda t, m: F.hardsigmoid(t),
    "sigmoid": lambda t, m: torch.sigmoid(t),
    "absolute": lambda t, m: torch.abs(t),
    "add_one_pixel": lambda t, m: torch.tanh(F.conv2d(t.mean((2, 3), keepdim=True), m["mixing"])) + t,
    "subtract_the_mean": lambda t, m: t - t.mean((2, 3), keepdim=True),
    "norm_by_the_mean_of_squares": lambda t, m: (t - t.mean(1, True)) * torch.rsqrt(
        (t * t).mean(1, True) - t.mean(1, True) ** 2 + 1e-3) * m["scales"],
    "norm_by_root_mean_square": lambda t, m: torch.tanh(t * torch.rsqrt((t * t).mean(1, True) + 0.1)),
    "norm_over_channels_by_inverse": lambda t, m: torch.tanh(
        (t - t.mean(1, True)) * torch.rsqrt((t - t.mean(1, True)).pow(2).mean(1, True) + 1e-5)),
    "one_layer_norm_of_all": lambda t, m: torch.tanh(t - t.mean((1, 2, 3), True)),
    "unit_length": lambda t, m: torch.tanh(F.normalize(t, dim=1)),
    "attention_of_pixels": lambda t, m: t * torch.sigmoid(t.mean(1, True)) + t.sum(1, True),
    "attention_of_channels": lambda t, m: t * torch.sigmoid(
        t.mean((2, 3), True) + F.conv2d(t.amax((2, 3), True), m["mixing"])),
    "attention_of_neighbouring_channels": lambda t, m: t * torch.sigmoid(
        F.conv1d(t.mean((2, 3)).view(1, 1, -1), m["line"], padding=1).view(1, -1, 1, 1)),
    "attention_of_branches": lambda t, m: branches(torch.stack([t, torch.tanh(F.conv2d(t, m["mixing"]))], 1), m),
    "global_response_norm": lambda t, m: t + m["scales"] * t * (
        torch.norm(t, dim=(2, 3), keepdim=True) / (torch.norm(t, dim=(2, 3), keepdim=True).mean(1, True) + 1e-6)),
    "squeeze_and_excite_by_vectors": lambda t, m: t * torch.sigmoid(
        F.linear(t.mean((2, 3)), m["matrix"]))[:, :, None, None].expand_as(t),
    "clip_by_two_limits": lambda t, m: torch.minimum(torch.tensor(0.6), torch.maximum(t, torch.tensor(-0.4))),
    "divide_constants": lambda t, m: m["scales"] / (t * t + 0.5),
    "tanh": lambda t, m: torch.tanh(t),
    "erf": lambda t, m: torch.erf(t),
    "clip": lambda t, m: torch.clamp(t, -0.4, 0.6),
    "softmax_over_channels": lambda t, m: F.softmax(t, 1),
    "subtract_constant": lambda t, m: t - m["shifts"],
    "subtract_from_constant": lambda t, m: 1.5 - t,
    "divide_by_constant": lambda t, m: t / m["scales"],
    "multiply": lambda t, m: t * m["scales"],
    "negate": lambda t, m: -t,
    "square": lambda t, m: t**2,
    "cube": lambda t, m: t**3,
    "square_root": lambda t, m: torch.sqrt(t * t + 0.5),
    "power_of_a_half": lambda t, m: (t * t + 0.5) ** 0.5,
    "reciprocal": lambda t, m: 1 / (t * t + 0.5),
    "divide_by_what_is_made_of_it": lambda t, m: t / (t * t + 1),
    "squeeze_and_excite": lambda t, m: t * torch.sigmoid(F.conv2d(t.mean((2, 3), keepdim=True), m["mixing"])),
    "local_response_norm": lambda t, m: F.local_response_norm(t * 2, 3, 0.3, 0.7, 1.0),
    # The mean square of what is normalised hardly depends on the picture, that of its tanh does.
    "instance_norm": lambda t, m: torch.tanh(F.instance_norm(t, weight=m["gains"], bias=m["biases"])),
    "group_norm": lambda t, m: torch.tanh(F.group_norm(t, 2, m["gains"], m["biases"])),
    "turned_round": lambda t, m: t + 0.5 * torch.flip(t, (2, 3)),
    "one_channel_each": lambda t, m: torch.cat(
        [torch.unsqueeze(t[:, i], 1) * (0.2 + i) - 0.1 for i in (1, 5, 0, 2, 2, 3)], 1),
    "channels_by_number": lambda t, m: t[:, [3, 0, -1, 1, 2, 4]],
    "batch_norm": lambda t, m: F.batch_norm(t, m["biases"].detach(), m["gains"].detach(), m["gains"], m["biases"]),
    "layer_norm_over_channels": lambda t, m: F.layer_norm(
        t.permute(0, 2, 3, 1), (CHANNELS,), m["gains"], m["biases"]).permute(0, 3, 1, 2),
    "shuffle_channels": lambda t, m: t.reshape(1, 2, 3, *t.shape[2:]).transpose(1, 2).reshape(t.shape),
    "split_and_turn_round": lambda t, m: torch.cat(torch.split(t, [1, 3, 2], 1)[::-1], 1),
    "slices_of_channels": lambda t, m: torch.cat([t[:, 2:], t[:, :2]], 1),
    "convolution": lambda t, m: F.conv2d(t, m["weights"], m["biases"], padding=1),
    "depthwise_convolution": lambda t, m: F.conv2d(t, m["window"], padding=1, groups=CHANNELS),
    "local_max": lambda t, m: F.max_pool2d(t, 3, 1, 1),
    "local_average": lambda t, m: F.avg_pool2d(t, 3, 1, 1),
    "local_average_of_what_is_there": lambda t, m: F.avg_pool2d(t, 3, 1, 1, count_include_pad=False),
}
# What makes one of two of the same shape.
JOINING = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply_both": lambda a, b: a * b,
    "divide": lambda a, b: a / (b * b + 0.7),
    "maximum": torch.maximum,
    "minimum": torch.minimum,
}
# What changes the size or the number of channels.
RESHAPING = {
    "reflect_pad": lambda t, m: F.pad(t, (2, 1, 3, 2), mode="reflect"),
    "edge_pad": lambda t, m: F.pad(t, (2, 1, 3, 2), mode="replicate"),
    "negative_pad": lambda t, m: F.pad(t, (-2, -1, 1, -3)),
    "pad_of_channels": lambda t, m: F.pad(t[:, :, ::2, ::2], (0, 0, 0, 0, 2, 1)),
    "pad_of_channels_last": lambda t, m: F.pad(t.permute(0, 2, 3, 1), (0, 0, 2, 1, 1, 3)).permute(0, 3, 1, 2),
    "split_of_rows": lambda t, m: torch.split(t, [9, 12], 2)[1].mean((2, 3), True) * torch.split(t, [9, 12], 2)[0],
    "split_of_columns": lambda t, m: torch.split(t, 13, 3)[0] * torch.split(t, 13, 3)[1],
    "constant_pad": lambda t, m: F.pad(t, (2, 1, 3, 2), value=0.3),
    "pixel_shuffle": lambda t, m: F.pixel_shuffle(torch.cat([t, t * 0.5], 1), 2),
    "pixel_shuffle_written_out": lambda t, m: torch.cat([t, t * 0.5], 1).reshape(1, 3, 2, 2, *t.shape[2:]).permute(
        0, 1, 4, 2, 5, 3).reshape(1, 3, 2 * t.shape[2], 2 * t.shape[3]),
    "every_second_channel": lambda t, m: t[:, 1::2] * torch.flip(t[:, ::2], (1,)),
    "resize_nearest": lambda t, m: F.interpolate(t, scale_factor=2, mode="nearest"),
    "resize_linear": lambda t, m: F.interpolate(t, scale_factor=2, mode="bilinear", align_corners=False),
    "resize_cubic": lambda t, m: F.interpolate(t, scale_factor=2, mode="bicubic", align_corners=False),
    "slice_of_rows_and_columns": lambda t, m: t[:, :, 2:-1, 1:],
    "every_second_row": lambda t, m: t[:, :, 1::2] * t[:, :, :-1:2],
    "resize_linear_by_corners": lambda t, m: F.interpolate(t, size=(41, 51), mode="bilinear", align_corners=True),
    "transposed_convolution": lambda t, m: F.conv_transpose2d(t, m["weights"], m["biases"], 2, 1, 1),
    "transposed_convolution_by_four": lambda t, m: F.conv_transpose2d(t, m["wide"], None, 2, 1),
    "global_max_pool": lambda t, m: F.adaptive_max_pool2d(t, 1),
    "global_average_pool": lambda t, m: F.adaptive_avg_pool2d(t, 1),
    "mean_over_height_and_width": lambda t, m: t.mean((2, 3)),
    "fully_connected": lambda t, m: F.linear(torch.flatten(F.adaptive_avg_pool2d(t, 1), 1), m["matrix"], m["biases"]),
    "max_pool_ceiling": lambda t, m: F.max_pool2d(t, 3, 2, 0, ceil_mode=True),
    "average_pool_ceiling": lambda t, m: F.avg_pool2d(t, 3, 2, 0, ceil_mode=True),
    "concatenation": lambda t, m: torch.cat([t, F.relu(t), -t], 1),
    "strided_convolution": lambda t, m: F.conv2d(t, m["weights"], m["biases"], 2, 1),
    "dilated_convolution": lambda t, m: F.conv2d(t, m["weights"], None, 1, 2, 2),
}


def smaller(t, m):
    return F.max_pool2d(F.conv2d(t, m["weights"]), 2)


def margins(t, other):
    rows, columns = (t.shape[axis] - other.shape[axis] for axis in (2, 3))
    return rows // 2, rows - rows // 2, columns // 2, columns - columns // 2


def padded(t, other, **how):
    top, bottom, left, right = margins(t, other)
    return F.pad(other, (left, right, top, bottom), **how)


def middle(t, other):
    top, _, left, _ = margins(t, other)
    return t[:, :, top : top + other.shape[2], left : left + other.shape[3]]


# What calculates with the sizes of tensors; exported for pictures of any size.
OF_ANY_SIZE = {
    "resize_to_another": lambda t, m: t + F.interpolate(smaller(t, m), size=t.shape[2:], mode="bilinear"),
    "resize_nearest_to_another": lambda t, m: torch.cat([F.interpolate(smaller(t, m), size=t.shape[2:]), t], 1),
    "resize_to_half_of_another": lambda t, m: F.interpolate(t, size=(t.shape[2] // 2, t.shape[3] // 2), mode="bilinear"),
    "pad_to_another": lambda t, m: torch.cat([t, padded(t, smaller(t, m))], 1),
    "reflect_pad_to_another": lambda t, m: t * padded(t, t[:, :, 2:-3, 3:-2], mode="reflect"),
    "middle_of_another": lambda t, m: middle(t, smaller(t, m)) * smaller(t, m),
    "beginning_of_another": lambda t, m: t[:, :, : smaller(t, m).shape[2], 1 : smaller(t, m).shape[3]],
}


class Network(torch.nn.Module):
    """A convolution of the picture, and what `body` makes of it by the parameters."""

    def __init__(self, body):
        super().__init__()
        torch.manual_seed(3)
        shapes = {"slopes": (CHANNELS,), "gains": (CHANNELS,), "biases": (CHANNELS,), "shifts": (1, CHANNELS, 1, 1),
                  "scales": (1, CHANNELS, 1, 1), "mixing": (CHANNELS, CHANNELS, 1, 1), "matrix": (CHANNELS, CHANNELS),
                  "weights": (CHANNELS, CHANNELS, 3, 3), "window": (CHANNELS, 1, 3, 3), "line": (1, 1, 3), "wide": (CHANNELS, 4, 4, 4)}
        self.stem = torch.nn.Conv2d(3, CHANNELS, 3, padding=1)
        self.body = body
        self.parameters_by_name = torch.nn.ParameterDict(
            {name: torch.nn.Parameter(torch.rand(shape) * 0.7 + 0.3) for name, shape in shapes.items()})

    def forward(self, picture):
        return self.body(self.stem(picture), self.parameters_by_name)


def join(name):
    return lambda t, m: JOINING[name](F.conv2d(t, m["mixing"]), t)


def random_graph(seed):
    """Ten operators, each of them on one or two of the last tensors."""
    chance = random.Random(str(seed))
    steps = []
    for _ in range(10):
        joins = chance.random() < 0.35
        name = chance.choice(sorted(JOINING if joins else PLAIN))
        steps.append((name, chance.randint(1, 3), chance.randint(1, 3)))

    sizes = []  # of each step's result, found by the first run and constants from then on

    def body(t, m):
        tensors, first_run = [t], not sizes
        for i, (name, first, second) in enumerate(steps):
            a, b = (tensors[-min(back, len(tensors))] for back in (first, second))
            value = JOINING[name](a, b) if name in JOINING else PLAIN[name](a, m)
            if first_run:
                sizes.append(float(value.detach().square().mean().sqrt()))
            tensors.append(value / max(sizes[i], 1e-3))  # or a few steps would blow it up or dry it out
        return tensors[-1] + tensors[-2]

    return body


def results(network, picture):
    """What a network makes of a picture, and the gradient of its mean square."""
    x = picture.clone().requires_grad_()
    y = network(x)
    (gradient,) = torch.autograd.grad((y**2).mean(), x)
    return y.detach().numpy(), gradient.numpy()


def rounding(body, picture):
    """How far what PyTorch finds in float32 is from what it finds in float64."""
    network = Network(body).eval()
    single = results(network, picture)
    double = results(network.double(), picture.double())
    return max(map(engine.relative, single, double))


def steady_graph(seed, picture):
    """The first graph by chance that makes something, and not much of rounding errors: of the others PyTorch itself is
    no judge."""
    return next(body for body in (random_graph((seed, draw)) for draw in itertools.count())
                if 0 < rounding(body, picture) < TOLERANCE / 5)


def run_onnx_runtime(model, picture, folder):
    """The output of ONNX Runtime, or None where it is not there."""
    np.save(folder / "input.npy", picture[0].numpy().astype("<f4"))
    judge = Path(__file__).with_name("reference_onnx.js")
    done = subprocess.run(["node", judge, model, "y", folder / "input.npy", folder / "judged.npy"], capture_output=True,
                          text=True)
    if done.returncode:
        raise RuntimeError(f"ONNX Runtime: {done.stderr.strip()[:300]}")
    return np.load(folder / "judged.npy").astype(np.float64)


def has_onnx_runtime():
    find = "require(process.env.ORT_NODE_MODULES ? process.env.ORT_NODE_MODULES + '/onnxruntime-node' : 'onnxruntime-node')"
    try:
        return subprocess.run(["node", "-e", find], capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def differences(reverie, folder, name, body, judged):
    any_size = name in OF_ANY_SIZE
    model, picture = folder / "graph.onnx", engine.write_picture(folder / "picture.ppm", *SIZE)
    network = Network(body).eval()
    network(picture)
    shown = F.pad(picture, (0, 9, 0, 6)) if any_size else picture
    engine.export(network, shown, model, ["y"], 17, any_size)
    activation, gradient = engine.ask(reverie, model, folder / "picture.ppm", "y", folder)
    expected, wanted = results(network.double(), picture.double())
    yield "activation", engine.relative(activation, expected)
    yield "gradient", engine.relative(gradient, wanted)
    if judged:
        yield "ONNX Runtime", engine.relative(activation, run_onnx_runtime(model, picture, folder))


def check(reverie, folder, name, body, judged):
    return verdict(f"graph_{name}", differences(reverie, folder, name, body, judged), TOLERANCE)


def main():
    reverie, folder, judged = sys.argv[1], Path(sys.argv[2]), has_onnx_runtime()
    bodies = {**PLAIN, **{name: join(name) for name in JOINING}, **RESHAPING, **OF_ANY_SIZE}
    picture = engine.write_picture(folder / "picture.ppm", *SIZE)
    bodies.update({f"by_chance_{seed}": steady_graph(seed, picture) for seed in range(GRAPHS)})
    if sys.argv[3:]:
        bodies = {name: body for name, body in bodies.items() if name in sys.argv[3:]}
    if not judged:
        print("skip graphs_by_onnx_runtime: onnxruntime-node is not there (`make reference`)")
    return not all([check(reverie, folder, name, body, judged) for name, body in bodies.items()])


if __name__ == "__main__":
    sys.exit(main())
