# The commands that must always work: on a fresh Debian 12 machine, as root, after a clone.
.PHONY: build demo test sanitize bench lint conformance deps dev format
SHELL := /bin/bash
JOBS ?= $(shell nproc)

build: deps
	@cmake --preset release >build-release.log 2>&1 || { cat build-release.log; exit 1; }; rm -f build-release.log
	@ninja -C build/release -j $(JOBS) fairway

dev: deps
	@cmake --preset dev >/dev/null
	@ninja -C build/dev -j $(JOBS)

deps:
	@tools/setup

demo: build
	@tests/demo

test: dev build
	@tests/run-all

sanitize: deps
	@JOBS=$(JOBS) tests/sanitize $(FOLDERS)

bench: build
	@tests/bench/run

lint: deps
	@tools/lint/run $(PARTS)

conformance: build
	@tests/conformance/run $(CASES)

format:
	@git ls-files 'src/*.h' 'src/*.cpp' | xargs clang-format-19 -i
