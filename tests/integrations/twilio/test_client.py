"""The carrier over HTTP: what is asked for, and what an error says about the one thing that matters: did it begin?"""

import base64
import hmac
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import RequestFactory
from twilio.request_validator import RequestValidator

from accounts.models import Business
from integrations.errors import Disconnected, Refused, Throttled, Unavailable
from integrations.models import CarrierAccount, CarrierDoor
from integrations.twilio.client import CallOrder, CarrierCall, NotPlaced, TwilioCarrier, carrier_for
from integrations.twilio.keys import Keys, keep_account, keys_of
from integrations.twilio.simulator import AVA_ACCOUNT
from integrations.twilio.webhooks import is_signed, is_signed_socket
from syntharra.tenancy import acting_for
from tests.cast import Firm, make_business
from tests.integrations.twilio.simulator_server import SimControl, running_simulator

CALLER, TO = "+16145550199", "+16145550109"


def order(to: str = TO, **changes: Any) -> CallOrder:
    facts: dict[str, Any] = {
        "to": to,
        "caller": CALLER,
        "answer_url": "http://127.0.0.1:9/webhooks/twilio/voice/1#rc=2&rp=ct,rt&rt=5000",
        "fallback_url": "http://127.0.0.1:9/webhooks/twilio/after-relay/1",
        "status_url": "http://127.0.0.1:9/webhooks/twilio/status/1#rc=3&rp=all",
        "machine_url": "http://127.0.0.1:9/webhooks/twilio/amd/1",
        "message_after_beep": True,
        "ring_seconds": 25,
        "longest_seconds": 600,
    }
    return CallOrder(**facts | changes)


@pytest.fixture(scope="module")
def simulator() -> Iterator[str]:
    with running_simulator(speed=100.0) as base_url:
        yield base_url


@pytest.fixture
def sim(simulator: str) -> Iterator[SimControl]:
    control = SimControl(simulator)
    control.post("/reset")
    control.post("/config", accounts={AVA_ACCOUNT.sid: {"calls_per_second": 100.0}})
    yield control
    control.close()


@pytest.fixture
def carrier(simulator: str, sim: SimControl) -> TwilioCarrier:
    return TwilioCarrier(AVA_ACCOUNT.sid, AVA_ACCOUNT.auth_token, origin=simulator)


def test_a_call_is_placed_with_all_four_callbacks_and_detection_beside_the_talk(
    carrier: TwilioCarrier, sim: SimControl
) -> None:
    placed = carrier.place(order())

    assert (placed.status, placed.to, placed.caller, placed.queue_seconds) == ("queued", TO, CALLER, 0.0)
    asked = sim.call(placed.sid)
    assert asked["sid"] == placed.sid
    events = [d["params"]["CallStatus"][0] for d in sim.get("/webhooks")["deliveries"] if "status" in d["url"]]
    sim.wait_until_idle()
    assert events is not None
    assert [ring["number"] for ring in sim.rings()] == [TO]


def test_a_call_is_found_again_by_numbers_and_day_newest_first(carrier: TwilioCarrier, sim: SimControl) -> None:
    first, second = carrier.place(order()), carrier.place(order())
    sim.wait_until_idle()
    today = datetime.now(UTC).date()

    assert [call.sid for call in carrier.look_up(to=TO, on=today)] == [second.sid, first.sid]
    assert carrier.look_up(to="+16145550101", on=today) == []
    assert carrier.look_up(to=TO, on=today + timedelta(days=1)) == []


def test_hanging_up_cancels_what_rings_and_bears_what_is_over(carrier: TwilioCarrier, sim: SimControl) -> None:
    placed = carrier.place(order())
    sim.wait_for(placed.sid, "ringing")

    assert carrier.hang_up(placed.sid).status == "canceled"
    assert carrier.hang_up(placed.sid).status == "canceled"
    assert carrier.instruct(placed.sid, "<Response><Hangup/></Response>") is False
    with pytest.raises(Refused):
        carrier.fetch("CA" + "0" * 32)


