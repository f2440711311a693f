# livetable: `make` rebuilds Table 1 offline; `make help` lists the rest.
REVIEW ?= $(shell sed -n 's/^review = "\(.*\)".*/\1/p' pyproject.toml)
JOBS   ?= $(shell nproc 2>/dev/null || echo 2)
PYTHON ?= python3
LIVETABLE_EVALUATION ?= ../shared
export LIVETABLE_EVALUATION

PY     := .venv/bin/python
RUN    := $(PY) -m pipeline
BUILD  := build/$(REVIEW)
CORPUS := corpus/$(REVIEW)
ASKED  := schemas/$(REVIEW)

# The same bytes whatever the machine's time zone, locale and hash seed are.
export PYTHONHASHSEED := 0
export LC_ALL := C.UTF-8
export TZ := UTC

VOCABULARIES := $(wildcard schemas/vocabularies/*.yaml) $(wildcard $(ASKED)/vocabularies/*.yaml)
PAPERS       := $(wildcard $(CORPUS)/papers/*) $(wildcard $(CORPUS)/inbox/*)
# A change in code runs every stage; each stage reads anew only what its own code (by its imports) bears on.
CODE         := $(wildcard pipeline/*.py pipeline/readers/*.py)
TEMPLATES    := $(wildcard pipeline/templates/* pipeline/templates/*/*)

.DEFAULT_GOAL := report
.PHONY: report new update release diff search screen acquire read curate audit test lint format score explain clean help
.DELETE_ON_ERROR:

report: $(BUILD)/table1.html ## rebuild Table 1 offline and say where it is
	@$(RUN) where --review $(REVIEW)

help: ## list what make can do
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

.venv/ready: requirements.lock
	@if command -v uv >/dev/null 2>&1; then uv venv -q --allow-existing --python $(PYTHON) .venv && uv pip sync -q --python $(PY) requirements.lock; \
	else $(PYTHON) -m venv .venv && $(PY) -m pip install -q --disable-pip-version-check -r requirements.lock; fi
	@touch $@

.venv/ready-dev: requirements-dev.lock .venv/ready
	@if command -v uv >/dev/null 2>&1; then uv pip sync -q --python $(PY) requirements-dev.lock; \
	else $(PY) -m pip install -q --disable-pip-version-check -r requirements-dev.lock; fi
	@touch $@

requirements.lock: | pyproject.toml
	uv pip compile -q --universal --python-version 3.11 --no-emit-index-url --no-header pyproject.toml -o $@
requirements-dev.lock: | pyproject.toml
	uv pip compile -q --universal --python-version 3.11 --no-emit-index-url --no-header --group dev pyproject.toml -o $@

$(BUILD)/screened.jsonl: .venv/ready $(wildcard $(CORPUS)/hits.jsonl) $(CORPUS)/screening.tsv $(ASKED)/protocol.yaml
	@$(RUN) screen --review $(REVIEW)

$(BUILD)/acquired: $(BUILD)/screened.jsonl $(PAPERS)
	@$(RUN) acquire --review $(REVIEW) --offline
	@touch $@

$(BUILD)/parsed/index.json: $(BUILD)/acquired $(CODE)
	@$(RUN) parse --review $(REVIEW) --jobs $(JOBS)
	@touch $@

$(BUILD)/extract.jsonl: $(BUILD)/parsed/index.json $(CODE) $(VOCABULARIES) $(ASKED)/fields.yaml
	@$(RUN) extract --review $(REVIEW) --jobs $(JOBS)

$(BUILD)/review.db: $(BUILD)/extract.jsonl $(wildcard $(CORPUS)/*.tsv) $(CODE)
	@$(RUN) load --review $(REVIEW)

$(BUILD)/table1.html: $(BUILD)/review.db $(CODE) $(TEMPLATES) $(wildcard $(ASKED)/*.yaml $(CORPUS)/releases/*/datapackage.json)
	@$(RUN) report --review $(REVIEW)

new: .venv/ready ## lay out a new review's folders: make new REVIEW=name
	@$(RUN) new $(REVIEW)

search: .venv/ready ## ask PubMed the review's query (network)
	$(RUN) search --review $(REVIEW)

screen: $(BUILD)/screened.jsonl ## apply the filters and people's decisions

acquire: .venv/ready $(BUILD)/screened.jsonl ## get the included papers' full texts (network)
	$(RUN) acquire --review $(REVIEW)

update: .venv/ready ## search for new records, screen, acquire, read what is new, rebuild, and say what changed (network)
	$(RUN) update --review $(REVIEW) --jobs $(JOBS)
	@touch -c $(BUILD)/screened.jsonl $(BUILD)/acquired $(BUILD)/parsed/index.json $(BUILD)/extract.jsonl $(BUILD)/review.db $(BUILD)/table1.html
	@$(RUN) where --review $(REVIEW)

release: $(BUILD)/table1.html ## freeze the table and its evidence: make release DATE=2026-01-31 (today when left out)
	@$(RUN) release --review $(REVIEW) $(if $(DATE),--date $(DATE))
	@$(RUN) report --review $(REVIEW)

diff: $(BUILD)/table1.html ## what changed since the last release, or FROM=date TO=date, cell by cell with its cause
	@$(RUN) diff --review $(REVIEW) $(if $(FROM),--from $(FROM)) $(if $(TO),--to $(TO))

read: .venv/ready ## print the findings of any paper: make read FILES="a.pdf b.xml"
	@$(RUN) read --review $(REVIEW) --jobs $(JOBS) $(FILES)

curate: $(BUILD)/review.db ## open the curators' pages: check, correct, screen, extract twice (make curate PORT=8765)
	@$(RUN) curate --review $(REVIEW) --port $(or $(PORT),8765)

audit: .venv/ready ## look for contradictions in the published table
	@$(RUN) audit --review $(REVIEW)

test: .venv/ready-dev ## run the tests
	$(PY) -m pytest -n $(JOBS)

lint: .venv/ready-dev ## check style
	.venv/bin/ruff check . && .venv/bin/ruff format --check .

format: .venv/ready-dev
	.venv/bin/ruff check --fix . && .venv/bin/ruff format .

score: .venv/ready ## compare what is read from the evaluation papers with facts read by hand
	@$(RUN) score --review $(REVIEW) --jobs $(JOBS)

explain: .venv/ready ## one paper's pages with every finding boxed: make explain PAPER=paper.pdf
	@$(RUN) explain --review $(REVIEW) $(PAPER)

clean: ## remove all that is derived (not the virtual environment)
	rm -rf build
