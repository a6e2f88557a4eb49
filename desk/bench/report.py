"""What a benchmark says: figures, the limits they must keep, and the machine they were taken on."""

import operator
import os
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

_HOLDS: dict[str, Callable[[Any, Any], bool]] = {">=": operator.ge, "<=": operator.le, "=": operator.eq}


@dataclass(frozen=True, slots=True)
class Limit:
    """What a figure must keep: ``op`` is ``>=``, ``<=`` or ``=``. A figure that could not be taken keeps nothing."""

    figure: str
    op: str
    value: float | int | str

    def holds(self, figures: dict[str, Any]) -> bool:
        found = figures.get(self.figure)
        return found is not None and _HOLDS[self.op](found, self.value)


@dataclass(frozen=True, slots=True)
class Report:
    """One benchmark's outcome; ``ok`` only when every limit holds."""

    name: str
    figures: dict[str, Any]
    limits: Sequence[Limit]
    machine: dict[str, Any]

    @property
    def ok(self) -> bool:
        return all(limit.holds(self.figures) for limit in self.limits)

    def as_json(self) -> dict[str, Any]:
        """In the form every benchmark prints."""
        limits = [
            {"figure": one.figure, "op": one.op, "value": one.value, "holds": one.holds(self.figures)}
            for one in self.limits
        ]
        return {
            "name": self.name,
            "machine": self.machine,
            "figures": self.figures,
            "limits": limits,
            "ok": self.ok,
        }


def machine(**more: Any) -> dict[str, Any]:
    """What the figures were taken on; ``more`` is what else they depend on, such as a server's settings.

    ``load_average`` of the last minute is of our own work and of whatever else ran beside it.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_mb": memory // 2**20,
        "load_average": round(os.getloadavg()[0], 2),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        **more,
    }


def middle(values: Sequence[float], digits: int = 1) -> float:
    """The median, rounded for reading."""
    return round(median(values), digits)


def say(words: str) -> None:
    """Progress, on standard error: standard output carries the report and nothing else."""
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())
