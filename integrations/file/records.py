"""The rows of a file as customers and invoices, and a word about every row that is not one. Pure: the same file, the same answer.

A row that cannot be read to the cent is no invoice at all; nothing is guessed, rounded or half taken.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from integrations import fields
from integrations.fields import Bad
from integrations.file import people, values
from integrations.file.choices import Choices
from integrations.file.lines import Entry, Line, Note, Records, folded, identity, number_key
from integrations.file.tables import Row, Table
from integrations.ledger import Home, LedgerInvoice, LedgerLine

_TOTAL = re.compile(r"\s*(?:grand\s+)?(?:sub\s*)?totals?\b|\s*total\s+(?:for|de|general)\b", re.IGNORECASE)
_STATUSES = (
    ("void", ("void", "voided", "cancelled", "canceled", "anulada", "anulado", "cancelada", "cancelado")),
    ("draft", ("draft", "borrador", "not issued")),
    ("written_off", ("written off", "write off", "bad debt", "uncollectible", "incobrable")),
    ("paid", ("paid", "paid in full", "closed", "settled", "pagada", "pagado", "cobrada", "liquidada")),
)
_STATUS_OF = {word: status for status, words in _STATUSES for word in words}
LONGEST_NUMBER = 60


def records(table: Table, choices: Choices, home: Home) -> Records:
    """Every row of the table as an invoice, an error, or a row left out for a reason that is said."""
    found = Records()
    dates = [choices.columns[name] for name in ("issued", "due") if name in choices.columns]
    shown = values.day_order(row.cells[at] for row in table.rows for at in dates)
    found.order_was_shown = bool(shown) and choices.dates == values.AUTO
    found.order = choices.dates if choices.dates != values.AUTO else shown or values.MONTH
    lines = [line for row in table.rows if (line := _line(row, choices, home, found)) is not None]
    ids = people.ids_of(lines)
    lines = _once(lines, ids, found)
    of_customer: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        of_customer[ids[line.row]].append(line)
    found.customers = [people.customer(external_id, rows, home, found) for external_id, rows in of_customer.items()]
    found.entries = [Entry(line.row, _invoice(line, ids[line.row], found)) for line in lines]
    found.errors.sort(key=lambda note: note.row)
    found.remarks.sort(key=lambda note: note.row)
    found.left_out.sort(key=lambda note: note.row)
    return found


def _line(row: Row, choices: Choices, home: Home, found: Records) -> Line | None:
    """The row as it was read; None when it is no invoice, with a note that says why."""
    cells = {name: row.cells[at] for name, at in choices.columns.items()}
    number, name = cells.get("number", ""), cells.get("customer", "")
    if any(_TOTAL.match(cell) for cell in row.cells[:3] if cell) and not (number and name):
        found.left_out.append(Note(row.number, "", "total_row"))
        return None
    notes = [Note(row.number, lacking, "missing") for lacking in ("number", "customer") if not cells.get(lacking)]
    if len(number) > LONGEST_NUMBER:
        notes.append(Note(row.number, "number", "too_long", number[:40]))
    money = _money(row.number, cells, choices.decimal, home, notes)
    status = _status(row.number, cells.get("status", ""), found)
    issued, due = (_day(row.number, cells, which, found.order, notes) for which in ("issued", "due"))
    if money is not None:
        currency, total, balance = money
        if not notes and min(total, balance) < 0:
            found.left_out.append(Note(row.number, "balance", "credit", cells.get("balance") or cells.get("total", "")))
            return None
        notes += _against(row.number, cells, status, total, balance)
    if notes or money is None:
        found.errors += notes
        return None
    if status == "open" and balance == 0:
        status = "paid"
    email = next(iter(people.addresses(cells.get("email", ""))), "").casefold()
    customer_number = cells.get("customer_number", "")
    return Line(row.number, number, name, customer_number, email, cells, status, currency, total, balance, issued, due)


def _money(
    row: int, cells: dict[str, str], decimal: str, home: Home, notes: list[Note]
) -> tuple[str, Decimal, Decimal] | None:
    """Currency, total and balance; None when something is missing or unreadable, which is noted."""
    read: dict[str, values.Amount] = {}
    for name in ("balance", "total", "paid"):
        if cells.get(name):
            try:
                read[name] = values.amount(cells[name], decimal)
            except Bad as bad:
                notes.append(Note(row, name, bad.reason, cells[name][:40]))
                return None
    named = {one.currency for one in read.values() if one.currency}
    try:
        currency = fields.currency_code(cells.get("currency", "") or next(iter(named), ""), home.currency)
        exact = {name: values.exact(one, currency, name) for name, one in read.items()}
    except Bad as bad:
        where = "currency" if bad.reason == "currency_unknown" else bad.detail.partition(":")[0]
        notes.append(Note(row, where, bad.reason, (cells.get(where) or next(iter(named), ""))[:40]))
        return None
    if named - {currency}:
        notes.append(Note(row, "currency", "currencies_differ", ", ".join(sorted(named | {currency}))))
        return None
    if "balance" in exact:
        balance = exact["balance"]
    elif "balance" not in cells and {"total", "paid"} <= exact.keys():
        balance = exact["total"] - exact["paid"]
    elif "balance" not in cells and "total" in exact:
        balance = exact["total"]  # nothing stands under "paid": nothing was
    else:
        notes.append(Note(row, "balance" if "balance" in cells else "total", "missing"))
        return None
    return currency, exact.get("total", balance), balance


def _status(row: int, text: str, found: Records) -> str:
    word = folded(text)
    if word and word not in _STATUS_OF and re.search(r"\b(void|draft|written off)\b", word):
        return next(_STATUS_OF[known] for known in ("void", "draft", "written off") if known in word)
    return _STATUS_OF.get(word, "open")


def _against(row: int, cells: dict[str, str], status: str, total: Decimal, balance: Decimal) -> list[Note]:
    """What one cell says against another: we do not choose between them."""
    found = []
    if status == "paid" and balance > 0:
        found.append(Note(row, "status", "paid_but_owed", cells.get("status", "")[:40]))
    if balance > total:
        found.append(Note(row, "balance", "more_than_total", cells.get("balance", "")[:40]))
    return found


def _day(row: int, cells: dict[str, str], name: str, order: str, notes: list[Note]) -> date | None:
    text = cells.get(name, "")
    if not text:
        return None
    try:
        return values.day(text, order)
    except Bad as bad:
        notes.append(Note(row, name, bad.reason, text[:40]))
        return None


def _once(lines: Sequence[Line], ids: dict[int, str], found: Records) -> list[Line]:
    """One row for an invoice: the same said twice counts once; two that say different things are both refused."""
    same: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        same[number_key(line.number), ids[line.row]].append(line)
    kept = []
    for group in same.values():
        first = group[0]
        if all(line.said == first.said for line in group):
            kept.append(first)
            found.left_out += [Note(line.row, "number", "same_again", line.number, first.row) for line in group[1:]]
            continue
        for line in group:
            other = next(one.row for one in group if one.said != line.said)
            found.errors.append(Note(line.row, "number", "twice", line.number, other))
    return sorted(kept, key=lambda line: line.row)


def _invoice(line: Line, customer: str, found: Records) -> LedgerInvoice:
    """The invoice of a row, its id still to be told apart from others of its number."""
    sent = values.yes_or_no(line.cells.get("sent", "")) if line.cells.get("sent") else None
    if line.cells.get("sent") and sent is None:
        found.remarks.append(Note(line.row, "sent", "sent_unknown", line.cells["sent"][:40]))
    description = line.cells.get("description", "")
    return LedgerInvoice(
        external_id=identity("invoice", number_key(line.number)),
        number=line.number,
        customer=customer,
        status=line.status,
        vendor_status=line.cells.get("status", "")[:60],
        currency=line.currency,
        total=line.total,
        balance=line.balance if line.status in ("open", "draft", "paid") else Decimal("0.00"),
        issued_on=line.issued,
        due_on=line.due,
        lines=(LedgerLine("", description, None, line.total),) if description else (),
        memo=line.cells.get("memo", ""),
        sent=sent,
        payments=None,
        pay_url=None,
        updated_at=None,
    )
