"""A live business gets an account and a number of its own at the carrier: once, whatever is answered, and they go with it."""

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from accounts import services
from accounts.models import ActivityLine, Membership, Role
from calls import renting
from calls.lines import own_numbers
from integrations.errors import Disconnected, Refused, Unavailable, VendorError
from integrations.models import CarrierAccount, CarrierDoor, NumberDoor, NumberOrder, PhoneLine
from integrations.twilio import accounts, client
from integrations.twilio.client import carrier_for
from integrations.twilio.keys import keys_of
from integrations.twilio.owner import Owner
from integrations.twilio.simulator import SimAccount, SimNumber, TwilioSimConfig, create_app
from syntharra import clock
from syntharra.tenancy import acting_for
from tests.cast import Firm, make_business
from tests.integrations.twilio.simulator_server import SimControl, served, twilio_client

pytestmark = pytest.mark.django_db
OPERATOR = SimAccount(
    sid="AC" + "0" * 31 + "1",
    auth_token="the operator's token",
    numbers=(SimNumber("+16145550790"),),
    friendly_name="operator",
)


@pytest.fixture
def operator(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimControl]:
    """The operator's own account at the carrier, which answers where the carrier would."""
    settings.PUBLIC_URL = "https://syntharra.example"
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = OPERATOR.sid, OPERATOR.auth_token
    with served(create_app(TwilioSimConfig(accounts=(OPERATOR,)))) as origin:
        monkeypatch.setattr("integrations.twilio.client.LIVE_ORIGIN", origin)
        control = SimControl(origin)
        yield control
        control.close()


@pytest.fixture
def rex(operator: SimControl) -> Iterator[Firm]:
    firm = make_business("Rex Roofing", email="rex@rexroofing.example", sandbox=False)
    with acting_for(firm.business.pk):
        PhoneLine.objects.all().delete()
        NumberDoor.objects.all().delete()
        yield firm


def at_carrier() -> list[Any]:
    """Every account of the operator's family at the carrier but the operator's own."""
    sdk = twilio_client(client.LIVE_ORIGIN, OPERATOR)
    return [one for one in sdk.api.v2010.accounts.list() if one.sid != OPERATOR.sid]


def later(minutes: int) -> Any:
    return time_machine.travel(clock.machine_now() + timedelta(minutes=minutes), tick=True)


# the account


def test_a_live_business_gets_one_account_of_its_own_and_calls_through_it(rex: Firm) -> None:
    opened = accounts.open_for(rex.business, by="operator")
    again = accounts.open_for(rex.business, by="operator")

    (there,) = at_carrier()
    assert again.pk == opened.pk
    assert (opened.sid, opened.label) == (there.sid, there.friendly_name)
    assert keys_of(rex.business).token == there.auth_token
    assert there.auth_token.encode() not in bytes(opened.secrets)  # encrypted at rest
    assert CarrierDoor.objects.get(sid=there.sid).business_id == rex.business.pk
    assert carrier_for(rex.business).numbers() == []
    assert ActivityLine.objects.filter(verb="carrier_account_set").count() == 1


@pytest.mark.parametrize("fault", ["lost_response", "error_after"])
def test_an_answer_that_got_lost_makes_no_second_account(rex: Firm, operator: SimControl, fault: str) -> None:
    operator.post("/faults", kind=fault, on="accounts.create")

    with pytest.raises(Unavailable):
        accounts.open_for(rex.business, by="operator")
    assert CarrierAccount.objects.get().sid == ""
    with pytest.raises(Disconnected):  # nobody calls through an account nobody knows
        keys_of(rex.business)
    found = accounts.open_for(rex.business, by="operator")

    (there,) = at_carrier()
    assert found.sid == there.sid
    assert keys_of(rex.business).account == there.sid


def test_while_nobody_can_tell_nothing_is_asked_for_again(rex: Firm, operator: SimControl) -> None:
    operator.post("/faults", kind="server_error", on="accounts.create", status=503)
    with pytest.raises(Unavailable):
        accounts.open_for(rex.business, by="operator")

    with pytest.raises(Unavailable, match="ten minutes"):
        accounts.open_for(rex.business, by="operator")
    assert at_carrier() == []
    with later(11):
        opened = accounts.open_for(rex.business, by="operator")

    assert [one.sid for one in at_carrier()] == [opened.sid]


def test_a_list_that_does_not_answer_is_no_word_that_there_is_none(rex: Firm, operator: SimControl) -> None:
    operator.post("/faults", kind="lost_response", on="accounts.create")
    with pytest.raises(Unavailable):
        accounts.open_for(rex.business, by="operator")
    operator.post("/faults", kind="server_error", on="accounts.list", status=500)

    with later(60), pytest.raises(Unavailable):
        accounts.open_for(rex.business, by="operator")

    assert len(at_carrier()) == 1


@pytest.mark.parametrize(
    "fault", [{"kind": "reject", "status": 400, "code": 20009, "message": "no more"}, {"kind": "rate_limited"}], ids=str
)
def test_a_plain_no_may_be_asked_again_at_once(rex: Firm, operator: SimControl, fault: dict[str, Any]) -> None:
    operator.post("/faults", on="accounts.create", **fault)
    with pytest.raises(VendorError):
        accounts.open_for(rex.business, by="operator")

    accounts.open_for(rex.business, by="operator")

    assert len(at_carrier()) == 1


def test_a_sandbox_gets_no_account_and_without_an_operators_nobody_does(
    rex: Firm, plumber: Firm, settings: Any
) -> None:
    with acting_for(plumber.business.pk), pytest.raises(Refused):
        accounts.open_for(plumber.business, by="operator")
    settings.TWILIO_ACCOUNT_SID = ""
    with acting_for(rex.business.pk), pytest.raises(Disconnected):
        accounts.open_for(rex.business, by="operator")
    with acting_for(rex.business.pk):
        assert CarrierAccount.objects.count() == 0


def test_each_business_has_an_account_of_its_own(rex: Firm) -> None:
    first = accounts.open_for(rex.business, by="operator")
    zoe = make_business("Zoe Dental", email="zoe@zoedental.example", sandbox=False)
    with acting_for(zoe.business.pk):
        second = accounts.open_for(zoe.business, by="operator")
        assert CarrierAccount.objects.count() == 1

    assert first.sid != second.sid
    assert len(at_carrier()) == 2


# the number


@pytest.fixture
def equipped(rex: Firm) -> Firm:
    accounts.open_for(rex.business, by="operator")
    return rex


def test_a_line_for_voice_alone_is_not_offered_since_texts_leave_from_it(equipped: Firm) -> None:
    assert "+17405550100" not in {one.number for one in renting.available(equipped.business, "740")}


def test_a_local_number_is_found_by_area_code_and_rented_into_the_account(equipped: Firm) -> None:
    found = renting.available(equipped.business, "740")
    rented = renting.rent(equipped.business, found[0].number, by=equipped.owner.email)
    again = renting.rent(equipped.business, found[0].number, by=equipped.owner.email)

    assert len(found) == 10
    assert {one.number[:5] for one in found} == {"+1740"}
    assert (rented.is_new, again.is_new, again.line.pk) == (True, False, rented.line.pk)
    assert own_numbers(equipped.business) == [found[0].number]
    (there,) = carrier_for(equipped.business).numbers()
    assert there.voice_url == "https://syntharra.example/webhooks/twilio/inbound/call"
    assert NumberDoor.objects.get().business_id == equipped.business.pk
    assert NumberOrder.objects.get().status == "rented"
    assert found[0].number not in {one.number for one in renting.available(equipped.business, "740")}


@pytest.mark.parametrize("fault", ["lost_response", "error_after"])
def test_a_number_whose_answer_got_lost_is_paid_for_once(equipped: Firm, operator: SimControl, fault: str) -> None:
    number = renting.available(equipped.business, "614")[0].number
    operator.post("/faults", kind=fault, on="numbers.create")

    with pytest.raises(Unavailable):
        renting.rent(equipped.business, number, by="rex")
    assert PhoneLine.objects.count() == 0
    rented = renting.rent(equipped.business, number, by="rex")

    assert rented.line.number == number
    assert [one.number for one in carrier_for(equipped.business).numbers()] == [number]
    assert NumberOrder.objects.count() == 1


def test_while_nobody_knows_whether_a_number_is_rented_it_is_not_asked_for_again(
    equipped: Firm, operator: SimControl
) -> None:
    number = renting.available(equipped.business, "614")[0].number
    operator.post("/faults", kind="server_error", on="numbers.create", status=502)
    with pytest.raises(Unavailable):
        renting.rent(equipped.business, number, by="rex")

    with pytest.raises(Unavailable, match="two minutes"):
        renting.rent(equipped.business, number, by="rex")
    assert carrier_for(equipped.business).numbers() == []
    with later(3):
        assert renting.rent(equipped.business, number, by="rex").line.number == number


def test_a_number_somebody_else_took_meanwhile_is_said_to_be_gone(equipped: Firm) -> None:
    zoe = make_business("Zoe Dental", email="zoe@zoedental.example", sandbox=False)
    number = renting.available(equipped.business, "614")[0].number
    with acting_for(zoe.business.pk):
        accounts.open_for(zoe.business, by="operator")
        renting.rent(zoe.business, number, by="zoe")

    with pytest.raises(Refused, match="choose another"):
        renting.rent(equipped.business, number, by="rex")

    assert PhoneLine.objects.count() == 0
    assert NumberOrder.objects.get().status == "refused"


@pytest.mark.parametrize("area", ["", "61", "6145", "abc", "114", "６１４"])
def test_what_is_no_area_code_is_refused_before_anybody_is_asked(equipped: Firm, area: str) -> None:
    with pytest.raises(Refused, match="area code"):
        renting.available(equipped.business, area)


@pytest.mark.parametrize("number", ["", "614 555 0100", "+44 20 7946 0000", "+1614555010", "+11145550100"])
def test_only_a_number_of_this_country_is_rented(equipped: Firm, number: str) -> None:
    with pytest.raises(Refused):
        renting.rent(equipped.business, number, by="rex")
    assert NumberOrder.objects.count() == 0


