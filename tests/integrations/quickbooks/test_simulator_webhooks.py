"""Outgoing webhooks: both forms, the signature, several companies at once, retries by the schedule, repeats."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from integrations.quickbooks.simulation.hooks import RETRY_SECONDS, sign
from integrations.quickbooks.simulator import AVAS_PLUMBING, RIVAL_ROOTER
from tests.integrations.quickbooks.simulator_server import Receiver, Vendor, check, running_simulator, wait_until

KEY = "3f1c2a90-7b1e-4c55-9d21-0a6f5d2b8e11"
BODY = (
    b'[{"specversion":"1.0","id":"88cd52aa-33b6-4351-9aa4-47572edbd068","source":"intuit.sim",'
    b'"type":"qbo.invoice.updated.v1","datacontenttype":"application/json","time":"2026-11-02T09:15:00.179851517Z",'
    b'"intuitentityid":"130","intuitaccountid":"9341450000000001","data":{}}]'
)


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running_simulator() as url:
        yield url


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().listening() as receiver:
        yield receiver


@pytest.fixture
def vendor(base_url: str, receiver: Receiver) -> Iterator[Vendor]:
    vendor = Vendor(base_url)
    vendor.control("reset")
    vendor.control("webhooks", url=receiver.url, verifier_token=KEY, batch_seconds=0.05, retry_scale=0.01)
    yield vendor.connect()
    vendor.control("reset")


def events(receiver: Receiver, count: int) -> list[tuple[str, str, str]]:
    wait_until(lambda: len(receiver.events()) >= count)
    return [(one["intuitaccountid"], one["type"], one["intuitentityid"]) for one in receiver.events()]


def test_the_signature_is_the_one_of_the_contract() -> None:
    assert sign(KEY, BODY) == "YEHCqmxRLZP6TUi1PeTaXhEL23XOfVtoZp34bpq7pKo="


def test_a_payment_is_told_as_cloud_events(vendor: Vendor, receiver: Receiver) -> None:
    paid = vendor.control("pay", realm=AVAS_PLUMBING, invoice="436")["Payment"]

    assert events(receiver, 2) == [
        (AVAS_PLUMBING, "qbo.payment.created.v1", paid["Id"]),
        (AVAS_PLUMBING, "qbo.invoice.updated.v1", "436"),
    ]
    delivered = receiver.got[0]
    check("cloudevents", json.loads(delivered.body))
    assert delivered.content_type == "application/json"
    assert delivered.signature == sign(KEY, delivered.body)


def test_times_of_events_have_nanoseconds_and_python_can_read_them(vendor: Vendor, receiver: Receiver) -> None:
    vendor.control("clock", offset_seconds=86_400)

    vendor.control("pay", realm=AVAS_PLUMBING, invoice="436")

    events(receiver, 2)
    told = datetime.fromisoformat(receiver.events()[0]["time"])
    assert abs((told - datetime.fromisoformat(vendor.look("clock")["now"])).total_seconds()) < 60


def test_the_old_form_is_still_spoken(vendor: Vendor, receiver: Receiver) -> None:
    vendor.control("webhooks", format="old")

    vendor.control("pay", realm=AVAS_PLUMBING, invoice="436")

    wait_until(lambda: receiver.got)
    body = json.loads(receiver.got[0].body)
    check("old_webhook", body)
    entities = body["eventNotifications"][0]["dataChangeEvent"]["entities"]
    assert [(one["name"], one["operation"]) for one in entities] == [("Payment", "Create"), ("Invoice", "Update")]
    assert receiver.got[0].signature == sign(KEY, receiver.got[0].body)


def test_both_forms_may_come_of_the_same_change(vendor: Vendor, receiver: Receiver) -> None:
    vendor.control("webhooks", format="both")

    vendor.control("delete", realm=AVAS_PLUMBING, id="398")

    wait_until(lambda: len(receiver.got) == 2)
    check("cloudevents", json.loads(receiver.got[0].body))
    check("old_webhook", json.loads(receiver.got[1].body))


@pytest.mark.parametrize("form", ["cloudevents", "old"])
def test_one_delivery_may_hold_several_companies(vendor: Vendor, receiver: Receiver, form: str) -> None:
    vendor.control("webhooks", format=form, batch_seconds=0.6)

    vendor.control("delete", realm=AVAS_PLUMBING, id="398")
    vendor.control("delete", realm=RIVAL_ROOTER, id="412")

    wait_until(lambda: receiver.got)
    body = json.loads(receiver.got[0].body)
    told = (
        [one["intuitaccountid"] for one in body]
        if form == "cloudevents"
        else [one["realmId"] for one in body["eventNotifications"]]
    )
    assert told == [AVAS_PLUMBING, RIVAL_ROOTER]
    assert len(receiver.got) == 1


def test_every_kind_of_change_has_its_own_type(vendor: Vendor, receiver: Receiver) -> None:
    memo = vendor.control("credit", realm=AVAS_PLUMBING, invoice="412", amount=10, apply=False)["CreditMemo"]
    vendor.post("customer", {"Id": "58", "SyncToken": "0", "sparse": True, "Notes": "Ask for Ana"})
    vendor.control("void", realm=AVAS_PLUMBING, id="398")
    vendor.control("delete", realm=AVAS_PLUMBING, id="436")
    vendor.control("webhooks/event", realm=AVAS_PLUMBING, entity="Invoice", id="437", operation="emailed")
    vendor.control(
        "webhooks/event", realm=AVAS_PLUMBING, entity="Customer", id="58", operation="merged", deleted_id="77"
    )

    assert events(receiver, 6) == [
        (AVAS_PLUMBING, "qbo.creditmemo.created.v1", memo["Id"]),
        (AVAS_PLUMBING, "qbo.customer.updated.v1", "58"),
        (AVAS_PLUMBING, "qbo.invoice.voided.v1", "398"),
        (AVAS_PLUMBING, "qbo.invoice.deleted.v1", "436"),
        (AVAS_PLUMBING, "qbo.invoice.emailed.v1", "437"),
        (AVAS_PLUMBING, "qbo.customer.merged.v1", "58"),
    ]


def test_a_merge_names_the_deleted_id_in_the_old_form(vendor: Vendor, receiver: Receiver) -> None:
    vendor.control("webhooks", format="old")
    vendor.control(
        "webhooks/event", realm=AVAS_PLUMBING, entity="Customer", id="58", operation="merged", deleted_id="77"
    )

    wait_until(lambda: receiver.got)
    entity = json.loads(receiver.got[0].body)["eventNotifications"][0]["dataChangeEvent"]["entities"][0]
    assert (entity["operation"], entity["deletedId"]) == ("Merge", "77")


def test_a_delivery_is_tried_again_with_the_same_bytes_until_it_is_taken(vendor: Vendor, receiver: Receiver) -> None:
    receiver.answers = [500, 404, 302, 200]

    vendor.control("delete", realm=AVAS_PLUMBING, id="398")

    wait_until(lambda: len(receiver.got) == 4)
    wait_until(lambda: vendor.look("webhooks")["waiting"] == 0)
    assert len({one.body for one in receiver.got}) == 1
    delivery = vendor.look("webhooks")["deliveries"][0]
    assert delivery["state"] == "acknowledged"
    assert [attempt["status"] for attempt in delivery["attempts"]] == [500, 404, 302, 200]


def test_the_waits_between_attempts_follow_the_vendors_schedule(vendor: Vendor, receiver: Receiver) -> None:
    receiver.answers = [500, 500, 500, 200]
    vendor.control("webhooks", retry_scale=0.02)

    vendor.control("delete", realm=AVAS_PLUMBING, id="398")

    wait_until(lambda: len(receiver.got) == 4)
    waits = [later.at - sooner.at for sooner, later in zip(receiver.got, receiver.got[1:], strict=False)]
    assert RETRY_SECONDS == (10, 20, 30, 300, 1200, 7200, 14_400, 21_600)
    assert waits[0] >= 0.2
    assert waits[1] >= 0.4
    assert waits[2] >= 0.6


def test_later_events_wait_until_the_first_is_taken(vendor: Vendor, receiver: Receiver) -> None:
    receiver.answers = [500, 500, 200]
    vendor.control("delete", realm=AVAS_PLUMBING, id="398")
    wait_until(lambda: len(receiver.got) >= 1)

    vendor.control("delete", realm=AVAS_PLUMBING, id="436")

    wait_until(lambda: len(receiver.got) == 4)
    told = [[event["intuitentityid"] for event in json.loads(one.body)] for one in receiver.got]
    assert told == [["398"], ["398"], ["398"], ["436"]]


def test_an_answer_after_three_seconds_counts_as_none(vendor: Vendor, receiver: Receiver) -> None:
    receiver.delay_seconds = 3.3

    vendor.control("delete", realm=AVAS_PLUMBING, id="398")
    wait_until(lambda: len(receiver.got) == 1)
    receiver.delay_seconds = 0
    wait_until(lambda: len(receiver.got) == 2)

    wait_until(lambda: vendor.look("webhooks")["waiting"] == 0)
    first, second = vendor.look("webhooks")["deliveries"][0]["attempts"]
    assert (first["status"], first["error"].partition(":")[0]) == (None, "ReadTimeout")
    assert second["status"] == 200


def test_nobody_listening_is_a_failed_attempt(vendor: Vendor) -> None:
    vendor.control("webhooks", url="http://127.0.0.1:1/hooks")

    vendor.control("delete", realm=AVAS_PLUMBING, id="398")

    wait_until(lambda: vendor.look("webhooks")["deliveries"] and vendor.look("webhooks")["deliveries"][0]["attempts"])
    delivery = vendor.look("webhooks")["deliveries"][0]
    assert (delivery["state"], delivery["attempts"][0]["status"]) == ("retrying", None)


def test_a_delivery_may_come_twice_with_the_same_ids(vendor: Vendor, receiver: Receiver) -> None:
    vendor.control("webhooks", repeat=2)

    vendor.control("delete", realm=AVAS_PLUMBING, id="398")

    wait_until(lambda: len(receiver.got) == 2)
    assert receiver.got[0].body == receiver.got[1].body


def test_a_logged_delivery_can_be_sent_again(vendor: Vendor, receiver: Receiver) -> None:
    vendor.control("delete", realm=AVAS_PLUMBING, id="398")
    wait_until(lambda: receiver.got)

    vendor.control("webhooks/again", number=vendor.look("webhooks")["deliveries"][0]["number"])

    wait_until(lambda: len(receiver.got) == 2)
    assert receiver.got[0].body == receiver.got[1].body
    assert vendor.http.post("/_sim/webhooks/again", json={"number": 99999}).status_code == 400


def test_ids_of_events_never_repeat(vendor: Vendor, receiver: Receiver) -> None:
    for identity in ("436", "437", "438"):
        vendor.control("pay", realm=AVAS_PLUMBING, invoice=identity)

    events(receiver, 6)
    ids = [event["id"] for event in receiver.events()]
    assert len(ids) == len(set(ids)) == 6


def test_switched_off_nobody_is_told_not_even_later(vendor: Vendor, receiver: Receiver) -> None:
    vendor.control("webhooks", on=False)
    vendor.control("delete", realm=AVAS_PLUMBING, id="398")

    vendor.control("webhooks", url=receiver.url)
    vendor.control("delete", realm=AVAS_PLUMBING, id="436")

    assert [told[2] for told in events(receiver, 1)] == ["436"]


def test_switching_off_ends_what_is_being_retried(vendor: Vendor, receiver: Receiver) -> None:
    receiver.answers = [500]
    vendor.control("webhooks", retry_scale=1.0)
    vendor.control("delete", realm=AVAS_PLUMBING, id="398")
    wait_until(lambda: receiver.got)

    vendor.control("webhooks", on=False)

    wait_until(lambda: vendor.look("webhooks")["waiting"] == 0)
    assert vendor.look("webhooks")["deliveries"][0]["state"] == "given up: webhooks are off"
    assert len(receiver.got) == 1


@pytest.mark.parametrize("wrong", [{"format": "xml"}, {"uri": "http://x.example"}, {"repeat": "twice"}, {"url": 5}])
def test_wrong_settings_are_refused_in_words(vendor: Vendor, wrong: dict[str, Any]) -> None:
    before = vendor.look("webhooks")["settings"]

    answer = vendor.http.post("/_sim/webhooks", json=wrong)

    assert answer.status_code == 400
    assert next(iter(wrong)) in answer.json()["error"] or "webhook" in answer.json()["error"]
    assert vendor.look("webhooks")["settings"] == before
