"""The small-claims page: what the court hears, how long, from which source; never advice, never for another firm."""

from datetime import date
from typing import Any

from django.test import Client

from calls.models import FinalChoice
from disputes import evidence
from disputes.freeze import NewClaim
from disputes.services import open_dispute
from invoices.models import Invoice
from notifications.models import Message
from syntharra.clock import now
from tests.cast import Firm, make_customer, make_invoice
from tests.desk.test_pages import text


def at_the_end(firm: Firm, **fields: Any) -> Invoice:
    invoice = make_invoice(firm, **fields)
    Invoice.objects.filter(pk=invoice.pk).update(left_reason="your_decision", left_at=now())
    return invoice


def url(invoice: Invoice, state: str = "") -> str:
    return f"/invoices/{invoice.pk}/small-claims/" + (f"?state={state}" if state else "")


def test_it_says_limit_time_court_source_and_that_it_is_no_advice(ava: Client, plumber: Firm) -> None:
    page = text(ava.get(url(at_the_end(plumber, due_on=date(2026, 8, 3)))))

    assert "Figures with their dates, not legal advice." in page
    assert "$6,000.00" in page
    assert "The balance of $796.00 is within the limit." in page
    assert "6 years, through Tuesday, August 3, 2032: 2,079 days left." in page
    assert "Counted from the due date" in page
    assert "The courts of Ohio" in page
    assert "as of 2026-11 · seen in the source named" in page
    assert "Time-barred" not in page


def test_a_balance_above_the_limit_says_by_how_much(ava: Client, plumber: Firm) -> None:
    page = text(ava.get(url(at_the_end(plumber, balance="6200.50"))))

    assert "The balance of $6,200.50 is $200.50 above the limit: this court does not hear the whole of it." in page


def test_what_is_too_old_is_said_first(ava: Client, plumber: Firm) -> None:
    page = text(ava.get(url(at_the_end(plumber, due_on=date(2020, 11, 23)))))

    assert "Time-barred by this count. The time to sue for it is over." in page
    assert "6 years: over since Monday, November 23, 2026." in page


def test_an_unknown_state_is_asked_for_and_any_other_may_be_chosen(ava: Client, plumber: Firm) -> None:
    invoice = at_the_end(plumber, customer=make_customer(plumber, "Nowhere Inc", state=""))

    asked = text(ava.get(url(invoice)))
    chosen = text(ava.get(url(invoice, "US-KS")))
    nonsense = text(ava.get(url(invoice, "US-ZZ")))

    assert "In which state?" in asked
    assert "Most this court hears" not in asked
    assert "The courts of Kansas" in chosen
    assert "sources differ: check before you rely on it" in chosen
    assert "In which state?" in nonsense


def test_the_evidence_pack_of_its_dispute_is_one_click_away(ava: Client, plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    claim = NewClaim(source="page", source_key="p1", words="The roof leaks", by="Ana")
    (dispute,) = open_dispute(invoice.pk, claim=claim)

    before = ava.get(url(invoice)).content.decode()
    pack = evidence.make(dispute.pk, by=plumber.owner)
    after = ava.get(url(invoice)).content.decode()

    assert f"/disputes/{dispute.number}/#evidence" in before
    assert f"/disputes/{dispute.number}/evidence/{pack.pk}/" in after
    assert f"/disputes/{dispute.number}/resolution/" in after


def test_going_to_court_leaves_collection_for_good(ava: Client, plumber: Firm) -> None:
    invoice = at_the_end(plumber)

    answer = ava.post(f"/your-decision/{invoice.pk}/", {"choice": "small_claims", "words": "She will not answer"})

    invoice.refresh_from_db()
    assert answer["Location"] == url(invoice)
    assert invoice.left_reason == "small_claims"
    assert FinalChoice.objects.get(invoice=invoice).choice == "court"
    assert not Message.objects.exclude(purpose="account").exists()


def test_nobody_else_sees_it_and_no_other_invoice_has_it(ava: Client, rex: Client, plumber: Firm) -> None:
    ended, running = at_the_end(plumber), make_invoice(plumber)

    assert rex.get(url(ended)).status_code == 404
    assert ava.get(url(running)).status_code == 404


def test_it_asks_the_database_the_same_however_many_disputes_there_were(
    ava: Client, plumber: Firm, django_assert_max_num_queries: Any
) -> None:
    invoice = at_the_end(plumber)
    ava.get(url(invoice))

    with django_assert_max_num_queries(12):
        ava.get(url(invoice))
