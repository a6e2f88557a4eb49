"""The rows of a file as customers and invoices, and a word about every row that is not one. Pure: the same file, the same answer.

A row that cannot be read to the cent is no invoice at all; nothing is guessed, rounded or half taken.
"""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from integrations import fields, phones
from integrations.fields import Bad
from integrations.file import values
from integrations.file.choices import Choices
from integrations.file.tables import Row, Table
from integrations.freshbooks import places
from integrations.ledger import Home, LedgerAddress, LedgerCustomer, LedgerInvoice, LedgerLine, LedgerPhone

_MAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
_TOTAL = re.compile(r"\s*(?:grand\s+)?(?:sub\s*)?totals?\b|\s*total\s+(?:for|de|general)\b", re.IGNORECASE)
_STATUSES = (
    ("void", ("void", "voided", "cancelled", "canceled", "anulada", "anulado", "cancelada", "cancelado")),
    ("draft", ("draft", "borrador", "not issued")),
    ("written_off", ("written off", "write off", "bad debt", "uncollectible", "incobrable")),
    ("paid", ("paid", "paid in full", "closed", "settled", "pagada", "pagado", "cobrada", "liquidada")),
)
_STATUS_OF = {word: status for status, words in _STATUSES for word in words}
LONGEST_NUMBER = 60


@dataclass(frozen=True, slots=True, repr=False)
class Note:
    """Something about one row: a code of ``integrations.file.words``, the field it is in, and what stands there."""

    row: int
    field: str
    reason: str
    value: str = ""
    other_row: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One invoice of the file with the row it came from."""

    row: int
    invoice: LedgerInvoice


@dataclass(repr=False)
class Records:
    """All that a file says. Errors: rows that are not taken. Remarks: rows that are, but for one cell."""

    customers: list[LedgerCustomer] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    errors: list[Note] = field(default_factory=list)
    remarks: list[Note] = field(default_factory=list)
    left_out: list[Note] = field(default_factory=list)
    order: str = values.MONTH  # of the dates, as they were read
    order_was_shown: bool = False  # by the columns themselves


@dataclass(frozen=True, slots=True, repr=False)
class _Line:
    """What is read of one row before customers and numbers are told apart."""

    row: int
    number: str
    name: str
    customer_number: str
    email: str
    cells: dict[str, str]
    status: str
    currency: str
    total: Decimal
    balance: Decimal
    issued: date | None
    due: date | None

    @property
    def said(self) -> tuple[object, ...]:
        """What makes two rows of one number the same or not."""
        return (self.status, self.currency, self.total, self.balance, self.issued, self.due)


def records(table: Table, choices: Choices, home: Home) -> Records:
    """Every row of the table as an invoice, an error, or a row left out for a reason that is said."""
    found = Records()
    dates = [choices.columns[name] for name in ("issued", "due") if name in choices.columns]
    shown = values.day_order(row.cells[at] for row in table.rows for at in dates)
    found.order_was_shown = bool(shown) and choices.dates == values.AUTO
    found.order = choices.dates if choices.dates != values.AUTO else shown or values.MONTH
    lines = [line for row in table.rows if (line := _line(row, choices, home, found)) is not None]
    ids = _customer_ids(lines)
    lines = _once(lines, ids, found)
    of_customer: dict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        of_customer[ids[line.row]].append(line)
    found.customers = [_customer(external_id, rows, home, found) for external_id, rows in of_customer.items()]
    found.entries = [Entry(line.row, _invoice(line, ids[line.row], found)) for line in lines]
    found.errors.sort(key=lambda note: note.row)
    found.remarks.sort(key=lambda note: note.row)
    found.left_out.sort(key=lambda note: note.row)
    return found


def folded(name: str) -> str:
    """A name without case, accents and signs."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[\W_]+", " ", plain.casefold()).split())


def number_key(number: str) -> str:
    """By what an invoice is known again: its number without case and blanks. 10-1 and 10/1 stay two."""
    return "".join(number.casefold().split())


