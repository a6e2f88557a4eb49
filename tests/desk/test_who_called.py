"""The public page: whose number rang, how to stop it, what if the bill is wrong. It never says anything of a customer."""

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Business
from calls.models import Call
from compliance import stop_requests
from compliance.models import StopEntry, StopKind, StopRequest, Suppression
from compliance.services import stop, stopped_numbers
from invoices.models import Contact
from syntharra import clock
from tests.calls.stage import SID, TOKEN
from tests.calls.test_inbound import ANAS, Caller, caller, owes
from tests.cast import Firm, make_business

__all__ = ["caller"]  # a fixture
pytestmark = pytest.mark.django_db
STRANGER = "+16145550177"


@pytest.fixture(autouse=True)
def _fresh_limits(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = False
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = SID, TOKEN
    cache.clear()


@pytest.fixture
def anybody() -> Client:
    return Client()


def line_of(firm: Firm) -> str:
    return firm.business.phonelines.get().number


def asked(browser: Client, **fields: str) -> Any:
    return browser.post("/who-called/stop/", fields)


def stopped(number: str) -> set[StopKind]:
    return stopped_numbers([number])[number]


def test_anybody_may_ask_whose_number_rang(anybody: Client, plumber: Firm) -> None:
    page = anybody.get("/who-called/").content.decode()
    ours = anybody.get("/who-called/", {"number": line_of(plumber)[2:]}).content.decode()
    nobodys = anybody.get("/who-called/", {"number": "(614) 555-0100"}).content.decode()

    assert "say “stop calling” or press 9" in page
    assert "Within a day you have it in writing" in page
    assert "belongs to Ava&#x27;s Plumbing." in ours
    assert "Nobody calls through us from (614) 555-0100." in nobodys


@pytest.mark.parametrize("trade", ["medical", "dental", "legal", "counseling", "funeral"])
def test_a_practice_is_not_named_because_its_name_says_too_much(anybody: Client, plumber: Firm, trade: str) -> None:
    Business.objects.update(trade=trade)

    page = anybody.get("/who-called/", {"number": line_of(plumber)}).content.decode()

    assert "belongs to a firm that calls through us" in page
    assert "Ava" not in page


@pytest.mark.parametrize("typed", ["abc", "911", "+44 20 7946 0000", "614 555", "<script>"])
def test_what_is_no_number_is_said_so_and_nothing_is_kept(anybody: Client, typed: str) -> None:
    looked = anybody.get("/who-called/", {"number": typed})
    wanted = asked(anybody, phone=typed)

    assert (looked.status_code, wanted.status_code) == (422, 422)
    assert "This is no telephone number" in looked.content.decode()
    assert StopRequest.objects.count() == 0


def test_a_customers_number_and_a_strangers_are_answered_alike(anybody: Client, plumber: Firm) -> None:
    owes(plumber)
    assert Contact.objects.filter(phone=ANAS).exists()

    answers = [asked(anybody, phone=number).content.decode().replace(shown, "…") for number, shown in (
        (ANAS, "(614) 555-0120"), (STRANGER, "(614) 555-0177"))]  # fmt: skip
    looks = [anybody.get("/who-called/", {"number": number}).content.decode() for number in (ANAS, STRANGER)]

    assert answers[0] == answers[1]
    assert all("Nobody calls through us from" in page for page in looks)
    for private in ("Ana Reyes", "Harbor Cafe", "796"):
        assert not any(private in page for page in (*answers, *looks))


def test_a_request_alone_stops_nothing_and_keeps_the_number_sealed(anybody: Client, plumber: Firm) -> None:
    asked(anybody, phone="614-555-0120")
    asked(anybody, phone=ANAS)

    row = StopRequest.objects.get()
    assert stopped(ANAS) == set()
    assert b"6145550120" not in bytes(row.sealed) + bytes(row.number_hash)
    assert [one.number for one in stop_requests.waiting()] == [ANAS]


def test_a_call_from_the_telephone_proves_it_and_nobody_calls_it_again(
    anybody: Client, plumber: Firm, caller: Caller
) -> None:
    invoice = owes(plumber)
    page = asked(anybody, phone=ANAS, rang=line_of(plumber)).content.decode()

    answer, again = caller.rings(), caller.rings()

    assert "Now call" in page
    assert "We will not call this number again." in answer
    assert answer == again
    assert "<ConversationRelay" not in answer
    assert stopped(ANAS) == {StopKind.OPT_OUT}
    assert Suppression.objects.get().customer == invoice.customer
    row = StopRequest.objects.get()
    assert (row.proved_by, bytes(row.sealed)) == ("call", b"")
    assert Call.objects.get().disposition == "opt_out"
    rival = make_business("Rival Plumbing", email="rival@rival.example")
    assert stop_requests.waiting() == []
    assert rival.business.pk != plumber.business.pk


def test_another_telephone_proves_nothing(anybody: Client, plumber: Firm, caller: Caller) -> None:
    asked(anybody, phone=ANAS, rang=line_of(plumber))

    caller.rings(STRANGER)

    assert (stopped(ANAS), stopped(STRANGER)) == (set(), set())
    assert len(stop_requests.waiting()) == 1


def test_a_number_that_is_not_ours_is_not_offered_to_be_called(anybody: Client) -> None:
    page = asked(anybody, phone=ANAS, rang="(614) 555-0100").content.decode()

    assert "Now call" not in page
    assert "within ten business days" in page


def test_the_page_lifts_nothing(anybody: Client, plumber: Firm) -> None:
    invoice = owes(plumber)
    stop(invoice.customer_id, StopKind.OPT_OUT, number=ANAS, words="no", source="x", by="x")
    entry = StopEntry.objects.get()

    asked(anybody, phone=ANAS)
    stop_requests.decline(StopRequest.objects.get().pk, by="ops", reason="not theirs")

    entry.refresh_from_db()
    assert entry.lifted_at is None
    assert stopped(ANAS) == {StopKind.OPT_OUT}


def test_who_asks_too_often_waits(anybody: Client) -> None:
    answers = [asked(anybody, phone=f"+16145550{150 + index}").status_code for index in range(8)]
    cache.clear()
    same = [asked(Client(REMOTE_ADDR=f"10.0.0.{index}"), phone=ANAS).status_code for index in range(5)]

    assert answers == [200] * 6 + [429] * 2
    assert same == [200] * 3 + [429] * 2
    assert StopRequest.objects.count() == 7


def test_who_looks_too_often_waits(anybody: Client) -> None:
    answers = [anybody.get("/who-called/", {"number": ANAS}).status_code for _ in range(62)]

    assert answers == [200] * 60 + [429] * 2


def run(**options: Any) -> str:
    out = io.StringIO()
    call_command("stop_requests", stdout=out, **options)
    return out.getvalue()


def test_the_operator_confirms_and_declines_with_a_reason(anybody: Client, plumber: Firm) -> None:
    for number in (ANAS, STRANGER):
        asked(anybody, phone=number)
    listed = [json.loads(line) for line in run().splitlines()]
    assert [one["number"] for one in listed] == [ANAS, STRANGER]

    said = run(confirm=listed[0]["id"], by="ops")
    with pytest.raises(CommandError, match="say why"):
        run(decline=listed[1]["id"], by="ops")
    run(decline=listed[1]["id"], reason="the subscriber says no", by="ops")

    assert f"{ANAS} is not called or texted again" in said
    assert (stopped(ANAS), stopped(STRANGER)) == ({StopKind.OPT_OUT}, set())
    assert run() == ""
    with pytest.raises(CommandError, match="no request"):
        run(confirm=listed[0]["id"], by="ops")
    kept = {row.proved_by: row.reason for row in StopRequest.objects.all()}
    assert kept == {"operator": "", "": "the subscriber says no"}


def test_the_doctor_says_when_a_request_waits_too_long(anybody: Client) -> None:
    from desk import doctor

    asked(anybody, phone=ANAS)
    fresh = [lack.code for lack in doctor.of_installation()]
    StopRequest.objects.update(asked_at=clock.now() - timedelta(days=8))
    late = [lack for lack in doctor.of_installation() if lack.code == "stop_requests"]

    assert "stop_requests" not in fresh
    assert [str(lack.words) for lack in late] == [
        "1 wish not to be called, asked on the public page, waits for a decision."
    ]


def test_a_request_whose_form_was_only_opened_asks_for_nothing(anybody: Client) -> None:
    assert anybody.get("/who-called/stop/").headers["Location"] == "/who-called/#stop"
    assert StopRequest.objects.count() == 0


def test_the_sign_in_page_leads_there(anybody: Client) -> None:
    assert 'href="/who-called/"' in anybody.get("/accounts/login/").content.decode()
