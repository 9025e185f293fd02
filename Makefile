# make demo, make test: each makes what it needs, in .venv, from requirements.lock.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PACKAGES := activities confined mail models outbox portal providers qr sandbox starter store telemetry temporal wording workflows settings.py worker.py
TESTED := tests bench client/src client/generator
# More than the usual two cores: many tests wait for a server, or for Temporal to miss a killed worker.
JOBS ?= 3
COMPILE := $(BIN)/python -m uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --quiet

# Without bytecode files a workflow's module is compiled again for each order.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install demo up test test-all test-quick test-night check lint types imports bench pictures histories release-fixture schemas client emails lock clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 14

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; name one with make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

install: $(STAMP) ## Make the virtual environment

demo: $(STAMP) ## Play and check orders in a sandbox; ARGS="switch refuse": only these
	$(BIN)/python -m sandbox.demo $(ARGS)

up: $(STAMP) ## Run everything on this machine until Ctrl-C
	$(BIN)/esim-orders up

test: $(STAMP) ## Run the tests, on real parts that they start themselves; those of whole systems not
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m 'not whole and not night' $(ARGS)

test-all: $(STAMP) ## Run the tests, and those of whole systems: browsers, sandboxes, killed workers
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)

test-quick: $(STAMP) ## Run the tests of all rules, and an order of each kind on real parts
	$(BIN)/python -m pytest -m 'quick and not night' $(ARGS)

test-night: $(STAMP) ## Run the tests that take long, such as thousands of odd mails and files
	$(BIN)/python -m pytest -m night $(ARGS)

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(STAMP)
	$(BIN)/mypy $(PACKAGES) $(TESTED)

imports: $(STAMP)
	$(BIN)/lint-imports

check: lint types imports test-all ## What a change must pass: format, lint, types, imports, all tests

bench: $(STAMP) ## Measure orders a second; ARGS="--against REV" compares with a commit
	$(BIN)/python -m bench $(ARGS)

pictures: $(STAMP) ## Take the pictures of README and runbook again, with chromium
	$(BIN)/python -m tests.browser.take_pictures

histories: $(STAMP) ## Record this version's histories, which the replay tests replay, again
	$(BIN)/python -m tests.replay.record

release-fixture: $(STAMP) ## Fill and dump a database of this version, which the upgrade tests start from
	$(BIN)/python -m tests.upgrade.record

schemas: $(STAMP) ## Write docs/schemas, openapi.json and events.md from messages, routes and event types
	$(BIN)/python -m tests.contract.schemas
	$(BIN)/python -m tests.contract.openapi
	$(BIN)/python -m tests.contract.event_types
	$(BIN)/python -m client.generator

client: $(STAMP) ## Write the models and calls of client/ from docs/openapi.json
	$(BIN)/python -m client.generator

emails: $(STAMP) ## Write the e-mails that the tests compare with again, after a change of their text
	$(BIN)/python -m tests.outbox.approved

lock: $(STAMP) ## Pin the newest versions that pyproject.toml allows
	$(COMPILE) --all-extras --group dev --upgrade pyproject.toml -o requirements.lock
	$(COMPILE) --extra oidc --extra traces -c requirements.lock pyproject.toml -o requirements-runtime.lock
	echo hatchling | $(COMPILE) -c requirements.lock - -o requirements-build.lock

clean: ## Remove the virtual environment and what tools left
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
