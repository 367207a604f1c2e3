# The project's commands. `make` alone lists them.

.DEFAULT_GOAL := help
.ONESHELL:
.SHELLFLAGS := -euc
MAKEFLAGS += --no-builtin-rules --no-print-directory

UV ?= $(shell command -v uv)
BIN := .venv/bin
# The environment knows where it stands: moved or copied along with the checkout it is made anew.
STAMP := .venv/installed
ifneq ($(shell cat $(STAMP) 2>/dev/null),$(CURDIR))
.PHONY: $(STAMP)
endif

.PHONY: help run demo bench install test lint types format lock clean

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 18

run: $(STAMP)  ## index the network into PostgreSQL, until ctrl-C
	@exec $(BIN)/indexer run

demo: $(STAMP)  ## replay a small made-up world, without a network
	@exec $(BIN)/python -m load demo

bench: $(STAMP)  ## how fast it is here, and how fast PostgreSQL lets it be; ARGS go to it
	@exec $(BIN)/python -m load bench $(ARGS)

install: $(STAMP)  ## make .venv with everything in it, and the command .venv/bin/indexer
	@echo "Installed: $(BIN)/indexer"

test: $(STAMP)  ## the whole test suite, by three at once (many tests wait); ARGS go to pytest
	@exec $(BIN)/python -m pytest -n 3 --dist loadfile $(ARGS)

lint: $(STAMP)  ## ruff: format and rules
	@$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(STAMP)  ## mypy --strict
	@exec $(BIN)/mypy --strict

format: $(STAMP)  ## format the code
	@$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock:  ## renew requirements.lock from pyproject.toml (needs uv)
	@uv pip compile pyproject.toml --extra dev --universal --generate-hashes --upgrade --quiet \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
	    --output-file requirements.lock
	sed -n 's/^\([a-z0-9.-]*==[^ ]*\).*/\1/p' requirements.lock

clean:  ## remove .venv and caches; data/ stays
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMP): requirements.lock pyproject.toml Makefile
	@supported='import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))'
	for name in $${PYTHON:-python3.13 python3.12 python3.11 python3}; do
	    "$$name" -c "$$supported" 2>/dev/null || continue
	    python=$$(command -v "$$name")
	    [ -n "$(UV)" ] || "$$python" -c 'import ensurepip, venv' 2>/dev/null && break
	done
	if [ -z "$${python:-}" ]; then
	    echo "No Python 3.11, 3.12 or 3.13 found; PYTHON=/path/to/python names one." >&2
	    exit 1
	fi
	install() {
	    "$$@" --require-hashes --requirement requirements.lock &&
	    "$$@" --no-deps --no-build-isolation --editable .
	}
	with_uv() {
	    [ -n "$(UV)" ] && "$(UV)" venv --quiet --no-project --python "$$python" .venv &&
	    install "$(UV)" pip install --quiet --python $(BIN)/python
	}
	with_pip() {
	    rm -rf .venv
	    if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then
	        echo "$$python makes no virtual environments: install its venv package" \
	            "(on Debian, apt install python3-venv), or uv." >&2
	        return 1
	    fi
	    "$$python" -m venv .venv &&
	    install $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
	}
	echo "Making .venv with $$("$$python" --version)"
	rm -rf .venv
	with_uv || { [ -z "$(UV)" ] || echo "uv could not; trying pip." >&2; with_pip; }
	echo "$(CURDIR)" > $@
