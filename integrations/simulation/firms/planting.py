"""Writes a firm's history into books."""

import random
from datetime import timedelta
from decimal import Decimal

from integrations.simulation.books import Books, Line

FIRMS = ("plumber", "dental_practice", "law_firm", "agency", "landscaper", "saas")


def plant(books: Books, firm: str, *, invoices: int = 3000, seed: int = 1, customers: int | None = None) -> None:
    """Customers and history, the same for the same seed on the same day; nobody is told."""
    rng = random.Random(f"{firm} {seed}")  # noqa: S311 - believable, not secret
    was, books.quiet = books.quiet, True
    try:
        whose = [books.add_customer(f"Customer {n}", email=f"c{n}@example.com") for n in range(customers or invoices // 6 + 1)]
        for _ in range(invoices):
            on = books.today() - timedelta(days=rng.randrange(420))
            lines = [Line("Work", Decimal(1), Decimal(rng.randrange(5000, 90000)) / 100)]
            found = books.add_invoice(rng.choice(whose).id, lines, issued_on=on)
            if rng.random() < 0.7:
                books.pay(found.customer, found.total, {found.id: found.total}, paid_on=on + timedelta(days=5))
    finally:
        books.quiet = was
