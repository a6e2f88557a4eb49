"""Vendors ring: every scheme of signing, forged and repeated, stored once, and read by the ids they name."""

import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from django.db import connections as databases
from django.test import Client
from django.urls import reverse

from integrations import bells, hooks, registrations, tasks
from integrations.ledger import ledger_for
from integrations.models import Hint, HookDoor, InboxEvent, Registration
from integrations.webhooks import counts
from invoices.models import Invoice
from invoices.sync import sync
from syntharra import clock, due
from syntharra.tenancy import acting_for
from tests.contracts.rigs import Rig
from tests.contracts.test_reading import read, row
from tests.integrations.quickbooks.avas_books import unconnected
from tests.integrations.simulation.server import Delivered, Receiver, wait_until

pytestmark = pytest.mark.django_db


def passed_on(delivered: Delivered, **changes: Any) -> Any:
    """A delivery as the vendor sent it, brought to our door."""
    headers = {name: value for name, value in delivered.headers.items() if name not in ("host", "content-length")}
    body = changes.pop("body", delivered.body)
    headers |= changes
    path, _mark, query = delivered.path.partition("?")
    return Client().post(
        path + (f"?{query}" if query else ""), body, content_type=headers.pop("content-type"), headers=headers
    )


@pytest.fixture
def ears(books: Rig, settings: Any) -> Iterator[Receiver]:
    """Where the vendor rings, in front of our door: the test brings every delivery on to it."""
    receiver = Receiver()
    with receiver.listening():
        settings.PUBLIC_URL = receiver.url.removesuffix("/hooks")
        _subscribe(books, receiver)
        read(books)
        receiver.got.clear()
        yield receiver


def _subscribe(books: Rig, receiver: Receiver) -> None:
    connection = books.connection
    assert connection is not None
    origin = receiver.url.removesuffix("/hooks")
    if books.manners.signature:
        books.sim.webhooks(url=f"{origin}{reverse('books_webhook', args=[books.provider])}", batch_seconds=0.05)
    elif books.provider in registrations.BY_HAND:
        address, secret = registrations.by_hand(connection.pk)
        books.sim.settings(webhook_key=secret)
        books.sim.webhooks(url=address, batch_seconds=0.05)
    else:
        books.sim.settings(webhook_batch_seconds=0.05)
        registrations.bring_up(connection.pk)
        wait_until(lambda: len(receiver.got) >= 4)
        for delivered in list(receiver.got):
            assert passed_on(delivered).status_code == 200
        assert registrations.bring_up(connection.pk) is True
        assert connection.pk not in due.rows_noted(bells.REGISTER)
        assert not Registration.objects.filter(verified_at=None).exists()


def change(books: Rig, receiver: Receiver) -> tuple[str, Delivered]:
    """An invoice is written in the books, and the vendor rings about it."""
    invoice = books.an_invoice(books.a_customer(), "321.00")
    if books.provider in registrations.BY_HAND:
        wait_until(lambda: len(receiver.got) >= 1)
        return invoice, receiver.got[0]
    wait_until(lambda: any(_names(books, one, invoice) for one in receiver.got))
    return invoice, next(one for one in receiver.got if _names(books, one, invoice))


def _names(books: Rig, delivered: Delivered, invoice: str) -> bool:
    incoming = hooks.Incoming(delivered.body, delivered.headers)
    events = hooks.of(books.provider).events_in(incoming)
    return any((event.object, event.external_id) == ("invoice", invoice) for event in events)


def test_what_a_vendor_names_is_read_by_its_id(books: Rig, ears: Receiver) -> None:
    invoice, delivered = change(books, ears)

    assert passed_on(delivered).status_code == 200
    assert tasks.read_inbox() >= 1

    assert due.rows(bells.SYNC) == [books.connection.pk]  # type: ignore[union-attr]
    assert ("invoice", invoice) in set(Hint.objects.values_list("kind", "external_id"))
    assert not Invoice.objects.filter(external_id=invoice).exists()  # never believed, always asked
    run = sync(books.again().pk)
    assert run is not None
    assert run.status == "done"
    assert row(invoice).balance == 321
    assert not Hint.objects.exists()


def test_the_same_delivery_again_is_answered_and_stored_once(books: Rig, ears: Receiver) -> None:
    _invoice, delivered = change(books, ears)

    answers = [passed_on(delivered).status_code for _ in range(3)]

    assert answers == [200, 200, 200]
    stored = InboxEvent.objects.filter(source=books.provider)
    events = hooks.of(books.provider).events_in(hooks.Incoming(delivered.body, delivered.headers))
    assert stored.count() == len({event.event_id for event in events if event.object})


def test_a_forged_delivery_is_refused_counted_and_leads_to_nothing(books: Rig, ears: Receiver) -> None:
    _invoice, delivered = change(books, ears)
    before = counts().get((books.provider, "not_signed"), 0)
    refused = hooks.of(books.provider).REFUSED
    signature = books.manners.signature or next(
        name for name in delivered.headers if "signature" in name or "hmac" in name
    )

    bodies = (delivered.body + b" ", delivered.body.replace(b"1", b"2"))
    answers = [passed_on(delivered, body=body).status_code for body in bodies]
    answers.append(passed_on(delivered, **{signature: "AAAA"}).status_code)
    answers.append(passed_on(delivered, **{signature: ""}).status_code)

    assert set(answers) == {refused}
    assert not InboxEvent.objects.exists()
    assert counts()[books.provider, "not_signed"] == before + 4


