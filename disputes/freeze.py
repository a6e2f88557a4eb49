"""The freeze: what it goes by, read behind the lock, and what it writes. Whoever opens a dispute owes what follows from it.

On a call the agent waits for it, so everything here is few messages to the server, and prepared.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from accounts import timeline
from accounts.models import ActivityDetail, ActivityLine, Business
from disputes import deadlines, versions
from disputes.models import Claim, ClaimOn, Dispute, InvoiceVersion
from invoices import verification
from invoices.models import Allocation, Customer, Invoice, InvoiceLine
from invoices.services import Moved, each_held, held, locking
from notifications import outbox
from syntharra import bulk, clock, due
from syntharra.identifiers import uuid7
from syntharra.models import Due
from syntharra.postgres.kept import PreparedAnew
from syntharra.postgres.questions import Statement, ask
from syntharra.reading import Asked, Reading, found_together
from syntharra.tenancy import current_business

_SAID_THERE = "(business_id, source, source_key) DO NOTHING"
_LONGEST_KEY = 120
_AFTER = ":after "  # in the key of a claim: the dispute that had ended when it was said once more


def once_more[T](freeze: Callable[[], T]) -> T:
    """A freeze in a transaction of its own, tried once more where what stood in its way is gone by then.

    The books gave a bill to another customer while its customer was waited for; or what was prepared on the connection did not fit the
    database any more. Nothing was written then.
    """
    try:
        return freeze()
    except (Moved, PreparedAnew):
        return freeze()


@dataclass(frozen=True, kw_only=True)
class NewClaim:
    """What was said, by whom, where. ``source_key`` names the place (a call, a page, a mail): said twice there, it is one.

    ``customer``: who said it, where that is known from the place; else whoever owes the bill. What is wrong is his word, and he alone has
    our answer: whom the books show a bill for since has said nothing, and learns nothing of it.
    """

    source: str
    source_key: str
    words: str
    reason: str = Claim.Reason.OTHER_VAGUE
    language: str = "en-us"
    urgent: bool = False
    said_at: datetime | None = None
    by: str = ""
    customer: UUID | None = None
    evidence: dict[str, Any] = field(default_factory=dict)

    def row(self, customer: Customer) -> dict[str, Any]:
        """What is kept of it, by column."""
        return {
            "id": uuid7(),
            "source": self.source,
            "source_key": self.source_key,
            "customer_id": customer.pk,
            "words": self.words,
            "reason": self.reason,
            "language": self.language,
            "urgent": self.urgent,
            "said_at": self.said_at or clock.now(),
            "by": self.by,
            "evidence": self.evidence,
        }


@dataclass(frozen=True, kw_only=True)
class Before:
    """Held invoices, and what stood in the way of their freeze or is kept with it: read behind the lock."""

    invoices: list[Invoice]
    past: Mapping[UUID, Sequence[Dispute]]  # by invoice; a live one comes first
    lines: Sequence[InvoiceLine]
    against: Sequence[Allocation]

    @property
    def live(self) -> dict[UUID, Dispute]:
        return {pk: earlier[0] for pk, earlier in self.past.items() if earlier[0].closed_at is None}


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found behind the lock, about invoices of which some may turn out not to be meant."""

    customers: Sequence[Customer]
    invoices: Sequence[Invoice]
    earlier: Sequence[Dispute]
    lines: Sequence[InvoiceLine]
    against: Sequence[Allocation]

    def only(self, wanted: Collection[UUID]) -> Before:
        """The same about these alone. Raises NotTogether where they are not of one customer."""
        return self._before(held(self.customers, self.invoices, wanted))

    def each(self, wanted: Collection[UUID]) -> Before:
        """The same where the books may show some of them for another by now. Raises Moved where that was while we waited."""
        return self._before(each_held(self.customers, self.invoices, wanted))

    def _before(self, invoices: list[Invoice]) -> Before:
        return Before(invoices=invoices, past=_by_invoice(self.earlier), lines=self.lines, against=self.against)


