"""The simulated card processor is as strict as the real one, and its answers have the vendor's shapes."""

import base64
import hashlib
import hmac
import json
import os
import threading
import time
from collections.abc import Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest
import time_machine

from integrations.stripe.simulator import AVAS_ACCOUNT, DECLINED, GOOD, RIVAL_ACCOUNT, StripeSimConfig
from tests.invoices.card_desk import Processor, served

KEY = "sk_test_sandbox"
GIVEN = {
    "mode": "payment",
    "success_url": "https://a.example/thanks?s={CHECKOUT_SESSION_ID}",
    "cancel_url": "https://a.example/back",
    "line_items[0][quantity]": "1",
    "line_items[0][price_data][currency]": "usd",
    "line_items[0][price_data][unit_amount]": "79600",
    "line_items[0][price_data][product_data][name]": "Invoice 2207",
    "payment_intent_data[metadata][checkout]": "c-1",
    "client_reference_id": "c-1",
}


@pytest.fixture(scope="module")
def served_stripe() -> Iterator[Processor]:
    with served(StripeSimConfig()) as processor:
        yield processor


@pytest.fixture
def stripe(served_stripe: Processor) -> Processor:
    served_stripe.ask("reset")
    for account in (AVAS_ACCOUNT, RIVAL_ACCOUNT):
        served_stripe.ask("connections", account=account)
    return served_stripe


def ask(stripe: Processor, method: str, path: str, *, account: str = AVAS_ACCOUNT, key: str = "", **more: Any) -> Any:
    headers = {"Authorization": f"Bearer {KEY}"}
    headers |= {"Stripe-Account": account} if account else {}
    headers |= {"Idempotency-Key": key} if key else {}
    return httpx2.request(
        method, f"{stripe.address}/stripe{path}", trust_env=False, headers=headers | more.pop("headers", {}), **more
    )


def make(stripe: Processor, *, key: str = "", **changes: str) -> Any:
    data = {**GIVEN, **changes}
    return ask(stripe, "POST", "/v1/checkout/sessions", key=key, data={k: v for k, v in data.items() if v})


def refused(answer: Any) -> tuple[int, str, str]:
    error = answer.json()["error"]
    return answer.status_code, error["type"], error.get("code", "")


@cache
def fixtures() -> Any:
    path = Path(os.environ.get("VENDOR_SPECS", "")) / "stripe" / "fixtures3.json"
    if not os.environ.get("VENDOR_SPECS") or not path.exists():
        pytest.skip("VENDOR_SPECS does not lead to the vendor's fixtures: shapes were not compared with them")
    return json.loads(path.read_text(encoding="utf-8"))["resources"]


@cache
def openapi() -> Any:
    fixtures()
    path = Path(os.environ["VENDOR_SPECS"]) / "stripe" / "openapi_apisguru_2022.json"
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_page_is_made_paid_on_and_leads_back(stripe: Processor) -> None:
    session = make(stripe).json()
    assert (session["status"], session["payment_status"], session["amount_total"]) == ("open", "unpaid", 79600)
    shown = httpx2.get(session["url"], trust_env=False)
    assert "Invoice 2207: 796.00" in shown.text

    declined = httpx2.post(session["url"], data={"number": DECLINED}, trust_env=False)
    assert (declined.status_code, "has been declined" in declined.text) == (402, True)
    paid = httpx2.post(session["url"], data={"number": GOOD}, trust_env=False)

    assert (paid.status_code, paid.headers["location"]) == (303, f"https://a.example/thanks?s={session['id']}")
    now = ask(stripe, "GET", f"/v1/checkout/sessions/{session['id']}").json()
    assert (now["status"], now["payment_status"], now["url"]) == ("complete", "paid", None)
    intent = ask(stripe, "GET", f"/v1/payment_intents/{now['payment_intent']}").json()
    assert (intent["metadata"], intent["status"]) == ({"checkout": "c-1"}, "succeeded")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount_to_pay": "5"}, "parameter_unknown"),
        ({"line_items[0][price_data][unit]": "5"}, "parameter_unknown"),
        ({"success_url": ""}, "parameter_missing"),
        ({"mode": ""}, "parameter_missing"),
        ({"line_items[0][price_data][currency]": "USD"}, ""),
        ({"line_items[0][price_data][unit_amount]": "796.00"}, ""),
        ({"line_items[0][price_data][unit_amount]": "49"}, "amount_too_small"),
        ({"expires_at": "1"}, ""),
        ({"customer_email": "nobody"}, "email_invalid"),
        ({"success_url": "ftp://a.example"}, "url_invalid"),
    ],
)
def test_what_the_vendor_refuses_is_refused(stripe: Processor, changes: dict[str, str], code: str) -> None:
    assert refused(make(stripe, **changes)) == (400, "invalid_request_error", code)
    assert stripe.state["sessions"] == []


def test_a_body_that_is_no_form_is_refused(stripe: Processor) -> None:
    answer = ask(stripe, "POST", "/v1/checkout/sessions", json=GIVEN)

    assert refused(answer)[:2] == (400, "invalid_request_error")


