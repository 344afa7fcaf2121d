PYTHON ?= python3
BIN := .venv/bin
POSTGRES_URL ?= postgres://postgres@127.0.0.1:5432/test
MARIADB_URL ?= mysql://root@127.0.0.1:3306/test

# The targets run in .venv, which each creates or extends with what it needs.
TEST := .venv/.test
DEV := .venv/.dev

.DEFAULT_GOAL := help
.PHONY: help demo run test test-swapped test-postgres test-mariadb histories faults faults-postgres \
	faults-mariadb security soak browser lint types imports migrations check matrix clean

help:  ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: $(TEST)  ## post a story of signed events to the example project, and compare
	$(BIN)/python example_project/demo.py

run: $(TEST)  ## serve the example project, with an admin user that it prints
	$(BIN)/python example_project/manage.py migrate --verbosity 0
	$(BIN)/python example_project/manage.py make_admin
	$(BIN)/python example_project/manage.py runserver

test: $(TEST)  ## run the tests on SQLite
	$(BIN)/python -m pytest

test-swapped: $(TEST)  ## run the tests on SQLite with every model swapped
	DJANGO_SETTINGS_MODULE=tests.settings_swapped $(BIN)/python -m pytest

test-postgres: $(TEST)  ## run the tests on PostgreSQL (POSTGRES_URL)
	$(BIN)/pip install --quiet --editable ".[postgres]"
	DATABASE_URL=$${DATABASE_URL:-$(POSTGRES_URL)} $(BIN)/python -m pytest --create-db

test-mariadb: $(TEST)  ## run the tests on MariaDB or MySQL (MARIADB_URL)
	$(BIN)/pip install --quiet --editable ".[mysql]"
	DATABASE_URL=$${DATABASE_URL:-$(MARIADB_URL)} $(BIN)/python -m pytest --create-db

histories: $(TEST)  ## compare the mirror with a fake Stripe after HISTORIES=300 made-up histories
	HISTORIES=$${HISTORIES:-300} $(BIN)/python -m pytest tests/convergence

faults: $(TEST)  ## kill processes under load, KILLS=5 times, on SQLite or DATABASE_URL (wants Redis)
	KILLS=$${KILLS:-5} $(BIN)/python -m pytest --create-db tests/faults

faults-postgres: $(TEST)  ## the same on PostgreSQL, and cut it off under load
	$(BIN)/pip install --quiet --editable ".[postgres]"
	DATABASE_URL=$${DATABASE_URL:-$(POSTGRES_URL)} $(MAKE) faults

faults-mariadb: $(TEST)  ## the same on MariaDB
	$(BIN)/pip install --quiet --editable ".[mysql]"
	DATABASE_URL=$${DATABASE_URL:-$(MARIADB_URL)} $(MAKE) faults

security: $(TEST)  ## post FUZZ=10000 forged requests, and floods of REFUSED=10000, on SQLite or DATABASE_URL
	FUZZ=$${FUZZ:-10000} REFUSED=$${REFUSED:-10000} $(BIN)/python -m pytest --create-db tests/security

soak: $(TEST)  ## all three at their full counts, on PostgreSQL: about an hour (wants Redis)
	$(BIN)/pip install --quiet --editable ".[postgres]"
	DATABASE_URL=$${DATABASE_URL:-$(POSTGRES_URL)} HISTORIES=5000 KILLS=50 FUZZ=10000 REFUSED=100000 \
		$(BIN)/python -m pytest --create-db tests/convergence/test_histories.py tests/faults tests/security

browser: $(TEST)  ## walk through the admin in headless Chromium (wants chromium and chromedriver)
	$(BIN)/python -m pytest tests/browser

lint: $(DEV)  ## lint, and look at the format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV)  ## check the types
	$(BIN)/mypy

imports: $(DEV)  ## hold the import contract
	$(BIN)/lint-imports

migrations: $(TEST)  ## look for changes of models without a migration
	PYTHONPATH=. DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/django-admin makemigrations --check --dry-run
	PYTHONPATH=. DJANGO_SETTINGS_MODULE=tests.settings_swapped $(BIN)/django-admin makemigrations --check --dry-run
	$(BIN)/python example_project/manage.py makemigrations --check --dry-run

check: lint types imports migrations test test-swapped  ## all of these, on SQLite

matrix: $(DEV)  ## run the tests on every supported version (nox finds the Pythons on PATH)
	PATH="$(subst $() $(),,$(addsuffix :,$(wildcard $(HOME)/.pyenv/versions/3.1*/bin)))$(PATH)" $(BIN)/nox $(NOX)

clean:  ## remove what the targets made
	rm -rf .venv .nox .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

.venv:
	$(PYTHON) -m venv .venv

$(TEST): setup.cfg pyproject.toml | .venv
	$(BIN)/pip install --quiet --editable ".[test]"
	@touch $@

$(DEV): setup.cfg pyproject.toml $(TEST)
	$(BIN)/pip install --quiet --editable ".[test,dev]"
	@touch $@
