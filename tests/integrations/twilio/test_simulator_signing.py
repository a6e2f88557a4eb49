"""Signatures, held against the vendor's own validator."""

from twilio.request_validator import RequestValidator, get_signature_algorithm

from integrations.twilio.simulation.config import SharedKey, SimAccount
from integrations.twilio.simulation.signing import signature, signed_headers
from integrations.twilio.simulator import AVA_ACCOUNT
from tests.integrations.twilio.simulator_customer import (  # noqa: F401 - fixtures
    SHARED_KEY_SECRET,
    Stage,
    fresh_stage,
    twilio_theatre,
)

URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
PARAMS = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+14158675309"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
]


def test_the_known_vector_is_signed_as_the_vendor_signs_it() -> None:
    assert signature("12345", URL, PARAMS) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_order_repetition_and_fragment_do_not_change_a_signature() -> None:
    shuffled = [*reversed(PARAMS), ("Digits", "1234")]

    assert signature("12345", URL + "#rc=3&rp=all", shuffled) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_empty_values_count() -> None:
    assert signature("12345", URL, [*PARAMS, ("ToCity", "")]) != signature("12345", URL, PARAMS)


def test_the_shared_key_scheme_is_what_the_sdk_verifies() -> None:
    account = SimAccount("AC1", "token", shared_key=SharedKey("webhooks_key_1", "secret"), sign_with="shared_key")

    headers = signed_headers(account, URL, PARAMS)

    algorithm = get_signature_algorithm(headers["X-Twilio-Webhooks-Signature-Settings"])
    assert headers["X-Twilio-Webhooks-Signature-Settings"] == "key=webhooks_key_1,algorithm=HMAC_SHA256"
    assert RequestValidator("secret").validate(URL, dict(PARAMS), headers["X-Twilio-Signature"], algorithm)
    assert not RequestValidator("token").validate(URL, dict(PARAMS), headers["X-Twilio-Signature"])


def test_a_rotated_token_signs_with_the_secondary_one() -> None:
    account = SimAccount("AC1", "old", secondary_token="new", sign_with="secondary")

    assert signed_headers(account, URL, PARAMS) == {"X-Twilio-Signature": signature("new", URL, PARAMS)}


def test_every_webhook_and_socket_of_a_call_is_signed(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = stage.customer.relay(
        action="/after?x=1", welcomeGreeting="Hello, good morning to you."
    )

    stage.finished("+16145550110")

    paths = [(got.path, got.signed) for got in stage.customer.got]
    assert sorted(paths) == [("/after", True), *[("/status/1", True)] * 4, ("/voice/1", True)]
    assert len(stage.customer.talks) == 1
    assert stage.customer.refused_sockets == 0


def test_a_wrong_token_is_refused_by_the_application(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = stage.customer.relay(action="/after")
    sid = stage.call("+16145550110").sid

    stage.control.post("/config", accounts={AVA_ACCOUNT.sid: {"auth_token": "0" * 32}})
    stage.control.wait_until_idle()

    assert stage.customer.refused_sockets == 1
    assert stage.control.call(sid)["sessions"][0]["error_code"] == 64102
    assert 64102 in stage.control.debugger_codes()


def test_an_account_moves_to_its_shared_key_while_running(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = "<Response><Say>Hi</Say></Response>"
    key = {"key_id": "webhooks_key_1", "secret": SHARED_KEY_SECRET}

    stage.control.post("/config", accounts={AVA_ACCOUNT.sid: {"shared_key": key, "sign_with": "shared_key"}})
    stage.finished()

    got = stage.customer.at("/voice/1")[0]
    assert got.headers["x-twilio-webhooks-signature-settings"] == "key=webhooks_key_1,algorithm=HMAC_SHA256"
    assert got.signed
