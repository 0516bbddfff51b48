# Reverie. `make help` lists what can be made.

BUILD ?= build
PREFIX ?= /usr/local
DESTDIR ?=
CC ?= cc

# What a bare Debian 12 needs to build and run Reverie; the tools of its tests; what its developers need
# besides.
DEBIAN_PACKAGES = gcc libc6-dev make pkg-config ca-certificates nodejs npm \
	ocl-icd-opencl-dev pocl-opencl-icd libclblast-dev libprotobuf-c-dev protobuf-c-compiler \
	libavformat-dev libavcodec-dev libavfilter-dev libavdevice-dev libavutil-dev \
	libswscale-dev libswresample-dev libheif-dev liblcms2-dev libwebp-dev libsdl2-dev liblo-dev libasound2-dev libxxhash-dev \
	libcurl4-openssl-dev
DEBIAN_TEST_PACKAGES = ffmpeg g++ imagemagick libheif-examples liblo-tools libonnx-testdata man-db oclgrind parallel python3 python3-numpy \
	xvfb xdotool xserver-xorg-core xserver-xorg-video-dummy x11-xserver-utils
# They start servers, which only a machine that is there for tests should have.
DEBIAN_CLUSTER_PACKAGES = openssh-server openssh-client slurm-wlm munge
DEBIAN_DEVELOPER_PACKAGES = clang libclang-rt-14-dev clang-format cppcheck gcovr python3-torch python3-torchvision python3-onnx chromium

ENGINE_PACKAGES = OpenCL libprotobuf-c libxxhash
APP_PACKAGES = libavformat libavcodec libavfilter libavdevice libswscale libswresample libavutil libheif lcms2 libwebpdemux libwebp sdl2 libcurl

CFLAGS ?= -O2 -g
CPPFLAGS += -I. -I$(BUILD) -D_GNU_SOURCE -DCL_TARGET_OPENCL_VERSION=120
WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef
# At -O2 gcc leaves loops over pixels alone that clang makes vectors of, unless told to weigh it.
VECTORISE := $(shell $(CC) -fvect-cost-model=dynamic -x c -c /dev/null -o /dev/null 2>/dev/null \
	&& echo -fvect-cost-model=dynamic)
# One set of objects serves programs and the shared library: the host's code is not what takes the time.
ALL_CFLAGS = -std=c11 $(WARNINGS) $(VECTORISE) -fPIC -fvisibility=hidden $(CFLAGS) -pthread
ALL_LDFLAGS = $(LDFLAGS) -pthread
ifeq ($(DEVELOPER),1)
ALL_CFLAGS += -Werror
endif
ifneq ($(SANITIZE),)
ALL_CFLAGS += -fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all
ALL_LDFLAGS += -fsanitize=$(SANITIZE)
# libav is not built for the thread sanitizer, which sees none of the atomic counters by which threads of
# libav's own, and of x265, hand over what they decoded, filtered or encoded. There are none then, so that
# no report with libav on its stack need be suppressed: that may as well be a race of ours.
ifneq ($(findstring thread,$(SANITIZE)),)
CPPFLAGS += -DLIBAV_THREADS=1
endif
endif
Q = $(if $(V),,@)
say = $(if $(V),,@echo "  $(1)")

# pkg-config is asked only once it is there: `make deps` must work before it is installed.
ENGINE_CFLAGS := $(shell pkg-config --cflags $(ENGINE_PACKAGES) 2>/dev/null)
ENGINE_LIBS := $(shell pkg-config --libs $(ENGINE_PACKAGES) 2>/dev/null)
APP_CFLAGS := $(shell pkg-config --cflags $(APP_PACKAGES) 2>/dev/null)
APP_LIBS := $(shell pkg-config --libs $(APP_PACKAGES) 2>/dev/null)
has = $(shell pkg-config --exists $(1) 2>/dev/null && echo 1)
ifeq ($(call has,clblast),1)
CPPFLAGS += -DHAVE_CLBLAST
ENGINE_LIBS += -lclblast
endif
ifeq ($(call has,alsa),1)
CPPFLAGS += -DHAVE_ALSA
APP_LIBS += $(shell pkg-config --libs alsa)
endif
ifeq ($(call has,liblo),1)
CPPFLAGS += -DHAVE_LIBLO
APP_LIBS += $(shell pkg-config --libs liblo)
endif
ENGINE_LIBS += -lm
APP_LIBS += $(ENGINE_LIBS)

