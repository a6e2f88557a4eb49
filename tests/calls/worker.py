"""What runs in a process of its own, to be killed: a worker that does what bells and sweeps would have it do, and a relay."""

import os
import sys
import time
from typing import Any
from uuid import UUID

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "syntharra.settings")
os.environ["WORK_LEASE_SECONDS"] = "2"  # short enough to wait for
sys.path.insert(0, os.getcwd())

import django

django.setup()

from django.conf import settings  # noqa: E402


def _become(changes: dict[str, Any]) -> None:
    """Of this test's database, vendors and addresses."""
    from syntharra.celery import app

    settings.DATABASES["default"]["NAME"] = changes.pop("DATABASE")
    for name, value in changes.items():
        setattr(settings, name, value)
    app.conf.update(broker_url="memory://")


def work(business_id: UUID, changes: dict[str, Any]) -> None:
    """Until killed."""
    _become(changes)
    from calls import dialing, planning, settling
    from calls.endings import UNFINISHED
    from integrations import inbox
    from notifications import outbox
    from syntharra import due
    from syntharra.tenancy import acting_for

    with acting_for(business_id):
        while True:
            for attempt_id in due.rows(planning.ATTEMPT):
                dialing.dial(attempt_id)
            inbox.read("twilio")
            outbox.work()
            for attempt_id in due.rows(UNFINISHED):
                settling.settle(attempt_id)
            time.sleep(0.05)


def relay(port: int, changes: dict[str, Any]) -> None:
    """Until killed."""
    _become(changes)
    import uvicorn

    from syntharra.asgi import application

    uvicorn.run(application, port=port, log_level="critical", ws="websockets-sansio")
