"""How a kind of work is named on the phone: approved by a member, item by item, and only then spoken."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ActivityLine, Business, Membership
from calls.agent import Language, advance, begin
from calls.agent.events import Said
from calls.brief import brief_for
from calls.models import Attempt
from compliance import consumers
from invoices.models import Invoice, SpokenLabel
from invoices.spoken import CannotBeSpoken, approve, items_of, tidy, work_of
from syntharra.tenancy import acting_for
from tests.calls.agent_cast import said
from tests.calls.line import on_the_line
from tests.cast import Firm, make_business, make_customer, make_invoice

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice(plumber: Firm) -> Invoice:
    """A heater repaired, and a trip to it."""
    found = make_invoice(plumber, make_customer(plumber), number="2232", balance="310.00")
    found.lines.all().delete()
    for position, (item, amount) in enumerate((("WTR-HTR Repair", "250.00"), ("Trip charge", "60.00")), start=1):
        found.lines.create(position=position, item=item, amount=amount, currency="USD")
    return found


def test_nothing_is_said_of_work_nobody_named(plumber: Firm, invoice: Invoice) -> None:
    attempt = on_the_line(invoice.customer)

    assert [facts.work for facts in brief_for(attempt).invoices] == [""]
    assert [(item.shown, item.invoices, item.words) for item in items_of(plumber.business)] == [
        ("Trip charge", 1, ""),
        ("WTR-HTR Repair", 1, ""),
    ]


def test_a_part_without_a_name_leaves_all_of_it_unsaid(plumber: Firm, invoice: Invoice) -> None:
    approve("wtr-htr  repair", "water heater repair", "reparación del calentador", by=plumber.owner)

    assert work_of([invoice], language="en-us") == {}

    approve("Trip charge", "a service call", by=plumber.owner)
    assert work_of([invoice], language="en-us") == {invoice.pk: "water heater repair and a service call"}
    assert work_of([invoice], language="es") == {}  # the trip has no Spanish name


def test_what_a_member_named_is_said_on_the_next_call(plumber: Firm, invoice: Invoice) -> None:
    for item in ("WTR-HTR Repair", "Trip charge"):
        approve(item, "water heater repair", by=plumber.owner)
    attempt: Attempt = on_the_line(invoice.customer)

    assert [facts.work for facts in brief_for(attempt).invoices] == ["water heater repair"]
    assert ActivityLine.objects.filter(verb="named_work").count() == 2


def test_a_rivals_names_are_not_said_here(plumber: Firm, invoice: Invoice) -> None:
    rival = make_business("Rival Plumbing", email="rival@rival.example")
    with acting_for(rival.business.pk):
        approve("WTR-HTR Repair", "boiler theft", by=rival.owner)
        approve("Trip charge", "boiler theft", by=rival.owner)

    assert work_of([invoice], language="en-us") == {}


@pytest.mark.parametrize("words", ["$200 repair", "pay now!", "call 911", "<b>repair</b>", "a" * 61])
def test_what_cannot_be_read_out_is_refused(plumber: Firm, words: str) -> None:
    with pytest.raises(CannotBeSpoken):
        tidy(words)
    with pytest.raises(CannotBeSpoken):
        approve("Trip charge", words, by=plumber.owner)
    assert SpokenLabel.objects.count() == 0


def test_the_page_keeps_words_and_takes_them_back(ava: Client, plumber: Firm, invoice: Invoice) -> None:
    kept = ava.post(
        "/calls/words/items/", {"item": "Trip charge", "words": "a service call", "words_es": ""}, follow=True
    )
    assert "The agent says: “It is for a service call.”" in kept.content.decode()
    assert SpokenLabel.objects.get().by == plumber.owner.email

    ava.post("/calls/words/items/", {"item": "Trip charge", "words": "a service call"})
    assert ActivityLine.objects.filter(verb="named_work").count() == 1

    gone = ava.post("/calls/words/items/", {"item": "Trip charge", "words": ""}, follow=True)
    assert "says nothing of this work any more" in gone.content.decode()
    assert SpokenLabel.objects.count() == 0


def test_words_with_numbers_are_refused_on_the_page_and_stay_in_the_field(ava: Client, invoice: Invoice) -> None:
    answer = ava.post("/calls/words/items/", {"item": "trip charge", "words": "visit no 4"})

    assert answer.status_code == 422
    assert "numbers are read from your books" in answer.content.decode()
    assert 'value="visit no 4"' in answer.content.decode()
    assert SpokenLabel.objects.count() == 0


def test_who_only_reads_sees_the_words_and_may_not_change_them(ava: Client, plumber: Firm, invoice: Invoice) -> None:
    approve("Trip charge", "a service call", by=plumber.owner)
    Membership.objects.filter(user=plumber.owner, business=plumber.business).update(role="read_only")

    page: Any = ava.get("/calls/words/")
    refused = ava.post("/calls/words/items/", {"item": "Trip charge", "words": "theft"})

    assert "a service call" in page.content.decode()
    assert '<form method="post" action="/calls/words/items/"' not in page.content.decode()
    assert refused.status_code == 403
    assert SpokenLabel.objects.get().words == "a service call"


def test_without_items_the_page_says_so(ava: Client) -> None:
    assert "No items yet" in ava.get("/calls/words/").content.decode()


def test_a_page_of_many_items_asks_the_database_as_often(
    ava: Client, invoice: Invoice, django_assert_num_queries: Any
) -> None:
    ava.get("/calls/words/")
    for position in range(10, 40):
        invoice.lines.create(position=position, item=f"Part {position}", amount="1.00", currency="USD")

    with django_assert_num_queries(QUERIES):
        page = ava.get("/calls/words/")

    assert page.content.decode().count("spoken-words") == 32


QUERIES = 7


# what the firm does decides whether anything is said at all

SENSITIVE_TRADES = ("medical", "dental", "legal", "counseling", "funeral")
ASKED = (
    "what is this for",
    "which job was that",
    "what work was it",
    "when was that done",
    "what did you do for me",
    "de qué es la factura",
    "say that again",
    "what is the total",
)


def practice(firm: Firm, trade: str) -> None:
    Business.objects.filter(pk=firm.business.pk).update(trade=trade)
    firm.business.refresh_from_db()


@pytest.mark.parametrize("trade", SENSITIVE_TRADES)
def test_in_a_sensitive_trade_no_word_of_the_work_is_ever_spoken(plumber: Firm, invoice: Invoice, trade: str) -> None:
    for item in ("WTR-HTR Repair", "Trip charge"):
        approve(item, "root canal", "endodoncia", by=plumber.owner)
    practice(plumber, trade)
    Invoice.objects.update(served_on=date(2026, 9, 14), issued_on=date(2026, 9, 15), due_on=date(2026, 10, 1))
    brief = brief_for(on_the_line(invoice.customer))

    assert [(one.work, one.service_date) for one in brief.invoices] == [("", None)]
    for language in (Language.ENGLISH, Language.SPANISH):
        step = advance(begin(replace(brief, language=language)).state, Said("this is Ana Reyes"))
        spoken = [said(step)]
        for question in ASKED:
            step = advance(step.state, Said(question))
            spoken.append(said(step))
        told = " ".join(spoken)
        assert "2232" in told
        assert ("September 15" in told) or ("15 de septiembre" in told)
        for private in (
            "root canal",
            "endodoncia",
            "September 14",
            "14 de septiembre",
            "the work on",
            "por el trabajo",
        ):
            assert private not in told


def test_who_asks_what_it_was_for_in_a_practice_is_told_to_ask_the_practice(plumber: Firm, invoice: Invoice) -> None:
    practice(plumber, "dental")
    Invoice.objects.update(issued_on=date(2026, 9, 15))
    step = advance(begin(brief_for(on_the_line(invoice.customer))).state, Said("this is Ana Reyes"))

    answer = said(advance(step.state, Said("what is this for")))

    assert answer.startswith(
        "For your privacy I have no more than the number and the date: it is invoice 2232 of September 15."
    )
    assert "Ava's Plumbing can tell you what it was for." in answer


def test_without_words_the_day_of_the_work_is_said_where_the_books_have_one(plumber: Firm, invoice: Invoice) -> None:
    Invoice.objects.update(served_on=date(2026, 9, 14), due_on=date(2026, 10, 1))
    step = advance(begin(brief_for(on_the_line(invoice.customer))).state, Said("this is Ana Reyes"))

    assert "It is for the work on September 14." in said(step)


def test_a_day_of_work_that_has_not_come_is_not_said(plumber: Firm, invoice: Invoice) -> None:
    Invoice.objects.update(served_on=date(2031, 9, 14))

    assert [facts.service_date for facts in brief_for(on_the_line(invoice.customer)).invoices] == [None]


@pytest.mark.parametrize("trade", ["", *SENSITIVE_TRADES])
def test_no_words_are_approved_before_the_trade_is_said_and_none_in_a_practice(
    plumber: Firm, invoice: Invoice, trade: str
) -> None:
    practice(plumber, trade)

    with pytest.raises(CannotBeSpoken):
        approve("Trip charge", "a service call", by=plumber.owner)

    assert SpokenLabel.objects.count() == 0
    assert approve("Trip charge", "", by=plumber.owner) is None  # taking words back is always possible


def test_a_firm_that_turns_out_to_be_a_practice_takes_its_words_back_and_calls_no_private_person(
    ava: Client, plumber: Firm, invoice: Invoice
) -> None:
    approve("Trip charge", "a service call", by=plumber.owner)
    Business.objects.filter(pk=plumber.business.pk).update(consumer_calls=True)

    answer = ava.post("/calls/words/trade/", {"trade": "medical"}, follow=True).content.decode()
    again = ava.post("/calls/words/trade/", {"trade": "medical"})

    plumber.business.refresh_from_db()
    assert "1 name for your work is taken back" in answer
    assert "nothing is said of the work on the phone" in answer
    assert (plumber.business.trade, plumber.business.consumer_calls) == ("medical", False)
    assert SpokenLabel.objects.count() == 0
    assert again.status_code == 302
    assert ActivityLine.objects.filter(verb="said_trade").count() == 1


def test_words_for_work_in_a_practice_are_refused_on_the_page_too(ava: Client, plumber: Firm, invoice: Invoice) -> None:
    practice(plumber, "funeral")

    answer = ava.post("/calls/words/items/", {"item": "trip charge", "words": "a casket"})

    assert answer.status_code == 422
    assert SpokenLabel.objects.count() == 0


def test_an_unknown_trade_is_refused_and_changes_nothing(ava: Client, plumber: Firm) -> None:
    assert ava.post("/calls/words/trade/", {"trade": "piracy"}).status_code == 422
    plumber.business.refresh_from_db()
    assert plumber.business.trade == "home"


def test_private_persons_of_a_practice_are_called_only_once_counsel_has_read_its_words(
    ava: Client, plumber: Firm
) -> None:
    practice(plumber, "dental")
    Business.objects.update(consent_attested_at=timezone.now(), consent_wording="they gave them to us")
    counsel = {"counsel": "Dana Lee", "on": "2026-11-01", "reference": "letter of Nov 1", "sure": "on"}

    refused = ava.post("/rules/private-persons/", counsel)
    plumber.business.refresh_from_db()
    assert refused.status_code == 200
    assert plumber.business.consumer_calls is False

    ava.post("/rules/private-persons/", {**counsel, "private_wording": "on"})
    plumber.business.refresh_from_db()
    assert plumber.business.consumer_calls is True


def test_a_firm_that_has_not_said_what_it_does_calls_no_private_person(plumber: Firm) -> None:
    practice(plumber, "")
    Business.objects.update(consent_attested_at=timezone.now(), consent_wording="they gave them to us")
    plumber.business.refresh_from_db()

    with pytest.raises(consumers.NotYet) as refused:
        consumers.go_live(
            plumber.business,
            counsel=consumers.Counsel("Dana Lee", date(2026, 11, 1), "letter"),
            notice_version="a",
            by="ava",
        )

    assert [lack.code for lack in refused.value.lacks] == ["trade"]
