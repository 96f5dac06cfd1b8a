# Every target works on a fresh clone with nothing but Python and make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SCENARIO ?= scenarios/normal_market.toml
JOBS ?= auto
MODE ?= native
COMPOSE := docker compose -f docker/compose/services/mock-services.yml -f docker/compose/profiles/test.yml
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help run test-up test-down test-logs test-status docker-engine test check check-static lint types imports docs docs-check format cov soak bench lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

$(VENV)/run.stamp: requirements/run.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/build.txt -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/run.stamp
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	touch $@

run: $(VENV)/run.stamp ## Set up and run the simulator (SCENARIO=..., ARGS=...)
	$(BIN)/kiwoom-sim run $(SCENARIO) $(ARGS)

test-up: test-up-$(MODE) ## Start in the background (SCENARIO=..., ARGS=..., MODE=docker)

test-down: test-down-$(MODE) ## Stop what test-up started

test-logs: test-logs-$(MODE) ## Follow the log of what test-up started

test-status: test-status-$(MODE) ## Show how each door is

test-up-native: $(VENV)/run.stamp
	$(BIN)/kiwoom-sim up $(SCENARIO) $(ARGS)
	@echo "from here: make test-status | make test-logs | make test-down" >&2

test-down-native: $(VENV)/run.stamp
	$(BIN)/kiwoom-sim down $(ARGS)

test-logs-native: $(VENV)/run.stamp
	$(BIN)/kiwoom-sim logs --follow $(ARGS)

test-status-native: $(VENV)/run.stamp
	$(BIN)/kiwoom-sim status $(ARGS)

test-up-docker: docker-engine
	KIWOOM_SIM_SCENARIO='$(SCENARIO)' $(COMPOSE) up -d --build --wait $(ARGS)

test-down-docker: docker-engine
	$(COMPOSE) down $(ARGS)

test-logs-docker: docker-engine
	$(COMPOSE) logs -f --tail=100 $(ARGS)

test-status-docker: docker-engine
	$(COMPOSE) ps --format 'table {{.Service}}\t{{.Status}}\t{{.Ports}}' $(ARGS)

docker-engine:
	@docker compose version >/dev/null 2>&1 && docker info >/dev/null 2>&1 || { \
	  echo "MODE=docker needs Docker with Compose and a running engine; leave MODE out to run natively" >&2; exit 3; }

test-%:
	@echo "$@: MODE is native or docker, not $(MODE)" >&2; exit 2

test: $(VENV)/dev.stamp ## Set up and run the tests with the coverage gate
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

check: test check-static ## Run the tests and every static check

check-static: lint types imports docs-check ## Check style, types, imports and docs

lint: $(VENV)/dev.stamp ## Check style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.stamp ## Check types
	$(BIN)/mypy kiwoom_sim

imports: $(VENV)/dev.stamp ## Check who imports whom
	$(BIN)/lint-imports --no-cache

docs: $(VENV)/dev.stamp ## Generate the reference pages
	$(BIN)/python -m docs.generate

docs-check: $(VENV)/dev.stamp ## Fail when a generated page is stale
	$(BIN)/python -m docs.generate --check

format: $(VENV)/dev.stamp ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

soak: $(VENV)/dev.stamp ## Run the long checks: 10,000 cases per property, a minute of everything at once
	HYPOTHESIS_PROFILE=soak SOAK_SECONDS=60 $(BIN)/python -m pytest $(ARGS)

bench: $(VENV)/dev.stamp ## Measure throughput and start-up as ratios (loopback only)
	$(BIN)/python -m bench

lock: ## Refresh uv.lock and the hashed requirement files (needs uv)
	uv lock --default-index https://pypi.org/simple --upgrade
	sh requirements/export.sh

clean: ## Stop what runs; remove the environment and everything generated
	test ! -e kiwoom-sim-runs/up/instance.json || $(BIN)/kiwoom-sim down || test ! -x $(BIN)/kiwoom-sim
	rm -rf $(VENV) build dist .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis kiwoom-sim-runs
