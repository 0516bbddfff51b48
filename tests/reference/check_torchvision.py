#!/usr/bin/python3
"""Holds the engine against torchvision's own networks, exported as torch.onnx.export writes them:

    check_torchvision.py REVERIE FOLDER [NAME...|all]

For each network (without names: one of each family), of random weights, several layers' activations are compared with those of the
network in PyTorch, and the gradient of mean(activation^2) of the last of them with autograd's. Prints
"ok NAME" or "not ok NAME"; what it writes goes into FOLDER. Exit code 2 where torch, torchvision or
NumPy is not there."""

import subprocess
import sys
from pathlib import Path

try:
    import torch
    import torchvision
    from torchvision.models.detection.backbone_utils import resnet_fpn_backbone

    import engine
except ImportError as error:
    print(f"check_torchvision: {error.name} is missing (on Debian: python3-{error.name})", file=sys.stderr)
    sys.exit(2)

# Each network, and the modules whose outputs are compared, the last one being the classifier's.
NETWORKS = {
    "resnet18": ["maxpool", "layer1", "layer3", "fc"],
    "resnext50_32x4d": ["layer2", "fc"],
    "vgg11_bn": ["features", "avgpool", "classifier"],
    "squeezenet1_1": ["features", "classifier"],
    "densenet121": ["features.denseblock2", "features.norm5", "classifier"],
    "googlenet": ["inception4c", "fc"],
    "inception_v3": ["Mixed_6b", "fc"],
    "mobilenet_v2": ["features.7", "classifier"],
    "mobilenet_v3_small": ["features.4", "classifier"],
    "efficientnet_b0": ["features.4", "classifier"],
    "efficientnet_v2_s": ["features.4", "classifier"],
    "shufflenet_v2_x1_0": ["stage3", "fc"],
    "regnet_y_400mf": ["trunk_output.block2", "fc"],
    "mnasnet0_5": ["layers.9", "classifier"],
    "convnext_tiny": ["features.1", "features.3", "classifier"],
    "fcn_resnet50": ["backbone.layer2", "classifier"],
    "deeplabv3_mobilenet_v3_large": ["backbone.6", "classifier"],
    "lraspp_mobilenet_v3_large": ["backbone.6", "classifier"],
    "resnet18_fpn": ["body.layer3", "fpn.layer_blocks.0"],
}
# Files of these leave the picture's size free, as sizes of tensors are calculated with.
OF_ANY_SIZE = ["deeplabv3_mobilenet_v3_large", "lraspp_mobilenet_v3_large", "resnet18_fpn"]
USUAL = ["resnet18", "vgg11_bn", "densenet121", "googlenet", "mobilenet_v2", "mobilenet_v3_small", "efficientnet_b0",
         "shufflenet_v2_x1_0", "regnet_y_400mf", "convnext_tiny", "lraspp_mobilenet_v3_large", "resnet18_fpn"]
SIZES = {"inception_v3": (160, 144), "vgg11_bn": (224, 224), "squeezenet1_1": (96, 80)}
SIZE = (96, 80)
# Sums of float32 over up to a hundred layers, against float64. Where a value is so near to zero or to the
# next greatest that rounding decides which way a ReLU or a pool goes, single paths of the gradient are
# others, in float32 by PyTorch as well; an operator that is wrong is off by tens of percents.
ACTIVATION_TOLERANCE, GRADIENT_TOLERANCE = 1e-5, 2e-2


def random_network(name):
    """Statistics and scales that are not those of a fresh network, so that none is the identity."""
    torch.manual_seed(5)
    more = {}
    if name in ("googlenet", "inception_v3"):  # the trained ones take colours to another range themselves
        more = {"init_weights": False, "transform_input": True}
    if name in dir(torchvision.models.segmentation):
        network = getattr(torchvision.models.segmentation, name)(weights=None, weights_backbone=None).eval()
    elif name.endswith("_fpn"):
        network = resnet_fpn_backbone(backbone_name=name[: -len("_fpn")], weights=None).eval()
    else:
        network = getattr(torchvision.models, name)(weights=None, **more).eval()
    if name.startswith("vgg"):  # its own is 500 MB of the same operators
        network.classifier = torch.nn.Linear(network.classifier[0].in_features, 100)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
            module.weight.data.uniform_(0.8, 1.2)
            module.bias.data.normal_(0, 0.1)
        if hasattr(module, "layer_scale"):  # 1e-6 would hide what it scales
            module.layer_scale.data.uniform_(0.2, 0.5)
    return network


class Exposed(torch.nn.Module):
    """A network whose outputs are those of some modules, in their order."""

    def __init__(self, network, modules):
        super().__init__()
        self.network, self.wanted, self.values = network, modules, {}
        for name in modules:
            network.get_submodule(name).register_forward_hook(self.keep(name))

    def keep(self, name):
        def hook(_module, _inputs, output):  # a copy, as what follows may write onto it
            self.values[name] = output.clone()

        return hook

    def forward(self, picture):
        self.network(picture)
        return tuple(self.values[name] for name in self.wanted)


def differences(reverie, folder, name):
    modules = NETWORKS[name]
    names = ["out_" + module.replace(".", "_") for module in modules]
    width, height = SIZES.get(name, SIZE)
    picture = engine.write_picture(folder / "picture.ppm", width, height)
    network = Exposed(random_network(name), modules).eval()
    model = folder / (name + ".onnx")
    shown = picture.repeat(1, 1, 2, 2) if name in OF_ANY_SIZE else picture
    engine.export(network, shown, model, names, any_size=name in OF_ANY_SIZE)
    network, x = network.double(), picture.double().requires_grad_()
    expected = network(x)
    (gradient,) = torch.autograd.grad((expected[-1] ** 2).mean(), x)
    for layer, value in zip(names, expected):
        activation, ours = engine.ask(reverie, model, folder / "picture.ppm", layer, folder)
        yield layer, engine.relative(activation, value.detach().numpy()), ACTIVATION_TOLERANCE
    yield "gradient", engine.relative(ours, gradient.numpy()), GRADIENT_TOLERANCE
    for module, value in list(zip(modules, expected))[:-1]:  # as the network's own code calls them
        activation, _ = engine.ask(reverie, model, folder / "picture.ppm", "network." + module, folder)
        yield module, engine.relative(activation, value.detach().numpy()), ACTIVATION_TOLERANCE


def check(reverie, folder, name):
    good = True
    try:
        for what, difference, tolerance in differences(reverie, folder, name):
            print(f"# {name} {what}: {difference:.1e}")
            good &= bool(difference < tolerance)
    except subprocess.CalledProcessError as error:
        print(f"# {name}: {error.stderr.strip()}")
        good = False
    (folder / (name + ".onnx")).unlink(missing_ok=True)
    print(f"{'ok' if good else 'not ok'} torchvision_{name}", flush=True)
    return good


def main():
    reverie, folder = sys.argv[1], Path(sys.argv[2])
    torch.set_num_threads(2)
    names = NETWORKS if sys.argv[3:] == ["all"] else sys.argv[3:] or USUAL
    return not all([check(reverie, folder, name) for name in names])


if __name__ == "__main__":
    sys.exit(main())
