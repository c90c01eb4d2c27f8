# nanoc: a nanopass compiler toolkit. `make demo` and `make test` do all that a new machine needs.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PREFIX ?= /usr/local

release := build/bin/nanoc
# One file that starts fast and needs no Swift libraries.
static := --static-swift-stdlib
debug := .build/debug/nanoc
# The last file that build-runtime writes.
runtime := build/lib/nanoc/nanoc-gdb.py

.PHONY: help deps build runtime debug test golden fuzz bench lint demo install clean

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 17

deps: ## install what is missing (LLVM, zstd, GMP, a linker) by apt
	@scripts/deps

build: runtime ## build the release compiler, build/bin/nanoc, and its run-time library
	swift build -c release --product nanoc $(static)
	@mkdir -p build/bin
	@install -m 755 "$$(swift build -c release $(static) --show-bin-path)/nanoc" $(release)

test: deps runtime ## build what is needed and run all tests
	@scripts/deps --browser
	swift build --build-tests
	swift test --skip-build
	Tests/runtime/run build/lib/nanoc

golden: debug ## bring golden/ and Tests/passes up to date (ONLY=pass, ALL=1)
	@NANOC=$(debug) scripts/golden
	@NANOC_BLESS=1 NANOC_ONLY=$(ONLY) swift test --filter PassCaseTests/expected

fuzz: build ## compare random programs at all levels until stopped (SEED, COUNT, MODE=sources|snapshots)
	swift build -c release --product nanoc-fuzz $(static)
	@PATH="$(CURDIR)/build/tools/wasm/bin:$$PATH" "$$(swift build -c release $(static) --show-bin-path)/nanoc-fuzz" $(release) $(or $(MODE),programs) \
	  $(if $(COUNT),$(or $(SEED),1) $(COUNT),$(SEED))

bench: build ## measure the compiler, what it makes and the library against the aims and other languages
	@scripts/bench $(release)
	@scripts/bench-suite --nanoc $(release) --compile-time
	@scripts/bench-suite --nanoc $(release)
	@scripts/bench-suite --nanoc $(release) --wasm
	@scripts/bench-sizes $(release)
	@scripts/bench-costs $(release)

lint: ## check the formatting of Swift and the syntax of scripts
	@scripts/lint

demo: deps build ## set up, compile a sample, run it, show it behind lower-effects
	@scripts/demo $(release)

install: build ## install the compiler under PREFIX (/usr/local)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/nanoc
	install -m 755 $(release) $(DESTDIR)$(PREFIX)/bin/nanoc
	install -m 644 build/lib/nanoc/*.a build/lib/nanoc/*.{mjs,cjs,html,css} build/lib/nanoc/nanoc-gdb.py $(DESTDIR)$(PREFIX)/lib/nanoc/

clean: ## remove all that was built
	rm -rf build .build

debug: runtime
	swift build --product nanoc

runtime: $(runtime)

$(runtime): scripts/build-runtime Sources/Debugger/nanoc-gdb.py $(wildcard Sources/WasmHost/* Sources/Runtime/*.swift Sources/Runtime/*.S Sources/Runtime/include/*)
	scripts/build-runtime build/lib/nanoc
