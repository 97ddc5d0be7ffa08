# Labelwright: `make` alone lists what there is to make.
# What is set up is remembered by stamp files in .venv/.done, so nothing is done twice.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-builtin-rules --no-print-directory

BIN := .venv/bin
DONE := .venv/.done
# Only wheels, each with the hash its lock names: no code of a package runs at installation.
PIP_INSTALL := -m pip install -qq --disable-pip-version-check --only-binary :all: --require-hashes
WEB := $(shell find web -name node_modules -prune -o -type f -print)

.PHONY: help
help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

.PHONY: up
up: $(DONE)/run $(DONE)/web ## Set up what running needs, start the server, print its address; UP_ARGS="…" goes to `labelwright up`
	@exec $(BIN)/labelwright up $(UP_ARGS)

.PHONY: setup
setup: $(DONE)/dev $(DONE)/web $(DONE)/oracles ## Set up everything that running and testing need
	@echo "everything is set up"

# TEST_ARGS chooses tests and options. Without them all run: on every core, but for those whose figures want the
# machine for themselves.
PYTEST = LABELWRIGHT_ORACLES_PYTHON="$(CURDIR)/.venv-oracles/bin/python" $(BIN)/python -m pytest
FIGURES := tests/browser/test_figures.py
TRY_AGAIN = $(BIN)/python tools/try_again.py env $(PYTEST)

# Who only runs Labelwright needs no Chromium, so it is no part of `setup`. It looks each time what there is: 20 ms.
.PHONY: test
test: setup check ## Set up, then run every check and every test
	@sh tools/install-browser
	@echo "== web tests"
	@$(BIN)/python hatch_build.py npm run --silent test
	@echo "== Python tests"
ifdef TEST_ARGS
	@$(PYTEST) $(TEST_ARGS)
else
	@$(PYTEST) --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder --ignore $(FIGURES) \
	  || $(TRY_AGAIN)
	@echo "== figures in the browser"
	@$(PYTEST) $(FIGURES) || $(TRY_AGAIN)
endif

.PHONY: check
check: $(DONE)/dev $(DONE)/web ## Check format, lint, types and floors of the Python and the web code
	@$(MAKE) --jobs=4 --keep-going --output-sync=target -f tools/check.mk

.PHONY: format
format: $(DONE)/dev $(DONE)/web ## Bring all code into its format, and mend what lint can mend alone
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@$(BIN)/python hatch_build.py npm run --silent format

.PHONY: bench
bench: $(DONE)/dev $(DONE)/web ## Measure speed and memory; BENCH_ARGS=--write puts the table into the READMEs
	@$(BIN)/python benchmarks/run.py $(BENCH_ARGS)

.PHONY: soak
soak: $(DONE)/dev $(DONE)/web ## Run server and browser for an hour under mixed load and crashes, look for every save, then fuzz the API
	@sh tools/install-browser
	@$(BIN)/python benchmarks/soak.py $(SOAK_ARGS)
	@FUZZ_EXAMPLES=400 FUZZ_SEED=$${FUZZ_SEED:-$$(date +%s)} $(BIN)/python -m pytest tests/contract/test_fuzzed_api.py -q

.PHONY: audit
audit: $(DONE)/dev $(DONE)/web $(DONE)/audit ## Look for known weaknesses and for licences we do not allow
	@echo "== licences"
	@$(BIN)/python tools/licences.py
	@echo "== known weaknesses"
	@$(BIN)/python tools/weaknesses.py

LOCK := UV_NO_CONFIG=1 $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --annotation-style line \
  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

.PHONY: lock
lock: $(DONE)/dev ## Write the lock files anew from pyproject.toml; UPGRADE=1 also takes newer versions
	$(LOCK) pyproject.toml --extra sample --group dev -o requirements-dev.lock
	$(LOCK) pyproject.toml --extra sample --group build -c requirements-dev.lock -o requirements-sample.lock
	$(LOCK) pyproject.toml -c requirements-dev.lock -o requirements.lock
	$(LOCK) --group node -o requirements-node.lock
	$(LOCK) --group oracles -o requirements-oracles.lock
	$(LOCK) --group audit -o requirements-audit.lock

.PHONY: clean
clean: ## Remove everything the other targets made; your data stays
	rm -rf .venv .venv-oracles .venv-audit web/node_modules src/labelwright/static dist
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# ---- what is set up, each with its stamp

$(BIN)/python:
	@python=$$(sh tools/find-python) && echo "creating .venv with $$python" && $$python -m venv .venv
	@mkdir -p $(DONE)

# The project itself goes in without a download: its build tools are in the lock.
define install_project
@SKIP_WEB=1 $(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
endef

$(DONE)/run: requirements-sample.lock pyproject.toml | $(BIN)/python
	@echo "installing the Python packages of requirements-sample.lock into .venv"
	@$(BIN)/python $(PIP_INSTALL) -r requirements-sample.lock
	$(install_project)
	@touch $@

$(DONE)/dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	@echo "installing the Python packages of requirements-dev.lock into .venv"
	@$(BIN)/python $(PIP_INSTALL) -r requirements-dev.lock
	$(install_project)
	@touch $(DONE)/run $@

$(DONE)/web: $(WEB) hatch_build.py requirements-node.lock | $(BIN)/python
	@$(BIN)/python hatch_build.py has-node || { \
	  echo "installing Node.js from requirements-node.lock into .venv"; \
	  $(BIN)/python $(PIP_INSTALL) -r requirements-node.lock; }
	@$(BIN)/python hatch_build.py build
	@touch $@

# Programs that judge our files disturb the product's packages (Datumaro wants an older Pillow).
$(DONE)/oracles: requirements-oracles.lock | $(BIN)/python
	@echo "installing the test oracles of requirements-oracles.lock into .venv-oracles"
	@$(BIN)/python -m venv .venv-oracles
	@.venv-oracles/bin/python $(PIP_INSTALL) -r requirements-oracles.lock
	@touch $@

$(DONE)/audit: requirements-audit.lock | $(BIN)/python
	@echo "installing pip-audit from requirements-audit.lock into .venv-audit"
	@$(BIN)/python -m venv .venv-audit
	@.venv-audit/bin/python $(PIP_INSTALL) -r requirements-audit.lock
	@touch $@
