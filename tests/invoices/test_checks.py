"""What asks for the owner's eyes before anybody is called: each reason, and the tick that is remembered."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import ActivityLine
from integrations.models import Connection
from invoices import checking
from invoices.checks import USUAL_WORDS, Finding, Reason, Sheet, findings
from invoices.models import Allocation, Checked, Invoice, InvoiceLine, Payment
from syntharra.clock import now
from tests.cast import Firm, make_customer, make_invoice

AT = datetime(2026, 10, 20, 15, tzinfo=UTC)


def sheet(**changes: Any) -> Sheet:
    plain: dict[str, Any] = {
        "customer_name": "Harbor Cafe",
        "company": "Harbor Cafe",
        "texts": ("Repair", "Water heater replacement"),
        "has_due_date": True,
        "sent": True,
        "in_flight": False,
        "balance_changed_at": None,
    }
    return Sheet(**plain | changes)


def found(
    *, attested: bool = False, words: tuple[str, ...] = USUAL_WORDS, **changes: Any
) -> list[tuple[str, str, str]]:
    all_of_it = findings(sheet(**changes), words=words, late_fees_attested=attested, at=AT)
    return [(one.reason.value, one.kind, one.about) for one in all_of_it]


def test_an_ordinary_invoice_asks_for_nothing() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"credit": Decimal("0.01")}, ("CREDIT_ON_ACCOUNT", "credit", "")),
        ({"in_flight": True}, ("PAYMENT_IN_FLIGHT", "in_flight", "")),
        ({"pending": True}, ("PAYMENT_IN_FLIGHT", "in_flight", "")),
        ({"sent": False}, ("NOT_SENT", "not_sent", "")),
        ({"has_due_date": False}, ("NO_TERMS", "no_terms", "")),
        ({"texts": ("10% RETAINAGE withheld",)}, ("CHECK_FIRST", "word", "retainage")),
        ({"texts": ("less deposits received",)}, ("CHECK_FIRST", "word", "deposit")),
        ({"texts": ("waiting for the Adjuster",)}, ("CHECK_FIRST", "word", "adjuster")),
        ({"texts": ("Late fee 1.5%",)}, ("CHECK_FIRST", "late_fee", "late fee")),
        ({"customer_name": "Ruiz c/o Elm Trust"}, ("CHECK_FIRST", "name", "c/o")),
        ({"company": "Lakeview HOA"}, ("CHECK_FIRST", "name", "hoa")),
        ({"company": "Brown Property Mgmt"}, ("CHECK_FIRST", "name", "property mgmt")),
        ({"balance_changed_at": AT - timedelta(days=2)}, ("CHECK_FIRST", "changed", "2026-10-18")),
        ({"twin": "2208"}, ("CHECK_FIRST", "twin", "2208")),
        ({"elsewhere": "Jobber 2207"}, ("CHECK_FIRST", "elsewhere", "Jobber 2207")),
    ],
)
def test_each_reason_is_found_and_says_what_it_is_about(
    changes: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    assert found(**changes) == [expected]


@pytest.mark.parametrize(
    "changes",
    [
        {"sent": None},
        {"texts": ("Depository bag", "Warrantyless pump", "insuranceworks.example")},
        {"customer_name": "Choate Hoar & Co"},
        {"balance_changed_at": AT - timedelta(days=3)},
    ],
)
def test_what_only_looks_like_a_reason_is_none(changes: dict[str, Any]) -> None:
    assert found(**changes) == []


def test_the_words_are_the_firms_to_change_and_fees_can_be_attested() -> None:
    assert found(words=("rush job",), texts=("Rush  job", "rush job", "deposit")) == [
        ("CHECK_FIRST", "word", "rush job"),
    ]
    assert found(texts=("Finance charge",), attested=True) == []


def other_books(firm: Firm, **fields: Any) -> Connection:
    """Jobber beside the firm's QuickBooks."""
    about = {"provider": "jobber", "account": "j1", "company": "Ava's Plumbing", "sandbox": True, "synced_at": now()}
    return Connection.objects.create(**about | fields, connected_at=now(), connected_by=firm.owner.email)


