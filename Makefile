# The same commands on a laptop, in a hook and in CI. Needs only Python 3.11 or newer and make.
PYTHON ?= python3
export PIP_DISABLE_PIP_VERSION_CHECK := 1
BIN := .venv/bin
RUNS := .venv/.runs
READY := .venv/.ready
BROWSER := .venv/.browser
FAULTS := .venv/.faults
Q ?= 지금도 신청할 수 있나요?

.PHONY: run ask chat test fuzz soak check bench pictures lock clean help

help:  ## show this list
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/'

run: $(RUNS)  ## open the help desk: web chat and console, and Telegram where TELEGRAM_BOT_TOKEN is set
	@$(BIN)/helpdesk serve

chat: $(RUNS)  ## a conversation in the terminal
	@$(BIN)/helpdesk chat

ask: $(RUNS)  ## answer one question: make ask Q="창원대 담당 전화번호 알려주세요"
	@$(BIN)/helpdesk ask -- "$(Q)"

test: $(READY) $(BROWSER)  ## run all tests, three files at a time
	$(BIN)/pytest -q -n 3 --dist loadfile

fuzz: $(READY)  ## the property tests on new random input, which make test leaves alone: it repeats the same
	$(BIN)/pytest -q -m hypothesis --hypothesis-profile fuzz
	$(BIN)/python -m tests.fuzz.encoder --nfkc

soak: $(READY) $(FAULTS)  ## the long tests: kills, power loss, a crash at every line, failing disks, replicas; and that small changes to what decides break its tests
	mkdir -p build && HELPDESK_SOAK=1 $(BIN)/pytest -q -s --basetemp build/soak tests/telegram/test_kill.py tests/telegram/test_faults.py tests/telegram/test_replicas.py \
	  tests/telegram/test_power_loss.py tests/telegram/test_every_line.py tests/telegram/test_disk_errors.py \
	  tests/telegram/test_postgres_crash.py tests/e2e/test_rolling.py
	$(BIN)/python -m tests.mutants

check: $(READY)  ## lint, types, import contracts, and the knowledge base's own check and tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/helpdesk knowledge check
	$(BIN)/helpdesk knowledge test

bench: $(READY)  ## measure speed and accuracy beside peers; BENCH="--quick" for a short run
	$(BIN)/python -m tests.bench $(BENCH)

pictures: $(READY) $(BROWSER)  ## take the pictures of docs/agents.md and README again
	HELPDESK_PICTURES=docs/pictures $(BIN)/pytest -q -k "screen_of or chat_of" tests/web/test_guide.py

lock: ## renew requirements*.lock from pyproject.toml (needs uv)
	uv pip compile -q --universal --python-version 3.11 --no-emit-index-url --no-annotate --generate-hashes \
	  --group build pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --no-emit-index-url --no-annotate --generate-hashes \
	  --group build --group dev --group bench -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:  ## remove what was set up
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(RUNS): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name it: make PYTHON=python3.12 …"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

$(READY): requirements-dev.lock $(RUNS)
	@$(BIN)/python -m pip install -q --require-hashes -r requirements-dev.lock
	@touch $@

# browser tests drive the system's own Chromium; where it may not be installed they say so and are skipped
$(BROWSER): $(READY)
	@command -v chromium >/dev/null || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-nanum >/dev/null; } || echo "No Chromium: browser tests are skipped."
	@touch $@

# what power loss and failing disks are played with; where it may not be installed those tests are skipped
$(FAULTS): $(READY)
	@command -v strace >/dev/null && command -v fiu-ctrl >/dev/null || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && \
	  apt-get update -qq && apt-get install -y -qq strace fiu-utils >/dev/null; } || echo "No strace or libfiu: their tests are skipped."
	@touch $@
