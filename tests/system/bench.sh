#!/bin/sh
# The lines that reverie-bench prints, whose form programs rely on, and wrong calls of it. What the
# times are is not tested: that is what `make bench` is for.
. "$(dirname "$0")/../support/lib.sh"

number='[0-9]+(\.[0-9]+)?'

printed() { # NAME REGEX: all of the output is lines of that form, and there is one
	name=$1
	if [ "$code" != 0 ]; then
		not_ok "$name" "exit code $code"
	elif ! grep -q . "$work/out" || grep -Evxq "$2" "$work/out"; then
		not_ok "$name" "a line is not of the form $2"
	else
		ok "$name"
	fi
}

value() { # NAME: what follows NAME= in the last line that has it
	sed -n "s/.* $1=\([0-9.]*\).*/\1/p" "$work/out" | tail -n 1
}

between() { # LOW VALUE HIGH
	awk -v low="$1" -v value="$2" -v high="$3" \
		'BEGIN { exit !(value != "" && value + 0 >= low + 0 && value + 0 <= high + 0) }'
}

# ---- wrong calls ----

expect_bench_success bench_help --help
check bench_help_lists_what_it_measures grep -q '^  startup ' "$work/out"
expect_bench_success bench_version --version
check bench_version_is_one_line grep -q "^reverie-bench [0-9]" "$work/out"
expect_error bench_is_a_program_of_its_own 2 "reverie-bench step" bench step --runs 3

expect_bench_error bench_of_nothing 2 "startup, memory or profile"
expect_bench_error bench_of_something_else 2 "speed: there is no such command" speed
expect_bench_error bench_of_two_things 2 "takes options only" step dream
for what in step profile; do
	expect_bench_error "bench_${what}_of_a_guide" 2 "at one whole layer alone" $what --guide guide.png
	expect_bench_error "bench_${what}_of_channels" 2 "at one whole layer alone" $what --channels 3
done
expect_bench_error bench_startup_with_half_a_size 2 "both sides are needed" startup --size x48
expect_bench_error memory_limit_of_no_memory 2 '"much" is not a size of memory such as 1500MB or 2GB' \
	memory --memory-limit much
expect_bench_error memory_limit_below_range 2 "1KB is out of range (64MB to 1024GB)" \
	memory --memory-limit 1KB

cases="step_line dream_line dream_share_is_a_part memory_line memory_counts_weights memory_peak_is_more \
	profile_lines profile_shares_sum_to_one profile_has_convolutions conv_lines \
	conv_has_one_winner_a_shape startup_lines startup_fails_as_steps_do tiles_fit_the_limit"
if ! can_dream; then
	for case in $cases; do skip "$case" "$why"; done
	finish
fi

# ---- lines ----

of="mixed0 96x64"
small="--layer mixed0 --size 96x64"

bench step $small --runs 2
printed step_line "step $of median_ms=$number min_ms=$number gflops=$number"

bench dream $small --runs 2 --octaves 2 --iterations 2
printed dream_line "dream $of octaves=2 iterations=2 median_ms=$number min_ms=$number other_share=$number"
check dream_share_is_a_part between 0.0001 "$(value other_share)" 0.9999

bench memory $small
printed memory_line "memory $of tensors_mb=$number saved_mb=$number rasters_mb=$number kept_mb=$number weights_mb=$number tiles=1 tile=96x64 peak_rss_mb=$number"
# The network to mixed0 has 450 thousand weights, kept for both directions.
check memory_counts_weights between 3 "$(value weights_mb)" 60
check memory_peak_is_more between "$(value weights_mb)" "$(value peak_rss_mb)" 4000

bench profile $small --runs 2
printed profile_lines "profile $of ([A-Za-z]+ [a-z_0-9]+ (forward|backward) launches=$number ms=$number share=$number( gflops=$number of_peak=$number)?|all launches=$number ms=$number gflops=$number of_peak=$number peak_gflops=$number)|launches $of count=$number enqueued_ms=$number done_ms=$number each_us=$number"
shares=$(sed -n 's/.* share=\([0-9.]*\).*/\1/p' "$work/out" | awk '{ sum += $1 } END { print sum }')
check profile_shares_sum_to_one between 0.995 "$shares" 1.005
check profile_has_convolutions grep -q "^profile $of Conv .* backward " "$work/out"

bench conv $small --cache "$work/cache"
printed conv_lines "conv $of [^ ]+ (forward|backward) window=[0-9]+x[0-9]+ stride=[0-9]+ channels=[0-9]+->[0-9]+ at=[0-9]+x[0-9]+ (direct|winograd|gemm) lanes=[0-9]+ tile=[0-9]+x[0-9]+ group=[0-9]+ block=[0-9]+ factors=(float|bfloat16) ms=$number gflops=$number fastest=(yes|no)"
nothing_twice() {
	[ -z "$(sed -n 's/ ms=.*//; /^conv /p' "$work/out" | sort | uniq -d)" ]
}
check conv_times_nothing_twice nothing_twice
one_winner() {
	awk '{ shape = $4 " " $5 " " $6 " " $7 " " $8 " " $9; all[shape] = 1 }
		$NF == "fastest=yes" { won[shape]++ }
		END { for (shape in all) if (won[shape] != 1) exit 1 }' "$work/out"
}
check conv_has_one_winner_a_shape one_winner

bench startup $small
printed startup_lines "startup (cold $of first_step_ms=$number|warm $of median_ms=$number min_ms=$number)"
bench startup $small --model "$work/nosuch.onnx"
check startup_fails_as_steps_do test "$code" = 1

# ---- a limit ----

# Less than the whole picture takes beside all the rest, but enough for tiles of it.
bench memory --layer mixed0 --size 1600x1200 --octaves 1
whole=$(value peak_rss_mb)
bench memory --layer mixed0 --size 1600x1200 --octaves 1 --memory-limit $((${whole%.*} - 60))MB
limited() {
	[ "$code" = 0 ] && between 2 "$(value tiles)" 100 &&
		between 1 "$(value peak_rss_mb)" $((${whole%.*} - 60))
}
check tiles_fit_the_limit limited

# What targets keep counts too: the frame's features, at every place of a wide layer.
caricature() { # WORD...
	bench memory --target "caricature of activation_3" --size 1600x1200 --octaves 4 "$@"
}
caricature
whole=$(value peak_rss_mb)
caricature --memory-limit $((${whole%.*} - 60))MB
check tiles_fit_the_limit_with_what_targets_keep limited

finish
