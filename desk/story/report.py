"""The report: which step held, and what shows it."""

import json
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


class DoesNotHold(AssertionError):
    """What a step promised is not so; the message says what was found instead."""


@dataclass
class Report:
    """Steps in the order they were played."""

    steps: list[dict[str, Any]] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    @contextmanager
    def step(self, name: str) -> Iterator[dict[str, Any]]:
        """Collect the step's evidence; whatever goes wrong inside makes the step fail, never the report."""
        evidence: dict[str, Any] = {}
        ok = False
        try:
            yield evidence
            ok = True
        except Exception as error:  # a step that fails is a finding of the report
            evidence["failed"] = f"{type(error).__name__}: {error}"
            evidence["where"] = traceback.format_exc(limit=-2).splitlines()[-4:]
        self.steps.append({"name": name, "ok": ok, "evidence": evidence})
        seconds = time.monotonic() - self.started
        sys.stderr.write(f"{'ok  ' if ok else 'FAIL'} {name:28} {seconds:6.1f} s  {_short(evidence)}\n")
        sys.stderr.flush()

    @property
    def ok(self) -> bool:
        return bool(self.steps) and all(step["ok"] for step in self.steps)

    def as_json(self) -> str:
        return json.dumps({"ok": self.ok, "steps": self.steps}, default=str)


def must(holds: bool, otherwise: str) -> None:
    """Raises DoesNotHold with these words unless it holds."""
    if not holds:
        raise DoesNotHold(otherwise)


def wait_until[T](look: Callable[[], T | None], *, within: float, what: str) -> T:
    """Look again and again until it is something; raises DoesNotHold when it is not in time (machine seconds)."""
    deadline = time.monotonic() + within
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise DoesNotHold(f"{what}: not within {within:.0f} s")
        time.sleep(0.2)


def _short(evidence: dict[str, Any]) -> str:
    text = json.dumps(evidence, default=str)
    return text if len(text) < 160 else text[:157] + "..."
