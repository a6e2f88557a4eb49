"""Text messages, opt-outs, and what comes in."""

from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException

from integrations.twilio.simulator import AVA_ACCOUNT
from tests.integrations.twilio.simulator_customer import (  # noqa: F401 - fixtures
    OUR_NUMBER,
    Stage,
    fresh_stage,
    twilio_theatre,
)

BEN = "+16145550102"


def send(stage: Stage, **changes: Any) -> Any:
    return stage.client.messages.create(**{"to": BEN, "from_": OUR_NUMBER, "body": "Hello Ben", **changes})


def told(stage: Stage) -> list[tuple[str, str | None]]:
    return [(got.params["MessageStatus"], got.params.get("ErrorCode")) for got in stage.customer.at("/sms")]


def receive(stage: Stage, body: str) -> Any:
    url = stage.customer.base_url + "/in"
    return stage.control.post("/sms", **{"from": BEN, "to": OUR_NUMBER, "body": body, "sms_url": url})


def test_a_text_is_queued_sent_and_delivered(stage: Stage) -> None:
    message = send(stage, status_callback=stage.customer.base_url + "/sms")

    stage.control.wait_until_idle()

    assert (message.sid[:2], message.status, message.num_segments) == ("SM", "queued", "1")
    assert told(stage) == [("queued", None), ("sent", None), ("delivered", None)]
    assert stage.customer.at("/sms")[0].params["MessageSid"] == message.sid
    assert all(got.signed for got in stage.customer.at("/sms"))
    assert stage.client.messages(message.sid).fetch().status == "delivered"


def test_a_landline_takes_no_text(stage: Stage) -> None:
    stage.control.post("/scenarios", number=BEN, sms={"status": "undelivered", "error_code": 30006})

    message = send(stage, status_callback=stage.customer.base_url + "/sms")
    stage.control.wait_until_idle()

    assert told(stage)[-1] == ("undelivered", "30006")
    assert stage.client.messages(message.sid).fetch().error_code == 30006


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"body": None}, 21602),
        ({"body": "x" * 1601}, 21617),
        ({"from_": None}, 21603),
        ({"from_": "+16145550198"}, 21606),
        ({"from_": "+15005550007"}, 21606),
        ({"to": "614"}, 21211),
        ({"to": "+15005550009"}, 21614),
        ({"to": "+442071838750"}, 21408),
    ],
)
def test_a_bad_text_is_refused_with_the_vendors_code(stage: Stage, changes: dict[str, Any], code: int) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        send(stage, **changes)

    assert (refusal.value.status, refusal.value.code) == (400, code)


def test_a_service_chooses_the_sender(stage: Stage) -> None:
    message = send(stage, from_=None, messaging_service_sid="MG" + "1" * 32)

    stage.control.wait_until_idle()

    assert message.status == "accepted"
    assert stage.client.messages(message.sid).fetch().from_ == OUR_NUMBER


@pytest.mark.parametrize("word", ["STOP", " stop ", "Unsubscribe", "STOPALL", "revoke"])
def test_who_says_stop_gets_no_more_texts_until_start(stage: Stage, word: str) -> None:
    stopped = receive(stage, word)

    with pytest.raises(TwilioRestException) as refusal:
        send(stage)
    receive(stage, "START")

    assert stopped["opt_out_type"] == "STOP"
    assert stage.customer.at("/in")[0].params["OptOutType"] == "STOP"
    assert refusal.value.code == 21610
    assert send(stage).status == "queued"


def test_a_sentence_is_no_keyword(stage: Stage) -> None:
    receive(stage, "please stop texting me")

    assert "OptOutType" not in stage.customer.at("/in")[0].params
    assert send(stage).status == "queued"


def test_an_incoming_text_reaches_the_application_signed(stage: Stage) -> None:
    stage.customer.twiml["/in"] = "<Response><Message>Thank you.</Message></Response>"

    answer = receive(stage, "The roof still leaks")
    stage.control.wait_until_idle()

    got = stage.customer.at("/in")[0]
    assert answer["webhook_status"] == 200
    assert got.signed
    assert (got.params["Body"], got.params["From"], got.params["To"]) == ("The roof still leaks", BEN, OUR_NUMBER)
    assert got.params["AccountSid"] == AVA_ACCOUNT.sid
    replies = [m for m in stage.control.get("/messages")["messages"] if m["direction"] == "outbound-reply"]
    assert [(m["to"], m["body"], m["status"]) for m in replies] == [(BEN, "Thank you.", "delivered")]


def test_texts_are_listed(stage: Stage) -> None:
    first, second = send(stage).sid, send(stage, to="+16145550103").sid

    assert [m.sid for m in stage.client.messages.list()] == [second, first]
    assert [m.sid for m in stage.client.messages.list(to=BEN)] == [first]


def test_a_text_to_a_number_nobody_rents_cannot_be(stage: Stage) -> None:
    response = stage.control.try_post("/sms", {"from": BEN, "to": "+16145550150", "body": "x"})

    assert (response.status_code, response.json()["error"]) == (400, "no account of this simulator rents +16145550150")


def test_the_carrier_confirms_its_own_words_itself(stage: Stage) -> None:
    receive(stage, "stop")
    receive(stage, "START")
    receive(stage, "stop it")

    replies = [m["body"][:40] for m in stage.control.get("/messages")["messages"] if m["direction"] == "outbound-reply"]
    assert replies == ["You have successfully been unsubscribed.", "You have successfully been re-subscribed"]


@pytest.mark.parametrize(
    ("body", "segments"),
    [("a" * 160, "1"), ("a" * 161, "2"), ("€" * 80, "1"), ("á" * 70, "1"), ("á" * 71, "2"), ("a" * 460, "4")],
)
def test_segments_are_counted_by_alphabet(stage: Stage, body: str, segments: str) -> None:
    assert send(stage, body=body).num_segments == segments


def test_a_scripted_customer_texts_back_to_what_reaches_him(stage: Stage) -> None:
    stage.control.post("/scenarios", number=BEN, sms={"replies": ["Who is this?", "STOP"]})

    send(stage)
    stage.control.wait_until_idle()
    send(stage)
    stage.control.wait_until_idle()

    told = [m["body"] for m in stage.control.get("/messages")["messages"] if m["direction"] == "inbound"]
    assert told == ["Who is this?", "STOP"]
    refused = stage.control.try_post("/scenarios", {"number": BEN, "sms": {"replies": "x"}})
    assert (refused.status_code, refused.json()["error"]) == (
        400,
        "sms.replies is a list of texts, one for each that arrives",
    )
