#!/bin/sh
# Prints a C file that holds every given shader as a string:
#     const struct shader_source shader_sources[] = { { "name", "text" }, ..., { 0 } };
# Each line of a shader is one line of a C string; #line makes compiler messages name the real file.
# A line #include "NAME.clh" is replaced by NAME.clh of the same folder, since a driver sees strings, not files; so
# is #include NAME after #define NAME "FILE.clh".
included() { # SHADER
	awk -v folder="$(dirname "$1")" '
		function include(name, file, line, number) {
			file = folder "/" name
			print "#line 1 \"" file "\""
			while ((getline line < file) > 0)
				copy(line, file, ++number)
			close(file)
		}
		function copy(line, file, number, part) {
			split(line, part, /[ "]+/)
			if (line ~ /^#define [A-Z_]+ "/)
				named[part[2]] = part[3]
			if (line !~ /^#include /) {
				print line
				return
			}
			include(part[2] in named ? named[part[2]] : part[2])
			print "#line " number + 1 " \"" file "\""
		}
		{ copy($0, FILENAME, FNR) }' "$1"
}
echo '/* Made by shaders/embed.sh. */'
echo '#include "engine/opencl/shader_sources.h"'
echo 'const struct shader_source shader_sources[] = {'
for shader; do
	name=${shader#shaders/}
	name=${name%.cl}
	printf '{ "%s",\n"#line 1 \\"%s\\"\\n"\n' "$name" "$shader"
	included "$shader" |
		sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/\t/\\t/g' -e 's/^/"/' -e 's/$/\\n"/'
	echo '},'
done
echo '{ 0, 0 } };'
