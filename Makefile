# mldbg: `make help` lists what there is to make. No file is named here: adding one to a folder is enough.
#
#   BUILD=DIR          where things are built                      CC=clang        another compiler
#   SANITIZE=address   or undefined, thread, several by commas     DEVELOPER=1     the long list of warnings, as errors
#   FLOORS="base ..."  build only these floors into the library    TESTS="test_x"  only these unit tests
#   V=1                show the commands                           CFLAGS, LDFLAGS, PREFIX, DESTDIR, PYTHON as usual

CFLAGS  ?= -O2 -g
PREFIX  ?= /usr/local
PYTHON  ?= python3
SECONDS ?= 60
BUILD   ?= build$(SANITIZE:%=-%)
FLOORS  ?= $(shell sed -n 's/^\([a-z]*\):.*/\1/p' src/floors.txt)
TESTS   ?= $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/test_*.c))

# ---- Files ----

MAIN    := src/cli/main.c
SOURCES := $(sort $(foreach floor,$(FLOORS),$(wildcard src/$(floor)/*.c src/$(floor)/*/*.c)))
PRODUCT := src/backend/cpu/product_f32.c
OBJECTS := $(patsubst src/%.c,$(BUILD)/%.o,$(filter-out $(MAIN) $(PRODUCT),$(SOURCES)))
UNITS   := $(TESTS:%=$(BUILD)/tests/%)
FUZZERS := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
REPLAYS := $(FUZZERS:%=$(BUILD)/tests/%)

# ---- Flags ----

TARGET := $(shell $(CC) -dumpmachine 2>/dev/null)

# $(call supported,FLAGS): those that the compiler takes without a word.
accepts   = $(shell $(CC) -Werror $(1) -fsyntax-only -x c /dev/null >/dev/null 2>&1 && echo $(1))
supported = $(or $(call accepts,$(1)),$(foreach flag,$(1),$(call accepts,$(flag))))

# No fast-math and no -march=native; -ffp-contract=off keeps the bits the same for both compilers.
COMPILE := -std=c11 -D_GNU_SOURCE -pthread -Iinclude -ffp-contract=off -fno-strict-aliasing -fno-common -fvisibility=hidden \
           -fPIE -ffile-prefix-map=$(CURDIR)=. $(shell pkg-config --cflags-only-I openblas 2>/dev/null)
LINK    := $(if $(findstring apple,$(TARGET)),,-pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,--as-needed)
LDLIBS  := -pthread $(shell pkg-config --libs-only-L openblas 2>/dev/null) -lopenblas -lcjson -lcsv -lm -ldl

COMPILE += -Wall -Wextra -Wformat=2 -Wvla -Wstrict-prototypes -Wimplicit-fallthrough -Werror=format-security \
           -Werror=implicit -Werror=incompatible-pointer-types -Werror=int-conversion
ifdef DEVELOPER
COMPILE += -Werror -Wpedantic -Wshadow -Wmissing-prototypes -Wundef -Wpointer-arith -Wwrite-strings -Wcast-qual \
           -Wdouble-promotion -Wconversion -Wsign-conversion -Wfloat-conversion -Wnull-dereference
COMPILE += $(call supported,-Wtrampolines -Wbidi-chars=any -Wduplicated-cond -Wlogical-op -Walloc-zero)
endif

ifdef SANITIZE
COMPILE += -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer
LINK    += -fsanitize=$(SANITIZE)
else
COMPILE += -fstack-protector-strong -fno-strict-overflow -fno-delete-null-pointer-checks
COMPILE += $(if $(filter -O0,$(CFLAGS)),,$(if $(filter -O%,$(CFLAGS)),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3))
COMPILE += $(call supported,-fstack-clash-protection $(if $(filter x86_64-%,$(TARGET)),-fcf-protection=full) \
           $(if $(filter aarch64-%,$(TARGET)),-mbranch-protection=standard))
COMPILE += $(call supported,-ftrivial-auto-var-init=zero -fstrict-flex-arrays=3 -fzero-init-padding-bits=all)
endif

# Kernels may assume that no one reads errno or floating-point traps; values are never touched by that. For wider
# vector units the same source is compiled again, and backend/cpu/cpu.c chooses at run time.
KERNEL         := -O3 -fno-math-errno -fno-trapping-math -fstrict-overflow \
                  $(subst zero,uninitialized,$(filter -ftrivial-auto-var-init=zero,$(COMPILE)))
KERNEL_avx2    := -mavx2 -mfma -DKERNEL_ISA=avx2
KERNEL_avx512  := -mavx512f -mavx512vl -mavx512dq -mavx512bw -mavx2 -mfma -mprefer-vector-width=512 -DKERNEL_ISA=avx512
ifneq ($(and $(filter x86_64-%,$(TARGET)),$(filter backend,$(FLOORS))),)
KERNEL_VARIANTS := avx2 avx512
OBJECTS += $(foreach isa,$(KERNEL_VARIANTS),$(foreach type,f32 f64,$(BUILD)/backend/cpu/kernels_$(type).$(isa).o))
OBJECTS += $(PRODUCT:src/%.c=$(BUILD)/%.o)
endif

