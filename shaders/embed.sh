#!/bin/sh
# Prints a C file that holds every given shader as a string:
#     const struct shader_source shader_sources[] = { { "name", "text" }, ..., { 0 } };
# Each line of a shader is one line of a C string; #line makes compiler messages name the real file.
# A line #include "NAME.clh" is replaced by shaders/NAME.clh, since a driver sees strings, not files.
included() { # SHADER
	awk -v folder="$(dirname "$1")" '
		/^#include "/ {
			split($0, part, "\"")
			print "#line 1 \"" folder "/" part[2] "\""
			while ((getline line < (folder "/" part[2])) > 0)
				print line
			close(folder "/" part[2])
			print "#line " NR + 1 " \"" FILENAME "\""
			next
		}
		{ print }' "$1"
}
echo '/* Made by shaders/embed.sh. */'
echo '#include "engine/shader_sources.h"'
echo 'const struct shader_source shader_sources[] = {'
for shader; do
	name=$(basename "$shader" .cl)
	printf '{ "%s",\n"#line 1 \\"%s\\"\\n"\n' "$name" "$shader"
	included "$shader" |
		sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/\t/\\t/g' -e 's/^/"/' -e 's/$/\\n"/'
	echo '},'
done
echo '{ 0, 0 } };'
