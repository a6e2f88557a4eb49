"""Where an invoice stands, in a word with a shape and one short reason. For a whole list at once: no query per row."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from calls.models import Attempt, AttemptInvoice, Call
from compliance.models import StopKind, Suppression
from desk.wording.outcomes import ending, means
from disputes.models import Claim, ClaimOn
from invoices.models import Contact, Customer, Hold, Invoice, PlanInvoice, Promise
from invoices.replacements import REASON as REPLACEMENT
from syntharra import clock, money, together
from syntharra.money import Money
from syntharra.templatetags.syntharra import day_words, moment_words, past_due

LONG_OVERDUE = 31
OPEN_ATTEMPT = ("planned", "dialing", "live", "unknown")


@dataclass(frozen=True)
class Standing:
    """``state`` names the look; an empty ``word`` is the look's own; ``why`` is the reason in a few words."""

    state: str
    word: str = ""
    why: str = ""


@dataclass(frozen=True)
class Row:
    """One invoice in a list."""

    url: str
    number: str
    customer: str
    due: date | None
    late: str
    state: str
    state_word: str
    why: str
    balance: Money
    estimate: str = ""


def today() -> date:
    """Business time's date on the wall of the page."""
    return timezone.localtime(clock.now()).date()


def invoice_url(invoice: Invoice) -> str:
    """By its id: books may use a number twice, and the address by number shows the newest of them."""
    return reverse("invoice", args=[invoice.pk])


def rows(invoices: Iterable[Invoice]) -> list[Row]:
    """These invoices (with their customers loaded) as rows of a list."""
    listed = list(invoices)
    stands = standings(listed)
    return [
        Row(
            url=invoice_url(invoice),
            number=invoice.number or invoice.external_id,
            customer=invoice.customer.name,
            due=invoice.due_on,
            late=past_due(invoice.due_on) if invoice.books_status == Invoice.Books.OPEN else "",
            state=stands[invoice.pk].state,
            state_word=stands[invoice.pk].word,
            why=stands[invoice.pk].why,
            balance=invoice.balance_money,
            estimate=invoice.estimate,
        )
        for invoice in listed
    ]


def standings(invoices: Collection[Invoice]) -> dict[UUID, Standing]:
    """One query for any number of invoices."""
    open_ones = [invoice for invoice in invoices if invoice.books_status == Invoice.Books.OPEN]
    known = _Known.of(open_ones)
    return {invoice.pk: _standing(invoice, known) for invoice in invoices}


@dataclass(frozen=True)
class _Known:
    disputed: dict[UUID, str]
    promised: dict[UUID, Promise]
    planned: set[UUID]
    held: dict[UUID, str]
    customers_held: dict[UUID, str]
    attempts: dict[UUID, tuple[str, datetime]]
    last_calls: dict[UUID, str]
    stopped: dict[UUID, str]
    reachable: set[UUID]
    calls_people: bool
    all_held: str

    @classmethod
    def of(cls, invoices: Collection[Invoice]) -> "_Known":
        ids = [invoice.pk for invoice in invoices]
        customers = [invoice.customer_id for invoice in invoices]
        found = together.load(**_wanted(ids, customers))
        held, customers_held, all_held = _holds(found["holds"], ids, customers)
        return cls(
            disputed={row["dispute__invoice_id"]: _reason(row["claim__reason"]) for row in found["disputed"]},
            promised={promise.invoice_id: promise for promise in found["promised"]},
            planned={row["invoice_id"] for row in found["planned"]},
            held=held,
            customers_held=customers_held,
            attempts={
                row["invoice_id"]: (row["attempt__status"], row["attempt__planned_for"]) for row in found["attempts"]
            },
            last_calls={row["invoice_id"]: _ended(row) for row in found["calls"]},
            stopped={one.customer_id: one.get_kind_display() for one in found["stops"]},
            reachable={row["customer_id"] for row in found["reachable"]},
            calls_people=bool(invoices) and next(iter(invoices)).business.consumer_calls,
            all_held=all_held,
        )


