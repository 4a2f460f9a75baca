# Enerwise, one word each. A fresh machine needs make and Python 3.11, 3.12 or 3.13; `make help` lists the words.
#
# Everything is installed into .venv, or into the virtual environment that is active already.

DEMO            := run --demo
ANVIL           := @foundry-rs/anvil@1.7.1
SYSTEM_PACKAGES := chromium-headless-shell faketime gcc libc6-dev libmodbus-dev mbpoll mosquitto mosquitto-clients pkg-config socat
TEST_ARGS       ?=
WORKERS         ?= 3
UPGRADE         ?=

# Whatever the machine wants otherwise: hundreds of processes start, and what one has compiled all others read.
unexport PYTHONDONTWRITEBYTECODE

VENV   := $(or $(VIRTUAL_ENV),.venv)
PYTHON := $(VENV)/bin/python
PIP    := $(PYTHON) -m pip --quiet --disable-pip-version-check

# A stamp says "installed from these files"; it lives inside the environment and goes with it.
RUN_STAMP := $(VENV)/.enerwise-run
DEV_STAMP := $(VENV)/.enerwise-dev

# The page is built with the package: where its sources change, it is installed again.
PAGE_SOURCES := hatch_build.py $(shell find ui \( -name node_modules -o -name dist -o -name dev \) -prune -o -type f -print 2>/dev/null)

VERSION_FITS := import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))

# An environment made by another tool may come without pip.
PREPARE := $(PYTHON) -c '$(VERSION_FITS)' || { echo "$(VENV) is not Python 3.11, 3.12 or 3.13"; exit 1; }; \
	$(PYTHON) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m ensurepip >/dev/null

# pip compiles one file after the other; this takes all cores, while the page is built.
COMPILE_ALL := $(PYTHON) -m compileall -qq -j 0 $(VENV)/lib >/dev/null 2>&1

COMPILE := .lock-venv/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-strip-extras --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(UPGRADE) pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help run page test coverage lint bench soak mutation pictures results safety-evidence client contract lock clean system-packages

help: ## list these words
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{ printf "make %-15s %s\n", $$1, $$2 }'

run: $(RUN_STAMP) ## install what running needs, then run the demo home; PORT moves its page
	@echo "enerwise: $(DEMO)"
	@$(VENV)/bin/enerwise $(DEMO)

page: | $(PYTHON) ## build the page anew
	@echo "page: ui into src/enerwise/serve/page"
	@$(PREPARE)
	@ENERWISE_PAGE=always $(PIP) install --no-deps --editable .

test: $(DEV_STAMP) system-packages lint ## check everything: format, rules, types, then tests
	@echo "pytest: tests, doctests, floors"
	@$(PYTHON) -m pytest -n $(WORKERS) --dist loadgroup $(TEST_ARGS)

coverage: $(DEV_STAMP) system-packages ## run the tests and see which lines none of them reaches; half as long again
	@echo "pytest: coverage"
	@$(PYTHON) -m pytest -n $(WORKERS) --dist loadgroup --cov --cov-report=term $(TEST_ARGS)

lint: $(DEV_STAMP) ## check format, rules and types
	@echo "ruff: format"
	@$(PYTHON) -m ruff format --check --quiet .
	@echo "ruff: rules"
	@$(PYTHON) -m ruff check --quiet .
	@echo "mypy: types"
	@$(PYTHON) -m mypy --num-workers 2

bench: $(DEV_STAMP) ## measure speed
	@echo "bench: speed"
	@$(PYTHON) bench/run.py

soak: $(DEV_STAMP) ## try every property on new and many more examples, and run what takes long
	@echo "pytest: soak"
	@ENERWISE_EXPLORE=1 $(PYTHON) -m pytest -n $(WORKERS) --dist loadgroup --timeout 0 -o faulthandler_timeout=0 -m "soak or not soak" $(TEST_ARGS)

mutation: $(DEV_STAMP) ## see which mistakes in the limit logic no test notices
	@echo "bench: mutation"
	@$(PYTHON) bench/mutation.py

pictures: $(DEV_STAMP) ## take the pictures of the page in docs/pictures anew
	@echo "pictures: docs/pictures"
	@$(PYTHON) -m tests.browser.pictures

results: $(DEV_STAMP) ## compute the published figures
	@echo "bench: results"
	@$(PYTHON) bench/results.py

safety-evidence: $(DEV_STAMP) system-packages ## prove the twenty safety requirements in full and publish the figures
	@echo "bench: safety evidence"
	@$(PYTHON) bench/safety.py

