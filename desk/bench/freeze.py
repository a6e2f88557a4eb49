"""How soon a dispute is frozen: the final words in, the freeze committed and the last word of the answer out.

Two hundred calls are open while the books of the same business, 100,000 invoices, are read in for the first time. On each somebody has
answered who puts it through, and says now and then that it takes a moment; three a second the right person comes to the telephone, hears the
bill and objects. The agent acknowledges only what is committed, so the last frame of its answer is after the commit; afterwards every
objection is held against the dispute of its own call. A worker of the product does beside it what each freeze brings with it.
"""

import json
import time
from argparse import ArgumentParser
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from desk.bench import children
from desk.bench.database import Database, own_database
from desk.bench.relay import POOL, Lines, percentile, stage
from desk.bench.report import Limit, Report, machine, say
from desk.bench.sync import fill

CALLS, INVOICES, SECONDS, WARM_UP = 200, 100_000, 60.0, 10.0
EVERY = 60.0  # seconds from one objection to the next call's on the same line: three a second in all
LIMITS = (
    Limit("p99_ms", "<=", 60),
    Limit("not_frozen", "=", 0),
    Limit("not_followed", "=", 0),
    Limit("sync_was_running", "=", 1),
    Limit("fsync", "=", "on"),
)
# Of these calls, those on which the objection froze what the call was about.
_FROZEN = """
SELECT count(DISTINCT call.id) FROM calls_call call
JOIN calls_attemptinvoice link ON link.attempt_id = call.attempt_id
JOIN invoices_invoice invoice ON invoice.id = link.invoice_id AND invoice.frozen_at IS NOT NULL
JOIN disputes_dispute dispute ON dispute.invoice_id = invoice.id AND dispute.closed_at IS NULL
JOIN disputes_claimon said ON said.dispute_id = dispute.id
JOIN disputes_claim claim ON claim.id = said.claim_id AND claim.source = 'call' AND claim.source_key = call.id::text
WHERE call.id = ANY(%s::uuid[])
"""
# Of what these freezes bring with them, what no worker has done yet, and how long the slowest of a hundred took.
_FOLLOWED = """
SELECT count(*) FILTER (WHERE done_at IS NULL),
       percentile_disc(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM done_at - owed_at))
FROM notifications_duty WHERE kind = 'follow_freeze' AND facts->>'call' = ANY(%s)
"""
BROKER_DATABASE = 15  # the last of the sixteen a server has unless told otherwise
FOLLOWS_WITHIN = 20.0  # seconds that are waited for the worker at the end
# As in docker-compose.yml; letters are made and sent to nobody.
WORKER = ("--app=syntharra", "worker", "--pool=threads", "--concurrency=8", "--queues=calls,mail,money", "--purge")
NOWHERE = {"DATABASE_POOL": POOL, "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--calls", type=int, default=CALLS, help="calls that are open")
    parser.add_argument("--invoices", type=int, default=INVOICES, help="invoices in the books that are read meanwhile")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="measured seconds")
    parser.add_argument("--template", help="a migrated database to copy instead of migrating a new one")


def measure(options: dict[str, Any]) -> Report:
    """Objections on open lines while the same business's books are read."""
    with (
        own_database(options["template"]) as database,
        children.started("desk.bench.vendor", variables={}, like="books") as vendor,
    ):
        address = children.said(vendor)
        say(f"filling the books with {options['invoices']} invoices")
        _, wanted = fill(address, options["invoices"], seed=1)
        broker = {"REDIS_URL": _bells_of_its_own(settings.REDIS_URL)}
        variables = {**database.variables, **broker, "SANDBOX": "true", "SIMULATORS_URL": address, "LOG_LEVEL": "ERROR"}
        with (
            stage(database, firms=1, more=broker) as lines,
            children.started("celery", *WORKER, "--loglevel=ERROR", variables=variables | NOWHERE, like="worker"),
            children.started("desk.bench.worker", variables=variables, like="books") as worker,
        ):
            assert worker.stdin is not None
            worker.stdin.write(json.dumps(wanted | {"business": lines.firms[0]}) + "\n")
            worker.stdin.flush()
            children.said(worker)
            found = _object(lines, options)
            still_reading = worker.poll() is None
            not_followed, followed = _followed(database, found["objected"])
        with database.connect() as line:
            row = line.execute(_FROZEN, [found["objected"]]).fetchone()
            seen = line.execute("SELECT coalesce(max(seen), 0), max(status) FROM integrations_syncrun").fetchone()
        postgres = database.settings()
    took, frozen = sorted(found["took"]), row[0] if row else 0
    read, status = seen or (0, "")
    figures = {
        "p99_ms": round(1000 * percentile(took, 0.99), 1) if took else None,
        "p50_ms": round(1000 * percentile(took, 0.5), 1) if took else None,
        "max_ms": round(1000 * took[-1], 1) if took else None,
        "freezes": len(took),
        "not_frozen": len(found["objected"]) - frozen + found["missed"] + found["late"],
        "not_followed": not_followed,
        "followed_p99_s": followed,
        "calls": options["calls"],
        "sync_was_running": int(still_reading and status == "running"),
        "sync_objects_read_meanwhile": read,
        "fsync": postgres["fsync"],
    }
    return Report("freeze", figures, LIMITS, machine(postgres=postgres))


def _object(lines: Lines, options: dict[str, Any]) -> dict[str, Any]:
    return lines.talk(
        calls=options["calls"], closed=False, warm_up=WARM_UP, seconds=options["seconds"], every=EVERY, objects=True
    )


def _followed(database: Database, calls: list[str]) -> tuple[int, float | None]:
    """What a worker has not done of what these freezes bring with them, and within how many seconds it did all but a hundredth."""
    until = time.monotonic() + FOLLOWS_WITHIN
    with database.connect() as line:
        while True:
            row = line.execute(_FOLLOWED, [calls]).fetchone()
            waiting, took = row if row else (len(calls), None)
            if not waiting or time.monotonic() > until:
                return waiting, None if took is None else round(float(took), 2)
            time.sleep(0.2)


def _bells_of_its_own(url: str) -> str:
    """Another database of the same broker: no worker of an installation is to hear of these freezes, nor ours of its own."""
    return urlsplit(url)._replace(path=f"/{BROKER_DATABASE}").geturl()
