"""Subaccounts, the numbers they rent, and what a suspended one may do: through the vendor's own SDK."""

from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from integrations.twilio.simulator import AVA_ACCOUNT, SimAccount
from tests.integrations.twilio.simulator_customer import (  # noqa: F401 - fixtures
    OUR_NUMBER,
    Stage,
    fresh_stage,
    twilio_theatre,
)
from tests.integrations.twilio.simulator_server import twilio_client
from tests.integrations.twilio.test_simulator_spec import BASE, get, validate

NEW_NUMBER = "+16145550188"


def subaccount(stage: Stage, name: str = "Harbor Plumbing") -> tuple[Any, Client]:
    """A new subaccount, and the SDK signed in as it."""
    made = stage.client.api.v2010.accounts.create(friendly_name=name)
    return made, twilio_client(stage.base_url, SimAccount(made.sid, made.auth_token))


def number_of(client: Client, phone_number: str) -> Any:
    (found,) = client.incoming_phone_numbers.list(phone_number=phone_number)
    return found


def test_a_subaccount_is_made_with_a_token_of_its_own_and_calls_from_its_own_number(stage: Stage) -> None:
    made, client = subaccount(stage)

    rented = client.incoming_phone_numbers.create(phone_number=NEW_NUMBER, voice_url="https://app.example/voice")
    call = client.calls.create(to="+16145550109", from_=NEW_NUMBER, url=stage.customer.base_url + "/voice/1")

    assert (made.owner_account_sid, made.status, made.friendly_name) == (AVA_ACCOUNT.sid, "active", "Harbor Plumbing")
    assert made.auth_token not in {"", AVA_ACCOUNT.auth_token}
    assert (rented.phone_number, rented.voice_url) == (NEW_NUMBER, "https://app.example/voice")
    assert call.account_sid == made.sid
    assert [one.sid for one in stage.client.api.v2010.accounts.list()] == [made.sid, AVA_ACCOUNT.sid]


def test_a_subaccount_reaches_neither_its_parent_nor_the_parents_numbers(stage: Stage) -> None:
    _, client = subaccount(stage)
    url = stage.customer.base_url + "/voice/1"

    with pytest.raises(TwilioRestException) as not_its_number:
        client.calls.create(to="+16145550109", from_=OUR_NUMBER, url=url)
    with pytest.raises(TwilioRestException) as not_its_account:
        client.api.v2010.accounts(AVA_ACCOUNT.sid).fetch()

    assert not_its_number.value.code == 21210
    assert not_its_account.value.code == 20003
    assert stage.control.rings() == []


def test_a_subaccount_has_no_subaccounts(stage: Stage) -> None:
    _, client = subaccount(stage)

    with pytest.raises(TwilioRestException) as refusal:
        client.api.v2010.accounts.create(friendly_name="a third level")

    assert refusal.value.code == 20009


def test_a_suspended_subaccount_places_no_calls_until_it_is_active_again(stage: Stage) -> None:
    made, client = subaccount(stage)
    client.incoming_phone_numbers.create(phone_number=NEW_NUMBER)
    order = {"to": "+16145550109", "from_": NEW_NUMBER, "url": stage.customer.base_url + "/voice/1"}

    stage.client.api.v2010.accounts(made.sid).update(status="suspended")
    with pytest.raises(TwilioRestException) as refusal:
        client.calls.create(**order)
    stage.client.api.v2010.accounts(made.sid).update(status="active")

    assert refusal.value.code == 20005
    assert stage.control.rings() == []
    assert client.calls.create(**order).status == "queued"


def test_a_closed_subaccount_gives_its_numbers_back_and_stays_closed(stage: Stage) -> None:
    made, client = subaccount(stage)
    client.incoming_phone_numbers.create(phone_number=NEW_NUMBER)

    closed = stage.client.api.v2010.accounts(made.sid).update(status="closed")
    with pytest.raises(TwilioRestException):
        stage.client.api.v2010.accounts(made.sid).update(status="active")

    assert closed.status == "closed"
    assert stage.client.incoming_phone_numbers.create(phone_number=NEW_NUMBER).phone_number == NEW_NUMBER


def test_a_number_moves_to_a_subaccount_and_back(stage: Stage) -> None:
    made, client = subaccount(stage)
    rented = number_of(stage.client, OUR_NUMBER)

    rented.update(account_sid=made.sid)

    assert stage.client.incoming_phone_numbers.list() == []
    number_of(client, OUR_NUMBER)  # there is exactly one


def test_where_a_number_rings_is_set_over_the_api_and_a_person_reaches_it(stage: Stage) -> None:
    stage.customer.twiml["/inbound"] = "<Response><Say>Thank you for calling.</Say></Response>"
    number_of(stage.client, OUR_NUMBER).update(voice_url=stage.customer.base_url + "/inbound")

    sid = stage.control.post("/inbound", **{"from": "+16145550150", "to": OUR_NUMBER})["sid"]
    stage.control.wait_until_idle()

    assert [line["text"] for line in stage.control.call(sid)["transcript"]] == ["Thank you for calling."]


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({"phone_number": OUR_NUMBER}, 21422),
        ({"phone_number": "+442071838750"}, 21422),
        ({"phone_number": "614"}, 21421),
        ({}, 21421),
        ({"phone_number": NEW_NUMBER, "voice_url": "not a url"}, 21502),
    ],
)
def test_a_number_that_cannot_be_rented_is_refused(stage: Stage, order: dict[str, str], code: int) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        stage.client.incoming_phone_numbers.create(**order)

    assert refusal.value.code == code
    assert [one.phone_number for one in stage.client.incoming_phone_numbers.list()] == [OUR_NUMBER]


def test_some_number_of_an_area_is_rented_and_given_back(stage: Stage) -> None:
    rented = stage.client.incoming_phone_numbers.create(area_code="216")

    assert rented.phone_number == "+12165550100"
    assert rented.delete() is True
    assert [one.phone_number for one in stage.client.incoming_phone_numbers.list()] == [OUR_NUMBER]


def test_a_verified_number_of_somebody_elses_may_be_shown(stage: Stage) -> None:
    stage.control.post("/config", accounts={AVA_ACCOUNT.sid: {"verified_caller_ids": ["+16145550142"]}})
    (listed,) = stage.client.outgoing_caller_ids.list()

    fetched = stage.client.outgoing_caller_ids(listed.sid).fetch()

    assert fetched.phone_number == "+16145550142"
    validate(get(stage, f"{BASE}/OutgoingCallerIds/{listed.sid}.json"), "api.v2010.account.outgoing_caller_id")


def test_an_account_and_a_number_have_the_vendors_shape(stage: Stage) -> None:
    sid = number_of(stage.client, OUR_NUMBER).sid

    validate(get(stage, f"{BASE}.json"), "api.v2010.account")
    validate(get(stage, f"{BASE}/IncomingPhoneNumbers/{sid}.json"), "api.v2010.account.incoming_phone_number")


def test_a_texts_words_can_be_taken_away_and_the_text_deleted(stage: Stage) -> None:
    text = stage.client.messages.create(to="+16145550102", from_=OUR_NUMBER, body="Harbor Cafe, invoice 2207")

    redacted = stage.client.messages(text.sid).update(body="")
    with pytest.raises(TwilioRestException) as refusal:
        stage.client.messages(text.sid).update(body="other words")

    assert (redacted.body, refusal.value.code) == ("", 20001)
    assert stage.client.messages(text.sid).delete() is True
    assert stage.client.messages.list() == []