sources = $(sort $(shell find $(1) -name '*.c'))
objects = $(patsubst %.c,$(BUILD)/%.o,$(1))

ENGINE_SOURCES = $(call sources,engine)
APP_SOURCES = $(call sources,app)
BENCH_SOURCES = $(call sources,tests/bench)
SHADERS = $(sort $(shell find shaders -name '*.cl'))
SUPPORT_SOURCES = $(filter-out $(addprefix tests/support/,fake_camera.c fake_loopback.c fake_midi.c fake_pad.c fifo_lines.c open_instead.c failing_opencl.c failing_files.c jumping_clock.c example.c),$(call sources,tests/support))
ENGINE_TESTS = $(call sources,tests/unit/engine)
APP_TESTS = $(call sources,tests/unit/app)
BENCH_TESTS = $(call sources,tests/unit/bench)
TEST_SCRIPTS = $(sort $(wildcard tests/system/*.sh))

ENGINE_OBJECTS = $(call objects,$(ENGINE_SOURCES)) $(BUILD)/onnx.pb-c.o $(BUILD)/caffe.pb-c.o $(BUILD)/shader_sources.o
APP_OBJECTS = $(call objects,$(filter-out app/command/main.c,$(APP_SOURCES))) $(BUILD)/keys_conf.o $(BUILD)/catalogue.o $(BUILD)/imagenet_labels.o
BENCH_OBJECTS = $(call objects,$(filter-out tests/bench/main.c,$(BENCH_SOURCES)))
SUPPORT_OBJECTS = $(call objects,$(SUPPORT_SOURCES))
FUZZ_TARGETS = $(filter-out fuzz replay,$(basename $(notdir $(wildcard tests/fuzz/*.c))))
# Every target with its seeds, without a fuzzer.
FUZZ_REPLAYS = $(FUZZ_TARGETS:%=$(BUILD)/tests/fuzz/%)
TEST_PROGRAMS = $(patsubst %.c,$(BUILD)/%,$(ENGINE_TESTS) $(APP_TESTS) $(BENCH_TESTS)) $(FUZZ_REPLAYS)

.PHONY: all
all: $(BUILD)/reverie $(BUILD)/reverie-bench

# For our own programs, each of which takes the modules it uses; tests of modules reach into them.
$(BUILD)/engine.a: $(ENGINE_OBJECTS)
$(BUILD)/app.a: $(APP_OBJECTS)
$(BUILD)/engine.a $(BUILD)/app.a:
	$(call say,AR $@)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

# For other people's programs. The static library is one object too, in which names that are not of
# the public headers cannot meet those of a program.
VERSION := $(shell awk '/define RV_VERSION_(MAJOR|MINOR|PATCH) / { printf "%s%s", dot, $$3; dot = "." }' engine/reverie.h)
SONAME = libreverie.so.$(basename $(VERSION))
.PHONY: lib
lib: $(BUILD)/libreverie.a $(BUILD)/libreverie.so.$(VERSION)

$(BUILD)/libreverie.a: $(ENGINE_OBJECTS)
	$(call say,AR $@)
	$(Q)rm -f $@
	$(Q)$(LD) -r -o $(BUILD)/libreverie.o $^
	$(Q)objcopy --localize-hidden $(BUILD)/libreverie.o
	$(Q)$(AR) rcs $@ $(BUILD)/libreverie.o

# The same names stand beside it as where it is installed.
$(BUILD)/libreverie.so.$(VERSION): $(ENGINE_OBJECTS)
	$(call say,LINK $@)
	$(Q)$(CC) -shared -Wl,-soname,$(SONAME) $(ALL_LDFLAGS) -o $@ $^ $(ENGINE_LIBS)
	$(Q)ln -sf $(@F) $(BUILD)/$(SONAME)
	$(Q)ln -sf $(SONAME) $(BUILD)/libreverie.so

$(BUILD)/reverie: $(BUILD)/app/command/main.o $(BUILD)/version.o $(BUILD)/app.a $(BUILD)/engine.a
	$(call say,LINK $@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(APP_LIBS)

$(BUILD)/reverie-bench: $(BUILD)/tests/bench/main.o $(BENCH_OBJECTS) $(BUILD)/version.o $(BUILD)/app.a $(BUILD)/engine.a
	$(call say,LINK $@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(APP_LIBS)

# What a machine without libav is sent: of the benches, those that it names.
$(BUILD)/tests/bundle/reverie-bench: $(BUILD)/tests/bundle/main.o $(BUILD)/tests/bundle/check.o $(BUILD)/tests/bundle/slots.o \
	$(BUILD)/tests/bench.a $(BUILD)/tests/support.a $(BUILD)/version.o $(BUILD)/app.a $(BUILD)/engine.a
	$(call say,LINK $@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ENGINE_LIBS)
$(BUILD)/tests/bench.a: $(BENCH_OBJECTS)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

# The engine's tests are given the library and nothing of the program.
ENGINE_SUPPORT = $(filter-out $(addprefix $(BUILD)/tests/support/,media.o action_fixture.o),$(SUPPORT_OBJECTS))
$(patsubst %.c,$(BUILD)/%,$(ENGINE_TESTS)): $(BUILD)/%: $(BUILD)/%.o $(ENGINE_SUPPORT) $(BUILD)/engine.a
	$(call say,LINK $@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(ENGINE_LIBS)

$(patsubst %.c,$(BUILD)/%,$(APP_TESTS) $(BENCH_TESTS)): $(BUILD)/%: $(BUILD)/%.o $(SUPPORT_OBJECTS) $(BENCH_OBJECTS) $(BUILD)/app.a $(BUILD)/engine.a
	$(call say,LINK $@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(APP_LIBS)

# What tests share reports to the program it is linked with: a test's main, or fuzz.c.
$(BUILD)/tests/support.a: $(filter-out $(BUILD)/tests/support/test.o,$(SUPPORT_OBJECTS))
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^
FUZZ_PARTS = $(BUILD)/tests/fuzz/fuzz.o $(BUILD)/tests/support.a $(BUILD)/app.a $(BUILD)/engine.a

$(FUZZ_REPLAYS): $(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/fuzz/replay.o $(FUZZ_PARTS)
	$(call say,LINK $@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(APP_LIBS)

.PHONY: fuzz-programs
fuzz-programs: $(FUZZ_TARGETS:%=$(BUILD)/fuzz/%)
$(FUZZ_TARGETS:%=$(BUILD)/fuzz/%): $(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o $(FUZZ_PARTS)
	$(call say,LINK $@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(APP_LIBS)

$(BUILD)/%.o: %.c $(BUILD)/flags
	$(call say,CC $<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(CPPFLAGS) $(ENGINE_CFLAGS) $(APP_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/%.o: $(BUILD)/%.c $(BUILD)/flags
	$(call say,CC $<)
	$(Q)$(CC) $(ALL_CFLAGS) -w $(CPPFLAGS) $(ENGINE_CFLAGS) -MMD -MP -c -o $@ $<

# What includes the generated onnx.pb-c.h or caffe.pb-c.h.
$(filter $(BUILD)/engine/onnx/% $(BUILD)/engine/caffe/%,$(ENGINE_OBJECTS)) $(BUILD)/tests/support/onnx_builder.o \
$(BUILD)/tests/support/caffe_builder.o $(BUILD)/tests/support/caffe_builder_onnx.o \
$(BUILD)/tests/unit/engine/onnx/onnx.o $(BUILD)/tests/unit/engine/graph/conformance.o \
$(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/unit/engine/caffe/*.c)) \
$(BUILD)/tests/unit/app/offline/reference.o: \
$(BUILD)/onnx.pb-c.c $(BUILD)/caffe.pb-c.c

$(BUILD)/onnx.pb-c.c: engine/onnx/onnx.proto
$(BUILD)/caffe.pb-c.c: engine/caffe/caffe.proto
$(BUILD)/%.pb-c.c:
	$(call say,PROTOC $<)
	$(Q)mkdir -p $(@D)
	$(Q)protoc-c --proto_path=$(<D) --c_out=$(BUILD) $(<F)

# Each shader becomes one C string; #line keeps the compiler's messages pointing at the real file.
$(BUILD)/shader_sources.c: $(SHADERS) $(wildcard shaders/*/*.clh) shaders/embed.sh
	$(call say,EMBED shaders)
	$(Q)mkdir -p $(@D)
	$(Q)sh shaders/embed.sh $(SHADERS) > $@.tmp && mv $@.tmp $@

# Texts that the program brings along, each as one C string: the default keys, and the catalogue of networks.
embed = { echo '\#include "$(1)"'; echo 'const char $(2)[] ='; \
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/$$/\\n"/' $<; echo ';'; } > $@.tmp && mv $@.tmp $@

$(BUILD)/keys_conf.c: assets/keys.conf
	$(call say,EMBED $<)
	$(Q)mkdir -p $(@D)
	$(Q)$(call embed,app/control/keys.h,keys_default_text)

$(BUILD)/imagenet_labels.c: assets/imagenet_labels
	$(call say,EMBED $<)
	$(Q)mkdir -p $(@D)
	$(Q)$(call embed,app/networks/labels.h,labels_imagenet_text)

$(BUILD)/catalogue.c: models/catalogue
	$(call say,EMBED $<)
	$(Q)mkdir -p $(@D)
	$(Q)$(call embed,app/networks/catalogue.h,catalogue_text)

# The commit that is built, where the sources come from git.
COMMIT = $(if $(wildcard .git),$(shell git describe --tags --always --dirty 2>/dev/null))
$(BUILD)/version.c: FORCE
	@mkdir -p $(@D)
	@printf '#include "app/command/program.h"\nconst char program_commit[] = "%s";\n' '$(COMMIT)' >$@.tmp
	@cmp -s $@.tmp $@ && rm $@.tmp || mv $@.tmp $@

# Objects are kept, those of the tests too.
.SECONDARY:

# Objects depend on this stamp, so that changed flags rebuild them.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(ALL_CFLAGS) $(CPPFLAGS)' | cmp -s - $@ || echo '$(CC) $(ALL_CFLAGS) $(CPPFLAGS)' > $@
.PHONY: FORCE
FORCE:

# ---- what a person asks for ----

.PHONY: help
help:
	@echo 'make               build $(BUILD)/reverie, and $(BUILD)/reverie-bench, which measures it'
	@echo 'make lib           build the library, $(BUILD)/libreverie.a and .so, for programs of your own'
	@echo 'make run           install what is missing, build, fetch the network; dream in a window, or'
	@echo '                   where there is no display the sample clip into dream/clouds.mp4'
	@echo 'make test          the same, and run every test'
	@echo 'make deps          install the packages that are missing (apt; with sudo where not root)'
	@echo '                   make test-deps: those that the tests use, which make test does by itself'
	@echo 'make models        fetch the default networks: GoogLeNet where it can be had, Inception V3 (npm)'
	@echo 'make sanitize      run the test programs, and the end-to-end tests of live sessions and of'
	@echo '                   time, under the sanitizers; SANITIZERS=tsan or asan runs one alone,'
	@echo '                   SANITIZE_TESTS="unit/app/base/queue system/live" these tests'
	@echo 'make fuzz          make up inputs for every parser, SECONDS=60 each, at most RUNS (clang);'
	@echo '                   FUZZ=onnx takes one'
	@echo 'make coverage      run the unit tests and say how much of each wing they run (gcovr)'
	@echo 'make mutants       put one small bug after the other into a copy of the sources, and fail where the'
	@echo '                   tests do not notice; MUTANTS="cut_threshold_doubled" tries these alone'
	@echo 'make compile_commands.json'
	@echo '                   tell editors how each file is compiled'
	@echo 'make bench         time gradient steps and a dream of the default network against PyTorch'
	@echo 'make bundle        pack tests, benches and networks for a machine that has a GPU and its driver'
	@echo '                   alone: build/reverie-bundle.tar.gz; there, reverie-bundle/run all'
	@echo 'make ptx           registers, spills and local memory of every GPU kernel (clang, libclc, ptxas)'
	@echo 'make units         the same of the kernels of Intel'"'"'s and AMD'"'"'s matrix units (ocloc, clang-16)'
	@echo 'make soak          play a live session in which everything fails by turns; HOURS=1'
	@echo 'make kernels       compile every OpenCL kernel and say what is wrong with it'
	@echo 'make format        lay out the C sources with clang-format'
	@echo 'make lint          check the layout and who includes whom (tests/lint/wings), compile every'
	@echo '                   header alone, run cppcheck if it is there'
	@echo 'make readme        write the tables of options in README.md anew'
	@echo 'make cluster-deps  install ssh and Slurm servers, for the test of films by many machines'
	@echo 'make reference     install ONNX Runtime into build-reference, for the tests that compare with it'
	@echo 'make install       install under $$(DESTDIR)$$(PREFIX); make uninstall takes it back'
	@echo 'make clean         remove $(BUILD)'
	@echo
	@echo 'BUILD=build  PREFIX=/usr/local  DESTDIR=  CC=cc  CFLAGS="-O2 -g"  V=1 (show commands)'
	@echo 'DEVELOPER=1 (warnings are errors; deps: the tools of developers too)'
	@echo 'SANITIZE=address,undefined or thread'

# A name counts as installed if dpkg says so or if there is a command of that name: Node and npm
# also come from elsewhere.
.PHONY: deps test-deps cluster-deps
deps: WANTED = $(DEBIAN_PACKAGES) $(if $(DEVELOPER),$(DEBIAN_TEST_PACKAGES) $(DEBIAN_DEVELOPER_PACKAGES))
test-deps: WANTED = $(DEBIAN_TEST_PACKAGES)
cluster-deps: WANTED = $(DEBIAN_CLUSTER_PACKAGES)
deps test-deps cluster-deps:
	@missing=; \
	for package in $(WANTED); do \
		dpkg-query -W -f '$${db:Status-Status}' "$$package" 2>/dev/null | grep -q '^installed' || \
		command -v "$$package" >/dev/null 2>&1 || missing="$$missing $$package"; \
	done; \
	[ -n "$$missing" ] || exit 0; \
	command -v apt-get >/dev/null 2>&1 || { \
		echo "make $@: there is no apt-get here; install what Debian calls$$missing" >&2; exit 1; }; \
	as_root=; \
	if [ "$$(id -u)" != 0 ]; then as_root=sudo; command -v sudo >/dev/null 2>&1 || { \
		echo "make $@: run as root, or install sudo; missing:$$missing" >&2; exit 1; }; fi; \
	echo "Installing$$missing"; \
	$$as_root apt-get update -qq && \
	$$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing || { \
		echo "make $@: apt-get could not install$$missing" >&2; exit 1; }

.PHONY: models
models: $(BUILD)/reverie
	$(Q)$(BUILD)/reverie models get googlenet --quiet 2>/dev/null || \
		echo 'models: GoogLeNet cannot be fetched here; `reverie models get googlenet` tries again'
	$(Q)sh models/fetch.sh

# The parts are made one after the other by makes of their own: what one installs, the next looks for.
PARALLEL = $(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$$(nproc))
.PHONY: run
run:
	@$(MAKE) --no-print-directory deps
	@$(PARALLEL) all
	@$(MAKE) --no-print-directory models
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then $(BUILD)/reverie live assets/clouds.mp4; else mkdir -p dream && \
		$(BUILD)/reverie assets/clouds.mp4 -o dream/clouds.mp4 --still dream/clouds.png --force; fi

.PHONY: test test-programs
test:
	@$(MAKE) --no-print-directory deps
	@$(MAKE) --no-print-directory test-deps || echo 'Tests whose tools are missing are skipped.'
	@$(PARALLEL) all test-programs
	@$(MAKE) --no-print-directory models || echo 'Tests that need the network are skipped.'
	@REVERIE=$(BUILD)/reverie sh tests/run $(TEST_PROGRAMS) $(TEST_SCRIPTS)
test-programs: $(TEST_PROGRAMS) lib $(BUILD)/reverie.1 $(BUILD)/tests/bundle/reverie-bench

# All test programs, and the scripts of what runs many threads at once, under the sanitizers, each built
# in a folder of its own. That takes about an hour; parts of it are asked for by name.
SANITIZERS ?= tsan asan
SANITIZE_TESTS ?= $(TEST_PROGRAMS:$(BUILD)/tests/%=%) $(addprefix system/,live inputs display record input remote time)
.PHONY: sanitize
sanitize:
	@set -e; for kind in $(SANITIZERS); do \
		case $$kind in tsan) flags=thread ;; asan) flags=address,undefined ;; esac; \
		$(PARALLEL) SANITIZE=$$flags BUILD=build-$$kind all test-programs; done
	@SANITIZE_TESTS='$(SANITIZE_TESTS)' sh tests/sanitize $(SANITIZERS:%=build-%)

