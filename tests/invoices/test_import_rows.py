"""Rows as invoices: each one taken to the cent, or named with its row, its column and what is wrong with it."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.file import choices, words
from integrations.file.choices import Choices
from integrations.file.lines import Note, Records
from integrations.file.reading import read
from integrations.file.records import records
from integrations.ledger import Home, LedgerCustomer, LedgerInvoice

HEADER = "Invoice,Customer,Balance,Total,Paid,Date,Due,Currency,Mobile,Phone,Email,Contact name,Street,City,State,Zip,Customer type,Status,Sent,Description,Memo"
FULL = (
    '2207,"Harbor Cafe, Inc.","$796.00",1296.00,500,11/1/2026,11/24/2026,USD,(614) 555-0103,614-555-0104,'
    "ap@harborcafe.example,Ana Reyes,12 Pier Rd,Columbus,Ohio,43215,company,Open,yes,Water heater,PO 77"
)


def of(*lines: str, header: str = HEADER, chosen: Choices | None = None) -> Records:
    table = read("\n".join([header, *lines]).encode())
    return records(table, chosen or choices.guess(table), Home())


def simple(*lines: str, header: str = "Invoice,Customer,Balance") -> Records:
    return of(*lines, header=header)


def invoices(found: Records) -> list[tuple[str, str]]:
    return [(entry.invoice.number, str(entry.invoice.balance)) for entry in found.entries]


def said(notes: list[Note]) -> list[tuple[int, str, str]]:
    return [(note.row, words.column_of(note), words.about_row(note)) for note in notes]


def test_a_full_row_is_an_invoice_and_its_customer() -> None:
    found = of(FULL)

    (customer,) = found.customers
    (entry,) = found.entries
    invoice = entry.invoice
    assert isinstance(customer, LedgerCustomer)
    assert (customer.name, customer.contact_name, customer.is_business) == ("Harbor Cafe, Inc.", "Ana Reyes", True)
    assert [(one.place, one.number) for one in customer.phones] == [
        ("mobile", "+16145550103"),
        ("primary", "+16145550104"),
    ]
    assert customer.emails == ("ap@harborcafe.example",)
    assert (customer.address.street, customer.address.city, customer.address.state, customer.address.zip) == (
        *("12 Pier Rd", "Columbus", "US-OH", "43215"),
    )
    assert isinstance(invoice, LedgerInvoice)
    assert (entry.row, invoice.number, invoice.status, invoice.currency) == (2, "2207", "open", "USD")
    assert (invoice.total, invoice.balance) == (Decimal("1296.00"), Decimal("796.00"))
    assert (invoice.issued_on, invoice.due_on, invoice.sent) == (date(2026, 11, 1), date(2026, 11, 24), True)
    assert [(line.description, line.amount) for line in invoice.lines] == [("Water heater", Decimal("1296.00"))]
    assert (invoice.memo, invoice.vendor_status, invoice.customer) == ("PO 77", "Open", customer.external_id)
    assert (found.errors, found.remarks, found.left_out) == ([], [], [])


def test_the_balance_may_be_the_total_less_what_was_paid() -> None:
    found = simple("1,Oak,100.00,25.50", "2,Oak,80,", header="Invoice,Customer,Total,Paid")

    assert invoices(found) == [("1", "74.50"), ("2", "80.00")]


@pytest.mark.parametrize(
    ("row", "column", "why"),
    [
        (",Oak,5", "Invoice number", "Nothing stands here."),
        ("1,,5", "Customer name", "Nothing stands here."),
        ("1,Oak,", "Balance owed", "Nothing stands here."),
        ("1,Oak,five", "Balance owed", "“five” is no amount we can read to the cent."),
        ("1,Oak,5.001", "Balance owed", "“5.001” has parts of a cent. We never round what somebody owes."),
        ("1,Oak,9999999999999", "Balance owed", "“9999999999999” is larger than we can book."),
        ("1,Oak,=5+5", "Balance owed", "“=5+5” is no amount we can read to the cent."),
        ("1,Oak,QQQ 5", "Currency", "“QQQ” is no currency we know."),
    ],
)
def test_a_row_that_cannot_be_read_is_named_with_its_column(row: str, column: str, why: str) -> None:
    found = simple("7,Elm,1", row)

    assert said(found.errors) == [(3, column, why)]
    assert invoices(found) == [("7", "1.00")]


def test_what_contradicts_itself_is_asked_back() -> None:
    found = simple(
        "1,Oak,5,10,Paid,11/1/2026,USD",
        "2,Oak,15,10,Open,11/1/2026,USD",
        "3,Oak,€5,10,Open,11/1/2026,USD",
        "4,Oak,5,10,Open,someday,USD",
        "5,Oak,5,10,Open,11/1/2026,ABC",
        header="Invoice,Customer,Balance,Total,Status,Due,Currency",
    )

    assert said(found.errors) == [
        (2, "Status", "The status says “Paid”, but a balance is still owed. Which is right?"),
        (3, "Balance owed", "The balance of 15 is larger than the invoice's total."),
        (4, "Currency", "The row names several currencies: EUR, USD."),
        (5, "Due date", "“someday” is no date we can read."),
        (6, "Currency", "“ABC” is no currency we know."),
    ]
    assert found.entries == []


def test_the_same_invoice_twice_counts_once_or_is_asked_back() -> None:
    found = simple("1,Oak,5", "1,Oak,5.00", "2,Oak,6", "2,Oak,7", "3,Oak,8", "3,Elm,8")

    assert invoices(found) == [("1", "5.00"), ("3", "8.00"), ("3", "8.00")]
    assert said(found.left_out) == [(3, "Invoice number", "The same as row 2.")]
    assert said(found.errors) == [
        (4, "Invoice number", "Invoice 2 stands in row 5 too and says something else. Which is right?"),
        (5, "Invoice number", "Invoice 2 stands in row 4 too and says something else. Which is right?"),
    ]


def test_totals_and_credits_are_left_out_and_said() -> None:
    found = simple("1,Oak,5", "2,Oak,(3.00)", "TOTAL,,2", ",Total for Oak,2", "Total,Oak,9")

    assert invoices(found) == [("1", "5.00"), ("Total", "9.00")]  # a customer and a number: an oddly named invoice
    assert said(found.left_out) == [
        (3, "Balance owed", "A credit of (3.00): nothing is owed on it."),
        (4, "The whole row", "A line of totals."),
        (5, "The whole row", "A line of totals."),
    ]


@pytest.mark.parametrize(
    ("status", "balance", "meant"),
    [
        ("Open", "5", "open"),
        ("Overdue", "5", "open"),
        ("Unpaid", "5", "open"),
        ("", "0", "paid"),
        ("Pagada", "0", "paid"),
        ("VOID", "0", "void"),
        ("Draft", "5", "draft"),
        ("Written off", "0", "written_off"),
    ],
)
def test_a_status_is_read_in_words(status: str, balance: str, meant: str) -> None:
    found = simple(f"1,Oak,{balance},{status}", header="Invoice,Customer,Balance,Status")

    assert [entry.invoice.status for entry in found.entries] == [meant]


def test_dates_are_read_by_the_month_unless_the_column_shows_otherwise() -> None:
    header = "Invoice,Customer,Balance,Due"

    usual, shown = (
        simple("1,Oak,5,3/4/2026", header=header),
        simple("1,Oak,5,3/4/2026", "2,Oak,5,24/4/2026", header=header),
    )

    assert (usual.entries[0].invoice.due_on, usual.order_was_shown) == (date(2026, 3, 4), False)
    assert (shown.entries[0].invoice.due_on, shown.order_was_shown) == (date(2026, 4, 3), True)


def test_a_customer_is_one_however_his_name_is_written_and_two_where_his_mail_says_so() -> None:
    header = "Invoice,Customer,Balance,Email,Phone"

    found = simple(
        "1,Harbor Cafe,5,ap@harbor.example,",
        "2,HARBOR CAFÉ,6,,614-555-0103",
        "3,John Smith,7,john@a.example,",
        "4,John Smith,8,john@b.example,",
        header=header,
    )

    assert [(one.name, one.emails) for one in found.customers] == [
        ("Harbor Cafe", ("ap@harbor.example",)),
        ("John Smith", ("john@a.example",)),
        ("John Smith", ("john@b.example",)),
    ]
    assert [phone.number for phone in found.customers[0].phones] == ["+16145550103"]


def test_a_customer_number_tells_customers_apart() -> None:
    found = simple(
        "1,John Smith,5,C-1", "2,John Smith,6,C-2", "3,J. Smith,7,C-1", header="Invoice,Customer,Balance,Customer no"
    )

    assert [one.name for one in found.customers] == ["John Smith", "John Smith"]
    assert found.entries[0].invoice.customer == found.entries[2].invoice.customer


def test_an_id_stays_the_same_from_file_to_file() -> None:
    one, other = simple("1,Oak,5"), simple("9,Elm,1", "1, OAK ,4.00")

    assert one.entries[0].invoice.external_id == other.entries[1].invoice.external_id
    assert one.customers[0].external_id == other.customers[1].external_id


def test_nobody_is_taken_for_a_company_without_a_sign() -> None:
    header = "Invoice,Customer,Balance,Customer type"

    found = simple(
        "1,Oak & Sons LLC,5,",
        "2,Marta Diaz,5,",
        "3,Elm,5,commercial",
        "4,Ash Ltd,5,person",
        "5,Fir,5,VIP",
        header=header,
    )

    assert [one.is_business for one in found.customers] == [True, False, True, False, False]
    assert said(found.remarks) == [
        (6, "Company or person", "“VIP” says neither company nor person; taken for a person.")
    ]


def test_a_cell_that_cannot_be_used_does_not_cost_the_invoice() -> None:
    found = simple(
        "1,Oak,5,call Joe first,not-an-address,maybe,Atlantis",
        header="Invoice,Customer,Balance,Phone,Email,Sent,State",
    )

    assert invoices(found) == [("1", "5.00")]
    assert [words.column_of(note) for note in found.remarks] == [
        *("State", "Customer's phone", "Customer's e-mail", "Sent to the customer"),
    ]
    assert [(phone.number, phone.problem) for phone in found.customers[0].phones] == [("", "unreadable")]


CELLS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=14)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS, CELLS), max_size=12))
def test_every_row_is_taken_or_named(rows: list[tuple[str, ...]]) -> None:
    import csv
    import io

    written = io.StringIO(newline="")
    header = ("Invoice", "Customer", "Balance", "Due", "Status")
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows([header, ("1", "Oak", "5", "", ""), *rows])
    table = read(written.getvalue().encode())

    found = records(
        table, Choices({name: at for at, name in enumerate(("number", "customer", "balance", "due", "status"))}), Home()
    )

    taken = {entry.row for entry in found.entries}
    refused = {note.row for note in found.errors}
    assert taken | refused | {note.row for note in found.left_out} == {row.number for row in table.rows}
    assert not taken & refused
    assert all(entry.invoice.balance >= 0 for entry in found.entries)
