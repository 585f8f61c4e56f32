# make lab     open the notebooks in JupyterLab
# make test    every check
# make test-endpoint   the helpers' tests, as if the sandbox were an account
# make bench   what the sandbox costs beside plain moto
# Both set up .venv first, and are quick when nothing changed.
.DEFAULT_GOAL := help
.PHONY: help lab test test-endpoint bench format

PYTHON ?= python3
BIN := .venv/bin

help:
	@sed -n 's/^# //p' Makefile

lab: .venv/.reader
	$(BIN)/jupyter lab --notebook-dir=notebooks

test: .venv/.developer
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/cfn-lint template.yaml
	$(BIN)/pytest -n 2

test-endpoint: .venv/.developer
	$(BIN)/python tests/against_endpoint.py

bench: .venv/.developer
	$(BIN)/python benchmarks/sandbox.py
	$(BIN)/python benchmarks/known_users.py

format: .venv/.developer
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.venv/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "This needs Python 3.11 or later as '$(PYTHON)'. If it goes by another name: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "Python's venv module is missing. On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.reader: .venv/.created requirements.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.developer: .venv/.reader requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -r requirements-dev.txt
	@touch $@
