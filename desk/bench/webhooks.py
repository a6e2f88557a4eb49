"""How soon a vendor has its answer when many ring at once: each delivery verified, stored once, answered within a second.

A web process of ours as in production, with its pool of connections; the ringing vendor is another process. Every tenth
delivery tells of fifty changes. The peer is the same process answering its health page to the same crowd: what of the
time is the machine's and the server's own.
"""

import secrets
import socket
from argparse import ArgumentParser
from typing import Any

from desk.bench import children
from desk.bench.database import Database, own_database
from desk.bench.report import Limit, Report, machine, middle, say

DELIVERIES, AT_ONCE, RUNS = 2000, 40, 3
POOL = "16"
LIMITS = (
    Limit("answer_p99_s", "<=", 1.0),
    Limit("answer_max_s", "<=", 1.0),
    Limit("not_answered", "=", 0),
    Limit("stored_share", "=", 1.0),
    Limit("fsync", "=", "on"),
)


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--deliveries", type=int, default=DELIVERIES, help="deliveries a run")
    parser.add_argument("--at-once", type=int, default=AT_ONCE, help="how many are under way at the same moment")
    parser.add_argument("--runs", type=int, default=RUNS, help="runs; the median counts")
    parser.add_argument("--template", help="a migrated database to copy instead of migrating a new one")


def measure(options: dict[str, Any]) -> Report:
    """Ring, and hold what was stored against what was sent; each run with changes nobody told of before."""
    with own_database(options["template"]) as database:
        runs = [_run(database, options) for _ in range(options["runs"])]
        settings = database.settings()
    figures = {
        "answer_p99_s": middle([run["p99"] for run in runs], 3),
        "answer_p50_s": middle([run["p50"] for run in runs], 3),
        "answer_max_s": middle([run["max"] for run in runs], 3),
        "deliveries_per_s": middle([run["per_s"] for run in runs]),
        "ratio_to_health_page": middle([run["p50"] / run["peer_p50"] for run in runs], 2),
        "not_answered": max(run["not_answered"] for run in runs),
        "stored_share": min(run["stored"] / run["told"] for run in runs),
        "deliveries": options["deliveries"],
        "at_once": options["at_once"],
        "runs": len(runs),
        "fsync": settings["fsync"],
    }
    return Report("webhooks", figures, LIMITS, machine(postgres=settings))


def _run(database: Database, options: dict[str, Any]) -> dict[str, Any]:
    port, key = _free_port(), secrets.token_hex(16)
    variables = {
        **database.variables,
        "QUICKBOOKS_WEBHOOK_VERIFIER": key,
        "DATABASE_POOL": POOL,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "LOG_LEVEL": "WARNING",
    }
    server = ("syntharra.asgi:application", "--port", str(port), "--log-level", "critical")
    arguments = (str(port), str(options["deliveries"]), str(options["at_once"]))
    with (
        children.started("uvicorn", *server, variables=variables),
        children.started("desk.bench.ringing", *arguments, variables=variables) as vendor,
    ):
        told: dict[str, Any] = children.said(vendor)
    with database.connect() as line:
        row = line.execute("SELECT count(*) FROM integrations_inboxevent").fetchone()
        line.execute("TRUNCATE integrations_inboxevent")
    told["stored"] = row[0] if row else 0
    say(f"{told['per_s']:.0f} deliveries a second, half within {told['p50']:.3f} s, 99 % within {told['p99']:.3f} s")
    return told


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
