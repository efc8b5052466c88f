# Crisisbot: `make ask` asks, `make test` tests. Both make what they need in .venv, once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TORCH := torch==2.13.0
# PyTorch's own index of builds for processors. Plain pip would bring gigabytes for graphics cards on Linux.
TORCH_CPU := https://download.pytorch.org/whl/cpu
PIP := $(BIN)/python -m pip --disable-pip-version-check
PYTEST_FLAGS ?=
# Tests on all processors, at most four: each process loads the models.
SIDE_BY_SIDE ?= -n logical --maxprocesses 4 --dist worksteal
# How often `make kills` lets processes die at random, on each database.
ROUNDS ?= 300
# Where public question sets lie, if anywhere; without them `make quality` asks its own questions alone.
SETS ?= ../shared/data

# The question goes through the environment, so that quotes in it reach the program as they are.
export Q ?= why did the protests begin?

.DEFAULT_GOAL := help
.PHONY: help ask chat run test check lint types kills quality format demo-feed bench clean

help: ## Show what can be made.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

ask: $(VENV)/.installed ## Answer a question: make ask Q="why did the protests begin?"
	@$(BIN)/crisisbot ask -- "$$Q"

chat: $(VENV)/.installed ## Talk in the terminal as in Telegram.
	@$(BIN)/crisisbot chat

run: $(VENV)/.installed ## Run the Telegram bot (needs TELEGRAM_BOT_TOKEN).
	@$(BIN)/crisisbot run

test: $(VENV)/.installed-dev ## Run all tests.
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) $(PYTEST_FLAGS)

check: lint types quality ## Run lint, types, the gate of quality and all tests with coverage, as CI does.
	$(MAKE) test PYTEST_FLAGS="--cov --cov-report=term --cov-fail-under=90 $(PYTEST_FLAGS)"

kills: $(VENV)/.installed-dev ## Kill whatever writes at every step it takes on the disk, and hundreds of times at random (an hour).
	$(BIN)/python -m pytest tests/index/test_kills.py --exhaustive --timeout 1800
	$(BIN)/python -m tests.kills.run --database sqlite --rounds $(ROUNDS)
	$(BIN)/python -m tests.kills.run --database postgresql --rounds $(ROUNDS)

quality: $(VENV)/.installed-dev ## Hold the answers to pinned questions against their floors.
	$(BIN)/python benchmarks/quality.py --sets $(SETS)

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/.installed-dev
	$(BIN)/mypy

format: $(VENV)/.installed-dev ## Write the code in the one format.
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

demo-feed: $(VENV)/.installed-dev ## Watch a feed arrive: entries appear, change and vanish, and a bot answers from each state.
	@$(BIN)/python demo/feed.py

bench: $(VENV)/.installed-dev ## Measure speed and size: beside bare libraries, as articles arrive, of a million passages (hours).
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/question.py
	$(BIN)/python benchmarks/arrivals.py
	$(BIN)/python benchmarks/size.py
	$(BIN)/python benchmarks/nearest.py

clean: ## Remove the environment and all caches; articles and index stay where they are.
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage* htmlcov build dist *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.torch:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Crisisbot needs Python 3.11 or later; $(PYTHON) is $$($(PYTHON) --version 2>&1)." \
	       "Name another one: make ask PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "Python could not make a virtual environment; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Installing PyTorch for processors (about 200 MB to download; once)..."
	@$(PIP) install --quiet --no-deps --retries 0 --timeout 10 --index-url $(TORCH_CPU) $(TORCH) 2>$(VENV)/torch.log \
	  || { echo "PyTorch's own index cannot be reached; plain pip it is."; $(PIP) install --quiet --no-deps $(TORCH); }
	@touch $@

$(VENV)/.installed: $(VENV)/.torch pyproject.toml constraints.txt
	@echo "Installing Crisisbot (about 300 MB to download; once)..."
	@$(PIP) install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing the tools for tests (once)..."
	@$(PIP) install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@
