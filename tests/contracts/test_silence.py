"""What must never be heard of: tokens, secrets and customers' records, in logs, errors and what workers are called with."""

import inspect
import re
from contextlib import closing, suppress
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from celery import current_app
from django.conf import settings as installation
from django.db.models import Q

from integrations import access
from integrations.errors import VendorError
from integrations.ledger import ledger_for
from integrations.models import Connection, SetAside
from invoices.models import Contact, Customer
from invoices.sync import read_fresh, sync
from syntharra.clock import machine_now
from tests.contracts.rigs import Rig
from tests.contracts.test_reading import read

pytestmark = pytest.mark.django_db

NAME, MAIL, PHONE = "Zebulon Quixote", "zebulon@quixote.example", "(614) 555-0177"


def test_a_day_with_the_books_leaves_no_secret_and_no_customer_in_the_logs(
    books: Rig, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from integrations import asking
    from invoices import sync as module

    assert books.connection is not None
    monkeypatch.setattr(asking, "_FIRST_WAIT", 0.01)
    monkeypatch.setattr(module, "PATIENCE", 0.2)
    caplog.set_level("DEBUG")
    pairs = [access.opened(books.connection)]
    customer = books.a_customer(name=NAME, company=NAME, email=MAIL, phones={"work": PHONE, "mobile": "614-555-0178"})
    invoice = books.an_invoice(customer, "796.00")

    monkeypatch.setattr(module, "PATIENCE", 5.0)
    read(books)
    Connection.objects.filter(pk=books.connection.pk).update(access_expires_at=machine_now())
    read(books)
    pairs.append(access.opened(books.again()))
    monkeypatch.setattr(module, "PATIENCE", 0.2)
    for trouble in (books.manners.outage, books.manners.throttled):
        books.strike(trouble, times=None)
        sync(books.again().pk)
        books.sim.clear_faults()
    with suppress(VendorError):
        read_fresh(Customer.objects.get(external_id=customer).invoices.get(external_id=invoice).pk)
    books.sim.disconnect(books.account)
    sync(books.again().pk)

    heard = caplog.text + "".join(capfd.readouterr())
    heard += " ".join(Connection.objects.values_list("problem_detail", flat=True))
    secrets = {value for pair in pairs for value in pair.values()}
    secrets |= {value for name, value in books.manners.keys.items() if "SECRET" in name or "KEY" in name}
    people = {NAME, "Zebulon", MAIL, PHONE, "6145550177", "5550177", "Water heater"}
    assert [word for word in secrets | people if word in heard] == []


def test_errors_and_objects_show_no_customer_when_they_are_printed(books: Rig) -> None:
    customer = books.a_customer(name=NAME, company=NAME, email=MAIL)
    books.an_invoice(customer, "796.00")
    assert books.connection is not None
    with closing(ledger_for(books.connection)) as ledger:
        items = [item for page in ledger.whole({}) for item in page.items]

    printed = repr(items) + repr(books.connection) + repr(access.tokens_of(books.connection))

    assert NAME not in printed
    assert MAIL not in printed
    assert access.opened(books.connection)["access"] not in printed


def test_what_is_set_aside_names_the_field_and_not_the_person(books: Rig) -> None:
    read(books)

    said = " ".join(SetAside.objects.values_list("detail", flat=True))
    people = set(Contact.objects.exclude(Q(email="")).values_list("email", flat=True))
    assert [mail for mail in people if mail in said] == []


def test_workers_are_called_with_ids_and_nothing_else() -> None:
    for app in ("accounts", "integrations", "notifications", "invoices", "disputes", "calls", "billing", "desk"):
        import_module(f"{app}.tasks")
    ours = {name: task for name, task in current_app.tasks.items() if not name.startswith("celery.")}

    assert len(ours) > 10
    for name, task in ours.items():
        taken = inspect.signature(task.run).parameters
        assert {parameter for parameter in taken if not re.fullmatch(r"(\w+_id|limit|seconds)", parameter)} == set(), (
            name
        )


def test_bells_ring_with_ids_only(
    books: Rig, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    from syntharra.celery import app

    rung: list[tuple[Any, ...]] = []
    monkeypatch.setattr(app, "send_task", lambda name, args=(), **more: rung.append(tuple(args)))

    with django_capture_on_commit_callbacks(execute=True):
        read(books)

    for argument in (one for arguments in rung for one in arguments):
        assert str(UUID(str(argument))) == str(argument)
    assert installation.CELERY_TASK_IGNORE_RESULT is True
