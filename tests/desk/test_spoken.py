"""How a kind of work is named on the phone: approved by a member, item by item, and only then spoken."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import ActivityLine, Membership
from calls.brief import brief_for
from calls.models import Attempt
from invoices.models import Invoice, SpokenLabel
from invoices.spoken import CannotBeSpoken, approve, items_of, tidy, work_of
from syntharra.tenancy import acting_for
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


QUERIES = 8
