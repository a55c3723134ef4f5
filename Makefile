# `make demo` and `make test` set everything up in .venv, with the versions of requirements.lock.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint types layers unit docs bench lock clean

help:  ## Show the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

setup: $(READY)  ## Make the virtual environment (done by the others)

$(READY): requirements.lock pyproject.toml hatch_build.py $(wildcard src/ontogeny/kernels/*.cpp src/ontogeny/kernels/*.h src/ontogeny/kernels/build.py)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=..."; exit 1; }
	@echo "setting up $(VENV): about two minutes the first time"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(READY)  ## Grow a carrot by evolution and by Adam, damage both, report
	@$(BIN)/ontogeny demo

test: lint types layers unit  ## Lint, types, layers, tests

lint: $(READY)
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .

types: $(READY)
	@$(BIN)/mypy --no-error-summary

layers: $(READY)
	@$(BIN)/lint-imports --no-cache >$(VENV)/layers.txt || { cat $(VENV)/layers.txt; exit 1; }

unit: $(READY)
	@$(BIN)/pytest

docs: $(READY)  ## Build the documentation into site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

bench: $(READY)  ## Measure what benchmarks/ claims (minutes)
	@$(BIN)/ontogeny bench
	@$(BIN)/python -m benchmarks.growing

lock: $(READY)  ## Renew requirements.lock
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade --no-annotate --no-header --no-emit-index-url \
		--no-emit-find-links --group dev pyproject.toml -o requirements.lock

clean:  ## Remove the virtual environment and what tools left
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache site
