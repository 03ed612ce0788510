# Everything that one does with the registry. `make` alone lists the targets.
PYTHON ?= python3
V := .venv/bin
# Test processes. On PostgreSQL each starts a server of its own (tests/conftest.py); with JOBS=0 the tests run on the server named.
JOBS ?= 2
# The order of tests, the same in every run; SEED=default draws a new one, which the run prints.
SEED ?= 18
SHELL := /bin/sh

# Which tests `make test` runs: every test, without a browser the fast ones, on PostgreSQL those that a database can break.
LAYER ?= $(if $(findstring postgres,$(DATABASE_URL)),both,$(if $(filter no,$(BROWSER)),fast,every))
MARKS_fast := not slow and not browser
MARKS_slow := slow and not browser
MARKS_browser := browser
MARKS_both := both and not browser
MARKS_every := $(if $(findstring postgres,$(DATABASE_URL)),not browser)
MARKS := $(MARKS_$(if $(filter yes,$(ALL)),every,$(LAYER)))

# Python keeps its bytecode even where the environment says otherwise: compiling the tests takes a quarter of a minute.
export PYTHONDONTWRITEBYTECODE :=
export PYTHONPYCACHEPREFIX := $(CURDIR)/.venv/bytecode

# `make lint` reads the settings as production would; nothing connects to these.
PRODUCTION_LIKE := PRODUCTION=yes DATABASE_URL=postgres://registry@db.example.org:5432/registry \
	CELERY_BROKER_URL=redis://broker.example.org:6379/0 EMAIL_URL=smtp://mail.example.org:587 \
	SECRET_KEY=only-for-the-check-0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGH ALLOWED_HOSTS=registry.example.org \
	BASE_URL=https://registry.example.org MAIL_FROM=registry@example.org

# What `make lint` holds to one format. The templates left out are parts of sentences: the line break that a formatter puts at
# the end of a file would be a space before the next comma.
IN_SENTENCES := components/_illustration components/_party jurisdictions/issue/_count reports/_name \
	reports/_names reports/_number
TEMPLATES = $(filter-out $(IN_SENTENCES:%=templates/%.html),$(shell find templates -name '*.html'))

.PHONY: help run test lint bench show chaos lock messages backup restore sample-remove install install-dev
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

run: install ## pages, API and background work in one process (PORT=8000 HOST=127.0.0.1 SAMPLE=no)
	@exec $(V)/python manage.py serve

test: install-dev ## every test (BROWSER=no the fast ones, LAYER=…, DATABASE_URL=… for PostgreSQL, ALL=yes, ARGS=… for pytest)
	@$(V)/python -m pytest -n $(JOBS) --dist worksteal --randomly-seed=$(SEED) -m "$(MARKS)" $(ARGS)

lint: install-dev ## code, types, words of docs and docstrings, migrations, settings
	@$(V)/ruff check . && $(V)/ruff format --check .
	@$(V)/djade --check --target-version 5.2 $(TEMPLATES) && $(V)/djhtml --check --tabwidth 2 $(TEMPLATES)
	@$(V)/python tools/words.py
	@$(V)/lint-imports --no-cache --no-logo
	@$(V)/bandit -q -c pyproject.toml -r equity partnerships manage.py
	@var=$$(mktemp -d) && trap 'rm -rf "$$var"' EXIT && export VAR_DIR="$$var" && \
		$(V)/mypy --cache-dir .venv/mypy && \
		$(V)/python manage.py makemigrations --check --dry-run && \
		$(PRODUCTION_LIKE) $(V)/python manage.py check --deploy --fail-level WARNING

bench: install-dev ## speed at a million partnerships on PostgreSQL (ARGS=… for its options)
	@$(V)/python -m bench $(ARGS)

show: install-dev ## the figures; FIG=QR7 measures one, ALL=yes every one that this commit has no row for
	@$(V)/python bench/show.py $(FIG) $(if $(filter yes,$(ALL)),--all)

chaos: install-dev ## all figures of sending and of data under faults, as one table (KILLS=… a step on each database)
	@KILLS=$(KILLS) $(V)/python bench/show.py QR1 QR2 QR3 QR4 QR5 QR6 QR7 QR8 QR9 QR10 QR11 QR12 QR13 QD6 QD8

lock: ## rewrite the locked requirements (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
		requirements.in -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
		-c requirements.txt requirements-production.in -o requirements-production.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
		-c requirements.txt requirements-dev.in -o requirements-dev.txt

messages: install-dev ## collect the texts to translate, and compile complete languages (needs gettext; NEW=so, PREVIEW=yes)
	@$(V)/python manage.py messages $(if $(NEW),--new $(NEW)) $(if $(filter yes,$(PREVIEW)),--preview)

backup: install ## copy all data to FILE= while the registry runs
	@$(V)/python manage.py backup $(FILE)

restore: install ## restore the data of FILE= (REPLACE=yes to overwrite)
	@$(V)/python manage.py restore $(if $(filter yes,$(REPLACE)),--replace) $(FILE)

sample-remove: install ## remove the sample registry
	@$(V)/python manage.py remove_sample

# The environment of its own. Packages are installed when their list has changed.
install: .venv/bin/pip
	@cmp -s requirements.txt .venv/installed.txt || { \
		echo "Installing the packages …"; \
		$(V)/python -m pip install -q --disable-pip-version-check --no-compile --no-deps --require-hashes -r requirements.txt && \
		cp requirements.txt .venv/installed.txt; }

install-dev: install
	@cmp -s requirements-dev.txt .venv/installed-dev.txt || { \
		echo "Installing the packages for tests …"; \
		$(V)/python -m pip install -q --disable-pip-version-check --no-compile --no-deps --require-hashes -r requirements-dev.txt && \
		cp requirements-dev.txt .venv/installed-dev.txt; }

.venv/bin/pip:
	@command -v $(PYTHON) > /dev/null || { \
		echo "The registry needs Python 3.11 or later, and there is no $(PYTHON). Name one: make run PYTHON=python3.12" >&2; \
		exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "The registry needs Python 3.11 or later; this is $$($(PYTHON) -V). Name one: make run PYTHON=python3.12" >&2; \
		exit 2; }
	@$(PYTHON) -m venv .venv > .venv-problem 2>&1 || { \
		rm -rf .venv .venv-problem; \
		echo "This Python cannot make an environment. On Debian and Ubuntu: apt install python3-venv" >&2; \
		exit 2; }
	@rm -f .venv-problem
