# Every command of the project. `make` alone lists them.
PORT ?= 8787
SEED ?= 1
STAGE_FILE ?= stages/local.toml
STAGE ?=

PYTHON := $(shell for p in python3.13 python3.12 python3.11 python3; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
CDK := node_modules/.bin/cdk
export UV_PYTHON_DOWNLOADS := never
export UV_LINK_MODE := copy
export CDK_DISABLE_CLI_TELEMETRY := true
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 1
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-header --no-annotate --no-emit-index-url

# With LOCAL=.local on the local cloud of `make run`; YES=1 asks nothing.
OPERATE := $(BIN)/python -m operations
ON_STAGE = $(if $(STAGE),--stage $(STAGE),$(error Name a stage: make $@ STAGE=dev takes stages/dev.toml)) \
  $(if $(LOCAL),--local $(LOCAL)) $(if $(YES),--yes)

.PHONY: help run test fuzz bench costs synth audit deploy rollback teardown lock format openapi clean

help: ## List the commands
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: .venv/run .venv-ministack/done node_modules/done ## Start everything on this machine
	@$(BIN)/python -m local up --port $(PORT) --stage-file $(STAGE_FILE) \
	  $(if $(filter 0,$(SEED)),--no-seed,--seed)

.venv/uv: pyproject.toml
	@echo "Installing Python tools"
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is missing. Install it and try again."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check "$$(sed -n 's/.*"\(uv==[0-9.]*\)".*/\1/p' pyproject.toml)"
	@touch $@

.venv/run: .venv/uv requirements/run.txt
	@$(BIN)/uv pip install --quiet --require-hashes -r requirements/run.txt
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: .venv/run requirements/dev.txt
	@echo "Installing test tools"
	@$(BIN)/uv pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

.venv-ministack/done: .venv/uv requirements/ministack.txt
	@echo "Installing the emulated AWS"
	@test -x .venv-ministack/bin/python || $(PYTHON) -m venv --without-pip .venv-ministack
	@$(BIN)/uv pip install --quiet --python .venv-ministack/bin/python --require-hashes -r requirements/ministack.txt
	@touch $@

node_modules/done: package.json package-lock.json
	@echo "Installing the CDK and the player"
	@command -v npm >/dev/null || { echo "Node.js 20 or later is missing. Install it and try again."; exit 1; }
	@npm ci --silent
	@touch $@

test: .venv/dev .venv-ministack/done node_modules/done ## Run every check
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy
	@$(BIN)/pytest -n auto

fuzz: .venv/dev .venv-ministack/done node_modules/done ## Search the API longer: SECONDS=300 for each role
	@CLIFFHANGER_FUZZ_SECONDS=$(or $(SECONDS),300) CLIFFHANGER_FUZZ_SEED=$(or $(WORDS),1) \
	  $(BIN)/pytest tests/fuzz

bench: .venv/dev .venv-ministack/done node_modules/done ## Measure everything: bench/RESULTS.md
	@$(BIN)/python -m bench $(if $(ROWS),--rows=$(ROWS))

costs: .venv/dev ## Compute docs/costs.md from the measured units and the prices
	@$(BIN)/python -m bench.costs

synth: .venv/run node_modules/done ## Make a stage's templates, with no account and no network once the libraries are here
	@$(CDK) synth --quiet --context stage=$(or $(STAGE),prod) --output $(or $(OUT),cdk.out)

.venv-audit/done: .venv/uv requirements/audit.txt
	@echo "Installing the scanners"
	@test -x .venv-audit/bin/python || $(PYTHON) -m venv --without-pip .venv-audit
	@$(BIN)/uv pip install --quiet --python .venv-audit/bin/python --require-hashes -r requirements/audit.txt
	@touch $@

audit: .venv/run .venv-audit/done node_modules/done ## Scan code, templates and libraries
	@$(BIN)/python -m audit

deploy: .venv/run node_modules/done ## Deploy a stage: make deploy STAGE=prod
	@$(OPERATE) deploy $(ON_STAGE)

rollback: .venv/run ## Take the functions of a stage back to what was live before
	@$(OPERATE) rollback $(ON_STAGE)

teardown: .venv/run node_modules/done ## Take a stage down, with its data
	@$(OPERATE) teardown $(ON_STAGE)

lock: .venv/uv ## Lock every version in pyproject.toml, with hashes
	@$(LOCK) --group pyproject.toml:dev -o requirements/dev.txt
	@$(LOCK) --group pyproject.toml:run -c requirements/dev.txt -o requirements/run.txt
	@$(LOCK) --group pyproject.toml:core -c requirements/dev.txt -o layers/dependencies/core.txt
	@$(LOCK) --group pyproject.toml:signing -c requirements/dev.txt -o layers/dependencies/signing.txt
	@$(LOCK) --group pyproject.toml:stores -c requirements/dev.txt -o layers/dependencies/stores.txt
	@$(LOCK) --group pyproject.toml:usual-stack -c requirements/dev.txt -o requirements/bench.txt
	@$(LOCK) --group pyproject.toml:ministack -o requirements/ministack.txt
	@$(LOCK) --group pyproject.toml:audit -o requirements/audit.txt

openapi: .venv/run ## Write docs/openapi.json from the route table
	@$(BIN)/python -m functions.api_document

format: .venv/dev ## Format the code
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

clean: ## Forget the local cloud's state
	@rm -rf .local
