# make run | test | lint | bench | verify | attack | install-desktop: each sets up what it needs first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PY := $(BIN)/python
READY := $(VENV)/.ready

.PHONY: run test lint bench verify attack format install-desktop uninstall-desktop clean
.DELETE_ON_ERROR:

# Two files of tests at a time, slow folders first; what asks how fast the program closes runs
# alone.
IN_PARALLEL := -n 2 --dist loadfile --no-loadscope-reorder
ALONE := tests/ui/test_start.py
# A test that hangs where Python cannot interrupt it ends its process, with the threads' places.
WATCHED := -o faulthandler_timeout=330 -o faulthandler_exit_on_timeout=true
WITH_QT = QT_QPA_PLATFORM=offscreen $(PY) -m pytest -m "not verify" \
  -o qt_log_level_fail=WARNING -o "qt_log_ignore=This plugin does not support" $(WATCHED)

# Branches of everything below cli and gui; the floor is in pyproject.toml and only rises. Measuring
# them slows the tests, so it is part of `make verify`.
COVERED := --cov --cov-report=term:skip-covered

EXAMPLE := resources/experiments/forecasting.toml

run: $(READY)
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" = Darwin ]; then \
	  sh packaging/system_libraries.sh window && $(PY) -m studio $(EXAMPLE); \
	else \
	  echo "There is no display: the same example runs in the terminal."; \
	  $(PY) -m studio compare $(EXAMPLE); \
	fi

test: $(READY)
	$(PY) -m pytest -m "not verify" -p no:pytest-qt --without-qt $(WATCHED) $(IN_PARALLEL)
	$(WITH_QT) tests/unit/gui tests/ui --ignore $(ALONE) $(IN_PARALLEL)
	$(WITH_QT) $(ALONE)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)
	$(PY) benchmarks/training_step.py
	$(PY) -m studio bench start
	$(PY) -m studio bench window
	$(PY) benchmarks/tracing_cost.py
	$(PY) benchmarks/large_data.py 2000000
	$(PY) -m studio bench engine

verify: $(READY)
	@$(PY) -m pip install --quiet --disable-pip-version-check atheris || \
	  echo "atheris has no build for this Python: the readers are not fuzzed."
	$(PY) -m pytest -m "not verify" -p no:pytest-qt --without-qt $(WATCHED) $(IN_PARALLEL) $(COVERED)
	$(PY) -m pytest -m "hypothesis and not verify" --hypothesis-profile=new-examples
	$(PY) -m pytest -m verify

attack: $(READY)
	@$(PY) -m pip install --quiet --disable-pip-version-check atheris || \
	  echo "atheris has no build for this Python: the readers are not fuzzed."
	$(PY) docs/make_reliability.py

install-desktop: $(READY)
	@sh packaging/install_desktop.sh

uninstall-desktop:
	@sh packaging/install_desktop.sh --uninstall

clean:
	rm -rf $(VENV) build dist *.egg-info

$(READY): pyproject.toml packaging/constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Gate Studio needs Python 3.11 or later; name one: make PYTHON=python3.12"; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv $(VENV) || \
	  { echo "Could not make a virtual environment. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@sh packaging/system_libraries.sh
	$(PY) -m pip install --quiet --disable-pip-version-check -c packaging/constraints.txt -e '.[onnx,excel,hdf5,workers,tuning,dev]'
	@touch $@
