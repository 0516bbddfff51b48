'use strict';

/* Edits an ONNX file in its wire format (protobuf.dev/programming-guides/encoding), so that any
 * tensor of the network can be read out, at any picture size, computed in float32. */

const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 };
const MODEL_GRAPH = 7;
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12, valueInfo: 13 };
const NODE_OUTPUT = 2;
const VALUE_NAME = 1;
const TENSOR = { dataType: 2, int32Data: 5, name: 8, rawData: 9 };
const ELEMENT = { float32: 1, float16: 10 };

function readVarint(buffer, start) {
	let value = 0;
	let factor = 1;
	for (let at = start; at < buffer.length && at < start + 10; at++) {
		value += (buffer[at] & 127) * factor;
		factor *= 128;
		if (buffer[at] < 128)
			return { value, end: at + 1 };
	}
	throw new Error('the file is no ONNX file, or truncated');
}

function varint(value) {
	const bytes = [];
	for (; value >= 128; value = Math.floor(value / 128))
		bytes.push((value % 128) + 128);
	return Buffer.from(bytes.concat(value));
}

/* The fields of a message, in order: {number, raw: tag and content, content: of a field of bytes,
 * value: of a varint}. */
function fields(message) {
	const found = [];
	for (let start = 0; start < message.length; ) {
		const tag = readVarint(message, start);
		const wire = tag.value % 8;
		const field = { number: Math.floor(tag.value / 8), raw: null, content: null, value: null };
		let end;
		if (wire === WIRE.varint)
			({ value: field.value, end } = readVarint(message, tag.end));
		else if (wire === WIRE.fixed64)
			end = tag.end + 8;
		else if (wire === WIRE.fixed32)
			end = tag.end + 4;
		else if (wire === WIRE.bytes) {
			const length = readVarint(message, tag.end);
			end = length.end + length.value;
			field.content = message.slice(length.end, end);
		}
		if (end === undefined || end > message.length)
			throw new Error('the file is no ONNX file, or truncated');
		field.raw = message.slice(start, end);
		found.push(field);
		start = end;
	}
	return found;
}

function bytesField(number, content) {
	return Buffer.concat([varint(number * 8 + WIRE.bytes), varint(content.length), content]);
}

function varintField(number, value) {
	return Buffer.concat([varint(number * 8 + WIRE.varint), varint(value)]);
}

function textIn(message, number) {
	return fields(message)
		.filter((field) => field.number === number)
		.map((field) => field.content.toString('utf8'));
}

/* A graph input as float32 without a shape: height and width become free. */
function freeInput(name) {
	const type = bytesField(1, varintField(1, ELEMENT.float32));
	return Buffer.concat([bytesField(VALUE_NAME, Buffer.from(name)), bytesField(2, type)]);
}

/* IEEE 754 binary16, given as its bits. */
function halfToNumber(bits) {
	const sign = bits & 0x8000 ? -1 : 1;
	const exponent = (bits >> 10) & 31;
	const fraction = bits & 1023;
	if (exponent === 31)
		return fraction ? NaN : sign * Infinity;
	if (exponent === 0)
		return sign * fraction * 2 ** -24;
	return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function packedVarints(content) {
	const values = [];
	for (let at = 0; at < content.length; ) {
		const { value, end } = readVarint(content, at);
		values.push(value);
		at = end;
	}
	return values;
}

/* A parameter in halves becomes the same one in float32; others stay as they are. */
function widenTensor(tensor) {
	const parts = fields(tensor);
	if (parts.find((part) => part.number === TENSOR.dataType).value !== ELEMENT.float16)
		return tensor;
	const halves = [];
	const kept = [varintField(TENSOR.dataType, ELEMENT.float32)];
	for (const part of parts) {
		if (part.number === TENSOR.rawData)
			for (let at = 0; at + 2 <= part.content.length; at += 2)
				halves.push(part.content.readUInt16LE(at));
		else if (part.number === TENSOR.int32Data)
			halves.push(...(part.content ? packedVarints(part.content) : [part.value]));
		else if (part.number !== TENSOR.dataType)
			kept.push(part.raw);
	}
	const data = Buffer.alloc(halves.length * 4);
	halves.forEach((bits, i) => data.writeFloatLE(halfToNumber(bits), i * 4));
	return Buffer.concat(kept.concat(bytesField(TENSOR.rawData, data)));
}

/* Parameters may be listed among the inputs too; those entries only repeat their shapes. */
function editGraph(graph, layer) {
	const parts = fields(graph);
	const named = (number, field) =>
		parts.filter((part) => part.number === number).map((part) => textIn(part.content, field));
	if (!named(GRAPH.node, NODE_OUTPUT).some((outputs) => outputs.includes(layer)))
		throw new Error(`the network has no tensor called ${layer}`);
	const parameters = new Set(named(GRAPH.initializer, TENSOR.name).map(([name]) => name));
	const inputs = named(GRAPH.input, VALUE_NAME).map(([name]) => name);
	const replaced = [GRAPH.initializer, GRAPH.input, GRAPH.output, GRAPH.valueInfo];
	return Buffer.concat([
		...parts.filter(({ number }) => !replaced.includes(number)).map(({ raw }) => raw),
		...parts
			.filter(({ number }) => number === GRAPH.initializer)
			.map(({ content }) => bytesField(GRAPH.initializer, widenTensor(content))),
		...inputs
			.filter((name) => !parameters.has(name))
			.map((name) => bytesField(GRAPH.input, freeInput(name))),
		bytesField(GRAPH.output, bytesField(VALUE_NAME, Buffer.from(layer))),
	]);
}

/* model: Buffer of an ONNX file. Returns one whose only output is the tensor called layer, with
 * free input sizes, float32 throughout, and without recorded shapes, which would no longer hold. */
function exposeLayer(model, layer) {
	return Buffer.concat(
		fields(model).map((field) =>
			field.number === MODEL_GRAPH
				? bytesField(MODEL_GRAPH, editGraph(field.content, layer))
				: field.raw
		)
	);
}

module.exports = { exposeLayer, fields, bytesField, textIn, MODEL_GRAPH, GRAPH, VALUE_NAME, TENSOR_NAME: TENSOR.name };
