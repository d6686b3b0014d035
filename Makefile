# Two commands are enough: `make run` and `make test`. Everything else is listed by `make help`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= $(or $(YANSHOU_HOST),127.0.0.1)
PORT ?= $(or $(YANSHOU_PORT),8000)
HTTPS ?= $(or $(YANSHOU_HTTPS),0)
DEMO ?= $(or $(YANSHOU_DEMO),1)
PYTEST_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run test check demo bench lighthouse soak format screenshots clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.run: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Yanshou needs Python 3.11 or newer; try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.test: requirements-dev.txt requirements-heic.txt requirements-s3.txt $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

LIBRARIES := server/pwa/files/libraries/.fetched-from

$(LIBRARIES): server/pwa/package-lock.json server/pwa/libraries.py $(VENV)/.run
	@$(BIN)/python -m server.pwa.libraries

run: $(VENV)/.run $(LIBRARIES) ## start everything on http://127.0.0.1:8000 (HOST=…, PORT=…, HTTPS=1; DEMO=0: without the demo)
	@YANSHOU_HOST="$(HOST)" YANSHOU_PORT="$(PORT)" YANSHOU_HTTPS="$(HTTPS)" YANSHOU_DEMO="$(DEMO)" YANSHOU_SCHEDULER=1 exec $(BIN)/python -m server.start

test: $(VENV)/.test $(LIBRARIES) ## run all tests, on SQLite and on PostgreSQL
	@$(BIN)/python -m tests.infrastructure.browser
	@$(BIN)/python -m pytest -n auto --dist worksteal -q $(PYTEST_ARGS)

check: $(VENV)/.test ## formatter, linter, types, import contracts, then the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	PYTHONPATH=. $(BIN)/lint-imports
	@$(MAKE) --no-print-directory test

demo: $(VENV)/.run $(LIBRARIES) ## one handheld receives a delivery offline, syncs, and a manager reviews it
	@$(BIN)/python -m tests.demo

bench: $(VENV)/.test ## measure, side by side; writes JSON to var/bench/
	@$(BIN)/python -m tests.bench

lighthouse: $(VENV)/.test $(LIBRARIES) ## judge the phone app as a slow phone meets it, the desk there and on a desktop
	@$(BIN)/python -m tests.lighthouse

soak: $(VENV)/.test ## many phones, a bad line, a server that is killed (MINUTES=30, SEED=… for the same again)
	@$(BIN)/python -m tests.simulator --minutes $(or $(MINUTES),4) --seed "$(SEED)"

format: $(VENV)/.test ## format the code and fix what the linter can
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

screenshots: $(VENV)/.test $(LIBRARIES) ## make the pictures of the README anew
	@$(BIN)/python -m tests.browser.screenshots

clean: ## remove the virtual environment and caches (never the data in var/)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