ifdef COVER
COMPILE += --coverage
LINK    += --coverage
endif

# ---- What people call ----

.DEFAULT_GOAL := all
.PHONY: all lib unit test demo deps lint bench stats zoo torture fuzz cover size install uninstall clean help FORCE
.DELETE_ON_ERROR:

# A target that begins by looking for packages builds in a second make, so that what was installed is seen.
JOBS  = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1))
AGAIN = $(MAKE) --no-print-directory $(JOBS)

all: $(BUILD)/mldbg                ## build the program (the default)

lib: $(BUILD)/libmldbg.a           ## the library alone

unit: $(UNITS)                     ## the unit tests alone; TESTS="test_json" for some of them
	@tests/run-unit $(UNITS)

test: deps                         ## all tests; ends with one line `N passed, N failed`
	+@$(AGAIN) programs
	@BUILD=$(BUILD) PYTHON=$(PYTHON) tests/run

demo: deps                         ## memorize one batch of digits, and see a broken config fail
	+@$(AGAIN) all
	@tests/demo $(BUILD)/mldbg

deps:                              ## install the packages that are missing
	@CC="$(CC)" tests/deps

lint:                              ## layering, banned calls, names, sizes, format
	@tests/lint/run

bench: $(BUILD)/bench $(BUILD)/mldbg ## times, beside PyTorch and others where PYTHON has them; BENCH="--only lstm"
	@$(BUILD)/bench --python $(PYTHON) --mldbg $(BUILD)/mldbg $(BENCH)

stats: $(BUILD)/stats              ## coverage of the intervals of decompose, by simulation
	@$(BUILD)/stats

zoo demo bench: export MLDBG_CACHE := off
zoo: $(BUILD)/mldbg                ## how good verdicts are, on faulty and healthy trainings; ZOO="--drop half" without rules
	@PYTHON=$(PYTHON) tests/zoo/run $(BUILD)/mldbg
	@tests/zoo/named $(BUILD)/mldbg
	@tests/zoo/healthy $(BUILD)/mldbg
	@if command -v $(PYTHON) >/dev/null; then set -e; \
	    $(PYTHON) tests/zoo/verdicts.py $(BUILD)/mldbg tests/zoo/configs $(ZOO); \
	    $(PYTHON) tests/zoo/matrix.py $(BUILD)/mldbg datasets; \
	    $(PYTHON) tests/zoo/harder.py $(BUILD)/mldbg datasets; \
	else echo "note: no $(PYTHON): faults of the zoo, and of harder data, were not asked"; fi

torture: $(BUILD)/mldbg            ## kills, failing calls and full disks around a run record, all of them
	@MLDBG_LEDGER=off MLDBG_CACHE=off CC="$(CC)" tests/fault/torture --count 200 --every 1 $(BUILD)/mldbg

fuzz:                              ## fuzz every parser with clang, SECONDS=60 each
	+@$(AGAIN) CC=clang SANITIZE=fuzzer-no-link,address,undefined BUILD=$(BUILD)-fuzz fuzz-programs
	@tests/fuzz/run fuzz $(BUILD)-fuzz $(SECONDS)

cover: deps                        ## share of lines that the tests reach, by file
	+@$(AGAIN) COVER=1 CFLAGS="-O0 -g" BUILD=$(BUILD)-cover programs
	@find $(BUILD)-cover -name '*.gcda' -delete
	@BUILD=$(BUILD)-cover tests/run; tests/cover $(BUILD)-cover

size:                              ## the ten longest files and functions
	@find src include -name '*.[ch]' -exec wc -l {} + | grep -v ' total$$' | sort -rn | head -n 10
	@find src -name '*.[ch]' -exec tests/lint/functions {} + | sort -rn | head -n 10

clean:                             ## remove what was built
	rm -rf $(BUILD) $(BUILD)-fuzz $(BUILD)-cover

help:                              ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{ printf "make %-10s %s\n", $$1, $$2 }'

# ---- How it is built ----

.PHONY: programs fuzz-programs
programs: all $(UNITS) $(REPLAYS) $(BUILD)/stats $(BUILD)/bench
fuzz-programs: $(FUZZERS:%=$(BUILD)/%)

ifndef V
Q := @
endif
note = @$(if $(V),:,printf '%-5s %s\n' $(1) $@ >&2)

# Text that is written anew only when it changed, so that other flags or another list of files build anew.
define remember
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(1))' | cmp -s - $@ || printf '%s\n' '$(subst ','\'',$(1))' > $@
endef

