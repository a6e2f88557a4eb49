"""What hearing costs: half sentences heard closely, one after the other, on one core; beside its own first stage alone.

A process of its own reads the model, then hears growing words that are all different: of every line the beginning up to each of
its words; then whole lines, which both encoders read. Nothing is heard twice. The peer is the linear stage with its rules, on the same words in the same run.
"""

import os
import random
import resource
import time
from argparse import ArgumentParser
from collections.abc import Callable
from statistics import median
from typing import Any

from desk.bench.children import die_with_parent, said, started, tell
from desk.bench.report import Limit, Report, machine, middle, say

RUNS, PARTIALS, WHOLE = 3, 3000, 1000
LIMITS = (
    Limit("p99_ms", "<=", 10),
    Limit("peak_mb", "<=", 200),
    Limit("model_mb", "<=", 40),
    Limit("load_s", "<=", 1),
)


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--partials", type=int, default=PARTIALS, help="half sentences heard in each run")
    parser.add_argument("--runs", type=int, default=RUNS, help="fresh processes; of each figure the median counts")


def measure(options: dict[str, Any]) -> Report:
    """The median of several fresh processes; the memory is the highest of them."""
    found = []
    for _ in range(options["runs"]):
        with started("desk.bench.hearing", str(options["partials"]), variables={"OMP_NUM_THREADS": "1"}) as child:
            one = said(child)
        say(f"p99 {one['p99_ms']:.2f} ms, {one['peak_mb']:.0f} MB, read in {one['load_s']:.2f} s")
        found.append(one)
    figures: dict[str, Any] = {name: middle([one[name] for one in found], 3) for name in found[0]}
    figures["peak_mb"] = max(one["peak_mb"] for one in found)
    figures["ratio_to_linear"] = round(figures["p50_ms"] / figures["linear_p50_ms"], 2)
    return Report("hearing", figures, LIMITS, machine())


def _child(partials: int) -> None:
    """On one core, with nothing of Django: what a relay would pay for hearing alone."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    began = time.perf_counter()
    from disputes.hearing import Stage, hear

    hear("I never ordered that")
    load_s = time.perf_counter() - began
    from disputes.hearing.build.corpus import templates
    from disputes.hearing.decision import first_look
    from disputes.hearing.encoder import FOLDER
    from disputes.hearing.model import WEIGHTS, model

    texts = _growing([one.text for one in templates() if "{" not in one.text], partials + 200)
    warm, measured = texts[:200], texts[200:]
    for text in warm:
        hear(text, final=False)
    stages: list[Stage] = []
    times, own = _milliseconds(measured, lambda text: stages.append(hear(text, final=False).stage))
    whole = [one.text for one in list(templates())[::30] if "{" not in one.text][:WHOLE]
    finals, _own = _milliseconds(whole, hear)
    linear = model()
    alone, _own = _milliseconds(measured, lambda text: first_look(text, linear))
    size = sum(file.stat().st_size for file in (WEIGHTS, *FOLDER.iterdir()))
    tell(
        {
            "p99_ms": _at(times, 0.99),
            "p50_ms": median(times),
            "cpu_p99_ms": _at(own, 0.99),
            "final_p99_ms": _at(finals, 0.99),
            "final_p50_ms": median(finals),
            "linear_p99_ms": _at(alone, 0.99),
            "linear_p50_ms": median(alone),
            "encoder_share": stages.count(Stage.ENCODER) / len(stages),
            "partials": len(measured),
            "load_s": load_s,
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
            "model_mb": round(size / 1e6, 2),
        }
    )


def _growing(lines: list[str], many: int) -> list[str]:
    """Beginnings of lines, no two alike, in any order."""
    made = {
        " ".join(words[:length]) for line in lines for words in [line.split()] for length in range(2, len(words) + 1)
    }
    ordered = sorted(made)
    random.Random(9).shuffle(ordered)  # noqa: S311
    return ordered[:many]


def _milliseconds(texts: list[str], act: Callable[[str], object]) -> tuple[list[float], list[float]]:
    """By the clock, and of the processor alone: what else runs on the machine is in the first only."""
    found, own = [], []
    for text in texts:
        began, worked = time.perf_counter(), time.thread_time()
        act(text)
        own.append((time.thread_time() - worked) * 1000)
        found.append((time.perf_counter() - began) * 1000)
    return found, own


def _at(values: list[float], share: float) -> float:
    return sorted(values)[int(share * len(values))]


if __name__ == "__main__":
    import sys

    die_with_parent()
    _child(int(sys.argv[1]))
