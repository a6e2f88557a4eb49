"""Webhooks: what is told, to whom, signed how; twice, mixed, late, and no more to those who do not listen."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from integrations.jobber.simulation.webhooks import body, signature
from integrations.jobber.simulator import LANDSCAPER, PLUMBER, JobberSimConfig
from tests.integrations.jobber.simulator import SECRET, Jobber, running_simulator
from tests.integrations.simulation.server import Receiver, wait_until

CREATE = """mutation($topic: WebHookTopicEnum!, $url: String!) {
  webhookEndpointCreate(input: { topic: $topic, url: $url }) { webhookEndpoint { id topic url createdAt } userErrors { message path } }
}"""
DELETE = """mutation($ids: [EncodedId!]!) {
  webhookEndpointDelete(webhookEndpointsIds: $ids) { deletedWebhookEndpoints { id topic } userErrors { message path } }
}"""


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running_simulator() as url:
        yield url


@pytest.fixture
def jobber(base_url: str) -> Jobber:
    jobber = Jobber(base_url)
    jobber.sim.reset()
    return jobber.connect()


@pytest.fixture(scope="module")
def listening() -> Iterator[Receiver]:
    with Receiver().listening() as receiver:
        yield receiver


@pytest.fixture
def receiver(jobber: Jobber, listening: Receiver) -> Iterator[Receiver]:
    wait_until(lambda: jobber.sim.webhooks()["pending_events"] == 0)  # the connection itself is not told
    listening.got.clear()
    listening.answers, listening.delay_seconds = [200], 0
    jobber.sim.webhooks(url=listening.url)
    yield listening
    jobber.sim.webhooks(on=False)
    wait_until(lambda: jobber.sim.webhooks()["waiting"] == 0)


def events(receiver: Receiver) -> list[Any]:
    return [one.json()["data"]["webHookEvent"] for one in receiver.got]


def told(receiver: Receiver) -> list[tuple[str, str]]:
    return [(one["topic"], one["itemId"]) for one in events(receiver)]


def touch(jobber: Jobber, id: str) -> None:
    jobber.sim.act(jobber.account, "touch", kind="invoice", id=id)


def test_the_signature_is_over_the_raw_bytes_with_the_client_secret() -> None:
    settings = JobberSimConfig(client_secret=SECRET)
    account, item = "Z2lkOi8vSm9iYmVyL0FjY291bnQvMjQ4NjkzNA==", "Z2lkOi8vSm9iYmVyL0ludm9pY2UvMTAwMQ=="
    at = datetime(2026, 7, 2, 9, 8, 19, tzinfo=UTC)

    content = body(settings, "INVOICE_UPDATE", account, item, at, ZoneInfo("America/Chicago"))

    assert content == (
        b'{"data":{"webHookEvent":{"topic":"INVOICE_UPDATE","appId":"3ef22a50-072d-430c-a78f-b7646657560b",'
        b'"accountId":"Z2lkOi8vSm9iYmVyL0FjY291bnQvMjQ4NjkzNA==","itemId":"Z2lkOi8vSm9iYmVyL0ludm9pY2UvMTAwMQ==",'
        b'"occurredAt":"2026-07-02T09:08:19Z"}}}'
    )
    assert signature(SECRET, content) == "tP7NlwIZZfinFqBLQ7qofy1Pw3sJ/+Rmj2bFpqlSVHo="


def test_a_payment_tells_of_itself_and_of_its_invoice(jobber: Jobber, receiver: Receiver) -> None:
    id, whose = jobber.case_id("Ray Fontaine"), jobber.client_of("Ray Fontaine")["id"]

    paid = jobber.sim.act(jobber.account, "pay", customer=whose, amount="25.00", applied={id: "25.00"}, method="card")

    receiver.wait_for(2)
    assert told(receiver) == [("PAYMENT_CREATE", paid["id"]), ("INVOICE_UPDATE", id)]
    first = receiver.got[0]
    assert first.headers["x-jobber-hmac-sha256"] == signature(SECRET, first.body)
    assert first.headers["content-type"] == "application/json"
    assert sorted(events(receiver)[0]) == ["accountId", "appId", "itemId", "occurredAt", "topic"]
    query = "query($id: EncodedId!) { paymentRecord(id: $id) { amount adjustmentType } }"
    assert jobber.ask(query, id=paid["id"])["paymentRecord"] == {"amount": 25.0, "adjustmentType": "PAYMENT"}


def test_what_is_destroyed_is_told(jobber: Jobber, receiver: Receiver) -> None:
    gone, void = jobber.case_id("Ray Fontaine"), jobber.case_id("Omar Haddad")
    client = jobber.client_of("Ken Yamada")["id"]

    jobber.sim.act(jobber.account, "delete_invoice", id=gone)
    jobber.sim.act(jobber.account, "void_invoice", id=void)
    jobber.sim.act(jobber.account, "delete_customer", id=client)

    receiver.wait_for(3)
    assert told(receiver) == [("INVOICE_DESTROY", gone), ("INVOICE_DESTROY", void), ("CLIENT_DESTROY", client)]


def test_connecting_and_disconnecting_is_told(jobber: Jobber, receiver: Receiver) -> None:
    other = Jobber(jobber.base_url, PLUMBER).connect()
    receiver.wait_for(1)

    other.sim.disconnect(PLUMBER)

    receiver.wait_for(2)
    assert [(one["topic"], one["accountId"]) for one in events(receiver)] == [
        ("APP_CONNECT", PLUMBER),
        ("APP_DISCONNECT", PLUMBER),
    ]


def test_accounts_that_are_not_connected_are_not_told_of(jobber: Jobber, receiver: Receiver) -> None:
    jobber.sim.act(PLUMBER, "add_customer", name="Nobody Hears Of")
    touch(jobber, jobber.case_id("Ray Fontaine"))

    receiver.wait_for(1)
    assert {one["accountId"] for one in events(receiver)} == {LANDSCAPER}


def test_old_apps_get_the_misspelling_and_some_get_local_times(jobber: Jobber, receiver: Receiver) -> None:
    jobber.sim.settings(webhook_misspelt=True, webhook_local_times=True)

    touch(jobber, jobber.case_id("Ray Fontaine"))

    receiver.wait_for(1)
    found = events(receiver)[0]
    assert "occurredAt" not in found
    assert datetime.fromisoformat(found["occuredAt"]).utcoffset() in (
        datetime(2026, 1, 1, tzinfo=ZoneInfo("America/Chicago")).utcoffset(),
        datetime(2026, 7, 1, tzinfo=ZoneInfo("America/Chicago")).utcoffset(),
    )


def test_deliveries_are_retried_repeated_and_can_be_sent_again(jobber: Jobber, receiver: Receiver) -> None:
    receiver.answers = [500, 200]
    jobber.sim.webhooks(repeat=2)

    touch(jobber, jobber.case_id("Ray Fontaine"))
    receiver.wait_for(3)
    wait_until(lambda: jobber.sim.deliveries()[0]["state"] == "acknowledged")
    jobber.sim.again(jobber.sim.deliveries()[0]["number"])
    receiver.wait_for(4)

    assert len({one.body for one in receiver.got}) == 1
    assert len({one.headers["x-jobber-hmac-sha256"] for one in receiver.got}) == 1


def test_deliveries_may_come_in_another_order(jobber: Jobber, receiver: Receiver) -> None:
    jobber.sim.webhooks(shuffle=True, batch_seconds=0.3)
    ids = [one["id"] for one in jobber.all_invoices()[:8]]

    for id in ids:
        touch(jobber, id)

    receiver.wait_for(8)
    assert [id for _, id in told(receiver)] != ids
    assert sorted(id for _, id in told(receiver)) == sorted(ids)


def test_a_signature_can_be_forged_on_demand(jobber: Jobber, receiver: Receiver) -> None:
    jobber.sim.webhooks(wrong_signature=True)

    touch(jobber, jobber.case_id("Ray Fontaine"))

    found = receiver.wait_for(1)[0]
    assert found.headers["x-jobber-hmac-sha256"] != signature(SECRET, found.body)


def test_an_answer_after_a_second_is_too_late_and_comes_again(jobber: Jobber, receiver: Receiver) -> None:
    receiver.delay_seconds = 1.3

    touch(jobber, jobber.case_id("Ray Fontaine"))
    receiver.wait_for(1)
    receiver.delay_seconds = 0
    receiver.wait_for(2)

    wait_until(lambda: jobber.sim.deliveries()[0]["state"] == "acknowledged")
    attempts = jobber.sim.deliveries()[0]["attempts"]
    assert [one["status"] for one in attempts] == [None, 200]
    assert "Timeout" in attempts[0]["error"]


def test_whoever_keeps_failing_is_told_nothing_any_more_without_notice(jobber: Jobber, receiver: Receiver) -> None:
    jobber.sim.settings(webhook_most_failures=1, webhook_retry_scale=0.0)
    receiver.answers = [500]
    id = jobber.case_id("Ray Fontaine")

    touch(jobber, id)
    wait_until(lambda: [one["state"] for one in jobber.sim.deliveries()] == ["given up"])
    touch(jobber, id)
    wait_until(lambda: jobber.sim.webhooks()["pending_events"] == 0)

    assert len(jobber.sim.deliveries()) == 1
    assert len(receiver.got) == 4
    receiver.answers = [200]
    jobber.sim.webhooks(url=receiver.url)
    touch(jobber, id)
    receiver.wait_for(5)


def test_an_endpoint_of_an_account_is_made_told_and_deleted(jobber: Jobber) -> None:
    id = jobber.case_id("Ray Fontaine")
    with Receiver().listening() as receiver:
        made = jobber.ask(CREATE, topic="INVOICE_UPDATE", url=receiver.url)["webhookEndpointCreate"]
        second = jobber.ask(CREATE, topic="INVOICE_UPDATE", url=receiver.url)["webhookEndpointCreate"]
        touch(jobber, id)
        receiver.wait_for(1)
        endpoint = made["webhookEndpoint"]
        gone = jobber.ask(DELETE, ids=[endpoint["id"]])["webhookEndpointDelete"]
        again = jobber.ask(DELETE, ids=[endpoint["id"]])["webhookEndpointDelete"]

    assert (made["userErrors"], endpoint["topic"], endpoint["url"]) == ([], "INVOICE_UPDATE", receiver.url)
    assert second["userErrors"] == [{"message": "Topic has already been taken", "path": ["input", "topic"]}]
    assert told(receiver) == [("INVOICE_UPDATE", id)]
    assert gone["deletedWebhookEndpoints"] == [{"id": endpoint["id"], "topic": "INVOICE_UPDATE"}]
    assert again["userErrors"] == [{"message": "Webhook endpoint not found", "path": ["webhookEndpointsIds"]}]


@pytest.mark.parametrize(
    ("scopes", "topic", "url", "where"),
    [
        (["read_clients"], "INVOICE_UPDATE", "https://app.example.com/hooks", "topic"),
        (["read_clients"], "PAYMENT_CREATE", "https://app.example.com/hooks", "topic"),
        (["read_clients"], "CLIENT_UPDATE", "ftp://app.example.com/hooks", "url"),
    ],
)
def test_an_endpoint_that_cannot_be(jobber: Jobber, scopes: list[str], topic: str, url: str, where: str) -> None:
    jobber.connect(scopes=scopes)

    found = jobber.ask(CREATE, topic=topic, url=url)["webhookEndpointCreate"]

    assert found["webhookEndpoint"] is None
    assert found["userErrors"][0]["path"] == ["input", where]


def test_only_ids_are_told(jobber: Jobber, receiver: Receiver) -> None:
    touch(jobber, jobber.case_id("Dana Ruiz"))

    found = receiver.wait_for(1)[0]
    assert b"Ruiz" not in found.body
    assert json.loads(found.body)["data"]["webHookEvent"]["accountId"] == LANDSCAPER
