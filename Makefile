# What a person types here; `make help` lists it. GNU make 3.81 (macOS has it) is enough.

.DEFAULT_GOAL := help
.SUFFIXES:
.PHONY: help run dev test check deploy-check bench soak lock docs dashboards clean artifact \
	install install-dev install-bench install-sam install-check install-ministack install-awscli install-build build-ItemsFunction build-DependencyLayer

# An environment that happens to be active must not leak into ours.
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH PYTHONSAFEPATH PYTHONDONTWRITEBYTECODE

python := .venv/bin/python
build_python := .venv-build/bin/python

# The variables of `make run`, under the names that local/ reads.
ifdef PORT
export LOCAL_PORT := $(PORT)
endif
ifdef XRAY_PORT
export LOCAL_XRAY_PORT := $(XRAY_PORT)
endif
ifdef VIEWER_PORT
export LOCAL_VIEWER_PORT := $(VIEWER_PORT)
endif
ifdef AWS_PORT
export LOCAL_AWS_PORT := $(AWS_PORT)
endif
ifdef SHAPING
export LOCAL_SHAPING := $(SHAPING)
endif
ifdef VERBOSE
export LOCAL_VERBOSE := $(VERBOSE)
endif
ifneq ($(MAKECMDGOALS),sweep) # whose MEMORY is a list
ifdef MEMORY
export LOCAL_PARAMETERS := $(strip $(LOCAL_PARAMETERS) MemorySize=$(MEMORY))
endif
endif
serves_artifact := $(filter 1 on yes true,$(ARTIFACT))
ifneq ($(serves_artifact),)
export LOCAL_ARTIFACT := build/host
endif

# Items outlive the run. The shell's PWD, not make's CURDIR: that one breaks on a quote in the path.
items_database = ITEMS_DATABASE="$${ITEMS_DATABASE:-$$PWD/.local/items.sqlite3}"

help: ## this list
	@echo 'Targets'
	@sed -n 's/^\([a-zA-Z-]*\):[^#]*## /\1	/p' Makefile | awk -F '\t' '{ printf "  %-22s %s\n", $$1, $$2 }'
	@echo
	@echo 'Variables, as in `make run PORT=8001 MEMORY=1769`'
	@sed -n 's/^#: \([A-Z_]*\) */\1	/p' Makefile | awk -F '\t' '{ printf "  %-22s %s\n", $$1, $$2 }'
#: PYTHON        the interpreter to use (3.11 to 3.14); default: the newest that runs
#: PORT          HTTP port of run and dev (8000); 0: any free one
#: XRAY_PORT     UDP port of the X-Ray daemon of run (2000)
#: AWS_PORT      HTTP port of AWS's APIs of run (4566)
#: VIEWER_PORT   HTTP port of the viewer of run (8001)
#: MEMORY        the function's memory in MB, and with it its CPU share (512); sweep: the sizes (128,256,512,1024,1769)
#: TIMEOUT       sweep: the timeouts, seconds (3,10,29)
#: COLD          sweep: starts to force with each configuration (10); ARGS has its further options
#: SHAPING       auto: CPU and memory follow MEMORY as in Lambda; off: they don't
#: VERBOSE       1: run shows Lambda's START, END and REPORT lines
#: ARTIFACT      1: run and sweep serve the built artifact, not the work tree
#: ARGS          further arguments for pytest (test) and benchmarks (bench)
#: DURATION      seconds of a soak (600); sweep: of load with each configuration (60)
#: RATE          requests a second of a soak (200)
#: UPGRADE       1: lock takes the newest releases, not those locked now
#: TARGET_ARCH   what artifacts are built for (the template's); docs/artifact.md tells of the next two
#: TARGET_PYTHON  its Python (the template's)
#: TARGET_INTERPRETER  the Python of that version that compiles the bytecode

# `exec`, so that Ctrl-C and a kill of make reach the stack itself and nothing is left behind.
run: install $(if $(serves_artifact),artifact) ## the service in a local Lambda, on http://127.0.0.1:8000
	@$(items_database) exec $(python) -m local up

