'use strict';

/* Writes ONNX files: the few messages of onnx.proto3 (github.com/onnx/onnx) that a feed-forward
 * network of float32 tensors needs, in the wire format of Protocol Buffers. */

const WIRE_VARINT = 0;
const WIRE_BYTES = 2;
const WIRE_FIXED32 = 5;
const TYPE_FLOAT = 1;
const ATTRIBUTE = { float: 1, int: 2, text: 3, ints: 7 };

function varint(value) {
	const bytes = [];
	let rest = value;
	while (rest >= 128) {
		bytes.push((rest % 128) + 128);
		rest = Math.floor(rest / 128);
	}
	bytes.push(rest);
	return Buffer.from(bytes);
}

function tag(field, wireType) {
	return varint(field * 8 + wireType);
}

function int(field, value) {
	if (!Number.isSafeInteger(value) || value < 0)
		throw new Error(`${value} is no number that ONNX files hold`);
	return Buffer.concat([tag(field, WIRE_VARINT), varint(value)]);
}

function float(field, value) {
	const bytes = Buffer.alloc(4);
	bytes.writeFloatLE(value, 0);
	return Buffer.concat([tag(field, WIRE_FIXED32), bytes]);
}

function bytes(field, content) {
	return Buffer.concat([tag(field, WIRE_BYTES), varint(content.length), content]);
}

function text(field, value) {
	return bytes(field, Buffer.from(value, 'utf8'));
}

function message(field, parts) {
	return bytes(field, Buffer.concat(parts));
}

/* value: a whole number, {float: number}, a text or an array of whole numbers. */
function attribute(name, value) {
	if (typeof value === 'string')
		return [text(1, name), text(4, value), int(20, ATTRIBUTE.text)];
	if (Array.isArray(value))
		return [text(1, name), ...value.map((item) => int(8, item)), int(20, ATTRIBUTE.ints)];
	if (typeof value === 'object')
		return [text(1, name), float(2, value.float), int(20, ATTRIBUTE.float)];
	return [text(1, name), int(3, value), int(20, ATTRIBUTE.int)];
}

/* A node is called what its only output is called. */
function node({ operator, name, inputs, attributes }) {
	return [
		...inputs.map((input) => text(1, input)),
		text(2, name),
		text(3, name),
		text(4, operator),
		...Object.keys(attributes).map((key) => message(5, attribute(key, attributes[key]))),
	];
}

function littleEndian(values) {
	const content = Buffer.alloc(values.length * 4);
	values.forEach((value, i) => content.writeFloatLE(value, i * 4));
	return content;
}

function tensor({ name, shape, values }) {
	return [
		...shape.map((extent) => int(1, extent)),
		int(2, TYPE_FLOAT),
		text(8, name),
		bytes(9, littleEndian(values)),
	];
}

/* shape: numbers for fixed extents, words for those known only when the network runs. */
function valueInfo({ name, shape }) {
	const extents = shape.map((extent) =>
		message(1, [typeof extent === 'number' ? int(1, extent) : text(2, extent)])
	);
	const type = message(1, [int(1, TYPE_FLOAT), message(2, extents)]);
	return [text(1, name), message(2, [type])];
}

/* model: {name, opset, irVersion, producer, description, metadata: {key: value},
 *         nodes: [{operator, name, inputs, attributes}], tensors: [{name, shape, values}],
 *         inputs and outputs: [{name, shape}]}. Returns a Buffer with the whole file. */
function writeModel(model) {
	const graph = [
		...model.nodes.map((item) => message(1, node(item))),
		text(2, model.name),
		...model.tensors.map((item) => message(5, tensor(item))),
		...model.inputs.map((item) => message(11, valueInfo(item))),
		...model.outputs.map((item) => message(12, valueInfo(item))),
	];
	const metadata = Object.keys(model.metadata).map((key) =>
		message(14, [text(1, key), text(2, model.metadata[key])])
	);
	return Buffer.concat([
		int(1, model.irVersion),
		text(2, model.producer),
		text(6, model.description),
		message(7, graph),
		message(8, [text(1, ''), int(2, model.opset)]),
		...metadata,
	]);
}

module.exports = { writeModel };
