"""Does the new bill replace the old one; who is at a customer and who of them is called: asked and answered on the pages."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client

from accounts.models import ActivityLine, Role
from compliance.models import StopKind
from compliance.services import stop
from invoices import replacements
from invoices.models import Contact, Customer, Hold, Invoice, Replacement
from syntharra.clock import now
from tests.cast import Firm, make_customer, make_invoice, make_member


def text(answer: Any) -> str:
    """What a reader sees: no tags, one space between words."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.content.decode())).split())


def reader_of(firm: Firm) -> Client:
    browser = Client()
    browser.force_login(make_member(firm, "reader@avasplumbing.example", Role.READ_ONLY))
    return browser


@pytest.fixture
def asked(plumber: Firm) -> Replacement:
    customer = make_customer(plumber)
    make_invoice(plumber, customer, number="2207", books_status="void", balance="0.00", total="796.00")
    newer = make_invoice(plumber, customer, number="2231", balance="600.00", issued_on=date(2026, 9, 20))
    replacements.remember([newer.pk])
    replacements.look()
    return Replacement.objects.get()


def test_the_question_stands_on_today_and_on_both_invoices(ava: Client, asked: Replacement) -> None:
    assert "Does 2231 replace 2207? · Harbor Cafe The new one is on hold until you say." in text(ava.get("/"))

    pages = [text(ava.get(f"/invoices/{number}/")) for number in ("2207", "2231")]

    sides = "Before 2207 Void $796.00 $0.00 open Issued Sep 3 Water heater replacement $0.00 New 2231 Open $600.00"
    assert [("Does 2231 replace 2207?" in page, sides in page) for page in pages] == [(True, True)] * 2
    assert "On hold: it may replace an older one" in pages[1]


@pytest.mark.parametrize(("said", "holds"), [("yes", True), ("no", False)])
def test_the_answer_is_given_once(ava: Client, asked: Replacement, said: str, holds: bool) -> None:
    address = f"/replacements/{asked.pk}/answer/"

    ava.post(address, {"replaces": "perhaps"})
    assert Replacement.objects.get().answer is None
    ava.post(address, {"replaces": said})
    other = ava.post(address, {"replaces": "no" if said == "yes" else "yes"}, follow=True)

    assert "ava@avasplumbing.example has answered the other way already." in text(other)
    assert Replacement.objects.get().answer is holds
    assert not Hold.objects.running(now()).exists()
    assert "Does 2231 replace 2207?" not in text(ava.get("/invoices/2231/"))
    assert ("Replaces 2207" in text(ava.get("/invoices/2231/"))) is holds


def test_yes_about_a_disputed_bill_says_that_the_new_one_stays_quiet(ava: Client, asked: Replacement) -> None:
    Invoice.objects.filter(number="2231").update(disputed_in_books=False)
    ava.post("/invoices/2207/dispute/", {"words": "Never finished.", "reason": "quality"})

    assert "2231 goes on where 2207 was, and stays quiet while 2207 is disputed." in text(ava.get("/invoices/2231/"))


def test_answering_takes_an_owner_or_manager_of_this_business(plumber: Firm, rex: Client, asked: Replacement) -> None:
    reader = reader_of(plumber)
    address = f"/replacements/{asked.pk}/answer/"

    assert reader.post(address, {"replaces": "yes"}).status_code == 403
    assert rex.post(address, {"replaces": "yes"}).status_code == 404
    assert "An owner or manager answers this." in text(reader.get("/invoices/2231/"))
    assert Replacement.objects.get().answer is None


@pytest.fixture
def lofts(plumber: Firm) -> Customer:
    customer = make_customer(plumber, "Elm Street Lofts", contact_name="Dana Ruiz", phone="+16145550100")
    others = [
        ("site", 0, "Sam Fisk", "site super", "+16145550122", ""),
        ("tenant", 0, "Gwen Osei", "Unit 4", "", "unreadable"),
        ("billing", 1, "Ina Lowe", "accounts payable", "+16145550177", ""),
        ("other", 0, "Al Burr", "", "+16145550188", ""),
    ]
    for role, rank, name, title, phone, problem in others:
        Contact.objects.create(
            customer=customer, role=role, rank=rank, name=name, title=title, phone=phone,
            phone_raw=phone or "call office", phone_problem=problem,
        )  # fmt: skip
    return customer


