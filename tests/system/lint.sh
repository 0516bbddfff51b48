#!/bin/sh
# tests/lint/wings.py finds every kind of thing that it is to find, in a tiny tree made here.
. "$(dirname "$0")/../support/lib.sh"

tree=$work/tree
wings() { # WORD...
	python3 tests/lint/wings.py --root "$tree" "$@" >"$work/out" 2>"$work/err"
	code=$?
}

# A tree without a fault: two wings of an engine, one of an app, and their drawings.
make_tree() {
	rm -rf "$tree"
	mkdir -p "$tree/engine/api" "$tree/engine/base" "$tree/app/command" "$tree/tests/lint"
	printf '%s\n' '[engine]' 'api the top' 'base the bottom' '[app]' 'command all there is' '[borders]' \
		'app engine/reverie*.h' '[exceptions]' >"$tree/tests/lint/wings"
	echo 'int rv_start(void);' >"$tree/engine/reverie.h"
	printf '%s\n' '#include "engine/base/sum.h"' '#include "engine/reverie.h"' '' 'int rv_start(void)' '{' \
		'	return sum_of(1, 2);' '}' >"$tree/engine/api/start.c"
	echo 'int sum_of(int a, int b);' >"$tree/engine/base/sum.h"
	printf '%s\n' '#include "engine/base/sum.h"' '' 'static int helper(int a)' '{' '	return a;' '}' '' \
		'int sum_of(int a, int b)' '{' '	return helper(a) + b;' '}' >"$tree/engine/base/sum.c"
	printf '%s\n' '#include "engine/reverie.h"' '' 'int main(void)' '{' '	return rv_start();' '}' \
		>"$tree/app/command/main.c"
	for part in engine app; do
		printf '%s\n' '<!-- wings -->' '<!-- end of wings -->' >"$tree/$part/README.md"
	done
	wings --draw
}

# The one line must be PLACE, "rule broken" and something with TEXT.
expect_broken() { # NAME PLACE TEXT
	wings
	if [ "$code" = 1 ] && [ "$(wc -l <"$work/out")" = 1 ] &&
		grep -q "^$2: rule broken: .*$3" "$work/out"; then
		ok "$1"
	else
		not_ok "$1" "exit code $code, or not the one line: $2: ... $3"
	fi
}

lines() { # COUNT
	awk -v count="$1" 'BEGIN { for (i = 1; i <= count; i++) print "	;" }'
}

if ! have python3; then
	skip lint "python3 is not here"
	finish
fi

make_tree
wings
check a_clean_tree_passes test "$code" = 0 -a ! -s "$work/out"
wings --graph engine
check the_graph_tells_who_uses_whom grep -q '^api *uses *base$' "$work/out"

echo '#include "engine/api/stop.h"' >>"$tree/engine/base/sum.h"
echo >"$tree/engine/api/stop.h"
expect_broken a_wing_may_not_look_up engine/base/sum.h:2 "engine/api stands above it"

make_tree
sed -i '2i #include "engine/base/sum.h"' "$tree/app/command/main.c"
expect_broken the_app_knows_only_the_interface app/command/main.c:2 "may not include engine/base/sum.h"
echo 'app/command/main.c engine/base/sum.h' >>"$tree/tests/lint/wings"
wings
check an_exception_is_one test "$code" = 0

make_tree
mkdir "$tree/engine/other"
echo '#include "engine/base/sum.h"' >"$tree/engine/other/new.h"
expect_broken every_wing_is_in_the_table engine/other/new.h:1 "knows no wing engine/other"

make_tree
echo '#include "engine/base/total.h"' >>"$tree/engine/base/sum.h"
echo >"$tree/engine/base/total.h"
echo '#include "engine/base/sum.h"' >"$tree/engine/base/total.c"
expect_broken includes_go_in_no_circle engine/base/sum.h:2 "circle of includes: .*sum -> .*total -> .*sum"

