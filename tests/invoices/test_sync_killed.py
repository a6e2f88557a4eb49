"""A worker killed with -9 in the middle of a first load: another goes on where it stood, and nothing is there twice."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from integrations.models import SyncRun
from invoices.models import Allocation, Customer, Invoice, Payment
from invoices.sync import sync
from syntharra.clock import machine_now
from syntharra.tenancy import acting_for
from tests.integrations.quickbooks.avas_books import Books, connect, unconnected
from tests.integrations.quickbooks.simulator_server import Vendor

ROOT = Path(__file__).resolve().parent.parent.parent
WORKER = """
import sys, uuid, django
django.setup()
from integrations.quickbooks import ledger
from invoices.sync import sync
from syntharra.tenancy import acting_for
ledger.PAGE = 20
with acting_for(uuid.UUID(sys.argv[1])):
    sync(uuid.UUID(sys.argv[2]))
"""


@pytest.fixture
def books(transactional_db: None, vendor: Vendor) -> Iterator[Books]:
    """Connected books with real commits, which another process sees."""
    firm = unconnected()
    with acting_for(firm.business.pk):
        yield Books(firm, connect(firm), vendor)


def another_worker(books: Books, settings: Any) -> subprocess.Popen[bytes]:
    database = settings.DATABASES["default"]
    where = f"{database['HOST']}:{database['PORT']}/{database['NAME']}"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "syntharra.settings",
        "DATABASE_URL": f"postgres://{database['USER']}:{database['PASSWORD']}@{where}",
        "SIMULATORS_URL": settings.SIMULATORS_URL,
        "QUICKBOOKS_CLIENT_ID": settings.QUICKBOOKS_CLIENT_ID,
        "QUICKBOOKS_CLIENT_SECRET": settings.QUICKBOOKS_CLIENT_SECRET,
        "FIELD_KEYS": ",".join(settings.FIELD_KEYS),
        "SECRET_KEY": settings.SECRET_KEY,
    }
    names = [str(books.firm.business.pk), str(books.connection.pk)]
    return subprocess.Popen([sys.executable, "-c", WORKER, *names], cwd=ROOT, env=environment)


def test_a_load_killed_with_minus_nine_is_finished_by_another_worker(books: Books, settings: Any) -> None:
    books.control("seed", invoices=200, customers=60)
    books.vendor.control("settings", latency_seconds=0.1)
    worker = another_worker(books, settings)
    until = time.monotonic() + 60
    while SyncRun.objects.filter(seen__gte=100).count() == 0:
        assert time.monotonic() < until
        assert worker.poll() is None
        time.sleep(0.05)

    worker.send_signal(signal.SIGKILL)
    worker.wait(timeout=10)
    left = SyncRun.objects.get()
    books.vendor.control("settings", latency_seconds=0.0)

    assert left.status == "running"
    assert sync(books.connection.pk) is None
    SyncRun.objects.update(leased_until=machine_now() - timedelta(seconds=1))
    run = sync(books.connection.pk)
    assert run is not None
    assert (run.pk, run.status, run.seen) == (left.pk, "done", run.expected)
    for model, entity in ((Customer, "Customer"), (Invoice, "Invoice"), (Payment, "Payment")):
        assert set(model.objects.values_list("external_id", flat=True)) == {one["Id"] for one in books.objects(entity)}
    assert Allocation.objects.count() == len({(row.payment_id, row.invoice_id) for row in Allocation.objects.all()})
    assert sum(row.balance for row in Invoice.objects.all()) == sum(one["Balance"] for one in books.objects("Invoice"))