def test_a_number_the_operator_has_is_moved_into_the_account(equipped: Firm) -> None:
    assert renting.assign(equipped.business, "+16145550790", by="operator") is True
    assert renting.assign(equipped.business, "+16145550791", by="operator") is False

    assert own_numbers(equipped.business) == ["+16145550790"]
    assert carrier_for(equipped.business).numbers()[0].voice_url.endswith("/webhooks/twilio/inbound/call")


# closing


def test_the_account_is_closed_with_its_business_and_not_while_it_calls(equipped: Firm) -> None:
    renting.rent(equipped.business, renting.available(equipped.business, "614")[0].number, by="rex")
    sid = keys_of(equipped.business).account
    with pytest.raises(Refused, match="stop them first"):
        accounts.close_for(equipped.business, by="operator")
    assert keys_of(equipped.business).account == sid

    services.stop_all(equipped.business, by=equipped.owner)
    assert accounts.close_for(equipped.business, by="operator") is True
    assert accounts.close_for(equipped.business, by="operator") is False

    closed = CarrierAccount.objects.get()
    assert (closed.closed_at is not None, bytes(closed.secrets)) == (True, b"")
    assert [one.status for one in at_carrier()] == ["closed"]
    assert (own_numbers(equipped.business), NumberDoor.objects.count()) == ([], 0)
    with pytest.raises(Disconnected):
        keys_of(equipped.business)


def test_a_closing_that_got_no_answer_is_finished_by_doing_it_again(equipped: Firm) -> None:
    services.stop_all(equipped.business, by=equipped.owner)
    Owner().close(keys_of(equipped.business).account)  # the carrier did it, and we never heard

    assert accounts.close_for(equipped.business, by="operator") is True
    assert CarrierAccount.objects.get().closed_at is not None


def test_a_business_that_begins_again_gets_a_new_account(equipped: Firm) -> None:
    first = keys_of(equipped.business).account
    services.stop_all(equipped.business, by=equipped.owner)
    accounts.close_for(equipped.business, by="operator")

    opened = accounts.open_for(equipped.business, by="operator")

    assert opened.sid != first
    assert sorted(one.status for one in at_carrier()) == ["active", "closed"]


# by hand


def run(firm: Firm, **options: Any) -> str:
    out = io.StringIO()
    call_command("carrier_account", str(firm.business.pk), stdout=out, **options)
    return out.getvalue()


def test_the_operator_opens_rents_and_closes_by_command(rex: Firm) -> None:
    opened = run(rex, open=True, area_code="740")

    assert "Rex Roofing calls through AC" in opened
    assert "+17405550101 now belongs to Rex Roofing" in opened
    assert "no new numbers" in run(rex, open=True)
    assert "+16145550790 now belongs to Rex Roofing" in run(rex, assign="+16145550790")
    with pytest.raises(CommandError, match="stop them first"):
        run(rex, close=True)
    with pytest.raises(CommandError, match="no number"):
        run(rex, assign="+16145550999")
    services.stop_all(rex.business, by=rex.owner)
    assert "closed" in run(rex, close=True)
    with pytest.raises(CommandError, match="no account"):
        run(rex, close=True)


# by its owner


@pytest.fixture
def browser(equipped: Firm, settings: Any) -> Client:
    settings.SECURE_SSL_REDIRECT = False
    found = Client()
    found.force_login(equipped.owner)
    return found


def test_the_owner_looks_for_a_local_number_and_rents_it(browser: Client, equipped: Firm) -> None:
    asked = browser.get("/numbers/").content.decode()
    offered = browser.get("/numbers/?area=740").content.decode()
    rented = browser.post("/numbers/rent/", {"number": "+17405550103"}, follow=True).content.decode()

    assert "Rent a number" in asked
    assert "(740) 555-0103" in offered
    assert "(740) 555-0103 is yours." in rented
    assert own_numbers(equipped.business) == ["+17405550103"]


def test_a_wrong_area_code_and_a_silent_carrier_are_said_on_the_page(browser: Client, operator: SimControl) -> None:
    wrong = browser.get("/numbers/?area=61").content.decode()
    operator.post("/faults", kind="server_error", on="numbers.search", status=503)
    silent = browser.get("/numbers/?area=614").content.decode()

    assert "An area code has three digits, such as 614." in wrong
    assert "The carrier did not tell" in silent
    assert PhoneLine.objects.count() == 0


def test_who_is_not_in_charge_rents_nothing(browser: Client, equipped: Firm) -> None:
    Membership.objects.update(role=Role.CONTRIBUTOR)

    assert "Rent a number" not in browser.get("/numbers/?area=740").content.decode()
    assert browser.post("/numbers/rent/", {"number": "+17405550103"}).status_code == 403
    assert (PhoneLine.objects.count(), NumberOrder.objects.count()) == (0, 0)


def test_a_sandbox_is_offered_no_number(plumber: Firm) -> None:
    found = Client()
    found.force_login(plumber.owner)

    assert "Rent a number" not in found.get("/numbers/?area=740").content.decode()
