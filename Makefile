# make lab            open the notebooks in JupyterLab
# make test           every check that is quick, the notebooks among them
# make test-processes what starts programs of its own: sandboxes by hand, commands, the aws CLI
# make test-again     the notebooks run twice over, after their clean-up, and with their solutions
# make test-endpoint  the helpers' tests and the notebooks, as if the sandbox were an account
# make test-browser   the notebooks in a real JupyterLab, and the site, in Chromium
# make site           the notebooks and all there is to read, as a site in build/site
# make test-clients   real client libraries of Python and JavaScript against the sandbox
# make test-install   the sandbox in environments of its own, by the package index
# make notebooks      run the notebooks, and keep what they print in them
# make cures          write CURES.md anew
# make triggers       write docs/triggers.md anew
# make bench          what things cost, as ratios
# make stress         the long forms of the stress tests, half an hour; make stress-short, some minutes
# make outdated       pinned dependencies of which there is a newer version
# make audit          are there known vulnerabilities in what is installed?
# All of them set up .venv first, and are quick when nothing changed.
.DEFAULT_GOAL := help
.PHONY: help lab test check-code check-notebooks test-processes test-again test-endpoint test-browser test-clients test-install notebooks site cures triggers bench stress stress-short outdated audit format

PYTHON ?= python3
BIN := .venv/bin
# Draws the diagrams of the site; JupyterLab brings its own.
MERMAID := 11.16.0

# A .venv that was copied or moved with its folder still runs the old folder's helpers.
MADE_FOR := $(shell sed -n 's/^command = .* -m venv [^/]*//p' .venv/pyvenv.cfg 2>/dev/null)
ifneq "$(MADE_FOR)" ""
ifneq "$(MADE_FOR)" "$(CURDIR)/.venv"
$(info .venv belongs to another folder ($(MADE_FOR)). It is removed here, and made anew when it is needed.)
$(shell rm -rf .venv)
endif
endif

help:
	@sed -n '/^# /!q; s/^# //p' Makefile

lab: .venv/.reader
	$(BIN)/jupyter lab --config=.jupyter/jupyter_lab_config.py

test: .venv/.developer
	@$(MAKE) --no-print-directory --jobs=2 check-code check-notebooks
	$(BIN)/pytest -n 2

# What pyproject.toml excludes is called as others are (conftest, helpers), so it is checked by itself.
check-code: .venv/.developer
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	@for own in tests/*/conftest.py; do $(BIN)/mypy $$own || exit 1; done
	@cd tests/sample_project && ../../$(BIN)/mypy --config-file ../../pyproject.toml .
	$(BIN)/cfn-lint template.yaml lambda_src/more/*/template.yaml

# The notebooks wait for their own clocks now and then, so there is room for other checks beside them.
check-notebooks: .venv/.developer
	$(BIN)/pytest -n 2 --dist loadfile --nbval notebooks

test-processes: .venv/.developer
	$(BIN)/pytest -n 2 tests/processes

test-again: .venv/.developer
	$(BIN)/pytest -n 2 tests/again

test-endpoint: .venv/.developer
	$(BIN)/python tests/against_endpoint.py

test-browser: .venv/.developer site
	$(BIN)/pytest tests/browser

test-clients: .venv/.developer tests/clients/built/amplify.js
	$(BIN)/pytest -vv tests/clients

test-install: .venv/.developer
	$(BIN)/pytest tests/install

notebooks: .venv/.developer
	$(BIN)/python tests/execute_notebooks.py

site: .venv/site/.made
	.venv/site/bin/sphinx-build --quiet --fail-on-warning --keep-going -c docs/site -d build/doctrees . build/site
	@echo "The site is ready: build/site/index.html"

cures: .venv/.developer
	$(BIN)/python -m helpers.cures > CURES.md

triggers: .venv/.developer
	$(BIN)/python -m cognito_sandbox triggers --markdown > docs/triggers.md

bench: .venv/.developer
	$(BIN)/python -m benchmarks

stress: .venv/.developer
	$(BIN)/pytest tests/stress --hypothesis-profile=long
	$(BIN)/python tests/stress/fuzz.py
	$(BIN)/python tests/stress/deliveries.py
	$(BIN)/python tests/stress/load.py
	$(BIN)/python tests/stress/load.py --migrate 5000
	$(BIN)/python tests/stress/interruptions.py --all

stress-short: .venv/.developer
	$(BIN)/pytest -n 2 tests/stress --hypothesis-profile=long
	$(BIN)/python tests/stress/fuzz.py --seed 78
	$(BIN)/python tests/stress/deliveries.py
	$(BIN)/python tests/stress/load.py --seconds 20

outdated: .venv/.developer
	$(BIN)/python -m pip list --outdated --not-required

audit: .venv/.developer
	$(BIN)/python -m pip install --quiet --disable-pip-version-check pip-audit==2.10.1
	$(BIN)/pip-audit --skip-editable

format: .venv/.developer
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.venv/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "This needs Python 3.11 or later as '$(PYTHON)'. If it goes by another name: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "Python's venv module is missing. On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	@echo "Making .venv, a Python environment of this folder's own ..."
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/.reader: .venv/.created requirements.txt .install/*/pyproject.toml
	@echo "Installing JupyterLab, boto3, moto and what else requirements.txt names into .venv."
	@echo "This takes a minute or two, and happens once; pip tells how it goes:"
	@$(BIN)/python -m pip install --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.developer: .venv/.reader requirements-dev.txt
	@echo "Installing the tests' tools into .venv, which takes a minute ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -r requirements-dev.txt
	@touch $@

# Sphinx and the aws CLI ask for different docutils, so the site has an environment of its own.
.venv/site/.made: .venv/.created requirements-site.txt
	@command -v npm >/dev/null || { \
	  echo "This needs npm, which brings what draws the diagrams. On Debian and Ubuntu: sudo apt install npm"; exit 1; }
	@echo "Installing what builds the site into .venv/site ..."
	@$(PYTHON) -m venv .venv/site
	@.venv/site/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-site.txt
	@mkdir -p .venv/site/static
	@cd .venv/site && tar -xzOf "$$(npm pack --silent mermaid@$(MERMAID))" package/dist/mermaid.min.js > static/mermaid.min.js
	@touch $@

tests/clients/node_modules/.installed: tests/clients/package.json tests/clients/package-lock.json
	@command -v npm >/dev/null || { \
	  echo "This needs Node 20 or later, and npm. On Debian and Ubuntu: sudo apt install nodejs npm"; exit 1; }
	@echo "Installing Amplify, amazon-cognito-identity-js and esbuild into tests/clients/node_modules ..."
	@cd tests/clients && npm ci --silent
	@touch $@

tests/clients/built/amplify.js: tests/clients/node_modules/.installed tests/clients/amplify.js
	@echo "Bundling Amplify for the browser ..."
	@cd tests/clients && npm run --silent bundle