def test_without_an_account_nothing_happens_on_the_platforms_own(stripe: Processor) -> None:
    assert refused(ask(stripe, "POST", "/v1/checkout/sessions", account="", data=GIVEN))[0] == 400
    assert refused(ask(stripe, "GET", "/v1/charges/ch_1", account="acct_stranger"))[2] == "account_invalid"


def test_an_account_never_sees_anothers_objects(stripe: Processor) -> None:
    session = make(stripe).json()["id"]

    answer = ask(stripe, "GET", f"/v1/checkout/sessions/{session}", account=RIVAL_ACCOUNT)

    assert refused(answer) == (404, "invalid_request_error", "resource_missing")


def test_the_key_is_asked_for(stripe: Processor) -> None:
    wrong = {"Authorization": "Basic " + base64.b64encode(b"sk_test_other:").decode()}

    assert ask(stripe, "GET", "/v1/events", headers=wrong).status_code == 401
    assert ask(stripe, "GET", "/v1/events", headers={"Authorization": ""}).status_code == 401
    assert ask(stripe, "GET", "/v1/events", headers={"Stripe-Version": "2011-01-01"}).status_code == 400


def test_the_same_key_gives_the_same_answer_and_other_parameters_an_error(stripe: Processor) -> None:
    first, again = make(stripe, key="co:1"), make(stripe, key="co:1")

    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    other = make(stripe, key="co:1", **{"line_items[0][price_data][unit_amount]": "100"})
    assert refused(other)[1] == "idempotency_error"
    assert make(stripe, key="x" * 256).status_code == 400


def test_what_was_refused_before_it_began_is_not_kept_and_what_broke_afterwards_is(stripe: Processor) -> None:
    assert make(stripe, key="co:2", nonsense="1").status_code == 400
    assert make(stripe, key="co:2").status_code == 200

    stripe.ask("faults", kind="500_stored", path="/v1/checkout/sessions")
    assert make(stripe, key="co:3").status_code == 500
    assert make(stripe, key="co:3").status_code == 500


def test_a_page_that_is_over_cannot_be_ended_again(stripe: Processor) -> None:
    session = make(stripe).json()["id"]
    ended = ask(stripe, "POST", f"/v1/checkout/sessions/{session}/expire")
    assert (ended.json()["status"], ended.json()["url"]) == ("expired", None)

    assert ask(stripe, "POST", f"/v1/checkout/sessions/{session}/expire").status_code == 400
    assert httpx2.get(f"{stripe.address}/stripe/c/pay/{session}", trust_env=False).status_code == 410


def test_more_cannot_be_given_back_than_was_paid(stripe: Processor) -> None:
    session = make(stripe).json()["id"]
    stripe.ask("payments", session=session)

    assert ask(stripe, "POST", "/v1/refunds", data={"charge": stripe.charge(), "amount": "79600"}).status_code == 200
    assert (
        refused(ask(stripe, "POST", "/v1/refunds", data={"charge": stripe.charge(), "amount": "1"}))[2]
        == "amount_too_large"
    )


def test_the_page_of_permission_takes_only_what_was_registered(stripe: Processor) -> None:
    page = f"{stripe.address}/stripe/oauth/authorize"
    asked = {
        "client_id": "ca_sandbox",
        "response_type": "code",
        "scope": "read_write",
        "state": "s",
        "redirect_uri": "https://evil/",
    }

    assert httpx2.get(page, params=asked, trust_env=False).status_code == 400
    assert httpx2.get(page, params=asked | {"client_id": "ca_other"}, trust_env=False).status_code == 400
    token = httpx2.post(
        f"{stripe.address}/stripe/oauth/token",
        data={"client_secret": KEY, "grant_type": "authorization_code", "code": "ac_1"},
        trust_env=False,
    )
    assert (token.status_code, token.json()["error"]) == (400, "invalid_grant")


def test_its_objects_say_nothing_the_vendor_does_not(stripe: Processor) -> None:
    session = make(stripe).json()["id"]
    stripe.ask("payments", session=session)
    stripe.ask("refunds", charge=stripe.charge(), amount=100)
    stripe.ask("disputes", payment_intent=stripe.state["intents"][0]["id"])
    state = stripe.state
    named = {
        "sessions": "checkout.session",
        "intents": "payment_intent",
        "charges": "charge",
        "refunds": "refund",
        "disputes": "dispute",
    }
    for kind, name in named.items():
        [one] = state[kind]
        assert set(one) <= set(fixtures()[name]), name
    assert set(state["events"][0]) - {"account"} <= set(fixtures()["event"])


def test_it_knows_no_parameter_the_vendor_does_not(stripe: Processor) -> None:
    from integrations.stripe.simulation.api import EVENTS, REFUND, SESSION

    for path, shape in (("/v1/checkout/sessions", SESSION), ("/v1/refunds", REFUND)):
        body = openapi()["paths"][path]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]
        assert set(shape) <= set(body["schema"]["properties"]), path
    listing = openapi()["paths"]["/v1/events"]["get"]["parameters"]
    assert set(EVENTS) <= {one["name"] for one in listing}


