# Reverie. `make help` lists what can be made.

BUILD ?= build
PREFIX ?= /usr/local
DESTDIR ?=
CC ?= cc
PACKAGES = OpenCL libprotobuf-c libavformat libavcodec libavfilter libavdevice libswscale libswresample libavutil

CFLAGS ?= -O2 -g
CPPFLAGS += -I. -I$(BUILD) -D_GNU_SOURCE -DCL_TARGET_OPENCL_VERSION=120
WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef
ALL_CFLAGS = -std=c11 $(WARNINGS) $(CFLAGS) -pthread
ALL_LDFLAGS = $(LDFLAGS) -pthread
ifeq ($(DEVELOPER),1)
ALL_CFLAGS += -Werror
endif
ifneq ($(SANITIZE),)
ALL_CFLAGS += -fsanitize=$(SANITIZE) -fno-omit-frame-pointer
ALL_LDFLAGS += -fsanitize=$(SANITIZE)
endif
Q = $(if $(V),,@)
say = $(if $(V),,@echo "  $(1)")

# pkg-config is asked only once it is there: `make deps` must work before it is installed.
PACKAGE_CFLAGS = $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
PACKAGE_LIBS = $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)
CLBLAST = $(shell pkg-config --exists clblast 2>/dev/null && echo 1)
ifeq ($(CLBLAST),1)
CPPFLAGS += -DHAVE_CLBLAST
PACKAGE_LIBS += -lclblast
endif

ENGINE_SOURCES = $(sort $(wildcard engine/*.c))
APP_SOURCES = $(sort $(wildcard app/*.c))
SHADERS = $(sort $(wildcard shaders/*.cl))
TEST_SOURCES = $(sort $(wildcard tests/test_*.c))
TEST_SCRIPTS = $(sort $(wildcard tests/*_test.sh))
GENERATED = $(BUILD)/onnx.pb-c.o $(BUILD)/shader_sources.o

ENGINE_OBJECTS = $(ENGINE_SOURCES:%.c=$(BUILD)/%.o) $(GENERATED)
APP_OBJECTS = $(APP_SOURCES:%.c=$(BUILD)/%.o)
LIBRARY_OBJECTS = $(ENGINE_OBJECTS) $(filter-out $(BUILD)/app/main.o,$(APP_OBJECTS))
TEST_SUPPORT = $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(TEST_SOURCES),$(sort $(wildcard tests/*.c))))
TEST_PROGRAMS = $(TEST_SOURCES:%.c=$(BUILD)/%)

.PHONY: all
all: $(BUILD)/reverie

$(BUILD)/reverie: $(ENGINE_OBJECTS) $(APP_OBJECTS)
	$(call say,LINK $@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PACKAGE_LIBS) -lm

$(BUILD)/tests/test_%: $(BUILD)/tests/test_%.o $(TEST_SUPPORT) $(LIBRARY_OBJECTS)
	$(call say,LINK $@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PACKAGE_LIBS) -lm

$(BUILD)/%.o: %.c $(BUILD)/flags
	$(call say,CC $<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(CPPFLAGS) $(PACKAGE_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/%.o: $(BUILD)/%.c $(BUILD)/flags
	$(call say,CC $<)
	$(Q)$(CC) $(ALL_CFLAGS) -w $(CPPFLAGS) $(PACKAGE_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/engine/onnx%.o: $(BUILD)/onnx.pb-c.c

$(BUILD)/onnx.pb-c.c: engine/onnx.proto
	$(call say,PROTOC $<)
	$(Q)mkdir -p $(@D)
	$(Q)protoc-c --proto_path=engine --c_out=$(BUILD) onnx.proto

# Each shader becomes one C string; #line keeps the compiler's messages pointing at the real file.
$(BUILD)/shader_sources.c: $(SHADERS) shaders/embed.sh
	$(call say,EMBED shaders)
	$(Q)mkdir -p $(@D)
	$(Q)sh shaders/embed.sh $(SHADERS) > $@.tmp && mv $@.tmp $@

# Objects depend on this stamp, so that changed flags rebuild them.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(ALL_CFLAGS) $(CPPFLAGS)' | cmp -s - $@ || echo '$(CC) $(ALL_CFLAGS) $(CPPFLAGS)' > $@
.PHONY: FORCE
FORCE:

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
