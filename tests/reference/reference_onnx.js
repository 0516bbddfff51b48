'use strict';

/* Runs a network up to one layer with ONNX Runtime, as an independent judge of the engine:
 *
 *     node reference_onnx.js MODEL.onnx LAYER INPUT.npy OUTPUT.npy
 *
 * INPUT is float32 [channels][height][width] in the network's own units, OUTPUT the layer's
 * activation, float32, without the batch axis. Networks in halves are computed in float32 too. onnxruntime-node is found where Node looks for
 * packages, or in the node_modules folder that $ORT_NODE_MODULES names. Exit code 2: it is not
 * there. */

const fs = require('fs');
const path = require('path');
const { exposeLayer } = require('./expose_layer.js');
const { readArray, writeArray } = require('./npy.js');

const EXIT_MISSING = 2;

function loadRuntime() {
	const folder = process.env.ORT_NODE_MODULES;
	const name = folder ? path.resolve(folder, 'onnxruntime-node') : 'onnxruntime-node';
	try {
		return require(name);
	} catch (error) {
		if (error.code !== 'MODULE_NOT_FOUND')
			throw error;
		console.error(
			'reference_onnx: onnxruntime-node is missing; install it with npm and set ' +
				'ORT_NODE_MODULES to its node_modules folder'
		);
		process.exit(EXIT_MISSING);
	}
}

async function main([modelPath, layer, inputPath, outputPath]) {
	if (!outputPath)
		throw new Error('usage: node reference_onnx.js MODEL.onnx LAYER INPUT.npy OUTPUT.npy');
	const runtime = loadRuntime();
	const model = exposeLayer(fs.readFileSync(modelPath), layer);
	// Without optimisations each operator is computed as the file says.
	const options = { graphOptimizationLevel: 'disabled', logSeverityLevel: 3 };
	const session = await runtime.InferenceSession.create(model, options);
	const { shape, values } = readArray(inputPath);
	const input = new runtime.Tensor('float32', values, [1].concat(shape));
	const results = await session.run({ [session.inputNames[0]]: input });
	const activation = results[layer];
	writeArray(outputPath, activation.dims.slice(1), activation.data);
}

main(process.argv.slice(2)).catch((error) => {
	console.error('reference_onnx: ' + error.message.split('\n')[0]);
	process.exitCode = 1;
});
