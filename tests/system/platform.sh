#!/bin/sh
# The kernels where they would not run by themselves: those of GPUs on whatever device is first,
# those of GPUs on a second OpenCL platform (Mesa's rusticl, which compiles for its software
# rasteriser), those of GPUs and of CPUs under Oclgrind, which sees races and accesses out of
# bounds, and those of matrix units through the compilers of the GPUs' makers.
. "$(dirname "$0")/../support/lib.sh"

programs=$(dirname "$REVERIE")/tests/unit/engine
export REVERIE_TEST_KERNELS=gpu

# Every test of PROGRAM, by its place among those of the engine, whose name has one of the words (all without any) must pass.
run_kernels() { # NAME PROGRAM WORD...
	name=$1 program=$programs/$2
	shift 2
	if [ ! -x "$program" ]; then
		not_ok "$name" "$program is not there; \`make test-programs\` builds it"
		return
	fi
	if $judge "$program" "$@" >"$work/out" 2>"$work/err" &&
		grep -q '^ok ' "$work/out" && ! grep -q '^not ok ' "$work/out"; then
		ok "$name"
	else
		not_ok "$name" "the kernels fail: $judge $program $*"
	fi
}

# ---- the device that is there ----

judge=
for program in convolution/convolution operators/operators picture/gradient picture/raster \
	network/objective; do
	run_kernels "gpu_kernels_of_${program#*/}" "$program"
done

# ---- a second platform ----

# Its compiler takes long: of the convolutions, those with most in them.
export RUSTICL_ENABLE=llvmpipe
second=$("$REVERIE" devices 2>/dev/null | sed -n 's/^ *\([0-9]*\)  *[A-Z]*  *rusticl: .*/\1/p' | head -n 1)
if [ -n "$second" ]; then
	export REVERIE_TEST_DEVICE="$second"
	run_kernels gpu_kernels_of_convolution_on_rusticl convolution/convolution \
		by_groups_on_small by_groups_of_each joins_parts
	for program in picture/gradient picture/raster network/objective; do
		run_kernels "gpu_kernels_of_${program#*/}_on_rusticl" "$program"
	done
	unset REVERIE_TEST_DEVICE
else
	skip gpu_kernels_on_rusticl "there is no device of rusticl (Debian: mesa-opencl-icd)"
fi
unset RUSTICL_ENABLE

# ---- a judge of every access ----

# Oclgrind reports on standard error, and ends well whatever it found.
judged() { # NAME PROGRAM WORD...
	run_kernels "$@"
	if [ -s "$work/err" ]; then
		not_ok "${1}_is_silent" "Oclgrind reports"
	else
		ok "${1}_is_silent"
	fi
}

if have oclgrind; then
	judge="oclgrind --data-races"
	judged gpu_kernels_of_convolution_under_oclgrind convolution/convolution \
		by_groups_on_small by_groups_of_each
	judged matrix_units_under_oclgrind convolution/matrix stay_within
	judged gpu_kernels_of_operators_under_oclgrind operators/operators multiply global_average
	judged flow_in_regions_under_oclgrind flow/flow takes_tiny
	judged steps_of_what_is_fresh_under_oclgrind time/trust takes_a_part
	REVERIE_TEST_KERNELS=cpu
	judged winograd_under_oclgrind convolution/winograd of_little
	judged convolution_under_oclgrind convolution/convolution joins_parts
	judged operators_under_oclgrind operators/operators lrn max_pool_is average
	judged raster_under_oclgrind picture/raster
	judged objective_under_oclgrind network/objective shares
	judged temporal_under_oclgrind time/temporal a_small
else
	skip gpu_kernels_under_oclgrind "oclgrind is not installed"
fi

# ---- the makers' compilers ----

# Every build must have the units' instruction, and spill no register.
compiled() { # NAME COMMAND...
	name=matrix_units_compile_for_$1
	shift
	"$@" >"$work/out" 2>"$work/err"
	case $? in
	0) ok "$name" ;;
	2) skip "$name" "$(tail -n 1 "$work/err")" ;;
	*) not_ok "$name" "a build fails, lacks the instruction or spills" ;;
	esac
}

compiled nvidia python3 tests/bench/ptx.py --shader convolution/matrix --architectures sm_80,sm_90
compiled intel python3 tests/bench/units.py intel
compiled amd python3 tests/bench/units.py amd
finish
