# What there is to do: `make help`. Needs only git, make and Python 3.11 or newer.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest

# The languages to translate into; bokmål is what the code says, and needs no catalogue.
LANGUAGES = $(shell $(BIN)/python -c "import tomllib; \
	print(*(tomllib.load(open('locales/languages.toml', 'rb'))['names'].keys() - {'nb'}))")

# A stamp is newer than the lock it was made from, so a second start installs nothing.
RUNS := $(VENV)/.runs
TESTS := $(VENV)/.tests

.DEFAULT_GOAL := help
.PHONY: help setup run talk preview messages language evaluate model duties papers faults attack bench services test check locks clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

setup: $(RUNS) ## make .venv with the command lytt in it

run: setup ## serve web chat, staff pages and Telegram at http://127.0.0.1:8080/
	@$(BIN)/lytt serve

talk: setup ## talk with Lytt in this terminal
	@$(BIN)/lytt chat

preview: setup ## write one page with every question in every language and channel
	@$(BIN)/python -m bot.preview

messages: $(RUNS) ## collect the words to translate and bring the catalogues up to date
	@$(call collect,dialogs,dialogs bot)
	@$(call collect,staff,bot/staff)
	@$(call collect,money,bot/allocation bot/funding bot/applicants)
	@$(call collect,reports,bot/exports)

# What citizens, staff and applicants read are catalogues of their own: only the first is held to the plain-language bars.
define collect
$(BIN)/pybabel -q extract --project=Lytt --copyright-holder="the Lytt contributors" --sort-by-file \
	--add-location=file --add-comments=i18n: --mapping-file=locales/babel.cfg \
	--output-file=locales/$(1).pot $(2) && \
for language in $(LANGUAGES); do \
	$(BIN)/pybabel -q update --domain=$(1) --input-file=locales/$(1).pot --output-dir=locales \
		--locale=$$language --init-missing --no-fuzzy-matching --ignore-obsolete || exit 1; \
done
endef

language: $(TESTS) ## hold every text against the plain-language bars
	@$(PYTEST) tests/words

evaluate: $(TESTS) ## measure how well free text is understood
	@$(BIN)/python -m bot.understanding.evaluate

model: $(TESTS) ## make the model of free text anew from the phrases
	@$(BIN)/python -m bot.understanding.train

duties: $(TESTS) ## print what law and child safety ask of Lytt, the test that holds it, and its result
	@$(BIN)/python -m tests.duties

papers: $(TESTS) ## bring docs/privacy.md and docs/threat-model.md up to date with the code
	@$(BIN)/python -m tests.duties.papers

faults: $(TESTS) ## kill Lytt at every commit point and at 200 moments under load
	@LYTT_FAULTS=full $(PYTEST) tests/faults

attack: $(TESTS) ## solve all that a city of 5,000 people in 30 districts publishes for small groups
	@LYTT_ATTACK=full $(PYTEST) tests/published --timeout=7200

bench: $(TESTS) ## measure speed: beside python-telegram-bot's own ConversationHandler, and of staff's queue
	@$(BIN)/python -m tests.benchmarks
	@$(BIN)/python -m tests.benchmarks.queue
	@$(BIN)/python -m tests.benchmarks.summaries
	@$(BIN)/python -m tests.benchmarks.allocation

services:
	@sh tests/services/install.sh

test: $(TESTS) services ## set up everything, a browser and PostgreSQL too, and run all tests
	@$(PYTEST) -n 2 --dist loadfile

check: $(TESTS) ## style, types, the import contract and the rules about the code
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(PYTEST) -q tests/rules

# The locks name no index: pip asks the one it is set to. PIP_* of whoever makes them plays no part.
LOCK = $(VENV)-locks/bin/uv pip compile pyproject.toml --quiet --universal --python-version=3.11 \
	--fork-strategy=fewest --generate-hashes --no-emit-index-url --no-emit-find-links \
	--custom-compile-command="make locks" --group=build

locks: ## choose versions anew and write requirements/ (add UPGRADE=--upgrade for newer ones)
	@$(PYTHON) -m venv $(VENV)-locks && $(VENV)-locks/bin/pip install -qq uv
	@$(LOCK) $(UPGRADE) --extra=exports --group=train --group=test -o requirements/test.txt > /dev/null
	@$(LOCK) --constraint=requirements/test.txt --extra=exports -o requirements/exports.txt > /dev/null
	@$(LOCK) --constraint=requirements/test.txt -o requirements/run.txt > /dev/null
	@rm -rf $(VENV)-locks

clean: ## remove what was built (your data/ stays)
	@rm -rf $(VENV) $(VENV)-locks build *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis \
		.import_linter_cache preview.html
	@find bot dialogs tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Lytt needs Python 3.11 or newer.")'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

# Built without isolation and without dependencies: everything needed is in the lock.
$(RUNS): requirements/exports.txt pyproject.toml | $(BIN)/python
	@echo "Installing what Lytt needs. The first time takes a minute or two."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/exports.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation \
		--config-settings editable_mode=compat --editable .
	@touch $@

$(TESTS): requirements/test.txt $(RUNS)
	@echo "Installing what the tests need."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/test.txt
	@touch $@
