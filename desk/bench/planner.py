"""A worker that plans calls as the sweep does, when told to; says how long it took, how many, and its memory."""

import os
import sys
import time
from pathlib import Path

import django

from desk.bench.children import tell


def main() -> None:
    """For each line on standard input one sweep, shared with whoever else sweeps."""
    django.setup()
    from calls.tasks import sweep_plans
    from compliance.rulebook import RuleBook
    from compliance.windows import public_holidays
    from desk.bench.worker import peak_mb
    from syntharra import clock
    from syntharra.celery import app

    app.conf.broker_url = "memory://localhost/"  # bells ring for nobody
    RuleBook.load()  # these, too, a worker has had loaded since long
    for year in (clock.now().year, clock.now().year + 1):
        public_holidays(None, year)
    app.finalize()
    tell("ready")
    for _line in sys.stdin:
        began, cpu, of_database = time.monotonic(), time.process_time(), _database_cpu()
        made = sweep_plans()
        tell(
            {
                "made": made,
                "seconds": time.monotonic() - began,
                "cpu": time.process_time() - cpu,
                "database_cpu": _database_cpu() - of_database,
                "peak_mb": peak_mb(),
            }
        )


def _database_cpu() -> float:
    """Seconds of processor time the server spent for this worker's connection; 0 where that cannot be seen."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    status = Path(f"/proc/{pid}/stat")
    if not status.exists():
        return 0.0
    fields = status.read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "syntharra.settings")
    main()
