"""How fast a first load reads a company's books, what it costs, and that the same again writes nothing.

A simulated QuickBooks answers from a process of its own over HTTP; a worker of ours reads and applies its pages as a task
does, turn by turn. Everything is wall clock and shares the machine: vendor, worker, PostgreSQL. The steady state is the
part in which invoices are read, seen from outside by the run's own row: from the commit after the last customer to the
commit after the last invoice.
"""

import json
import time
from argparse import ArgumentParser
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2
import psycopg

from desk.bench import children, floor
from desk.bench.database import Database, own_database
from desk.bench.report import Limit, Report, machine, middle, say
from integrations.quickbooks.simulator import AVAS_PLUMBING

INVOICES, RUNS = 100_000, 3
INVOICES_OF_A_CUSTOMER = 15
LOOK_EVERY = 0.02
LIMITS = (
    Limit("invoices_per_s", ">=", 1500),
    Limit("peak_mb", "<=", 300),
    Limit("resync_rows_written", "=", 0),
    Limit("fsync", "=", "on"),
)
BOOKS = (
    "invoices_customer",
    "invoices_contact",
    "invoices_invoice",
    "invoices_invoiceline",
    "invoices_payment",
    "invoices_allocation",
    "invoices_creditmemo",
    "integrations_setaside",
)
_COUNT = "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_user_tables WHERE relname = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Run:
    """One company's books loaded, loaded by bare COPY, and read once more."""

    steady_s: float
    load: dict[str, Any]
    floor_s: float
    again: dict[str, Any]
    written_again: int


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--invoices", type=int, default=INVOICES, help="invoices in each company's books")
    parser.add_argument("--runs", type=int, default=RUNS, help="runs, each with other books; the median counts")
    parser.add_argument("--template", help="a migrated database to copy instead of migrating a new one")


def measure(options: dict[str, Any]) -> Report:
    """Load, compare with COPY, load again; each run in books of their own, in the same database."""
    invoices = options["invoices"]
    with own_database(options["template"]) as database:
        runs = [_run(database, invoices, seed) for seed in range(1, options["runs"] + 1)]
        settings = database.settings()
    return Report("sync", _figures(invoices, runs, settings), LIMITS, machine(postgres=settings))


def _figures(invoices: int, runs: list[Run], settings: dict[str, str]) -> dict[str, Any]:
    rates = [invoices / run.steady_s for run in runs]
    return {
        "invoices_per_s": middle(rates),
        "invoices_per_s_of_runs": [round(rate, 1) for rate in rates],
        "ratio_to_floor": middle([run.steady_s / run.floor_s for run in runs], 2),
        "floor_invoices_per_s": middle([invoices / run.floor_s for run in runs]),
        "peak_mb": middle([max(run.load["peak_mb"], run.again["peak_mb"]) for run in runs]),
        "resync_rows_written": max(run.written_again for run in runs),
        "resync_objects_per_s": middle([run.again["seen"] / run.again["seconds"] for run in runs]),
        "whole_load_objects_per_s": middle([run.load["seen"] / run.load["seconds"] for run in runs]),
        "whole_load_s": middle([run.load["seconds"] for run in runs]),
        "whole_load_cpu_s": middle([run.load["cpu"] for run in runs]),
        "invoices": invoices,
        "runs": len(runs),
        "fsync": settings["fsync"],
    }


