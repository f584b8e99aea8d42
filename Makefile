# make lab: open the course.   make test: pass every test.   Each does all the set-up alone; interrupt and repeat at will.
# Needs Python 3.11 to 3.14 with venv, and git. Linux without an NVIDIA GPU: PyPI's torch brings about 3 GB of CUDA; to
# spare them, hand pip the address of PyTorch's CPU index ("Get started" on pytorch.org shows it):
#   make lab PIP_ARGS="--extra-index-url ADDRESS"
PYTHON    ?= python3
PIP_ARGS  ?=
LAB_ARGS  ?=
SITE_ARGS ?=
JOBS      ?= 2
TEST_ARGS ?=
VENV      ?= .venv
BIN       := $(VENV)/bin
COURSE    := $(BIN)/python -m course_lib
PYTEST    := $(BIN)/python -m pytest --nbval-lax --nbval-current-env --nbval-cell-timeout=300
# A file's tests go to one process, in the order of tests/conftest.py: what takes longest begins first.
SHARED    := --dist loadfile --no-loadscope-reorder
FIRST_DATA := ml100k open_bandit

# Idle OpenMP threads must sleep, not spin: LightGBM beside two busy neighbours takes 97 s instead of 0.4 s otherwise.
# In small letters: where Turkish is spoken, libgomp knows no others.
export OMP_WAIT_POLICY ?= passive
ifeq ($(shell uname -s),Darwin)
# torch and LightGBM from wheels bring an OpenMP runtime each; one thread keeps them from crashing. Not tested here.
export OMP_NUM_THREADS ?= 1
endif

# Whether a Python will do; the bounds are those of pyproject.toml.
FITS      := 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))'
# Set-up is done again where the Python of .venv is gone. A .venv that was moved holds programs that look for its old
# place, so there it is made anew; the stamp says where that was.
HERE      := cd $(VENV) && pwd -P
MOVED     := $(shell [ -s $(VENV)/.lab ] && [ "$$(cat $(VENV)/.lab)" != "$$($(HERE))" ] && echo moved)
AGAIN     := $(if $(MOVED),again,$(shell [ -x $(BIN)/python ] || echo again))
# A package at which pip was killed has no RECORD yet; pip would take it for installed and could never replace it.
MEND      := find $(VENV)/lib -maxdepth 3 -name '*.dist-info' ! -exec test -e '{}/RECORD' ';' -exec rm -rf '{}' +
NOWHERE   := http://127.0.0.1:9
TESTED    ?= tests notebooks solutions

.PHONY: help lab test test-browser test-newcomer bench build site doctor data clean again
help:
	@sed -n '1,4s/^# //p' Makefile
	@echo "Also: make build, site, bench, test-browser, test-newcomer, doctor, data, clean."

lab: $(VENV)/.lab data
	@$(COURSE) lab $(LAB_ARGS)

test: $(VENV)/.test data
	$(PYTEST) -n $(JOBS) $(SHARED) $(TESTED) $(TEST_ARGS)

test-browser: $(VENV)/.test data
	@command -v "$${CHROMIUM:-chromium}" || command -v chromium-browser || command -v google-chrome || { \
	  echo "No Chromium here, so nothing was tested. Debian, Ubuntu: sudo apt-get install chromium; elsewhere install"; \
	  echo "Chromium or Chrome and name its program in CHROMIUM=/path/to/it."; exit 1; }
	$(BIN)/python -m pytest tests/browser $(TEST_ARGS)

# A newcomer's machine: an empty cache, no mirror, and, once the first data was fetched, no host that answers.
test-newcomer: $(VENV)/.test
	@cache=$$(mktemp -d) && trap 'rm -rf "$$cache"' EXIT && export COURSE_CACHE="$$cache" COURSE_DATA_MIRROR= && \
	  $(COURSE) data --optional $(FIRST_DATA) && \
	  export http_proxy=$(NOWHERE) https_proxy=$(NOWHERE) HTTP_PROXY=$(NOWHERE) HTTPS_PROXY=$(NOWHERE) && \
	  export no_proxy=localhost,127.0.0.1 NO_PROXY=localhost,127.0.0.1 && \
	  $(PYTEST) -n $(JOBS) $(SHARED) tests/data notebooks $(TEST_ARGS)

# Some machines set OPENBLAS_CORETYPE for old builds; it slows a current numpy, so benchmarks run without it.
bench: $(VENV)/.test data
	@for file in tests/benchmarks/bench_*.py; do echo "== $$file"; \
	  env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE $(BIN)/python $$file || exit 1; done

build: $(VENV)/.test data
	$(COURSE) build -j $(JOBS)

site: $(VENV)/.lab
	@$(COURSE) site $(SITE_ARGS)

doctor: $(VENV)/.lab
	@$(COURSE) doctor

data: $(VENV)/.lab
	@$(COURSE) data --optional $(FIRST_DATA)

# A stamp is written last, so a set-up that was interrupted starts again where pip's cache lets it.
$(VENV)/.lab: pyproject.toml constraints.txt $(AGAIN)
	@[ -z "$(MOVED)" ] && $(BIN)/python -c $(FITS) 2>/dev/null && $(BIN)/python -m pip --version >/dev/null 2>&1 || { \
	  $(PYTHON) -c $(FITS) 2>/dev/null || { \
	    echo "The course needs Python 3.11 to 3.14; '$(PYTHON)' is $$($(PYTHON) -V 2>/dev/null || echo not here)."; \
	    for name in python3.11 python3.12 python3.13 python3.14; do \
	      $$name -c $(FITS) 2>/dev/null && { echo "One that will do is here: make lab PYTHON=$$name"; exit 1; }; done; \
	    echo "Install one and name it: make lab PYTHON=python3.12"; exit 1; }; \
	  $(PYTHON) -m venv --clear $(VENV) || { \
	    echo "No virtual environment could be made. Debian, Ubuntu: sudo apt-get install python3-venv"; exit 1; }; }
	@$(MEND)
	@echo "Setting up (minutes the first time, seconds from then on) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check $(PIP_ARGS) -c constraints.txt -e '.[feast]' || { \
	  echo "Set-up did not finish: pip's message is above. No network? Connect once and run the same command again;"; \
	  echo "what was downloaded is kept. No space? It needs about 3 GB."; exit 1; }
	@($(HERE)) > $@

$(VENV)/.test: $(VENV)/.lab
	@$(MEND)
	@$(BIN)/python -m pip install -q --disable-pip-version-check $(PIP_ARGS) -c constraints.txt -e '.[dev]' || { \
	  echo "The test tools could not be installed: pip's message is above. Run the same command again."; exit 1; }
	@touch $@

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .ruff_cache
