# What can be done here. `make help` lists it; nothing needs to be installed before but Python 3.11, make and a shell.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PORT ?= 8000
SERVE ?= 1
ARGS ?=
export PUBLIC_URL ?= http://127.0.0.1:$(PORT)
# Where we can install what tests need, a test that is skipped for want of it fails: see tests/skips.py. SKIPS=allowed goes without.
export SKIPS ?= $(shell if [ -x /usr/bin/chromium ] || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }; then echo none; else echo allowed; fi)
INSTANCE = $${MATCHMAKER_INSTANCE:-instance}

VENV := .venv
BIN := $(VENV)/bin
FLASK := $(BIN)/flask --app wsgi
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
TRANSLATIONS := matchmaker/translations

# A stamp is named after the content of the file that it stands for: another content, another stamp.
stamp = $(VENV)/.$(1)-$(shell cksum < $(2) | tr ' ' -)
USER_STAMP := $(call stamp,user,requirements.txt)
DEV_STAMP := $(call stamp,dev,requirements-dev.txt)
SCALE_STAMP := $(call stamp,scale,requirements-scale.txt)
BENCH_STAMP := $(call stamp,bench,benchmarks/requirements.txt)
COMPILED_STAMP := $(VENV)/.compiled-$(shell cat matchmaker/scheduling/*.py | cksum | tr ' ' -)
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard $(TRANSLATIONS)/*/LC_MESSAGES/*.po))

.PHONY: help demo serve cluster test check a11y journeys screenshots bench bench-quick format lock migration translations catalogues venv dev browser clean

help:  ## list what can be done
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name words; do printf '%-20s %s\n' "$$name" "$$words"; done

demo: venv catalogues  ## the 2024 conference with a demonstration cohort and its first night, at 127.0.0.1:8000 (PORT=…, SERVE=0)
	$(FLASK) db upgrade
	$(FLASK) catalogue load matchmaker/data/shanghai-2024
	$(FLASK) demo
	$(FLASK) nightly --first
	$(FLASK) notices deliver
	@if [ "$(SERVE)" = 0 ]; then echo "Ready. Serve it with: make serve"; else $(MAKE) serve; fi

serve: venv catalogues  ## serve what is stored, at 127.0.0.1:8000 (PORT=…)
	@if [ -f "$(INSTANCE)/demo-logins.txt" ]; then echo; echo "Sign in as one of these (role, e-mail, password):"; sed 's/^/  /' "$(INSTANCE)/demo-logins.txt"; fi
	@echo; echo "http://127.0.0.1:$(PORT)  (Ctrl-C ends it)"; echo
	@exec $(BIN)/gunicorn --bind 127.0.0.1:$(PORT) --workers 1 --threads 8 --log-level warning wsgi:app

cluster: venv $(SCALE_STAMP)  ## a scheduler and two workers on this machine for --cluster, until Ctrl-C (ARGS="--port 8786 --workers 2")
	@exec $(BIN)/python -m matchmaker.scheduling.cluster $(ARGS)

test: dev browser catalogues  ## set up what the tests need and run all of them (ARGS="-k diary")
	$(BIN)/pytest -n 3 --dist loadgroup $(ARGS)

check: dev  ## format, lint, types, dependencies and the shape of the house
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/pytest -q tests/structure

a11y: dev browser catalogues  ## look for barriers on every page: light, dark, phone, desk, both languages (ARGS="-k diary")
	A11Y=whole $(BIN)/pytest tests/web/test_a11y.py --dist load -n 2 $(ARGS)

journeys: dev browser catalogues  ## go every journey in every view: phone, desk, both languages, taps, keys, without scripts
	JOURNEYS=whole $(BIN)/pytest tests/web/test_journeys.py -n 3 $(ARGS)

screenshots: dev browser catalogues  ## pictures of every page and state into screenshots/, from the demonstration (ARGS="diary inbox")
	$(BIN)/python -m tests.screenshots $(ARGS)

bench: venv $(BENCH_STAMP)  ## measure ours and the others on the same instances; hours, and it goes on where it stopped (ARGS="--again")
	$(BIN)/python -m benchmarks all $(ARGS)

bench-quick: venv $(BENCH_STAMP)  ## a small part of it in under ten minutes
	$(BIN)/python -m benchmarks all --quick $(ARGS)

format: dev  ## let ruff format the code and mend what it can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: dev  ## pin the newest allowed versions, with hashes, into the requirements files
	$(BIN)/uv pip compile --quiet --upgrade --no-emit-index-url --generate-hashes --python-version 3.11 requirements.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --upgrade --no-emit-index-url --generate-hashes --python-version 3.11 requirements-dev.in -o requirements-dev.txt
	$(BIN)/uv pip compile --quiet --upgrade --no-emit-index-url --generate-hashes --python-version 3.11 -c requirements.txt requirements-scale.in -o requirements-scale.txt
	$(BIN)/uv pip compile --quiet --upgrade --no-emit-index-url --generate-hashes --python-version 3.11 benchmarks/requirements.in -o benchmarks/requirements.txt

migration: dev  ## write a revision of the database for what changed in the models (MESSAGE="add …")
	@[ -n "$(MESSAGE)" ] || { echo 'Say what it does: make migration MESSAGE="add a table for …"' >&2; exit 2; }
	$(FLASK) db upgrade
	number=$$(ls migrations/versions/*.py 2>/dev/null | wc -l); \
	$(FLASK) db migrate --message "$(MESSAGE)" --rev-id "$$(printf %04d $$((number + 1)))"
	sed -i '/# ### .* Alembic/d; /# ### end Alembic/d' migrations/versions/*.py
	$(BIN)/ruff format --quiet migrations

# English is the language of the code: its catalogue repeats each text, so that a missing one is seen in every language.
define FILL_ENGLISH
import sys
from babel.messages.pofile import read_po, write_po
with open(sys.argv[1], encoding="utf-8") as file:
    catalogue = read_po(file, locale="en")
for message in catalogue:
    if message.id:
        message.string = message.id
        message.flags.discard("fuzzy")
with open(sys.argv[1], "wb") as file:
    write_po(file, catalogue, width=130, omit_header=False)
endef
export FILL_ENGLISH

translations: dev  ## collect all texts from code and templates into the catalogues, ready to be translated
	$(BIN)/pybabel -q extract -F pyproject.toml -k _l -k lazy_gettext -k lazy_ngettext:1,2 --sort-by-file --no-location --project matchmaker --version 1 -o $(TRANSLATIONS)/messages.pot .
	for language in en zh_Hans_CN; do \
	  if [ -f $(TRANSLATIONS)/$$language/LC_MESSAGES/messages.po ]; then action=update more="--no-fuzzy-matching --ignore-obsolete"; else action=init more=; fi; \
	  $(BIN)/pybabel -q $$action $$more -i $(TRANSLATIONS)/messages.pot -d $(TRANSLATIONS) -l $$language -w 130 || exit 1; \
	done
	$(BIN)/python -c "$$FILL_ENGLISH" $(TRANSLATIONS)/en/LC_MESSAGES/messages.po
	$(MAKE) catalogues

catalogues: $(CATALOGUES)

$(TRANSLATIONS)/%.mo: $(TRANSLATIONS)/%.po | venv
	$(BIN)/pybabel -q compile -i $< -o $@

venv: $(COMPILED_STAMP)

dev: $(DEV_STAMP)

$(BIN)/python:
	@for name in $${PYTHON:-} python3.11 python3 python3.12 python3.13 python; do \
	  if command -v $$name >/dev/null 2>&1 && $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$name; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "Matchmaker needs Python 3.11 or newer, and there is none on the path. Name it: make PYTHON=/path/to/python3.11 …" >&2; exit 1; \
	fi; \
	echo "Making $(VENV) with $$($$found --version)"; \
	$$found -m venv $(VENV) || { rm -rf $(VENV); echo "$$found could not make a virtual environment; on Debian its package python3-venv is missing." >&2; exit 1; }

$(USER_STAMP): | $(BIN)/python
	@rm -f $(VENV)/.user-*
	@echo "Installing what requirements.txt names; the first time takes a few minutes"
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(COMPILED_STAMP): | $(USER_STAMP)
	@rm -f $(VENV)/.compiled-*
	@echo "Compiling the scheduler's inner loops; the first time takes about half a minute"
	@$(BIN)/python -m matchmaker.scheduling.warming
	@touch $@

$(DEV_STAMP): | $(COMPILED_STAMP)
	@rm -f $(VENV)/.dev-*
	@echo "Installing what the tests need: requirements-dev.txt"
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@

$(SCALE_STAMP): | $(USER_STAMP)
	@rm -f $(VENV)/.scale-*
	@echo "Installing what a cluster needs: requirements-scale.txt"
	@$(PIP_INSTALL) -r requirements-scale.txt
	@touch $@

$(BENCH_STAMP): | $(USER_STAMP)
	@rm -f $(VENV)/.bench-*
	@echo "Installing what one peer of the benchmark needs: benchmarks/requirements.txt"
	@if $(PIP_INSTALL) -r benchmarks/requirements.txt; then touch $@; else echo "It could not be installed: Timefold is left out."; fi

browser: venv
	@if [ -x /usr/bin/chromium ] && [ -n "$$(fc-list :lang=zh 2>/dev/null)" ] && $(BIN)/python -c 'import weasyprint' >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	  echo "Installing chromium, a Chinese font and Pango for the tests of pages and papers"; \
	  { apt-get -qq -o Acquire::Retries=3 update && DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=3 install -y --no-install-recommends chromium fonts-noto-cjk fontconfig libpangoft2-1.0-0 >/dev/null; } \
	  || echo "They could not be installed: the tests that need them fail; SKIPS=allowed goes without."; \
	elif [ ! -x /usr/bin/chromium ]; then echo "There is no /usr/bin/chromium, and it may not be installed from here: the browser tests are skipped."; fi

clean:  ## remove what can be made again; the instance folder with its data stays
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find $(TRANSLATIONS) -name '*.mo' -delete