@pytest.mark.parametrize(
    ("fault", "again", "bad_number", "code"),
    [
        ({"kind": "rate_limited"}, True, False, "20429"),
        ({"kind": "reject", "status": 400, "code": 10004, "message": "concurrency"}, True, False, "10004"),
        ({"kind": "reject", "status": 400, "code": 21211, "message": "invalid To"}, False, True, "21211"),
        ({"kind": "reject", "status": 401, "code": 20003, "message": "authenticate"}, False, False, "20003"),
        ({"kind": "reject", "status": 404, "code": 20404, "message": "not found"}, False, False, "20404"),
    ],
)
def test_a_definite_no_says_whether_to_come_again(
    carrier: TwilioCarrier, sim: SimControl, fault: dict[str, Any], again: bool, bad_number: bool, code: str
) -> None:
    sim.post("/faults", **fault)

    with pytest.raises(NotPlaced) as refused:
        carrier.place(order())

    assert (refused.value.again, refused.value.bad_number, refused.value.vendor_code) == (again, bad_number, code)
    assert sim.get("/calls")["calls"] == []


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "lost_response"},
        {"kind": "error_after"},
        {"kind": "server_error", "status": 503, "html": True},
        {"kind": "reject", "status": 408, "code": 408, "message": "timeout"},
        {"kind": "reject", "status": 429, "code": 429, "message": "slow down, says a proxy"},
    ],
    ids=lambda fault: f"{fault['kind']}{fault.get('status', '')}",
)
def test_anything_else_may_have_begun(carrier: TwilioCarrier, sim: SimControl, fault: dict[str, Any]) -> None:
    sim.post("/faults", **fault)

    with pytest.raises(Unavailable):
        carrier.place(order())


def test_a_request_is_sent_once_whatever_comes_back(carrier: TwilioCarrier, sim: SimControl) -> None:
    sim.post("/faults", kind="lost_response", times=5)

    with pytest.raises(Unavailable):
        carrier.place(order())

    assert len(sim.get("/calls")["calls"]) == 1


def test_a_carrier_nobody_could_connect_to_was_not_asked() -> None:
    nowhere = TwilioCarrier("AC1", "token", origin="http://127.0.0.1:9")

    with pytest.raises(NotPlaced) as refused:
        nowhere.place(order())

    assert (refused.value.again, refused.value.vendor_code) == (True, None)


