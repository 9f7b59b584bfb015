# Every target that needs Python packages installs them first, from the lock file, into .venv.
PYTHON ?= $(firstword $(foreach name,python3.12 python3.11 python3.13 python3,\
	$(shell $(name) -c 'import sys; assert (3, 11) <= sys.version_info[:2] <= (3, 13)' \
	2>/dev/null && echo $(name))))
BIN := .venv/bin
INSTALLED := .venv/installed
SOURCES := runner tests benchmarks
RESULTS := results_mnist results_fashion_mnist deep_compression

.DEFAULT_GOAL := help
.PHONY: help sweep nightly test test-ui test-long screenshots results bench ui check format lock clean

help: ## this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

sweep: $(INSTALLED) ## run the sparsity sweep; more settings: make sweep ARGS="dataset=mnist"
	@$(BIN)/python -m runner +sweep=sparsity $(ARGS)

nightly: $(INSTALLED) ## run the sweeps of the night: make nightly ARGS="--config FILE"
	@$(BIN)/python -m runner.nightly $(ARGS)

test: $(INSTALLED) ## run the tests; some of them: make test ARGS="-k prune"
	@$(BIN)/python -m pytest $(ARGS)

test-ui: $(INSTALLED) ## run the tests that need a browser (Chromium): the pages as people see them
	@$(BIN)/python -m pytest -m ui -n 0 tests/ui $(ARGS)

test-long: $(INSTALLED) ## run the long tests: whole nights and sweeps, real servers, a real cron daemon where there is one
	@$(BIN)/python -m pytest -m long $(ARGS)

screenshots: $(INSTALLED) ## renew the pictures in docs/ on MNIST: RUNNER_DATA=FOLDER make screenshots
	@SCREENSHOTS=docs $(BIN)/python -m pytest -m ui -n 0 tests/ui

results: $(INSTALLED) ## renew docs/results.md on MNIST and Fashion-MNIST: RUNNER_DATA=FOLDER make results
	@for sweep in $(RESULTS); do $(BIN)/python -m runner +sweep=$$sweep $(ARGS) || exit; done
	@$(BIN)/python -m benchmarks.results_page $(RESULTS)

bench: $(INSTALLED) ## measure speed on MNIST, beside one script a point: RUNNER_DATA=FOLDER make bench
	@$(BIN)/python -m benchmarks.speed

ui: $(INSTALLED) ## open MLflow's UI on the store that sweeps write to
	@case "$$MLFLOW_TRACKING_URI" in http*) echo "The store has its own UI: $$MLFLOW_TRACKING_URI";; \
	*) $(BIN)/mlflow ui --backend-store-uri "$${MLFLOW_TRACKING_URI:-sqlite:///mlflow.db}" $(ARGS);; esac

check: $(INSTALLED) ## check format, lint and types
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/mypy

format: $(INSTALLED) ## format the code and mend what the linter can
	@$(BIN)/ruff format $(SOURCES)
	@$(BIN)/ruff check --fix $(SOURCES)

lock: $(INSTALLED) ## renew the lock file from the ranges in pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade --extra dev \
		--generate-hashes --no-header --no-annotate pyproject.toml -o requirements.lock

clean: ## remove .venv and all caches; results (mlflow.db, mlruns, outputs) stay
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache
	find $(SOURCES) -name __pycache__ -prune -exec rm -rf {} +

$(INSTALLED): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "make: Python 3.11, 3.12 or 3.13 is needed" >&2; exit 1; }
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
		--no-build-isolation --editable .
	@touch $@
