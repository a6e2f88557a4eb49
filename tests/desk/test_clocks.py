"""The clocks of a dispute in words, at each point of their run; and the legal dates members enter on the page."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from desk.clocks import next_clock, shown, span
from disputes import clocks as pure
from disputes.clocks import Legal, Letter, Track
from disputes.freeze import NewClaim
from disputes.models import Dispute, LegalDate
from disputes.services import open_dispute
from tests.cast import Firm, make_invoice

OPENED = datetime(2026, 11, 24, 14, 5, tzinfo=UTC)  # Tuesday, 9:05 am in Columbus
ZONE = "America/New_York"


def said(*, after: timedelta, **facts: Any) -> dict[str, tuple[str, str]]:
    usual: dict[str, Any] = {
        "opened_at": OPENED,
        "zone": ZONE,
        "stopped_at": OPENED,
        "decide_by": datetime(2026, 12, 2, 14, 5, tzinfo=UTC),
    }
    now = OPENED + after
    with time_machine.travel(now, tick=False), timezone.override(ZONE):
        found = [shown(one, now) for one in pure.clocks(Track(**(usual | facts)), now)]
    return {one.name: (one.state, one.words) for one in found}


@pytest.fixture(autouse=True)
def no_sandbox(live: None) -> None:
    """Business time is the machine's."""


def test_clocks_run_until_they_are_met(some_business: None) -> None:
    assert said(after=timedelta(hours=2), told_at=OPENED + timedelta(seconds=4)) == {
        "Acknowledgement to them": ("running", "by Wed, 9:05\u00a0am"),
        "Asked what is wrong": ("running", "by Wed, 9:05\u00a0am"),
        "First word of a person": ("running", "by Fri, 9:05\u00a0am"),
        "Your decision": ("running", "by Dec 2"),
        "Collecting stopped": ("met", "at once"),
        "You were told": ("met", "after 4 seconds"),
    }


def test_a_clock_that_ran_out_says_how_late_it_is(some_business: None) -> None:
    found = said(after=timedelta(days=10), told_at=OPENED + timedelta(hours=2))

    assert found["Acknowledgement to them"] == ("late", "9 days late")
    assert found["You were told"] == ("late", "after 2 hours")


def test_without_an_address_the_acknowledgement_is_a_letter(some_business: None) -> None:
    found = said(after=timedelta(hours=1), letter=Letter(paper=True))

    assert found["Acknowledgement to them"] == ("running", "no e-mail: post the letter by Wed, 9:05\u00a0am")


def test_an_acknowledgement_the_law_forbids_says_so(some_business: None) -> None:
    found = said(after=timedelta(hours=1), letter=Letter(refused="CEASE_REQUESTED"))

    assert found["Acknowledgement to them"] == ("none", "not permitted: They asked for no contact at all.")


def test_a_legal_date_is_named_with_its_note(some_business: None) -> None:
    found = said(after=timedelta(hours=1), legal=[Legal(kind="lien", on=date(2026, 12, 10), note="Franklin County")])

    assert found["Lien: Franklin County"] == ("running", "by Dec 10")


def test_how_often_they_were_asked_is_said(some_business: None) -> None:
    found = said(after=timedelta(days=8), acknowledged_at=OPENED + timedelta(hours=20), asked_again=2)

    assert found["Asked what is wrong"] == ("met", "after 20 hours · asked 2 times more")


def test_the_next_clock_is_what_waits_longest(some_business: None) -> None:
    with time_machine.travel(OPENED + timedelta(hours=1), tick=False), timezone.override(ZONE):
        told = OPENED + timedelta(minutes=1)
        fresh = next_clock(Dispute(opened_at=OPENED, owner_told_at=told))
        known = next_clock(Dispute(opened_at=OPENED, owner_told_at=told, acknowledged_at=OPENED, first_word_at=OPENED))
        over = next_clock(Dispute(opened_at=OPENED, closed_at=OPENED, owner_told_at=OPENED))

    assert (fresh.name if fresh else "", known.name if known else "", over) == (
        "Acknowledgement to them",
        "Your decision",
        None,
    )


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (59, "59 seconds"),
        (61, "1 minute"),
        (7200, "2 hours"),
        (86_400 * 3, "3 days"),
    ],
)
def test_a_length_of_time_is_said_in_its_largest_unit(length: int, words: str) -> None:
    assert span(timedelta(seconds=length)) == words


def test_a_lien_is_entered_on_the_page_of_the_dispute_and_ticked_there(ava: Client, plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    (dispute,) = open_dispute(invoice.pk, claim=NewClaim(source="page", source_key="p", words="No"))
    url = f"/invoices/{invoice.pk}/legal-dates/"

    kept = ava.post(url, {"kind": "lien", "on": "2026-12-10", "note": "Franklin County"})
    text = ava.get(dispute.get_absolute_url()).content.decode()
    ava.post(f"/legal-dates/{LegalDate.objects.get().pk}/completion/")

    assert kept["Location"] == dispute.get_absolute_url()
    assert "Lien: Franklin County" in text
    assert LegalDate.objects.get().done_by == plumber.owner.email


def test_a_bond_claim_is_entered_on_the_page_of_an_invoice_nobody_disputes(ava: Client, plumber: Firm) -> None:
    invoice = make_invoice(plumber)

    ava.post(f"/invoices/{invoice.pk}/legal-dates/", {"kind": "bond", "on": "2026-11-20", "note": ""})

    text = ava.get(f"/invoices/{invoice.pk}/").content.decode()
    assert "Payment bond claim" in text
    assert "3 days late" in text


def test_a_wrong_date_is_refused_and_another_firms_is_not_there(ava: Client, rex: Client, plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    url = f"/invoices/{invoice.pk}/legal-dates/"

    refused = ava.post(url, {"kind": "lien", "on": "soon"}, follow=True).content.decode()

    assert "Choose what runs out, and enter the day." in refused
    assert rex.post(url, {"kind": "lien", "on": "2026-12-10"}).status_code == 404
    assert not LegalDate.objects.exists()
