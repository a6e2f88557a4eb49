"""How soon a dispute is frozen: the final words in, the freeze committed and the last word of the answer out.

Two hundred calls are open while the books of the same business, 100,000 invoices, are read in for the first time. On each somebody has
answered who puts it through, and says now and then that it takes a moment; three a second the right person comes to the telephone, hears the
bill and objects. The agent acknowledges only what is committed, so the last frame of its answer is after the commit; afterwards every
objection is held against the dispute of its own call.
"""

import json
from argparse import ArgumentParser
from typing import Any

from desk.bench import children
from desk.bench.database import own_database
from desk.bench.relay import Lines, percentile, stage
from desk.bench.report import Limit, Report, machine, say
from desk.bench.sync import fill

CALLS, INVOICES, SECONDS, WARM_UP = 200, 100_000, 60.0, 10.0
EVERY = 60.0  # seconds from one objection to the next call's on the same line: three a second in all
LIMITS = (
    Limit("p99_ms", "<=", 60),
    Limit("not_frozen", "=", 0),
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


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--calls", type=int, default=CALLS, help="calls that are open")
    parser.add_argument("--invoices", type=int, default=INVOICES, help="invoices in the books that are read meanwhile")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="measured seconds")
    parser.add_argument("--template", help="a migrated database to copy instead of migrating a new one")


def measure(options: dict[str, Any]) -> Report:
    """Objections on open lines while the same business's books are read."""
    with (
        own_database(options["template"]) as database,
        children.started("desk.bench.vendor", variables={}, yielding=True) as vendor,
    ):
        address = children.said(vendor)
        say(f"filling the books with {options['invoices']} invoices")
        _, wanted = fill(address, options["invoices"], seed=1)
        variables = {**database.variables, "SANDBOX": "true", "SIMULATORS_URL": address, "LOG_LEVEL": "ERROR"}
        with (
            stage(database, firms=1) as lines,
            children.started("desk.bench.worker", variables=variables, yielding=True) as worker,
        ):
            assert worker.stdin is not None
            worker.stdin.write(json.dumps(wanted | {"business": lines.firms[0]}) + "\n")
            worker.stdin.flush()
            children.said(worker)
            found = _object(lines, options)
            still_reading = worker.poll() is None
        with database.connect() as line:
            row = line.execute(_FROZEN, [found["objected"]]).fetchone()
            seen = line.execute("SELECT coalesce(max(seen), 0), max(status) FROM integrations_syncrun").fetchone()
        settings = database.settings()
    took, frozen = sorted(found["took"]), row[0] if row else 0
    read, status = seen or (0, "")
    figures = {
        "p99_ms": round(1000 * percentile(took, 0.99), 1) if took else None,
        "p50_ms": round(1000 * percentile(took, 0.5), 1) if took else None,
        "max_ms": round(1000 * took[-1], 1) if took else None,
        "freezes": len(took),
        "not_frozen": len(found["objected"]) - frozen + found["missed"] + found["late"],
        "calls": options["calls"],
        "sync_was_running": int(still_reading and status == "running"),
        "sync_objects_read_meanwhile": read,
        "fsync": settings["fsync"],
    }
    return Report("freeze", figures, LIMITS, machine(postgres=settings))


def _object(lines: Lines, options: dict[str, Any]) -> dict[str, Any]:
    return lines.talk(
        calls=options["calls"], closed=False, warm_up=WARM_UP, seconds=options["seconds"], every=EVERY, objects=True
    )
