# `make run` sets up and opens the tutor; `make test` sets up and checks everything. PYTHON is any Python from 3.11 on.
PYTHON ?= python3
BIN = .venv/bin
# A file's tests stay together, for the servers and browsers they share; files with slow ones go first (tests/conftest.py).
# Three at once keep two cores busy: many tests wait for a server or a browser.
PYTEST = $(BIN)/python -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder

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
	$(PYTEST)

fast:
	$(PYTEST) -m "not slow"
