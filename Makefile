# Two commands do everything: `make run` and `make test`. Bare `make` lists the rest.
SHELL := bash
.DEFAULT_GOAL := help
.NOTPARALLEL:

PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3.11)
LAKE_TOOLS ?= .lake
ROWS ?= 20000000
export LAKE_TOOLS
unexport PYTHONDONTWRITEBYTECODE
LAKE_PYTHON := $(LAKE_TOOLS)/env/lake/bin/python
export PYTHONPATH := $(CURDIR)
CLUSTER = LAKE_HOME=$${LAKE_HOME:-$(LAKE_TOOLS)/cluster} LAKE_TOPOLOGY=cluster

.PHONY: help run test install start stop status doctor lint format bench bench-fleet chaos docs clean requirements cluster cluster-stop cluster-test minio deploy-tools

help: ## show this list
	@echo "Shanghai transport energy and carbon lakehouse"; echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: install ## install, start, load the demonstration window, build, publish, deploy; run again to resume
	@$(LAKE_PYTHON) -m infra.process run

test: install deploy-tools ## every test, the end-to-end ones on a small world included
	@$(LAKE_PYTHON) -m infra.process.testing all

install: ## the three locked environments and the jars, and what the machine lacks for them
	@$(PYTHON) infra/bootstrap.py install

start: install ## start the processes only
	@$(LAKE_PYTHON) -m infra.process start

stop: ## end every process of this lake
	@if [ -x $(LAKE_PYTHON) ]; then $(LAKE_PYTHON) -m infra.process stop; else echo "nothing is installed, so nothing runs"; fi

status: ## processes, addresses, memory, loaded windows
	@if [ -x $(LAKE_PYTHON) ]; then $(LAKE_PYTHON) -m infra.process status; else echo "not installed; run: make run"; fi

doctor: ## what is missing on this machine and the command that gets it; changes nothing
	@$(PYTHON) infra/bootstrap.py doctor

lint: install ## ruff, mypy and sqlfluff
	@$(LAKE_PYTHON) -m infra.process.testing lint

format: install ## let ruff mend what it can
	@$(LAKE_PYTHON) -m ruff check --fix . ; $(LAKE_PYTHON) -m ruff format .

bench: install ## throughput and latencies, ratios within one run
	@$(LAKE_PYTHON) -m infra.process.bench

bench-fleet: install ## fleets: kernel, end to end, competitors, accuracy; ROWS=20000000, ARGS=--growth
	@$(LAKE_PYTHON) -m tests.bench.fleet --rows $(ROWS) $(ARGS)

chaos: install ## kill -9 one process at 20 random moments of a load, resume, compare tables
	@$(LAKE_PYTHON) -m infra.process.testing chaos

cluster: install minio ## the cluster topology on this machine: Spark master, two workers, MinIO, metastore; LAKE_HOME=.lake/cluster
	@$(CLUSTER) $(LAKE_PYTHON) -m infra.process compute

cluster-stop: ## end every process of that cluster
	@if [ -x $(LAKE_PYTHON) ]; then $(CLUSTER) $(LAKE_PYTHON) -m infra.process stop; fi

cluster-test: install minio ## the same load on it while a worker, MinIO and the driver are killed: same tables
	@$(LAKE_PYTHON) -m infra.process.testing cluster

minio: ## build the MinIO server; needs Go 1.24
	@$(PYTHON) infra/deploy/install.py minio

deploy-tools: ## Ansible, in an environment of its own, for infra/deploy
	@$(PYTHON) infra/deploy/install.py ansible

docs: install ## dbt docs, data dictionary, Data Docs; served with the rest
	@bin/lake docs build

requirements: install ## export requirements.txt from the lock
	@$(LAKE_PYTHON) -m infra.process.testing requirements

clean: stop ## remove the state of this lake (LAKE_HOME); keeps environments and jars
	@if [ -x $(LAKE_PYTHON) ]; then $(LAKE_PYTHON) -m infra.process clean; fi
