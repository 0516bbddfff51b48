'use strict';

/* Reads a TensorFlow.js layers model whose parts are packed as JavaScript modules: one module
 * exports an object literal (Keras topology and weights manifest), the others export base64 strings
 * (the weights, one after the other). The modules are read as text and never run. */

const TOKEN = /\s*(?:([{}[\]:,])|("(?:[^"\\]|\\.)*")|(!0|!1|null)|([A-Za-z_$][\w$]*)|(-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?))/y;
const CONSTANTS = { '!0': true, '!1': false, null: null };
const DEPTH_LIMIT = 64;

/* Reads the literal that starts at text[start]; whatever follows it is left alone. */
class LiteralReader {
	constructor(text, start) {
		this.text = text;
		TOKEN.lastIndex = start;
		this.advance();
	}

	advance() {
		const match = TOKEN.exec(this.text);
		if (!match)
			throw new Error('the model description is not a plain object literal');
		[, this.mark, this.string, this.constant, this.word, this.number] = match;
	}

	take(mark) {
		if (this.mark !== mark)
			throw new Error(`the model description lacks a "${mark}"`);
		this.advance();
	}

	value(depth) {
		if (depth > DEPTH_LIMIT)
			throw new Error('the model description is nested too deeply');
		if (this.mark === '{')
			return this.sequence('{', '}', {}, (object) => {
				const key = this.key();
				this.take(':');
				object[key] = this.value(depth + 1);
			});
		if (this.mark === '[')
			return this.sequence('[', ']', [], (array) => array.push(this.value(depth + 1)));
		const scalar = this.scalar();
		this.advance();
		return scalar;
	}

	sequence(open, close, collection, readItem) {
		this.take(open);
		while (this.mark !== close) {
			readItem(collection);
			if (this.mark !== close)
				this.take(',');
		}
		this.advance();
		return collection;
	}

	key() {
		const key = this.word || (this.string ? JSON.parse(this.string) : this.number);
		if (key === undefined || key === '__proto__')
			throw new Error('the model description has an object with a strange key');
		this.advance();
		return key;
	}

	scalar() {
		if (this.string !== undefined)
			return JSON.parse(this.string);
		if (this.constant !== undefined)
			return CONSTANTS[this.constant];
		if (this.number !== undefined)
			return Number(this.number);
		throw new Error('the model description is not a plain object literal');
	}
}

/* The place of what a module exports, which must begin with the character opening. */
function exportedAt(text, opening, name) {
	const assignment = '.exports=' + opening;
	const at = text.indexOf(assignment);
	if (at < 0)
		throw new Error(`${name} does not export what a packed model exports`);
	return at + assignment.length - 1;
}

function requiredFile(files, name) {
	const content = files.get(name);
	if (!content)
		throw new Error(`${name} is missing from the archive`);
	return content.toString('latin1');
}

function readDescription(files) {
	const text = requiredFile(files, 'model.min.js');
	return new LiteralReader(text, exportedAt(text, '{', 'model.min.js')).value(0);
}

function readShard(files, path) {
	const name = path + '.min.js';
	const text = requiredFile(files, name);
	const start = exportedAt(text, '"', name) + 1;
	const end = text.indexOf('"', start);
	if (end < 0)
		throw new Error(`${name} is truncated`);
	return Buffer.from(text.slice(start, end), 'base64');
}

/* One byte for each weight: value = byte * scale + min. */
function dequantise(bytes, quantization) {
	const { min, scale } = quantization;
	return Float32Array.from(bytes, (byte) => byte * scale + min);
}

function readWeights(files, manifest) {
	const weights = new Map();
	for (const group of manifest) {
		const data = Buffer.concat(group.paths.map((path) => readShard(files, path)));
		let at = 0;
		for (const { name, shape, quantization } of group.weights) {
			if (!quantization || quantization.dtype !== 'uint8')
				throw new Error(`weight ${name} is not stored in 8 bits`);
			const count = shape.reduce((product, extent) => product * extent, 1);
			if (at + count > data.length)
				throw new Error(`the weights end before ${name}`);
			const values = dequantise(data.slice(at, at + count), quantization);
			weights.set(name, { shape, values });
			at += count;
		}
		if (at !== data.length)
			throw new Error('there are more weights than the model describes');
	}
	return weights;
}

/* files: Map from file name to Buffer. Returns the Keras layers in the network's order, as Keras
 * describes them, and a Map from each weight's name to {shape, values: Float32Array}. */
function readModel(files) {
	const { modelTopology, weightsManifest } = readDescription(files);
	const layers = modelTopology.model_config.config.layers;
	return { layers, weights: readWeights(files, weightsManifest) };
}

module.exports = { readModel };
