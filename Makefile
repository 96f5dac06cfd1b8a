# Every target works on a fresh clone with nothing but Python and make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SCENARIO ?= scenarios/normal_market.toml
JOBS ?= auto
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help run test check check-static lint types imports docs docs-check format cov soak bench lock clean

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

test: $(VENV)/dev.stamp ## Set up and run the tests with the coverage gate
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n $(JOBS) --dist loadfile $(ARGS)
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

soak: $(VENV)/dev.stamp ## Run the long checks: 10,000 cases per property, many seeds
	HYPOTHESIS_PROFILE=soak $(BIN)/python -m pytest $(ARGS)

bench: $(VENV)/dev.stamp ## Measure throughput and start-up as ratios (loopback only)
	$(BIN)/python -m bench

lock: ## Refresh uv.lock and the hashed requirement files (needs uv)
	uv lock --default-index https://pypi.org/simple --upgrade
	sh requirements/export.sh

clean: ## Remove the environment and everything generated
	rm -rf $(VENV) build dist .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis kiwoom-sim-runs
