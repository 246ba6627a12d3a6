# The front door. Needs Python 3.11 or newer and make; everything else goes into .venv.
#
#   make tour     a walk through docdb in the terminal
#   make test     the quick tests
#   make check    format, lint, types, house rules, examples: fails, never rewrites
#   make format   rewrites what a machine may decide
#   make bench    the benchmarks, in about five minutes, and their page
#   make bench-full  the same on ten to a hundred times as much, in about half an hour
#   make nightly  every test, the slow ones included, with many more examples
#   make dist     the wheel and the source archive, into dist/
#   make clean    removes all that was made here

PYTHON ?= python3
WORKERS ?= 2

BIN := .venv/bin
PATHS := docdb schemas tests $(wildcard benchmarks)

.DEFAULT_GOAL := help
.PHONY: help tour test check format bench bench-full nightly dist clean

help:
	@sed -n 's/^#   //p' Makefile

tour: .venv/.user
	$(BIN)/docdb tour

test: .venv/.dev
	$(BIN)/python -m pytest -n $(WORKERS) -q

check: .venv/.dev
	$(BIN)/ruff format --check $(PATHS)
	$(BIN)/ruff check $(PATHS)
	$(BIN)/basedpyright --pythonpath $(BIN)/python
	$(BIN)/python -m pytest -q tests/test_tidy.py tests/test_exports.py tests/test_docs.py
	$(BIN)/python -m pytest -q --doctest-modules docdb

format: .venv/.dev
	$(BIN)/ruff check --fix --exit-zero $(PATHS)
	$(BIN)/ruff format $(PATHS)

bench: .venv/.bench
	$(BIN)/python -m benchmarks $(ARGS)
	$(BIN)/python -m benchmarks report

bench-full: .venv/.bench
	$(BIN)/python -m benchmarks --form full $(ARGS)
	$(BIN)/python -m benchmarks report

nightly: .venv/.dev
	HYPOTHESIS_PROFILE=nightly $(BIN)/python -m pytest -n $(WORKERS) -m ""

dist: .venv/.dev
	$(BIN)/python -m hatchling build

clean:
	rm -rf .venv build dist .pytest_cache .ruff_cache .hypothesis
	find $(PATHS) -name __pycache__ -type d -prune -exec rm -rf {} +

# One environment, filled in two steps: what a user has, then what a developer needs.
# The files are touched last, so an interrupted installation starts again.
.venv/.user: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "docdb needs Python 3.11 or newer; name one with: make PYTHON=python3.12" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable '.[cli]'
	touch $@

.venv/.bench: .venv/.user
	$(BIN)/python -m pip install --quiet --editable '.[bench]'
	touch $@

.venv/.dev: .venv/.user
	$(BIN)/python -m pip install --quiet --editable '.[cli,dev]'
	touch $@
