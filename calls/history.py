"""What happened with a customer, an invoice or a number before: as the gate counts it, and as the cadence does."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q

from calls.agent.outcomes import Disposition
from calls.models import Attempt, AttemptInvoice, Call
from compliance.facts import Channel, ContactEvent, Result
from compliance.models import PhoneContact
from compliance.number_keys import number_hashes
from invoices.models import Invoice
from notifications.models import Message
from syntharra import clock
from syntharra.reading import Given, Reading

LOST = "lost"
NUMBER_REMEMBERS = timedelta(days=31)
_RESULTS = {
    Disposition.NO_ANSWER: Result.NO_ANSWER,
    Disposition.BUSY: Result.BUSY,
    Disposition.VOICEMAIL_GREETING: Result.VOICEMAIL,
}

_ATTEMPTS = Reading(
    lambda: (
        Attempt.objects.filter(Q(customer_id__among=Given("customers")) | Q(to__among=Given("numbers")))
        .select_related("call")
        .order_by("planned_for", "pk")
    )
)
_SPOKEN_OF = Reading(
    # What was dropped only when the call was answered had been rung about: an attempt on it like any other.
    lambda: AttemptInvoice.objects.filter(
        Q(dropped_at=None) | Q(dropped_at__gte=F("attempt__call__answered_at")), attempt_id__among=Given("attempts")
    ).values_list("attempt_id", "invoice_id")
)
_CALLS_IN = Reading(
    lambda: Call.objects.filter(
        Q(customer_id__among=Given("customers")) | Q(caller__among=Given("numbers")),
        attempt=None,
        placed_at__gt=Given("since"),
    ).values_list("customer_id", "caller", "placed_at", "right_party", "disposition", "about", "callback_at")
)
_REPLACED = Reading(
    lambda: (
        Invoice.objects.filter(customer_id__among=Given("customers"), replaces__isnull=False)
        .order_by("pk")
        .values_list("pk", "replaces_id")
    )
)
_MAIL = Reading(
    lambda: Message.objects.filter(
        customer_id__among=Given("customers"), purpose="collect", sent_at__gt=Given("since")
    ).values_list("pk", "customer_id", "sent_at", "channel", "about__invoice_id")
)
_CONTACTS = Reading(
    lambda: PhoneContact.objects.filter(
        number_hash__among=Given("hashes"), channel="call", at__gt=Given("since")
    ).values_list("number_hash", "at", "result")
)


def result_of(attempt: Attempt, *, right_party: bool) -> Result:
    """What an attempt that was handed to the carrier came to. One that may have rung counts as one that rang."""
    if right_party:
        return Result.CONVERSATION
    if attempt.status == Attempt.Status.ENDED and not attempt.counted:
        return Result.FAILED_BEFORE_RING
    return _RESULTS.get(Disposition(attempt.disposition), Result.NO_ANSWER) if attempt.disposition else Result.NO_ANSWER


@dataclass
class History:
    """The past of a batch of customers, read in a constant number of queries."""

    attempts: dict[UUID, Attempt] = field(default_factory=dict)
    events: dict[UUID, ContactEvent] = field(default_factory=dict)  # by attempt
    of_invoice: dict[UUID, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    invoices: dict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))  # by attempt
    of_customer: dict[UUID, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    of_number: dict[str, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    # Calls the customers made themselves: a conversation is one whoever rang (12 CFR 1006.14(b)(2)(i)(B)).
    calls_in: dict[UUID, list[ContactEvent]] = field(default_factory=lambda: defaultdict(list))
    spoken_in: dict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))  # the invoices they were about
    in_about: dict[UUID, list[ContactEvent]] = field(default_factory=lambda: defaultdict(list))  # by invoice
    callbacks_in: dict[UUID, tuple[datetime, datetime]] = field(
        default_factory=dict
    )  # latest: when asked, and for when
    numbers_in: dict[str, list[ContactEvent]] = field(default_factory=lambda: defaultdict(list))
    on_line: set[UUID | str] = field(default_factory=set)  # customers and numbers on a line of their own just now
    mail: dict[UUID, list[ContactEvent]] = field(default_factory=lambda: defaultdict(list))  # by customer
    mail_about: dict[UUID, list[ContactEvent]] = field(default_factory=lambda: defaultdict(list))  # by invoice
    failed: dict[str, datetime] = field(default_factory=dict)  # by number: when the carrier last failed to connect it
    others: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, customers: Collection[UUID], numbers: Collection[str]) -> "History":
        found = cls()
        found._read_attempts(customers, numbers)
        ours_in = found._read_calls_in(customers, numbers)
        if found.events or found.in_about:
            found._inherit(customers)
        found._read_mail(customers)
        found._read_other_businesses(numbers, ours_in)
        return found

    def _read_attempts(self, customers: Collection[UUID], numbers: Collection[str]) -> None:
        for attempt in _ATTEMPTS(customers=customers, numbers=numbers):
            self.attempts[attempt.pk] = attempt
            self.of_customer[attempt.customer_id].append(attempt.pk)
            self.of_number[attempt.to].append(attempt.pk)
            if attempt.dialing_at is not None:
                call = getattr(attempt, "call", None)
                result = result_of(attempt, right_party=bool(call and call.right_party))
                self.events[attempt.pk] = ContactEvent(attempt.dialing_at, Channel.CALL, result)
                if call and result is Result.FAILED_BEFORE_RING and attempt.disposition == Disposition.FAILED:
                    self.failed[attempt.to] = max(self.failed.get(attempt.to, attempt.dialing_at), attempt.dialing_at)
        if self.events:
            for attempt_id, invoice_id in _SPOKEN_OF(attempts=self.events):
                self.of_invoice[invoice_id].append(attempt_id)
                self.invoices[attempt_id].add(invoice_id)

    def _read_calls_in(self, customers: Collection[UUID], numbers: Collection[str]) -> set[tuple[str, datetime]]:
        """What customers of ours called about by themselves; when each of these numbers did."""
        rows = _CALLS_IN(customers=customers, numbers=numbers, since=clock.now() - NUMBER_REMEMBERS)
        ours = set()
        for customer_id, number, at, spoke, result, about, wanted in rows:
            ours.add((number, at))
            if wanted and customer_id:
                self.callbacks_in[customer_id] = max(self.callbacks_in.get(customer_id, (at, wanted)), (at, wanted))
            if not result:
                self.on_line |= {customer_id, number} if customer_id else {number}
            if spoke and customer_id:
                event = ContactEvent(at, Channel.CALL, Result.CONVERSATION, inbound=True)
                self.calls_in[customer_id].append(event)
                invoices = {UUID(invoice) for invoice in about}
                self.spoken_in[customer_id] |= invoices
                for invoice in invoices:
                    self.in_about[invoice].append(event)
                self.numbers_in[number].append(event)
        return ours

    def _inherit(self, customers: Collection[UUID]) -> None:
        """An invoice that replaces another has behind it what the other had, and what that one replaced."""
        older = dict(_REPLACED(customers=customers))
        for pk in older:
            before, seen = older.get(pk), {pk}
            while before is not None and before not in seen:
                seen.add(before)
                missing = [attempt for attempt in self.of_invoice[before] if attempt not in self.of_invoice[pk]]
                self.of_invoice[pk] += missing
                self.in_about[pk] += [event for event in self.in_about[before] if event not in self.in_about[pk]]
                before = older.get(before)

    def _read_mail(self, customers: Collection[UUID]) -> None:
        kept = set()
        sent = _MAIL(customers=customers, since=clock.now() - NUMBER_REMEMBERS)
        for pk, customer_id, at, channel, invoice_id in sent:
            if at is None or customer_id is None:
                continue
            event = ContactEvent(at, Channel(channel), Result.SENT)
            if pk not in kept:
                kept.add(pk)
                self.mail[customer_id].append(event)
            if invoice_id is not None:  # some states count all channels for each debt
                self.mail_about[invoice_id].append(event)

    def _read_other_businesses(self, numbers: Collection[str], ours_in: Collection[tuple[str, datetime]]) -> None:
        """Contacts of these numbers that are none of ours: counted, and not more said about them."""
        hashes = {hashed: number for number in numbers if number for hashed in number_hashes(number)}
        ours = {(attempt.to, attempt.dialing_at) for attempt in self.attempts.values()} | set(ours_in)
        for hashed, at, result in _CONTACTS(hashes=hashes, since=clock.now() - NUMBER_REMEMBERS):
            number = hashes[bytes(hashed)]
            if (number, at) not in ours and result != Result.FAILED_BEFORE_RING:
                self.others[number].append(at)

    def with_one(self, customer_id: UUID, besides: UUID | None) -> tuple[ContactEvent, ...]:
        """Every contact with this customer, whoever made it."""
        ours = self.about(self.of_customer[customer_id], besides=besides)
        return (*ours, *self.calls_in[customer_id], *self.mail[customer_id])

    def about(self, attempt_ids: Iterable[UUID], *, besides: UUID | None) -> tuple[ContactEvent, ...]:
        """What came of these attempts, the one being judged left out."""
        return tuple(self.events[pk] for pk in attempt_ids if pk != besides and pk in self.events)

    def spoken(self, *, besides: Collection[UUID]) -> dict[UUID, set[UUID]]:
        """By customer, the invoices somebody spoke with him about; not what those had that they replace."""
        found: dict[UUID, set[UUID]] = defaultdict(set)
        for customer_id, about in self.spoken_in.items():
            found[customer_id] |= about
        for pk, invoices in self.invoices.items():
            if pk not in besides and self.events[pk].result is Result.CONVERSATION:
                found[self.attempts[pk].customer_id] |= invoices
        return found

    def dials(self, invoice_id: UUID) -> int:
        """How many of the three are used up for this invoice."""
        return sum(self.events[pk].result is not Result.FAILED_BEFORE_RING for pk in self.of_invoice[invoice_id])

    def open_now(self, customer_id: UUID, number: str, *, besides: UUID | None) -> bool:
        """Another call to this person or number is with the carrier."""
        if self.on_line & {customer_id, number}:
            return True
        near = {*self.of_customer[customer_id], *self.of_number[number]} - {besides}
        return any(self.attempts[pk].status in ("dialing", "live", "unknown") for pk in near)

    def is_tried(self, customer_id: UUID) -> bool:
        """A call to this customer is planned or under way."""
        return any(self.attempts[pk].status != Attempt.Status.ENDED for pk in self.of_customer[customer_id])

    def last_of(self, customer_id: UUID, *, besides: UUID | None = None) -> Attempt | None:
        """The latest attempt of this customer that rang, or may have."""
        rang = [
            pk
            for pk in self.of_customer[customer_id]
            if pk != besides and pk in self.events and self.events[pk].result is not Result.FAILED_BEFORE_RING
        ]
        return max((self.attempts[pk] for pk in rang), key=_dialed_at, default=None)


def _dialed_at(attempt: Attempt) -> datetime:
    assert attempt.dialing_at is not None
    return attempt.dialing_at
