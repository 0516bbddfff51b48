# Runs one test program or script for tests/run, beside others, with a home of its own, and adds what it
# printed to $RUN_FOLDER/all, and what it took to $RUN_FOLDER/seconds:
#
#     RUN_FOLDER=FOLDER sh tests/support/run_one.sh PROGRAM
program=$1
name=$(basename "$program" .sh)
limit=${TEST_SECONDS:-900}
own=$(mktemp -d "$RUN_FOLDER/XXXXXX") || exit 1
export XDG_CONFIG_HOME="$own/config" XDG_DATA_HOME="$own/data" XDG_STATE_HOME="$own/state"

run() {
	case $program in
	*.sh) timeout "$limit" sh "$program" ;;
	/*) timeout "$limit" "$program" ;;
	*) timeout "$limit" "./$program" ;;
	esac
}

begin=$(date +%s)
run >"$own/said" 2>&1
code=$?
seconds=$(($(date +%s) - begin))
if [ "$code" = 124 ]; then
	echo "not ok $name: stopped after $limit s" >>"$own/said"
elif [ "$code" != 0 ] && ! grep -q '^not ok ' "$own/said"; then
	echo "not ok $name: it ended with code $code" >>"$own/said"
elif ! grep -Eq '^(ok|not ok|skip) ' "$own/said"; then
	echo "not ok $name: it tested nothing" >>"$own/said"
fi

# One at a time, or lines of several would be mixed.
until mkdir "$RUN_FOLDER/printing" 2>/dev/null; do sleep 0.1; done
cat "$own/said"
cat "$own/said" >>"$RUN_FOLDER/all"
echo "# $seconds $name" >>"$RUN_FOLDER/seconds"
rmdir "$RUN_FOLDER/printing"
rm -rf "$own"
