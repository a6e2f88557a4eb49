"""Faults on demand over real HTTP, and what the door does to every call."""

import json
import threading
import time
from decimal import Decimal

import httpx2
import pytest

from tests.integrations.simulation.server import SimControl
from tests.integrations.simulation.vendor import BIG, SMALL


def asked(acme: SimControl, path: str = "/invoices", *, account: str = BIG) -> httpx2.Response:
    token = acme.connect(account)["access_token"]
    return acme.http.get(path, headers={"Authorization": f"Bearer {token}"})


def bill(acme: SimControl, amount: str = "100.00") -> str:
    lines = [{"description": "Work", "quantity": "1", "price": amount}]
    return str(acme.act(BIG, "add_invoice", customer="cus_1", lines=lines)["id"])


def test_an_amount_leaves_with_every_digit_it_has(acme: SimControl) -> None:
    id = bill(acme, "12.30")

    answer = asked(acme, f"/invoices/{id}")

    assert b'"total":12.30' in answer.content
    assert json.loads(answer.content, parse_float=Decimal)["owed"] == Decimal("12.30")


def test_a_fault_strikes_as_often_as_it_was_told_to(acme: SimControl) -> None:
    acme.fault("tired", times=2, retry_after=7)

    answers = [asked(acme) for _ in range(3)]

    assert [one.status_code for one in answers] == [429, 429, 200]
    assert answers[0].headers["retry-after"] == "7"
    assert acme.faults()[0]["struck"] == 2


def test_a_fault_for_ever_strikes_until_it_is_cleared(acme: SimControl) -> None:
    acme.fault("empty-500", times=None)

    assert [asked(acme).status_code for _ in range(4)] == [500] * 4
    assert asked(acme).content == b""
    acme.clear_faults()

    assert asked(acme).status_code == 200


def test_an_outage_answers_with_a_page(acme: SimControl) -> None:
    acme.fault("html-503", retry_after=30)

    answer = asked(acme)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_a_body_cut_short_is_broken_json(acme: SimControl) -> None:
    acme.fault("cut-body")

    answer = asked(acme)

    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()


@pytest.mark.parametrize("kind", ["cut-connection", "drop-answer"])
def test_a_broken_connection_is_no_answer_though_the_work_was_done(acme: SimControl, kind: str) -> None:
    id, token = bill(acme), acme.connect(BIG)["access_token"]
    acme.fault(kind)

    with pytest.raises(httpx2.RemoteProtocolError):
        acme.http.post(f"/invoices/{id}/payments", json={"amount": 40}, headers={"Authorization": f"Bearer {token}"})

    assert acme.truth(BIG)[id]["balance"] == "60.00"


def test_slow_means_slow(acme: SimControl) -> None:
    acme.fault("slow", seconds=0.25)
    token = acme.connect(BIG)["access_token"]
    started = time.monotonic()

    answer = acme.http.get("/invoices", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 200
    assert time.monotonic() - started >= 0.25


def test_a_fault_may_come_before_the_work_or_after_it(acme: SimControl) -> None:
    id, token = bill(acme), acme.connect(BIG)["access_token"]
    for after in (False, True):
        acme.fault("tired", method="POST", after=after)
        answer = acme.http.post(
            f"/invoices/{id}/payments", json={"amount": 10}, headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.status_code == 429

    assert acme.truth(BIG)[id]["paid"] == "10.00"


def test_a_fault_strikes_only_the_calls_it_is_meant_for(acme: SimControl) -> None:
    acme.fault("tired", account=SMALL, times=None)
    acme.fault("tired", path="/token", times=None)
    acme.fault("tired", body="nobody sends this", times=None)

    assert asked(acme).status_code == 200
    assert asked(acme, account=SMALL).status_code == 429
    assert acme.http.post("/token", data={"grant_type": "refresh_token", "refresh_token": "x"}).status_code == 429
    assert [one["struck"] for one in acme.faults()] == [1, 1, 0]


def test_a_fault_without_a_path_leaves_the_token_endpoint_alone(acme: SimControl) -> None:
    acme.fault("tired", times=None)

    answer = acme.http.post("/token", data={"grant_type": "refresh_token", "refresh_token": "x"})

    assert (answer.status_code, answer.json()) == (400, {"error": "unknown"})


def test_an_unknown_fault_is_refused_with_the_kinds_there_are(acme: SimControl) -> None:
    answer = acme.raw("POST", "faults", {"kind": "gremlins"})

    assert answer.status_code == 400
    assert answer.json()["error"].endswith("drop-answer, html-503, empty-500, tired")
    assert "unknown: how_often" in acme.raw("POST", "faults", {"kind": "slow", "how_often": 1}).json()["error"]
    assert acme.faults() == []


def test_too_many_calls_at_once_are_refused_while_others_wait(acme: SimControl) -> None:
    acme.fault("slow", seconds=0.4, times=2)
    token = acme.connect(BIG)["access_token"]
    statuses: list[int] = []

    def call() -> None:
        answer = httpx2.get(f"{acme.base_url}/invoices", headers={"Authorization": f"Bearer {token}"}, trust_env=False)
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=call) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [200, 200, 429]


def test_what_the_books_refuse_is_answered_in_the_vendors_words(acme: SimControl) -> None:
    id, token = bill(acme), acme.connect(BIG)["access_token"]

    answer = acme.http.post(
        f"/invoices/{id}/payments", json={"amount": 1000}, headers={"Authorization": f"Bearer {token}"}
    )

    assert answer.status_code == 400
    assert answer.json()["error"].startswith("only 100.00 is owed on invoice")
    assert asked(acme, "/invoices/nobodys").status_code == 404


def test_a_mistake_in_a_simulator_is_a_500_with_its_trace_in_the_journal(acme: SimControl) -> None:
    id, token = bill(acme), acme.connect(BIG)["access_token"]

    answer = acme.http.post(
        f"/invoices/{id}/payments", content=b"not json", headers={"Authorization": f"Bearer {token}"}
    )

    entry = acme.requests(path="/payments")[-1]
    assert (answer.status_code, entry["status"]) == (500, 500)
    assert "JSONDecodeError" in entry["fault"]
    assert "vendor.py" in entry["notes"][0]
