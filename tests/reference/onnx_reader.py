"""Reads ONNX files without the onnx package: just enough of the wire format
(protobuf.dev/programming-guides/encoding) and of onnx.proto3 to run a feed-forward network."""

import struct
from dataclasses import dataclass, field

import numpy as np

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
NUMPY_TYPES = {1: "<f4", 2: "u1", 3: "i1", 6: "<i4", 7: "<i8", 10: "<f2", 11: "<f8"}
FLOAT16 = 10


@dataclass
class Node:
    name: str
    operator: str
    inputs: list
    outputs: list
    attributes: dict = field(default_factory=dict)


@dataclass
class Model:
    nodes: list
    tensors: dict  # of the parameters: name to numpy array
    inputs: list  # names of the inputs that are no parameters
    opset: int


def read_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def fields(data):
    """Yields (field number, content): an int, or a memoryview for bytes and fixed sizes."""
    at = 0
    while at < len(data):
        tag, at = read_varint(data, at)
        number, wire = tag >> 3, tag & 7
        if wire == VARINT:
            content, at = read_varint(data, at)
        else:
            length = {FIXED64: 8, FIXED32: 4}.get(wire)
            if wire == BYTES:
                length, at = read_varint(data, at)
            if length is None or at + length > len(data):
                raise ValueError("the file is no ONNX file, or truncated")
            content, at = data[at : at + length], at + length
        yield number, content


def signed(value):
    return value - (1 << 64) if value >= 1 << 63 else value


def text(content):
    return bytes(content).decode("utf-8")


def integers(content):
    """A repeated integer field's content: one value, or several packed ones."""
    if isinstance(content, int):
        return [signed(content)]
    values, at = [], 0
    while at < len(content):
        value, at = read_varint(content, at)
        values.append(signed(value))
    return values


def read_tensor(data):
    shape, name, kind, raw, typed = [], "", None, None, []
    for number, content in fields(data):
        if number == 1:
            shape += integers(content)
        elif number == 2:
            kind = content
        elif number == 8:
            name = text(content)
        elif number == 9:
            raw = bytes(content)
        elif number in (4, 10):  # float_data, double_data
            typed.append(np.frombuffer(content, "<f4" if number == 4 else "<f8"))
        elif number in (5, 7):  # int32_data (halves come as their bits here), int64_data
            typed.append(np.array(integers(content), np.int64))
    if kind not in NUMPY_TYPES:
        raise ValueError(f"tensor {name} has the element type {kind}, which is not supported")
    if raw is not None:
        return name, np.frombuffer(raw, NUMPY_TYPES[kind]).reshape(shape)
    values = np.concatenate(typed) if typed else np.zeros(0)
    if kind == FLOAT16:
        values = values.astype(np.uint16).view(np.float16)
    return name, values.astype(NUMPY_TYPES[kind]).reshape(shape)


def read_attribute(data):
    name, value, several = "", None, []
    for number, content in fields(data):
        if number == 1:
            name = text(content)
        elif number == 2:
            value = struct.unpack("<f", content)[0]
        elif number == 3:
            value = signed(content)
        elif number == 4:
            value = text(content)
        elif number == 5:
            value = read_tensor(content)[1]
        elif number == 7:
            several += np.frombuffer(content, "<f4").tolist()
        elif number == 8:
            several += integers(content)
    return name, several if value is None else value


def read_node(data):
    node = Node("", "", [], [])
    for number, content in fields(data):
        if number == 1:
            node.inputs.append(text(content))
        elif number == 2:
            node.outputs.append(text(content))
        elif number == 3:
            node.name = text(content)
        elif number == 4:
            node.operator = text(content)
        elif number == 5:
            name, value = read_attribute(content)
            node.attributes[name] = value
    return node


def read_graph(data, model):
    for number, content in fields(data):
        if number == 1:
            model.nodes.append(read_node(content))
        elif number == 5:
            name, tensor = read_tensor(content)
            model.tensors[name] = tensor
        elif number == 11:
            model.inputs.append(text(dict(fields(content))[1]))
    model.inputs = [name for name in model.inputs if name not in model.tensors]


def read_model(path):
    with open(path, "rb") as file:
        data = memoryview(file.read())
    model = Model([], {}, [], 0)
    for number, content in fields(data):
        if number == 7:
            read_graph(content, model)
        elif number == 8:
            operator_set = dict(fields(content))
            if not operator_set.get(1):  # the default domain
                model.opset = operator_set[2]
    return model


def nodes_up_to(model, layer):
    """The nodes that the tensor called layer is computed from, in the network's order."""
    needed, chosen = {layer}, []
    for node in reversed(model.nodes):
        if needed.intersection(node.outputs):
            chosen.append(node)
            needed.update(node.inputs)
    if not chosen:
        raise ValueError(f"the network has no tensor called {layer}")
    return chosen[::-1]
