"""Cells as people write them: amounts to the cent, dates, yes and no. What is not certain is refused, never guessed."""

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.fields import Bad
from integrations.file import columns, values


@pytest.mark.parametrize(
    ("written", "decimal", "amount", "currency"),
    [
        ("1234.5", "point", "1234.5", ""),
        ("$1,234.50", "point", "1234.50", ""),
        ("US$ 1,234.50", "point", "1234.50", ""),
        ("USD 1,200", "point", "1200", "USD"),
        ("1,200.00 cad", "point", "1200.00", "CAD"),
        ("€90", "point", "90", "EUR"),
        ("£1,000.00", "point", "1000.00", "GBP"),
        ("1.234,50", "comma", "1234.50", ""),
        ("1 234,50 €", "comma", "1234.50", "EUR"),
        ("1\u00a0234,50", "comma", "1234.50", ""),
        ("1'234.50", "point", "1234.50", ""),
        ("(120.00)", "point", "-120.00", ""),
        ("($120.00)", "point", "-120.00", ""),
        ("$(120.00)", "point", "-120.00", ""),
        ("-120", "point", "-120", ""),
        ("\u2212120", "point", "-120", ""),
        ("-$120", "point", "-120", ""),
        ("120.00-", "point", "-120.00", ""),
        ("120.00 CR", "point", "-120.00", ""),
        ("120.00CR", "point", "-120.00", ""),
        ("120.00 DR", "point", "120.00", ""),
        ("+5", "point", "5", ""),
        (".50", "point", "0.50", ""),
        ("0", "point", "0", ""),
    ],
)
def test_an_amount_is_read_in_all_its_forms(written: str, decimal: str, amount: str, currency: str) -> None:
    assert values.amount(written, decimal) == values.Amount(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("written", "decimal"),
    [
        ("", "point"),
        ("-", "point"),
        ("n/a", "point"),
        ("EUR", "point"),
        ("12,5", "point"),
        ("1,23,456.00", "point"),
        ("1.234,50", "point"),
        ("1,234.50", "comma"),
        ("1e5", "point"),
        ("NaN", "point"),
        ("Infinity", "point"),
        ("=1+1", "point"),
        ("=SUM(A1:A9)", "point"),
        ("12 and 5", "point"),
        ("--5", "point"),
        ("(-5)", "point"),
        ("٣٤", "point"),
        ("²", "point"),
        ("0x10", "point"),
    ],
)
def test_what_is_no_amount_for_certain_is_refused(written: str, decimal: str) -> None:
    with pytest.raises(Bad):
        values.amount(written, decimal)


@given(st.decimals(min_value="-999999999", max_value="999999999", places=2))
def test_what_a_spreadsheet_shows_is_read_back_to_the_cent(value: Decimal) -> None:
    plain = f"{abs(value):,.2f}"
    comma = plain.translate(str.maketrans(",.", ".,"))
    below = value < 0

    assert values.amount(f"(${plain})" if below else f"${plain}", "point").value == value
    assert values.amount(f"{comma}-" if below else comma, "comma").value == value


@given(st.text(max_size=30))
def test_no_text_breaks_the_readers(text: str) -> None:
    for decimal in ("point", "comma"):
        with suppress(Bad):
            assert values.amount(text, decimal).value.is_finite()
    with suppress(Bad):
        assert 1990 <= values.day(text, "month").year <= 2100
    assert columns.guess([text, text]).keys() <= columns.BY_NAME.keys()


@pytest.mark.parametrize(
    ("column", "sign"),
    [
        (["1.234,50", "10,00"], "comma"),
        (["1,234.50", "10.00"], "point"),
        (["100", "200"], "point"),
        (["10,00", "10.00"], "point"),  # contradicts itself: the usual one, and the odd rows are refused
        (["1,234"], "point"),
        (["1.234"], "point"),  # one thousand or one and a bit? No reason to take it for the larger
        (["1.234", "5,50 EUR"], "comma"),
    ],
)
def test_a_column_tells_how_its_cents_are_parted(column: list[str], sign: str) -> None:
    assert values.decimal_sign(column) == sign


