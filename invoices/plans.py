"""Payment plans: agreed by the firm, confirmed in writing, each installment watched against the money in the books.

While a plan runs nobody calls or reminds about its invoices. A missed installment has one notice (purpose ``collect``: gate,
freeze and every stop bind it), three business days to make up for it, then the plan ends and collecting goes on where it
stood. A dispute about one of its invoices silences the whole plan until it has ended.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urljoin
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import timeline
from accounts.models import User
from compliance.models import Channel, Purpose
from invoices import promises, verification
from invoices.book_days import business_days_later, read_since
from invoices.changes import receivables_changed
from invoices.models import Allocation, Customer, Installment, Invoice, PaymentPlan, PlanInvoice
from invoices.number_checks import address_of
from invoices.plan_rules import BadPlan, Part, checked, met
from invoices.services import hold
from notifications.letters import NoLongerTrue, letter_facts
from notifications.members import in_charge, mail_to
from notifications.models import Message
from notifications.outbox import Letter, owe
from syntharra import clock, due, money

DUE = "plans"
CONFIRMATION, MISSED, OVER = "plan_confirmation", "plan_missed", "plan_ended"
IN_THE_BOOKS = 1  # business days a payment may take to stand in the books
TO_CURE = 3  # business days after the notice
LOOKED_AT = time(10)
Status, Part_ = PaymentPlan.Status, Installment.Status


class CannotPlan(Exception):
    """No plan can be made of this now; the message says why and what to do."""


@dataclass(frozen=True)
class Standing:
    """What came in since it was agreed, what was credited since, and which installments that covers."""

    paid: Decimal
    credited: Decimal
    met: tuple[bool, ...]
    silenced: bool  # one of its invoices is disputed or paused


_pages: list[Callable[[Sequence[Invoice]], str]] = []


def paid_on_page(url_to: Callable[[Sequence[Invoice]], str]) -> None:
    """Say where a customer pays: the app above this one has the page, which stops when he disagrees."""
    _pages[:] = [url_to]


_unpaid: list[Callable[[PaymentPlan], None]] = []


def when_over_unpaid(act: Callable[[PaymentPlan], None]) -> None:
    """Say what follows when a plan ends and was not paid: with its invoices held, in the transaction that ends it."""
    _unpaid[:] = [act]


def register() -> None:
    """Say what the letters of a plan tell."""
    letter_facts(CONFIRMATION, _of_running)
    letter_facts(MISSED, _of_missed, sent=_was_noticed, failed=_was_not_noticed)
    letter_facts(OVER, _of_ended)


# made


@transaction.atomic(durable=True)
def agree(*invoice_ids: UUID, parts: Sequence[Part], how: str, by: User) -> PaymentPlan:
    """What was agreed with the customer about these invoices: from now on it holds, and he gets it in writing.

    ``parts`` add up to what the books show now. Raises CannotPlan; nothing is written or sent then.
    """
    return agree_held(hold(*invoice_ids), parts, how=how, by=by.email)


def agree_held(
    invoices: list[Invoice], parts: Sequence[Part], *, how: str, by: str, cause: str = "", earliest: date | None = None
) -> PaymentPlan:
    """The same for invoices of one customer held in the caller's transaction."""
    may_be_planned(invoices)
    business, currency = invoices[0].business, invoices[0].currency
    today = clock.today(business.time_zone)
    total = sum((invoice.balance for invoice in invoices), Decimal(0))
    try:
        kept = checked(parts, total, currency, earliest=earliest or today)
    except BadPlan as bad:
        raise CannotPlan(words_for(bad, total, currency)) from bad
    if not how.strip():
        raise CannotPlan(_("Say with whom it was agreed, and how."))
    moment = clock.now()
    plan = PaymentPlan.objects.create(
        customer_id=invoices[0].customer_id,
        total=total,
        currency=currency,
        agreed_how=how.strip()[:200],
        cause=cause,
        agreed_at=moment,
        agreed_by=by,
    )
    for invoice in invoices:
        PlanInvoice.objects.create(plan=plan, invoice=invoice, balance=invoice.balance)
    promises.withdraw([invoice.pk for invoice in invoices], by=by)  # what was agreed now stands instead
    first = 0 if kept[0].is_down_payment else 1
    for position, part in enumerate(kept, start=first):
        Installment.objects.create(
            plan=plan, position=position, due_on=part.due_on, amount=part.amount, currency=currency
        )
    numbers = ", ".join(invoice.number for invoice in invoices)
    timeline.record(plan, "plan_agreed", by=by, invoices=numbers, total=total, installments=len(kept), how=how)
    owe(_to_customer(CONFIRMATION, f"{plan.pk}", Purpose.SERVICE, plan, invoices))
    due.note(DUE, plan.pk, at=_next_look(business.time_zone))
    return plan