def test_without_a_key_nothing_is_believed(books: Rig, ears: Receiver, settings: Any) -> None:
    _invoice, delivered = change(books, ears)
    for name in books.manners.keys:
        setattr(settings, name, "")
    Registration.objects.all().delete()

    assert passed_on(delivered).status_code == hooks.of(books.provider).REFUSED
    assert not InboxEvent.objects.exists()


def test_an_oversized_delivery_is_refused_before_it_is_read(books: Rig, ears: Receiver) -> None:
    _invoice, delivered = change(books, ears)

    assert passed_on(delivered, body=b"x" * 1_000_001).status_code == 413


def test_after_disconnecting_a_delivery_leads_to_nothing(books: Rig, ears: Receiver) -> None:
    from integrations import connections

    _invoice, delivered = change(books, ears)
    assert books.connection is not None
    assert books.firm is not None
    connections.disconnect(books.connection.pk, by=books.firm.owner)

    answer = passed_on(delivered)
    tasks.read_inbox()

    assert answer.status_code == (200 if books.manners.signature else 404)
    assert due.rows(bells.SYNC) == []
    assert not Hint.objects.exists()
    assert not HookDoor.objects.exists()


def test_a_code_that_was_lost_on_the_way_is_asked_for_again(books: Rig, settings: Any) -> None:
    if books.manners.signature or books.provider in registrations.BY_HAND:
        pytest.skip(f"{books.provider} has one key for the whole app, or the owner enters it")
    assert books.connection is not None
    receiver = Receiver()
    with receiver.listening():
        settings.PUBLIC_URL = receiver.url.removesuffix("/hooks")
        books.sim.settings(webhook_batch_seconds=0.05)
        assert registrations.bring_up(books.connection.pk) is False
        wait_until(lambda: len(receiver.got) >= 4)
        receiver.got.clear()  # none of them reaches us
        assert books.connection.pk in due.rows_noted(bells.REGISTER)
        Registration.objects.update(created_at=clock.now() - registrations.TRY_AGAIN)

        assert registrations.bring_up(books.connection.pk) is False
        wait_until(lambda: len(receiver.got) >= 4)
        answers = {passed_on(delivered).status_code for delivered in list(receiver.got)}

    assert answers == {200}
    assert registrations.bring_up(books.connection.pk) is True
    assert Registration.objects.exclude(verified_at=None).count() == 4


def asks_for_each(provider: str) -> bool:
    """Whether its webhooks are registered one by one through its API."""
    return hooks.of(provider).PER_CONNECTION and provider not in registrations.BY_HAND


def registered(books: Rig) -> list[tuple[str, str]]:
    """Event and address of what the vendor has, in order."""
    with closing(ledger_for(books.again())) as ledger:
        rows = ledger.client.callbacks("GET")["callbacks"]  # type: ignore[attr-defined]
    return sorted((one["event"], one["uri"]) for one in rows)


def test_a_registration_that_was_broken_off_is_finished_at_the_same_address(books: Rig, settings: Any) -> None:
    if not asks_for_each(books.provider):
        pytest.skip(f"{books.provider} has one address for the whole app, or the owner enters it")
    assert books.connection is not None
    receiver = Receiver()
    with receiver.listening():
        settings.PUBLIC_URL = receiver.url.removesuffix("/hooks")
        books.sim.settings(webhook_batch_seconds=0.05)
        books.strike(books.manners.outage, path="callbacks", method="POST", body="payment", times=1)
        assert registrations.bring_up(books.connection.pk) is False
        wait_until(lambda: len(receiver.got) >= 1)
        assert passed_on(receiver.got[0]).status_code == 200  # the code of the first comes before the rest is asked for

        assert registrations.bring_up(books.connection.pk) is False
        wait_until(lambda: len(receiver.got) >= 4)
        assert {passed_on(delivered).status_code for delivered in receiver.got[1:]} == {200}
        assert registrations.bring_up(books.connection.pk) is True

    verified = Registration.objects.exclude(verified_at=None).values_list("event", flat=True)
    assert sorted(verified) == ["client", "credit_note", "invoice", "payment"]
    assert [event for event, _uri in registered(books)] == sorted(verified)
    assert len({uri for _event, uri in registered(books)}) == 1
    assert HookDoor.objects.count() == 1
    assert books.connection.pk not in due.rows_noted(bells.REGISTER)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_register_each_event_once(vendor: Rig) -> None:
    if not asks_for_each(vendor.provider):
        pytest.skip(f"{vendor.provider} has one address for the whole app, or the owner enters it")
    firm = unconnected()
    barrier = threading.Barrier(2)

    def worker() -> None:
        with acting_for(firm.business.pk):
            barrier.wait()
            registrations.bring_up(connection.pk)
        databases.close_all()

    with acting_for(firm.business.pk):
        vendor.connection = connection = vendor.connect(firm)
        vendor.strike({"kind": "slow"}, path="callbacks", seconds=0.2, times=4)
        threads = [threading.Thread(target=worker) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert [event for event, _uri in registered(vendor)] == ["client", "credit_note", "invoice", "payment"]
        assert len({uri for _event, uri in registered(vendor)}) == 1
        assert Registration.objects.count() == 4
        assert connection.pk in due.rows_noted(bells.REGISTER)  # their codes are on the way


def test_an_address_nobody_made_opens_nothing(vendor: Rig, firm: Any) -> None:
    path = reverse("books_webhook_of", args=[vendor.provider, "not-a-token"])

    assert Client().post(path, b"{}", content_type="application/json").status_code == 404