dev: install ## the service in uvicorn, reloading when a file changes
	@mkdir -p .local
	@$(items_database) exec $(python) -m uvicorn service.handler:app --host 127.0.0.1 --port $(or $(PORT),8000) \
		--no-access-log --reload --reload-dir service --reload-dir observability

test: install-dev install-sam install-check install-ministack install-awscli install-build ## every test, on all cores
	@$(python) -m pytest --quiet --numprocesses auto --dist loadgroup $(ARGS)

check: install-dev install-sam install-check ## ruff, mypy, the arrows between the rooms, drift, what dashboards say, the templates
	$(python) -m ruff check .
	$(python) -m ruff format --check .
	$(python) -m mypy
	$(python) -m pytest --quiet tests/test_architecture.py tests/dashboards/test_languages.py
	$(python) -m dashboards check
	@$(python) -m deployment check

deploy-check: install-dev install-sam install-ministack install-build ## sam build, deploy, update and delete, on a made-up AWS
	@$(python) -m deployment trial

bench: install-dev install-bench install-ministack ## how fast it is, measured here beside its peers
	@$(python) -m benchmarks $(ARGS)

soak: install-dev ## a long, level load on a stack of its own, and what it must have left behind
	@$(python) -m load_tests.soak $(if $(DURATION),--duration $(DURATION)) $(if $(RATE),--rate $(RATE))

docs: install ## docs/aws.md, settings.md and telemetry.md, from the code itself
	@$(python) -m docs

dashboards: install ## dashboards/generated/ and docs/alarms.md, from the board in dashboards/
	@$(python) -m dashboards build

lock: install-build ## requirements*.txt, from pyproject.toml's dependency-groups
	@$(build_python) -m toolchain.lock $(if $(UPGRADE),--upgrade)

.PHONY: sweep
# `exec`, so that Ctrl-C and a kill of make reach the sweep itself, which puts the function back.
sweep: install $(if $(serves_artifact),artifact) ## memory sizes and timeouts, measured; a report that says which to set
	@exec $(python) -m load_tests sweep $(if $(MEMORY),--memory "$(MEMORY)") $(if $(TIMEOUT),--timeout "$(TIMEOUT)") \
		$(if $(COLD),--cold "$(COLD)") $(if $(DURATION),--duration "$(DURATION)") $(ARGS)

clean: ## removes all that was made here but your data in .local/
	rm -rf .venv .venv-bench-opentelemetry .venv-bench-distro .venv-sam .venv-check .venv-ministack .venv-awscli .venv-build .aws-sam build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -path ./.local -prune -o -path ./.git -prune -o -name __pycache__ -prune -exec rm -rf {} +

artifact: install install-build ## build/host: what would be deployed, built for this machine
	@$(build_python) -m artifact host build/host --python $(python)

# `sam build` calls these two with ARTIFACTS_DIR. It shows their stdout and hides their stderr.
build-ItemsFunction: install-build ## the function's code, for sam build
	@$(build_python) -m artifact function "$(ARTIFACTS_DIR)"

build-DependencyLayer: install-build ## the locked requirements for Lambda, for sam build
	@$(build_python) -m artifact layer "$(ARTIFACTS_DIR)"

install: # .venv for run and dev
	@sh toolchain/venv.sh .venv requirements.txt requirements-local.txt

install-dev:
	@sh toolchain/venv.sh .venv requirements.txt requirements-local.txt requirements-dev.txt

# The peers' extension modules must fit the Python that measures them.
install-bench:
	@PYTHON=$(python) sh toolchain/venv.sh .venv-bench-opentelemetry requirements-bench-opentelemetry.txt
	@PYTHON=$(python) sh toolchain/venv.sh .venv-bench-distro requirements-bench-distro.txt

install-sam:
	@sh toolchain/venv.sh .venv-sam requirements-sam.txt

install-check:
	@sh toolchain/venv.sh .venv-check requirements-check.txt

install-ministack:
	@sh toolchain/venv.sh .venv-ministack requirements-ministack.txt

install-awscli:
	@sh toolchain/venv.sh .venv-awscli requirements-awscli.txt

install-build:
	@sh toolchain/venv.sh .venv-build requirements-build.txt
