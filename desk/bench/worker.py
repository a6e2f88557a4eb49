"""A worker of the product that reads one company's books as a task would, and says what it took.

``python -m desk.bench.worker`` reads one JSON object on standard input, says one when it has made the connection, and one
when it has read.
"""

import json
import os
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import django

from desk.bench.children import die_with_parent, tell


def main() -> None:
    """Make or take up a connection to these books, then read them turn by turn until they are read."""
    django.setup()
    from syntharra.celery import app  # a worker has it loaded: its memory counts
    from syntharra.tenancy import acting_for

    app.conf.broker_url = (
        "memory://localhost/"  # bells ring for nobody: no worker of an installation is to hear of these books
    )
    wanted = json.loads(sys.stdin.readline())
    die_with_parent()
    business = UUID(wanted["business"]) if "business" in wanted else _new_business()
    with acting_for(business):
        wanted.pop("business", None)
        connection = UUID(wanted["connection"]) if "connection" in wanted else _connect(**wanted)
        tell({"business": str(business), "connection": str(connection)})
        tell(_read(connection))


def _new_business() -> UUID:
    from accounts.models import User
    from accounts.services import start_business
    from syntharra.clock import now
    from syntharra.identifiers import uuid7

    owner = User.objects.create_user(f"{uuid7()}@bench.example")
    facts = {"consent_wording": "They gave us their numbers.", "consent_attested_at": now()}
    return start_business(owner, name="Bench", sandbox=True, consent_attested_by=owner.email, **facts).pk


def _connect(*, account: str, access: str, refresh: str) -> UUID:
    from integrations import access as access_to
    from integrations.models import Connection
    from integrations.sign_in import Tokens
    from syntharra.clock import machine_now, now

    facts = {"provider": "quickbooks", "account": account, "company": "Bench", "sandbox": True}
    connection = Connection.objects.create(**facts, connected_at=now(), connected_by="bench")
    lasts = machine_now() + timedelta(hours=1)
    access_to.keep(connection, Tokens(access, refresh, lasts, lasts, {}))
    return connection.pk


def _read(connection_id: UUID) -> dict[str, Any]:
    """All of the books, in turns as long as a task's. A connection read before is read whole once more."""
    from django.conf import settings

    from integrations.models import Connection
    from invoices.sync import sync

    Connection.objects.filter(pk=connection_id).update(cursor={})
    began, cpu = time.monotonic(), time.process_time()
    turns = 0
    while True:
        run = sync(connection_id, seconds=settings.SYNC_TURN_SECONDS)
        turns += 1
        if run is None or run.status != "running":
            break
    return {
        "seconds": time.monotonic() - began,
        "cpu": time.process_time() - cpu,
        "turns": turns,
        "peak_mb": peak_mb(),
        "status": run.status if run else "left alone",
        "problem": run.problem if run else "",
        "seen": run.seen if run else 0,
    }


def peak_mb() -> float:
    """The most memory this process ever had resident: what the kernel noted, not what we believe."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 2**20 if sys.platform == "darwin" else most / 1024


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "syntharra.settings")
    main()