def _run(database: Database, invoices: int, seed: int) -> Run:
    with children.started("desk.bench.vendor", variables={}) as vendor:
        address = children.said(vendor)
        say(f"run {seed}: filling the books with {invoices} invoices")
        counts, wanted = fill(address, invoices, seed)
        variables = {**database.variables, "SANDBOX": "true", "SIMULATORS_URL": address, "LOG_LEVEL": "WARNING"}
        with database.connect() as line:
            before_last = counts["Customer"]
            steady_s, names, load = _watched(line, variables, wanted, before_last, before_last + counts["Invoice"])
            say(f"run {seed}: loaded, {invoices / steady_s:.0f} invoices a second, {load['seconds']:.1f} s in all")
            business = UUID(names["business"])
            floor_s = floor.seconds_to_copy(line, business, ["invoices_invoice", "invoices_invoiceline"])
            written = _rows_written(line)
            if written < invoices:
                raise children.ChildFailed(
                    f"PostgreSQL counted {written} rows written by a load of {invoices} invoices"
                )
            again = _work(variables, names)[1]
            written_again = _rows_written(line) - written
        say(f"run {seed}: read again in {again['seconds']:.1f} s, {written_again} rows written; COPY {floor_s:.1f} s")
    return Run(steady_s, load, floor_s, again, written_again)


def fill(address: str, invoices: int, seed: int) -> tuple[dict[str, int], dict[str, str]]:
    """What is in the books, and how to get in."""
    control = f"{address}/quickbooks/_sim"
    with httpx2.Client(timeout=600, trust_env=False) as client:
        said = client.post(f"{control}/settings", json={"public_url": f"{address}/quickbooks"})
        said.raise_for_status()
        customers = max(1, invoices // INVOICES_OF_A_CUSTOMER)
        asked = {"realm": AVAS_PLUMBING, "invoices": invoices, "customers": customers, "seed": seed}
        filled = client.post(f"{control}/seed", json=asked)
        filled.raise_for_status()
        tokens = client.post(f"{control}/connections", json={"realm": AVAS_PLUMBING})
        tokens.raise_for_status()
    pair = tokens.json()
    return filled.json(), {
        "account": AVAS_PLUMBING,
        "access": pair["access_token"],
        "refresh": pair["refresh_token"],
    }


def _work(variables: dict[str, str], wanted: dict[str, str]) -> tuple[dict[str, str], dict[str, Any]]:
    """A worker from its start to its end: what it read for, and what that took."""
    with children.started("desk.bench.worker", variables=variables) as worker:
        names = _begin(worker, wanted)
        return names, _good(children.said(worker))


def _watched(
    line: "psycopg.Connection[Any]", variables: dict[str, str], wanted: dict[str, str], first: int, last: int
) -> tuple[float, dict[str, str], dict[str, Any]]:
    """The same, and how long it took from having seen ``first`` objects to having seen ``last``."""
    reached: dict[int, float] = {}
    with children.started("desk.bench.worker", variables=variables) as worker:
        names = _begin(worker, wanted)
        began = time.monotonic()
        while last not in reached and worker.poll() is None:
            row = line.execute(
                "SELECT seen FROM integrations_syncrun WHERE connection_id = %s", [names["connection"]]
            ).fetchone()
            for mark in (first, last):
                if row and row[0] >= mark:
                    reached.setdefault(mark, time.monotonic())
            time.sleep(LOOK_EVERY)
        load = _good(children.said(worker))
    ended = reached.get(last, began + load["seconds"])
    # Books so small that customers and invoices come between two looks: the whole of the load.
    steady = ended - reached.get(first, began)
    return (steady if steady > LOOK_EVERY else load["seconds"]), names, load


def _begin(worker: Any, wanted: dict[str, str]) -> dict[str, str]:
    worker.stdin.write(json.dumps(wanted) + "\n")
    worker.stdin.flush()
    names: dict[str, str] = children.said(worker)
    return names


def _good(read: dict[str, Any]) -> dict[str, Any]:
    if read["status"] != "done":
        raise children.ChildFailed(f"the books were not read to their end: {read['status']} {read['problem']}")
    return read


def _rows_written(line: "psycopg.Connection[Any]") -> int:
    """Rows of the books that were inserted, changed or deleted since the database was made, as PostgreSQL counted."""
    line.execute("SELECT pg_stat_clear_snapshot()")
    row = line.execute(_COUNT, [[*BOOKS]]).fetchone()
    return int(row[0]) if row else 0
