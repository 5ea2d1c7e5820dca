# Every task of the project. `make help` says a word on each.
.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help run doctor test lint types contracts unit postgres browser format coverage audit figures \
	messages vendor lock screenshots venv venv-test

BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
FLASK := $(BIN)/flask --app wsgi
# Extras stay in the lock: pip otherwise takes a newer coverage for pytest-cov's coverage[toml] and misses its hash.
LOCK := $(BIN)/uv pip compile --quiet --generate-hashes --no-strip-extras --universal --python-version 3.11 \
	--no-emit-index-url --custom-compile-command "make lock"

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: venv ## Start the site at http://127.0.0.1:8000 (PORT=8001: elsewhere; DEMO=0: without the demo)
	@exec $(BIN)/python -m app.run

doctor: venv ## What this machine and this site lack, and what mends it
	@test -f instance/secret_key -o -n "$$SECRET_KEY" || { echo "Hãy chạy make run một lần trước."; exit 1; }
	@$(FLASK) doctor

test: lint types contracts unit postgres browser ## All that must hold before a change is accepted

lint: venv-test ## Python and templates: style, layout, common mistakes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --lint --quiet app/templates

types: venv-test ## Types; strict where everything else stands on it
	$(BIN)/mypy

contracts: venv-test ## Who may import whom; which libraries are used and declared
	$(BIN)/lint-imports
	$(BIN)/deptry .

unit: venv-test ## Tests on SQLite, all but the browser's
	TEST_DATABASES=sqlite $(PYTEST) -q -n 2 -m "not browser"

postgres: venv-test ## The tests that also run on PostgreSQL, on a server of their own
	TEST_DATABASES=postgresql tools/with_postgres.sh $(PYTEST) -q -n 2 -m postgres

browser: venv-test ## Journeys in a real Chromium, on SQLite and on PostgreSQL
	CHROMIUM="$$(tools/ensure_chromium.sh)" && export CHROMIUM && \
		tools/with_postgres.sh $(PYTEST) -q -n 2 -m browser tests/browser

coverage: venv-test ## Lines and branches that no test on SQLite reaches
	TEST_DATABASES=sqlite $(PYTEST) -q -n 2 -m "not browser" --cov --cov-report term:skip-covered

format: venv-test ## Lay the code out and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

audit: venv-test ## Known holes in the libraries we install (asks the advisory service)
	$(BIN)/python tools/audit.py requirements.txt

figures: venv-test ## How long modules, functions and templates are; import cycles
	@$(BIN)/python tools/figures.py

messages: venv ## Collect the interface's texts, bring the catalogues up to date, compile them
	$(BIN)/pybabel extract -F pyproject.toml -k _l -k ngettext:1,2 --sort-by-file --no-wrap --omit-header --add-location=file -o app/translations/messages.pot .
	$(BIN)/pybabel update --no-wrap --ignore-obsolete --no-fuzzy-matching -i app/translations/messages.pot -d app/translations
	$(BIN)/pybabel compile -d app/translations

vendor: ## Build the editor's bundle from npm packages; the result is committed
	cd tools/editor && npm ci --no-audit --no-fund && npm run build

lock: venv ## Choose library versions anew and write them down with their hashes
	$(BIN)/python -m pip install --quiet uv
	$(LOCK) requirements.in --output-file requirements.txt
	$(LOCK) requirements-test.in --output-file requirements-test.txt

screenshots: venv-test ## Pictures of the demo that `make run` shows: phone and desktop, light and dark
	CHROMIUM="$$(tools/ensure_chromium.sh)" && export CHROMIUM && $(BIN)/python tools/screenshots.py

venv:
	@tools/ensure_venv.sh requirements.txt

venv-test:
	@tools/ensure_venv.sh requirements.txt requirements-test.txt
