# Two commands: `make demo` and `make test`. Both set up a virtual environment first; the second time that takes no network.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test tests setup check lock proof learned clean

demo: $(VENV)/.ready
	$(BIN)/arwork demo

# Types are checked while the first long tests wait for their kernels and browsers.
test: $(VENV)/.ready
	@$(MAKE) --no-print-directory --jobs=2 check tests

tests: $(VENV)/.ready
	$(BIN)/python -m pytest -n 2

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

# The long proofs, by hand; their figures are kept in docs/proof.md and bench/. Fuzzing needs atheris and takes ten minutes a target.
SECONDS_EACH ?= 600
TARGETS ?= mt940 nacha lockbox bai2 fedwire ofx qif cnab400 cnab240 coda cfonb aeb43 bgmax esr netsgiro camt claim x12 edifact remt mail \
  advice_text advice_table table

proof: $(VENV)/.ready
	$(BIN)/python bench/intake.py
	$(BIN)/python tests/test_intake_bank_data.py
	$(BIN)/python bench/journal.py
	$(BIN)/python bench/verify.py
	$(BIN)/python bench/faults.py
	$(BIN)/python bench/many.py
	ARWORK_FLIPS=10000 ARWORK_CLOSES=190 $(BIN)/python -m pytest -q tests/test_tampering.py tests/test_seal_key.py
	ARWORK_WHOLE=1 $(BIN)/python -m pytest -q tests/test_real_closes.py -k payinv
	ARWORK_CORPUS=all $(BIN)/python -m pytest -q tests/test_intake_corpus.py
	$(BIN)/python -m pip install --quiet atheris
	cd tests/fuzz && for target in $(TARGETS); do ../../$(BIN)/python run.py $$target $(SECONDS_EACH) || exit 1; done

# For maintainers: what other seeds teach, anew after every change to matching: bench/learned.yaml and the weights in arwork/matching/prior.py.
# Six worlds of 40,000 receipts take ten minutes of one core. MORE names further folders of the same shape. Never a seed that is measured.
WORLDS ?= mixed-101 mixed-102 mixed-105 hard-103 easy-104 easy-106
learned: $(VENV)/.ready
	for world in $(WORLDS); do test -f bench-data/M-$$world/truth.parquet || \
	  $(BIN)/python bench/world.py M $${world%-*} $${world#*-} bench-data/M-$$world || exit 1; done
	rm -rf bench-data/replayed
	$(BIN)/python bench/learn.py $(WORLDS:%=bench-data/M-%) $(MORE) --prior

# For maintainers: pin every package again, with hashes and without addresses.
lock:
	uv pip compile pyproject.toml --extra desk --extra pdf --extra postgres --extra test --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header --quiet --output-file requirements.lock

clean:
	rm -rf $(VENV) outputs/demo .mypy_cache .pytest_cache .ruff_cache
