# Two commands do all the set-up on a fresh machine with Python 3.11+ and make: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo test lint types unit coverage httpx2 proofs crash crash-sqlite crash-postgres simulate bench clean

help:
	@echo "make demo   set up and run the main job: a campaign to four networks, and the day one of them ends"
	@echo "make test   set up and run everything: linters, type checks, all tests, with httpx2 beside httpx too"
	@echo "make coverage  all tests, and which lines they run"
	@echo "make crash  kill the outbox's workers at random moments, on SQLite KILLS times (1000) and on PostgreSQL"
	@echo "            POSTGRES_KILLS times (200), and count what stands on the walls; STORE=sqlite for one of them"
	@echo "make simulate  the outbox in virtual time: DELIVERIES (100000) through crashes, lost answers and wrong clocks"
	@echo "make bench  the benchmarks, as ratios in one run, with up to PLANNED (100000) deliveries planned"
	@echo "make clean  take away what the others made"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "socialconnect needs Python 3.11 or later; set PYTHON=..."; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml | $(BIN)/python
	@echo "Setting up $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[cli]'
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	@echo "Setting up $(VENV) with the development dependencies ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/.demo

# httpx2 beside httpx, on the path of one test run only: nothing of the library may care.
build/httpx2: | $(VENV)/.dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --target build/httpx2 httpx2

demo: $(VENV)/.demo
	@$(BIN)/socialconnect demo

test: lint types unit httpx2 proofs

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/mypy
	$(BIN)/pyright --warnings

# One process for each processor, whole files each: the blocks of a page of the documentation build on one another.
unit: $(VENV)/.dev
	$(BIN)/python -m pytest -q -n auto --dist loadfile

# The same, measured: a third slower, and so not part of `make test`.
coverage: $(VENV)/.dev
	$(BIN)/python -m pytest -q -n auto --dist loadfile --cov --cov-report=term:skip-covered

# What sends, signs and reads answers; the rest of the suite never meets the engine.
httpx2: $(VENV)/.dev build/httpx2
	PYTHONPATH=build/httpx2 $(BIN)/python -m pytest -q -n auto --dist loadfile tests/unit/auth tests/unit/engine tests/unit/transport tests/networks

# All in small: about half a minute.
proofs: $(VENV)/.dev
	$(BIN)/python -m tests.crash --kills 40
	$(BIN)/python -m tests.crash --postgres --workers 3 --kills 10
	$(BIN)/python -m tests.crash.simulate --deliveries 1000

# On both stores; STORE=sqlite or STORE=postgres for one of them, SEED=N to repeat a run.
STORE ?= sqlite postgres
KILLS ?= 1000
POSTGRES_KILLS ?= 200
SEEDED = $(if $(SEED),--seed $(SEED))
crash: $(STORE:%=crash-%)

crash-sqlite: $(VENV)/.dev
	$(BIN)/python -m tests.crash --kills $(KILLS) $(SEEDED)

crash-postgres: $(VENV)/.dev
	$(BIN)/python -m tests.crash --postgres --workers 3 --kills $(POSTGRES_KILLS) $(SEEDED)

DELIVERIES ?= 100000
simulate: $(VENV)/.dev
	$(BIN)/python -m tests.crash.simulate --deliveries $(DELIVERIES) $(SEEDED)

# With what the outbox is measured beside. A million takes some minutes more, mostly to put them in.
PLANNED ?= 100000
bench: $(VENV)/.dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[benchmarks]'
	$(BIN)/python -m benchmarks --planned $(PLANNED)

clean:
	rm -rf $(VENV) build dist .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis
