"""The numbers of a firm: which its customers see, what went out and came in on each, and who is rung for a person."""

import io
from html import unescape
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import ActivityLine, Business, Role
from calls import numbers
from calls.lines import own_numbers
from calls.models import Call
from integrations.errors import Disconnected, Refused
from integrations.models import CarrierAccount, NumberDoor, PhoneLine
from integrations.twilio.keys import keys_of
from integrations.twilio.simulator import SimAccount, SimNumber, TwilioSimConfig, create_app
from syntharra.clock import now
from syntharra.tenancy import acting_for
from tests.cast import Firm, make_business, make_customer, make_member
from tests.integrations.twilio.simulator_server import served

pytestmark = pytest.mark.django_db
REXS = SimAccount(
    sid="AC" + "7" * 32, auth_token="rex's token", numbers=(SimNumber("+16145550700"), SimNumber("+16145550701"))
)


def text(answer: Any) -> str:
    import re

    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.content.decode())).split())


def called(firm: Firm, number: str, **fields: Any) -> None:
    Call.objects.create(
        **{"customer": make_customer(firm), "sid": f"CA{Call.objects.count()}", "to": "+16145550120", "caller": number}
        | {"placed_at": now(), "disposition": "no_answer", "status": "no-answer"}
        | fields
    )


def test_each_number_says_what_went_out_and_came_in_on_it(ava: Client, plumber: Firm) -> None:
    line = PhoneLine.objects.get()
    called(plumber, "+16145550120", to=line.number, direction="inbound")

    page = text(ava.get("/numbers/"))

    assert "All customers see this one 0 1" in page
    assert "Show it to new customers" not in page
    assert "put through to (614) 555-0199" in page


def test_new_customers_see_the_number_that_was_chosen(ava: Client, plumber: Firm) -> None:
    first = PhoneLine.objects.get()
    second = PhoneLine.objects.create(number="+16145550555", sandbox=True, created_at=now())

    answer = ava.post(f"/numbers/{second.pk}/main/", follow=True)

    assert "New customers see (614) 555-0555 from now on." in text(answer)
    assert own_numbers(plumber.business) == [second.number, first.number]
    assert ActivityLine.objects.filter(verb="main_number_set").count() == 1
    ava.post(f"/numbers/{first.pk}/main/")
    assert own_numbers(plumber.business) == [first.number, second.number]


def test_without_a_number_the_page_says_what_is_to_be_done(ava: Client) -> None:
    PhoneLine.objects.update(released_at=now())

    assert "No number to call from yet Nobody is called without one." in text(ava.get("/numbers/"))


@pytest.mark.parametrize(
    ("typed", "kept"), [("(614) 555-0142", "+16145550142"), ("", ""), ("614-555-0142 ", "+16145550142")]
)
def test_the_persons_telephone_is_kept_as_it_can_be_dialed(ava: Client, typed: str, kept: str) -> None:
    ava.post("/numbers/", {"phone": typed})

    assert Business.objects.get().person_phone == kept


@pytest.mark.parametrize("typed", ["soon", "12", "+44 20 7946 0958", "our own"])
def test_a_number_that_cannot_be_rung_is_refused_with_the_reason(ava: Client, typed: str) -> None:
    if typed == "our own":
        typed = PhoneLine.objects.get().number

    page = text(ava.post("/numbers/", {"phone": typed}))

    assert "This is no telephone number" in page or "a number we answer ourselves" in page
    assert Business.objects.get().person_phone == ""
    assert not ActivityLine.objects.filter(verb="person_phone_set").exists()


def test_who_is_not_in_charge_looks_and_changes_nothing(plumber: Firm, db: None) -> None:
    reader = Client()
    reader.force_login(make_member(plumber, "reader@avasplumbing.example", Role.CONTRIBUTOR))
    line = PhoneLine.objects.get()

    page = text(reader.get("/numbers/"))
    refused = [
        reader.post("/numbers/", {"phone": "614 555 0142"}).status_code,
        reader.post(f"/numbers/{line.pk}/main/").status_code,
        reader.post("/numbers/reading/").status_code,
    ]

    assert "All customers see this one" in page
    assert "Save" not in page
    assert refused == [403] * 3
    assert PhoneLine.objects.get().is_main is False


def test_a_sandbox_has_its_number_and_fetches_none(ava: Client) -> None:
    assert "the number of a sandbox is part of it" in text(ava.post("/numbers/reading/", follow=True))


@pytest.fixture
def rex(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A live business; its carrier is a simulator that answers where the carrier would."""
    firm = make_business("Rex Roofing", email="rex@rexroofing.example", sandbox=False)
    settings.PUBLIC_URL = "https://syntharra.example"
    with served(create_app(TwilioSimConfig(accounts=(REXS,)))) as origin, acting_for(firm.business.pk):
        PhoneLine.objects.all().delete()
        NumberDoor.objects.all().delete()
        monkeypatch.setattr("integrations.twilio.client.LIVE_ORIGIN", origin)
        yield firm


def give(firm: Firm, monkeypatch: pytest.MonkeyPatch, token: str = REXS.auth_token) -> str:
    out = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{token}\n"))
    call_command("carrier_account", str(firm.business.pk), sid=REXS.sid, calls_per_second=2.0, stdout=out)
    return out.getvalue()


def test_a_live_business_gets_its_account_and_the_accounts_numbers(rex: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    said = give(rex, monkeypatch)
    again = give(rex, monkeypatch)

    assert "+16145550700 now belongs to Rex Roofing" in said
    assert "no new numbers" in again
    assert own_numbers(rex.business) == ["+16145550700", "+16145550701"]
    assert set(NumberDoor.objects.values_list("number", "business_id")) == {
        ("+16145550700", rex.business.pk),
        ("+16145550701", rex.business.pk),
    }
    assert keys_of(rex.business).calls_per_second == 2.0
    from integrations.twilio.client import carrier_for

    assert {one.voice_url for one in carrier_for(rex.business).numbers()} == {
        "https://syntharra.example/webhooks/twilio/inbound/call"
    }


def test_a_number_the_account_gave_up_is_released(rex: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    give(rex, monkeypatch)
    PhoneLine.objects.create(number="+16145550799", sandbox=False, is_main=True, created_at=now())

    assert numbers.fetch(rex.business, by="operator") == []
    assert PhoneLine.objects.exclude(released_at=None).get().number == "+16145550799"
    assert own_numbers(rex.business) == ["+16145550700", "+16145550701"]


def test_a_number_of_another_business_is_not_taken(rex: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    zoe = make_business("Zoe Dental", email="zoe@zoedental.example", sandbox=False)
    NumberDoor.objects.create(number="+16145550701", business_id=zoe.business.pk, line_id=zoe.business.pk)

    with pytest.raises(CommandError, match="belongs to another business"):
        give(rex, monkeypatch)
    assert PhoneLine.objects.count() == 0


@pytest.mark.parametrize("wrong", ["token", "sid", "business", "rate", "empty"])
def test_what_is_wrong_about_an_account_is_said(rex: Firm, monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    token = {"token": "another", "empty": ""}.get(wrong, REXS.auth_token)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{token}\n"))
    business = "01a22d02-c7c9-7356-8756-cfc6c61852db" if wrong == "business" else str(rex.business.pk)
    options = {"sid": "AC7" if wrong == "sid" else REXS.sid, "calls_per_second": 0.0 if wrong == "rate" else 1.0}

    with pytest.raises(CommandError):
        call_command("carrier_account", business, **options)
    assert PhoneLine.objects.count() == 0


def test_before_it_has_an_account_a_live_business_reaches_nobody(rex: Firm) -> None:
    with pytest.raises(Disconnected, match="carrier_account"):
        numbers.fetch(rex.business, by="operator")
    with pytest.raises(Refused), acting_for(make_business(email="x@x.example").business.pk):
        numbers.fetch(Business.objects.get(sandbox=True), by="operator")
    assert CarrierAccount.objects.count() == 0
