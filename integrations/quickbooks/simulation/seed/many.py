"""Thousands of believable customers and invoices, the same ones for the same seed, to try a sync with."""

import random
from datetime import timedelta
from decimal import Decimal

from integrations.quickbooks.simulation.books import Books
from integrations.quickbooks.simulation.seed.build import add_bill
from integrations.quickbooks.simulation.seed.firms import Bill, Person
from integrations.quickbooks.simulation.seed.forms import customer_form

FAMILIES = "Adler Baker Castro Dunn Ellis Fisk Grant Hobbs Irwin Jonas Kemp Lowe Marsh Nolan Ortega Price Reed Stone"
GIVEN = "Abby Blake Cora Dean Elsa Finn Gina Hugo Iris Jude Kira Leon Mona Ned Opal Pete Rosa Sam Tina Vera"
TRADES = "Bakery Dental Fitness Realty Florist Brewing Optics Motors Cleaners Books Pharmacy Catering Salon"
AREAS = ("614", "740", "937", "513", "330", "216", "419")
WORK = (
    ("10", "Leak repair", 95, 900),
    ("13", "Drain cleaning", 120, 480),
    ("14", "Water heater replacement", 1200, 3600),
    ("15", "Sump pump replacement", 480, 1400),
    ("16", "Backflow test", 90, 290),
    ("19", "Sewer camera inspection", 220, 520),
)


def add_many(books: Books, *, invoices: int, customers: int, seed: int) -> None:
    """Add so many customers, and invoices of which most are paid, some open and not due, some late. Tells nobody."""
    chance = random.Random(f"many {seed}")  # noqa: S311 - same books for the same seed
    people = [_person(books, chance, number) for number in range(1, customers + 1)]
    beginning = books.clock.now() - timedelta(days=364)
    for person in people:
        books.add("Customer", customer_form(person), at=beginning, quiet=True)
    for _ in range(invoices):
        person = chance.choice(people)
        add_bill(books, _bill(books, chance, person), person)
    for person in people:
        books.refresh_balance(person.identity)


def _person(books: Books, chance: random.Random, number: int) -> Person:
    given, family = chance.choice(GIVEN.split()), chance.choice(FAMILIES.split())
    identity = books.next_id("Customer")
    return Person(
        identity,
        f"{family} {chance.choice(TRADES.split())} {number}",
        given,
        family,
        phone=f"({chance.choice(AREAS)}) 555-01{chance.randrange(100):02d}",
        street=f"{chance.randrange(10, 9900)} {chance.choice(FAMILIES.split())} St",
        postal_code=f"432{chance.randrange(1, 36):02d}",
        mail=f"billing{identity}@{family.lower()}.example",
    )


def _bill(books: Books, chance: random.Random, person: Person) -> Bill:
    item, words, low, high = chance.choice(WORK)
    price = Decimal(chance.randrange(low * 100, high * 100)) / 100
    fate = chance.random()
    due_in = chance.randrange(1, 29) if 0.6 <= fate < 0.85 else -chance.randrange(1, 120)
    share = Decimal(1) if fate < 0.6 else Decimal("0.5") if fate >= 0.97 else Decimal(0)
    paid = (price * share).quantize(Decimal("0.01"))
    days = chance.randrange(-20, 1)
    payments = ((books.next_id("Payment"), str(paid), days),) if paid else ()
    return Bill(
        books.next_id("Invoice"),
        books.next_document(),
        person.identity,
        due_in,
        ((item, words, "1", str(price)),),
        payments=payments,
    )