@pytest.mark.parametrize(
    ("written", "order", "day"),
    [
        ("11/24/2026", "month", date(2026, 11, 24)),
        ("3/4/2026", "month", date(2026, 3, 4)),
        ("3/4/2026", "day", date(2026, 4, 3)),
        ("3/4/26", "month", date(2026, 3, 4)),
        ("24.11.2026", "day", date(2026, 11, 24)),
        ("11-24-2026", "month", date(2026, 11, 24)),
        ("2026-11-24", "day", date(2026, 11, 24)),
        ("2026/11/24", "day", date(2026, 11, 24)),
        ("2026-11-24T10:30:00Z", "month", date(2026, 11, 24)),
        ("11/24/2026 10:30 AM", "month", date(2026, 11, 24)),
        ("Nov 24, 2026", "day", date(2026, 11, 24)),
        ("November 24th, 2026", "month", date(2026, 11, 24)),
        ("24-Nov-26", "month", date(2026, 11, 24)),
        ("24 de noviembre de 2026", "month", date(2026, 11, 24)),
        ("15 ene 2026", "month", date(2026, 1, 15)),
        ("46350", "month", date(2026, 11, 24)),
        ("46350.75", "month", date(2026, 11, 24)),
    ],
)
def test_a_date_is_read_in_all_its_forms(written: str, order: str, day: date) -> None:
    assert values.day(written, order) == day


@pytest.mark.parametrize(
    "written",
    ["24/11/2026", "2/30/2026", "13/13/2026", "soon", "1/1/1900", "99999", "11/2026", "Nov 2026", "1/2/123", "5"],
)
def test_what_is_no_date_of_the_calendar_is_refused(written: str) -> None:
    with pytest.raises(Bad):
        values.day(written, "month")


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31)))
def test_a_date_survives_every_spelling(day: date) -> None:
    serial = (day - date(1899, 12, 30)) // timedelta(days=1)

    assert values.day(day.isoformat(), "day") == day
    assert values.day(f"{day.month}/{day.day}/{day.year}", "month") == day
    assert values.day(f"{day.day:02}.{day.month:02}.{day.year}", "day") == day
    assert values.day(day.strftime("%b %d, %Y"), "day") == day
    assert values.day(str(serial), "day") == day


@pytest.mark.parametrize(
    ("column", "order"),
    [
        (["3/4/2026", "11/24/2026"], "month"),
        (["3/4/2026", "24/11/2026"], "day"),
        (["3/4/2026", "5/6/2026"], ""),
        (["11/24/2026", "24/11/2026"], ""),
        (["2026-11-24", ""], ""),
    ],
)
def test_a_column_tells_whether_the_day_comes_first_only_where_there_is_no_doubt(column: list[str], order: str) -> None:
    assert values.day_order(column) == order


@pytest.mark.parametrize(
    ("written", "meant"),
    [("Yes", True), ("sí", True), ("1", True), ("NOT SENT", False), ("no enviado", False), ("maybe", None), ("", None)],
)
def test_yes_and_no_are_read_and_nothing_else(written: str, meant: bool | None) -> None:
    assert values.yes_or_no(written) is meant


@pytest.mark.parametrize(
    ("name", "legal"),
    [
        ("Oak & Sons LLC", True),
        ("Harbor Cafe, Inc.", True),
        ("Obras del Sur S.A. de C.V.", True),
        ("Marta Diaz", False),
        ("Lincoln Ward", False),
        ("Incanto Ristorante", False),
    ],
)
def test_only_a_legal_form_makes_a_name_a_company(name: str, legal: bool) -> None:
    assert values.has_legal_form(name) is legal


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (
            ["Date", "Transaction Type", "Num", "Customer", "Due Date", "Amount", "Open Balance", "Phone"],
            {"issued": 0, "number": 2, "customer": 3, "due": 4, "total": 5, "balance": 6, "phone": 7},
        ),
        (
            ["ContactName", "EmailAddress", "InvoiceNumber", "InvoiceDate", "DueDate", "Total", "InvoiceAmountDue"],
            {"customer": 0, "email": 1, "number": 2, "issued": 3, "due": 4, "total": 5, "balance": 6},
        ),
        (
            [
                "Nº factura",
                "Cliente",
                "Fecha de vencimiento",
                "Saldo pendiente (USD)",
                "Teléfono",
                "Correo electrónico",
            ],
            {"number": 0, "customer": 1, "due": 2, "balance": 3, "phone": 4, "email": 5},
        ),
        (["INVOICE NO.", "Client", "Contact", "Balance"], {"number": 0, "customer": 1, "contact": 2, "balance": 3}),
        (["a", "b", ""], {}),
    ],
)
def test_columns_are_known_by_their_header_in_english_and_spanish(header: list[str], found: dict[str, int]) -> None:
    assert columns.guess(header) == found


def test_every_header_word_names_one_field() -> None:
    words = [word for field in columns.FIELDS for word in field.words]

    assert len(words) == len(set(words))
    assert [word for word in words if columns.folded(word) != word] == []
