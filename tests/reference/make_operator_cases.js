'use strict';

/* Writes one small network for each way an operator can be used, a random input for it, and what
 * ONNX Runtime makes of it:
 *
 *     node make_operator_cases.js FOLDER
 *
 * gives FOLDER/NAME.onnx, NAME.input.npy and NAME.output.npy; the result is always called "y".
 * check_operators.py holds torch_operators.py against them. */

const fs = require('fs');
const path = require('path');
const { spawnSync } = require('child_process');
const { writeArray } = require('./npy.js');
const { writeModel } = require('../../models/onnx_writer.js');

/* D. H. Lehmer's generator (1951), so that every run sees the same numbers, -1..1. */
let state = 1;
function random() {
	state = (state * 48271) % 2147483647;
	return (2 * state) / 2147483647 - 1;
}

function randomTensor(name, shape, transform = (value) => value) {
	const count = shape.reduce((product, extent) => product * extent, 1);
	return { name, shape, values: Float32Array.from({ length: count }, () => transform(random())) };
}

const PICTURE = [1, 4, 9, 11];

function simple(operator, attributes = {}, tensors = [], more = {}) {
	return Object.assign({ operator, attributes, tensors, input: PICTURE, opset: 14 }, more);
}

function convolution(kernel, inputs, attributes) {
	const weight = randomTensor('w', [6, inputs, ...kernel]);
	const shape = { kernel_shape: kernel };
	return simple('Conv', Object.assign(shape, attributes), [weight, randomTensor('b', [6])]);
}

function pooling(operator, attributes, more = {}) {
	return simple(operator, Object.assign({ kernel_shape: [3, 3] }, attributes), [], more);
}

const normalization = [
	randomTensor('scale', [4]),
	randomTensor('shift', [4]),
	randomTensor('mean', [4]),
	randomTensor('variance', [4], (value) => value + 1.5),
];

const CASES = {
	add: simple('Add', {}, [randomTensor('other', [1, 4, 1, 1])]),
	average_pool: pooling('AveragePool', { pads: [1, 1, 1, 1] }),
	average_pool_ceil: pooling('AveragePool', { strides: [2, 3], ceil_mode: 1, pads: [1, 0, 0, 1] }),
	average_pool_counting_pads: pooling('AveragePool', { pads: [1, 2, 0, 1], count_include_pad: 1 }),
	average_pool_same_upper: pooling('AveragePool', { auto_pad: 'SAME_UPPER', strides: [2, 2] }),
	batch_normalization: simple('BatchNormalization', { epsilon: { float: 1e-3 } }, normalization),
	clip_attributes: simple('Clip', { min: { float: -0.25 }, max: { float: 0.5 } }, [], { opset: 7 }),
	clip_inputs: simple('Clip', {}, [randomTensor('low', [], () => -0.3), randomTensor('high', [], () => 0.6)]),
	concat: simple('Concat', { axis: 1 }, [randomTensor('other', [1, 2, 9, 11])]),
	conv: convolution([3, 3], 4, {}),
	conv_dilated: convolution([3, 2], 4, { dilations: [2, 3], pads: [1, 0, 2, 1] }),
	conv_grouped: convolution([3, 3], 2, { group: 2, pads: [1, 1, 1, 1] }),
	conv_same_lower: convolution([4, 4], 4, { auto_pad: 'SAME_LOWER', strides: [2, 2] }),
	conv_same_upper: convolution([4, 4], 4, { auto_pad: 'SAME_UPPER', strides: [2, 2] }),
	conv_strided: convolution([1, 7], 4, { strides: [2, 1], pads: [0, 3, 0, 3] }),
	conv_valid: convolution([3, 3], 4, { auto_pad: 'VALID', strides: [2, 2] }),
	flatten: simple('Flatten'),
	gemm: simple('Gemm', { alpha: { float: 0.5 }, beta: { float: 2 }, transB: 1 },
		[randomTensor('w', [5, 7]), randomTensor('b', [5])], { input: [1, 7] }),
	global_average_pool: simple('GlobalAveragePool'),
	hard_swish: simple('HardSwish', {}, [], { scale: 5 }),
	identity: simple('Identity'),
	leaky_relu: simple('LeakyRelu', { alpha: { float: 0.2 } }),
	lrn: simple('LRN', { size: 3, alpha: { float: 0.9 }, beta: { float: 0.6 }, bias: { float: 1.5 } }),
	matmul: simple('MatMul', {}, [randomTensor('w', [11, 3])]),
	max_pool: pooling('MaxPool', { strides: [2, 2], pads: [1, 0, 0, 1] }),
	max_pool_ceil: pooling('MaxPool', { strides: [2, 3], ceil_mode: 1, pads: [1, 0, 0, 1] }),
	max_pool_dilated: pooling('MaxPool', { dilations: [2, 2], pads: [1, 1, 1, 1] }),
	max_pool_last_window_in_pads: pooling('MaxPool', { kernel_shape: [2, 2], strides: [3, 5], ceil_mode: 1, pads: [0, 0, 1, 1] }),
	mul: simple('Mul', {}, [randomTensor('other', [1, 4, 1, 1])]),
	pad: simple('Pad', { pads: [0, 0, 1, 2, 0, 1, 3, 0], value: { float: 0.7 } }, [], { opset: 7 }),
	relu: simple('Relu'),
	sigmoid: simple('Sigmoid', {}, [], { scale: 5 }),
	softmax: simple('Softmax', { axis: 1 }),
	softmax_old: simple('Softmax', {}, [], { opset: 7 }),
};

function writeCase(folder, name, item) {
	const { operator, attributes, tensors, input, opset } = item;
	const inputs = ['x', ...tensors.map((tensor) => tensor.name)];
	const model = writeModel({
		name,
		opset,
		irVersion: 7,
		producer: 'tests',
		description: '',
		metadata: {},
		nodes: [{ operator, name: 'y', inputs, attributes }],
		tensors,
		inputs: [{ name: 'x', shape: input }],
		outputs: [{ name: 'y', shape: [] }],
	});
	const picture = randomTensor('x', input, (value) => value * (item.scale || 1));
	const file = (ending) => path.join(folder, name + ending);
	fs.writeFileSync(file('.onnx'), model);
	writeArray(file('.input.npy'), input.slice(1), picture.values);
	const judge = path.join(__dirname, 'reference_onnx.js');
	const words = [judge, file('.onnx'), 'y', file('.input.npy'), file('.output.npy')];
	return spawnSync(process.execPath, words, { stdio: 'inherit' }).status;
}

const folder = process.argv[2];
for (const name of Object.keys(CASES)) {
	const status = writeCase(folder, name, CASES[name]);
	if (status) {
		console.error(`make_operator_cases: ONNX Runtime does not run ${name}`);
		process.exit(status);
	}
}
