'use strict';

/* A network with the layers of VGG 16, by the names that the ONNX model zoo's file gives them, up to its
 * last pool, and with weights made by chance as they are before training (He and others 2015):
 *
 *     node vgg16.js MODEL.onnx              writes it
 *     node vgg16.js A.npy B.npy             prints the mean square of B by that of A
 */

const fs = require('fs');
const { writeModel } = require('../../models/onnx_writer.js');
const { readArray } = require('../reference/npy.js');

const CHANNELS = [
	[64, 64],
	[128, 128],
	[256, 256, 256],
	[512, 512, 512],
	[512, 512, 512],
];

/* Numbers of a normal distribution, by Box and Muller 1958, from a linear congruence. */
function randomNormal(seed) {
	let state = seed;
	const unit = () => (state = (state * 1664525 + 1013904223) % 4294967296) / 4294967296;
	return () => Math.sqrt(-2 * Math.log(unit() + 1e-10)) * Math.cos(2 * Math.PI * unit());
}

function network() {
	const nodes = [];
	const tensors = [];
	const random = randomNormal(5);
	let last = 'data';
	let inputs = 3;
	let number = 0;
	const add = (operator, name, more, attributes) => {
		nodes.push({ operator, name, inputs: [last, ...more], attributes });
		last = name;
	};
	CHANNELS.forEach((block, pool) => {
		for (const outputs of block) {
			const count = outputs * inputs * 9;
			const values = Float32Array.from({ length: count }, () => random() * Math.sqrt(2 / (9 * inputs)));
			const names = [`vgg0_conv${number}_weight`, `vgg0_conv${number}_bias`];
			tensors.push({ name: names[0], shape: [outputs, inputs, 3, 3], values });
			tensors.push({ name: names[1], shape: [outputs], values: Float32Array.from({ length: outputs }, () => 0.05 * random()) });
			add('Conv', `vgg0_conv${number}_fwd`, names, { kernel_shape: [3, 3], pads: [1, 1, 1, 1] });
			add('Relu', `vgg0_relu${number}_fwd`, [], {});
			inputs = outputs;
			number++;
		}
		add('MaxPool', `vgg0_pool${pool}_fwd`, [], { kernel_shape: [2, 2], strides: [2, 2] });
	});
	return writeModel({
		name: 'vgg16',
		opset: 7,
		irVersion: 3,
		producer: 'reverie',
		description: '',
		metadata: {},
		nodes,
		tensors,
		inputs: [{ name: 'data', shape: [1, 3, 224, 224] }],
		outputs: [{ name: last, shape: [1, 512, 7, 7] }],
	});
}

function meanSquare(path) {
	const { values } = readArray(path);
	return values.reduce((sum, value) => sum + value * value, 0) / values.length;
}

if (process.argv.length > 3) console.log(meanSquare(process.argv[3]) / meanSquare(process.argv[2]));
else fs.writeFileSync(process.argv[2], network());