$(BUILD)/flags: FORCE
	$(call remember,$(CC) $(TARGET) $(COMPILE) $(CFLAGS) $(CPPFLAGS) | $(KERNEL) | $(LINK) $(LDFLAGS) $(LDLIBS))

$(BUILD)/objects: FORCE
	$(call remember,$(OBJECTS))

$(BUILD)/%.o: src/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call note,CC)
	$(Q)$(CC) $(COMPILE) $(CPPFLAGS) $(CFLAGS) $(EXTRA) -MMD -MP -c -o $@ $<

$(BUILD)/backend/cpu/kernels_f32.o $(BUILD)/backend/cpu/kernels_f64.o: EXTRA := $(KERNEL)
# Distances of all pairs of rows: loops that only -O3 turns into vectors.
$(BUILD)/data/neighbours.o $(BUILD)/data/measure.o $(BUILD)/data/scale.o: EXTRA := -O3
# Products may fuse multiplication and addition: half of their speed.
$(PRODUCT:src/%.c=$(BUILD)/%.o): EXTRA := $(KERNEL) $(KERNEL_avx512) -ffp-contract=fast

define KERNEL_RULE
$(BUILD)/backend/cpu/kernels_%.$(1).o: src/backend/cpu/kernels_%.c $(BUILD)/flags
	@mkdir -p $$(@D)
	$$(call note,CC)
	$$(Q)$$(CC) $$(COMPILE) $$(CPPFLAGS) $$(CFLAGS) $$(KERNEL) $$(KERNEL_$(1)) -MMD -MP -c -o $$@ $$<
endef
$(foreach isa,$(KERNEL_VARIANTS),$(eval $(call KERNEL_RULE,$(isa))))

$(BUILD)/libmldbg.a: $(OBJECTS) $(BUILD)/objects
	$(call note,AR)
	@rm -f $@
	$(Q)$(AR) rcs $@ $(OBJECTS)

# $(call program,FLAGS,LIBRARIES): a program of one source over the library.
define program
	$(call note,LINK)
	$(Q)$(CC) $(COMPILE) $(CPPFLAGS) $(CFLAGS) $(1) -MMD -MP -MF $@.d -MT $@ $(LINK) $(LDFLAGS) -o $@ \
	$(filter %.c,$^) $(BUILD)/libmldbg.a $(LDLIBS) $(2)
endef

$(BUILD)/mldbg: $(BUILD)/cli/main.o $(BUILD)/libmldbg.a
	$(call note,LINK)
	$(Q)$(CC) $(COMPILE) $(CFLAGS) $(LINK) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/tests/test_%: tests/unit/test_%.c $(BUILD)/libmldbg.a
	@mkdir -p $(@D)
	$(call program,-Itests/unit,-lcmocka)

$(BUILD)/tests/fuzz_%: tests/fuzz/fuzz_%.c tests/fuzz/replay.c $(BUILD)/libmldbg.a
	@mkdir -p $(@D)
	$(call program)

$(BUILD)/fuzz_%: tests/fuzz/fuzz_%.c $(BUILD)/libmldbg.a
	$(call program,-fsanitize=fuzzer)

$(BUILD)/stats: $(wildcard tests/stats/*.c) $(BUILD)/libmldbg.a
	$(call program)

$(BUILD)/bench: $(wildcard tests/bench/*.c) $(BUILD)/libmldbg.a
	$(call program)

# ---- Installation ----

BINDIR  := $(DESTDIR)$(PREFIX)/bin
SHARE   := $(DESTDIR)$(PREFIX)/share
MANUAL  := $(SHARE)/man/man1/mldbg.1
BASH    := $(SHARE)/bash-completion/completions/mldbg
ZSH     := $(SHARE)/zsh/site-functions/_mldbg
FISH    := $(SHARE)/fish/vendor_completions.d/mldbg.fish

install: all                       ## program, man page and completions under DESTDIR and PREFIX
	mkdir -p $(BINDIR) $(dir $(MANUAL) $(BASH) $(ZSH) $(FISH))
	install -m 755 $(BUILD)/mldbg $(BINDIR)/mldbg
	$(BUILD)/mldbg help --format man > $(MANUAL)
	$(BUILD)/mldbg completion bash > $(BASH)
	$(BUILD)/mldbg completion zsh > $(ZSH)
	$(BUILD)/mldbg completion fish > $(FISH)

uninstall:                         ## remove what install put there
	rm -f $(BINDIR)/mldbg $(MANUAL) $(BASH) $(ZSH) $(FISH)

-include $(OBJECTS:.o=.d) $(BUILD)/cli/main.d $(UNITS:=.d) $(REPLAYS:=.d) $(BUILD)/bench.d $(BUILD)/stats.d
