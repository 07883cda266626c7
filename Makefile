# ctrace: one non-recursive Makefile. `make help` lists the targets.
# Everything generated goes below $(BUILD); sources are found by folder, so a new .cc file needs no
# line here. Header dependencies are the compiler's own (-MMD).

BUILD    ?= build
PREFIX   ?= /usr/local
DESTDIR  ?=
VERSION  := 0.1.0

CXX      ?= g++
CLANG    ?= clang
BPFTOOL  ?= $(firstword $(wildcard /usr/sbin/bpftool /usr/local/sbin/bpftool) bpftool)
FLATC    ?= flatc
OPT      ?= -O2
SANITIZE ?=

CXXFLAGS += -std=c++20 $(OPT) -g -Wall -Wextra -Werror -MMD -MP $(SANITIZE)
CPPFLAGS += -I. -I$(BUILD)/gen -DCTRACE_VERSION='"$(VERSION)"'
LDFLAGS  += $(SANITIZE)
ifeq ($(shell uname -m),x86_64)
CXXFLAGS += -march=x86-64-v2
endif

LIBRARY_LIBS := -lzstd -lcrypto -lxxhash -lboost_program_options
RECORD_LIBS  := -lbpf -lelf -lz -lpthread
ANALYZE_LIBS := -lseccomp

PROGRAMS := ctrace-record ctrace-replay ctrace-analyze
BINARIES := $(PROGRAMS:%=$(BUILD)/%)

objects = $(patsubst %.cc,$(BUILD)/obj/%.o,$(1))
LIBRARY_SOURCES := $(wildcard format/*.cc format/*/*.cc)
RECORD_SOURCES  := $(wildcard record/*.cc)
REPLAY_SOURCES  := $(wildcard replay/*.cc)
ANALYZE_SOURCES := $(wildcard analyze/*.cc)
UNIT_SOURCES    := $(wildcard tests/unit/*.cc tests/corrupt/*.cc)
# A program's parts without its main(), for the tests.
TESTED_SOURCES  := $(filter-out %_main.cc,$(RECORD_SOURCES) $(REPLAY_SOURCES) $(ANALYZE_SOURCES))
SCHEMA_HEADER   := $(BUILD)/gen/format/file/ctr_generated.h

.DEFAULT_GOAL := all
.PHONY: all
all: $(BINARIES) ## build the three programs

$(SCHEMA_HEADER): format/file/ctr.fbs
	@mkdir -p $(@D)
	$(FLATC) --cpp --scoped-enums -o $(@D) $<

$(BUILD)/obj/%.o: %.cc | generated
	@mkdir -p $(@D)
	$(CXX) $(CPPFLAGS) $(CXXFLAGS) -c -o $@ $<

.PHONY: generated
generated: $(if $(wildcard format/file/ctr.fbs),$(SCHEMA_HEADER))

$(BUILD)/libctrace.a: $(call objects,$(LIBRARY_SOURCES))
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/ctrace-record: $(call objects,$(RECORD_SOURCES)) $(BUILD)/libctrace.a
	$(CXX) $(LDFLAGS) -o $@ $^ $(RECORD_LIBS) $(LIBRARY_LIBS)
$(BUILD)/ctrace-replay: $(call objects,$(REPLAY_SOURCES)) $(BUILD)/libctrace.a
	$(CXX) $(LDFLAGS) -o $@ $^ $(LIBRARY_LIBS)
$(BUILD)/ctrace-analyze: $(call objects,$(ANALYZE_SOURCES)) $(BUILD)/libctrace.a
	$(CXX) $(LDFLAGS) -o $@ $^ $(ANALYZE_LIBS) $(LIBRARY_LIBS)

$(BUILD)/unit_tests: $(call objects,$(UNIT_SOURCES) $(TESTED_SOURCES)) $(BUILD)/libctrace.a
	$(CXX) $(LDFLAGS) -o $@ $^ -lgtest -lgtest_main $(RECORD_LIBS) $(ANALYZE_LIBS) $(LIBRARY_LIBS)

$(BUILD)/file_bench: $(call objects,tests/bench/file_bench.cc) $(BUILD)/libctrace.a
	$(CXX) $(LDFLAGS) -o $@ $^ -lbenchmark -lpthread $(LIBRARY_LIBS)

.PHONY: bench-library
bench-library: $(BUILD)/file_bench ## measure encoding, decoding and selection of recordings
	$(BUILD)/file_bench

.PHONY: clean
clean: ## remove everything that was built
	rm -rf $(BUILD)

.PHONY: format
format: ## clang-format all sources in place
	clang-format -i $$(git ls-files '*.cc' '*.h' '*.c')

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z][a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 24

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