def _line(row: Row, choices: Choices, home: Home, found: Records) -> _Line | None:
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
    email = next(iter(_MAIL.findall(cells.get("email", ""))), "").casefold()
    customer_number = cells.get("customer_number", "")
    return _Line(row.number, number, name, customer_number, email, cells, status, currency, total, balance, issued, due)


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


def _customer_ids(lines: Sequence[_Line]) -> dict[int, str]:
    """Whose each row is: by the customer's number; without one by the name, and the e-mail where one name has several."""
    names = {name: folded(name) or name for name in {line.name for line in lines}}
    mails: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        if line.email:
            mails[names[line.name]].add(line.email)
    found = {}
    for line in lines:
        name = names[line.name]
        several = len(mails[name]) > 1
        if line.customer_number:
            found[line.row] = identity("number", line.customer_number)
        else:
            found[line.row] = identity("name", name, line.email if several else "")
    return found


def identity(*parts: str) -> str:
    """An id that stays the same from file to file, whatever its length."""
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=20).hexdigest()


def _once(lines: Sequence[_Line], ids: dict[int, str], found: Records) -> list[_Line]:
    """One row for an invoice: the same said twice counts once; two that say different things are both refused."""
    same: dict[tuple[str, str], list[_Line]] = defaultdict(list)
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


def _customer(external_id: str, lines: Sequence[_Line], home: Home, found: Records) -> LedgerCustomer:
    """From all rows of this customer: the first that says something is right, and every number is kept."""
    first = lines[0]

    def said(name: str, most: int) -> str:
        return next((line.cells[name] for line in lines if line.cells.get(name)), "")[:most]

    state = places.state(said("state", 60)) if home.country == "US" else ""
    if said("state", 60) and home.country == "US" and not state:
        found.remarks.append(Note(first.row, "state", "state_unknown", said("state", 40)))
    company = _is_company(first, said("kind", 60), found)
    return LedgerCustomer(
        external_id=external_id,
        name=first.name[:200],
        company=first.name[:200] if company else "",
        contact_name=said("contact", 200) or ("" if company else first.name[:200]),
        is_business=company,
        phones=_phones(lines, home, found),
        emails=_emails(lines, found),
        address=LedgerAddress(street=said("street", 200), city=said("city", 100), state=state, zip=said("zip", 12)),
        active=True,
        parent="",
        updated_at=None,
    )


def _is_company(line: _Line, kind: str, found: Records) -> bool:
    """As the file says; without a word a legal form in the name. Nobody else is taken for a company: the stricter law."""
    said = values.is_company(kind) if kind else None
    if kind and said is None:
        found.remarks.append(Note(line.row, "kind", "kind_unknown", kind[:40]))
    return said if said is not None else values.has_legal_form(line.name)


def _phones(lines: Sequence[_Line], home: Home, found: Records) -> tuple[LedgerPhone, ...]:
    kept: dict[str, LedgerPhone] = {}
    for name, place in (("mobile", "mobile"), ("phone", "primary")):
        for line in lines:
            raw = line.cells.get(name, "")[:60]
            if not raw or raw in {phone.raw for phone in kept.values()}:
                continue
            number, problem = phones.read(raw, home.country)
            if (number or raw) in kept:
                continue
            kept[number or raw] = LedgerPhone(raw, place, number, problem)
            if problem:
                found.remarks.append(Note(line.row, name, f"phone_{problem}", raw))
    return tuple(kept.values())[:6]


def _emails(lines: Sequence[_Line], found: Records) -> tuple[str, ...]:
    kept: dict[str, None] = {}
    for line in lines:
        written = line.cells.get("email", "")
        addresses = [one for one in _MAIL.findall(written) if len(one) <= 254]
        if written and not addresses:
            found.remarks.append(Note(line.row, "email", "email_unreadable", written[:40]))
        kept.update(dict.fromkeys(addresses))
    return tuple(kept)


def _invoice(line: _Line, customer: str, found: Records) -> LedgerInvoice:
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
