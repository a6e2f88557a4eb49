"""What we write into the books: once, under its own key, read back; by the owner's hand where no program can."""

import threading
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections as databases
from django.db import transaction

from accounts.models import ActivityLine
from disputes import reminders
from disputes.freeze import NewClaim
from disputes.models import Dispute
from disputes.services import open_dispute_held, release
from integrations import pace
from integrations.abilities import Act
from integrations.ledger import LedgerInvoice, Written
from integrations.models import Connection
from invoices import entries
from invoices.by_hand import doors_of, steps_of
from invoices.models import BookEntry, Invoice
from invoices.services import hold
from invoices.sync import sync
from notifications import outbox
from notifications.models import Duty
from syntharra.clock import now
from syntharra.tenancy import acting_for
from tests.cast import Firm, make_invoice
from tests.contracts.rigs import Rig, rig, start_anew
from tests.integrations.quickbooks.avas_books import unconnected


def ask(invoice: Invoice, act: Act, cause: str = "owner 1", **fields: Any) -> BookEntry:
    return entries.ask(invoice.pk, act, cause=cause, by="ava@avasplumbing.example", **fields)


def again(entry: BookEntry) -> BookEntry:
    return BookEntry.objects.select_related("invoice__connection").get(pk=entry.pk)


def freeze(invoice: Invoice) -> Dispute:
    with transaction.atomic():
        said = NewClaim(source="member", source_key="m1", words="They never finished the job")
        return open_dispute_held(hold(invoice.pk), said)[0]


# By hand


def test_what_no_program_can_write_is_the_owners_with_the_steps(plumber: Firm) -> None:
    invoice = make_invoice(plumber, number="2207", external_id="145")

    entry = again(ask(invoice, Act.NOTE, words="Ana looks for the check."))

    assert (entry.status, entry.words) == ("by_hand", "Ana looks for the check.")
    assert not Duty.objects.filter(kind="book_entry").exists()
    assert list(steps_of(entry)) == [
        "Open the customer in QuickBooks and choose the Notes tab.",
        "Write the note there: customers never see it.",
    ]
    assert [(door.words, door.url) for door in doors_of(entry)] == [
        ("Open 2207 in QuickBooks Online", "https://app.qbo.intuit.com/app/invoice?txnId=145")
    ]


def test_asked_twice_for_one_cause_is_once_and_two_wishes_are_two(plumber: Firm) -> None:
    invoice = make_invoice(plumber)

    first = ask(invoice, Act.LOWER, amount=Decimal("100.00"))
    second = ask(invoice, Act.LOWER, amount=Decimal("100.00"))
    other = ask(invoice, Act.LOWER, cause="owner 2", amount=Decimal("100.00"))

    assert (first, BookEntry.objects.count()) == (second, 2)
    assert other.pk != first.pk
    assert sorted(Duty.objects.values_list("kind", "key")) == sorted(
        ("book_entry", str(entry.pk)) for entry in (first, other)
    )
    assert ActivityLine.objects.filter(verb="asked_of_books").count() == 2


@pytest.mark.parametrize("amount", [None, Decimal("0.00"), Decimal("-1.00"), Decimal("796.01")])
def test_an_amount_that_makes_no_sense_is_refused_and_nothing_is_owed(plumber: Firm, amount: Decimal | None) -> None:
    invoice = make_invoice(plumber, balance="796.00")

    with pytest.raises(entries.NotWritable):
        ask(invoice, Act.LOWER, amount=amount)

    assert (BookEntry.objects.count(), Duty.objects.count()) == (0, 0)


def test_reminders_without_on_or_off_are_refused(plumber: Firm) -> None:
    with pytest.raises(entries.NotWritable):
        ask(make_invoice(plumber), Act.REMINDERS)

    assert BookEntry.objects.count() == 0