# Inputs made up for every parser of bytes that come from elsewhere; tests/fuzz/README.md tells how.
SECONDS ?= 60
RUNS ?= 0
FUZZ ?= $(FUZZ_TARGETS)
FUZZ_CC ?= clang
.PHONY: fuzz
fuzz:
	@$(PARALLEL) CC='$(FUZZ_CC)' SANITIZE=fuzzer-no-link,address,undefined BUILD=build-fuzz fuzz-programs
	@sh tests/fuzz/run build-fuzz $(SECONDS) $(RUNS) $(FUZZ)

# How many of its lines the unit tests run, for each wing. Threads count together.
COVERAGE = CFLAGS='-O1 -g --coverage -fprofile-update=atomic' LDFLAGS=--coverage BUILD=build-coverage
.PHONY: coverage unit-tests
unit-tests: $(TEST_PROGRAMS)
	@sh tests/run $(TEST_PROGRAMS)
coverage:
	@$(PARALLEL) $(COVERAGE) test-programs
	@find build-coverage -name '*.gcda' -delete
	-@$(MAKE) --no-print-directory $(COVERAGE) unit-tests
	@gcovr --root . --filter app/ --filter engine/ --csv --output build-coverage/lines.csv build-coverage
	@awk -F, 'NR > 1 { split($$1, path, "/"); wing = path[1] "/" path[2]; all[wing] += $$2; run[wing] += $$3 } \
		END { for (wing in all) printf "%-20s %5.1f %% of %5d lines\n", \
			wing, 100 * run[wing] / all[wing], all[wing] }' build-coverage/lines.csv | sort