class BeforeFreeze:
    """The questions a freeze goes by, of invoices whose keys are ``chosen`` (as ``__among`` takes them)."""

    def __init__(self, chosen: Callable[[], Any]) -> None:
        earlier = Reading(lambda: Dispute.objects.filter(invoice_id__among=chosen()).order_by("-closed_at"))
        self._behind: tuple[Reading[Any], ...] = (earlier, *versions.lines_and_money(chosen))
        self._all: tuple[Reading[Any], ...] = (*locking(chosen), *self._behind)

    def hold(self, *also: Asked[Any], **given: Any) -> tuple[Found, list[list[Any]]]:
        """Lock the customers of these invoices and read the rest behind the lock, in one message; and what ``also`` finds there."""
        found = found_together(*(question.of(**given) for question in self._all), *also)
        customers, invoices, earlier, lines, against = found[: len(self._all)]
        seen = Found(customers=customers, invoices=invoices, earlier=earlier, lines=lines, against=against)
        return seen, list(found[len(self._all) :])

    def of_held(self, invoices: list[Invoice]) -> Before:
        """The same for invoices the caller holds. For questions that take ``invoices``."""
        about = [invoice.pk for invoice in invoices]
        earlier, lines, against = found_together(*(question.of(invoices=about) for question in self._behind))
        return Before(invoices=invoices, past=_by_invoice(earlier), lines=lines, against=against)


def _by_invoice(earlier: Sequence[Dispute]) -> Mapping[UUID, Sequence[Dispute]]:
    past: dict[UUID, list[Dispute]] = defaultdict(list)
    for dispute in earlier:
        past[dispute.invoice_id].append(dispute)
    return past


@dataclass(frozen=True, kw_only=True)
class Frozen:
    """What a freeze made: the claim, the invoices it is about with the live dispute of each, and which of those began in it."""

    claim: Claim
    is_new_claim: bool
    invoices: list[Invoice]
    disputes: list[Dispute]
    began: list[Dispute]


def freeze_held(before: Before, new: NewClaim) -> Frozen:
    """The freeze itself, for held invoices: what was said, the disputes, the bills as they stand. The caller owes what follows.

    Nothing collects from the commit on, and it is owed with it that lines under way end (``stop_calls``).
    """
    invoices, live, moment = before.invoices, before.live, clock.now()
    opening = [invoice for invoice in invoices if invoice.pk not in live]
    who = _who(new, invoices)
    claim, is_new, last = _claimed_and_frozen(new, who, before, [invoice.pk for invoice in opening], moment)
    with bulk.together():
        began = _opened(who, before, opening, moment, last)
        disputes = [began.get(invoice.pk) or live[invoice.pk] for invoice in invoices]
        for invoice, dispute in zip(invoices, disputes, strict=True):
            _claimed_on(dispute, claim, invoice, is_new=invoice.pk in began)
        if claim.is_written:
            verification.asked_for(invoices, who, at=claim.said_at)
    return Frozen(claim=claim, is_new_claim=is_new, invoices=invoices, disputes=disputes, began=list(began.values()))


def _who(new: NewClaim, invoices: list[Invoice]) -> Customer:
    known = {invoice.customer_id: invoice.customer for invoice in invoices}
    if new.customer is None:
        return invoices[0].customer
    return known.get(new.customer) or Customer.objects.get(pk=new.customer)


def _opened(who: Customer, before: Before, opening: list[Invoice], moment: datetime, last: int) -> dict[UUID, Dispute]:
    """A dispute about each of these, which have none; they are frozen since that moment, and the last of them has this number."""
    made: dict[UUID, Dispute] = {}
    for number, invoice in enumerate(opening, start=last - len(opening) + 1):
        earlier = before.past.get(invoice.pk)
        invoice.frozen_at = moment
        row = {
            "id": uuid7(),
            "number": f"D-{number}",
            "invoice_id": invoice.pk,
            "customer_id": who.pk,
            "opened_at": moment,
            "balance_at_opening": invoice.balance,
            "books_balance": invoice.balance,
            "books_status": invoice.books_status,
            "currency": invoice.currency,
            "decide_by": deadlines.decided_by(moment, invoice.business.decision_days, invoice.business.time_zone),
            "reopens_id": earlier[0].pk if earlier else None,
        }
        bulk.insert(Dispute, [row])
        dispute = made[invoice.pk] = bulk.as_made(Dispute, row)
        dispute.invoice = invoice
        versions.first(dispute, invoice, before.lines, before.against)
    return made


