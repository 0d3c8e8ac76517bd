SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11 --no-strip-extras

.DEFAULT_GOAL := help
.PHONY: help install run demo test coverage check lint bench lock facts places messages scan setup-test clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /|/' | while IFS='|' read -r n t; do printf '  make %-12s %s\n' "$$n" "$$t"; done

install: $(VENV)/.run ## make .venv with the bluelamp command

$(VENV)/.run: requirements/run.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Bluelamp needs Python 3.11 or newer: install it, or name one: make PYTHON=python3.12 run'; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo 'Python cannot make a virtual environment here. On Debian or Ubuntu: apt-get install python3-venv'; exit 1; }
	@test -x $(BIN)/pip || { rm -rf $(VENV); echo 'Making .venv ...'; $(PYTHON) -m venv $(VENV); }
	@echo 'Installing the pinned packages (about a minute, once) ...'
	@$(BIN)/pip install --disable-pip-version-check --progress-bar on -q --require-hashes -r requirements/run.txt
	@$(BIN)/pip install --disable-pip-version-check -q --no-deps --no-build-isolation -e .
	@touch $@

run: install ## set up, load the packaged evidence, print the Index, serve http://localhost:8000
	@$(BIN)/bluelamp start

demo: install ## the same with an invented cast, one for each role, whom you may play (its data: var/demo)
	@BLUELAMP_DEMO=1 BLUELAMP_HOME=$${BLUELAMP_HOME:-var/demo} $(BIN)/bluelamp start

$(VENV)/.test: requirements/test.txt $(VENV)/.run
	@$(BIN)/pip install --disable-pip-version-check -q --require-hashes -r requirements/test.txt
	@touch $@

node_modules/.done: package-lock.json
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

setup-test: $(VENV)/.test ## install what the tests need (Debian packages too, where root)
	@bash scripts/test_packages.sh
	@$(MAKE) --no-print-directory node_modules/.done

check: $(VENV)/.test ## lint, format, strict types, import rules, migrations (under a minute)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bluelamp manage makemigrations --check --dry-run

test: setup-test check ## everything: checks, all tests, the database tests on PostgreSQL too
	$(BIN)/pytest -n auto --dist worksteal -q
	pg_virtualenv -o log_min_error_statement=panic -o log_min_messages=panic bash scripts/test_on_postgres.sh

coverage: setup-test ## the tests on SQLite once more, slower, with what they do not reach; fails below the floor
	$(BIN)/pytest -n auto --dist worksteal --cov --cov-report=term:skip-covered -q

bench: $(VENV)/.test ## speed, as ratios against a baseline in the same run
	$(BIN)/python scripts/bench.py
	$(BIN)/python scripts/bench_staff.py
	$(BIN)/python scripts/bench_pages.py
	$(BIN)/python scripts/bench_reports.py
	$(BIN)/python scripts/bench_reports.py --killed
	$(BIN)/python scripts/bench_desk.py

$(VENV)-scan/.done: requirements/scan.txt
	@test -x $(VENV)-scan/bin/pip || $(PYTHON) -m venv $(VENV)-scan
	@$(VENV)-scan/bin/pip install --disable-pip-version-check -q --require-hashes -r requirements/scan.txt
	@touch $@

scan: $(VENV)/.test $(VENV)-scan/.done ## a web scanner (in .venv-scan) against a demonstration of its own (about an hour)
	$(BIN)/python scripts/scan.py $(VENV)-scan/bin/wapiti

lock: ## compile requirements/*.txt again from pyproject.toml
	$(LOCK) pyproject.toml -o requirements/run.txt
	$(LOCK) --extra test -c requirements/run.txt pyproject.toml -o requirements/test.txt
	echo 'wapiti3>=3.2.3' | $(LOCK) - -o requirements/scan.txt

facts: $(VENV)/.run ## compile the packaged facts again (needs ../shared/data/index)
	$(BIN)/python scripts/compile_facts.py

places: $(VENV)/.run ## compile the packaged boundaries again (needs ../shared/data/monitor/geo)
	$(BIN)/python scripts/compile_places.py

messages: $(VENV)/.test ## compile the Welsh catalogue
	$(BIN)/pybabel compile -D django -d src/bluelamp/locale -l cy

clean: ## remove .venv, .venv-scan and node_modules; your data in var/ stays
	rm -rf $(VENV) $(VENV)-scan node_modules
