#!/bin/sh
# Brings the default network: models/inception_v3.onnx, made by import.js from the npm package
# nsfwjs. Does nothing where the file is there and whole.
#
#     sh models/fetch.sh [TARBALL]
#
# TARBALL, or $REVERIE_NSFWJS, names a nsfwjs-4.3.0.tgz that is there already; then neither npm nor
# a network is needed.
set -u

package=nsfwjs@4.3.0
network=inception_v3.onnx
folder=$(cd "$(dirname "$0")" && pwd) || exit 1
tarball=${1:-${REVERIE_NSFWJS:-}}
case $tarball in
'' | /*) ;;
*) tarball=$PWD/$tarball ;;
esac
work=

fail() {
	echo "models: $1" >&2
	exit 1
}

clean_up() {
	[ -z "$work" ] || rm -rf "$work"
}

need() {
	command -v "$1" >/dev/null 2>&1 ||
		fail "$1 is not installed; install it ('make deps') or put a network of your own into models/"
}

# The checksum is that of what import.js makes, so a network made by an older one is made again.
whole() {
	[ -f "$1/$network" ] && (cd "$1" && sha256sum -c --status "$folder/inception_v3.sha256" 2>/dev/null)
}

why_npm_failed() {
	if grep -q ENOSPC "$work/npm.log"; then
		echo "the disk is full"
	elif grep -Eq 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ERR_SOCKET' "$work/npm.log"; then
		echo "the npm registry cannot be reached; is there a network?"
	else
		reason=$(sed -n 's/^npm \(ERR!\|error\) *//p' "$work/npm.log" | grep -v '^code' | head -n 1)
		echo "npm says: ${reason:-nothing}"
	fi
}

download() {
	need npm
	echo "models: fetching $package with npm"
	(cd "$work" && npm pack --fetch-retries=1 "$package" >npm.log 2>&1) ||
		fail "cannot fetch $package: $(why_npm_failed)"
	tarball=$(find "$work" -name '*.tgz' | head -n 1)
	[ -n "$tarball" ] || fail "cannot fetch $package: npm brought no tarball"
}

whole "$folder" && exit 0
need node
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
work=$(mktemp -d "$folder/.fetch.XXXXXX" 2>/dev/null) ||
	fail "cannot write into $folder; is it yours, and is there room on the disk?"
[ -n "$tarball" ] || download
node "$folder/import.js" "$tarball" "$work/$network" || {
	[ $? -lt 128 ] || fail "import.js was killed; is there enough memory (1 GB)?"
	exit 1
}
whole "$work" || fail "$network is not what import.js should make of $package; models/inception_v3.sha256 does not fit it"
mv -f "$work/$network" "$folder/$network" || exit 1
echo "models: $folder/$network is there"
