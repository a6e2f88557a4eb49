"""Open lines for a benchmark: firms, customers with an overdue invoice, and calls that were answered a moment ago.

``python -m desk.bench.lines_seed`` reads one JSON object a line on standard input and answers each with the new lines.
"""

import json
import os
import sys
from datetime import timedelta
from typing import Any
from uuid import UUID

import django

from desk.bench.children import tell

ZIPS = ("43004", "43016", "43017", "43026")


def main() -> None:
    """``{"businesses": N}`` makes firms and says their ids; ``{"lines": N, "businesses": [...]}`` opens lines of them."""
    django.setup()
    from syntharra.celery import app

    app.conf.broker_url = "memory://localhost/"
    for asked in sys.stdin:
        wanted = json.loads(asked)
        if "lines" in wanted:
            tell([line for business in _shares(wanted) for line in _open(*business)])
        else:
            tell([str(_firm()) for _ in range(wanted["businesses"])])
    os._exit(0)


def _shares(wanted: dict[str, Any]) -> list[tuple[UUID, int]]:
    firms, lines = wanted["businesses"], wanted["lines"]
    return [(UUID(firm), lines // len(firms) + (index < lines % len(firms))) for index, firm in enumerate(firms)]


def _firm() -> UUID:
    from accounts.models import User
    from accounts.services import start_business
    from integrations.models import Connection, PhoneLine
    from syntharra.clock import now
    from syntharra.identifiers import uuid7
    from syntharra.tenancy import acting_for

    owner = User.objects.create_user(f"{uuid7()}@bench.example")
    business = start_business(
        owner, name="Bench Plumbing", sandbox=True, reviews_calls=False, callback_number="+16145550199",
        consent_wording="They gave us their numbers.", consent_attested_at=now(), consent_attested_by=owner.email,
    )  # fmt: skip
    with acting_for(business.pk):
        Connection.objects.create(
            provider="file", account=str(business.pk), company="Bench", sandbox=True, connected_at=now(),
            connected_by="bench", synced_at=now(),
        )  # fmt: skip
        PhoneLine.objects.create(number="+16145550199", sandbox=True, created_at=now())
    return business.pk


def _open(business_id: UUID, count: int) -> list[dict[str, str]]:
    """So many calls just answered: each of a customer of its own, about one invoice."""
    from calls.models import Attempt, AttemptInvoice, Call, CallDoor
    from integrations.models import Connection
    from invoices.models import Contact, Customer, Invoice
    from syntharra import clock
    from syntharra.tenancy import acting_for

    with acting_for(business_id):
        moment = clock.now()
        books = Connection.objects.filter(provider="file").get()
        first = Customer.objects.count()
        customers = [
            Customer(
                connection=books, external_id=f"b{first + n}", name=f"Harbor Cafe {first + n}", kind="business",
                state="US-OH", zip=ZIPS[n % len(ZIPS)],
            )
            for n in range(count)
        ]  # fmt: skip
        Customer.objects.bulk_create(customers)
        numbers = [f"+1614{2000000 + first + n}" for n in range(count)]
        Contact.objects.bulk_create(
            Contact(customer=customer, name="Ana Reyes", phone=number, email=f"ap{first + n}@customer.example", rank=0)
            for n, (customer, number) in enumerate(zip(customers, numbers, strict=True))
        )
        invoices = [
            Invoice(
                customer=customer, connection=books, external_id=f"b{first + n}", number=str(20_000 + first + n),
                due_on=clock.today("America/New_York") - timedelta(days=5), total=796 + n, balance=796 + n,
                currency="USD", books_status="open", read_at=moment,
            )
            for n, customer in enumerate(customers)
        ]  # fmt: skip
        Invoice.objects.bulk_create(invoices)
        attempts = [
            Attempt(
                customer=customer, status="live", number=1, to=number, planned_for=moment, dialing_at=moment,
                dialing_on=moment.date(), posted_at=clock.machine_now(),
            )
            for customer, number in zip(customers, numbers, strict=True)
        ]  # fmt: skip
        Attempt.objects.bulk_create(attempts)
        AttemptInvoice.objects.bulk_create(
            AttemptInvoice(attempt=attempt, invoice=invoice, position=1)
            for attempt, invoice in zip(attempts, invoices, strict=True)
        )
        calls = [
            Call(
                attempt=attempt, customer_id=attempt.customer_id, sid=f"CA{attempt.pk.hex}", status="in-progress",
                to=attempt.to, caller="+16145550199", placed_at=moment, answered_at=moment,
            )
            for attempt in attempts
        ]  # fmt: skip
        Call.objects.bulk_create(calls)
        CallDoor.objects.bulk_create(CallDoor(attempt_id=attempt.pk, business_id=business_id) for attempt in attempts)
    return [{"path": f"/relay/{call.attempt_id}", "sid": call.sid, "call": str(call.pk)} for call in calls]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "syntharra.settings")
    main()
