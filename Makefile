# Thin: everything is in bin/, which any python3 can start.
PYTHON ?= python3

.PHONY: demo test check prove bench fmt lock
demo:
	@$(PYTHON) bin/demo $(ARGS)
test:
	@$(PYTHON) bin/test $(ARGS)
check:
	@$(PYTHON) bin/check $(ARGS)
prove:
	@PROOF=full $(PYTHON) bin/test $(ARGS)
bench:
	@$(PYTHON) bin/bench $(or $(ARGS),sync --json)
fmt:
	@$(PYTHON) bin/check --format
lock:
	@$(PYTHON) bin/lock $(ARGS)
