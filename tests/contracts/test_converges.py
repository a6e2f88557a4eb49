"""However the acts of people, lost and repeated news, outages, crashes and readings follow one another: in the end our rows
are the books, to the cent, at every vendor."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from typing import Any

import hypothesis
import pytest
from django.db.models import Sum
from hypothesis import strategies

from integrations.errors import VendorError
from integrations.models import ConnectionDoor, Hint, SyncRun
from invoices import sync_runs
from invoices.models import Allocation, Customer, Invoice
from invoices.sync import read_fresh, sync
from syntharra.clock import machine_now
from syntharra.tenancy import acting_for
from tests.contracts.rigs import Rig, money, start_anew
from tests.contracts.test_reading import asked_for_later, with_new_start
from tests.integrations.quickbooks.avas_books import unconnected

which = strategies.integers(0, 5)
cents = strategies.integers(1, 90_000)
STEPS = strategies.lists(
    strategies.one_of(
        strategies.tuples(strategies.just("bill"), cents),
        strategies.tuples(strategies.just("pay"), which, cents),
        strategies.tuples(strategies.just("bounce"), which),
        strategies.tuples(strategies.just("credit"), which, cents),
        strategies.tuples(strategies.just("void"), which),
        strategies.tuples(strategies.just("delete"), which),
        strategies.tuples(strategies.just("rename"), which),
        strategies.tuples(strategies.just("read")),
        strategies.tuples(strategies.just("crash"), strategies.integers(1, 10)),
        strategies.tuples(strategies.just("hint"), which),
        strategies.tuples(strategies.just("fresh"), which),
        strategies.tuples(strategies.just("outage")),
    ),
    min_size=4,
    max_size=12,
)
_names = itertools.count(1)


class Killed(BaseException):
    """The worker is gone."""


class Story:
    """One run of events in one vendor's books."""

    def __init__(self, books: Rig) -> None:
        self.books = books
        self.customers = [books.a_customer() for _ in range(2)]
        self.invoices: list[str] = []
        self.payments: list[str] = []
        for number in range(6):
            self.bill(10_000 + number)

    def _try(self, verb: str, **facts: Any) -> Any:
        """As an owner would: what the books do not allow does not happen."""
        with suppress(AssertionError):
            return self.books.act(verb, **facts)
        return None

    def bill(self, amount: int) -> None:
        customer = self.customers[len(self.invoices) % 2]
        self.invoices.append(self.books.an_invoice(customer, f"{Decimal(amount) / 100:.2f}"))

    def _one(self, index: int) -> tuple[str, dict[str, Any]]:
        invoice = self.invoices[index % len(self.invoices)]
        return invoice, self.books.truth().get(invoice, {"balance": "0", "customer": self.customers[0]})

    def pay(self, index: int, amount: int) -> None:
        invoice, facts = self._one(index)
        part = min(Decimal(amount) / 100, money(facts["balance"]))
        if part > 0:
            paid = self._try("pay", customer=facts["customer"], amount=f"{part:.2f}", applied={invoice: f"{part:.2f}"})
            self.payments += [str(paid["id"])] if paid else []

    def bounce(self, index: int) -> None:
        if self.payments:
            self._try("reverse_payment", id=self.payments[index % len(self.payments)])

    def credit(self, index: int, amount: int) -> None:
        if not self.books.manners.shows_credits:
            return
        invoice, facts = self._one(index)
        part = min(Decimal(amount) / 100, money(facts["balance"]))
        made = self._try("add_credit", customer=facts["customer"], total=f"{part:.2f}") if part > 0 else None
        if made:
            self._try("apply_credit", id=str(made["id"]), invoice=invoice, amount=f"{part:.2f}")

    def void(self, index: int) -> None:
        self._try("void_invoice", id=self._one(index)[0])

    def delete(self, index: int) -> None:
        if self.books.manners.deletes:
            self._try("delete_invoice", id=self._one(index)[0])

    def rename(self, index: int) -> None:
        self._try("change_customer", id=self.customers[index % 2], name=f"Harbor Cafe {next(_names)}")

    def read(self) -> None:
        SyncRun.objects.update(leased_until=None)
        run = sync(self.books.again().pk)
        assert run is not None
        assert (run.status, run.problem) == ("done", "")

    def crash(self, at: int) -> None:
        """The worker dies before its so-manyth transaction."""
        SyncRun.objects.update(leased_until=None)
        guard, left = sync_runs.guard, itertools.count(1)

        def dies(held: Any) -> None:
            if next(left) == at:
                raise Killed
            guard(held)

        with pytest.MonkeyPatch.context() as patch, suppress(Killed):
            patch.setattr(sync_runs, "guard", dies)
            sync(self.books.again().pk)

    def hint(self, index: int) -> None:
        invoice, _facts = self._one(index)
        Hint.objects.update_or_create(
            connection=self.books.again(), kind="invoice", external_id=invoice, defaults={"noted_at": machine_now()}
        )

    def fresh(self, index: int) -> None:
        found = Invoice.objects.filter(external_id=self._one(index)[0]).first()
        if found is not None:
            with suppress(VendorError):
                read_fresh(found.pk)

    def outage(self) -> None:
        from integrations import asking
        from invoices import sync as module

        self.books.strike(self.books.manners.outage, times=None)
        SyncRun.objects.update(leased_until=None)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(asking, "_FIRST_WAIT", 0.01)
            patch.setattr(module, "PATIENCE", 0.05)
            sync(self.books.again().pk)
        self.books.sim.clear_faults()


