"""From a file to invoices: nothing before the owner confirms, once afterwards, and never older than his word."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import connection as database

from accounts.models import ActivityLine
from billing.models import Recovery
from calls.models import Attempt
from disputes.freeze import NewClaim
from disputes.models import Claim
from disputes.services import open_dispute
from integrations import connections
from integrations.errors import NotAble, Refused, Unavailable
from integrations.file import choices
from integrations.file.tables import NotReadable
from integrations.ledger import Gone, ledger_for
from integrations.models import Connection, ConnectionDoor, SyncRun
from invoices import sync
from invoices.import_models import ImportBatch, ImportMapping
from invoices.imports import mistakes, uploads
from invoices.imports.confirm import Missing, NotConfirmed, confirm
from invoices.imports.plan import Plan, plan_of
from invoices.imports.uploads import Lacking, NotOpen
from invoices.models import Contact, Customer, Invoice, InvoiceLine, Payment
from syntharra import due
from syntharra.tenancy import acting_for
from tests.cast import Firm, make_invoice

MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
HEADER = "Invoice,Customer,Balance,Total,Due,Phone,Email,Description"
CAFE = '2207,"Harbor Cafe, Inc.",796.00,1296.00,11/3/2026,614-555-0103,ap@harbor.example,Water heater'
OAK = "2208,Oak & Sons LLC,1240.00,1240.00,11/5/2026,614-555-0102,,Drain"
DIAZ = "2231,Marta Diaz,310.00,310.00,11/20/2026,614-555-0101,,Faucet"


@pytest.fixture(autouse=True)
def monday() -> Iterator[Any]:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def upload(firm: Firm, *lines: str, header: str = HEADER) -> ImportBatch:
    batch = uploads.take_in("\n".join([header, *lines]).encode(), name="open.csv", by=firm.owner)
    return uploads.choose(batch.pk, choices.Choices.of(batch.choices), by=firm.owner)


def plan(firm: Firm, batch: ImportBatch) -> Plan:
    return plan_of(ImportBatch.objects.get(pk=batch.pk), firm.business)


def say_yes(firm: Firm, batch: ImportBatch, missing: Missing = Missing.LEAVE) -> ImportBatch:
    seen = plan(firm, batch).digest
    return confirm(batch.pk, seen=seen, missing=missing, business=firm.business, by=firm.owner)


def bring_in(firm: Firm, *lines: str, missing: Missing = Missing.LEAVE) -> Connection:
    """Upload, confirm, and let the worker read it."""
    batch = say_yes(firm, upload(firm, *lines), missing)
    assert batch.connection is not None
    run = sync.sync(batch.connection.pk)
    assert run is not None
    assert (run.status, run.problem) == ("done", "")
    return Connection.objects.get(pk=batch.connection.pk)


def balances() -> dict[str, tuple[str, str]]:
    rows = Invoice.objects.filter(connection__provider="file").order_by("number")
    return {row.number: (row.books_status, str(row.balance)) for row in rows}


def test_nothing_is_created_before_the_owner_confirms(plumber: Firm) -> None:
    found = plan(plumber, upload(plumber, CAFE, OAK))

    assert [entry.invoice.number for entry in found.new] == ["2207", "2208"]
    assert found.totals() == {"USD": Decimal("2036.00")}
    assert not Connection.objects.filter(provider="file").exists()
    assert (Invoice.objects.count(), Customer.objects.count()) == (0, 0)


def test_a_confirmed_file_is_the_books(plumber: Firm) -> None:
    due.settle("plan", plumber.business.pk)

    connection = bring_in(plumber, CAFE, DIAZ)

    assert (connection.account, connection.sandbox, connection.state) == (str(plumber.business.pk), True, "connected")
    assert (connection.synced_at, connection.company) == (MONDAY, "Ava's Plumbing")
    assert balances() == {"2207": ("open", "796.00"), "2231": ("open", "310.00")}
    invoice = Invoice.objects.get(number="2207")
    assert (str(invoice.total), invoice.due_on.isoformat() if invoice.due_on else "", invoice.sent) == (
        *("1296.00", "2026-11-03"),
        None,
    )
    assert (invoice.books_updated_at, invoice.read_at) == (MONDAY, MONDAY)
    assert InvoiceLine.objects.get(invoice=invoice).description == "Water heater"
    assert (invoice.customer.name, invoice.customer.kind) == ("Harbor Cafe, Inc.", "business")
    assert Contact.objects.get(customer=invoice.customer).phone == "+16145550103"
    assert Invoice.objects.get(number="2231").customer.kind == "consumer"
    run = SyncRun.objects.get(connection=connection)
    assert (run.status, run.whole, run.seen, run.set_aside) == ("done", True, 4, 0)
    verbs = list(ActivityLine.objects.filter(subject_id=connection.pk).order_by("id").values_list("verb", flat=True))
    assert verbs == ["connected", "imported", "synced"]
    assert due.rows_noted("plan") == {plumber.business.pk}
    assert ConnectionDoor.objects.get(provider="file").business_id == plumber.business.pk


def test_confirming_twice_is_once(plumber: Firm) -> None:
    batch = upload(plumber, CAFE)
    seen = plan(plumber, batch).digest

    first = confirm(batch.pk, seen=seen, missing=Missing.LEAVE, business=plumber.business, by=plumber.owner)
    again = confirm(batch.pk, seen="another", missing=Missing.CLOSED, business=plumber.business, by=plumber.owner)

    assert (first.pk, first.confirmed_at, first.counts) == (again.pk, again.confirmed_at, again.counts)
    assert Connection.objects.filter(provider="file").count() == 1
    assert ActivityLine.objects.filter(verb="imported").count() == 1
    assert ImportBatch.objects.get().rows == []


def test_what_is_no_longer_as_it_was_shown_is_shown_anew(plumber: Firm) -> None:
    bring_in(plumber, CAFE)
    batch = upload(plumber, CAFE.replace("796.00,", "500.00,", 1))
    seen = plan(plumber, batch).digest
    Invoice.objects.filter(number="2207").update(balance="700.00")

    with pytest.raises(NotConfirmed, match="changed"):
        confirm(batch.pk, seen=seen, missing=Missing.LEAVE, business=plumber.business, by=plumber.owner)

    assert ImportBatch.objects.get(pk=batch.pk).status == "mapped"
    assert plan(plumber, batch).digest != seen


def test_a_file_confirmed_meanwhile_makes_the_preview_old(plumber: Firm) -> None:
    bring_in(plumber, CAFE)
    mine = upload(plumber, OAK)
    seen = plan(plumber, mine).digest
    kept = ImportBatch.objects.get(pk=mine.pk)
    bring_in(plumber, DIAZ)  # replaces the one that waited
    kept.save(force_insert=True)

    with pytest.raises(NotConfirmed, match="changed"):
        confirm(mine.pk, seen=seen, missing=Missing.LEAVE, business=plumber.business, by=plumber.owner)


def test_a_file_waits_until_the_one_before_was_read(plumber: Firm) -> None:
    say_yes(plumber, upload(plumber, CAFE))

    with pytest.raises(NotConfirmed, match="busy"):
        say_yes(plumber, upload(plumber, OAK))

    connection = Connection.objects.get(provider="file")
    sync.sync(connection.pk)
    assert balances() == {"2207": ("open", "796.00")}


def test_what_is_left_unsaid_stays_as_it_is(plumber: Firm) -> None:
    bring_in(plumber, CAFE, OAK)

    batch = upload(plumber, CAFE)
    assert [one.number for one in plan(plumber, batch).missing] == ["2208"]
    sync.sync(say_yes(plumber, batch).connection_id)  # type: ignore[arg-type]

    assert balances() == {"2207": ("open", "796.00"), "2208": ("open", "1240.00")}


def test_what_is_paid_or_no_longer_owed_is_closed_without_a_payment(plumber: Firm) -> None:
    bring_in(plumber, CAFE, OAK)

    bring_in(plumber, CAFE.replace("796.00", "296.00", 1), missing=Missing.CLOSED)

    assert balances() == {"2207": ("open", "296.00"), "2208": ("paid", "0.00")}
    closed = Invoice.objects.get(number="2208")
    assert (closed.vendor_status, str(closed.total), closed.lines.count()) == ("not in the file", "1240.00", 1)
    assert (Payment.objects.count(), Recovery.objects.count()) == (0, 0)


def test_what_is_still_owed_counts_as_confirmed_today(plumber: Firm, monday: Any) -> None:
    bring_in(plumber, CAFE, OAK)
    monday.shift(timedelta(days=5))

    bring_in(plumber, CAFE, missing=Missing.OWED)

    assert Invoice.objects.get(number="2208").books_updated_at == MONDAY + timedelta(days=5)
    assert balances()["2208"] == ("open", "1240.00")


def test_a_zero_in_the_file_closes_what_we_have_and_creates_nothing(plumber: Firm) -> None:
    bring_in(plumber, CAFE)

    batch = upload(plumber, CAFE.replace("796.00", "0.00", 1), OAK.replace("1240.00", "0", 1))
    found = plan(plumber, batch)

    assert [change.entry.invoice.status for change in found.changed] == ["paid"]
    assert [(note.row, note.reason) for note in found.left_out] == [(3, "nothing_owed")]
    sync.sync(say_yes(plumber, batch).connection_id)  # type: ignore[arg-type]
    assert balances() == {"2207": ("paid", "0.00")}


def test_a_disputed_invoice_stays_frozen_however_its_customer_is_written_now(plumber: Firm) -> None:
    bring_in(plumber, CAFE)
    invoice = Invoice.objects.get(number="2207")
    said = NewClaim(
        source=Claim.Source.MEMBER, source_key="1", words="It leaks.", reason="quality", by="Ana", said_at=MONDAY
    )
    open_dispute(invoice.pk, claim=said)

    bring_in(plumber, CAFE.replace("Harbor Cafe, Inc.", "Harbor Café and Bar"))

    invoice.refresh_from_db()
    assert invoice.frozen_at is not None
    assert invoice.customer.name == "Harbor Café and Bar"
    assert Invoice.objects.filter(number="2207").count() == 1


def test_customers_may_share_a_number(plumber: Firm) -> None:
    bring_in(plumber, "1,Oak LLC,10,10,,,,", "1,Elm LLC,20,20,,,,")

    bring_in(plumber, "1,Elm LLC,15,20,,,,", "1,Oak LLC,10,10,,,,")

    rows = Invoice.objects.filter(number="1").order_by("customer__name")
    assert [(row.customer.name, str(row.balance)) for row in rows] == [("Elm LLC", "15.00"), ("Oak LLC", "10.00")]


def test_what_is_open_in_other_books_is_left_out(plumber: Firm) -> None:
    make_invoice(plumber, number="2207", balance="796.00", total=Decimal("1296.00"))

    found = plan(plumber, upload(plumber, CAFE, OAK))

    assert [entry.invoice.number for entry in found.new] == ["2208"]
    assert [(note.row, note.reason, note.value) for note in found.left_out] == [
        (2, "also_elsewhere", "QuickBooks Online")
    ]


def test_a_row_to_put_right_is_not_missing(plumber: Firm) -> None:
    bring_in(plumber, CAFE, OAK)

    found = plan(plumber, upload(plumber, CAFE, OAK.replace("1240.00", "1240.001", 1)))

    assert (len(found.records.errors), found.missing) == (1, [])


def test_fresh_is_what_was_confirmed_and_only_for_days(plumber: Firm, monday: Any) -> None:
    connection = bring_in(plumber, CAFE)
    invoice = Invoice.objects.get(number="2207")
    monday.shift(timedelta(days=6, hours=23))

    read = sync.read_fresh(invoice.pk)

    assert read.read_at == MONDAY + timedelta(days=6, hours=23)
    assert (str(read.balance), read.balance_changed_at, read.lines.count()) == ("796.00", None, 1)
    monday.shift(timedelta(hours=2))
    with pytest.raises(Unavailable) as old:
        sync.read_fresh(invoice.pk)
    assert old.value.problem == "file_old"
    connection.refresh_from_db()
    assert (connection.state, connection.problem) == ("connected", "file_old")
    assert bring_in(plumber, CAFE).problem == ""


def test_one_that_newer_files_do_not_name_grows_old_alone(plumber: Firm, monday: Any) -> None:
    connection = bring_in(plumber, CAFE, OAK)
    monday.shift(timedelta(days=5))
    bring_in(plumber, CAFE)
    monday.shift(timedelta(days=3))

    assert sync.read_fresh(Invoice.objects.get(number="2207").pk).read_at == MONDAY + timedelta(days=8)
    with pytest.raises(Refused):
        sync.read_fresh(Invoice.objects.get(number="2208").pk)
    connection.refresh_from_db()
    assert connection.problem == ""


def test_reading_again_by_schedule_or_by_hand_changes_nothing(plumber: Firm, monday: Any) -> None:
    connection = bring_in(plumber, CAFE, OAK)
    before = Invoice.objects.values().get(number="2207")
    monday.shift(timedelta(hours=3))
    sync.start_sync(connection.pk)

    assert sync.sync(connection.pk) is None

    connection.refresh_from_db()
    assert (connection.synced_at, connection.state) == (MONDAY, "connected")
    assert SyncRun.objects.filter(connection=connection).count() == 1
    assert due.rows_noted("sync") == set()
    assert Invoice.objects.values().get(number="2207") == before


def test_a_reading_that_was_killed_goes_on_where_it_stood(plumber: Firm) -> None:
    batch = say_yes(plumber, upload(plumber, CAFE, OAK, DIAZ))
    connection = batch.connection
    assert connection is not None
    with closing(ledger_for(connection)) as ledger:
        whole = list(ledger.whole({}))
        rest = list(ledger.whole({"import": str(batch.pk), "at": 4}))
        another = list(ledger.whole({"import": "another", "at": 4}))

    assert [len(page.items) for page in whole] == [6, 0]
    assert [item.external_id for item in rest[0].items] == [item.external_id for item in whole[0].items[4:]]
    assert [len(page.items) for page in another] == [6, 0]
    assert whole[-1].cursor == {"import": str(batch.pk)}


def test_nothing_can_be_written_into_a_file(plumber: Firm) -> None:
    connection = bring_in(plumber, CAFE)
    external_id = Invoice.objects.get(number="2207").external_id
    with closing(ledger_for(connection)) as ledger:
        with pytest.raises(NotAble):
            ledger.lower(external_id, Decimal(5), key="k", reason="r")
        with pytest.raises(NotAble):
            ledger.write_off(external_id, key="k", reason="r")
        with pytest.raises(NotAble):
            ledger.note(external_id, "words", key="k")
        with pytest.raises(NotAble):
            ledger.remind(external_id, on=False, key="k")
        assert ledger.one_invoice("never heard of") == Gone("invoice", "never heard of")
        assert ledger.organisation().account == str(plumber.business.pk)


def test_a_disconnected_file_is_taken_up_again_by_the_next_one(plumber: Firm) -> None:
    connection = bring_in(plumber, CAFE)
    connections.disconnect(connection.pk, by=plumber.owner)
    connections.revoke(connection.pk)

    again = bring_in(plumber, CAFE, OAK)

    assert (again.pk, again.state, again.disconnected_at) == (connection.pk, "connected", None)
    assert len(balances()) == 2
    assert ConnectionDoor.objects.filter(provider="file").count() == 1


def test_what_was_chosen_is_remembered_for_the_same_header(plumber: Firm) -> None:
    first = uploads.take_in(b"A,B,C\n2207,Oak,5\n", name="one.csv", by=plumber.owner)
    with pytest.raises(Lacking, match="number, customer, balance"):
        uploads.choose(first.pk, choices.Choices.of(first.choices), by=plumber.owner)
    chosen = replace(
        choices.Choices.of(first.choices), columns={"number": 0, "customer": 1, "balance": 2}, decimal="comma"
    )
    uploads.choose(first.pk, chosen, by=plumber.owner)

    second = uploads.take_in(b"a, B ,C\n2208,Elm,6\n", name="two.csv", by=plumber.owner)

    assert (second.remembered, choices.Choices.of(second.choices)) == (True, chosen)
    assert ImportMapping.objects.count() == 1


def test_a_refused_file_leaves_nothing_and_takes_nothing_away(plumber: Firm) -> None:
    waiting = upload(plumber, CAFE)

    with pytest.raises(NotReadable):
        uploads.take_in(b"%PDF-1.7", name="list.csv", by=plumber.owner)

    assert list(ImportBatch.objects.values_list("pk", "row_count")) == [(waiting.pk, 1)]


def test_an_upload_ends_after_a_day(plumber: Firm, monday: Any) -> None:
    from desk.retention import forget_expired

    batch = upload(plumber, CAFE)
    seen = plan(plumber, batch).digest
    monday.shift(timedelta(days=1, minutes=1))

    with pytest.raises(NotConfirmed, match="over"):
        confirm(batch.pk, seen=seen, missing=Missing.LEAVE, business=plumber.business, by=plumber.owner)
    with pytest.raises(NotOpen):
        uploads.choose(batch.pk, choices.Choices.of(batch.choices), by=plumber.owner)
    assert forget_expired()["invoices.ImportBatch"] == 1


def test_a_discarded_file_is_gone_and_a_confirmed_one_stays(plumber: Firm) -> None:
    assert uploads.discard(upload(plumber, CAFE).pk) is True
    assert ImportBatch.objects.count() == 0

    assert uploads.discard(say_yes(plumber, upload(plumber, CAFE)).pk) is False
    assert ImportBatch.objects.get().status == "confirmed"


def test_a_file_with_nothing_to_bring_in_cannot_be_confirmed(plumber: Firm) -> None:
    with pytest.raises(NotConfirmed, match="nothing"):
        say_yes(plumber, upload(plumber, OAK.replace("1240.00", "0", 1)))

    assert not Connection.objects.filter(provider="file").exists()


def test_rows_to_put_right_come_back_without_formulas(plumber: Firm) -> None:
    batch = upload(plumber, "=cmd|'/c calc'!A1,@Oak,+five,-5,,,,-2+3", CAFE)

    content = mistakes.as_csv(batch, plan(plumber, batch)).decode("utf-8-sig")

    lines = content.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("Row,What is wrong,Invoice,Customer,Balance")
    assert lines[1].startswith("2,")
    assert lines[1].endswith(",'=cmd|'/c calc'!A1,'@Oak,'+five,-5,,,,'-2+3")


def test_nobody_looks_for_calls_after_an_upload(plumber: Firm) -> None:
    due.settle("plan", plumber.business.pk)

    upload(plumber, CAFE)

    assert (Attempt.objects.count(), due.rows_noted("plan")) == (0, set())


@pytest.mark.django_db(transaction=True)
def test_confirming_from_several_windows_at_once_is_once(plumber: Firm) -> None:
    batch = upload(plumber, CAFE, OAK)
    seen = plan(plumber, batch).digest
    start = Barrier(3)

    def press() -> str:
        try:
            with acting_for(plumber.business.pk):
                start.wait()
                done = confirm(batch.pk, seen=seen, missing=Missing.LEAVE, business=plumber.business, by=plumber.owner)
                return str(done.status)
        finally:
            database.close()

    with ThreadPoolExecutor(3) as windows:
        said = [window.result() for window in [windows.submit(press) for _ in range(3)]]

    assert said == ["confirmed"] * 3
    assert Connection.objects.filter(provider="file").count() == 1
    assert ActivityLine.objects.filter(verb="imported").count() == 1
