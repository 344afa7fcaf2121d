PYTHON ?= python3
# Let Python keep what it compiles, whatever the environment says: the tests start many processes.
export PYTHONDONTWRITEBYTECODE :=
BIN := .venv/bin
POSTGRES_URL ?= postgres://postgres@127.0.0.1:5432/test
MARIADB_URL ?= mysql://root@127.0.0.1:3306/test
COMMA := ,
BENCHED = $(or $(subst $(COMMA), ,$(BENCH_ONLY)),floor ours djstripe)

# Tests run in a few processes (tests/conftest.py says how many), each with a database of its own.
PARALLEL ?= -n auto --dist loadgroup
# What reads or writes columns of mirrors: the rest is the same when a model is swapped.
COLUMNS := tests/actions tests/admin tests/webhooks tests/test_mapping.py tests/test_models.py \
	tests/test_parts.py tests/test_stripe_examples.py tests/test_swapping.py

# What forges, floods and rolls; its counts are raised by `make security`.
ATTACKS := tests/security/test_fuzz.py tests/security/test_refused_rows.py tests/security/test_roll.py

# The targets run in .venv, which each creates or extends with what it needs; bench in its own.
TEST := .venv/.test
DEV := .venv/.dev
DOCS := .venv/.docs
# Of its own, since schemathesis brings a plugin for pytest.
OPENAPI := tests/openapi/.venv/.made
POSTGRES := .venv/.postgres
MARIADB := .venv/.mariadb
AXE := tests/browser/node_modules/axe-core/axe.min.js

.DEFAULT_GOAL := help
.PHONY: help demo run test test-swapped test-postgres test-mariadb histories faults faults-postgres \
	faults-mariadb test-djstripe security soak bench bench-counters bench-sync browser pictures openapi docs linkcheck lint types imports migrations check matrix clean

help:  ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: $(TEST)  ## post a story of signed events to the example project, and compare
	$(BIN)/python example_project/demo.py

run: $(TEST)  ## serve the example project, with an admin user that it prints
	$(BIN)/python example_project/manage.py migrate --verbosity 0
	$(BIN)/python example_project/manage.py make_admin
	$(BIN)/python example_project/manage.py runserver

test: $(TEST)  ## run the tests on SQLite
	$(BIN)/python -m pytest $(PARALLEL)

test-swapped: $(TEST)  ## run the tests that touch columns, on SQLite with every model swapped
	DJANGO_SETTINGS_MODULE=tests.settings_swapped $(BIN)/python -m pytest $(PARALLEL) $(COLUMNS)

test-postgres: $(POSTGRES)  ## run the tests on PostgreSQL (POSTGRES_URL)
	DATABASE_URL=$${DATABASE_URL:-$(POSTGRES_URL)} $(BIN)/python -m pytest $(PARALLEL) --create-db

test-mariadb: $(MARIADB)  ## run the tests on MariaDB or MySQL (MARIADB_URL)
	DATABASE_URL=$${DATABASE_URL:-$(MARIADB_URL)} $(BIN)/python -m pytest $(PARALLEL) --create-db

histories: $(TEST)  ## compare the mirror with a fake Stripe after HISTORIES=300 made-up histories
	HISTORIES=$${HISTORIES:-300} $(BIN)/python -m pytest tests/convergence/test_histories.py

faults: $(TEST)  ## kill processes under load, KILLS=5 times, and count COUNTED=400 events, on SQLite or DATABASE_URL (wants Redis and RabbitMQ)
	KILLS=$${KILLS:-5} COUNTED=$${COUNTED:-400} $(BIN)/python -m pytest --create-db tests/faults

faults-postgres: $(POSTGRES)  ## the same on PostgreSQL, and cut it and its connections off under load
	DATABASE_URL=$${DATABASE_URL:-$(POSTGRES_URL)} $(MAKE) faults

faults-mariadb: $(MARIADB)  ## the same on MariaDB
	DATABASE_URL=$${DATABASE_URL:-$(MARIADB_URL)} $(MAKE) faults

test-djstripe: $(TEST) benchmarks/.venvs/djstripe/.made  ## let dj-stripe fill a database, and import that, on SQLite or DATABASE_URL
	$(BIN)/python -m pytest --create-db tests/migration