def may_be_planned(invoices: Sequence[Invoice]) -> None:
    """Raises CannotPlan, naming the invoice and what stands against a plan for it."""
    if len({invoice.currency for invoice in invoices}) != 1:
        raise CannotPlan(_("These invoices are in several currencies: make a plan for each."))
    running = set(
        PlanInvoice.objects.filter(invoice__in=[one.pk for one in invoices], live=True).values_list(
            "invoice_id", flat=True
        )
    )
    for invoice in invoices:
        number = {"number": invoice.number or invoice.external_id}
        if invoice.books_status != Invoice.Books.OPEN or invoice.balance <= 0:
            raise CannotPlan(_("%(number)s is not open in your books.") % number)
        if invoice.frozen_at is not None:
            raise CannotPlan(
                _("They disagree with %(number)s: a plan for it is a way to end the dispute, on its page.") % number
            )
        if invoice.paused_reason:
            raise CannotPlan(_("%(number)s is paused: settle that first.") % number)
        if invoice.left_reason not in (None, Invoice.Left.YOUR_DECISION):
            raise CannotPlan(_("%(number)s has left collection for good.") % number)
        if invoice.pk in running:
            raise CannotPlan(_("There is a plan for %(number)s already.") % number)
        if verification.is_missing(invoice):
            raise CannotPlan(_("Send the proof that the law asks for about %(number)s first.") % number)


def words_for(bad: BadPlan, total: Decimal, currency: str) -> str:
    """Why this split cannot be, and what would do."""
    owed = money.shown(money.of(total, currency))
    match bad.code:
        case "sum":
            summed = money.shown(money.rounded(money.Money(Decimal(str(bad.facts["summed"])), currency)))
            return _("The installments add up to %(summed)s; %(owed)s is owed.") % {"summed": summed, "owed": owed}
        case "dates":
            return _("The days must differ and stand in order, the first one first.")
        case "early":
            earliest = bad.facts["earliest"]
            return _("The first installment cannot be due before %(day)s.") % {"day": earliest}
        case "long":
            return _("A plan lasts five years at most.")
        case "down":
            return _("The down payment must be less than the %(owed)s that is owed.") % {"owed": owed}
        case "amounts":
            return _("Each installment must be more than zero, to the cent.")
    return _("A plan has 1 to %(most)d installments.") % {"most": bad.facts.get("most", 60)}


# watched


def look() -> int:
    """Look at every running plan of the current business: the books changed, or a day has come; how many."""
    running = list(
        PaymentPlan.objects.filter(status=Status.RUNNING).order_by("customer_id", "pk").values_list("pk", flat=True)
    )
    for plan_id in running:
        look_at(plan_id)
    return len(running)


@transaction.atomic(durable=True)
def look_at(plan_id: UUID) -> str:
    """Compare the plan with the books, and do what its day asks for; a word for what came of it. Safe to repeat."""
    plan, invoices = _held(plan_id)
    if plan.status != Status.RUNNING:
        due.settle(DUE, plan.pk)
        return "over"
    zone = invoices[0].business.time_zone
    due.note(DUE, plan.pk, at=_next_look(zone))
    rows, standing = list(plan.installments.order_by("position")), standing_of(plan, invoices)
    over = all(invoice.books_status != Invoice.Books.OPEN or invoice.balance == 0 for invoice in invoices)
    if over and not standing.paid:
        return _end(plan, Status.ENDED, by="Syntharra", why="nothing is owed on its invoices any more")
    _mark(plan, rows, standing.met)
    if over:
        return _end(plan, Status.PAID, by="Syntharra", why="paid")
    if any(invoice.left_reason not in (None, Invoice.Left.YOUR_DECISION) for invoice in invoices):
        return _end(plan, Status.ENDED, by="Syntharra", why="an invoice of it left collection")
    if standing.silenced:
        for row in rows:
            if row.status == Part_.MISSED:
                row.move(Part_.WAITING, noticed_at=None, cure_by=None)
        return "silenced"
    late = next((row for row, ok in zip(rows, standing.met, strict=True) if not ok), None)
    return _late(plan, late, invoices) if late is not None else "on time"