# Whether the tests notice bugs: tests/mutants/run puts one at a time into a copy, MUTANTS these alone.
MUTANTS ?=
.PHONY: mutants
mutants:
	@CC='$(CC)' sh tests/mutants/run $(MUTANTS)

# For editors and tools that want to know how each file is compiled.
COMPILED = $(ENGINE_SOURCES) $(APP_SOURCES) $(BENCH_SOURCES) $(SUPPORT_SOURCES) $(ENGINE_TESTS) $(APP_TESTS) \
	$(BENCH_TESTS) $(wildcard tests/fuzz/*.c)
compile_commands.json: FORCE
	$(call say,WRITE $@)
	$(Q){ echo '['; before=; for file in $(COMPILED); do \
		printf '%s{"directory": "%s", "file": "%s", "command": "%s -c %s"}\n' "$$before" "$(CURDIR)" \
			"$$file" '$(subst ",\",$(CC) $(ALL_CFLAGS) $(CPPFLAGS) $(ENGINE_CFLAGS) $(APP_CFLAGS))' "$$file"; \
		before=,; done; echo ']'; } > $@

# The networks of other people are timed where the test data is there.
NETWORKS := ../shared/data/nets
COMPARE_STEP := /usr/bin/python3 tests/bench/compare_step.py --program $(BUILD)/reverie-bench
.PHONY: bench
bench: $(BUILD)/reverie-bench
	$(Q)$(COMPARE_STEP)
	$(Q)if [ -f $(NETWORKS)/bvlc_googlenet.onnx ]; then \
		$(COMPARE_STEP) --model $(NETWORKS)/bvlc_googlenet.onnx --input-format caffe-bgr \
			--layers inception_4c/output; fi
	$(Q)if [ -f $(NETWORKS)/SqueezeNet_fp16.onnx ]; then \
		$(COMPARE_STEP) --model $(NETWORKS)/SqueezeNet_fp16.onnx --input-format caffe-bgr \
			--layers fire6/concat_1; fi
	$(Q)/usr/bin/python3 tests/bench/compare_dream.py --program $(BUILD)/reverie-bench

# For a machine with a GPU: tests/bundle/run says how it is used there. It must stay easy to send.
BUNDLE = $(BUILD)/reverie-bundle
BUNDLE_MB = 60
BUNDLE_PROGRAMS = $(BUILD)/tests/bundle/reverie-bench $(patsubst %.c,$(BUILD)/%,$(ENGINE_TESTS))
.PHONY: bundle bundle-programs
bundle-programs: $(BUNDLE_PROGRAMS)
bundle: bundle-programs
	$(call say,BUNDLE $(BUNDLE).tar.gz)
	$(Q)sh tests/bundle/make.sh $(BUILD) $(BUNDLE)
	$(Q)tar -C $(BUILD) -czf $(BUNDLE).tar.gz $(notdir $(BUNDLE))
	$(Q)du -m $(BUNDLE).tar.gz | awk '{ if ($$1 > $(BUNDLE_MB)) { \
		print "make bundle: " $$1 " MB are more than $(BUNDLE_MB)"; exit 1 } }'

# What the kernels of GPUs take of NVIDIA's multiprocessors; needs clang, libclc-14 and CUDA's ptxas.
.PHONY: ptx
ptx:
	$(Q)python3 tests/bench/ptx.py

# The same of the kernels of matrix units on Intel's and AMD's; needs ocloc, clang since 16 and libclc-14.
.PHONY: units
units:
	$(Q)python3 tests/bench/units.py

# Hours of a live session in which everything fails by turns.
HOURS ?= 1
.PHONY: soak
soak: $(BUILD)/reverie
	$(Q)/usr/bin/python3 tests/bench/soak.py $(HOURS) $(BUILD)/reverie

.PHONY: kernels
kernels: $(BUILD)/reverie
	$(Q)$(BUILD)/reverie kernels

# The tables of options in README.md, from the table of options.
.PHONY: readme
readme: $(BUILD)/tests/unit/app/options/readme
	$(Q)REVERIE_WRITE_README=1 $< >/dev/null

.PHONY: reference
reference:
	$(Q)npm install --silent --no-audit --no-fund --ignore-scripts --prefix build-reference onnxruntime-node@1.30.0

# Includes are read from the sources, calls from the objects.
.PHONY: lint-wings
lint-wings: $(BUILD)/reverie
	$(call say,LINT wings)
	$(Q)python3 tests/lint/wings.py --build $(BUILD)
	$(call say,LINT interface)
	$(Q)python3 tests/lint/interface.py

LINTED = $(sort $(shell find app engine tests -name '*.[ch]'))
HEADERS = $(filter %.h,$(LINTED))
.PHONY: format lint lint-headers
format:
	$(call say,FORMAT app engine tests)
	$(Q)clang-format -i $(LINTED)
lint: lint-headers lint-wings
	$(call say,LINT top)
	$(Q)! git ls-files 2>/dev/null | \
		grep -vE '^(app|engine|shaders|models|assets|tests)/|^(Makefile|README\.md|LICENSE)$$|^\.' | \
		sed 's/$$/: not what is kept at the top/' | grep .
	$(call say,LINT layout)
	$(Q)clang-format --dry-run -Werror $(LINTED)
	$(call say,LINT cppcheck)
	$(Q)! command -v cppcheck >/dev/null || cppcheck --quiet --error-exitcode=1 --inline-suppr \
		--std=c11 --enable=warning,portability -I. -D_GNU_SOURCE --suppress=missingIncludeSystem \
		$(filter %.c,$(LINTED))

# Every header must stand on its own.
lint-headers: $(BUILD)/onnx.pb-c.c $(BUILD)/caffe.pb-c.c
	$(Q)for header in $(HEADERS); do \
		echo "#include \"$$header\"" | $(CC) $(ALL_CFLAGS) -Werror $(CPPFLAGS) $(ENGINE_CFLAGS) $(APP_CFLAGS) \
			-fsyntax-only -x c - || exit 1; done

$(BUILD)/reverie.1: $(BUILD)/reverie
	$(call say,MAN $@)
	$(Q)$(BUILD)/reverie man > $@.tmp && mv $@.tmp $@

ROOT = $(DESTDIR)$(PREFIX)
SHARE = $(ROOT)/share
# Where systemd looks in /usr, in /usr/local and in a home alike.
UNITS = $(SHARE)/systemd/user
PUBLIC_HEADERS = $(wildcard engine/reverie*.h)
.PHONY: install install-files uninstall clean
install: $(BUILD)/reverie $(BUILD)/reverie.1 lib
	@$(MAKE) --no-print-directory install-files
# What is built, as it is.
install-files:
	install -Dm755 $(BUILD)/reverie $(ROOT)/bin/reverie
	install -Dm644 -t $(ROOT)/include $(PUBLIC_HEADERS)
	install -Dm644 $(BUILD)/libreverie.a $(ROOT)/lib/libreverie.a
	install -Dm755 $(BUILD)/libreverie.so.$(VERSION) $(ROOT)/lib/libreverie.so.$(VERSION)
	ln -sf libreverie.so.$(VERSION) $(ROOT)/lib/$(SONAME)
	ln -sf $(SONAME) $(ROOT)/lib/libreverie.so
	install -d $(ROOT)/lib/pkgconfig
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' -e 's|@LIBS@|$(ENGINE_LIBS)|' \
		engine/reverie.pc.in > $(ROOT)/lib/pkgconfig/reverie.pc
	install -Dm644 $(BUILD)/reverie.1 $(SHARE)/man/man1/reverie.1
	install -d $(UNITS)
	sed -e 's|@PREFIX@|$(PREFIX)|' assets/reverie.service > $(UNITS)/reverie.service
	install -Dm644 -t $(SHARE)/reverie/presets assets/presets/*.preset
	install -Dm644 -t $(SHARE)/reverie/scores assets/scores/*.score
	install -Dm644 -t $(SHARE)/reverie assets/clouds.mp4
	@for network in $(wildcard models/googlenet.onnx models/inception_v3.onnx); do \
		echo install -Dm644 -t $(SHARE)/reverie/models $$network; \
		install -Dm644 -t $(SHARE)/reverie/models $$network || exit 1; done
# Networks that were fetched or put there since stay.
uninstall:
	rm -f $(UNITS)/reverie.service
	rm -f $(ROOT)/bin/reverie $(addprefix $(ROOT)/include/,$(notdir $(PUBLIC_HEADERS)))
	rm -f $(ROOT)/lib/libreverie.a $(ROOT)/lib/libreverie.so \
		$(ROOT)/lib/$(SONAME) $(ROOT)/lib/libreverie.so.$(VERSION) $(ROOT)/lib/pkgconfig/reverie.pc \
		$(SHARE)/man/man1/reverie.1
	rm -rf $(SHARE)/reverie/presets $(SHARE)/reverie/scores $(SHARE)/reverie/clouds.mp4 \
		$(SHARE)/reverie/models/googlenet.onnx $(SHARE)/reverie/models/inception_v3.onnx
	rmdir $(SHARE)/reverie/models $(SHARE)/reverie 2>/dev/null || true
clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