def _claimed_on(dispute: Dispute, claim: Claim, invoice: Invoice, *, is_new: bool) -> None:
    """That this was said about it; once."""
    claims = set() if is_new else set(ClaimOn.objects.filter(dispute=dispute).values_list("claim_id", flat=True))
    if claim.pk in claims:
        return
    first = not claims
    bulk.insert(ClaimOn, [{"dispute_id": dispute.pk, "claim_id": claim.pk, "first": first}])
    verb = "froze" if first else "claim_added"
    timeline.record(
        dispute, verb, by=claim.by or claim.source, invoice=invoice.number, source=claim.source, reason=claim.reason
    )


_FREEZE = "UPDATE invoices_invoice SET frozen_at = %s WHERE business_id = %s AND id = ANY(%s)"
_NUMBER = "UPDATE accounts_business SET dispute_numbers = dispute_numbers + %s WHERE id = %s RETURNING dispute_numbers"


def _claimed_and_frozen(
    new: NewClaim, who: Customer, before: Before, opening: list[UUID], moment: datetime
) -> tuple[Claim, bool, int]:
    """Keep the claim, freeze these invoices, and count them among the firm's disputes (``D-1001``, ``D-1002`` ...).

    The one row of the claim, whether it is new, and the number of the last. In one message, in this order: the counter's row is the
    last lock taken.
    """
    row, business_id = new.row(who), current_business()
    statements: list[Statement] = [_keeping(row)]
    if opening:
        statements += [
            (bulk.planned(_FREEZE), (moment, business_id, opening)),
            (bulk.planned(_NUMBER), (len(opening), business_id)),
        ]
    made, *counted = ask(*statements)
    claim, is_new = (bulk.as_made(Claim, row), True) if made else _said_again(new, who, before, opening)
    claim.customer = who
    if not opening:
        return claim, is_new, 0
    if not counted[-1]:
        raise Business.DoesNotExist(business_id)
    return claim, is_new, int(counted[-1][0][0])


def _keeping(row: Mapping[str, Any]) -> Statement:
    return bulk.inserting(Claim, [row], on_conflict=_SAID_THERE, returning="id", prepared=True)


def _said_again(new: NewClaim, who: Customer, before: Before, opening: list[UUID]) -> tuple[Claim, bool]:
    """The claim that was made there before, or a new one: said anew after its dispute had ended, it is told and acknowledged anew."""
    anew = f"{_short(new.source_key)}{_AFTER}"
    if not opening:
        on_live = Claim.objects.filter(disputes__in=[one.pk for one in before.live.values()])
        known = on_live.filter(source=new.source, source_key__startswith=anew).first()
        return known or Claim.objects.get(source=new.source, source_key=new.source_key), False
    ended = [earlier[0] for pk in opening if (earlier := before.past.get(pk))]
    if not ended:
        return Claim.objects.get(source=new.source, source_key=new.source_key), False
    key = f"{anew}{max(ended, key=lambda one: one.opened_at).number}"
    row = replace(new, source_key=key).row(who)
    (made,) = ask(_keeping(row))
    return (bulk.as_made(Claim, row), True) if made else (Claim.objects.get(source=new.source, source_key=key), False)


def _short(key: str) -> str:
    """With room for a number behind it."""
    room = _LONGEST_KEY - len(_AFTER) - len("D-1234567890")
    return key if len(key) <= room else sha256(key.encode()).hexdigest()


def stop_calls(claim: Claim, invoices: list[Invoice]) -> outbox.Act:
    """End what rings or speaks to this customer, except the line the claim was made on."""
    return outbox.Act(
        kind="stop_calls",
        key=f"claim:{claim.pk}",
        facts={
            "customer": str(claim.customer_id),
            "invoices": [str(invoice.pk) for invoice in invoices],
            "except_call": claim.evidence.get("call"),
        },
    )


def prepare() -> None:
    """Have the server read and plan what a freeze writes, on the connection at hand, before anybody waits for it."""
    bulk.prepare(Claim, on_conflict=_SAID_THERE, returning="id")
    for model in (Dispute, InvoiceVersion, ClaimOn, ActivityLine, ActivityDetail):
        bulk.prepare(model)
    bulk.prepare(Due, on_conflict=due.AGAIN)
    for statement in (_FREEZE, _NUMBER):
        bulk.planned(statement)