@contextmanager
def fresh_books(vendor: Rig, settings: Any) -> Iterator[Rig]:
    """A business of its own on books as they begin."""
    start_anew(vendor, settings)
    ConnectionDoor.objects.all().delete()
    firm = unconnected(email=f"ava{next(_names)}@avasplumbing.example")
    with acting_for(firm.business.pk):
        vendor.firm, vendor.connection = firm, vendor.connect(firm)
        yield vendor


@hypothesis.settings(
    max_examples=max(3, hypothesis.settings().max_examples // 12),
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture, hypothesis.HealthCheck.too_slow],
    phases=[phase for phase in hypothesis.Phase if phase is not hypothesis.Phase.shrink],  # an example takes seconds
)
@hypothesis.given(steps=STEPS)
def test_any_interleaving_ends_with_the_books(
    db: None, vendor: Rig, settings: Any, steps: list[tuple[Any, ...]]
) -> None:
    with fresh_books(vendor, settings) as books:
        story = Story(books)
        for name, *arguments in steps:
            getattr(story, name)(*arguments)
        with_new_start(books)  # the comparison of the whole, made once a day
        SyncRun.objects.filter(status="running").update(cursor={}, whole=True)
        for _ in range(2):
            story.read()

        truth = books.truth()
        later = asked_for_later(books)
        assert owed_here() == {id: owed for id, owed in owed_there(truth).items() if id not in later}
        assert cash_here(truth) == cash_there(truth)
        assert names_here(story.customers) == len(story.customers)
        story.read()
        assert SyncRun.objects.order_by("-started_at", "-pk")[0].written == 0


def owed_there(truth: dict[str, Any]) -> dict[str, Decimal]:
    open_ones = {id: money(one["balance"]) for id, one in truth.items() if one["status"] == "open"}
    return {id: balance for id, balance in open_ones.items() if balance > 0}


def owed_here() -> dict[str, Decimal]:
    return dict(Invoice.objects.open().values_list("external_id", "balance"))


def cash_there(truth: dict[str, Any]) -> dict[str, Decimal]:
    live = {id: money(one["paid"]) for id, one in truth.items() if one["status"] in ("open", "paid")}
    return {id: paid for id, paid in live.items() if paid > 0}


def cash_here(truth: dict[str, Any]) -> dict[str, Decimal]:
    live = [id for id, one in truth.items() if one["status"] in ("open", "paid")]
    rows = Allocation.objects.filter(
        kind="cash", amount__gt=0, payment__reversed_at=None, invoice__external_id__in=live
    )
    return dict(rows.values_list("invoice__external_id").annotate(Sum("amount")))


def names_here(customers: list[str]) -> int:
    return Customer.objects.filter(external_id__in=customers).count()