make_tree
printf '%s\n' 'int sum_of(int a, int b);' 'int total_of(int a)' '{' '	return sum_of(a, a);' '}' \
	>"$tree/engine/base/total.c"
sed -i -e '2i int total_of(int a);' -e 's/helper(a) + b/total_of(helper(a)) + b/' "$tree/engine/base/sum.c"
for name in sum total; do
	mkdir -p "$tree/build/engine/base"
	cc -I"$tree" -c "$tree/engine/base/$name.c" -o "$tree/build/engine/base/$name.o"
done
expect_broken calls_go_in_no_circle "engine/base/sum.c:2" "circle of calls: .*sum -> .*total -> .*sum"

make_tree
printf '%s\n' '' 'int add_up(int a)' '{' '	return a;' '}' >>"$tree/engine/base/sum.c"
expect_broken a_function_has_its_modules_name engine/base/sum.c:13 "add_up is exported"
make_tree
echo 'const int limits[] = {1, 2};' >>"$tree/engine/base/sum.c"
expect_broken a_table_has_its_modules_name engine/base/sum.c:12 "limits is exported"

make_tree
{ printf '%s\n' 'static int sum_long(int a,' '                    int b)' '{' && lines 37 && echo '}'; } \
	>>"$tree/engine/base/sum.c"
expect_broken functions_are_short engine/base/sum.c:12 "sum_long has 41 lines"

make_tree
lines 500 >>"$tree/engine/base/sum.h"
expect_broken files_are_short engine/base/sum.h:501 "a file of 501 lines"

make_tree
sed -i '1d' "$tree/engine/api/start.c"
expect_broken the_drawing_is_up_to_date engine/README.md:1 "out of date"
wings --draw
wings
check drawing_brings_it_up_to_date test "$code" = 0
# ---- what the library's version promises ----

interface() { # WORD...
	python3 tests/lint/interface.py --root "$tree" "$@" >"$work/out" 2>"$work/err"
	code=$?
}
header() { # VERSION'S NUMBERS, DECLARATIONS
	printf '#define RV_VERSION_MAJOR %s\n#define RV_VERSION_MINOR %s\n#define RV_VERSION_PATCH 0\n%s\n' "$@" \
		>"$tree/engine/reverie.h"
}
expect_interface() { # NAME CODE TEXT WORD...
	name=$1 wanted=$2 text=$3
	shift 3
	interface "$@"
	if [ "$code" = "$wanted" ] && grep -q "$text" "$work/out" || [ "$code$wanted" = 00 ]; then
		ok "$name"
	else
		not_ok "$name" "exit code $code, or not: $text"
	fi
}
one='/* Says. */ rv_status rv_say(const char *what,
	int times[2]); typedef struct rv_place { int x, y; } rv_place;'
header 0 1 "$one"
interface --record
expect_interface interface_that_is_written_down_is_right 0 ''
header 0 1 "$(echo "$one" | sed 's/what/words/; s/Says/Speaks/')"
expect_interface interface_is_not_names_and_comments 0 ''
header 0 1 "$one int rv_more(void);"
expect_interface interface_that_has_more_is_to_be_written_down 1 'interface.py --record'
expect_interface interface_may_have_more 0 '' --record
header 0 1 "$one"
expect_interface interface_that_has_less_is_another_version 1 'MINOR must rise: int rv_more(void)'
expect_interface interface_that_has_less_is_not_written_down 1 'MINOR must rise' --record
header 0 2 "$one"
expect_interface interface_of_another_version_is_written_down 0 '' --record
header 0 2 "$(echo "$one" | sed 's/x, y/x, y, z/')"
expect_interface interface_with_another_field_is_another_version 1 'MINOR must rise: typedef struct rv_place'
header 0 2 "$(echo "$one" | sed 's/int times/float times/')"
expect_interface interface_with_another_argument_is_another_version 1 'MINOR must rise: rv_status rv_say'

finish
