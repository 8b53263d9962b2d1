# Two commands: `make demo` and `make test`. Both set up a virtual environment first; the second time that takes no network.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test setup check lock notebooks clean

demo: $(VENV)/.ready
	$(BIN)/arwork demo

test: $(VENV)/.ready check
	$(BIN)/python -m pytest

setup: $(VENV)/.ready

# The stamp holds the digest of what was installed, so a checkout with fresh file times does not install again.
$(VENV)/.ready: requirements.lock pyproject.toml
	@digest=$$(cat requirements.lock pyproject.toml | sha256sum); \
	if [ "$$(cat $(VENV)/.ready 2>/dev/null)" != "$$digest" ]; then \
	  $(PYTHON) -m venv $(VENV) && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . && \
	  echo "$$digest" > $(VENV)/.ready; \
	else touch $(VENV)/.ready; fi

check: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# For maintainers: pin every package again, with hashes and without addresses.
lock:
	uv pip compile pyproject.toml --extra desk --extra test --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header --quiet --output-file requirements.lock

clean:
	rm -rf $(VENV) outputs/demo .mypy_cache .pytest_cache .ruff_cache
