'use strict';

/* Tests of the importer's parts. Prints "ok NAME" or "not ok NAME" for each. */

const assert = require('assert');
const zlib = require('zlib');
const { readFolder } = require('../../models/tar.js');
const { readModel } = require('../../models/tensorflow_model.js');
const { writeModel } = require('../../models/onnx_writer.js');

function tarEntry(name, content) {
	const header = Buffer.alloc(512);
	header.write(name, 0);
	header.write(content.length.toString(8).padStart(11, '0'), 124);
	header.write('0', 156);
	const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
	return Buffer.concat([header, content, padding]);
}

function archive(entries) {
	const names = Object.keys(entries);
	const parts = names.map((name) => tarEntry(name, Buffer.from(entries[name])));
	return Buffer.concat(parts.concat(Buffer.alloc(1024)));
}

const WEIGHT = '{name:"a/kernel",shape:[2,2],dtype:"float32",quantization:{min:-.5,scale:.25,dtype:"uint8"}}';
const LAYERS = '[{name:"a",trainable:!1,inbound_nodes:[]}]';

function packedModel(weights, shard) {
	const topology = `{model_config:{config:{layers:${LAYERS}}}}`;
	const manifest = `[{paths:["part1","part2"],weights:[${weights}]}]`;
	const [first, second] = shard;
	return new Map([
		['model.min.js', `x.exports={modelTopology:${topology},weightsManifest:${manifest}}},{}]`],
		['part1.min.js', `x.exports="${Buffer.from(first).toString('base64')}"},{}]`],
		['part2.min.js', `x.exports="${Buffer.from(second).toString('base64')}"},{}]`],
	].map(([name, text]) => [name, Buffer.from(text)]));
}

const TESTS = {
	importer_tar_reads_files_of_a_folder() {
		const tar = archive({ 'p/m/one': 'first', 'p/other': 'no', 'p/m/two': 'x'.repeat(513) });
		const files = readFolder(zlib.gzipSync(tar), 'p/m');
		assert.deepStrictEqual([...files.keys()], ['one', 'two']);
		assert.strictEqual(files.get('one').toString(), 'first');
		assert.strictEqual(files.get('two').length, 513);
	},

	importer_tar_refuses_damage() {
		const tar = archive({ 'p/m/one': 'x'.repeat(600) });
		assert.throws(() => readFolder(zlib.gzipSync(tar.slice(0, 700)), 'p/m'), /truncated/);
		assert.throws(() => readFolder(zlib.gzipSync(tar).slice(0, 40), 'p/m'), /unpacked/);
		assert.throws(() => readFolder(Buffer.from('no archive'), 'p/m'), /unpacked/);
		tar.write('size?', 124);
		assert.throws(() => readFolder(zlib.gzipSync(tar), 'p/m'), /without a size/);
	},

	importer_model_weights_are_dequantised_across_shards() {
		const { layers, weights } = readModel(packedModel(WEIGHT, [[0, 1, 2], [255]]));
		assert.deepStrictEqual(layers, [{ name: 'a', trainable: false, inbound_nodes: [] }]);
		assert.deepStrictEqual([...weights.get('a/kernel').values], [-0.5, -0.25, 0, 63.25]);
		assert.deepStrictEqual(weights.get('a/kernel').shape, [2, 2]);
	},

	importer_model_refuses_wrong_amounts_of_weights() {
		assert.throws(() => readModel(packedModel(WEIGHT, [[0, 1], [2]])), /end before/);
		assert.throws(() => readModel(packedModel(WEIGHT, [[0, 1], [2, 3, 4]])), /more weights/);
	},

	importer_model_is_read_and_never_run() {
		const calls = '{name:(globalThis.wasRun=1)}';
		assert.throws(() => readModel(packedModel(calls, [[], []])), /object literal/);
		assert.strictEqual(globalThis.wasRun, undefined);
		const hostile = `{__proto__:${WEIGHT}}`;
		assert.throws(() => readModel(packedModel(hostile, [[], []])), /strange key/);
		const deep = '['.repeat(100000);
		assert.throws(() => readModel(packedModel(deep, [[], []])), /too deeply/);
	},

	importer_model_names_a_missing_shard() {
		const files = packedModel(WEIGHT, [[0, 1], [2, 3]]);
		files.delete('part2.min.js');
		assert.throws(() => readModel(files), /part2\.min\.js is missing/);
	},

	/* Bytes worked out by hand from the wire format. */
	importer_writes_onnx_wire_format() {
		const content = writeModel({
			name: 'g',
			opset: 13,
			irVersion: 7,
			producer: 'p',
			description: 'd',
			metadata: { k: 'v' },
			nodes: [{ operator: 'Op', name: 'n', inputs: ['i'], attributes: { a: [300] } }],
			tensors: [{ name: 't', shape: [1], values: Float32Array.of(1) }],
			inputs: [{ name: 'i', shape: [1, 'w'] }],
			outputs: [],
		});
		const expected =
			'0807' + '120170' + '320164' + // ir_version, producer_name, doc_string
			'3a42' + // graph
			'0a18' + '0a0169' + '12016e' + '1a016e' + '22024f70' + // node: names, operator
			'2a09' + '0a0161' + '40ac02' + 'a00107' + // its attribute: name, ints, type
			'120167' + // name of the graph
			'2a0d' + '0801' + '1001' + '420174' + '4a040000803f' + // tensor
			'5a14' + '0a0169' + '120f' + '0a0d' + '0801' + '1209' + // input, its type and shape
			'0a020801' + '0a03120177' +
			'4204' + '0a00' + '100d' + // operator set
			'7206' + '0a016b' + '120176'; // metadata
		assert.strictEqual(content.toString('hex'), expected);
	},
};

for (const name of Object.keys(TESTS)) {
	try {
		TESTS[name]();
		console.log('ok ' + name);
	} catch (error) {
		error.message.split('\n').forEach((line) => console.log('# ' + line));
		console.log('not ok ' + name);
		process.exitCode = 1;
	}
}
