"""Look first: everything that keeps late invoices from being called, on one page, ticked reason by reason, with a way back."""

from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client

from accounts.models import ActivityLine, Business, Role
from desk import check_first
from integrations.models import Connection
from invoices.models import Allocation, Checked, Invoice, InvoiceLine, Payment
from syntharra.clock import now
from tests.cast import Firm, make_customer, make_invoice, make_member

LATE: dict[str, Any] = {"due_on": date(2026, 11, 15), "issued_on": date(2026, 10, 16)}
QUESTIONS = 19


def text(answer: Any) -> str:
    """What a reader sees: no tags, one space between words."""
    import re

    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.content.decode())).split())


def saying(firm: Firm, words: str, **fields: Any) -> Invoice:
    invoice = make_invoice(firm, **(LATE | fields))
    InvoiceLine.objects.filter(invoice=invoice).update(item="", description=words)
    return invoice


@pytest.fixture
def reader(ava: Client, plumber: Firm) -> Client:
    browser = Client()
    browser.force_login(make_member(plumber, "reader@avasplumbing.example", Role.READ_ONLY))
    return browser


def test_nothing_to_look_at_says_what_will_wait_here(ava: Client) -> None:
    page = text(ava.get("/check-first/"))

    assert "Nothing waits for a look" in page
    assert "Nothing was ticked yet." in page


def test_a_word_stands_with_where_it_was_written_and_the_money_behind(ava: Client, plumber: Firm) -> None:
    saying(plumber, "Boiler, less deposit received 9/1", number="2401", balance="1840.00")

    page = text(ava.get("/check-first/"))

    assert "1 invoice waits for a look · $1,840.00" in page
    assert "You wrote “deposit” in a line Boiler, less deposit received 9/1 2401 $1,840.00 OK to call" in page


def test_a_long_line_is_shown_around_the_word(ava: Client, plumber: Firm) -> None:
    long = "Replacement of the boiler in the basement of the building behind the yard, less deposit, parts and labor, haul away"
    saying(plumber, long, balance="10.00")

    page = text(ava.get("/check-first/"))

    assert "… of the building behind the yard, less deposit, parts and labor, haul away" in page


def test_each_reason_says_what_it_is_about(ava: Client, plumber: Firm) -> None:
    lofts = make_customer(plumber, "Lofts c/o Brightwater", open_credit=Decimal("120.00"))
    first = make_invoice(plumber, lofts, number="2401", balance="500.00", **LATE)
    make_invoice(plumber, lofts, number="2402", balance="500.00", sent=False, **LATE)
    payment = Payment.objects.create(
        connection=plumber.connection, customer=lofts, external_id="p1", amount="300.00", currency="USD",
        paid_on=date(2026, 10, 12), pending=True,
    )  # fmt: skip
    Allocation.objects.create(
        payment=payment, invoice=first, kind="coming", amount="300.00", currency="USD", seen_at=now(), changed_at=now()
    )
    saying(plumber, "Late fee 1.5%", number="2403", balance="40.00", balance_changed_at=now())

    page = text(ava.get("/check-first/"))

    for words in (
        "They have $120.00 with you that is not used yet 2401 , 2402 $1,000.00",
        "Payment of $300.00 on its way since Oct 12 2401 $500.00",
        "Your books have no record that it was ever sent 2402 $500.00",
        "Their name has “c/o” in it: somebody else may be the one who pays",
        "2401 and 2402 are alike: same customer, amount and date 2401 , 2402 $1,000.00",
        "It charges a “late fee”, and we do not know that your terms allow it",
        "The balance changed on Tue, Nov 24",
    ):
        assert words in page


def test_a_bill_in_two_connected_books_names_the_other_and_what_was_ticked(ava: Client, plumber: Firm) -> None:
    about: dict[str, Any] = {
        "provider": "jobber",
        "account": "j1",
        "sandbox": True,
        "connected_by": plumber.owner.email,
    }
    jobber = Connection.objects.create(**about, connected_at=now(), synced_at=now())
    first = make_invoice(plumber, make_customer(plumber, "Harbor Cafe"), number="77", **LATE)
    make_invoice(
        plumber, make_customer(plumber, "Harbor Cafe", connection=jobber), number="77", connection=jobber, **LATE
    )

    page = text(ava.get("/check-first/"))
    address = f"/check-first/customers/{first.customer_id}/looks/"
    done = text(ava.post(address, {"what": "CHECK_FIRST|Jobber 77"}, follow=True))

    for other in ("Jobber 77", "QuickBooks Online 77"):
        assert f"It stands in your other books too, as {other}: same customer, number and amount 77 $796.00" in page
    assert "Harbor Cafe : The same bill in your other books: Jobber 77." in done


