# Thin targets over `python -m tools`; `make` alone lists them.
#
# Everything runs in .venv, which is made on first use from the tested
# versions in requirements.lock.  To use an environment of your own (conda,
# say) instead: make html PY=python

PYTHON  ?= python3
VENV    ?= .venv
PY      ?= $(VENV)/bin/python
PROFILE ?= cpu
ARGS    ?=
READY   := $(if $(filter $(VENV)/bin/python,$(PY)),$(VENV)/.ready,)
RUN     := $(PY) -m tools

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export BOOK_PROFILE := $(PROFILE)

.DEFAULT_GOAL := help
.PHONY: help setup lib notebooks html pdf epub site zip serve check data test lint \
        unit nbval bench lock clean

help:  ## list the targets
	@echo 'make html         everything it takes to read the book in a browser'
	@echo 'make test         everything that CI checks'
	@echo
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) \
	  | awk -F'|' '{ printf "make %-12s %s\n", $$1, $$2 }'
	@echo
	@echo 'Variables: PROFILE=ci|cpu|gpu, ARGS="--jobs 4 --force", PY=python'

$(VENV)/.ready: requirements.lock pyproject.toml tools/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Python 3.11 or newer is needed; try: make PYTHON=python3.12 $(MAKECMDGOALS)'; exit 1; }
	@echo 'Installing into $(VENV) (once; some minutes with a slow network) ...'
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python -m pip install -q -r requirements.lock
	@$(VENV)/bin/python -m pip install -q --no-build-isolation --no-deps -e . -e tools
	@$(VENV)/bin/python -m tools kernel
	@touch $@

setup: $(READY)  ## install the tested versions into .venv

lib: $(READY)  ## make d2l/torch.py from the code saved in the chapters
	@$(RUN) lib $(ARGS)

notebooks: $(READY)  ## execute the sections that changed
	@$(RUN) notebooks --profile $(PROFILE) $(ARGS)

html: $(READY)  ## build the website
	@$(RUN) html --profile $(PROFILE) $(ARGS)

pdf: $(READY)  ## build the PDF (needs LaTeX, see README)
	@$(RUN) pdf --profile $(PROFILE) $(ARGS)

epub: $(READY)  ## build the book for e-book readers
	@$(RUN) epub --profile $(PROFILE) $(ARGS)

site: $(READY)  ## the website with all downloads: PDF, EPUB, notebooks
	@$(RUN) site --profile $(PROFILE) $(ARGS)

zip: $(READY)  ## pack the notebooks, plain and for Colab
	@$(RUN) zip --profile $(PROFILE) $(ARGS)

serve: $(READY)  ## the site in a browser, rebuilt whenever a section is saved
	@$(RUN) serve --profile $(PROFILE) $(ARGS)

check: $(READY)  ## find mistakes in the chapters without executing them
	@$(RUN) check $(ARGS)

data: $(READY)  ## fetch all data sets that the sections need
	@$(RUN) data $(ARGS)

lint: $(READY)
	@$(PY) -m ruff check .
	@$(RUN) lib --check

unit: $(READY)
	@$(PY) -m pytest -q -n 2 --dist loadscope tests $(ARGS)

nbval: $(READY)
	@$(RUN) nbval --profile $(PROFILE)

test: lint check html unit nbval  ## everything that CI checks, except the PDF

bench: $(READY)  ## time the executor side by side with others
	@$(PY) benchmarks/executors.py $(ARGS)

lock: $(READY)  ## resolve requirements.lock anew (for maintainers)
	@$(PY) -m tools.lock $(ARGS)

clean:  ## remove what was built; results of executions are kept
	@test ! -x $(PY) || $(RUN) clean $(ARGS)
