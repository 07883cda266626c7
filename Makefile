# ctrace: one non-recursive Makefile. `make help` lists the targets.
# Everything generated goes below $(BUILD); sources are found by folder, so a new .cc file needs no
# line here. Header dependencies are the compiler's own (-MMD).

# What is built for: x86_64 or arm64. Another machine than this one wants `make static ARCH=arm64`:
# names of folders and tools follow from it.
HOST_ARCH := $(patsubst aarch64,arm64,$(shell uname -m))
ARCH      ?= $(HOST_ARCH)
MULTIARCH := $(patsubst arm64,aarch64,$(ARCH))-linux-gnu
ifneq ($(ARCH),$(HOST_ARCH))
CXX      := $(CCACHE) $(MULTIARCH)-g++
AR       := $(MULTIARCH)-ar
CROSS    := -$(ARCH)
endif

BUILD    ?= build$(CROSS)
PREFIX   ?= /usr/local
DESTDIR  ?=
VERSION  := 0.1.0

CXX      ?= g++
CLANG    ?= clang
BPFTOOL  ?= $(firstword $(wildcard /usr/sbin/bpftool /usr/local/sbin/bpftool) bpftool)
FLATC    ?= flatc
COMPILER  = $(CXX)
OPT      ?= -O2
# Lines and functions for a backtrace; DEBUG=-g adds variables for a debugger, and a fourth of the time.
DEBUG    ?= -g1
SANITIZE ?=

CXXFLAGS += -std=c++20 $(OPT) $(DEBUG) -Wall -Wextra -Werror -MMD -MP $(SANITIZE)
CPPFLAGS += -I. -I$(BUILD)/gen -DCTRACE_VERSION='"$(VERSION)"'
LDFLAGS  += $(SANITIZE)
ifeq ($(ARCH),x86_64)
CXXFLAGS += -march=x86-64-v2
endif

LIBRARY_LIBS := -lzstd -lcrypto -lxxhash -lboost_program_options
RECORD_LIBS  := -lbpf -lelf -lz -lpthread
PROFILE_LIBS := -lseccomp

PROGRAMS := ctrace-record ctrace-replay ctrace-analyze
BINARIES := $(PROGRAMS:%=$(BUILD)/%)

