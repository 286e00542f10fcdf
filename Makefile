# What a newcomer types. Each target sets up what it needs; none asks anything.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
DEMO = DEBUG=1 PORT=$(PORT) SITE_NAME="The Ostrel Courier" SITE_TAGLINE="News from the mainland and the Skarrow Isles" \
	SITE_CONTACT=desk@ostrel-courier.example
PY := $(VENV)/bin/python
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test lint format bench pins clean

demo: $(VENV)/ready  ## a news site with content to try, at http://127.0.0.1:$(PORT)
	@$(DEMO) $(PY) manage.py migrate --verbosity 0
	@$(DEMO) $(PY) manage.py demo
	@exec env $(DEMO) sh scripts/serve_demo.sh $(PY)

test: $(VENV)/ready  ## the whole suite, on the embedded database, on every core
	$(PY) -m pytest -n auto $(ARGS)

lint: $(VENV)/ready  ## format, lint, types, templates, import contracts, missing migrations
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/djlint --lint --quiet templates comments/templates metering/templates
	$(VENV)/bin/lint-imports --no-logo
	DEBUG=1 $(PY) manage.py makemigrations --check --dry-run
	DEBUG=1 $(PY) manage.py check --fail-level WARNING
	SECRET_KEY=$$($(PY) -c "import secrets; print(secrets.token_urlsafe(50))") ALLOWED_HOSTS=news.example \
		$(PY) manage.py check --deploy --fail-level WARNING

format: $(VENV)/ready  ## what `lint` would ask for, done
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

bench: $(VENV)/ready  ## what is claimed about speed, measured beside a bare Django view
	$(PY) -m benchmarks

pins: $(VENV)/ready  ## compiles requirements*.txt anew from the ranges in pyproject.toml
	$(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --upgrade \
		--custom-compile-command "make pins" pyproject.toml -o requirements.txt
	$(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --upgrade \
		--custom-compile-command "make pins" -c requirements.txt --group dev pyproject.toml -o requirements-dev.txt

$(VENV)/ready: requirements-dev.txt
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet -r requirements-dev.txt
	@touch $@

clean:
	rm -rf $(VENV) newsroom.sqlite3* media mails static_collected
