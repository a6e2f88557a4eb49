"""The same people in every test: Ava's Plumbing and its owner, a rival who must never see her rows, and their customers."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from accounts.models import Business, Membership, Role, User
from accounts.services import start_business
from compliance.models import Consent
from integrations.models import Connection, NumberDoor, PhoneLine
from invoices.models import Contact, Customer, Invoice, InvoiceLine
from syntharra.clock import now
from syntharra.tenancy import acting_for

_numbers = count(1)


@dataclass
class Firm:
    """A business with its owner; fixtures enter ``acting_for`` it."""

    business: Business
    owner: User
    connection: Connection


def make_user(email: str, **fields: Any) -> User:
    return User.objects.create_user(email, "a long enough password", **fields)


def make_business(
    name: str = "Ava's Plumbing", *, email: str = "ava@avasplumbing.example", sandbox: bool = True, **fields: Any
) -> Firm:
    """A firm with an owner, connected books (nothing behind them) and a caller ID."""
    owner = make_user(email, first_name="Ava", last_name="Brooks")
    defaults: dict[str, Any] = {
        "callback_number": "+16145550199",
        "dispute_contact": "Ava Brooks",
        "dispute_phone": "+16145550199",
        "dispute_hours": "Mon-Fri 8-5",
        "reviews_calls": False,
        "trade": "home",
    }
    business = start_business(owner, name=name, sandbox=sandbox, **(defaults | fields))
    with acting_for(business.pk):
        connection = Connection.objects.create(
            provider="quickbooks",
            account=f"93414500000{next(_numbers):05d}",
            company=name,
            sandbox=sandbox,
            connected_at=now(),
            connected_by=email,
            synced_at=now(),
        )
        line = PhoneLine.objects.create(number=f"+1614{5_550_000 + next(_numbers)}", sandbox=sandbox, created_at=now())
        NumberDoor.objects.create(number=line.number, business_id=business.pk, line_id=line.pk)
    return Firm(business, owner, connection)


def make_member(firm: Firm, email: str, role: Role = Role.MANAGER) -> User:
    user = make_user(email)
    Membership.objects.create(business=firm.business, user=user, role=role)
    return user


def make_customer(firm: Firm, name: str = "Harbor Cafe", *, consented: bool = True, **fields: Any) -> Customer:
    """A company in Columbus, Ohio with one billing contact that may be called. ``phone`` and ``email`` go to the contact."""
    number = next(_numbers)
    phone = fields.pop("phone", f"+1614{5_550_000 + number}")
    contact = {
        "name": fields.pop("contact_name", "Ana Reyes"),
        "email": fields.pop("email", f"ap{number}@customer.example"),
    }
    customer = Customer.objects.create(
        **{
            "connection": firm.connection,
            "external_id": str(number),
            "name": name,
            "company": name,
            "kind": Customer.Kind.BUSINESS,
            "street": "12 Pier Rd",
            "city": "Columbus",
            "state": "US-OH",
            "zip": "43215",
        }
        | fields
    )
    Contact.objects.create(customer=customer, phone=phone, phone_raw=phone, phone_kind="primary", **contact)
    if consented and phone:
        Consent.objects.create(
            customer=customer,
            number=phone,
            basis="number given on the signed work order",
            given_by=contact["name"],
            given_on=now().date() - timedelta(days=30),
            attested_by=firm.owner.email,
        )
    return customer


def make_invoice(firm: Firm, customer: Customer | None = None, **fields: Any) -> Invoice:
    """An open invoice of 796.00 for a water heater, due on ``due_on`` (default: 2026-10-03)."""
    number = next(_numbers)
    customer = customer or make_customer(firm)
    balance = Decimal(fields.pop("balance", "796.00"))
    invoice = Invoice.objects.create(
        **{
            "connection": firm.connection,
            "customer": customer,
            "external_id": str(number),
            "number": str(2000 + number),
            "books_status": Invoice.Books.OPEN,
            "currency": "USD",
            "total": balance,
            "balance": balance,
            "issued_on": date(2026, 9, 3),
            "due_on": date(2026, 10, 3),
            "sent": True,
            "read_at": now(),
        }
        | fields
    )
    InvoiceLine.objects.create(
        invoice=invoice,
        position=1,
        item="Repair",
        description="Water heater replacement",
        amount=balance,
        currency="USD",
    )
    return invoice
