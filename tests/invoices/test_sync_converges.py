"""However changes, webhooks, crashes and readings follow one another, in the end our rows are the books, to the cent."""

import base64
import hashlib
import hmac
import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

import hypothesis
import pytest
from django.test import Client
from hypothesis import strategies

from integrations import bells, tasks
from integrations.errors import Refused
from integrations.models import Connection, ConnectionDoor, SyncRun
from integrations.quickbooks import ledger as quickbooks_ledger
from integrations.quickbooks.simulator import AVAS_PLUMBING
from invoices import sync_runs
from invoices.models import Allocation, CreditMemo, Customer, Invoice, Payment
from invoices.sync import read_fresh, sync
from syntharra import clock, due
from syntharra.tenancy import acting_for
from tests.integrations.quickbooks.avas_books import VERIFIER, Books, begin_again, connect, unconnected
from tests.integrations.quickbooks.simulator_server import Vendor

NUMBERS = ["2231", "2232", "2233", "2207", "2234", "2188", "2235", "2236"]
number = strategies.sampled_from(NUMBERS)
cents = strategies.integers(1, 40_000)

STEPS = strategies.lists(
    strategies.one_of(
        strategies.tuples(strategies.just("pay"), number, cents),
        strategies.tuples(strategies.just("take_back"), number, strategies.sampled_from(["void", "delete"])),
        strategies.tuples(strategies.just("credit"), number, cents, strategies.booleans()),
        strategies.tuples(strategies.just("void"), number),
        strategies.tuples(strategies.just("delete"), number),
        strategies.tuples(strategies.just("new"), number, cents),
        strategies.tuples(strategies.just("move"), number, strategies.sampled_from(["58", "61", "63", "76"])),
        strategies.tuples(strategies.just("spoil"), number),
        strategies.tuples(strategies.just("read")),
        strategies.tuples(strategies.just("crash"), strategies.integers(1, 12)),
        strategies.tuples(strategies.just("webhook"), number),
        strategies.tuples(strategies.just("fresh"), number),
        strategies.tuples(strategies.just("month")),
    ),
    min_size=4,
    max_size=14,
)
_names = itertools.count(1)


class Killed(BaseException):
    """The worker is gone."""


@contextmanager
def fresh_books(vendor: Vendor) -> Iterator[Books]:
    """A business of its own on books as they begin."""
    begin_again(vendor)
    ConnectionDoor.objects.all().delete()
    firm = unconnected(email=f"ava{next(_names)}@avasplumbing.example")
    with acting_for(firm.business.pk):
        yield Books(firm, connect(firm), vendor)


@hypothesis.settings(
    max_examples=max(5, hypothesis.settings().max_examples // 8),
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture, hypothesis.HealthCheck.too_slow],
    phases=[phase for phase in hypothesis.Phase if phase is not hypothesis.Phase.shrink],  # an example takes seconds
)
@hypothesis.given(steps=STEPS, page=strategies.sampled_from([7, 40, 1000]))
def test_any_interleaving_ends_with_the_books(
    db: None, vendor: Vendor, monkeypatch: pytest.MonkeyPatch, page: int, steps: list[tuple[Any, ...]]
) -> None:
    monkeypatch.setattr(quickbooks_ledger, "PAGE", page)
    with fresh_books(vendor) as books:
        for name, *arguments in steps:
            getattr(Acts, name)(books, *arguments)
        mend(books)
        for _ in range(3):  # finish what was begun, read what changed meanwhile, find nothing more
            Acts.read(books)

        assert ours(books) == theirs(books)
        last = SyncRun.objects.order_by("-started_at").first()
        assert last is not None
        assert (last.status, last.written) == ("done", 0)


