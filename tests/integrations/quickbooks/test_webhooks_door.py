"""The door QuickBooks rings at: signed or refused, stored once, answered at once, read as a hint."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from integrations import bells, connections, inbox, tasks
from integrations.models import ConnectionDoor, Hint, InboxEvent
from integrations.quickbooks.simulator import AVAS_PLUMBING, RIVAL_ROOTER
from integrations.webhooks import counts
from syntharra import due
from syntharra.clock import machine_now
from syntharra.tenancy import acting_for
from tests.cast import Firm
from tests.integrations.quickbooks.avas_books import VERIFIER, Books, use
from tests.integrations.quickbooks.test_webhooks import OLDER, SIGNATURE, VECTOR, signed

DOOR = "/webhooks/quickbooks"


@pytest.fixture(autouse=True)
def _key(settings: Any, db: None) -> Iterator[None]:
    """In the days in which the vendor's own examples were sent."""
    use("http://127.0.0.1:9", settings)
    with time_machine.travel(datetime(2026, 9, 10, tzinfo=UTC), tick=True):
        yield


def ring(body: bytes, signature: str | None = None, **more: Any) -> Any:
    headers = {"intuit-signature": signed(body) if signature is None else signature}
    return Client().post(DOOR, body, content_type="application/json", headers=headers, **more)


def event(number: int, *, account: str = AVAS_PLUMBING, kind: str = "qbo.invoice.updated.v1") -> dict[str, Any]:
    read: dict[str, Any] = json.loads(VECTOR)[0]
    return read | {"id": f"event-{number}", "intuitaccountid": account, "type": kind}


def body_of(*events: dict[str, Any]) -> bytes:
    return json.dumps(list(events)).encode()


def test_the_door_is_where_the_vendor_is_told_it_is() -> None:
    assert reverse("books_webhook", args=["quickbooks"]) == DOOR
    assert VERIFIER == "3f1c2a90-7b1e-4c55-9d21-0a6f5d2b8e11"


def test_a_signed_event_is_stored_once_however_often_it_comes() -> None:
    answers = [ring(VECTOR, SIGNATURE).status_code for _ in range(3)]

    assert answers == [200, 200, 200]
    stored = InboxEvent.objects.get()
    assert (stored.source, stored.event_id) == ("quickbooks", "88cd52aa-33b6-4351-9aa4-47572edbd068")
    assert (stored.account, stored.payload["object"], stored.payload["external_id"]) == (
        AVAS_PLUMBING,
        "invoice",
        "130",
    )
    assert stored.done_at is None


def test_one_delivery_for_several_companies_in_the_older_form_is_several_events() -> None:
    assert ring(OLDER).status_code == 200

    assert sorted(InboxEvent.objects.values_list("account", flat=True)) == ["310687", "310687", "310687", "310688"]


def test_what_is_not_ours_to_read_is_answered_and_left_out() -> None:
    assert ring(body_of(event(1, kind="qbo.bill.updated.v1"), event(2))).status_code == 200

    assert list(InboxEvent.objects.values_list("event_id", flat=True)) == ["event-2"]


