"""Builds a company's books from its description, with believable times."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from integrations.quickbooks.simulation.books import Books, Notice
from integrations.quickbooks.simulation.clock import WorldClock
from integrations.quickbooks.simulation.seed.firms import ITEMS, TERMS, Bill, Firm, Person
from integrations.quickbooks.simulation.seed.forms import (
    company_form,
    customer_form,
    invoice_form,
    payment_form,
    preferences_form,
)

LONGEST_HISTORY = timedelta(days=365)


def build(firm: Firm, clock: WorldClock, notice: Notice) -> Books:
    """A firm's books; nobody is told about what was there from the start."""
    books = Books(firm.realm, company_form(firm), preferences_form(), ZoneInfo(firm.zone), clock, notice)
    beginning = clock.now() - LONGEST_HISTORY
    for identity, name in ITEMS.items():
        item = {"Id": identity, "Name": name, "FullyQualifiedName": name, "Type": "Service", "Active": True}
        books.add("Item", item, at=beginning, quiet=True)
    for identity, (name, days) in TERMS.items():
        term = {"Id": identity, "Name": name, "Type": "STANDARD", "DueDays": days, "Active": True}
        books.add("Term", term, at=beginning, quiet=True)
    for number, person in enumerate(firm.people):
        books.add("Customer", customer_form(person), at=beginning + timedelta(days=number, hours=3), quiet=True)
    people = {person.identity: person for person in firm.people}
    for bill in firm.bills:
        add_bill(books, bill, people[bill.customer])
    for person in firm.people:
        books.refresh_balance(person.identity, at=_last_change(books, person.identity, beginning))
    return books


def add_bill(books: Books, bill: Bill, person: Person) -> None:
    """An invoice that was sent on its day, and the payments it got."""
    due = books.today() + timedelta(days=bill.due_in)
    issued = due - timedelta(days=TERMS[person.terms][1])
    created = office_hour(books, issued, bill.identity)
    invoice = books.add("Invoice", invoice_form(bill, person, issued, due, created), at=created, quiet=True)
    for identity, amount, days_after in bill.payments:
        paid_on = due + timedelta(days=days_after)
        at = office_hour(books, paid_on, identity)
        payment = payment_form(identity, Decimal(amount), person, invoice, paid_on)
        books.add("Payment", payment, at=at, quiet=True)
        links = [*invoice["LinkedTxn"], {"TxnId": identity, "TxnType": "Payment"}]
        changed = {**invoice, "Balance": invoice["Balance"] - Decimal(amount), "LinkedTxn": links}
        invoice = books.save("Invoice", changed, at=at, quiet=True)


def office_hour(books: Books, day: date, identity: str) -> datetime:
    """Some minute of the working day, always the same for the same id, and never in the future."""
    minute = int(identity) * 37 % 540 if identity.isdigit() else 0
    moment = datetime.combine(day, time(8), books.zone) + timedelta(minutes=minute)
    return min(moment.astimezone(UTC), books.clock.now() - timedelta(hours=1))


def _last_change(books: Books, identity: str, otherwise: datetime) -> datetime:
    changes = [books.tables[entity].changed(item["Id"]) for entity, item in books.transactions_of(identity)]
    return datetime.fromtimestamp(max(changes), UTC) if changes else otherwise