def standing_of(plan: PaymentPlan, invoices: Sequence[Invoice] | None = None) -> Standing:
    """What the books show about it now. At most four queries."""
    links = list(plan.about.select_related("invoice"))
    found = {invoice.pk: invoice for invoice in invoices} if invoices is not None else {}
    shown = [found.get(link.invoice_id, link.invoice) for link in links]
    cash = Allocation.objects.filter(
        invoice__in=[link.invoice_id for link in links],
        kind=Allocation.Kind.CASH,
        payment__reversed_at=None,
        seen_at__gte=plan.agreed_at,
    )
    paid = cash.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    lowered = sum((link.balance - one.balance for link, one in zip(links, shown, strict=True)), Decimal(0))
    credited = max(lowered - paid, Decimal(0))
    amounts = list(plan.installments.order_by("position").values_list("amount", flat=True))
    silenced = any(one.frozen_at is not None or one.paused_reason for one in shown)
    return Standing(paid, credited, tuple(met(amounts, paid=paid, credited=credited)), silenced)


@transaction.atomic(durable=True)
def end(plan_id: UUID, *, by: User, why: str) -> PaymentPlan:
    """The firm ends it, with the reason; collecting goes on where it stood. Ending twice is once. Raises CannotPlan."""
    if not why.strip():
        raise CannotPlan(_("Say why: the reason is kept with the plan."))
    plan, _invoices = _held(plan_id)
    if plan.status == Status.RUNNING:
        _end(plan, Status.ENDED, by=by.email, why=why.strip())
    return plan


def notices_among(message_ids: Collection[UUID]) -> set[UUID]:
    """Which of these letters tell of a missed installment: the one thing about money that a running plan lets go out."""
    if not message_ids:
        return set()
    return set(Message.objects.filter(pk__in=list(message_ids), letter=MISSED).values_list("pk", flat=True))


def _held(plan_id: UUID) -> tuple[PaymentPlan, list[Invoice]]:
    ids = list(PlanInvoice.objects.filter(plan=plan_id).values_list("invoice_id", flat=True))
    invoices = hold(*ids)
    return PaymentPlan.objects.get(pk=plan_id), invoices


def _mark(plan: PaymentPlan, rows: Sequence[Installment], flags: Sequence[bool]) -> None:
    for row, ok in zip(rows, flags, strict=True):
        if ok and row.status != Part_.PAID:
            row.move(Part_.PAID, paid_at=clock.now(), cure_by=None)
            timeline.record(plan, "plan_installment_paid", by="Syntharra", amount=row.amount, on=row.due_on)
        elif not ok and row.status == Part_.PAID:
            row.move(Part_.WAITING, paid_at=None, noticed_at=None)
            timeline.record(plan, "plan_installment_reversed", by="Syntharra", amount=row.amount, on=row.due_on)


def _late(plan: PaymentPlan, row: Installment, invoices: list[Invoice]) -> str:
    """The earliest installment without its money: told once its day has passed in the books, over when it was not cured."""
    if any(invoice.in_flight or invoice.card_paid_at is not None for invoice in invoices):
        return "on its way"
    zone = invoices[0].business.time_zone
    today = clock.today(zone)
    if row.status == Part_.WAITING:
        last = business_days_later(row.due_on, IN_THE_BOOKS)
        if today <= last or not read_since(invoices, last, zone):
            return "on time"
        row.move(Part_.MISSED, notices=row.notices + 1, noticed_at=None, cure_by=None)
        facts = {"installment": str(row.pk)}
        owe(_to_customer(MISSED, f"{row.pk}:{row.notices}", Purpose.COLLECT, plan, invoices, facts=facts))
        timeline.record(plan, "plan_missed", by="Syntharra", amount=row.amount, on=row.due_on)
        return "missed"
    if row.cure_by is None or today <= row.cure_by or not read_since(invoices, row.cure_by, zone):
        return "to be cured"
    return _end(plan, Status.MISSED, by="Syntharra", why=f"nothing came for {row.due_on}")


def _end(plan: PaymentPlan, status: str, *, by: str, why: str) -> str:
    plan.move(status, ended_at=clock.now(), ended_by=by, ended_why=why[:300])
    PlanInvoice.objects.filter(plan=plan).update(live=False)
    due.settle(DUE, plan.pk)
    timeline.record(plan, f"plan_{'paid_off' if status == Status.PAID else 'ended'}", by=by, why=why)
    if status == Status.MISSED:
        owe(*_to_firm(plan))
    if status != Status.PAID:
        for act in _unpaid:
            act(plan)
    receivables_changed()
    return str(status)


def _next_look(zone: str) -> datetime:
    tomorrow = clock.today(zone) + timedelta(days=1)
    return datetime.combine(tomorrow, LOOKED_AT, ZoneInfo(zone))


# told


