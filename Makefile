# The contributor's API. `make` alone prints this help; every target does its own set-up.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := src functions agents local tests bench
SAM := .venv-sam/bin/sam
export SAM_CLI_TELEMETRY := 0
export AWS_DEFAULT_REGION ?= us-east-1
# One word for what a person may give on the command line.
export MODEL FEEDBACK
SEED ?= 1

.PHONY: help demo up test test-slow format lint types architecture redrive validate build pr sam-local bench bench-scale bench-discovery fit-discovery bench-execution bench-context bench-gate contracts runaway injections storm races clean

help: ## Print this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

$(VENV)/.local: requirements/local.txt
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is missing: install Python 3.11 or newer"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; say PYTHON=<path>"; exit 1; }
	@echo "Setting up $(VENV) (once, about a minute) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/local.txt
	@$(BIN)/python -c 'import pathlib, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "ferry.pth").write_text(str(pathlib.Path("src").resolve()))'
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.local
	@echo "Adding what the tests need to $(VENV) (once) …"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

.venv-sam/.done: requirements/sam.txt
	@echo "Setting up SAM CLI in .venv-sam (once, some minutes) …"
	@$(PYTHON) -m venv .venv-sam
	@# The lock is complete; without --no-deps, pip loses its way among the extras that SAM CLI asks for.
	@.venv-sam/bin/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r requirements/sam.txt
	@touch $@

demo: $(VENV)/.local ## Carry the sample ticket to green pull requests (MODEL=…, FEEDBACK=…, GITHUB_API_URL=…)
	@$(BIN)/python -m local demo

up: $(VENV)/.local ## Keep the embedded stack running until Ctrl-C
	@$(BIN)/python -m local up

test: $(VENV)/.dev ## Run the test suite, a file at a time on each core
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile -m "not slow"

test-slow: $(VENV)/.dev ## Run what is left of it: whole runs that take most of a minute each
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile -m slow

format: $(VENV)/.dev ## Put every file into shape
	@$(BIN)/ruff format $(SOURCES)
	@$(BIN)/ruff check --fix --quiet $(SOURCES)

lint: $(VENV)/.dev ## Check shape and style
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/ruff check $(SOURCES)

types: $(VENV)/.dev ## Check types, strictly
	@$(BIN)/mypy

architecture: $(VENV)/.dev ## Check imports, sizes, template, machine and prompts
	@$(BIN)/python -m pytest tests/architecture

redrive: $(VENV)/.local ## Give dead letters another try (STACK=… for a stack in AWS)
	@$(BIN)/python -m ferry redrive $(if $(STACK),--stack $(STACK))

validate: .venv-sam/.done ## sam validate --lint
	@$(SAM) validate --lint

build: .venv-sam/.done ## sam build (needs the runtime's Python with pip, on PATH or in pyenv)
	@found=$$(.venv-sam/bin/python -m local.sam_local.interpreter) && PATH="$$found:$$PATH" $(SAM) build

pr: lint types test validate build ## All that CI runs (architecture checks are part of the tests)

sam-local: $(VENV)/.dev .venv-sam/.done ## Run every sample event in a Lambda container (needs Docker, or root on Debian)
	@PYTHONPATH=src $(BIN)/python -m local.sam_local

bench-gate: $(VENV)/.local ## Which cheating patches the integrity gate catches, which honest ones it stops
	@PYTHONPATH=src:. $(BIN)/python -m bench.gate

bench-execution: $(VENV)/.dev ## Honest, cheating and stuck models on small repositories: every outcome as expected, or exit code 1
	@PYTHONPATH=src $(BIN)/python -m bench.execution

bench-context: $(VENV)/.dev ## Tokens read from the cache and money of a step, as it is and without; 85 % or exit code 1
	@PYTHONPATH=src $(BIN)/python -m bench.context

contracts: $(VENV)/.dev ## One suite over every language model: Bedrock and chat completions by strict servers, scripted
	@$(BIN)/python -m pytest --numprocesses auto $(addprefix tests/contract/test_,language_model.py bedrock.py openai_compatible.py scripted_model.py guardrail.py model_health.py spending.py)

runaway: $(VENV)/.dev ## Models that run away: how each task ends, and its ledger beside the provider's bill
	@PYTHONPATH=src:. $(BIN)/python -m bench.runaway

injections: $(VENV)/.dev ## A model that obeys every injection of the corpus: which gate refuses what it does
	@PYTHONPATH=src:. $(BIN)/python -m bench.injections

bench-discovery: $(VENV)/.local ## Measure discovery on real issues (DISCOVERY=… TREES=…; see bench/discovery/README.md)
	@PYTHONPATH=src:. $(BIN)/python -m bench.discovery --benchmark $(DISCOVERY) --trees $(TREES) $(if $(LIMIT),--limit $(LIMIT)) $(if $(FILES_ONLY),--files-only) $(if $(PLOT),--plot $(PLOT))

fit-discovery: $(VENV)/.local ## Fit discovery's weights again (DISCOVERY=… TREES=… ABLATE=1 WRITE=1)
	@PYTHONPATH=src:. $(BIN)/python -m bench.discovery.fit --benchmark $(DISCOVERY) --trees $(TREES) $(if $(ABLATE),--ablate) $(if $(WRITE),--write)

bench: $(VENV)/.dev ## Print the figures that the README quotes
	@$(BIN)/python -m bench

bench-scale: $(VENV)/.dev ## Memory and time of 1,100 tasks at once (minutes)
	@PYTHONPATH=src $(BIN)/python -m bench.scale

storm: $(VENV)/.dev ## 1,000 deliveries, killed workers, a throttling AWS: nothing lost, nothing twice (SEED=…)
	@PYTHONPATH=src $(BIN)/python -m bench.storm --seed $(SEED)

races: $(VENV)/.dev ## Whoever tries to fool the approval gate: 0 wrong executions, 0 hung tasks (SEED=…)
	@PYTHONPATH=src $(BIN)/python -m bench.races --seed $(SEED)

clean: ## Remove what set-up and runs have made
	@rm -rf $(VENV) .venv-sam .local .aws-sam .pytest_cache .mypy_cache .ruff_cache .hypothesis