def test_everybody_there_is_shown_with_whether_he_is_called_and_why_not(ava: Client, lofts: Customer) -> None:
    people = ava.get(f"/customers/{lofts.pk}/").context["contacts"]

    assert [(one.name, one.title, one.called, one.note) for one in people] == [
        ("Dana Ruiz", "", True, "the one we call about money"),
        ("Ina Lowe", "accounts payable", False, "pays the bills too; no consent on record for this number"),
        ("Sam Fisk", "site super", False, "not called about money: there for the site"),
        ("Gwen Osei", "Unit 4", False, "never contacted about money: lives or works there"),
        ("Al Burr", "", False, "not called about money: nobody says that they pay the bills"),
    ]


def test_what_keeps_the_first_number_from_being_called_is_said(ava: Client, lofts: Customer) -> None:
    stop(lofts.pk, StopKind.OPT_OUT, number="+16145550100", words="Stop.", source="call", by="Dana Ruiz")

    first = ava.get(f"/customers/{lofts.pk}/").context["contacts"][0]

    assert (first.called, first.note.startswith("not called: ")) == (False, True)


def test_a_member_says_what_somebody_is_there_for(ava: Client, lofts: Customer) -> None:
    sam = lofts.contacts.get(name="Sam Fisk")
    form = {"contact": str(sam.pk), "who": "Sam Fisk|+16145550122", "role": "billing"}

    done = ava.post(f"/customers/{lofts.pk}/roles/", form, follow=True)
    twice = ava.post(f"/customers/{lofts.pk}/roles/", form)

    assert "Sam Fisk is there for: Billing. It holds whatever your books say." in text(done)
    assert twice.status_code == 302
    first = ava.get(f"/customers/{lofts.pk}/").context["contacts"][0]
    assert (first.name, first.decided) == ("Sam Fisk", "said by ava@avasplumbing.example")
    assert ActivityLine.objects.filter(verb="decided_role").count() == 1


def test_somebody_the_books_name_twice_moves_as_one(ava: Client, lofts: Customer) -> None:
    Contact.objects.create(
        customer=lofts, role="billing", rank=2, name="Dana Ruiz", phone="+16145550100", phone_raw="+16145550100"
    )
    dana = lofts.contacts.get(name="Dana Ruiz", rank=0)

    ava.post(f"/customers/{lofts.pk}/roles/", {"contact": str(dana.pk), "role": "site"})

    assert set(lofts.contacts.filter(name="Dana Ruiz").values_list("role", flat=True)) == {"site"}


def test_a_role_nobody_knows_and_a_person_who_left_change_nothing(ava: Client, lofts: Customer) -> None:
    sam = lofts.contacts.get(name="Sam Fisk")
    address = f"/customers/{lofts.pk}/roles/"

    ava.post(address, {"contact": str(sam.pk), "role": "boss"})
    gone = ava.post(address, {"contact": "nonsense", "who": "Nobody|", "role": "billing"}, follow=True)

    assert "Your books have changed meanwhile. Look again, please." in text(gone)
    assert ActivityLine.objects.filter(verb="decided_role").count() == 0


def test_roles_are_said_by_those_who_work_here(plumber: Firm, rex: Client, lofts: Customer) -> None:
    address = f"/customers/{lofts.pk}/roles/"

    assert reader_of(plumber).post(address, {"role": "billing"}).status_code == 403
    assert rex.post(address, {"role": "billing"}).status_code == 404


def test_estimates_and_what_the_books_say_of_a_payment_are_shown(ava: Client, plumber: Firm) -> None:
    invoice = make_invoice(plumber, number="2207", estimate="E-118", in_flight=True, terms_assumed=True)

    page = text(ava.get("/invoices/2207/"))

    assert "Estimate E-118" in page
    assert "Payment on its way, your books say" in page
    assert "2207 estimate E-118" in text(ava.get(f"/customers/{invoice.customer_id}/"))
