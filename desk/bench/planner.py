"""A worker that plans calls as the sweep does, when told to; says how long it took, how many, and its memory."""

import os
import sys
import time

import django

from desk.bench.children import tell


def main() -> None:
    """For each line on standard input one sweep, shared with whoever else sweeps."""
    django.setup()
    from calls.tasks import sweep_plans
    from compliance.rulebook import RuleBook
    from desk.bench.worker import peak_mb
    from syntharra.celery import app

    app.conf.broker_url = "memory://localhost/"  # bells ring for nobody
    RuleBook.load()
    tell("ready")
    for _line in sys.stdin:
        began, cpu = time.monotonic(), time.process_time()
        made = sweep_plans()
        tell(
            {
                "made": made,
                "seconds": time.monotonic() - began,
                "cpu": time.process_time() - cpu,
                "peak_mb": peak_mb(),
            }
        )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "syntharra.settings")
    main()
