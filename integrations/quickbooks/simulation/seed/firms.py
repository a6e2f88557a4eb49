"""How a sandbox company is described: its people, its bills, the terms and services it knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

HOME_CURRENCY = {"value": "USD", "name": "United States Dollar"}
TERMS = {"1": ("Due on receipt", 0), "2": ("Net 15", 15), "3": ("Net 30", 30)}
ITEMS = {
    "10": "Repair",
    "11": "Service call",
    "12": "Labor",
    "13": "Drain cleaning",
    "14": "Water heater replacement",
    "15": "Sump pump",
    "16": "Backflow test",
    "17": "Parts and materials",
    "18": "Fixture installation",
    "19": "Sewer camera inspection",
}
TAX_PERCENT = Decimal(8)


@dataclass(frozen=True)
class Person:
    """One customer as the firm wrote it down."""

    identity: str
    name: str
    given: str = ""
    family: str = ""
    company: bool = True
    title: str = ""
    phone: str | None = None
    mobile: str | None = None
    street: str = ""
    city: str = "Columbus"
    postal_code: str = "43215"
    mail: str | None = None
    terms: str = "3"
    parent: tuple[str, str] | None = None
    active: bool = True

    @property
    def full_name(self) -> str:
        """The name with the parent's before it."""
        return f"{self.parent[1]}:{self.name}" if self.parent else self.name


def read_people(rows: str, *, city: str) -> tuple[Person, ...]:
    """Customers from lines of `id | name | contact | phone | street | postal code | mail`.

    Whoever is called the same as the contact is a person, not a company.
    """
    people = []
    for row in rows.strip().splitlines():
        identity, name, contact, phone, street, postal_code, mail = (part.strip() for part in row.split("|"))
        given, family = contact.split(" ", 1)
        person = Person(
            identity, name, given, family, name != contact, "", phone, None, street, city, postal_code, mail
        )
        people.append(person)
    return tuple(people)


@dataclass(frozen=True)
class Bill:
    """One invoice: due so many days from today, lines of (item, words, quantity, price)."""

    identity: str
    number: str
    customer: str
    due_in: int
    lines: tuple[tuple[str, str, str, str], ...]
    taxed: bool = False
    payments: tuple[tuple[str, str, int], ...] = ()
    """Id of the payment, its amount, and how many days after the due date it came."""


@dataclass(frozen=True)
class Firm:
    """One company of the sandbox."""

    realm: str
    name: str
    mail: str
    phone: str
    street: str
    city: str
    postal_code: str
    zone: str
    people: Sequence[Person]
    bills: Sequence[Bill]
