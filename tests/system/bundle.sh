#!/bin/sh
# What `make bundle` packs, in a root folder of its own that holds nothing but it, a shell with a few tools, and
# PoCL as the driver: with the libc of that root, with its own, and where there is no driver.
. "$(dirname "$0")/../support/lib.sh"

cases="bundle_finds_a_driver_that_nothing_registers bundle_agrees_with_the_processor_that_made_it \
	bundle_prefers_the_libc_of_its_host bundle_runs_with_its_own_libc bundle_runs_tests bundle_keeps_to_its_seconds \
	bundle_says_that_there_is_no_device bundle_needs_no_place_to_write_beside_it \
	bundle_goes_on_after_what_hangs bundle_asks_what_hung_no_more \
	bundle_tunes_without_pytorch"
leave() { # WHY
	for case in $cases; do skip "$case" "$1"; done
	finish
}
can_dream || leave "$why"
is_sanitized && leave "the bundle is of what is not sanitized"
driver=$(ldconfig -p 2>/dev/null | sed -n 's/.*libpocl\.so.* => //p' | head -n 1)
[ "$driver" ] || leave "PoCL's library is not known to ldconfig"
have unshare || leave "there is no unshare"
unshare --mount --map-root-user true 2>/dev/null || leave "namespaces cannot be had here"

build=$(dirname "$REVERIE")
if ! sh tests/bundle/make.sh "$build" "$work/root/bundle" >"$work/out" 2>"$work/err"; then
	not_ok bundle_is_put_together "tests/bundle/make.sh failed; \`make bundle-programs\` builds what it packs"
	finish
fi

# ---- a root ----

root=$work/root
# A file, at its own place in the root, with the libraries that it asks for.
bring() { # FILE...
	for file; do
		mkdir -p "$root$(dirname "$file")"
		[ -e "$root$file" ] || cp -L "$file" "$root$file"
		ldd "$file" 2>/dev/null | awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^\//) print $i }'
	done | sort -u | while read -r library; do
		mkdir -p "$root$(dirname "$library")"
		[ -e "$root$library" ] || cp -L "$library" "$root$library"
	done
}
tool() {
	command -v "$1"
}
# As Debian has it: programs and libraries lie in /usr, and PoCL finds its files from there.
for folder in bin lib lib64; do
	mkdir -p "$root/usr/$folder"
	ln -s "usr/$folder" "$root/$folder"
done
bring "$(tool sh)" $(for name in cat date env ld ln mkdir rm sleep timeout uname; do tool "$name"; done)
mkdir -p "$root/proc" "$root/dev" "$root/sys"
[ -e "$root/bin/sh" ] || ln -s "$(tool sh)" "$root/bin/sh"
# PoCL, whole: its devices, its kernel library, and what its linker links. Nothing in /etc names it.
bring "$driver" "$(dirname "$driver")"/pocl/*.so
for library in libm.so libm.so.6 libmvec.so.1 libc.so libc_nonshared.a libgcc.a libgcc_s.so crtbegin.o crtbeginS.o \
	crtendS.o crti.o crtn.o; do
	library=$(cc -print-file-name=$library)
	case $library in /*) bring "$(readlink -f "$(dirname "$library")")/$(basename "$library")" ;; esac
done
mkdir -p "$root/usr/share"
cp -r /usr/share/pocl "$root/usr/share/"

read_only=
# run of the bundle, in the root.
in_root() { # WORD...
	root=$root read_only=$read_only unshare --mount --map-root-user sh -c '
		{ [ ! "$read_only" ] || mount --bind -o ro "$root/bundle" "$root/bundle"; } &&
			mount --rbind /proc "$root/proc" && mount --rbind /dev "$root/dev" && mount --rbind /sys "$root/sys" &&
			exec chroot "$root" /usr/bin/env -i PATH=/usr/bin:/bin:/usr/sbin /bin/sh /bundle/run "$@"' \
		sh "$@" >"$work/out" 2>"$work/err" </dev/null
	code=$?
}
result() { # NAME: its value
	sed -n "s/^$1=//p" "$work/out"
}

# ---- runs ----

seconds=$((150 * slowness))
agrees() {
	[ "$(result auto.check.mixed5.256x192.agrees)" = yes ] && [ "$(result auto.check.mixed7.227x149.agrees)" = yes ]
}
in_root check --seconds "$seconds"
check bundle_finds_a_driver_that_nothing_registers test "$(result devices.count)" = 1
check bundle_agrees_with_the_processor_that_made_it agrees
check bundle_prefers_the_libc_of_its_host test "$(result libc)" = host

in_root check --seconds 8
keeps_to_its_seconds() {
	[ "$(result done | sed 's/ s$//')" -le $((15 * slowness)) ]
}
check bundle_keeps_to_its_seconds keeps_to_its_seconds

# Kernels are in the cache by now.
in_root check --seconds "$seconds" --libc own
own_libc_agrees() {
	[ "$(result libc)" = own ] && agrees
}
check bundle_runs_with_its_own_libc own_libc_agrees

in_root tests --seconds "$seconds" --test picture.raster --out /elsewhere
tests_passed() {
	[ "$(result tests.picture.raster.passed)" -gt 0 ] && [ "$(result tests.picture.raster.failed)" = 0 ]
}
check bundle_runs_tests tests_passed

# No driver any more; and the bundle is where nobody may write.
rm -rf "$root/bundle/results" "$root$(dirname "$driver")"/libpocl*
read_only=1
in_root check --seconds 10
check bundle_says_that_there_is_no_device test "$(result devices.count)" = 0
check bundle_needs_no_place_to_write_beside_it test -s "$root/results/results.txt"

# A GPU whose driver hangs in one kind of step, and cannot be asked to end; what it says is made up.
read_only=
cat >"$root/bundle/bin/reverie-bench" <<'end'
#!/bin/sh
case "$*" in
devices*) echo "device 1 name=fake platform=NVIDIA kind=GPU" && echo "devices count=1" ;;
step*tf32*) trap '' TERM && sleep 600 ;;
step*) echo "step layer size median_ms=1" ;;
esac
end
in_root bench --seconds 60
check bundle_goes_on_after_what_hangs grep -q '^turn3\.gemm\.step\.layer\.size\.median_ms=1' "$work/out"
check bundle_asks_what_hung_no_more grep -q "^turn2\.tf32\..*left_out=step.tf32 did not end before" "$work/out"

# A processor; and the root has no python3.
sed -i 's/kind=GPU/kind=CPU/' "$root/bundle/bin/reverie-bench"
in_root peer tune --seconds 60
tunes_alone() {
	[ "$(result peer.skipped)" = "no python3 with torch and numpy: none is there" ] &&
		[ "$(result tuned.float.step.layer.size.median_ms | head -n 1)" = 1 ] && ! grep -q '^tuned\.peer' "$work/out"
}
check bundle_tunes_without_pytorch tunes_alone
finish
