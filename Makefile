# Set-up and the everyday commands. `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-long docs lock bench bench-env rehearse lab clean

VENV   := .venv
BENCH  := .venv-bench
PYTEST := $(VENV)/bin/python -m pytest -rs -n 2 --dist loadfile

help: ## 列出这些命令 · this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1@\2/p' $(firstword $(MAKEFILE_LIST)) | while IFS=@ read -r name line; do printf '%-16s %s\n' "$$name" "$$line"; done

setup: $(VENV)/set-up ## 建立运行环境 .venv · make the environment
	@$(VENV)/bin/python scripts/system-packages pdf

$(VENV)/set-up: requirements.lock pyproject.toml scripts/set-up $(shell find jupyter-config -name '*.json')
	@scripts/set-up

demo: setup ## 对自带的样例县跑一遍，末行是报告路径 · audit the sample county
	@$(VENV)/bin/bangfu demo

test: setup ## 测试 · the tests
	@$(VENV)/bin/python scripts/system-packages chromium libreoffice postgresql
	@$(PYTEST) -m "not long" || { status=$$?; [ $$status -ne 5 ] || echo "没有收集到任何测试。"; exit $$status; }

test-long: setup ## 需要几分钟的测试 · the tests that take minutes
	@$(VENV)/bin/python scripts/system-packages chromium libreoffice postgresql
	@$(PYTEST) -m long || { status=$$?; [ $$status -eq 5 ] || exit $$status; echo "没有标为 long 的测试。"; }

docs: setup ## 重新生成 docs/rules 下的规则说明 · write the pages of the rules
	@$(VENV)/bin/bangfu rules --write docs/rules

# The index of the person who locks may be a mirror; nothing else of their settings may decide what is locked.
lock: setup ## 由 pyproject.toml 重写 requirements.lock（UPGRADE=--upgrade 求新）· lock the dependencies
	@env $$(env | sed -nE 's/^((UV|PIP)_[A-Z0-9_]*)=.*/-u \1/p' | grep -vE 'INDEX_URL|DEFAULT_INDEX|CACHE_DIR') \
	  $(VENV)/bin/uv pip compile --quiet --no-config --universal --generate-hashes --python-version 3.11 \
	  --extra test --extra build $(UPGRADE) --custom-compile-command "make lock" pyproject.toml -o requirements.lock
	@env $$(env | sed -nE 's/^((UV|PIP)_[A-Z0-9_]*)=.*/-u \1/p' | grep -vE 'INDEX_URL|DEFAULT_INDEX|CACHE_DIR') \
	  $(VENV)/bin/uv pip compile --quiet --no-config --universal --generate-hashes --python-version 3.11 \
	  --constraint requirements.lock $(UPGRADE) --custom-compile-command "make lock" requirements-bench.in -o requirements-bench.lock

# (e) and (f) first, which take longest, then the others; each writes benchmarks/results/<name>.json, the last makes docs of them.
MEASURED := growth fleet mean_county rules_at_scale intake quality_by_hand small_county county_profile unchanged

bench: setup bench-env ## 计时，写入 benchmarks/results 和 docs · what is fast, measured
	@for name in $(MEASURED); do echo "== $$name"; $(VENV)/bin/python benchmarks/$$name.py || exit 1; done
	@$(VENV)/bin/python benchmarks/pages.py

bench-env: $(BENCH)/set-up ## 只供比较的环境 .venv-bench · what benchmarks compare with

$(BENCH)/set-up: requirements-bench.lock | $(VENV)/set-up
	@$(VENV)/bin/python -m venv --clear $(BENCH)
	@$(BENCH)/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@touch $@

rehearse: ## 在裸的 Debian 12 里预演 make demo 和 make test · rehearse in a bare Debian 12
	@scripts/rehearse

lab: setup ## 打开 JupyterLab · open JupyterLab
	@$(VENV)/bin/bangfu lab

clean: ## 删去缓存和构建产物（不动 .venv 和 reports）· remove caches and build output
	@rm -rf build dist .pytest_cache .hypothesis lib/*.egg-info
	@find lib tests scripts notebooks benchmarks \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} + 2>/dev/null || :
