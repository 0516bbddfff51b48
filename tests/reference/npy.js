'use strict';

/* Reads and writes NumPy's .npy files of little-endian float32 arrays in C order
 * (numpy.org/doc/stable/reference/generated/numpy.lib.format.html). */

const fs = require('fs');

const MAGIC = '\x93NUMPY';

/* Returns {shape, values: Float32Array}. */
function readArray(path) {
	const content = fs.readFileSync(path);
	if (content.toString('latin1', 0, 6) !== MAGIC)
		throw new Error(`${path} is not a .npy file`);
	const lengthBytes = content[6] === 1 ? 2 : 4;
	const start = 8 + lengthBytes + content.readUIntLE(8, lengthBytes);
	const header = content.toString('latin1', 8 + lengthBytes, start);
	if (!/'descr': *'<f4'/.test(header) || !/'fortran_order': *False/.test(header))
		throw new Error(`${path} does not hold little-endian float32 in C order`);
	const shape = /'shape': *\(([^)]*)\)/.exec(header)[1].match(/\d+/g).map(Number);
	const count = shape.reduce((product, extent) => product * extent, 1);
	if (content.length < start + count * 4)
		throw new Error(`${path} is truncated`);
	const values = Float32Array.from({ length: count }, (_, i) => content.readFloatLE(start + i * 4));
	return { shape, values };
}

function writeArray(path, shape, values) {
	const extents = shape.join(', ') + (shape.length === 1 ? ',' : '');
	const words = `{'descr': '<f4', 'fortran_order': False, 'shape': (${extents}), }`;
	const padded = words.padEnd(Math.ceil((words.length + 11) / 64) * 64 - 11) + '\n';
	const lead = Buffer.from(MAGIC + '\x01\x00\x00\x00', 'latin1');
	lead.writeUInt16LE(padded.length, 8);
	const data = Buffer.alloc(values.length * 4);
	values.forEach((value, i) => data.writeFloatLE(value, i * 4));
	fs.writeFileSync(path, Buffer.concat([lead, Buffer.from(padded, 'latin1'), data]));
}

module.exports = { readArray, writeArray };
