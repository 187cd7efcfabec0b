# `make run` sets up and opens the tutor; `make test` sets up and checks everything. PYTHON is any Python from 3.11 on.
PYTHON ?= python3
BIN = .venv/bin

.PHONY: run test fast

run:
	$(PYTHON) scripts/setup.py run
	$(BIN)/erica ingest courses/multimodal-learning
	$(BIN)/erica serve

test:
	$(PYTHON) scripts/setup.py test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

fast:
	$(BIN)/python -m pytest -m "not slow"
