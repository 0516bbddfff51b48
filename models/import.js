'use strict';

/* Makes inception_v3.onnx from the npm package nsfwjs 4.3.0:
 *
 *     node import.js nsfwjs-4.3.0.tgz inception_v3.onnx
 *
 * Only the convolutional trunk is kept, layer by layer as Keras has it and under Keras' names;
 * joining layers for speed is left to the program that runs it. README.md beside this file says
 * what the network is. Needs Node 12 or later and no packages. */

const crypto = require('crypto');
const fs = require('fs');
const { readFolder } = require('./tar.js');
const { readModel } = require('./tensorflow_model.js');
const { writeModel } = require('./onnx_writer.js');

const PACKAGE = 'nsfwjs 4.3.0';
const INTEGRITY =
	'WTKDte0vp1X97N1h34P79G/hG+sVT3+TnDz9di1WseIJR93v11E4viNX7Vg9WsO6HYoR772Nzq2iM8jo3XBZ+g==';
const FOLDER = 'package/dist/models/inception_v3';
const INPUT = 'input';
const OUTPUT = 'mixed10';

const METADATA = {
	'reverie.input': 'signed', // RGB, -1..1
	'reverie.default_layer': 'mixed3',
	source: `npm package ${PACKAGE}, dist/models/inception_v3`,
	licence: 'MIT, Copyright (c) 2019 Infinite Red, Inc.',
	note:
		'Convolutional trunk of Inception V3 trained on ImageNet. All layers up to mixed5 are as ' +
		'ImageNet left them; later ones were tuned a little for content moderation. Weights ' +
		'were stored in 8 bits and are widened to float32.',
};

function verify(archive) {
	const sum = crypto.createHash('sha512').update(archive).digest('base64');
	if (sum !== INTEGRITY)
		throw new Error(`its checksum is not that of ${PACKAGE}; remove it and fetch it again`);
}

/* Keras' "same" keeps the size, where the stride is 1, by as many zeros on both sides. */
function pads(config, kernel) {
	if (config.padding === 'valid')
		return [0, 0, 0, 0];
	const odd = kernel.every((extent) => extent % 2 === 1);
	if (config.padding !== 'same' || config.strides.some((stride) => stride !== 1) || !odd)
		throw new Error(`layer ${config.name} has a padding that depends on the picture's size`);
	const [vertical, horizontal] = kernel.map((extent) => (extent - 1) / 2);
	return [vertical, horizontal, vertical, horizontal];
}

function requiredWeight(weights, name, dimensions) {
	const weight = weights.get(name);
	if (!weight || weight.shape.length !== dimensions)
		throw new Error(`weight ${name} is missing or has another shape than expected`);
	return weight;
}

/* [height][width][in][out], as TensorFlow stores kernels, to ONNX' [out][in][height][width]. */
function transposeKernel({ shape: [height, width, inputs, outputs], values }) {
	const taps = height * width;
	const transposed = new Float32Array(values.length);
	let at = 0;
	for (let tap = 0; tap < taps; tap++)
		for (let input = 0; input < inputs; input++)
			for (let output = 0; output < outputs; output++)
				transposed[(output * inputs + input) * taps + tap] = values[at++];
	return { shape: [outputs, inputs, height, width], values: transposed };
}

function convolution(config, weights) {
	if (config.use_bias || config.activation !== 'linear')
		throw new Error(`layer ${config.name} has a bias or an activation, which is not expected`);
	const name = config.name + '/kernel';
	const kernel = transposeKernel(requiredWeight(weights, name, 4));
	return {
		operator: 'Conv',
		attributes: {
			kernel_shape: config.kernel_size,
			strides: config.strides,
			dilations: config.dilation_rate,
			pads: pads(config, config.kernel_size),
			group: 1,
		},
		tensors: [{ name, shape: kernel.shape, values: kernel.values }],
	};
}

function batchNormalization(config, weights) {
	if (config.scale || !config.center)
		throw new Error(`layer ${config.name} has a scale or no centre, which is not expected`);
	const stored = (part) => {
		const name = `${config.name}/${part}`;
		return Object.assign({ name }, requiredWeight(weights, name, 1));
	};
	const beta = stored('beta');
	const ones = new Float32Array(beta.shape[0]).fill(1);
	const gamma = { name: config.name + '/gamma', shape: beta.shape, values: ones };
	return {
		operator: 'BatchNormalization',
		attributes: { epsilon: { float: config.epsilon } },
		tensors: [gamma, beta, stored('moving_mean'), stored('moving_variance')],
	};
}

function activation(config) {
	if (config.activation !== 'relu')
		throw new Error(`layer ${config.name} is no rectifier, which is not expected`);
	return { operator: 'Relu', attributes: {}, tensors: [] };
}

function pooling(operator, config) {
	const attributes = {
		kernel_shape: config.pool_size,
		strides: config.strides,
		pads: pads(config, config.pool_size),
	};
	if (operator === 'AveragePool')
		attributes.count_include_pad = 0;
	return { operator, attributes, tensors: [] };
}

function concatenation(config) {
	if (config.axis !== 3)
		throw new Error(`layer ${config.name} does not join channels, which is not expected`);
	return { operator: 'Concat', attributes: { axis: 1 }, tensors: [] };
}

const TRANSLATIONS = {
	Conv2D: convolution,
	BatchNormalization: batchNormalization,
	Activation: activation,
	MaxPooling2D: (config) => pooling('MaxPool', config),
	AveragePooling2D: (config) => pooling('AveragePool', config),
	Concatenate: concatenation,
};

function layersBelow(layer) {
	return layer.inbound_nodes.length ? layer.inbound_nodes[0].map(([name]) => name) : [];
}

/* Names of the layers that the layer called top is computed from, and its own. */
function namesUpTo(top, layers) {
	const byName = new Map(layers.map((layer) => [layer.name, layer]));
	const reached = new Set();
	const waiting = [top];
	while (waiting.length) {
		const name = waiting.pop();
		const layer = byName.get(name);
		if (!layer)
			throw new Error(`layer ${name} is missing`);
		if (!reached.has(name))
			waiting.push(...layersBelow(layer));
		reached.add(name);
	}
	return reached;
}

function translate(layer, weights, tensorNames) {
	const known = TRANSLATIONS[layer.class_name];
	if (!known)
		throw new Error(`layer ${layer.name} is of the kind ${layer.class_name}, which is not expected`);
	const { operator, attributes, tensors } = known(layer.config, weights);
	const inputs = layersBelow(layer).map((name) => tensorNames.get(name));
	tensorNames.set(layer.name, layer.name);
	const parameters = tensors.map((tensor) => tensor.name);
	const node = { operator, name: layer.name, inputs: inputs.concat(parameters), attributes };
	return { node, tensors };
}

/* Keras lists the layers in an order in which each comes after those it is computed from, which is
 * what ONNX asks for too. */
function translateTrunk({ layers, weights }) {
	const wanted = namesUpTo(OUTPUT, layers);
	const tensorNames = new Map();
	const nodes = [];
	const tensors = [];
	for (const layer of layers.filter(({ name }) => wanted.has(name))) {
		if (layer.class_name === 'InputLayer') {
			tensorNames.set(layer.name, INPUT);
			continue;
		}
		const translated = translate(layer, weights, tensorNames);
		nodes.push(translated.node);
		tensors.push(...translated.tensors);
	}
	return { nodes, tensors };
}

function convert(archive) {
	const { nodes, tensors } = translateTrunk(readModel(readFolder(archive, FOLDER)));
	return writeModel({
		name: 'inception_v3',
		opset: 13,
		irVersion: 7,
		producer: 'reverie',
		description: METADATA.note,
		metadata: METADATA,
		nodes,
		tensors,
		inputs: [{ name: INPUT, shape: [1, 3, 'height', 'width'] }],
		outputs: [{ name: OUTPUT, shape: [1, 2048, 'mixed10_height', 'mixed10_width'] }],
	});
}

function removeIfThere(path) {
	try {
		fs.unlinkSync(path);
	} catch (error) {
		if (error.code !== 'ENOENT')
			throw error;
	}
}

/* A reader must never see half a file, even where the disk is full or the power goes. */
function writeWhole(path, content) {
	const temporary = `${path}.${process.pid}.part`;
	try {
		const file = fs.openSync(temporary, 'w');
		try {
			fs.writeFileSync(file, content);
			fs.fsyncSync(file);
		} finally {
			fs.closeSync(file);
		}
		fs.renameSync(temporary, path);
	} finally {
		removeIfThere(temporary);
	}
}

function main([archivePath, outputPath]) {
	if (!archivePath || !outputPath)
		throw new Error('usage: node import.js nsfwjs-4.3.0.tgz inception_v3.onnx');
	let stage = archivePath;
	try {
		const archive = fs.readFileSync(archivePath);
		verify(archive);
		const content = convert(archive);
		stage = outputPath;
		writeWhole(outputPath, content);
	} catch (error) {
		throw new Error(`${stage}: ${error.message}`);
	}
}

try {
	main(process.argv.slice(2));
} catch (error) {
	console.error('models: ' + error.message);
	process.exitCode = 1;
}
