# The parts of `make check`, run side by side; each prints its own line and, on failure, what is wrong.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
BIN := .venv/bin

.PHONY: all types floors format lint web-types web-lint
all: types web-types web-lint floors lint format

types:
	@echo "== types" && $(BIN)/mypy

floors:
	@echo "== floors" && $(BIN)/lint-imports --no-logo

lint:
	@echo "== lint" && $(BIN)/ruff check --quiet . && echo "no lint"

format:
	@echo "== format" && $(BIN)/ruff format --check .

web-types:
	@echo "== web types" && $(BIN)/python hatch_build.py npm run --silent types && echo "no type errors"

web-lint:
	@echo "== web lint" && $(BIN)/python hatch_build.py npm run --silent lint
