"""What simulated Square tells by webhook, how it signs, tries again, repeats and mixes; and what can be read later."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

import pytest

from integrations.square.simulation.notices import sign
from integrations.square.simulator import DENTAL_PRACTICE, LANDSCAPER, MAIN_LOCATION, READ_SCOPES, SECOND_LOCATION
from tests.integrations.simulation.server import Delivered, Receiver, wait_until
from tests.integrations.square.simulator import SECRET, Square, good, running_square

KEY = "sim-square-signature-key"


@pytest.fixture(scope="module")
def server() -> Iterator[Square]:
    with running_square(webhook_batch_seconds=0.02, webhook_retry_scale=0.0005) as square:
        yield square


@pytest.fixture
def square(server: Square) -> Square:
    square = server.fresh()
    square.customer()  # the books are open: what happens from here on is told
    return square


@pytest.fixture
def receiver(square: Square) -> Iterator[Receiver]:
    with Receiver().listening() as receiver:
        square.sim.webhooks(url=receiver.url)
        yield receiver


def signed(delivered: Delivered, url: str) -> bool:
    mac = hmac.new(KEY.encode(), url.encode() + delivered.body, hashlib.sha256)
    return delivered.headers["x-square-hmacsha256-signature"] == base64.b64encode(mac.digest()).decode()


def types(receiver: Receiver, count: int) -> list[str]:
    return [one.json()["type"] for one in receiver.wait_for(count)]


def test_the_vector_of_the_sheet() -> None:
    body = (
        b'{"merchant_id":"ML7SIM","type":"invoice.payment_made","event_id":"6a8f5f28-54a1-4eb0-a98a-3111513fd4fc",'
        b'"created_at":"2026-11-02T09:15:00Z","data":{"type":"invoice","id":"inv:0-SIM1"}}'
    )

    signature = sign(KEY, "https://app.example.com/hooks/square/", body)

    assert signature == "NNd87Y/aZKbLPNDcluIbTwCTOUZfnMJzidtSDJaCHKc="


def test_a_payment_is_told_with_the_invoice_as_it_is_then(square: Square, receiver: Receiver) -> None:
    id = square.cast_id("UNPAID")
    square.sim.act(DENTAL_PRACTICE, "pay", customer=square.customer(), amount="40.00", applied={id: "40.00"})

    found = receiver.wait_for(3)

    assert [one.json()["type"] for one in found] == ["payment.created", "invoice.payment_made", "invoice.updated"]
    made = found[1].json()
    assert set(made) == {"merchant_id", "type", "event_id", "created_at", "data"}
    assert (made["merchant_id"], made["data"]["type"], made["data"]["id"]) == (DENTAL_PRACTICE, "invoice", id)
    assert made["data"]["object"]["invoice"] == square.cast("UNPAID")
    assert all(signed(one, receiver.url) for one in found)
    assert found[0].headers["square-environment"] == "Sandbox"
    assert "square-retry-number" not in found[0].headers


@pytest.mark.parametrize(
    ("verb", "cast", "arguments", "told"),
    [
        ("void_invoice", "UNPAID", {}, ["invoice.canceled", "invoice.updated"]),
        ("change_invoice", "UNPAID", {"memo": "New words"}, ["invoice.updated"]),
        ("change_invoice", "DRAFT", {"status": "open"}, ["invoice.published", "invoice.updated"]),
        ("delete_invoice", "DRAFT", {}, ["invoice.deleted"]),
    ],
)
def test_what_is_done_to_an_invoice_is_told_in_squares_words(
    square: Square, receiver: Receiver, verb: str, cast: str, arguments: dict[str, Any], told: list[str]
) -> None:
    square.sim.act(DENTAL_PRACTICE, verb, id=square.cast_id(cast), **arguments)

    assert types(receiver, len(told)) == told


def test_a_deleted_draft_is_told_without_an_object(square: Square, receiver: Receiver) -> None:
    id = square.cast_id("DRAFT")
    square.sim.act(DENTAL_PRACTICE, "delete_invoice", id=id)

    assert receiver.wait_for(1)[0].json()["data"] == {"type": "invoice", "id": id, "deleted": True}


def test_a_refund_a_failed_bank_payment_and_customers_are_told(square: Square, receiver: Receiver) -> None:
    payment = square.order(square.cast("PAID")["order_id"])["tenders"][0]["id"]
    square.sim.act(DENTAL_PRACTICE, "refund", id=payment, amount="5.00")
    refund = ["payment.updated", "invoice.refunded", "invoice.updated", "refund.created"]
    assert types(receiver, 4) == refund

    bank = next(one for one in square.get("/v2/payments")["payments"] if one["status"] == "PENDING")
    square.sim.act(DENTAL_PRACTICE, "settle_payment", id=bank["id"], status="failed")
    failed = ["payment.updated", "invoice.scheduled_charge_failed", "invoice.updated"]
    assert types(receiver, 7)[4:] == failed

    customer = square.sim.act(DENTAL_PRACTICE, "add_customer", name="Noor Haddad")["id"]
    square.sim.act(DENTAL_PRACTICE, "change_customer", id=customer, email="noor@example.com")
    square.sim.act(DENTAL_PRACTICE, "delete_customer", id=customer)
    assert types(receiver, 10)[7:] == ["customer.created", "customer.updated", "customer.deleted"]


def test_only_what_the_seller_let_read_is_told(square: Square, receiver: Receiver) -> None:
    square.sim.disconnect(DENTAL_PRACTICE)
    square.connect(DENTAL_PRACTICE, *(READ_SCOPES - {"PAYMENTS_READ"}))
    id = square.cast_id("UNPAID")
    customer = square.customer()
    square.sim.act(DENTAL_PRACTICE, "pay", customer=customer, amount="40.00", applied={id: "40.00"})

    assert types(receiver, 3) == ["oauth.authorization.revoked", "invoice.payment_made", "invoice.updated"]


def test_the_owner_disconnecting_is_told_and_so_is_our_own_revocation(square: Square, receiver: Receiver) -> None:
    square.sim.disconnect(DENTAL_PRACTICE)
    square.connect(LANDSCAPER)
    good(
        square.http.post(
            "/oauth2/revoke",
            json={"client_id": "sandbox-sq0idb-client", "merchant_id": LANDSCAPER},
            headers={"Authorization": f"Client {SECRET}"},
        )
    )

    found = [one.json() for one in receiver.wait_for(2)]

    assert [(one["type"], one["merchant_id"]) for one in found] == [
        ("oauth.authorization.revoked", DENTAL_PRACTICE),
        ("oauth.authorization.revoked", LANDSCAPER),
    ]
    by = [one["data"]["object"]["revocation"]["revoker_type"] for one in found]
    assert by == ["MERCHANT", "APPLICATION"]


def test_a_delivery_is_tried_again_and_counts_its_retries(square: Square, receiver: Receiver) -> None:
    receiver.answers = [500, 302, 200]
    square.sim.act(DENTAL_PRACTICE, "delete_invoice", id=square.cast_id("DRAFT"))

    first, second, third = receiver.wait_for(3)

    assert first.body == second.body == third.body
    assert [one.headers.get("square-retry-number") for one in (first, second, third)] == [None, "1", "2"]
    assert second.headers["square-retry-reason"] == "http_error"
    start = "square-initial-delivery-timestamp"
    assert first.headers[start] == third.headers[start]
    wait_until(lambda: square.sim.deliveries()[-1]["state"] == "acknowledged")


def test_a_delivery_can_come_twice_mixed_and_with_a_wrong_signature(square: Square, receiver: Receiver) -> None:
    square.sim.webhooks(repeat=2)
    square.sim.act(DENTAL_PRACTICE, "delete_invoice", id=square.cast_id("DRAFT"))
    twice = receiver.wait_for(2)
    assert twice[0].body == twice[1].body

    square.sim.webhooks(repeat=1, shuffle=True, batch_seconds=0.3)
    id = square.cast_id("UNPAID")
    for at in range(6):
        square.sim.act(DENTAL_PRACTICE, "change_invoice", id=id, memo=f"Words {at}")
    versions = [one.json()["data"]["object"]["invoice"]["version"] for one in receiver.wait_for(8)[2:]]
    assert versions != sorted(versions)
    assert len(set(versions)) == 6

    square.sim.webhooks(wrong_signature=True, shuffle=False, batch_seconds=0.02)
    square.sim.act(DENTAL_PRACTICE, "change_invoice", id=id, memo="Last words")
    assert not signed(receiver.wait_for(9)[8], receiver.url)


def test_a_subscription_names_its_types(square: Square, receiver: Receiver) -> None:
    square.sim.settings(webhook_types=["invoice.canceled"])
    square.sim.act(DENTAL_PRACTICE, "void_invoice", id=square.cast_id("UNPAID"))
    square.sim.act(DENTAL_PRACTICE, "void_invoice", id=square.cast_id("PARTIALLY_PAID"))

    assert types(receiver, 2) == ["invoice.canceled", "invoice.canceled"]


def test_missed_events_can_be_searched(square: Square) -> None:
    square.sim.act(DENTAL_PRACTICE, "void_invoice", id=square.cast_id("UNPAID"))
    square.sim.connect(LANDSCAPER)
    theirs = next(iter(square.sim.truth(LANDSCAPER).values()))["customer"]
    square.sim.act(LANDSCAPER, "change_customer", id=theirs, note="Gate code 4411")

    mine = square.post("/v2/events", query={"filter": {"event_types": ["invoice.canceled"]}})
    pages = square.post("/v2/events", limit=1)
    rest = square.post("/v2/events", cursor=pages["cursor"])
    square.token = "sandbox-sq0atb-application"
    everybody = square.post("/v2/events", query={"sort": {"field": "DEFAULT", "order": "ASC"}})

    assert [one["data"]["object"]["invoice"]["status"] for one in mine["events"]] == ["CANCELED"]
    assert mine["events"][0]["location_id"] == MAIN_LOCATION
    assert mine["metadata"] == [{"event_id": mine["events"][0]["event_id"], "api_version": "2025-08-20"}]
    assert len(pages["events"]) + len(rest["events"]) == 2
    assert {one["merchant_id"] for one in everybody["events"]} == {DENTAL_PRACTICE, LANDSCAPER}
    elsewhere = {"query": {"filter": {"location_ids": [SECOND_LOCATION]}}}
    assert good(square.call("POST", "/v2/events", json=elsewhere)) == {}
    assert square.refused("GET", "/v2/locations") == (401, "UNAUTHORIZED", "")


def test_events_are_kept_for_four_weeks(square: Square) -> None:
    square.sim.act(DENTAL_PRACTICE, "void_invoice", id=square.cast_id("UNPAID"))
    assert len(square.post("/v2/events")["events"]) == 2

    square.sim.clock(29 * 86_400)
    assert square.post("/v2/events") == {}