class Door(BaseHTTPRequestHandler):
    heard: list[tuple[str, bytes]] = []
    answers: list[int] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Door.heard.append((self.headers["Stripe-Signature"], body))
        self.send_response(Door.answers.pop(0) if Door.answers else 200)
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        return


def test_it_rings_signed_again_until_it_is_taken_and_twice_if_told_to() -> None:
    Door.heard, Door.answers = [], [500]
    door = HTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=door.serve_forever, daemon=True).start()
    config = StripeSimConfig(
        webhook_url=f"http://127.0.0.1:{door.server_port}/", webhook_secrets=("whsec_old", "whsec_new"), webhook_repeat=2,
        webhook_retry_seconds=(0.05,),
    )  # fmt: skip
    with served(config) as stripe:
        stripe.ask("connections", account=AVAS_ACCOUNT)
        session = make(stripe).json()["id"]
        stripe.ask("payments", session=session)
        until = time.monotonic() + 10
        while len(Door.heard) < 5 and time.monotonic() < until:
            time.sleep(0.02)
    door.shutdown()

    assert len(Door.heard) == 5  # two events, each twice, and one try that failed
    for header, body in Door.heard:
        parts = [part.partition("=") for part in header.split(",")]
        at = next(value for name, _equals, value in parts if name == "t")
        said = [value for name, _equals, value in parts if name == "v1"]
        assert said == [
            hmac.new(secret, f"{at}.".encode() + body, hashlib.sha256).hexdigest()
            for secret in (b"whsec_old", b"whsec_new")
        ]
    kinds = [json.loads(body)["type"] for _header, body in Door.heard]
    assert sorted(set(kinds)) == ["checkout.session.completed", "payment_intent.succeeded"]


def listed(stripe: Processor, asked: Any = None, *, account: str = AVAS_ACCOUNT, **more: Any) -> Any:
    answer = ask(stripe, "GET", "/v1/events", account=account, params={**(asked or {}), **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_events_are_listed_by_pages_newest_first_for_their_account_alone(stripe: Processor) -> None:
    stripe.ask("payments", session=make(stripe).json()["id"])
    charge = stripe.state["charges"][-1]["id"]
    for _ in range(3):
        stripe.ask("refunds", charge=charge, amount=100)
    every = [event["id"] for event in reversed(stripe.events())]

    first = listed(stripe, limit=3)
    second = listed(stripe, limit=3, starting_after=first["data"][-1]["id"])
    back = listed(stripe, limit=3, ending_before=second["data"][0]["id"])

    assert [event["id"] for event in first["data"] + second["data"]] == every
    assert (first["has_more"], second["has_more"], back["data"]) == (True, False, first["data"])
    assert listed(stripe, account=RIVAL_ACCOUNT)["data"] == []
    assert len(listed(stripe, {"types[0]": "charge.refunded", "types[1]": "charge.dispute.created"})["data"]) == 3
    assert [one["type"] for one in listed(stripe, type="checkout.*")["data"]] == ["checkout.session.completed"]


def test_events_are_listed_for_thirty_days_and_by_when_they_were(stripe: Processor) -> None:
    with time_machine.travel("2026-11-01T12:00:00Z", tick=False) as clock:
        stripe.ask("payments", session=make(stripe).json()["id"])
        at = int(time.time())
        clock.shift(30 * 86_400)
        assert len(listed(stripe, {"created[gte]": at})["data"]) == 2
        assert len(listed(stripe, created=at)["data"]) == 2
        assert listed(stripe, {"created[gt]": at})["data"] == []
        clock.shift(1)
        assert listed(stripe)["data"] == []


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": 0},
        {"limit": 101},
        {"starting_after": "evt_none"},
        {"type": "charge.refunded", "types[0]": "charge.refunded"},
        {"created[since]": 5},
        {"page": 2},
        {f"types[{at}]": f"a.{at}" for at in range(21)},
    ],
)
def test_a_list_of_events_asked_for_wrongly_is_refused(stripe: Processor, asked: dict[str, Any]) -> None:
    assert ask(stripe, "GET", "/v1/events", params=asked).status_code == 400 + 4 * ("starting_after" in asked)


def test_a_lost_webhook_is_still_in_the_list() -> None:
    Door.heard, Door.answers = [], []
    door = HTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=door.serve_forever, daemon=True).start()
    config = StripeSimConfig(webhook_url=f"http://127.0.0.1:{door.server_port}/", webhook_lost=("checkout.",))
    with served(config) as stripe:
        stripe.ask("connections", account=AVAS_ACCOUNT)
        stripe.ask("payments", session=make(stripe).json()["id"])
        until = time.monotonic() + 10
        while not Door.heard and time.monotonic() < until:
            time.sleep(0.02)
        found = listed(stripe)["data"]
    door.shutdown()

    assert [json.loads(body)["type"] for _header, body in Door.heard] == ["payment_intent.succeeded"]
    assert [event["type"] for event in found] == ["checkout.session.completed", "payment_intent.succeeded"]