def test_the_owner_ticks_what_he_did_once(plumber: Firm) -> None:
    entry = ask(make_invoice(plumber), Act.NOTE, words="Ana looks for the check.")

    entries.tick(entry.pk, by=plumber.owner)
    entries.tick(entry.pk, by=plumber.owner)

    assert (again(entry).status, again(entry).ended_by) == ("done", "ava@avasplumbing.example")
    assert ActivityLine.objects.filter(verb="did_in_books").count() == 1


def test_what_is_taken_back_is_never_written_and_what_is_done_stays(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    wanted, done = ask(invoice, Act.LOWER, amount=Decimal("5.00")), ask(invoice, Act.NOTE, words="x")
    entries.tick(done.pk, by=plumber.owner)

    entries.cancel(wanted.pk, by="ava@avasplumbing.example")
    entries.cancel(done.pk, by="ava@avasplumbing.example")

    assert (again(wanted).status, again(done).status) == ("canceled", "done")
    assert entries.carry_out(wanted.pk) == "was canceled"
    with pytest.raises(entries.NotWritable):
        entries.tick(wanted.pk, by=plumber.owner)


def test_what_was_taken_back_and_is_wanted_again_is_owed_again(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    entry = ask(invoice, Act.LOWER, amount=Decimal("5.00"))
    entries.cancel(entry.pk, by="ava@avasplumbing.example")

    assert ask(invoice, Act.LOWER, amount=Decimal("5.00")).pk == entry.pk

    assert (again(entry).status, again(entry).ended_at) == ("owed", None)
    assert Duty.objects.filter(kind="book_entry", done_at=None).count() == 2


def test_what_the_books_have_although_it_was_canceled_meanwhile_is_on_record(plumber: Firm) -> None:
    entry = ask(make_invoice(plumber), Act.REMINDERS, on=False, cause="dispute D-1001")
    BookEntry.objects.filter(pk=entry.pk).update(status="canceled", ended_at=now())
    facts = LedgerInvoice(
        external_id=entry.invoice.external_id, number="1", customer="1", status="open", vendor_status="", currency="USD",
        total=Decimal(1), balance=Decimal(1), issued_on=None, due_on=None, lines=(), memo="", sent=True, payments=None,
        pay_url=None, updated_at=None,
    )  # fmt: skip

    entries._done(entry.pk, Written("c-1", "", facts))

    assert (again(entry).status, again(entry).external_id) == ("done", "c-1")
    back = BookEntry.objects.exclude(pk=entry.pk).get()
    assert (back.act, back.on, back.cause) == ("reminders", True, "dispute D-1001 over")


def test_books_that_were_let_go_leave_it_to_the_owner(plumber: Firm) -> None:
    entry = ask(make_invoice(plumber), Act.LOWER, amount=Decimal("5.00"))
    Connection.objects.update(state=Connection.State.DISCONNECTED)

    assert entries.carry_out(entry.pk) == "by hand"
    assert (again(entry).status, again(entry).problem) == ("by_hand", "disconnected")


def test_what_was_refused_is_tried_again_when_the_owner_says_so(plumber: Firm) -> None:
    entry = ask(make_invoice(plumber), Act.LOWER, amount=Decimal("5.00"))
    BookEntry.objects.filter(pk=entry.pk).update(status="refused", problem="vendor_refused", ended_at=now())

    entries.try_again(entry.pk, by=plumber.owner)
    entries.try_again(entry.pk, by=plumber.owner)

    assert (again(entry).status, again(entry).problem, again(entry).ended_at) == ("owed", "", None)
    assert Duty.objects.filter(kind="book_entry", key__startswith=f"{entry.pk}:").count() == 1


def test_books_that_are_not_connected_wait(plumber: Firm) -> None:
    entry = ask(make_invoice(plumber), Act.LOWER, amount=Decimal("5.00"))
    Connection.objects.update(state=Connection.State.RECONNECT)

    with pytest.raises(outbox.Later):
        entries.carry_out(entry.pk)

    assert again(entry).status == "owed"


# Reminders while a dispute lives


def test_a_freeze_asks_to_quiet_the_books_own_reminders_and_a_release_asks_for_them_again(plumber: Firm) -> None:
    dispute = freeze(make_invoice(plumber, number="2207"))
    off = reminders.task_of(dispute)
    assert off is not None
    assert (off.status, off.on, off.cause) == ("by_hand", False, "dispute D-1001")
    entries.tick(off.pk, by=plumber.owner)

    release(dispute.pk, by=plumber.owner, reason="Ana meant another firm.")

    on = again(BookEntry.objects.exclude(pk=off.pk).get())
    assert (on.status, on.on, on.cause) == ("by_hand", True, "dispute D-1001 over")
    assert list(steps_of(on)) == [
        "Open the place where you turned them off.",
        "Turn them on again for this invoice.",
    ]


def test_a_release_before_anybody_turned_them_off_ends_the_task(plumber: Firm) -> None:
    dispute = freeze(make_invoice(plumber))

    release(dispute.pk, by=plumber.owner, reason="Ana meant another firm.")

    assert [entry.status for entry in BookEntry.objects.all()] == ["canceled"]
    assert reminders.task_of(dispute) is None


@pytest.mark.parametrize(("invoice_says", "firm_says"), [(False, ""), (None, "off")])
def test_reminders_known_to_be_off_are_no_task(plumber: Firm, invoice_says: bool | None, firm_says: str) -> None:
    Connection.objects.update(reminders_said=firm_says)

    dispute = freeze(make_invoice(plumber, reminders_on=invoice_says))

    assert reminders.task_of(dispute) is None


# A vendor that writes


@pytest.fixture(scope="module")
def zoho() -> Iterator[Rig]:
    with rig("zoho") as running:
        yield running


@pytest.fixture
def books(zoho: Rig, settings: Any, db: None) -> Iterator[Rig]:
    """Zoho Books, connected and read, with one invoice of $796.00."""
    start_anew(zoho, settings)
    firm = unconnected()
    with acting_for(firm.business.pk):
        zoho.firm, zoho.connection = firm, zoho.connect(firm)
        zoho.session["invoice"] = zoho.an_invoice(zoho.a_customer())
        assert sync(zoho.connection.pk) is not None
        yield zoho


def invoice_of(books: Rig) -> Invoice:
    return Invoice.objects.get(external_id=books.session["invoice"])


def balance_at_vendor(books: Rig) -> Decimal:
    return Decimal(str(books.truth()[books.session["invoice"]]["balance"]))


def the_wait_is_over(books: Rig) -> None:
    """What the vendor asked us to wait has passed."""
    redis = pace._redis()
    for key in redis.scan_iter(f"pace:{books.provider}:*"):
        redis.delete(key)


def test_a_credit_is_written_and_read_back_in_one_go(books: Rig) -> None:
    entry = ask(invoice_of(books), Act.LOWER, amount=Decimal("196.00"), words="Adjustment")

    outbox.work()

    written = again(entry)
    assert (written.status, written.ended_by, bool(written.number)) == ("done", "Syntharra", True)
    assert (balance_at_vendor(books), invoice_of(books).balance) == (Decimal("600.00"), Decimal("600.00"))


def test_a_worker_that_died_after_the_vendor_wrote_writes_nothing_twice(books: Rig) -> None:
    entry = ask(invoice_of(books), Act.LOWER, amount=Decimal("196.00"), words="Adjustment")
    entries.carry_out(entry.pk)
    BookEntry.objects.filter(pk=entry.pk).update(status="owed", number="", external_id="", ended_at=None)

    assert entries.carry_out(entry.pk) == "written"

    assert (balance_at_vendor(books), again(entry).status) == (Decimal("600.00"), "done")


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_once(books: Rig) -> None:
    entry = ask(invoice_of(books), Act.LOWER, amount=Decimal("196.00"), words="Adjustment")
    both, said = threading.Barrier(2), []
    assert books.firm is not None
    business = books.firm.business.pk

    def worker() -> None:
        with acting_for(business):
            both.wait()
            try:
                said.append(entries.carry_out(entry.pk))
            except outbox.Later as later:
                said.append(str(later))
        databases.close_all()

    threads = [threading.Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(said) in (["another worker is writing it", "written"], ["was done", "written"])
    assert balance_at_vendor(books) == Decimal("600.00")


def test_an_answer_lost_after_the_vendor_wrote_is_looked_up_and_nothing_is_written_twice(books: Rig) -> None:
    entry = ask(invoice_of(books), Act.LOWER, amount=Decimal("196.00"), words="Adjustment")
    books.sim.fault(kind="drop-answer", method="POST", path="/creditnotes", times=1, after=True)

    assert entries.carry_out(entry.pk) == "written"

    assert [fault["struck"] for fault in books.sim.faults()] == [1]
    assert (balance_at_vendor(books), again(entry).status) == (Decimal("600.00"), "done")


def test_a_vendor_that_was_asked_too_often_is_asked_later_under_the_same_key(books: Rig) -> None:
    entry = ask(invoice_of(books), Act.LOWER, amount=Decimal("196.00"), words="Adjustment")
    books.strike(books.manners.throttled, times=50, retry_after=90)

    with pytest.raises(outbox.Later):
        entries.carry_out(entry.pk)
    assert again(entry).status == "owed"
    books.sim.clear_faults()
    the_wait_is_over(books)

    assert entries.carry_out(entry.pk) == "written"
    assert balance_at_vendor(books) == Decimal("600.00")


def test_what_the_vendor_refuses_says_why_and_stays_refused(books: Rig) -> None:
    entry = ask(invoice_of(books), Act.LOWER, amount=Decimal("796.00"), words="Adjustment")
    invoice = books.session["invoice"]
    books.act("pay", customer=invoice_of(books).customer.external_id, amount="700.00", applied={invoice: "700.00"})

    assert entries.carry_out(entry.pk) == "refused: vendor_refused"

    assert (again(entry).status, again(entry).problem) == ("refused", "vendor_refused")
    assert balance_at_vendor(books) == Decimal("96.00")
    assert ActivityLine.objects.filter(verb="refused_by_books").count() == 1


def test_the_rest_is_written_off_as_the_vendor_does_it(books: Rig) -> None:
    ask(invoice_of(books), Act.WRITE_OFF, words="Bad debt")

    outbox.work()

    assert (invoice_of(books).books_status, invoice_of(books).balance) == ("written_off", Decimal("0.00"))


def test_a_frozen_invoices_reminders_go_off_at_the_vendor_and_on_again_when_it_is_over(books: Rig) -> None:
    assert books.firm is not None
    dispute = freeze(invoice_of(books))
    outbox.work()
    task = reminders.task_of(dispute)
    assert task is not None
    assert (task.status, task.ended_by, invoice_of(books).reminders_on) == ("done", "Syntharra", False)

    release(dispute.pk, by=books.firm.owner, reason="Another firm was meant.")
    outbox.work()

    assert sorted(BookEntry.objects.values_list("on", "status")) == [(False, "done"), (True, "done")]
    assert invoice_of(books).reminders_on is True


def test_what_a_vendor_turns_out_not_to_do_becomes_the_owners_task(settings: Any, db: None) -> None:
    with rig("xero") as xero:
        start_anew(xero, settings)
        firm = unconnected()
        with acting_for(firm.business.pk):
            connection = xero.connect(firm)
            firm.connection = connection
            invoice = make_invoice(firm)
            entry = BookEntry.objects.create(
                invoice=invoice, act=Act.REMINDERS, cause="dispute D-1", on=False, currency="USD",
                asked_by="Syntharra", asked_at=now(),
            )  # fmt: skip

            assert entries.carry_out(entry.pk) == "by hand"

            assert (again(entry).status, again(entry).problem) == ("by_hand", "not_able")
