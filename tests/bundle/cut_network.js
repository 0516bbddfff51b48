'use strict';

/* Leaves of a network what a layer is computed from:
 *
 *     cut_network.js NETWORK.onnx LAYER CUT.onnx
 *
 * What lies above the layers that are measured would be half of the bundle. LAYER is a tensor, or
 * one whose name the writer of the file lengthened by _1. Everything else stays as it is in the file,
 * byte for byte. */

const fs = require('fs');
const {
	fields,
	bytesField,
	textIn,
	MODEL_GRAPH,
	GRAPH,
	VALUE_NAME,
	TENSOR_NAME,
} = require('../reference/expose_layer.js');

const NODE = { input: 1, output: 2 };

/* The tensors that the one called layer is computed from, itself included. */
function tensorsBelow(nodes, layer) {
	const needed = new Set([layer]);
	for (const { content } of [...nodes].reverse())
		if (textIn(content, NODE.output).some((name) => needed.has(name)))
			textIn(content, NODE.input).forEach((name) => needed.add(name));
	return needed;
}

function outputCalled(nodes, layer) {
	const outputs = nodes.flatMap(({ content }) => textIn(content, NODE.output));
	const name = [layer, `${layer}_1`].find((wanted) => outputs.includes(wanted));
	if (!name)
		throw new Error(`the network has no tensor called ${layer}`);
	return name;
}

/* Recorded shapes go: they would name tensors that are not there any more. */
function cutGraph(graph, layer) {
	const parts = fields(graph);
	const nodes = parts.filter(({ number }) => number === GRAPH.node);
	const name = outputCalled(nodes, layer);
	const needed = tensorsBelow(nodes, name);
	const stays = ({ number, content }) => {
		switch (number) {
		case GRAPH.node:
			return textIn(content, NODE.output).some((output) => needed.has(output));
		case GRAPH.initializer:
			return needed.has(textIn(content, TENSOR_NAME)[0]);
		case GRAPH.input:
			return needed.has(textIn(content, VALUE_NAME)[0]);
		default:
			return number !== GRAPH.output && number !== GRAPH.valueInfo;
		}
	};
	return Buffer.concat([
		...parts.filter(stays).map(({ raw }) => raw),
		bytesField(GRAPH.output, bytesField(VALUE_NAME, Buffer.from(name))),
	]);
}

function cutModel(model, layer) {
	return Buffer.concat(
		fields(model).map((field) =>
			field.number === MODEL_GRAPH
				? bytesField(MODEL_GRAPH, cutGraph(field.content, layer))
				: field.raw
		)
	);
}

const [network, layer, cut] = process.argv.slice(2);
try {
	fs.writeFileSync(cut, cutModel(fs.readFileSync(network), layer));
} catch (error) {
	console.error(`cut_network: ${error.message}`);
	process.exitCode = 1;
}
