"""The process that makes pages: seeds its database, signs the owner in, asks itself, says what it took."""

import sys
import time
from datetime import timedelta
from decimal import Decimal
from statistics import median
from typing import Any

import django

from desk.bench.children import tell

AT_ONCE = 2_000


def main() -> None:
    """``messages disputes times`` as arguments; one line of figures."""
    messages, disputes, times = (int(word) for word in sys.argv[1:4])
    django.setup()
    from django.conf import settings

    from syntharra.celery import app
    from syntharra.tenancy import acting_for

    settings.ALLOWED_HOSTS = ["localhost"]
    app.conf.broker_url = "memory://localhost/"  # bells ring for nobody
    business, owner = _firm()
    with acting_for(business.pk):
        number = _disputed(business, messages)
        _more(business, disputes - 1)
    _known_to_the_planner()
    tell(
        _figures("dispute_page", owner, f"/disputes/{number}/", times)
        | _figures("board", owner, "/disputes/?view=board", times)
    )


def _figures(name: str, owner: Any, address: str, times: int) -> dict[str, Any]:
    """Queries of one page, and the median of its times in milliseconds: of the processor, and on the clock."""
    from django.db import connection
    from django.test import Client

    asked: list[str] = []

    def noted(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    client = Client(headers={"host": "localhost"})
    client.force_login(owner)
    for _warm in range(3):
        answer = client.get(address, secure=True)
        assert answer.status_code == 200, (address, answer.status_code)
    with connection.execute_wrapper(noted):
        client.get(address, secure=True)
    cpu, wall = [], []
    for _time in range(times):
        began, of_process = time.perf_counter(), time.process_time()
        client.get(address, secure=True)
        cpu.append(1000 * (time.process_time() - of_process))
        wall.append(1000 * (time.perf_counter() - began))
    return {
        f"{name}_queries": len(asked),
        f"{name}_ms": round(median(cpu), 1),
        f"{name}_wall_ms": round(median(wall), 1),
    }


def _known_to_the_planner() -> None:
    """What autovacuum has long done where so many rows came over weeks: the server knows what its tables hold."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")


def _firm() -> tuple[Any, Any]:
    from allauth.account.models import EmailAddress

    from accounts.models import User
    from accounts.services import start_business
    from integrations.models import Connection
    from syntharra.clock import now
    from syntharra.tenancy import acting_for

    owner = User.objects.create_user("owner@bench.example")
    EmailAddress.objects.create(user=owner, email=owner.email, verified=True, primary=True)
    business = start_business(
        owner, name="Bench Plumbing", sandbox=False, dispute_contact="Ava", dispute_phone="+16145550199",
        dispute_hours="Mon-Fri 8-5",
    )  # fmt: skip
    with acting_for(business.pk):
        Connection.objects.create(
            provider="quickbooks", account="1", company="Bench", sandbox=False, connected_at=now(),
            connected_by=owner.email, synced_at=now(),
        )  # fmt: skip
    return business, owner


def _disputed(business: Any, messages: int) -> str:
    """One dispute with a customer who has other overdue invoices, and as many entries of the thread, every second a letter."""
    from disputes.freeze import NewClaim
    from disputes.models import Post, Side
    from disputes.services import open_dispute
    from invoices.models import Contact
    from notifications.models import Message, MessageInvoice
    from syntharra.clock import now

    customer = _customers(business, 1)[0]
    Contact.objects.create(customer=customer, name="Ana Reyes", email="ana@bench.example", phone="+16145550123")
    invoice, *_others = _invoices([customer] * 4, frozen_at=None)
    claim = NewClaim(
        source="call", source_key="bench", words="The joint under the sink still leaks", reason="quality", by="Ana"
    )
    (dispute,) = open_dispute(invoice.pk, claim=claim)
    begun, posts, letters = now(), [], []
    for index in range(messages):
        at, theirs = begun + timedelta(seconds=index), index % 2 == 0
        letter = Message(
            letter="firm_wrote", key=f"bench:{index}", purpose="dispute", channel="email", status="sent",
            to="ana@bench.example", customer=customer, subject=f"About your question {index}",
            text="As it was sent. " * 40, correlation="bench", owed_at=at, due_at=at, sent_at=at,
        )  # fmt: skip
        letters.append(letter)
        posts.append(
            Post(
                dispute=dispute, side=Side.CUSTOMER if theirs else Side.FIRM, channel=Post.Channel.EMAIL, by="Ana",
                words=f"Message {index}: it still leaks, and the cabinet below is wet by now. " * 3, at=at,
                message=None if theirs else letter,
            )
        )  # fmt: skip
    for start in range(0, messages, AT_ONCE):
        Message.objects.bulk_create(letters[start : start + AT_ONCE])
        about = [MessageInvoice(message=one, invoice=invoice) for one in letters[start : start + AT_ONCE]]
        MessageInvoice.objects.bulk_create(about)
        Post.objects.bulk_create(posts[start : start + AT_ONCE])
    return str(dispute.number)


def _more(business: Any, count: int) -> None:
    """As many disputes more, in every state the board shows, as they stand on the track."""
    from django.db import transaction

    from disputes.models import Claim, ClaimOn, Dispute
    from syntharra.clock import now

    states = ("new", "acknowledged", "specified", "resolving")
    for start in range(0, count, AT_ONCE):
        size = min(AT_ONCE, count - start)
        customers = _customers(business, size)
        with transaction.atomic():
            invoices = _invoices(customers, frozen_at=now())
            claims, disputes, links = [], [], []
            for index, invoice in enumerate(invoices):
                opened = now() - timedelta(hours=(start + index) % 240)
                claim = Claim(
                    customer=invoice.customer, source="page", source_key=f"b{start + index}", words="Nobody came",
                    reason="quality", said_at=opened, by="Ana",
                )  # fmt: skip
                dispute = Dispute(
                    number=f"D-{900_000 + start + index}", invoice=invoice, customer=invoice.customer,
                    status=states[index % 4], opened_at=opened, balance_at_opening=invoice.balance, currency="USD",
                    decide_by=opened + timedelta(days=7), acknowledged_at=opened if index % 4 else None,
                )  # fmt: skip
                claims.append(claim)
                disputes.append(dispute)
                links.append(ClaimOn(dispute=dispute, claim=claim, first=True))
            Claim.objects.bulk_create(claims)
            Dispute.objects.bulk_create(disputes)
            ClaimOn.objects.bulk_create(links)


def _customers(business: Any, count: int) -> list[Any]:
    from integrations.models import Connection
    from invoices.models import Customer
    from syntharra.identifiers import uuid7

    connection = Connection.objects.get()
    return Customer.objects.bulk_create(
        Customer(
            connection=connection, external_id=uuid7().hex, name="Harbor Cafe", company="Harbor Cafe", kind="business",
            street="12 Pier Rd", city="Columbus", state="US-OH", zip="43215",
        )
        for _index in range(count)
    )  # fmt: skip


def _invoices(customers: list[Any], *, frozen_at: Any) -> list[Any]:
    from invoices.models import Invoice
    from syntharra.clock import now
    from syntharra.identifiers import uuid7

    today = now().date()
    return Invoice.objects.bulk_create(
        Invoice(
            connection_id=customer.connection_id, customer=customer, external_id=uuid7().hex, number=f"{2000 + index}",
            books_status="open", currency="USD", total=Decimal("796.00"), balance=Decimal("796.00"), sent=True,
            issued_on=today - timedelta(days=60), due_on=today - timedelta(days=30), read_at=now(), frozen_at=frozen_at,
        )
        for index, customer in enumerate(customers)
    )  # fmt: skip


if __name__ == "__main__":
    main()