def test_a_tick_lets_it_be_called_and_is_taken_back_right_after(ava: Client, plumber: Firm) -> None:
    invoice = saying(plumber, "less deposit")
    customer = invoice.customer

    done = ava.post(f"/check-first/customers/{customer.pk}/looks/", {"what": "CHECK_FIRST|deposit"}, follow=True)

    assert "Harbor Cafe : “deposit” in a line or memo. This no longer keeps them from being called." in text(done)
    assert check_first.waiting(plumber.business) == ([], [])
    look = Checked.objects.get()
    assert look.by == "ava@avasplumbing.example"

    ava.post("/check-first/looks/end/", {"look": str(look.pk)})
    ava.post("/check-first/looks/end/", {"look": [str(look.pk), "nonsense"]})

    assert not Checked.objects.exists()
    assert [one.invoice for one in check_first.waiting(plumber.business)[0]] == [invoice]
    assert ActivityLine.objects.filter(verb="checks_again").count() == 1


def test_two_that_look_alike_are_one_tick(ava: Client, plumber: Firm) -> None:
    customer = make_customer(plumber)
    make_invoice(plumber, customer, number="2401", **LATE)
    make_invoice(plumber, customer, number="2402", **LATE)
    (group,) = check_first.groups([check_first.waiting(plumber.business)[0]], currency="USD")

    ava.post(f"/check-first/customers/{customer.pk}/looks/", {"what": group.lines[0].what})

    assert group.tickable == 1
    assert sorted(Checked.objects.values_list("about", flat=True)) == ["2401", "2402"]
    assert check_first.waiting(plumber.business) == ([], [])


def test_all_of_a_customer_is_only_what_was_on_the_page(ava: Client, plumber: Firm) -> None:
    invoice = saying(plumber, "deposit, under warranty", memo="retainage")
    page = ava.get("/check-first/")
    (group,) = page.context["groups"]
    InvoiceLine.objects.filter(invoice=invoice).update(description="deposit, warranty, holdback")

    ava.post(f"/check-first/customers/{invoice.customer_id}/looks/", {"what": group.what})

    (still,) = check_first.waiting(plumber.business)[0]
    assert [finding.about for finding in still.found] == ["holdback"]


@pytest.mark.parametrize("what", ["NO_TERMS|", "DISPUTE_OPEN|", "nonsense"])
def test_what_cannot_be_ticked_is_refused(ava: Client, plumber: Firm, what: str) -> None:
    invoice = make_invoice(plumber, due_on=None)

    answer = ava.post(f"/check-first/customers/{invoice.customer_id}/looks/", {"what": what}, follow=True)

    assert "This cannot be ticked. Nothing was changed." in text(answer)
    assert not Checked.objects.exists()


def test_looking_takes_a_role_and_the_rules_take_an_owner_or_manager(reader: Client, plumber: Firm) -> None:
    invoice = saying(plumber, "less deposit")
    worker = Client()
    worker.force_login(make_member(plumber, "tia@avasplumbing.example", Role.CONTRIBUTOR))
    tick = (f"/check-first/customers/{invoice.customer_id}/looks/", {"what": "CHECK_FIRST|deposit"})

    assert "OK to call" not in text(reader.get("/check-first/"))
    assert (reader.post(*tick).status_code, reader.post("/check-first/looks/end/").status_code) == (403, 403)
    assert worker.post(*tick).status_code == 302
    rules = ("/check-first/terms/", "/check-first/words/", "/check-first/late-fees/")
    assert [worker.post(address).status_code for address in rules] == [403, 403, 403]
    assert Checked.objects.get().by == "tia@avasplumbing.example"


def test_a_stranger_ticks_nothing_of_hers(rex: Client, plumber: Firm) -> None:
    invoice = saying(plumber, "less deposit")
    kept = Checked.objects.create(customer=invoice.customer, reason="NOT_SENT", about="", by="ava", at=now())

    answer = rex.post(f"/check-first/customers/{invoice.customer_id}/looks/", {"what": "CHECK_FIRST|deposit"})
    rex.post("/check-first/looks/end/", {"look": str(kept.pk)})

    assert answer.status_code == 404
    assert list(Checked.objects.all()) == [kept]


def test_without_a_due_date_the_firm_says_its_terms(ava: Client, plumber: Firm) -> None:
    invoice = make_invoice(plumber, due_on=None, issued_on=date(2026, 10, 1), balance="480.00")
    page = text(ava.get("/check-first/"))
    assert "1 invoice, $480.00, has no due date: nobody can say whether it is late." in page
    assert "OK to call" not in page

    wrong = ava.post("/check-first/terms/", {"days": "400"})
    assert 'id="id_days_error"' in wrong.content.decode()
    done = ava.post("/check-first/terms/", {"days": "30"}, follow=True)

    invoice.refresh_from_db()
    assert "Kept. 1 invoice has a due date by it." in text(done)
    assert (invoice.due_on, invoice.terms_assumed) == (date(2026, 10, 31), True)

    ava.post("/check-first/terms/", {"days": "30", "never": "1"})
    invoice.refresh_from_db()
    assert invoice.due_on is None


def test_the_words_are_the_firms_to_change(ava: Client, plumber: Firm) -> None:
    saying(plumber, "less deposit", number="2401")
    rush = saying(plumber, "Rush job", number="2402")

    ava.post("/check-first/words/", {"words": "  Rush   JOB \n\nrush job\n"})
    assert Business.objects.get(pk=plumber.business.pk).check_words == ["rush job"]
    plumber.business.refresh_from_db()
    assert [one.invoice for one in check_first.waiting(plumber.business)[0]] == [rush]

    ava.post("/check-first/words/", {"usual": "1", "words": "whatever"})
    assert Business.objects.get(pk=plumber.business.pk).check_words is None
    assert ActivityLine.objects.filter(verb="set_check_words").count() == 2


def test_too_many_words_are_none(ava: Client, plumber: Firm) -> None:
    answer = ava.post("/check-first/words/", {"words": "\n".join(f"word{n}" for n in range(61))})

    assert "at most 60 lines of 60 letters" in text(answer)
    assert Business.objects.get(pk=plumber.business.pk).check_words is None


def test_late_fees_in_the_terms_ask_for_no_look_and_stand_on_record(ava: Client, plumber: Firm) -> None:
    saying(plumber, "Late fee 1.5%")

    ava.post("/check-first/late-fees/", {"in_terms": "yes"})
    ava.post("/check-first/late-fees/", {"in_terms": "yes"})

    plumber.business.refresh_from_db()
    assert check_first.waiting(plumber.business) == ([], [])
    lines = ActivityLine.objects.filter(verb="attested_late_fees").values_list("actor", flat=True)
    assert list(lines) == ["ava@avasplumbing.example"]
    ava.post("/check-first/late-fees/", {"in_terms": "no"})
    plumber.business.refresh_from_db()
    assert len(check_first.waiting(plumber.business)[0]) == 1


def test_what_the_books_mark_as_disputed_is_answered_not_ticked(ava: Client, plumber: Firm) -> None:
    invoice = make_invoice(plumber, disputed_in_books=True, **LATE)

    page = ava.get("/check-first/")

    assert "Your books mark it as disputed" in text(page)
    assert (page.context["groups"][0].what, page.context["groups"][0].lines[0].freeze_url) == (
        [],
        f"/invoices/{invoice.pk}/dispute/",
    )


def test_today_counts_them_with_their_money(ava: Client, plumber: Firm) -> None:
    saying(plumber, "less deposit", balance="8000.00")
    make_invoice(plumber, due_on=None, balance="420.00")
    make_invoice(plumber, balance="99.00", disputed_in_books=False, **LATE)

    assert "2 invoices wait for a look first · $8,420.00" in text(ava.get("/"))


def test_other_currencies_are_not_added_up(ava: Client, plumber: Firm) -> None:
    saying(plumber, "less deposit", balance="100.00")
    saying(plumber, "less deposit", balance="50.00", currency="EUR")

    assert "2 invoices wait for a look · $100.00 + €50.00" in text(ava.get("/check-first/"))


def test_the_invoice_says_beside_the_gate_what_to_look_at(ava: Client, plumber: Firm) -> None:
    invoice = saying(plumber, "less deposit", number="2401")
    assert "To be looked at first You wrote “deposit” in a line less deposit" in text(ava.get("/invoices/2401/"))

    back = f"/invoices/{invoice.pk}/#look-first"
    answer = ava.post(
        f"/check-first/customers/{invoice.customer_id}/looks/", {"what": "CHECK_FIRST|deposit", "back": back}
    )

    assert answer.headers["Location"] == back
    assert "To be looked at first" not in text(ava.get("/invoices/2401/"))


def test_a_tick_leads_nowhere_else(ava: Client, plumber: Firm) -> None:
    invoice = saying(plumber, "less deposit")

    answer = ava.post(
        f"/check-first/customers/{invoice.customer_id}/looks/",
        {"what": "CHECK_FIRST|deposit", "back": "https://evil.example/"},
    )

    assert answer.headers["Location"] == "/check-first/"


def test_hundreds_are_paged_and_the_page_asks_the_same_questions(
    live: None, ava: Client, plumber: Firm, django_assert_num_queries: Any
) -> None:
    saying(plumber, "less deposit", number="1")
    ava.get("/check-first/")
    with django_assert_num_queries(QUESTIONS):
        ava.get("/check-first/")
    for number in range(30):
        saying(plumber, "less deposit, warranty", number=f"{number}-b", sent=False)

    with django_assert_num_queries(QUESTIONS):
        page = ava.get("/check-first/")

    assert (len(page.context["groups"]), page.context["page"].paginator.count) == (25, 31)