objects = $(patsubst %.cc,$(BUILD)/obj/%.o,$(1))
LIBRARY_SOURCES := $(wildcard format/*.cc format/*/*.cc)
RECORD_SOURCES  := $(wildcard record/*.cc record/*/*.cc)
REPLAY_SOURCES  := $(wildcard replay/*.cc)
ANALYZE_SOURCES := $(wildcard analyze/*.cc)
UNIT_SOURCES    := $(wildcard tests/unit/*.cc tests/corrupt/*.cc)
# Of these a build may take the objects of another one, $(LENDER), and makes the others itself.
LENT_UNIT_SOURCES ?=
OWN_UNIT_SOURCES = $(filter-out $(LENT_UNIT_SOURCES),$(UNIT_SOURCES))
# A program's parts without its main(), for the tests.
TESTED_SOURCES  := $(filter-out %_main.cc,$(RECORD_SOURCES) $(REPLAY_SOURCES) $(ANALYZE_SOURCES))
SCHEMA_HEADER   := $(BUILD)/gen/format/file/ctr_generated.h
BPF_SKELETON    := $(BUILD)/gen/bpf/capture.skel.h $(BUILD)/gen/bpf/capture_newer.skel.h

.DEFAULT_GOAL := all
.PHONY: all
all: $(BINARIES) ## build the three programs

$(SCHEMA_HEADER): format/file/ctr.fbs
	@mkdir -p $(@D)
	$(FLATC) --cpp --scoped-enums -o $(@D) $<

# The kernel side: one object for all kernels (CO-RE), embedded into the recorder as a skeleton, and one for
# newer kernels without what they never run (bpf/ring.bpf.h).
BPF_ARCH   := $(patsubst x86_64,x86,$(ARCH))
BPF_CFLAGS := -g -O2 -target bpf -mcpu=v3 -D__TARGET_ARCH_$(BPF_ARCH) -I. \
              -I/usr/include/$(MULTIARCH) -Wall -Wextra -Wno-unused-parameter -Werror
$(BUILD)/obj/bpf/capture_newer.bpf.o: BPF_CFLAGS += -DCTRACE_NEWER
$(BUILD)/obj/bpf/capture.bpf.o $(BUILD)/obj/bpf/capture_newer.bpf.o: bpf/capture.bpf.c
	@mkdir -p $(@D)
	$(CLANG) $(BPF_CFLAGS) -MMD -MP -c -o $@ $<
$(BPF_SKELETON): $(BUILD)/gen/bpf/%.skel.h: $(BUILD)/obj/bpf/%.bpf.o
	@mkdir -p $(@D)
	$(BPFTOOL) gen skeleton $< name $* > $@.tmp && mv $@.tmp $@

$(BUILD)/obj/%.o: %.cc | generated
	@mkdir -p $(@D)
	$(COMPILER) $(CPPFLAGS) $(CXXFLAGS) $(PRECOMPILED) -c -o $@ $<

.PHONY: generated
generated: $(SCHEMA_HEADER) $(BPF_SKELETON)

$(BUILD)/libctrace.a: $(call objects,$(LIBRARY_SOURCES))
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/ctrace-record: $(call objects,$(RECORD_SOURCES)) $(BUILD)/libctrace.a
	$(CXX) $(LDFLAGS) -o $@ $^ $(RECORD_LIBS) $(LIBRARY_LIBS)
$(BUILD)/ctrace-replay: $(call objects,$(REPLAY_SOURCES)) $(BUILD)/libctrace.a
	$(CXX) $(LDFLAGS) -o $@ $^ $(PROFILE_LIBS) $(LIBRARY_LIBS)
$(BUILD)/ctrace-analyze: $(call objects,$(ANALYZE_SOURCES)) $(BUILD)/libctrace.a
	$(CXX) $(LDFLAGS) -o $@ $^ $(PROFILE_LIBS) $(LIBRARY_LIBS)

# What is tested comes before the tests: of an inline function that both hold the linker takes the first,
# and that is to be the optimized (or sanitized) one, as in the programs.
$(BUILD)/unit_tests: $(call objects,$(TESTED_SOURCES) $(LIBRARY_SOURCES) $(OWN_UNIT_SOURCES)) $(LENT_UNIT_SOURCES:%.cc=$(LENDER)/obj/%.o)
	$(CXX) $(LDFLAGS) -o $@ $^ -lgtest -lgtest_main $(RECORD_LIBS) $(PROFILE_LIBS) $(LIBRARY_LIBS)

# ---- tests ----

# Tests are built once and run once: optimizing them takes longer than it saves. Clang with headers that
# are parsed once compiles a test in a seventh of the time that g++ takes, and warns of other things.
TEST_CXX ?= $(CCACHE) clang++
PCH      := $(BUILD)/gen/tests/precompiled.h
# Their own, and not of what they need: the flags of a precompiled header are those of what uses it.
$(BUILD)/obj/tests/unit/%.o $(BUILD)/obj/tests/corrupt/%.o $(PCH).pch: private OPT := -O0
$(BUILD)/obj/tests/unit/%.o $(BUILD)/obj/tests/corrupt/%.o $(PCH).pch: private DEBUG := -g1
$(BUILD)/obj/tests/unit/%.o $(BUILD)/obj/tests/corrupt/%.o $(PCH).pch: private COMPILER := $(TEST_CXX)
$(BUILD)/obj/tests/unit/%.o $(BUILD)/obj/tests/corrupt/%.o: private PRECOMPILED := -include $(PCH)
$(call objects,$(UNIT_SOURCES)): | $(PCH).pch
$(PCH).pch: tests/precompiled.h
	@mkdir -p $(@D)
	@cp $< $(PCH)
	$(COMPILER) $(CPPFLAGS) $(CXXFLAGS) -fpch-instantiate-templates -x c++-header -o $@ $(PCH)
# Of the programs with PRECOMPILE=1, as `make test` has it (tests/includes.py then says what a file lacks):
# clang takes that of the tests, g++ is slower with more than the standard library in it.
ifneq ($(PRECOMPILE),)
ifneq ($(findstring clang,$(CXX)),)
PRECOMPILED := -include $(PCH)
generated: $(PCH).pch
else
STD_PCH     := $(BUILD)/gen/tests/standard.h
# g++ 12 forgets there that the standard library is none of ours, and takes some of std::string for faults.
# A build without the header has these warnings.
PRECOMPILED := -include $(STD_PCH) -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread
generated: $(STD_PCH).gch
$(STD_PCH).gch: tests/precompiled.h
	@mkdir -p $(@D)
	@grep '^#include <[a-z_]*>$$' $< >$(STD_PCH)
	$(COMPILER) $(CPPFLAGS) $(CXXFLAGS) -x c++-header -o $@ $(STD_PCH)
endif
endif

# Targets that do all by themselves use all CPUs.
JOBS := -j$(shell nproc)
# The same tests, and all that they test built with the address and undefined behaviour sanitizers, as are the
# tests of hostile files, whose buffers it reads; and what has threads, tests included, with the thread
# sanitizer.
ASAN := BUILD=$(BUILD)-asan LENDER=$(BUILD) LENT_UNIT_SOURCES='$(wildcard tests/unit/*.cc)' OPT=-O0 DEBUG=-g1 CXX='$(TEST_CXX)' PRECOMPILE=1 \
        SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=all'
TSAN := BUILD=$(BUILD)-tsan OPT=-O1 CXX='$(TEST_CXX)' PRECOMPILE= SANITIZE=-fsanitize=thread UNIT_SOURCES='tests/unit/drain_test.cc tests/unit/background_writer_test.cc' \
        TESTED_SOURCES='record/drain.cc record/ring_reader.cc' \
        LIBRARY_SOURCES='$(wildcard format/base/*.cc format/catalogue/*.cc format/file/*.cc format/model/*.cc)'
CHECK_SUITES := style unit sanitized threads golden python

.PHONY: test check check-live test-programs deps
test: deps ## install what is missing, build and run every test; the last line counts them
	@$(MAKE) --no-print-directory $(JOBS) PRECOMPILE=1 test-programs
	@BUILD=$(BUILD) tests/run.sh $(CHECK_SUITES) live
check: test-programs ## the tests that need no privileges
	@BUILD=$(BUILD) tests/run.sh $(CHECK_SUITES)
check-live: all $(BUILD)/unit_tests ## the tests on real containers (root)
	@BUILD=$(BUILD) tests/run.sh live
# What takes long, on demand. SOAK_CSV=FILE keeps what the soak measured.
SOAK_MINUTES ?= 30
.PHONY: soak check-kill check-profiles check-churn check-check check-browser
soak: all ## record ten containers that start and stop for SOAK_MINUTES (30); memory must stay flat (root)
	@BUILD=$(BUILD) SOAK_SECONDS=$$((60 * $(SOAK_MINUTES))) \
		CTRACE_LIVE_TIMEOUT=$$((120 * $(SOAK_MINUTES) + 300)) tests/live/run.sh soak
	@cat $(BUILD)/live/soak.log
check-profiles: all ## record real programs, and run each under its profile ROUNDS (10) times (root)
	@tests/deps.sh profiles
	@BUILD=$(BUILD) tests/profiles/run.sh $(ROWS)
check-check: all ## compare what check says with the kernel's audit log for CHECK_PROFILES (200) random profiles (root)
	@BUILD=$(BUILD) CHECK_PROFILES=$${CHECK_PROFILES:-200} CTRACE_LIVE_TIMEOUT=1800 tests/live/run.sh check
	@cat $(BUILD)/live/check.log
check-kill: all ## kill -9 the recorder KILLS (100) times (root)
	@BUILD=$(BUILD) KILLS=$${KILLS:-100} KILL_AGE_LIMIT=1 CTRACE_LIVE_TIMEOUT=1800 tests/live/run.sh kill
	@cat $(BUILD)/live/kill.log
check-churn: all ## record CHURN (10000) containers that follow one another without a pause (root)
	@BUILD=$(BUILD) CHURN=$${CHURN:-10000} CTRACE_LIVE_TIMEOUT=1800 tests/live/run.sh churn
	@cat $(BUILD)/live/churn.log
check-browser: all ## Chromium's sandbox, of the installed browser, is no container (root)
	@tests/deps.sh live browser
	@BUILD=$(BUILD) REQUIRE_BROWSER=1 CTRACE_REQUIRE_LIVE=1 tests/live/run.sh no_container
	@cat $(BUILD)/live/no_container.log
test-programs: all $(BUILD)/unit_tests
	@$(MAKE) --no-print-directory $(ASAN) $(BUILD)-asan/unit_tests
	@$(MAKE) --no-print-directory $(TSAN) $(BUILD)-tsan/unit_tests
deps:
	@tests/deps.sh build live engines

# Static programs for kernels in a VM (and for any other host: copy ctrace-record and run it): the same
# objects, linked otherwise.
STATIC_LINK = @mkdir -p $(@D) && $(CXX) -static -o $@
.PHONY: static check-kernels
ifeq ($(CROSS),)
static: $(PROGRAMS:%=$(BUILD)-static/%) ## build static programs into build-static/ (ARCH=arm64: build-arm64-static/)
else
static:
	@tests/deps.sh build cross-$(ARCH)
	@$(MAKE) --no-print-directory $(PROGRAMS:%=$(BUILD)-static/%)
endif
$(BUILD)-static/ctrace-record: $(call objects,$(RECORD_SOURCES)) $(BUILD)/libctrace.a
	$(STATIC_LINK) $^ $(RECORD_LIBS) $(LIBRARY_LIBS) 2>$@.log || { cat $@.log; exit 1; }
$(BUILD)-static/ctrace-replay: $(call objects,$(REPLAY_SOURCES)) $(BUILD)/libctrace.a
	$(STATIC_LINK) $^ $(PROFILE_LIBS) $(LIBRARY_LIBS) 2>$@.log || { cat $@.log; exit 1; }
$(BUILD)-static/ctrace-analyze: $(call objects,$(ANALYZE_SOURCES)) $(BUILD)/libctrace.a
	$(STATIC_LINK) $^ $(PROFILE_LIBS) $(LIBRARY_LIBS) 2>$@.log || { cat $@.log; exit 1; }
check-kernels: static ## boot kernels 5.10 to the newest under qemu, and run the core of the live tests in each
	@tests/deps.sh kernels
	$(if $(findstring -arm64,$(KERNELS)),@tests/deps.sh kernels-arm64 && $(MAKE) --no-print-directory static ARCH=arm64)
	@BUILD=$(BUILD)-static tests/kernels/run.sh $(KERNELS)

.PHONY: own-calls
own-calls: all ## add what a recording of each program shows to the calls it confines itself to (root)
	@BUILD=$(BUILD) UPDATE_OWN_CALLS=1 bash tests/live/confine.test.sh

.PHONY: demo
demo: ## install what is missing, build, and show the three programs on a real container
	@tests/deps.sh
	@$(MAKE) --no-print-directory $(JOBS) all
	@BUILD=$(BUILD) tests/demo.sh

# ---- benchmarks ----

BENCH_SOURCES := $(wildcard tests/bench/*_bench.cc)
BENCHMARKS    := $(BENCH_SOURCES:tests/bench/%.cc=$(BUILD)/bench/%)
$(BENCHMARKS): $(BUILD)/bench/%: $(BUILD)/obj/tests/bench/%.o $(BUILD)/libctrace.a
	@mkdir -p $(@D)
	$(CXX) $(LDFLAGS) -o $@ $^ -lbenchmark_main -lbenchmark -lpthread $(LIBRARY_LIBS)
$(BUILD)/bench/large_file: $(BUILD)/obj/tests/bench/large_file.o $(BUILD)/libctrace.a
	@mkdir -p $(@D)
	$(CXX) $(LDFLAGS) -o $@ $^ -lpthread $(LIBRARY_LIBS)
$(BUILD)/bench/syscall_loop: tests/bench/syscall_loop.c
	@mkdir -p $(@D)
	$(CC) -O2 -no-pie -Wall -Wextra -Werror -o $@ $<
$(BUILD)/obj/tests/bench/empty_exit.bpf.o: tests/bench/empty_exit.bpf.c
	@mkdir -p $(@D)
	$(CLANG) $(BPF_CFLAGS) -c -o $@ $<
$(BUILD)/gen/tests/bench/empty_exit.skel.h: $(BUILD)/obj/tests/bench/empty_exit.bpf.o
	@mkdir -p $(@D)
	$(BPFTOOL) gen skeleton $< name empty_exit > $@.tmp && mv $@.tmp $@
$(BUILD)/obj/tests/bench/empty_exit.o: $(BUILD)/gen/tests/bench/empty_exit.skel.h
$(BUILD)/bench/empty_exit: $(BUILD)/obj/tests/bench/empty_exit.o
	@mkdir -p $(@D)
	$(CXX) $(LDFLAGS) -o $@ $^ $(RECORD_LIBS)

.PHONY: bench bench-library bench-record bench-large
bench: bench-library bench-record ## measure the library and what recording costs (root)
bench-library: $(BENCHMARKS) ## measure encode, decode, select and print
	@for program in $(BENCHMARKS); do $$program || exit 1; done
bench-large: all $(BUILD)/bench/large_file ## measure what a recording of EVENTS (100000000) takes to analyse
	@BUILD=$(BUILD) tests/bench/large.sh $(EVENTS)
bench-record: all $(BUILD)/bench/syscall_loop $(BUILD)/bench/empty_exit ## measure what recording costs (root)
	@tests/bench/record_bench.py --build $(BUILD)

# ---- the rest ----

# Where podman and CRI-O look for hooks of the machine's own, whatever PREFIX is: oci-hooks(5).
HOOKS_DIR ?= /etc/containers/oci/hooks.d
.PHONY: install
install: all ## install below PREFIX (/usr/local) and the OCI hook into HOOKS_DIR, under DESTDIR
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/doc/ctrace
	install -m 755 $(BINARIES) $(DESTDIR)$(PREFIX)/bin
	install -m 644 README.md LICENSE format/FORMAT.md $(DESTDIR)$(PREFIX)/share/doc/ctrace
	install -d $(DESTDIR)$(HOOKS_DIR)
	sed 's|@PREFIX@|$(PREFIX)|' record/oci-hook.json.in >$(DESTDIR)$(HOOKS_DIR)/ctrace.json

.PHONY: clean
clean: ## remove everything that was built
	rm -rf $(BUILD) $(BUILD)-*

.PHONY: format
format: ## clang-format all C++ sources in place
	clang-format -i $$(git ls-files '*.cc' '*.h' ':!bpf')

.PHONY: help
help: ## list the targets
	@echo 'ctrace: record, replay and analyse what containers do. Targets:'
	@sed -n 's/^\([a-z][a-z-]*\):.*## /  make \1|/p' $(MAKEFILE_LIST) | \
		awk -F'|' '{printf "%-22s %s\n", $$1, $$2}'
	@echo 'Variables: ARCH BUILD PREFIX DESTDIR CXX OPT SANITIZE'

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
