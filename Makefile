PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Not compiled: half of the time, for modules that are compiled when they are first needed.
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-compile --editable
# The checks see the settings of the tests, so that they leave var/ alone.
CHECK := DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py

.DEFAULT_GOAL := help
.PHONY: help install run test suite lint bench browser clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

install: $(VENV)/.installed ## make .venv with everything that `make run` needs

run: $(VENV)/.installed ## run everything in this terminal; Ctrl-C ends it
	@exec $(BIN)/python manage.py up --with-parent

test: lint suite ## lint, then the tests; on MongoDB when MONGODB_URI is set

suite: $(VENV)/.installed-dev ## the tests alone, on up to four cores
	$(BIN)/python -m pytest -n logical --maxprocesses 4 --dist worksteal

lint: $(VENV)/.installed-dev ## formatting, style, Django's checks, missing migrations, imports, compose.yaml
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(CHECK) check
	$(CHECK) makemigrations --check --dry-run
	$(BIN)/lint-imports
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml compose.external.yaml

bench: $(VENV)/.installed-dev ## the benchmarks
	$(BIN)/python -m pytest -o addopts= -q -s tests/benchmarks

browser: $(VENV)/.installed-dev ## the browser test, against ECHODESK_URL with ECHODESK_EMAIL and ECHODESK_PASSWORD
	$(BIN)/python -m pytest -o addopts= -q -n 2 --dist worksteal tests/browser

clean: ## remove .venv and caches; var/ with all data stays
	rm -rf $(VENV) .pytest_cache .ruff_cache .import_linter_cache echodesk.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	@echo 'Installing into $(VENV); the first time takes a minute or two.'
	@$(PIP) .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	@echo 'Installing into $(VENV), with the tools for tests; the first time takes a minute or two.'
	@$(PIP) '.[dev]'
	@touch $(VENV)/.installed $@