def _to_customer(
    letter: str,
    key: str,
    purpose: str,
    plan: PaymentPlan,
    invoices: Sequence[Invoice],
    *,
    facts: dict[str, Any] | None = None,
) -> Letter:
    """By e-mail; without an address on paper, to be posted. About all its invoices: one that is frozen holds it back.

    What asks for no money goes to the lawyer who acts for him, where there is one.
    """
    customer = Customer.objects.get(pk=plan.customer_id)
    lawyer = customer.attorney_email if purpose != Purpose.COLLECT else ""
    address = lawyer or address_of(customer)
    return Letter(
        letter=letter,
        key=key,
        purpose=purpose,
        channel=Channel.EMAIL if address else Channel.LETTER,
        draft=not address,
        to=address or _postal(customer),
        customer=customer.pk,
        language=customer.language,
        facts={"plan": str(plan.pk), **(facts or {})},
        about=tuple(invoice.pk for invoice in invoices if invoice.books_status == Invoice.Books.OPEN),
    )


def _postal(customer: Customer) -> str:
    if not customer.street:
        return ""
    place = " ".join(part for part in (customer.city, customer.state.removeprefix("US-"), customer.zip) if part)
    return f"{customer.name}, {customer.street}, {place}"[:254]


def _to_firm(plan: PaymentPlan) -> list[Letter]:
    return [mail_to(member, OVER, key=str(plan.pk), facts={"plan": str(plan.pk)}) for member in in_charge()]


def _plan(message: Message) -> PaymentPlan:
    return PaymentPlan.objects.select_related("customer", "business").get(pk=message.facts["plan"])


def _of_running(message: Message) -> dict[str, Any]:
    plan = _plan(message)
    if plan.status not in (Status.RUNNING, Status.PAID):
        raise NoLongerTrue("the plan has ended")
    if standing_of(plan).silenced:
        raise NoLongerTrue("one of its invoices is disputed or paused")
    return {
        "plan": plan,
        "customer": plan.customer,
        "numbers": ", ".join(plan.about.order_by("pk").values_list("invoice__number", flat=True)),
        "installments": list(plan.installments.order_by("position")),
    }


def _of_missed(message: Message) -> dict[str, Any]:
    row = Installment.objects.get(pk=message.facts["installment"])
    if row.status != Part_.MISSED:
        raise NoLongerTrue("it was paid, or the plan is silenced by a dispute")
    found = _of_running(message)
    plan: PaymentPlan = found["plan"]
    cure_by = business_days_later(clock.today(plan.business.time_zone), TO_CURE)
    return {**found, "row": row, "cure_by": cure_by, "pay_url": _page_for(plan, row)}


def _page_for(plan: PaymentPlan, row: Installment) -> str:
    """Our page of the oldest invoice on which the installment can be paid, else of all of them; "" where nobody can pay."""
    about = Invoice.objects.filter(plan_links__plan=plan, books_status=Invoice.Books.OPEN, balance__gt=0)
    invoices = list(about.select_related("business").order_by("due_on", "number"))
    enough = [invoice for invoice in invoices if invoice.balance >= row.amount][:1]
    return _pages[0](enough or invoices) if _pages and invoices else ""


def _was_noticed(message: Message) -> None:
    """It has left: from today on there are three business days."""
    at = message.sent_at or clock.now()
    day = at.astimezone(ZoneInfo(message.business.time_zone)).date()
    told = {"noticed_at": at, "cure_by": business_days_later(day, TO_CURE)}
    Installment.objects.filter(pk=message.facts["installment"], status=Part_.MISSED).update(**told)


def _was_not_noticed(message: Message) -> None:
    """It came back, or no e-mail of ours may ask him for money: no days run, and it waits to be posted instead."""
    row = Installment.objects.get(pk=message.facts["installment"])
    Installment.objects.filter(pk=row.pk, status=Part_.MISSED).update(noticed_at=None, cure_by=None)
    plan = _plan(message)
    lost = message.status == Message.Status.FAILED or message.outcome == "CONSENT_REVOKED"
    if message.channel != Channel.EMAIL or not lost or row.status != Part_.MISSED or plan.status != Status.RUNNING:
        return
    invoices = list(Invoice.objects.filter(plan_links__plan=plan, books_status=Invoice.Books.OPEN).order_by("pk"))
    if any(one.frozen_at is not None or one.paused_reason or one.left_reason is not None for one in invoices):
        return
    facts = {"installment": str(row.pk)}
    letter = _to_customer(MISSED, f"{message.key}:paper", Purpose.COLLECT, plan, invoices, facts=facts)
    owe(replace(letter, channel=Channel.LETTER, draft=True, to=_postal(plan.customer)))


def _of_ended(message: Message) -> dict[str, Any]:
    plan = _plan(message)
    numbers = ", ".join(plan.about.order_by("pk").values_list("invoice__number", flat=True))
    url = urljoin(settings.PUBLIC_URL + "/", reverse("plan", args=[plan.pk]).lstrip("/"))
    return {"plan": plan, "customer": plan.customer, "numbers": numbers, "url": url}
