'use strict';

/* Reads the regular files of a gzipped tar archive (POSIX.1-1988 "ustar"). */

const zlib = require('zlib');

const BLOCK = 512;
const UNPACKED_LIMIT = 1 << 30; // bytes: a small archive must not be able to fill the memory

function textField(header, start, length) {
	const field = header.slice(start, start + length);
	const end = field.indexOf(0);
	return field.toString('utf8', 0, end < 0 ? length : end);
}

function entrySize(header) {
	const text = textField(header, 124, 12).trim();
	if (!/^[0-7]+$/.test(text))
		throw new Error('the archive has an entry without a size');
	return parseInt(text, 8);
}

function entryName(header) {
	const name = textField(header, 0, 100);
	const prefix = textField(header, 257, 5) === 'ustar' ? textField(header, 345, 155) : '';
	return prefix ? prefix + '/' + name : name;
}

function unpack(archive) {
	try {
		return zlib.gunzipSync(archive, { maxOutputLength: UNPACKED_LIMIT });
	} catch (error) {
		throw new Error('the archive cannot be unpacked (' + error.message + ')');
	}
}

/* archive: Buffer of a .tgz. Returns a Map from the name of each regular file below folder, without
 * the folder, to a Buffer of its content. Throws an Error on a damaged archive. */
function readFolder(archive, folder) {
	const tar = unpack(archive);
	const files = new Map();
	for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
		const header = tar.slice(at, at + BLOCK);
		const start = at + BLOCK;
		const size = entrySize(header);
		if (start + size > tar.length)
			throw new Error('the archive is truncated');
		const name = entryName(header);
		const isFile = header[156] === 0 || header[156] === '0'.charCodeAt(0);
		if (isFile && name.startsWith(folder + '/'))
			files.set(name.slice(folder.length + 1), tar.slice(start, start + size));
		at = start + Math.ceil(size / BLOCK) * BLOCK;
	}
	return files;
}

module.exports = { readFolder };
