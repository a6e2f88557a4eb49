"""From payments in the books to recoveries and fee lines: decided once an allocation, corrected when the books change."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Case, DecimalField, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, Least

from accounts import timeline
from accounts.models import Business
from billing.models import FeeLine, Recovery
from billing.rules import HELD, RATE, Contact, DisputeTime, Receipt, judge
from calls.models import AttemptInvoice
from disputes.models import Dispute
from invoices import card_money
from invoices.models import Allocation, Customer
from syntharra import clock, money
from syntharra.tenancy import current_business

BATCH = 50


def look_for_recoveries() -> int:
    """Decide every allocation of the current business that is new or was changed in the books; how many. Safe to repeat."""
    business = Business.objects.get(pk=current_business())
    card_money.match()  # when money by card came is known only where it was found in the books
    decided, after = 0, UUID(int=0)
    while True:
        customers = list(
            _undecided()
            .filter(payment__customer_id__gt=after)
            .order_by("payment__customer_id")
            .values_list("payment__customer_id", flat=True)
            .distinct()[:BATCH]
        )
        if not customers:
            return decided
        decided += _decide(business, customers)
        after = customers[-1]


def is_undecided() -> bool:
    """Is there an allocation of the current business that nobody has decided yet?"""
    return _undecided().exists()


def _undecided() -> QuerySet[Allocation]:
    """Allocations without a decision, or whose money is no longer what was decided on."""
    now_worth = Case(
        When(payment__reversed_at__isnull=False, then=Value(Decimal(0))),
        # What went back at the card processor is not recovered, whatever the books still show.
        default=Least(F("amount"), Coalesce(F("at_most"), F("amount"))),
        output_field=DecimalField(),
    )
    # What is still on its way is no money yet; once it has arrived it is an allocation of its own.
    found = Allocation.objects.exclude(kind=Allocation.Kind.COMING).annotate(worth=now_worth)
    return found.filter(Q(recovery=None, worth__gt=0) | (Q(recovery__isnull=False) & ~Q(recovery__amount=F("worth"))))


@transaction.atomic
def _decide(business: Business, customer_ids: list[UUID]) -> int:
    held = Customer.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    mine = list(held.filter(pk__in=customer_ids).order_by("pk").values_list("pk", flat=True))
    allocations = list(
        _undecided()
        .filter(payment__customer_id__in=mine)
        .select_related("payment", "invoice", "recovery", "card_payment")
        .order_by("pk")
    )
    invoices = {allocation.invoice_id for allocation in allocations}
    contacts, disputes = _contacts(invoices), _disputes(invoices)
    for allocation in allocations:
        if _known(allocation) is None:
            _first_decision(business, allocation, contacts[allocation.invoice_id], disputes[allocation.invoice_id])
        else:
            _correct(business, allocation, contacts[allocation.invoice_id], disputes[allocation.invoice_id])
    return len(allocations)


def _worth(allocation: Allocation) -> Decimal:
    """What is left of it: nothing where the books took it back, no more than the card processor left of it."""
    if allocation.payment.reversed_at is not None:
        return Decimal(0)
    return allocation.amount if allocation.at_most is None else min(allocation.amount, allocation.at_most)


def _known(allocation: Allocation) -> Recovery | None:
    return getattr(allocation, "recovery", None)


def _contacts(invoices: Iterable[UUID]) -> dict[UUID, list[Contact]]:
    """Conversations with the right party about each invoice. One query."""
    found: dict[UUID, list[Contact]] = defaultdict(list)
    links = AttemptInvoice.objects.filter(
        invoice_id__in=invoices, attempt__call__right_party=True, attempt__call__answered_at__isnull=False
    ).filter(Q(dropped_at=None) | Q(dropped_at__gt=F("attempt__call__answered_at")))
    for link in links.select_related("attempt__call"):
        call = link.attempt.call
        if call.answered_at is not None:
            said = call.disposition == "already_paid"
            found[link.invoice_id].append(Contact(call=call.pk, at=call.answered_at, said_already_sent=said))
    return found


def _disputes(invoices: Iterable[UUID]) -> dict[UUID, list[DisputeTime]]:
    found: dict[UUID, list[DisputeTime]] = defaultdict(list)
    for dispute in Dispute.objects.filter(invoice_id__in=invoices):
        found[dispute.invoice_id].append(DisputeTime(dispute.opened_at, dispute.closed_at))
    return found


def _first_decision(
    business: Business, allocation: Allocation, contacts: list[Contact], disputes: list[DisputeTime]
) -> Recovery:
    payment = allocation.payment
    verdict = judge(_receipt(business, allocation), contacts, disputes, business.time_zone)
    recovery = Recovery.objects.create(
        allocation=allocation,
        invoice=allocation.invoice,
        customer_id=payment.customer_id,
        call_id=verdict.contact,
        counts=verdict.counts,
        rule=verdict.rule,
        amount=_worth(allocation),
        currency=allocation.currency,
        paid_on=payment.paid_on,
        decided_at=clock.now(),
    )
    if verdict.counts:
        _book(recovery, base=recovery.amount, reason="recovered")
        timeline.record(
            recovery,
            "recovered",
            by="syntharra",
            invoice=allocation.invoice.number,
            amount=recovery.amount,
            currency=recovery.currency,
            rule=verdict.rule,
            call=verdict.contact,
        )
    return recovery


def _receipt(business: Business, allocation: Allocation) -> Receipt:
    """When this money came. By card it came when the processor told of it: the books are entered later, perhaps after a
    dispute that was live when it was paid has ended."""
    payment, card = allocation.payment, allocation.card_payment
    is_cash = allocation.kind == Allocation.Kind.CASH
    if card is None:
        return Receipt(payment.paid_on, payment.created_in_books_at, is_cash=is_cash)
    known = min(card.seen_at, payment.created_in_books_at or card.seen_at)
    return Receipt(known.astimezone(ZoneInfo(business.time_zone)).date(), known, is_cash=is_cash)


def _correct(business: Business, allocation: Allocation, contacts: list[Contact], disputes: list[DisputeTime]) -> None:
    """The books or the card processor took some or all of it back, or there is more of it on this invoice.

    What was taken back takes its fee with it. What was added is money applied now, and judged as such.
    """
    recovery = Recovery.objects.get(allocation=allocation)
    worth = _worth(allocation)
    added = worth - recovery.amount
    recovery.amount = worth
    recovery.save(update_fields=["amount"])
    if not recovery.counts:
        return
    base = min(_fee_base(recovery), worth)
    if added > 0:
        applied_on = allocation.changed_at.astimezone(ZoneInfo(business.time_zone)).date()
        cash = allocation.kind == Allocation.Kind.CASH
        receipt = Receipt(max(applied_on, allocation.payment.paid_on), allocation.changed_at, is_cash=cash)
        if judge(receipt, contacts, disputes, business.time_zone).counts:
            base += added
    _book(recovery, base=base, reason="raised" if added > 0 else "reversed")
    timeline.record(
        recovery,
        "recovery_changed",
        by="syntharra",
        invoice=allocation.invoice.number,
        before=worth - added,
        now=worth,
        currency=recovery.currency,
    )


def _fee_base(recovery: Recovery) -> Decimal:
    """What the fee stands on as the ledger has it."""
    last = recovery.fee_lines.order_by("-position").first()
    return last.recovered if last else Decimal(0)


def _book(recovery: Recovery, *, base: Decimal, reason: str) -> FeeLine | None:
    """The line that brings the booked fee to 10 % of what counts, so that partial reversals never drift."""
    booked = recovery.fee_lines.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    fee = money.share(money.of(base, recovery.currency), RATE).amount
    if fee == booked and base == _fee_base(recovery):
        return None
    moment = clock.now()
    return FeeLine.objects.create(
        recovery=recovery,
        position=recovery.fee_lines.count() + 1,
        amount=fee - booked,
        currency=recovery.currency,
        rate=RATE,
        recovered=base,
        reason=reason,
        booked_at=moment,
        held_until=moment + HELD,
    )
