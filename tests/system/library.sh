#!/bin/sh
# The library as other programs meet it: installed into a folder, found through pkg-config, and used by
# a program of C and by one of C++.
. "$(dirname "$0")/../support/lib.sh"

build=$(dirname "$REVERIE")
if is_sanitized; then
	skip library "what is built for a sanitizer is not installed"
	finish
fi
if ! [ -f "$build/libreverie.a" ]; then
	skip library "it is not built: \`make lib\`"
	finish
fi

install_files() { # TARGET
	make --no-print-directory "$1" BUILD="$build" DESTDIR="$work/root" PREFIX=/usr >"$work/out" 2>"$work/err"
}
check library_is_installed install_files install-files
networks_come_along() {
	for network in models/googlenet.onnx models/inception_v3.onnx; do
		[ ! -f "$network" ] || cmp "$network" "$work/root/usr/share/reverie/$network" || return 1
	done
}
check networks_that_are_there_are_installed networks_come_along

# ---- what it exports ----

names() { # FILE NM-OPTION...: those that are defined and no rv_
	file=$1
	shift
	nm "$@" --defined-only "$work/root/usr/lib/$file" | awk 'NF == 3 && $3 !~ /^rv_/ { print $3 }'
}
check library_exports_rv_alone test -z "$(names libreverie.so -D)"
check static_library_exports_rv_alone test -z "$(names libreverie.a -g)"
check library_is_called_by_two_numbers sh -c "readelf -d '$work/root/usr/lib/libreverie.so' |
	grep -Eq 'SONAME.*\[libreverie\.so\.[0-9]+\.[0-9]+\]'"
tells_its_version() {
	[ "reverie $(PKG_CONFIG_LIBDIR="$work/root/usr/lib/pkgconfig" pkg-config --modversion reverie)" = \
		"$("$REVERIE" --version | sed 's/ (.*//')" ]
}
check library_and_program_are_of_one_version tells_its_version
exported() {
	# Declarations begin their line; what does so besides are types. One line may declare several tables.
	{
		sed -n -e '/^typedef/d' -e 's/^[A-Za-z].*[ *]\(rv_[a-z_]*\)(.*/\1/p' engine/*.h
		sed -n 's/^RV_API extern const [a-z_]* //p' engine/*.h | tr -d ' ;' | tr ',' '\n' | sed 's/\[.*//'
	} | sort >"$work/promised"
	nm -D --defined-only "$work/root/usr/lib/libreverie.so" | awk '{ print $3 }' | sort >"$work/there"
	same_files "$work/promised" "$work/there"
}
check library_exports_what_the_header_promises exported

# ---- programs ----

export PKG_CONFIG_LIBDIR="$work/root/usr/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$work/root"
compiled() { # COMPILER OUTPUT WORD...
	compiler=$1 output=$2
	shift 2
	$compiler -Wall -Wextra -Werror tests/support/example.c -o "$work/$output" "$@" \
		>"$work/out" 2>"$work/err"
}
shared="$(pkg-config --cflags --libs reverie 2>/dev/null)"
static="$(pkg-config --cflags reverie 2>/dev/null) $work/root/usr/lib/libreverie.a \
	$(pkg-config --static --libs-only-other --libs-only-l reverie 2>/dev/null | sed 's/-lreverie//')"
# Words are meant to be split.
# shellcheck disable=SC2086
{
	check library_serves_c compiled "cc -std=c11 -pedantic" c $shared
	check library_serves_c_statically compiled "cc -std=c11 -pedantic" static $static
	if have g++; then
		check library_serves_cpp compiled "g++ -x c++ -std=c++11" cpp $shared
	else
		skip library_serves_cpp "there is no g++"
	fi
}

# Each header by itself, in either language.
headers_stand_alone() {
	for header in "$work/root/usr/include"/*.h; do
		cc -std=c11 -Wall -Wextra -Werror -fsyntax-only "$header" || return 1
		! have g++ || g++ -x c++ -std=c++11 -Wall -Wextra -Werror -fsyntax-only "$header" || return 1
	done
	[ "$(find "$work/root/usr/include" -name '*.h' | wc -l)" = "$(find engine -maxdepth 1 -name '*.h' | wc -l)" ]
}
check library_headers_stand_alone headers_stand_alone

dreamed() { # PROGRAM: writes a picture, and not the one it began with
	LD_LIBRARY_PATH="$work/root/usr/lib" "$work/$1" models/inception_v3.onnx "$work/$1.ppm" \
		>"$work/out" 2>"$work/err" && [ "$(wc -c <"$work/$1.ppm")" = $((13 + 96 * 80 * 3)) ] &&
		other_files "$work/$1.ppm" "$work/before.ppm"
}
if can_dream; then
	LD_LIBRARY_PATH="$work/root/usr/lib" "$work/c" "$work/nosuch.onnx" "$work/before.ppm" \
		>"$work/out" 2>"$work/err"
	check library_tells_what_is_wrong grep -q "nosuch.onnx" "$work/err"
	check library_dreams dreamed c
	check library_dreams_statically dreamed static
	check library_dreams_the_same same_files "$work/c.ppm" "$work/static.ppm"
	if [ -x "$work/cpp" ]; then
		check library_dreams_for_cpp dreamed cpp
	else
		skip library_dreams_for_cpp "there is no g++"
	fi
else
	for name in library_tells_what_is_wrong library_dreams library_dreams_statically \
		library_dreams_the_same library_dreams_for_cpp; do
		skip "$name" "$why"
	done
fi

# ---- and nothing is left ----

mkdir -p "$work/root/usr/share/reverie/models"
echo mine >"$work/root/usr/share/reverie/models/mine.onnx"
check library_is_uninstalled install_files uninstall
check uninstalling_leaves_what_it_did_not_install rm "$work/root/usr/share/reverie/models/mine.onnx"
check uninstalling_leaves_no_file test -z "$(find "$work/root" ! -type d)"
finish