@contextmanager
def answering(body: bytes) -> Iterator[str]:
    """A server that reads a request, answers with these bytes and hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            with line:
                line.recv(65536)
                line.sendall(body)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()


def http(status: str, body: bytes) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b'HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{"sid": "CA',
        http("201 Created", b'{"sid": '),
        http("201 Created", b"[]"),
        http("201 Created", b"{}"),
        http("200 OK", b'{"sid": null}'),
        http("302 Found", b""),
        http("429 Too Many Requests", b"slow down"),
        http("500 Oops", b"<html>"),
    ],
    ids=["reset", "cut", "half JSON", "a list", "no sid", "null sid", "redirect", "429 of a proxy", "500"],
)
def test_an_answer_that_cannot_be_read_is_no_answer(answer: bytes) -> None:
    with answering(answer) as origin, pytest.raises(Unavailable):
        TwilioCarrier("AC1", "token", origin=origin).place(order())


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (429, 20429, Throttled),
        (401, 20003, Disconnected),
        (403, 20003, Disconnected),
        (400, 21220, Refused),
        (500, 20500, Unavailable),
    ],
)
def test_errors_of_other_requests_say_what_to_do(
    carrier: TwilioCarrier, sim: SimControl, status: int, code: int, error: type[Exception]
) -> None:
    sim.post("/faults", kind="reject", on="calls.fetch", status=status, code=code, message="no")

    with pytest.raises(error):
        carrier.fetch("CA" + "1" * 32)


@pytest.mark.django_db
def test_a_sandbox_business_reaches_the_simulator_and_a_live_one_its_own_account(settings: Any) -> None:
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = AVA_ACCOUNT.sid, AVA_ACCOUNT.auth_token
    settings.SIMULATORS_URL = "http://127.0.0.1:9"
    try_out, live = make_business(), make_business("Rex Roofing", email="rex@rexroofing.example", sandbox=False)

    def reached(firm: Firm) -> tuple[str, tuple[str, str]]:
        with acting_for(firm.business.pk):
            found = carrier_for(firm.business)
        assert isinstance(found, TwilioCarrier)
        return found._origin, found._auth

    assert reached(try_out) == ("http://127.0.0.1:9/twilio", (AVA_ACCOUNT.sid, AVA_ACCOUNT.auth_token))
    with pytest.raises(Disconnected, match="carrier_account"):
        reached(live)
    with acting_for(live.business.pk):
        keep_account(live.business, "AC" + "7" * 32, token="rex's own", by="operator")
    assert reached(live) == ("https://api.twilio.com", ("AC" + "7" * 32, "rex's own"))


@pytest.mark.django_db
def test_an_account_at_the_carrier_belongs_to_one_live_business(settings: Any) -> None:
    settings.TWILIO_ACCOUNT_SID = "AC" + "1" * 32
    rex = make_business("Rex Roofing", email="rex@rexroofing.example", sandbox=False)
    zoe = make_business("Zoe Dental", email="zoe@zoedental.example", sandbox=False)
    try_out = make_business()
    sid = "AC" + "7" * 32
    with acting_for(rex.business.pk):
        first = keep_account(rex.business, sid, token="one", by="operator")
        again = keep_account(rex.business, sid, token="two", by="operator", secondary="one", shared={"key1": "s"})

        assert again.pk == first.pk
        assert b"two" not in bytes(CarrierAccount.objects.get().secrets)
        keys = keys_of(rex.business)
        assert (keys.tokens, dict(keys.shared)) == (("two", "one"), {"key1": "s"})
        assert "two" not in repr(keys)
        moved = keep_account(rex.business, "AC" + "8" * 32, token="three", by="operator")
        assert list(CarrierAccount.objects.filter(closed_at=None)) == [moved]

    for firm, account in ((zoe, sid), (zoe, "AC" + "1" * 32), (try_out, "AC" + "9" * 32)):
        with acting_for(firm.business.pk), pytest.raises(Refused):
            keep_account(firm.business, account, token="mine", by="operator")
    with acting_for(zoe.business.pk):
        assert CarrierAccount.objects.count() == 0
    assert CarrierDoor.objects.count() == 2


def test_without_an_account_there_is_no_carrier(settings: Any) -> None:
    settings.TWILIO_AUTH_TOKEN = ""

    with pytest.raises(Disconnected):
        carrier_for(Business(name="Ava's Plumbing", sandbox=True))


def test_what_was_never_heard_of_has_no_recording(carrier: TwilioCarrier) -> None:
    with pytest.raises(Refused):
        carrier.recording("RE" + "0" * 32)
    assert carrier.stop_recording("CA" + "0" * 32) is False


# signatures, by the vendor's own known case


def test_the_vendors_own_example_is_accepted(settings: Any) -> None:
    settings.PUBLIC_URL, keys = "https://mycompany.com", Keys("AC1", "12345")
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }

    def signed(path: str, form: dict[str, str], said: str = "RSOYDt4T1cUTdK1PDd93/VVr8B8=") -> bool:
        return is_signed(RequestFactory().post(path, form, headers={"X-Twilio-Signature": said}), keys)

    assert signed("/myapp.php?foo=1&bar=2", form) is True
    assert signed("/myapp.php?foo=1", form) is False
    assert signed("/myapp.php?foo=1&bar=2", form | {"Digits": "1235"}) is False
    assert signed("/myapp.php?foo=1&bar=2", form, "") is False


def test_repeated_fields_and_json_are_read_as_they_are_signed(settings: Any) -> None:
    settings.PUBLIC_URL, keys = "https://x.example", Keys("AC1", "12345")
    validator = RequestValidator("12345")
    text = "https://x.example/w" + "A1A2" + "B "
    signed = base64.b64encode(hmac.digest(b"12345", text.encode(), "sha1")).decode()
    request = RequestFactory().post(
        "/w", "A=2&A=1&B=%20", content_type="application/x-www-form-urlencoded", HTTP_X_TWILIO_SIGNATURE=signed
    )
    assert is_signed(request, keys) is True

    body = '{"a": 1}'
    path = f"/w?bodySHA256={validator.compute_hash(body)}"
    signed = validator.compute_signature("https://x.example" + path, {})

    def posted(content: str) -> bool:
        return is_signed(
            RequestFactory().post(path, content, content_type="application/json", HTTP_X_TWILIO_SIGNATURE=signed),
            keys,
        )

    assert posted(body) is True
    assert posted('{"a": 2}') is False
    unhashed = RequestFactory().post("/w", body, content_type="application/json", HTTP_X_TWILIO_SIGNATURE=signed)
    assert is_signed(unhashed, keys) is False


def test_a_socket_is_signed_for_its_address_as_it_stood_in_the_instructions(settings: Any) -> None:
    settings.RELAY_URL, keys = "wss://relay.example", Keys("AC1", "12345")
    good = RequestValidator("12345").compute_signature("wss://relay.example/relay/1", {})
    https = RequestValidator("12345").compute_signature("https://relay.example/relay/1", {})

    assert is_signed_socket("/relay/1", {"X-TWILIO-SIGNATURE": good}, keys) is True
    assert is_signed_socket("/relay/2", {"X-Twilio-Signature": good}, keys) is False
    assert is_signed_socket("/relay/1", {"X-Twilio-Signature": https}, keys) is False
    assert is_signed_socket("/relay/1", {}, keys) is False


def test_a_call_as_the_carrier_has_it_is_read_whole(carrier: TwilioCarrier, sim: SimControl) -> None:
    placed = carrier.place(order())
    sim.wait_until_idle()

    call = carrier.fetch(placed.sid)

    assert isinstance(call, CarrierCall)
    assert (call.sid, call.status, call.to, call.caller, call.seconds) == (placed.sid, "no-answer", TO, CALLER, 0)
    assert call.created_at is not None