def reasons(invoice: Invoice) -> list[tuple[Reason, str]]:
    return [(one.reason, one.about) for one in checking.open_findings([invoice])[invoice.pk]]


def test_a_change_late_in_the_evening_is_named_by_the_firms_own_day(plumber: Firm) -> None:
    evening = datetime.combine(now().date(), time(2, 30), UTC)  # half past nine or ten in New York, the day before
    invoice = make_invoice(plumber, balance_changed_at=evening)

    assert reasons(invoice) == [(Reason.CHECK_FIRST, (evening.date() - timedelta(days=1)).isoformat())]


def test_a_tick_is_remembered_for_this_customer_and_this_reason(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    other = make_invoice(plumber)
    InvoiceLine.objects.filter(invoice__in=(invoice, other)).update(description="less deposit")

    checking.tick(invoice.customer_id, "CHECK_FIRST", "deposit", by=plumber.owner)
    checking.tick(invoice.customer_id, "CHECK_FIRST", "deposit", by=plumber.owner)

    later = make_invoice(plumber, invoice.customer, issued_on=date(2026, 10, 1))
    InvoiceLine.objects.filter(invoice=later).update(description="deposit and warranty")
    assert reasons(invoice) == []
    assert reasons(later) == [(Reason.CHECK_FIRST, "warranty")]
    assert reasons(other) == [(Reason.CHECK_FIRST, "deposit")]
    assert ActivityLine.objects.filter(verb="checked_first").count() == 1

    assert checking.untick(invoice.customer_id, "CHECK_FIRST", "deposit", by=plumber.owner) is True
    assert reasons(invoice) == [(Reason.CHECK_FIRST, "deposit")]


@pytest.mark.parametrize("reason", ["NO_TERMS", "DISPUTE_OPEN", ""])
def test_what_cannot_be_ticked_is_refused_and_nothing_is_kept(plumber: Firm, reason: str) -> None:
    customer = make_customer(plumber)

    with pytest.raises(checking.NotThere):
        checking.tick(customer.pk, reason, "", by=plumber.owner)

    assert not Checked.objects.exists()


def test_without_terms_of_the_firm_an_invoice_without_a_due_date_is_never_late(plumber: Firm) -> None:
    invoice = make_invoice(plumber, due_on=None, issued_on=date(2026, 8, 1))
    assert reasons(invoice) == [(Reason.NO_TERMS, "")]

    assert checking.set_terms(plumber.business, 30, by=plumber.owner) == 1
    invoice.refresh_from_db()
    assert (invoice.due_on, invoice.terms_assumed, reasons(invoice)) == (date(2026, 8, 31), True, [])

    assert checking.set_terms(plumber.business, None, by=plumber.owner) == 1
    invoice.refresh_from_db()
    assert (invoice.due_on, invoice.terms_assumed) == (None, False)


def test_money_on_its_way_keeps_calls_away_until_it_arrived(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    coming = Payment.objects.create(
        connection=plumber.connection, customer=invoice.customer, external_id="p1", amount="796.00", currency="USD",
        paid_on=date(2026, 10, 19), pending=True,
    )  # fmt: skip
    tie = Allocation.objects.create(
        payment=coming, invoice=invoice, kind="coming", amount="796.00", currency="USD", seen_at=now(), changed_at=now()
    )
    assert reasons(invoice) == [(Reason.PAYMENT_IN_FLIGHT, "")]

    Allocation.objects.filter(pk=tie.pk).update(amount=0)
    assert reasons(invoice) == []


def test_money_on_its_way_that_names_no_invoice_keeps_calls_away_from_the_whole_family(plumber: Firm) -> None:
    parent = make_customer(plumber, "Lakeview Holding")
    branch = make_customer(plumber, "Lakeview North", parent_external_id=parent.external_id)
    invoice, stranger = make_invoice(plumber, branch), make_invoice(plumber)
    coming = Payment.objects.create(
        connection=plumber.connection, customer=parent, external_id="p1", amount="796.00", unapplied="796.00",
        currency="USD", paid_on=date(2026, 10, 19), pending=True,
    )  # fmt: skip
    assert reasons(invoice) == [(Reason.PAYMENT_IN_FLIGHT, "")]
    assert reasons(stranger) == []

    Payment.objects.filter(pk=coming.pk).update(pending=False)
    assert reasons(invoice) == [(Reason.CREDIT_ON_ACCOUNT, "")]


@pytest.mark.parametrize(
    ("written", "about"),
    [
        ("Late-fee, October", "late fee"),
        ("LATE  FEES", "late fee"),
        ("Late payment fee", "late payment fee"),
        ("1.5 % interest on overdue balance", "interest on overdue"),
        ("holdback's release", "holdback"),
    ],
)
def test_a_word_is_found_however_it_is_put_together(plumber: Firm, written: str, about: str) -> None:
    invoice = make_invoice(plumber)
    InvoiceLine.objects.filter(invoice=invoice).update(description=written)

    assert reasons(invoice) == [(Reason.CHECK_FIRST, about)]


@pytest.mark.parametrize(
    "name", ["Oak Hill Homeowners' Association", "Oak Hill Homeowner’s Association", "Oak Hill H.O.A."]
)
def test_an_association_is_known_by_any_spelling_of_its_name(plumber: Firm, name: str) -> None:
    found = reasons(make_invoice(plumber, make_customer(plumber, name)))

    assert [reason for reason, _about in found] == [Reason.CHECK_FIRST]


def test_credit_anywhere_in_the_family_counts_for_all_of_it(plumber: Firm) -> None:
    parent = make_customer(plumber, "Lakeview Holding", open_credit=Decimal("50.00"))
    branch = make_customer(plumber, "Lakeview North", parent_external_id=parent.external_id)
    sister = make_customer(plumber, "Lakeview South", parent_external_id=parent.external_id)
    stranger = make_customer(plumber, "Somebody else")

    assert checking.credit_of([parent, branch, sister, stranger]) == {
        parent.pk: Decimal("50.00"),
        branch.pk: Decimal("50.00"),
        sister.pk: Decimal("50.00"),
    }


@pytest.mark.parametrize("holder", range(5))
def test_credit_counts_however_far_up_or_down_the_family_it_lies(plumber: Firm, holder: int) -> None:
    names = ["holding", "region", "city", "street", "unit"]
    line = [
        make_customer(plumber, name, external_id=name, parent_external_id=above)
        for name, above in zip(names, ["", *names], strict=False)
    ]
    aunt = make_customer(plumber, "another region", parent_external_id="holding")
    stranger = make_customer(plumber, "Somebody else")
    line[holder].open_credit = Decimal("50.00")
    line[holder].save()

    for one in (*line, aunt):
        assert checking.credit_of([one]) == {one.pk: Decimal("50.00")}
    assert checking.credit_of([stranger]) == {}


def test_a_family_of_other_books_with_the_same_ids_is_another_family(plumber: Firm) -> None:
    theirs = other_books(plumber)
    make_customer(plumber, external_id="1", connection=theirs, open_credit=Decimal("50.00"))
    branch = make_customer(plumber, parent_external_id="1")

    assert checking.credit_of([branch]) == {}


def test_books_that_make_somebody_his_own_grandfather_are_read_all_the_same(plumber: Firm) -> None:
    make_customer(plumber, external_id="a", parent_external_id="b", open_credit=Decimal("50.00"))
    second = make_customer(plumber, external_id="b", parent_external_id="a")

    assert checking.credit_of([second]) == {second.pk: Decimal("50.00")}


@pytest.mark.parametrize("count", [2, 12])
def test_large_families_take_no_more_queries_than_small_ones(plumber: Firm, count: int) -> None:
    for holding in range(count):
        make_customer(plumber, external_id=f"h{holding}")
        make_customer(plumber, external_id=f"r{holding}", parent_external_id=f"h{holding}")
    units = [make_customer(plumber, parent_external_id=f"r{number}") for number in range(count)]

    with CaptureQueriesContext(connection) as captured:
        checking.credit_of(units)

    assert len(captured) == 5  # two levels up, one look down, payments, credit memos


def test_the_same_bill_twice_is_looked_at_and_another_customers_is_not(plumber: Firm) -> None:
    customer = make_customer(plumber)
    first, second = make_invoice(plumber, customer), make_invoice(plumber, customer)
    elsewhere = make_invoice(plumber)

    seen = checking.open_findings([first, second, elsewhere])

    assert seen[first.pk] == [Finding(Reason.CHECK_FIRST, "twin", second.number)]
    assert seen[second.pk] == [Finding(Reason.CHECK_FIRST, "twin", first.number)]
    assert seen[elsewhere.pk] == []


def in_both(firm: Firm, of_it: dict[str, Any], **bill: Any) -> tuple[Invoice, Invoice]:
    """One bill in QuickBooks and, with what may be otherwise there, in Jobber."""
    jobber = other_books(firm, **of_it)
    first = make_invoice(firm, make_customer(firm, "Reyes, José", phone="+16145550177"), number="77")
    same = make_customer(firm, **{"name": "José Reyes", "phone": "+16145550188"} | bill, connection=jobber)
    return first, make_invoice(firm, same, number="77", connection=jobber)


@pytest.mark.parametrize("customer", [{"name": "JOSE  REYES"}, {"name": "Elm Lofts", "phone": "+16145550177"}])
def test_one_bill_in_two_connected_books_is_looked_at_in_both(plumber: Firm, customer: dict[str, Any]) -> None:
    first, second = in_both(plumber, {}, **customer)

    seen = checking.open_findings([first, second])

    assert seen[first.pk] == [Finding(Reason.CHECK_FIRST, "elsewhere", "Jobber 77")]
    assert seen[second.pk] == [Finding(Reason.CHECK_FIRST, "elsewhere", "QuickBooks Online 77")]
    assert checking.open_findings([first])[first.pk] == seen[first.pk]
    checking.tick(first.customer_id, "CHECK_FIRST", "Jobber 77", by=plumber.owner)
    assert [bool(found) for found in checking.open_findings([first, second]).values()] == [False, True]


@pytest.mark.parametrize(
    ("books", "bill"),
    [
        ({}, {"total": "500.00"}),
        ({}, {"currency": "CAD"}),
        ({}, {"number": "78"}),
        ({}, {"balance": "0.00", "books_status": "paid"}),
        ({"state": "disconnected"}, {}),
    ],
)
def test_another_bill_or_books_no_longer_connected_ask_for_nothing(
    plumber: Firm, books: dict[str, Any], bill: dict[str, Any]
) -> None:
    first, second = in_both(plumber, books)
    Invoice.objects.filter(pk=second.pk).update(**bill)

    assert reasons(first) == []


def test_another_customers_bill_of_the_same_number_is_another_bill(plumber: Firm) -> None:
    first, _second = in_both(plumber, {}, name="Elm Lofts")

    assert reasons(first) == []


@pytest.mark.parametrize("count", [2, 12])
def test_bills_in_two_books_take_the_same_queries_however_many(plumber: Firm, count: int) -> None:
    jobber = other_books(plumber)
    theirs = [make_customer(plumber, connection=jobber) for _ in range(count)]
    invoices = [make_invoice(plumber, one, connection=jobber) for one in theirs]
    invoices += [make_invoice(plumber, number=one.number) for one in invoices]

    with CaptureQueriesContext(connection) as captured:
        found = checking.open_findings(invoices, business=plumber.business)

    assert (len(captured), sum(len(some) for some in found.values())) == (11, 2 * count)


@pytest.mark.parametrize("count", [2, 12])
def test_looking_takes_the_same_queries_however_many_invoices(plumber: Firm, count: int) -> None:
    invoices = [make_invoice(plumber) for _ in range(count)]

    with CaptureQueriesContext(connection) as captured:
        checking.open_findings(invoices, business=plumber.business)

    assert len(captured) == 9