@pytest.mark.parametrize(
    ("body", "signature", "status"),
    [
        (VECTOR, "", 401),
        (VECTOR, "bm90IHNpZ25lZA==", 401),
        (VECTOR + b"\n", SIGNATURE, 401),
        (b"no json", None, 400),
        (b'{"hello":"world"}', None, 400),
        (b"[" + b" " * 1_000_001 + b"]", None, 413),
    ],
)
def test_forged_unreadable_and_oversized_are_refused_counted_and_not_stored(
    body: bytes, signature: str | None, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    assert ring(body, signature).status_code == status

    assert not InboxEvent.objects.exists()
    assert "webhook_refused" in caplog.text


def test_a_delivery_from_somebodys_drawer_is_refused_and_counted() -> None:
    before = counts().get(("quickbooks", "stale"), 0)

    with time_machine.travel(datetime(2026, 9, 13, tzinfo=UTC), tick=True):
        assert ring(OLDER).status_code == 400

    assert not InboxEvent.objects.exists()
    assert counts()["quickbooks", "stale"] == before + 1


def test_a_repeated_delivery_is_answered_and_counted() -> None:
    before = counts().get(("quickbooks", "repeated"), 0)

    assert [ring(VECTOR, SIGNATURE).status_code for _ in range(2)] == [200, 200]

    assert InboxEvent.objects.count() == 1
    assert counts()["quickbooks", "repeated"] == before + 1


def test_without_a_key_every_webhook_is_refused(settings: Any) -> None:
    settings.QUICKBOOKS_WEBHOOK_VERIFIER = ""

    assert ring(VECTOR, signed(VECTOR, "")).status_code == 401


def test_only_a_post_is_heard() -> None:
    assert Client().get(DOOR).status_code == 405


def test_a_delivery_of_a_thousand_events_is_answered_in_time() -> None:
    body = body_of(*(event(number) for number in range(1000)))
    began = time.monotonic()

    assert ring(body).status_code == 200

    assert time.monotonic() - began < 3
    assert InboxEvent.objects.count() == 1000


def test_many_events_of_a_company_ask_for_one_reading_of_its_books(plumber: Firm, rival: Firm) -> None:
    for firm, account in ((plumber, AVAS_PLUMBING), (rival, RIVAL_ROOTER)):
        door = {"business_id": firm.business.pk, "connection_id": firm.connection.pk}
        ConnectionDoor.objects.create(provider="quickbooks", account=account, **door)
    ring(body_of(*(event(number) for number in range(20)), event(99, account="nobody's")))

    assert tasks.read_inbox() == 21

    assert due.rows(bells.SYNC) == [plumber.connection.pk]
    with acting_for(rival.business.pk):
        assert due.rows(bells.SYNC) == []
    assert list(Hint.objects.values_list("kind", "external_id")) == [("invoice", "130")]
    assert set(InboxEvent.objects.values_list("outcome", flat=True)) == {"asked for 1 syncs"}
    assert tasks.read_inbox() == 0


def test_events_of_disconnected_books_lead_to_nothing(books: Books, settings: Any) -> None:
    connections.disconnect(books.connection.pk, by=books.firm.owner)
    ring(body_of(event(1)))

    tasks.sweep_inbox()

    assert due.rows(bells.SYNC) == []
    assert InboxEvent.objects.get().outcome == "asked for 0 syncs"


def test_an_event_in_a_readers_hands_is_given_back_when_the_reader_dies(monkeypatch: pytest.MonkeyPatch) -> None:
    ring(body_of(event(1)))

    def dies(events: Any) -> str:
        raise KeyboardInterrupt

    reader = inbox._readers["quickbooks"]
    monkeypatch.setitem(inbox._readers, "quickbooks", dies)
    with pytest.raises(KeyboardInterrupt):
        tasks.read_inbox()
    monkeypatch.setitem(inbox._readers, "quickbooks", reader)
    assert tasks.read_inbox() == 0

    InboxEvent.objects.update(leased_until=machine_now())

    assert tasks.read_inbox() == 1
    assert InboxEvent.objects.get().tries == 2


def test_a_poisoned_event_is_not_tried_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    ring(body_of(event(1)))
    InboxEvent.objects.update(tries=inbox.MOST_TRIES)

    assert tasks.read_inbox() == 0
    assert InboxEvent.objects.get().done_at is None


def test_keeping_tells_the_first_from_the_repeated() -> None:
    assert inbox.keep("quickbooks", "a", {"x": 1}, "1") is True
    assert inbox.keep("quickbooks", "a", {"x": 2}, "1") is False
    assert inbox.keep("twilio", "a", {"x": 3}) is True
    assert InboxEvent.objects.get(source="quickbooks").payload == {"x": 1}
