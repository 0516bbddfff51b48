#!/bin/sh
# Tests of models/fetch.sh and of the importer behind it, in copies of models/ in a temporary folder
# and without a network. Needs node; the whole import is tested with the package that npm keeps since it fetched
# the network, or with the nsfwjs-4.3.0.tgz that $REVERIE_NSFWJS names.
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

report() { # NAME, after the command that decides
	if [ $? -eq 0 ]; then echo "ok $1"; else
		echo "not ok $1"
		failed=1
		sed 's/^/# /' "$work/out" "$work/err"
	fi
}

skip() { # NAME WHY
	echo "skip $1: $2"
}

# A fresh copy of models/, and a folder of stand-ins that comes first on the path.
prepare() {
	rm -rf "$work/models" "$work/bin"
	mkdir "$work/models" "$work/bin"
	cp models/*.js models/fetch.sh models/inception_v3.sha256 "$work/models"
}

stand_in() { # PROGRAM, its script on stdin
	{ echo '#!/bin/sh'; cat; } >"$work/bin/$1"
	chmod +x "$work/bin/$1"
}

# The path then holds only the programs named, and the stand-ins.
only_programs() {
	for program in "$@"; do
		ln -s "$(command -v "$program")" "$work/bin/$program"
	done
}

fetch() { # PATH TARBALL
	PATH=$1 REVERIE_NSFWJS=$2 sh "$work/models/fetch.sh" >"$work/out" 2>"$work/err"
}

# fetch failed with one line on stderr that holds the words, and left nothing behind.
failed_saying() { # EXIT_CODE WORDS
	[ "$1" -ne 0 ] && [ "$(wc -l <"$work/err")" -eq 1 ] && grep -q "^models: .*$2" "$work/err" &&
		[ -z "$(find "$work/models" -name '*.onnx*' -o -name '.fetch*' -o -name '*.part')" ]
}

shell_tools="sh dirname mktemp sha256sum rm mv grep sed find head"

test_present_network_is_left_alone() {
	prepare
	echo 'a network' >"$work/models/inception_v3.onnx"
	(cd "$work/models" && sha256sum inception_v3.onnx >inception_v3.sha256)
	for program in npm node; do
		echo 'echo "$0 was run" >&2; exit 1' | stand_in $program
	done
	fetch "$work/bin:$PATH" '' && [ ! -s "$work/err" ] && [ ! -s "$work/out" ]
	report models_present_network_is_left_alone
}

test_damaged_network_is_made_again() {
	prepare
	echo 'half a network' >"$work/models/inception_v3.onnx"
	echo 'touch "$(dirname "$0")/asked"; exit 1' | stand_in npm
	fetch "$work/bin:$PATH" ''
	[ -e "$work/bin/asked" ]
	report models_damaged_network_is_made_again
}

test_no_npm() {
	prepare
	# shellcheck disable=SC2086
	only_programs $shell_tools node
	fetch "$work/bin" ''
	failed_saying $? 'npm is not installed'
	report models_no_npm
}

test_no_node() {
	prepare
	# shellcheck disable=SC2086
	only_programs $shell_tools
	fetch "$work/bin" ''
	failed_saying $? 'node is not installed'
	report models_no_node
}

test_no_network() {
	prepare
	stand_in npm <<-'END'
		echo 'npm error code EAI_AGAIN' >&2
		echo 'npm error syscall getaddrinfo' >&2
		exit 1
	END
	fetch "$work/bin:$PATH" ''
	failed_saying $? 'is there a network'
	report models_no_network
}

test_npm_refuses() {
	prepare
	stand_in npm <<-'END'
		echo 'npm error code ETARGET' >&2
		echo 'npm error notarget No matching version found' >&2
		exit 1
	END
	fetch "$work/bin:$PATH" ''
	failed_saying $? 'No matching version'
	report models_npm_refuses
}

test_full_disk_while_downloading() {
	prepare
	stand_in npm <<-'END'
		echo 'npm error code ENOSPC' >&2
		exit 1
	END
	fetch "$work/bin:$PATH" ''
	failed_saying $? 'the disk is full'
	report models_full_disk_while_downloading
}

test_wrong_checksum() {
	prepare
	echo 'echo tampered >nsfwjs-4.3.0.tgz' | stand_in npm
	fetch "$work/bin:$PATH" ''
	failed_saying $? 'checksum'
	report models_wrong_checksum
}

test_missing_tarball() {
	prepare
	fetch "$PATH" "$work/nowhere.tgz"
	failed_saying $? 'nowhere.tgz.*no such file'
	report models_missing_tarball
}

test_unwritable_folder() {
	prepare
	echo 'exit 1' | stand_in mktemp
	fetch "$work/bin:$PATH" "$work/nowhere.tgz"
	failed_saying $? 'cannot write into'
	report models_unwritable_folder
}

test_import() {
	prepare
	fetch "$PATH" "$REVERIE_NSFWJS" && (cd "$work/models" && sha256sum -c --status inception_v3.sha256)
	report models_import_is_whole
	[ -z "$(find "$work/models" -name '.fetch*' -o -name '*.part')" ]
	report models_import_leaves_nothing_else
}

# A limit on the size of files stands for a full disk.
test_import_on_full_disk() {
	prepare
	(ulimit -f 2000 && fetch "$PATH" "$REVERIE_NSFWJS")
	failed_saying $? ''
	report models_import_on_full_disk
}

if ! command -v node >/dev/null 2>&1; then
	skip models 'node is not installed'
	exit 0
fi
node tests/support/models.js || failed=1
test_present_network_is_left_alone
test_damaged_network_is_made_again
test_no_npm
test_no_node
test_no_network
test_npm_refuses
test_full_disk_while_downloading
test_wrong_checksum
test_missing_tarball
test_unwritable_folder
if [ ! -r "${REVERIE_NSFWJS:-}" ] && command -v npm >/dev/null 2>&1; then
	(cd "$work" && npm pack --offline nsfwjs@4.3.0) >/dev/null 2>&1 && REVERIE_NSFWJS=$work/nsfwjs-4.3.0.tgz
fi
if [ -r "${REVERIE_NSFWJS:-}" ]; then
	test_import
	test_import_on_full_disk
else
	for name in import_is_whole import_leaves_nothing_else import_on_full_disk; do
		skip models_$name 'npm keeps no nsfwjs-4.3.0.tgz, and REVERIE_NSFWJS names none'
	done
fi
exit $failed
