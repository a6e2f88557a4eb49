"""A worker in a process of its own, to be killed: does what bells and sweeps would have it do, for one business, until then.

    python tests/calls/worker.py BUSINESS
"""

import os
import sys
import time
from uuid import UUID

sys.path.insert(0, os.getcwd())
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "syntharra.settings")

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402

settings.ROOT_URLCONF = "tests.calls.addresses"
settings.CALLS_PER_SECOND = 50.0
settings.CALL_JOURNAL = os.environ["CALL_JOURNAL"]

from calls import dialing, planning, settling  # noqa: E402
from calls.endings import UNFINISHED  # noqa: E402
from integrations import inbox  # noqa: E402
from notifications import outbox  # noqa: E402
from syntharra import due  # noqa: E402
from syntharra.celery import app  # noqa: E402
from syntharra.tenancy import acting_for  # noqa: E402

app.conf.update(broker_url="memory://")


def main(business_id: UUID) -> None:
    with acting_for(business_id):
        while True:
            for attempt_id in due.rows(planning.ATTEMPT):
                dialing.dial(attempt_id)
            inbox.read("twilio")
            outbox.work()
            for attempt_id in due.rows(UNFINISHED):
                settling.settle(attempt_id)
            time.sleep(0.1)


if __name__ == "__main__":
    main(UUID(sys.argv[1]))
