# Every target that needs Python packages installs them first, from a lock file, into .venv:
# what sweeps need from requirements.lock, and what tests and docs need besides from
# requirements-dev.lock. What all extras need, for the Dockerfile, is in requirements-cluster.lock.
PYTHON ?= $(firstword $(foreach name,python3.12 python3.11 python3.13 python3,\
	$(shell $(name) -c 'import sys; assert (3, 11) <= sys.version_info[:2] <= (3, 13)' \
	2>/dev/null && echo $(name))))
BIN := .venv/bin
INSTALLED := .venv/installed
INSTALLED_DEV := .venv/installed-dev
SOURCES := runner tests benchmarks
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate pyproject.toml
# For the Dockerfile, and whoever wants all of them as they were tried together.
EXTRAS_CLUSTER := $(addprefix --extra ,checkout ray slurm postgres remote)
EXTRAS_DEV := $(addprefix --extra ,checkout dev ray slurm postgres)
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
RESULTS := results_mnist results_fashion_mnist deep_compression deep_compression_lenet5

.DEFAULT_GOAL := help
.PHONY: help sweep nightly test test-ui test-long test-cluster screenshots tutorial results bench faults ui \
	check format reference docs lock upgrade clean

help: ## this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

sweep: $(INSTALLED) ## run the sparsity sweep; more settings: make sweep ARGS="dataset=mnist"
	@$(BIN)/python -m runner +sweep=sparsity $(ARGS)

nightly: $(INSTALLED) ## run the sweeps of the night: make nightly ARGS="--config FILE"
	@$(BIN)/python -m runner.nightly $(ARGS)

test: $(INSTALLED_DEV) ## run the tests; some of them: make test ARGS="-k prune"
	@$(BIN)/python -m pytest $(ARGS)

test-ui: $(INSTALLED_DEV) ## run the tests that need a browser (Chromium): the pages as people see them
	@$(BIN)/python -m pytest -m ui -n 0 tests/ui $(ARGS)

test-long: $(INSTALLED_DEV) ## run the long tests: whole nights and sweeps, real servers, a real cron daemon where there is one
	@$(BIN)/python -m pytest -m long --dist loadfile $(ARGS)

test-cluster: $(INSTALLED_DEV) ## test sweeps on several machines, made of namespaces of this one, with PostgreSQL, Ray and Slurm
	@$(BIN)/python -m pytest -m cluster --dist loadfile tests/cluster $(ARGS)

screenshots: $(INSTALLED_DEV) ## renew the pictures in docs/ on MNIST: RUNNER_DATA=FOLDER make screenshots
	@SCREENSHOTS=docs $(BIN)/python -m pytest -m ui -n 0 tests/ui

tutorial: $(INSTALLED) ## type the commands of docs/tutorial.md again, and renew what they print there
	@$(BIN)/python -m benchmarks.tutorial

results: $(INSTALLED_DEV) ## renew docs/results.md on MNIST and Fashion-MNIST: RUNNER_DATA=FOLDER make results
	@for sweep in $(RESULTS); do $(BIN)/python -m runner +sweep=$$sweep 'devices=[phone,microcontroller,ethos_u55_128]' $(ARGS) || exit; done
	@$(BIN)/python -m benchmarks.results_page $(RESULTS)

bench: $(INSTALLED_DEV) ## measure speed on MNIST, beside one script a point: RUNNER_DATA=FOLDER make bench
	@$(BIN)/python -m benchmarks.speed

faults: $(INSTALLED_DEV) ## break small real sweeps at random moments and resume them: make faults ARGS="--count 10 --seed 1"
	@$(BIN)/python -m benchmarks.faults $(ARGS)

ui: $(INSTALLED) ## show the newest sweep on MLflow's pages, in the browser
	@$(BIN)/python -m runner ui $(ARGS)

check: $(INSTALLED_DEV) ## check format, lint and types
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/mypy

format: $(INSTALLED_DEV) ## format the code and mend what the linter can
	@$(BIN)/ruff format $(SOURCES)
	@$(BIN)/ruff check --fix $(SOURCES)

reference: $(INSTALLED) ## renew the settings in docs/reference.md from their own descriptions
	@$(BIN)/python -m runner.settings.reference docs/reference.md

docs: $(INSTALLED_DEV) ## build the manual into site/; a broken link fails
	@$(BIN)/zensical build --clean --strict

lock: $(INSTALLED_DEV) ## lock what pyproject.toml asks for now; what is locked already stays as it is
	@$(LOCK) --extra checkout -o requirements.lock
	@$(LOCK) $(EXTRAS_CLUSTER) --constraint requirements.lock -o requirements-cluster.lock
	@$(LOCK) $(EXTRAS_DEV) --constraint requirements-cluster.lock -o requirements-dev.lock

upgrade: $(INSTALLED_DEV) ## lock the newest versions that the ranges in pyproject.toml allow
	@$(LOCK) --upgrade --extra checkout -o requirements.lock
	@$(LOCK) --upgrade $(EXTRAS_CLUSTER) --constraint requirements.lock -o requirements-cluster.lock
	@$(LOCK) --upgrade $(EXTRAS_DEV) --constraint requirements-cluster.lock -o requirements-dev.lock

clean: ## remove .venv and all caches; results (mlflow.db, mlruns, outputs) stay
	rm -rf .venv build dist site .cache .mypy_cache .pytest_cache .ruff_cache
	find $(SOURCES) -name __pycache__ -prune -exec rm -rf {} +

$(INSTALLED): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "make: Python 3.11, 3.12 or 3.13 is needed" >&2; exit 1; }
	@$(PYTHON) -m venv .venv
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(INSTALLED_DEV): $(INSTALLED) requirements-dev.lock
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@