class Acts:
    """What happens in the books, on the way, and here."""

    @staticmethod
    def try_control(books: Books, path: str, **asked: Any) -> Any:
        """As an owner would: what the books do not allow (paying a void invoice) does not happen."""
        answer = books.vendor.http.post(f"/_sim/{path}", json={"realm": AVAS_PLUMBING, **asked})
        return json.loads(answer.text, parse_float=Decimal) if answer.status_code == 200 else None

    @classmethod
    def pay(cls, books: Books, number: str, amount: int) -> None:
        cls.try_control(books, "pay", doc_number=number, amount=amount / 100)

    @classmethod
    def take_back(cls, books: Books, number: str, how: str) -> None:
        cls.try_control(books, "refund", doc_number=number, how=how)

    @classmethod
    def credit(cls, books: Books, number: str, amount: int, apply: bool) -> None:
        cls.try_control(books, "credit", doc_number=number, amount=amount / 100, apply=apply)

    @classmethod
    def void(cls, books: Books, number: str) -> None:
        if identity := identity_of(books, number):
            cls.try_control(books, "void", entity="Invoice", id=identity)

    @classmethod
    def delete(cls, books: Books, number: str) -> None:
        if identity := identity_of(books, number):
            cls.try_control(books, "delete", entity="Invoice", id=identity)

    @classmethod
    def new(cls, books: Books, number: str, amount: int) -> None:
        # A number given out twice is the books' business: rows are told apart by id.
        identity = str(70_000 + next(_names))
        money: dict[str, Any] = {"TotalAmt": amount / 100, "Balance": amount / 100}
        dates: dict[str, Any] = {"TxnDate": "2026-11-01", "DueDate": "2026-11-08"}
        books.plant("Invoice", Id=identity, DocNumber=f"N{identity}", CustomerRef={"value": "58"}, **money, **dates)

    @classmethod
    def move(cls, books: Books, number: str, customer: str) -> None:
        if identity := identity_of(books, number):
            books.plant("Invoice", Id=identity, CustomerRef={"value": customer})

    @classmethod
    def spoil(cls, books: Books, number: str) -> None:
        """For a while an amount has parts of a cent."""
        found = next((one for one in books.objects("Invoice") if one["DocNumber"] == number), None)
        if found is not None and "Spoiled" not in found:
            spoiled = float(found["TotalAmt"]) + 0.001
            books.plant("Invoice", Id=found["Id"], TotalAmt=spoiled, Spoiled=float(found["TotalAmt"]))

    @staticmethod
    def read(books: Books) -> None:
        SyncRun.objects.update(leased_until=None)
        run = sync(books.connection.pk)
        assert run is not None
        assert run.status == "done"

    @staticmethod
    def crash(books: Books, at: int) -> None:
        """The worker dies before its so-manyth transaction."""
        SyncRun.objects.update(leased_until=None)
        guard, left = sync_runs.guard, itertools.count(1)

        def dies(held: Any) -> None:
            if next(left) == at:
                raise Killed
            guard(held)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sync_runs, "guard", dies)
            try:
                sync(books.connection.pk)
            except Killed:
                return

    @staticmethod
    def webhook(books: Books, number: str) -> None:
        entity = {"name": "Invoice", "id": identity_of(books, number) or "1", "operation": "Update", "lastUpdated": ""}
        told = [{"realmId": AVAS_PLUMBING, "dataChangeEvent": {"entities": [entity]}}]
        body = json.dumps({"eventNotifications": told}).encode()
        signature = base64.b64encode(hmac.digest(VERIFIER.encode(), body, hashlib.sha256)).decode()
        headers = {"intuit-signature": signature}
        answer = Client().post("/webhooks/quickbooks", body, content_type="application/json", headers=headers)
        assert answer.status_code == 200
        tasks.read_inbox()
        if books.connection.pk in due.rows(bells.SYNC):
            Acts.read(books)

    @staticmethod
    def fresh(books: Books, number: str) -> None:
        row = Invoice.objects.filter(number=number).first()
        if row is not None:
            with suppress(Refused):  # one with parts of a cent cannot be read, and says so
                read_fresh(row.pk)

    @staticmethod
    def month(books: Books) -> None:
        """Nothing was read for more than a month."""
        connection = Connection.objects.get(pk=books.connection.pk)
        if connection.cursor and not SyncRun.objects.filter(status="running").exists():
            then = clock.now() - timedelta(days=40)
            Connection.objects.filter(pk=connection.pk).update(cursor={"since": then.isoformat()})


def identity_of(books: Books, number: str) -> str | None:
    return next((one["Id"] for one in books.objects("Invoice") if one.get("DocNumber") == number), None)


def mend(books: Books) -> None:
    for one in books.objects("Invoice"):
        if "Spoiled" in one:
            books.plant("Invoice", Id=one["Id"], TotalAmt=float(one["Spoiled"]), drop=("Spoiled",))


def ours(books: Books) -> dict[str, Any]:
    mine = {"connection": books.connection}
    alive = Payment.objects.filter(**mine, reversed_at=None)
    paid: dict[tuple[str, str], Decimal] = {}
    for entry in Allocation.objects.filter(payment__connection=books.connection, amount__gt=0).select_related(
        "payment", "invoice"
    ):
        key = (entry.payment.external_id, entry.invoice.external_id)
        paid[key] = paid.get(key, Decimal(0)) + entry.amount
    return {
        "customers": {row.external_id: row.name for row in Customer.objects.filter(**mine)},
        "invoices": {
            row.external_id: (row.customer.external_id, row.total, row.balance)
            for row in Invoice.objects.filter(**mine).exclude(books_status="deleted").select_related("customer")
        },
        "owed on deleted": sum(
            Invoice.objects.filter(**mine, books_status="deleted").values_list("balance", flat=True)
        ),
        "payments": {row.external_id: (row.amount, row.unapplied) for row in alive},
        "paid": paid,
        "credits": {
            row.external_id: (row.total, row.balance) for row in CreditMemo.objects.filter(**mine, deleted_at=None)
        },
    }


def theirs(books: Books) -> dict[str, Any]:
    payments = [one for one in books.objects("Payment") if not _void(one)]
    paid: dict[tuple[str, str], Decimal] = {}
    for one in payments:
        for line in one.get("Line", []):
            for link in line["LinkedTxn"]:
                if link["TxnType"] == "Invoice":
                    key = (one["Id"], link["TxnId"])
                    paid[key] = paid.get(key, Decimal(0)) + Decimal(line["Amount"])
    return {
        "customers": {one["Id"]: one["DisplayName"] for one in books.objects("Customer")},
        "invoices": {
            one["Id"]: (one["CustomerRef"]["value"], Decimal(one["TotalAmt"]), Decimal(one["Balance"]))
            for one in books.objects("Invoice")
        },
        "owed on deleted": 0,
        "payments": {one["Id"]: (Decimal(one["TotalAmt"]), Decimal(one.get("UnappliedAmt", 0))) for one in payments},
        "paid": {key: amount for key, amount in paid.items() if amount},
        "credits": {
            one["Id"]: (Decimal(one["TotalAmt"]), Decimal(one["Balance"])) for one in books.objects("CreditMemo")
        },
    }


def _void(one: dict[str, Any]) -> bool:
    return Decimal(one["TotalAmt"]) == 0 and str(one.get("PrivateNote", "")).startswith("Voided")
