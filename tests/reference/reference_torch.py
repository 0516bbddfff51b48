#!/usr/bin/python3
"""Runs a network up to one layer, and back, with PyTorch, as an independent judge of the engine:

    python3 reference_torch.py MODEL.onnx LAYER INPUT.npy --activation A.npy --gradient G.npy

INPUT is float32 [channels][height][width] in the network's own units. A is the layer's activation,
without the batch axis; G the gradient of mean(A * A) with respect to the input. --double computes in
float64; both files are float32 all the same. Exit code 2: PyTorch or NumPy is not there.
"""

import argparse
import sys

try:
    import numpy as np
    import torch
except ImportError as error:
    print(f"reference_torch: {error.name} is missing (on Debian: python3-{error.name})", file=sys.stderr)
    sys.exit(2)

import onnx_reader
import torch_operators


def as_tensor(array, dtype):
    """Parameters of any float type take on dtype; shapes and the like stay whole numbers."""
    tensor = torch.from_numpy(np.array(array))
    return tensor.to(dtype) if tensor.is_floating_point() else tensor


def activation_and_gradient(model, layer, picture, dtype):
    x = torch.from_numpy(picture[None]).to(dtype).requires_grad_()
    tensors = {name: as_tensor(array, dtype) for name, array in model.tensors.items()}
    tensors[model.inputs[0]] = x
    torch_operators.run(onnx_reader.nodes_up_to(model, layer), tensors, model.opset)
    activation = tensors[layer]
    (gradient,) = torch.autograd.grad((activation**2).mean(), x)
    return activation.detach()[0].numpy(), gradient[0].numpy()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model")
    parser.add_argument("layer")
    parser.add_argument("input")
    parser.add_argument("--activation", metavar="FILE")
    parser.add_argument("--gradient", metavar="FILE")
    parser.add_argument("--double", action="store_true")
    return parser.parse_args()


def main():
    options = arguments()
    dtype = torch.float64 if options.double else torch.float32
    model = onnx_reader.read_model(options.model)
    picture = np.load(options.input)
    activation, gradient = activation_and_gradient(model, options.layer, picture, dtype)
    if options.activation:
        np.save(options.activation, activation.astype("<f4"))
    if options.gradient:
        np.save(options.gradient, gradient.astype("<f4"))


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError, KeyError, IndexError, NotImplementedError) as error:
        sys.exit(f"reference_torch: {error}")
