"""The two sellers: a dental practice with two offices and a closed one, and a small landscaper."""

from datetime import UTC, datetime, timedelta

from integrations.simulation.entities import Customer, Invoice
from integrations.simulation.world import Company
from integrations.square.simulation.cast import CAST
from integrations.square.simulation.config import (
    CLOSED_LOCATION,
    DENTAL_PRACTICE,
    LANDSCAPER,
    LANDSCAPER_LOCATION,
    MAIN_LOCATION,
    SECOND_LOCATION,
    SquareSimConfig,
)
from integrations.square.simulation.schedule import deposit_plan, installment_plan
from integrations.square.simulation.selling import SquareBooks
from integrations.square.simulation.things import Location
from integrations.square.simulation.values import made

DENTAL_LOCATIONS = (
    Location(
        id=MAIN_LOCATION,
        name="Lincoln Park",
        zone="America/Chicago",
        street="2215 N Halsted St",
        city="Chicago",
        state="IL",
        zip="60614",
        phone="+1 312-555-0140",
        created_at=datetime(2019, 3, 4, 15, 10, 9, tzinfo=UTC),
    ),
    Location(
        id=SECOND_LOCATION,
        name="South Bend",
        zone="America/Indiana/Indianapolis",
        street="118 E Jefferson Blvd",
        city="South Bend",
        state="IN",
        zip="46601",
        phone="+1 574-555-0171",
        created_at=datetime(2021, 8, 17, 13, 2, 44, tzinfo=UTC),
    ),
    Location(
        id=CLOSED_LOCATION,
        name="Evanston (closed)",
        zone="America/Chicago",
        street="900 Davis St",
        city="Evanston",
        state="IL",
        zip="60201",
        phone="+1 847-555-0155",
        created_at=datetime(2017, 1, 9, 16, 0, 0, tzinfo=UTC),
        active=False,
    ),
)
LANDSCAPER_LOCATIONS = (
    Location(
        id=LANDSCAPER_LOCATION,
        name="Yard",
        zone="America/Phoenix",
        street="4410 E Ray Rd",
        city="Phoenix",
        state="AZ",
        zip="85044",
        phone="+1 602-555-0117",
        created_at=datetime(2023, 2, 28, 18, 30, 0, tzinfo=UTC),
    ),
)
FAR_OFF_DAYS = 240
"""Only invoices this old were sold where the office is closed now."""


def companies(settings: SquareSimConfig) -> list[Company]:
    """Names and sizes; the books are written when first asked for."""
    return [
        Company(
            account=DENTAL_PRACTICE,
            name="Lakefront Family Dental",
            firm="dental_practice",
            invoices=max(0, settings.invoices - len(CAST)),
            seed=settings.seed,
            books={"zone": "America/Chicago", "number": "{:06d}"},
        ),
        Company(
            account=LANDSCAPER,
            name="Cactus Wren Landscaping",
            firm="landscaper",
            invoices=settings.second_invoices,
            seed=settings.seed,
            books={"zone": "America/Phoenix", "number": "{:04d}", "currency": settings.second_currency},
        ),
    ]


def locations(account: str) -> dict[str, Location]:
    """By id, the main one first."""
    known = DENTAL_LOCATIONS if account == DENTAL_PRACTICE else LANDSCAPER_LOCATIONS
    return {one.id: one for one in known}


def finish(books: SquareBooks) -> None:
    """What only Square has: places, schedules, sources, fractions of seconds; and one invoice of every status.

    What has it already is left as it is, so that books may be filled further.
    """
    for customer in books.customers.values():
        if "source" not in customer.extra:
            _finish_customer(customer)
    for invoice in books.invoices.values():
        if "location" not in invoice.extra:
            _finish_invoice(books, invoice)
    for payment in books.payments.values():
        if "location" not in payment.extra:
            for id in payment.applied:
                payment.extra["location"] = books.location_of(books.invoices[id]).id
                payment.extra["order"] = books.order_of(books.invoices[id])
            payment.extra.setdefault("location", books.main.id)
            payment.created_at = _spread(payment.created_at, payment.id)
            payment.updated_at = max(payment.updated_at, payment.created_at + timedelta(milliseconds=1720))
    if "cast" not in books.extra and books.account == DENTAL_PRACTICE:
        books.extra["cast"] = {name: play(books, books.today()).id for name, play in CAST.items()}


def _finish_customer(customer: Customer) -> None:
    chance = _chance("customer", customer.id)
    customer.extra["source"] = ("DIRECTORY", "INVOICES", "IMPORT", "THIRD_PARTY")[chance % 4]
    customer.extra.setdefault("version", chance % 5)
    if chance % 23 == 0:
        customer.extra["instant_profile"] = True
    if chance % 3 == 0:
        customer.extra["reference"] = f"PAT-{chance % 100_000:05d}"
    customer.created_at = _spread(customer.created_at, customer.id)
    customer.updated_at = max(customer.updated_at, customer.created_at)


def _finish_invoice(books: SquareBooks, invoice: Invoice) -> None:
    chance = _chance("invoice", invoice.id)
    invoice.extra["location"] = _place(books, invoice)
    if invoice.status == "draft" or not invoice.lines or invoice.total <= 0:
        return
    due = invoice.due_on or invoice.issued_on
    if chance % 17 == 0 and due > invoice.issued_on:
        invoice.extra["requests"] = deposit_plan(invoice, "25", invoice.issued_on + (due - invoice.issued_on) / 3)
    elif chance % 29 == 0 and invoice.total >= 300:
        invoice.extra["requests"] = installment_plan(invoice, 3, due)
        invoice.due_on = due + timedelta(days=60)


def _place(books: SquareBooks, invoice: Invoice) -> str:
    """A customer goes to one office; what was sold long ago and paid may have been sold at the closed one."""
    if len(books.locations) == 1:
        return books.main.id
    chance = _chance("place", invoice.customer)
    long_ago = invoice.issued_on < books.today() - timedelta(days=FAR_OFF_DAYS)
    if long_ago and chance % 5 == 0 and books.balance(invoice) <= 0:
        return CLOSED_LOCATION
    return SECOND_LOCATION if chance % 3 == 0 else MAIN_LOCATION


def _chance(*parts: str) -> int:
    return int(made(9, *parts, letters="0123456789"))


def _spread(at: datetime, *parts: str) -> datetime:
    """A moment with a fraction of 0, 2 or 3 digits."""
    chance = _chance("ms", *parts)
    milliseconds = (chance % 1000, chance % 100 * 10, 0)[chance // 1000 % 3]
    return at.replace(microsecond=milliseconds * 1000)
