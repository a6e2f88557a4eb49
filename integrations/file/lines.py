"""What is read of the rows of a file: lines, the invoices they become, and notes about those that become none. Data."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from integrations.file import values
from integrations.ledger import LedgerCustomer, LedgerInvoice


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
class Line:
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


def folded(name: str) -> str:
    """A name without case, accents and signs."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[\W_]+", " ", plain.casefold()).split())


def number_key(number: str) -> str:
    """By what an invoice is known again: its number without case and blanks. 10-1 and 10/1 stay two."""
    return "".join(number.casefold().split())


def identity(*parts: str) -> str:
    """An id that stays the same from file to file, whatever its length."""
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=20).hexdigest()
