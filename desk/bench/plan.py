"""How long the planning of calls takes over the invoices of many firms, and how long when a few of them have changed.

Two workers share one morning's sweep as in production: each takes the next firm from the list of what is due, locks its
customers fifty at a time, asks the gate, and stores attempts, decisions and timeline. The books are made before and not
counted; each run has others.
"""

import math
import time
from argparse import ArgumentParser
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from statistics import linear_regression
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from desk.bench import children, plan_seed
from desk.bench.database import own_database
from desk.bench.report import Limit, Report, machine, middle, say
from syntharra.clock import machine_now

INVOICES, RUNS, WORKERS = 1_000_000, 3, 2
CHANGED_ONE_IN = 100
FIRMS_CHANGED_ONE_IN = 10
LIMITS = (
    Limit("ms_per_overdue_invoice", "<=", 0.5),
    Limit("incremental_s", "<=", 5),
    Limit("growth_exponent", "<=", 1.1),
    Limit("peak_mb", "<=", 400),
    Limit("not_decided", "=", 0),
    Limit("fsync", "=", "on"),
)
_UNDECIDED = """
SELECT count(*) FROM invoices_invoice i
WHERE i.books_status = 'open' AND i.due_on <= %s::date - 3
  AND NOT EXISTS (SELECT FROM calls_attemptinvoice l JOIN calls_attempt a ON a.id = l.attempt_id
                  WHERE l.invoice_id = i.id AND a.status = 'planned')
  AND NOT EXISTS (SELECT FROM compliance_decision d WHERE d.subject_id = i.id)
  AND NOT EXISTS (SELECT FROM invoices_hold h WHERE h.customer_id = i.customer_id)
"""
_COUNTS = """
SELECT (SELECT count(*) FROM calls_attempt WHERE status = 'planned'), (SELECT count(*) FROM compliance_decision),
       (SELECT count(*) FROM accounts_activityline)
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One morning over books of one size, and one look after a few of them changed."""

    invoices: int
    overdue: int
    full_s: float
    cpu_s: float
    database_cpu_s: float
    again_s: float
    again_evenly_s: float
    peak_mb: float
    undecided: int
    attempts: int
    decisions: int
    lines: int

    @property
    def ms_per_overdue(self) -> float:
        return self.full_s * 1000 / self.overdue


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--invoices", type=int, default=INVOICES, help="invoices of the largest books, over all firms")
    parser.add_argument("--runs", type=int, default=RUNS, help="runs of each size; the median counts")
    parser.add_argument("--template", help="a migrated database to copy instead of migrating a new one")