def _wanted(ids: list[UUID], customers: list[UUID]) -> dict[str, QuerySet[Any, Any]]:
    """Whatever tells where these invoices stand, each sort by itself."""
    disputed = ClaimOn.objects.filter(dispute__invoice__in=ids, dispute__closed_at=None, first=True)
    attempts = AttemptInvoice.objects.filter(invoice__in=ids)
    open_ones = attempts.filter(dropped_at=None, attempt__status__in=OPEN_ATTEMPT)
    called = attempts.filter(attempt__call__isnull=False).order_by("attempt__planned_for")
    stops = Suppression.objects.filter(customer__in=customers, lifted_at=None).exclude(kind=StopKind.NO_EMAIL)
    billing = Contact.objects.filter(customer__in=customers, role=Contact.Role.BILLING).exclude(phone="")
    return {
        "disputed": disputed.values("dispute__invoice_id", "claim__reason"),
        "promised": Promise.objects.filter(invoice__in=ids, status=Promise.Status.RUNNING),
        "planned": PlanInvoice.objects.filter(invoice__in=ids, live=True).values("invoice_id"),
        "holds": Hold.objects.running(clock.now()).order_by("since"),
        "attempts": open_ones.values("invoice_id", "attempt__status", "attempt__planned_for"),
        "calls": called.values("invoice_id", *_CALL),
        "stops": stops.order_by("at"),
        "reachable": billing.values("customer_id"),
    }


_CALL = ("attempt__call__disposition", "attempt__call__status", "attempt__status", "attempt__ended_because")


def _ended(row: dict[str, Any]) -> str:
    """The word for how a call ended, from its bare columns."""
    disposition, status, attempt_status, because = (row[name] for name in _CALL)
    attempt = Attempt(status=attempt_status, ended_because=because)
    return ending(Call(disposition=disposition, status=status, attempt=attempt)).word


def _reason(code: str) -> str:
    return str(Claim.Reason(code).label) if code in Claim.Reason.values else code


def _holds(holds: list[Hold], ids: list[UUID], customers: list[UUID]) -> tuple[dict[UUID, str], dict[UUID, str], str]:
    invoices, people, everything = {}, {}, ""
    for hold in holds:
        if hold.invoice_id in ids:
            invoices[hold.invoice_id] = hold.reason
        elif hold.invoice_id is None and hold.customer_id in customers:
            people[hold.customer_id] = hold.reason
        elif hold.invoice_id is None and hold.customer_id is None and not hold.number:
            everything = hold.reason
    return invoices, people, everything


def _standing(invoice: Invoice, known: _Known) -> Standing:
    if invoice.books_status != Invoice.Books.OPEN:
        return Standing(invoice.books_status)
    if invoice.frozen_at:
        since = _("disputed since %(day)s: %(kind)s")
        kind = known.disputed.get(invoice.pk, _("not said yet"))
        return Standing("frozen", "", since % {"day": _day(invoice.frozen_at), "kind": kind})
    if invoice.left_reason:
        return Standing("left", invoice.get_left_reason_display(), "")
    if invoice.paused_reason:
        return Standing("paused", invoice.get_paused_reason_display(), _("waits for your answer"))
    if invoice.pk in known.planned:
        return Standing("promised", _("Payment plan"), _("paid in installments"))
    if promise := known.promised.get(invoice.pk):
        paid = _("%(amount)s by %(day)s") % {
            "amount": money.shown(money.of(promise.amount, promise.currency)),
            "day": day_words(promise.promised_for),
        }
        return Standing("promised", "", paid)
    held = known.held.get(invoice.pk) or known.customers_held.get(invoice.customer_id) or known.all_held
    if held:
        held = _("it may replace an older one") if held == REPLACEMENT else held
        return Standing("on_hold", "", means(held) or held)
    return _by_date(invoice, known)


def _by_date(invoice: Invoice, known: _Known) -> Standing:
    late = invoice.days_late(today())
    state = "very_overdue" if late >= LONG_OVERDUE else "overdue"
    if late == 0:
        return Standing("due", "" if invoice.due_on else _("No due date"), "")
    if invoice.pk in known.attempts:
        status, at = known.attempts[invoice.pk]
        if status == "planned":
            return Standing(state, "", _("call planned %(when)s") % {"when": moment_words(at)})
        return Standing(status)
    return Standing(state, "", _why_quiet(invoice, known))


def _why_quiet(invoice: Invoice, known: _Known) -> str:
    """Why no call is planned, as far as one look tells; the invoice's page asks the gate."""
    if invoice.customer_id in known.stopped:
        return _("not called: %(why)s") % {"why": known.stopped[invoice.customer_id]}
    if invoice.customer.never_call:
        return _("never called: your list")
    if invoice.customer_id not in known.reachable:
        return _("no number to call")
    if invoice.customer.kind != Customer.Kind.BUSINESS and not known.calls_people:
        return _("a private person: not called")
    if invoice.pk in known.last_calls:
        return _("last call: %(outcome)s") % {"outcome": known.last_calls[invoice.pk]}
    return _("no call planned yet")


def _day(at: datetime) -> str:
    return day_words(timezone.localtime(at).date())
