"""A bill written anew under another number: asked about once, quiet until answered, never three fresh calls."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from calls.history import History
from calls.models import Attempt, AttemptInvoice
from invoices import replacements, tasks
from invoices.models import Hold, Invoice, InvoiceLine, Promise, Replacement
from syntharra import due
from syntharra.clock import now
from tests.cast import Firm, make_customer, make_invoice

MOMENT = datetime(2026, 10, 20, tzinfo=UTC)
HEATER = [("Water heater replacement, 50 gal", Decimal("796.00")), ("Haul away of the old unit", Decimal("40.00"))]


def test_alike_is_told_from_another_job_by_the_words_not_the_numbers() -> None:
    again = [("Water heater replacement, 40 gal", Decimal("600.00")), ("Haul away of the old unit", Decimal("40.00"))]

    assert replacements.similar(HEATER, again) == 1.0
    assert replacements.similar(HEATER, [("Drain cleaning, kitchen", Decimal("120.00"))]) < 0.3
    assert replacements.similar(HEATER, []) == 0.0


def read(*fresh: Invoice) -> int:
    """These came new in a reading of the books."""
    replacements.remember([invoice.pk for invoice in fresh])
    return replacements.look()


def voided_and_new(firm: Firm, **older: Any) -> tuple[Invoice, Invoice]:
    customer = make_customer(firm)
    gave_way: dict[str, Any] = {"books_status": "void", "balance": "0.00", "total": "796.00"}
    return (
        make_invoice(firm, customer, **gave_way | older),
        make_invoice(firm, customer, balance="600.00", issued_on=date(2026, 9, 20)),
    )


def test_a_copy_of_a_voided_bill_is_asked_about_and_held(plumber: Firm) -> None:
    older, newer = voided_and_new(plumber)

    assert read(newer) == 1
    assert read(newer) == 0

    asked = Replacement.objects.get()
    assert (asked.invoice, asked.older, asked.answer) == (newer, older, None)
    assert [(hold.invoice, hold.reason) for hold in Hold.objects.all()] == [(newer, "replacement?")]
    assert newer not in Invoice.objects.collectable(on=date(2026, 12, 1))


@pytest.mark.parametrize(
    "older",
    [
        {"books_status": "open", "balance": "796.00"},  # next month's bill, or a twin
        {"issued_on": date(2026, 5, 1)},
        {"currency": "EUR"},
    ],
)
def test_what_is_no_replacement_is_not_asked_about(plumber: Firm, older: dict[str, Any]) -> None:
    _older, newer = voided_and_new(plumber, **older)

    assert read(newer) == 0
    assert not Hold.objects.exists()


def test_another_job_and_a_bill_that_was_paid_are_not_asked_about(plumber: Firm) -> None:
    older, newer = voided_and_new(plumber)
    InvoiceLine.objects.filter(invoice=older).update(item="Drain", description="Cleaned the kitchen line")

    assert read(newer) == 0


def test_yes_inherits_the_calls_made_and_no_goes_its_own_way(plumber: Firm) -> None:
    older, newer = voided_and_new(plumber)
    attempt = Attempt.objects.create(
        customer=older.customer, number=1, to="+16145550103", planned_for=now(), status="ended", dialing_at=now(),
        dialing_on=now().date(), ended_at=now(), disposition="no_answer", counted=True,
    )  # fmt: skip
    AttemptInvoice.objects.create(attempt=attempt, invoice=older)
    read(newer)
    asked = Replacement.objects.get()

    replacements.answer(asked.pk, replaces=True, by=plumber.owner)
    replacements.answer(asked.pk, replaces=True, by=plumber.owner)

    past = History.of([older.customer_id], [])
    assert past.of_invoice[newer.pk] == [attempt.pk]
    assert Hold.objects.running(now()).count() == 0
    newer.refresh_from_db()
    assert newer.replaces == older
    with pytest.raises(replacements.AnsweredAlready):
        replacements.answer(asked.pk, replaces=False, by=plumber.owner)


def test_no_lifts_the_hold_and_inherits_nothing(plumber: Firm) -> None:
    _older, newer = voided_and_new(plumber)
    read(newer)

    replacements.answer(Replacement.objects.get().pk, replaces=False, by=plumber.owner)

    newer.refresh_from_db()
    assert newer.replaces is None
    assert newer in Invoice.objects.collectable(on=date(2026, 12, 1))


def test_what_replaces_a_disputed_bill_stays_quiet_after_the_yes(plumber: Firm) -> None:
    from disputes.freeze import NewClaim
    from disputes.services import open_dispute

    customer = make_customer(plumber)
    older = make_invoice(plumber, customer)
    open_dispute(older.pk, claim=NewClaim(source="member", source_key="m1", words="never finished"))
    newer = make_invoice(plumber, customer, balance="600.00", issued_on=date(2026, 9, 20))
    assert read(newer) == 1

    replacements.answer(Replacement.objects.get().pk, replaces=True, by=plumber.owner)

    assert newer not in Invoice.objects.collectable(on=date(2026, 12, 1))


@pytest.mark.parametrize(
    "stop",
    [{"paused_reason": "already_paid", "paused_at": MOMENT}, {"left_reason": "agency", "left_at": MOMENT}],
)
def test_what_stopped_the_older_bill_keeps_the_new_one_on_hold(plumber: Firm, stop: dict[str, Any]) -> None:
    _older, newer = voided_and_new(plumber, **stop)
    read(newer)

    replacements.answer(Replacement.objects.get().pk, replaces=True, by=plumber.owner)

    assert newer not in Invoice.objects.collectable(on=date(2026, 12, 1))


@pytest.mark.parametrize("what", ["hold", "promise"])
def test_a_hold_or_a_promise_on_the_older_bill_keeps_the_new_one_on_hold(plumber: Firm, what: str) -> None:
    older, newer = voided_and_new(plumber)
    read(newer)
    about: dict[str, Any] = {"customer": older.customer, "invoice": older}
    if what == "hold":
        Hold.objects.create(**about, reason="a friend of the firm", by=plumber.owner.email, since=now())
    else:
        said = {"amount": Decimal("600.00"), "currency": "USD", "source": "call", "made_at": now()}
        Promise.objects.create(**about, **said, promised_for=date(2026, 12, 1), holds_until=date(2026, 12, 8))

    replacements.answer(Replacement.objects.get().pk, replaces=True, by=plumber.owner)

    assert newer not in Invoice.objects.collectable(on=date(2027, 1, 1))


def test_a_bill_written_before_the_old_one_was_voided_is_asked_about_then(plumber: Firm) -> None:
    older, newer = voided_and_new(plumber, books_status="open", balance="796.00")
    assert read(newer) == 0
    Invoice.objects.filter(pk=older.pk).update(books_status="void", balance="0.00")

    assert read(older) == 1

    assert Replacement.objects.get().invoice == newer


def test_what_was_remembered_is_looked_at_once_and_again_when_it_changes(plumber: Firm) -> None:
    older, newer = voided_and_new(plumber)
    Invoice.objects.filter(pk=older.pk).update(books_status="open", balance="796.00")

    assert (read(newer), due.rows_noted("replacement")) == (0, set())
    Invoice.objects.filter(pk=older.pk).update(books_status="void", balance="0.00")
    assert (replacements.look(), read(older), due.rows_noted("replacement")) == (0, 1, set())


def test_a_bill_taken_back_while_we_looked_is_looked_at_once_more(plumber: Firm) -> None:
    _older, newer = voided_and_new(plumber)
    replacements.remember([newer.pk])

    def changed_meanwhile() -> None:
        replacements.remember([newer.pk])

    assert replacements.look(changed_meanwhile) == 1
    assert due.rows("replacement") == [newer.pk]


def test_the_sweep_asks_what_nobody_got_to(plumber: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    _older, newer = voided_and_new(plumber)
    replacements.remember([newer.pk])
    monkeypatch.setattr(tasks.look_for_replacements, "delay", tasks.look_for_replacements)

    tasks.sweep()

    assert Replacement.objects.get().invoice == newer
    assert due.rows_noted("replacement") == set()