def measure(options: dict[str, Any]) -> Report:
    """Three sizes, each ten times the one before; each run in books of its own."""
    sizes = [max(options["invoices"] // 10**step, plan_seed.INVOICES_OF_A_FIRM) for step in (2, 1, 0)]
    now = _a_tuesday_morning()
    runs: list[Run] = []
    with own_database(options["template"]) as database, database.connect() as line:
        shift = now - machine_now()
        line.execute("INSERT INTO syntharra_sandboxclock (id, shift) VALUES (1, %s)", [shift])
        for size in dict.fromkeys(sizes):
            for number in range(1, options["runs"] + 1):
                runs.append(_run(line, database.variables, size, number, now))
                plan_seed.empty(line)
        settings = database.settings()
    return Report("plan", _figures(runs, settings), LIMITS, machine(postgres=settings))


def _figures(runs: list[Run], settings: dict[str, str]) -> dict[str, Any]:
    largest = max(run.invoices for run in runs)
    large = [run for run in runs if run.invoices == largest]
    sizes = sorted({run.invoices for run in runs})
    seconds = {size: middle([run.full_s for run in runs if run.invoices == size], 4) for size in sizes}
    return {
        "ms_per_overdue_invoice": middle([run.ms_per_overdue for run in large], 3),
        "incremental_s": middle([run.again_s for run in large], 2),
        "growth_exponent": _slope(seconds),
        "peak_mb": middle([run.peak_mb for run in large]),
        "not_decided": sum(run.undecided for run in runs),
        "full_s": middle([run.full_s for run in large], 2),
        "full_s_of_sizes": {str(size): seconds[size] for size in sizes},
        "worker_cpu_ms_per_overdue_invoice": middle([run.cpu_s * 1000 / run.overdue for run in large], 3),
        "database_cpu_ms_per_overdue_invoice": middle([run.database_cpu_s * 1000 / run.overdue for run in large], 3),
        "incremental_evenly_s": middle([run.again_evenly_s for run in large], 2),
        "overdue": large[0].overdue,
        "attempts": large[0].attempts,
        "decisions": large[0].decisions,
        "timeline_lines": large[0].lines,
        "invoices": largest,
        "firms": largest // plan_seed.INVOICES_OF_A_FIRM,
        "workers": WORKERS,
        "runs": len(large),
        "fsync": settings["fsync"],
    }


def _slope(seconds: dict[int, float]) -> float | None:
    """How the time grows with the size: 1 is in step with it. None where there is one size only."""
    if len(seconds) < 2:
        return None
    found = linear_regression([math.log(size) for size in seconds], [math.log(took) for took in seconds.values()])
    return round(found.slope, 3)


def _run(line: "psycopg.Connection[Any]", variables: dict[str, str], size: int, number: int, now: datetime) -> Run:
    say(f"making the books of {size // plan_seed.INVOICES_OF_A_FIRM} firms with {size} invoices, run {number}")
    overdue = plan_seed.seed(line, size, now=now.isoformat(), number=number)
    surroundings = {**variables, "SANDBOX": "true", "LOG_LEVEL": "ERROR"}
    with ExitStack() as stack:
        workers = [
            stack.enter_context(children.started("desk.bench.planner", variables=surroundings)) for _ in range(WORKERS)
        ]
        for worker in workers:
            children.said(worker)
        before = _one(line, _COUNTS, [])
        full_s, said = _sweep(workers)
        undecided = _one(line, _UNDECIDED, [now])[0]
        attempts, decisions, lines = (
            now_there - there for now_there, there in zip(_one(line, _COUNTS, []), before, strict=True)
        )
        cpu_s, database_cpu_s = (sum(one[whose] for one in said) for whose in ("cpu", "database_cpu"))
        say(f"  {overdue} overdue: {full_s:.2f} s, {full_s * 1000 / overdue:.3f} ms each; {attempts} calls planned")
        _change(line, now, FIRMS_CHANGED_ONE_IN)
        again_s, _said = _sweep(workers)
        _change(line, now, 1)
        evenly_s, said = _sweep(workers)
        say(f"  1 % changed: {again_s:.2f} s in one firm of ten, {evenly_s:.2f} s in every firm")
        peak = max(one["peak_mb"] for one in said)
    return Run(
        size, overdue, full_s, cpu_s, database_cpu_s, again_s, evenly_s, peak, undecided, attempts, decisions, lines
    )


def _sweep(workers: list[Any]) -> tuple[float, list[dict[str, Any]]]:
    """All of them at once; how long until the last has nothing left to take."""
    began = time.monotonic()
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    said = [children.said(worker) for worker in workers]
    return time.monotonic() - began, said


def _change(line: "psycopg.Connection[Any]", now: datetime, firms_one_in: int) -> None:
    """The books of some firms are read again: one invoice in a hundred of all is another now, and they are due."""
    of_firm, of_invoice = plan_seed.number_of("business_id"), plan_seed.number_of("id")
    with line.transaction():
        # A fifth of what changed has become late meanwhile, the rest was paid.
        line.execute(
            f"UPDATE invoices_invoice SET due_on = %s::date - 3, "  # noqa: S608  (our own numbers)
            "books_status = CASE WHEN mod(total, 5) = 0 THEN 'open' ELSE 'paid' END, "
            "balance = CASE WHEN mod(total, 5) = 0 THEN total ELSE 0 END "
            f"WHERE mod({of_firm}, %s) = 0 AND mod({of_invoice}, %s) = 7",
            [now, firms_one_in, CHANGED_ONE_IN // firms_one_in],
        )
        line.execute(
            f"UPDATE syntharra_due SET due_at = %s WHERE kind = 'plan' AND mod({of_firm}, %s) = 0",  # noqa: S608
            [now, firms_one_in],
        )


def _one(line: "psycopg.Connection[Any]", asked: str, values: list[Any]) -> tuple[Any, ...]:
    row = line.execute(asked, values).fetchone()
    assert row is not None
    return tuple(row)


def _a_tuesday_morning() -> datetime:
    """Half past six in New York on a Tuesday to come, without a holiday near: before the first hour of any firm."""
    here = machine_now().astimezone(ZoneInfo("America/New_York"))
    day = here.date() + timedelta(days=(1 - here.weekday()) % 7 or 7)
    while day.month in (1, 7, 11, 12):
        day += timedelta(days=7)
    return datetime.combine(day, clock_time(6, 30), ZoneInfo("America/New_York")).astimezone(UTC)