client: $(DEV_STAMP) ## describe the API again and generate its Python client
	@echo "client: docs/openapi.json"
	@$(PYTHON) -m enerwise.serve.api.schema --out docs/openapi.json
	@echo "client: clients/python"
	@PATH="$(abspath $(VENV))/bin:$$PATH" openapi-python-client generate --meta none --overwrite --path docs/openapi.json \
		--config clients/python/generate.yaml --output-path clients/python/enerwise_client >/dev/null

contract: .contract-venv/.enerwise-contract ## compile the contract of slot tokens; try it on titanoboa and on a foreign node
	@echo "vyper: src/enerwise/store/chain/slot_tokens.json"
	@PYTHONPATH=src .contract-venv/bin/python -m enerwise.store.chain.compile
	@echo "pytest: tests/store/chain"
	@PATH="$$(echo "$(CURDIR)"/.contract-venv/node_modules/@foundry-rs/anvil-*/bin):$$PATH" PYTHONPATH=src \
		.contract-venv/bin/python -m pytest $(TEST_ARGS) tests/store/chain

lock: .lock-venv/bin/uv ## resolve the lock files again; UPGRADE=--upgrade moves every version
	@echo "lock: requirements.lock"
	@$(COMPILE) --extra dev --output-file requirements.lock
	@echo "lock: requirements-run.lock"
	@$(COMPILE) --extra face --extra learn --constraint requirements.lock --output-file requirements-run.lock
	@echo "lock: requirements-contract.lock"
	@$(COMPILE) --extra chain --extra contract --output-file requirements-contract.lock

clean: ## remove .venv, caches and build products
	@echo "clean: .venv, caches, build products"
	@rm -rf .venv .lock-venv .contract-venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage .coverage.* htmlcov build dist \
		ui/node_modules src/enerwise/serve/page
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUN_STAMP): requirements-run.lock pyproject.toml $(PAGE_SOURCES) | $(PYTHON)
	@echo "install: requirements-run.lock and enerwise into $(VENV)"
	@$(PREPARE)
	@$(PIP) install --require-hashes --requirement requirements-run.lock
	@$(PIP) install --no-deps --editable .
	@touch $@

$(DEV_STAMP): requirements.lock pyproject.toml $(PAGE_SOURCES) | $(PYTHON)
	@echo "install: requirements.lock and enerwise into $(VENV)"
	@$(PREPARE)
	@$(PIP) install --no-compile --require-hashes --requirement requirements.lock
	@$(COMPILE_ALL) & $(PIP) install --no-deps --editable . && wait
	@touch $(RUN_STAMP) $@ # the development lock holds everything that running needs

# The compiler does not fit beside the rest (docs/adr/0019-token-settlement.md), so it has an environment of its own.
.contract-venv/.enerwise-contract: requirements-contract.lock | .contract-venv/bin/python
	@echo "install: requirements-contract.lock into .contract-venv"
	@.contract-venv/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes --requirement requirements-contract.lock
	@if command -v npm >/dev/null; then \
		echo "npm: $(ANVIL) into .contract-venv"; \
		npm install --silent --no-save --ignore-scripts --prefix .contract-venv "$(ANVIL)" >/dev/null; \
	else echo "npm is not on PATH: going on without a foreign node"; fi
	@touch $@

# A name on PATH proves nothing (version managers leave stubs, Debian splits venv off), so each one is asked to do it.
.venv/bin/python .lock-venv/bin/python .contract-venv/bin/python:
	@for name in python3.13 python3.12 python3.11 python3; do \
		if "$$name" -c 'import ensurepip, venv; $(VERSION_FITS)' 2>/dev/null; then \
			echo "venv: $(@:/bin/python=) by $$name"; \
			"$$name" -m venv --clear $(@:/bin/python=) && exit 0; \
			rm -rf $(@:/bin/python=); exit 1; \
		fi; \
	done; \
	echo "no Python 3.11, 3.12 or 3.13 with venv on PATH; on Debian and Ubuntu: apt-get install python3 python3-venv"; exit 1

.lock-venv/bin/uv: | .lock-venv/bin/python
	@echo "install: uv into .lock-venv"
	@.lock-venv/bin/python -m pip --quiet --disable-pip-version-check install "uv>=0.13,<0.14"

# Fuller tests may want system packages; without root or Debian the tests that need them skip and say so.
system-packages:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! dpkg -s $(SYSTEM_PACKAGES) >/dev/null 2>&1; then \
		echo "apt-get: $(SYSTEM_PACKAGES)"; \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends $(SYSTEM_PACKAGES) >/dev/null \
			|| echo "apt-get: failed, going on without"; \
	fi