security: $(TEST)  ## post FUZZ=10000 forged requests, and floods of REFUSED=10000, on SQLite or DATABASE_URL
	FUZZ=$${FUZZ:-10000} REFUSED=$${REFUSED:-10000} ROLLS=$${ROLLS:-3} $(BIN)/python -m pytest --create-db $(ATTACKS)

soak: $(POSTGRES)  ## all three at their full counts, on PostgreSQL: about an hour (wants Redis and RabbitMQ)
	DATABASE_URL=$${DATABASE_URL:-$(POSTGRES_URL)} HISTORIES=5000 KILLS=50 COUNTED=10000 FUZZ=10000 REFUSED=100000 ROLLS=3 \
		$(BIN)/python -m pytest --create-db tests/convergence/test_histories.py tests/faults $(ATTACKS)

bench: $(patsubst %,benchmarks/.venvs/%/.made,$(sort ours $(BENCHED)))  ## compare with dj-stripe, and with the least that works, on PostgreSQL (POSTGRES_URL)
	POSTGRES_URL=$(POSTGRES_URL) BENCH_ONLY=$(BENCH_ONLY) benchmarks/.venvs/ours/bin/python -m benchmarks.run

bench-counters: benchmarks/.venvs/ours/.made  ## measure what the counters of the health page cost, on PostgreSQL (POSTGRES_URL)
	POSTGRES_URL=$(POSTGRES_URL) benchmarks/.venvs/ours/bin/python -m benchmarks.counting

bench-sync: $(patsubst %,benchmarks/.venvs/%/.made,ours floor djstripe)  ## compare a first sync with dj-stripe's, on PostgreSQL (POSTGRES_URL)
	POSTGRES_URL=$(POSTGRES_URL) benchmarks/.venvs/ours/bin/python -m benchmarks.sync

benchmarks/.venvs/%/.made: benchmarks/requirements-%.txt benchmarks/requirements.txt setup.cfg
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/pip install --quiet --requirement $<
	@touch $@

browser: $(TEST) $(AXE)  ## walk through the admin and the tutorial in headless Chromium (wants chromium, chromedriver and npm)
	$(BIN)/python -m pytest tests/browser

pictures: $(TEST) $(AXE)  ## take the pictures of the documentation in headless Chromium
	PICTURES=docs/pictures $(BIN)/python -m pytest tests/browser/test_every_page.py
	SCREENSHOTS=docs/pictures $(BIN)/python -m pytest tests/browser/test_tutorial_in_chromium.py

$(AXE): tests/browser/package.json
	npm install --prefix tests/browser --no-package-lock --no-audit --no-fund --silent
	@touch $@

openapi: $(OPENAPI)  ## validate the schema of the API, and look for answers outside of it (EXAMPLES=15 per endpoint)
	DJANGO_SETTINGS_MODULE=tests.openapi.settings $(dir $(OPENAPI))bin/python -m pytest --create-db tests/openapi

docs: $(DOCS)  ## build the documentation in docs/_build/html
	$(BIN)/sphinx-build -W --keep-going --quiet docs docs/_build/html

linkcheck: $(DOCS)  ## look whether the documentation's links to other sites lead anywhere (wants the network; not in CI)
	$(BIN)/sphinx-build -b linkcheck --quiet docs docs/_build/linkcheck

lint: $(DEV)  ## lint, and look at the format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV)  ## check the types, ours and those that a project sees
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/typing

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
	rm -rf .venv tests/openapi/.venv tests/browser/node_modules benchmarks/.venvs docs/_build .nox .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

.venv:
	$(PYTHON) -m venv .venv

$(TEST): setup.cfg pyproject.toml | .venv
	$(BIN)/pip install --quiet --editable ".[test]"
	@touch $@

$(DEV): setup.cfg pyproject.toml $(TEST)
	$(BIN)/pip install --quiet --editable ".[test,dev]"
	@touch $@

$(DOCS): setup.cfg pyproject.toml | .venv
	$(BIN)/pip install --quiet --editable ".[docs]"
	@touch $@

$(OPENAPI): setup.cfg pyproject.toml
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/pip install --quiet --editable ".[test,openapi-test]"
	@touch $@

$(POSTGRES): setup.cfg pyproject.toml $(TEST)
	$(BIN)/pip install --quiet --editable ".[postgres]"
	@touch $@

$(MARIADB): setup.cfg pyproject.toml $(TEST)
	$(BIN)/pip install --quiet --editable ".[mysql]"
	@touch $@
