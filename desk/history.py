"""The life of an invoice and of a customer: what happened, in the order it happened."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calls.models import Attempt, Call
from compliance.models import Channel
from desk.clocks import next_clock
from desk.wording.outcomes import NOBODY_SPOKE, ending, not_placed
from disputes.mail_models import InboundMail
from disputes.models import Claim, ClaimOn, Dispute
from invoices.models import Allocation, Customer, Invoice, Promise
from notifications.models import Message, TextDelivery
from syntharra import money
from syntharra.templatetags.syntharra import day_words, phone, seconds


@dataclass(frozen=True)
class Event:
    """One point of a timeline. ``at`` is a date where no time is known; ``future`` has not happened yet."""

    icon: str
    title: str
    at: datetime | date | None
    words: str = ""
    tone: str = ""
    url: str = ""
    future: bool = False
    footnote: str = ""


def of_invoice(invoice: Invoice) -> list[Event]:
    """From issued to paid, and what is planned next."""
    calls = Call.objects.filter(attempt__about__invoice=invoice).select_related("customer", "attempt").distinct()
    disputes = Dispute.objects.filter(invoice=invoice)
    events = [
        *_births(invoice),
        *_money(Allocation.objects.filter(invoice=invoice)),
        *_calls(calls),
        *_disputes(disputes),
        *_letters(Message.objects.filter(about__invoice=invoice, customer__isnull=False)),
        *_promises(Promise.objects.filter(invoice=invoice)),
    ]
    quiet = Attempt.objects.filter(about__invoice=invoice, call=None, status=Attempt.Status.ENDED)
    events += [
        Event("ban", _("Planned call not placed"), attempt.ended_at, not_placed(attempt.ended_because))
        for attempt in quiet
    ]
    planned = Attempt.objects.filter(about__invoice=invoice, about__dropped_at=None, status=Attempt.Status.PLANNED)
    return [*in_order(events), *_planned(planned, invoice), *_running(disputes)]


def of_dispute(
    dispute: Dispute, claims: Sequence[Claim], letters: Sequence[Message], *, page: int, size: int
) -> tuple[list[Event], bool]:
    """What happened to it, newest first, and whether there is more behind this page; on the first, what runs out next.

    ``letters`` are the newest ``page * size + 1`` of those sent or refused. No query.
    """
    said = [_claimed(claim, first=index == 0) for index, claim in enumerate(claims)]
    events = in_order([*said, *_closed(dispute), *(_letter(message) for message in letters)])[::-1]
    start = (page - 1) * size
    soon = [_next_out(dispute)] if page == 1 and dispute.closed_at is None else []
    shown = [*(one for one in soon if one), *events[start : start + size]]
    return shown, len(events) > start + size


def of_customer(customer: Customer, *, at_most: int = 40) -> list[Event]:
    """Calls, disputes, payments, letters and promises; newest first."""
    events = [
        *_money(Allocation.objects.filter(payment__customer=customer)),
        *_calls(Call.objects.filter(customer=customer).select_related("customer", "attempt")[:at_most]),
        *_disputes(Dispute.objects.filter(customer=customer)),
        *_letters(Message.objects.filter(customer=customer)),
        *_texts_in(InboundMail.objects.filter(customer=customer, channel=InboundMail.Channel.SMS)[:at_most]),
        *_promises(Promise.objects.filter(customer=customer)),
    ]
    return in_order(events)[::-1][:at_most]


def in_order(events: Iterable[Event]) -> list[Event]:
    """By time; what has only a date stands at the start of its day."""
    return sorted(events, key=lambda event: _sortable(event.at))


def _sortable(at: datetime | date | None) -> datetime:
    if isinstance(at, datetime):
        return at
    return datetime.combine(at or date.max, time.min, timezone.get_current_timezone())


def _births(invoice: Invoice) -> Iterator[Event]:
    if invoice.issued_on:
        yield Event("file-text", _("Issued"), invoice.issued_on, money.shown(invoice.total_money))
    if invoice.due_on:
        yield Event("calendar-clock", _("Due"), invoice.due_on)
    if invoice.paused_at:
        words = invoice.get_paused_reason_display()
        yield Event("circle-pause", _("Paused"), invoice.paused_at, words, tone="frozen")
    if invoice.left_at:
        yield Event("flag", _("Taken out of collection"), invoice.left_at, invoice.get_left_reason_display())


def _money(allocations: "QuerySet[Allocation]") -> Iterator[Event]:
    for part in allocations.select_related("payment", "invoice"):
        amount = money.shown(money.of(part.amount, part.currency))
        if part.kind == Allocation.Kind.COMING:
            if part.amount:  # nothing is meant for it any more once it came, or was taken back
                yield Event("hourglass", _("Payment on its way"), part.payment.paid_on, amount)
        elif part.kind == Allocation.Kind.CREDIT:
            yield Event("scissors", _("Credited"), part.payment.paid_on, amount)
        elif part.payment.reversed_at:
            yield Event("undo-2", _("Payment taken back"), part.payment.reversed_at, amount, tone="late")
        else:
            how = f"{amount}, {part.payment.method}" if part.payment.method else amount
            yield Event("banknote", _("Paid"), part.payment.paid_on, how, tone="recovered")


def _calls(calls: "QuerySet[Call] | Iterable[Call]") -> Iterator[Event]:
    for call in calls:
        end = ending(call)
        title = _("Called: %(outcome)s") % {"outcome": end.word} if end.word else _("Called")
        length = _("%(length)s on the line.") % {"length": seconds(call.seconds)} if call.seconds else ""
        tone = "" if call.disposition in NOBODY_SPOKE else {"frozen": "frozen", "stopped": "late"}.get(end.state, "")
        words = f"{length} {end.means}".strip()
        yield Event("phone", title, call.placed_at, words, tone=tone, url=reverse("call", args=[call.pk]))


def _disputes(disputes: "QuerySet[Dispute]") -> Iterator[Event]:
    links = ClaimOn.objects.filter(dispute__in=disputes).select_related("claim", "dispute").order_by("claim__said_at")
    for link in links:
        yield _claimed(link.claim, first=link.first, url=link.dispute.get_absolute_url())
    for dispute in disputes:
        yield from _closed(dispute, url=dispute.get_absolute_url())


def _claimed(claim: Claim, *, first: bool, url: str = "") -> Event:
    title = _("Disputed and frozen") if first else _("More about the dispute")
    return Event("snowflake" if first else "quote", title, claim.said_at, f"“{claim.words}”", tone="frozen", url=url)


def _closed(dispute: Dispute, *, url: str = "") -> Iterator[Event]:
    if dispute.closed_at:
        words = dispute.closed_reason or dispute.closed_as
        yield Event("check", _("Dispute closed"), dispute.closed_at, words, url=url)


def _letters(messages: "QuerySet[Message]") -> Iterator[Event]:
    left = messages.filter(Q(sent_at__isnull=False) | Q(status=Message.Status.REFUSED) | Q(delivery__isnull=False))
    for message in left.select_related("delivery").distinct():
        yield _text(message) if message.channel == Channel.SMS else _letter(message)


def _text(message: Message) -> Event:
    """A text of ours, in its words, and how far it got."""
    delivery: TextDelivery | None = getattr(message, "delivery", None)
    at = message.sent_at or message.owed_at
    if message.status == Message.Status.REFUSED:
        return Event("ban", _("Text not sent"), at, message.outcome, tone="late")
    if message.status == Message.Status.FAILED:
        words = f"{phone(message.to)}: {message.outcome}"
        return Event("ban", _("Text not delivered"), at, words, tone="late")
    how = str(delivery.get_status_display()) if delivery is not None else ""
    return Event("messages-square", _("Texted: %(how)s") % {"how": how}, at, f"“{message.text}”")


def _texts_in(rows: "QuerySet[InboundMail]") -> Iterator[Event]:
    for row in rows:
        words = f"“{row.words}”" if row.words else _("No words")
        url = reverse("reply", args=[row.pk])
        yield Event("messages-square", _("They texted"), row.came_at, words, url=url)


def _letter(message: Message) -> Event:
    if message.status == Message.Status.FAILED:
        words = f"{message.to}: {message.outcome}" if message.outcome else message.to
        return Event("ban", _("Letter not delivered"), message.sent_at or message.owed_at, words, tone="late")
    if message.sent_at:
        return Event("mail", message.subject or _("Letter sent"), message.sent_at, message.to)
    return Event("ban", _("Letter not sent"), message.owed_at, message.outcome, tone="late")


def _promises(promises: "QuerySet[Promise]") -> Iterator[Event]:
    for promise in promises:
        words = _("%(amount)s by %(day)s, %(how)s") % {
            "amount": money.shown(money.of(promise.amount, promise.currency)),
            "day": day_words(promise.promised_for),
            "how": promise.get_how_display(),
        }
        yield Event("handshake", _("Promised"), promise.made_at, words)
        if promise.ended_at is not None and promise.status in _ENDS:
            icon, what, tone = _ENDS[promise.status]
            yield Event(icon, str(what), promise.ended_at, words, tone=tone)


# How a promise ended.
_ENDS = {
    "kept": ("check", gettext_lazy("Promise kept"), "recovered"),
    "broken": ("ban", gettext_lazy("Promise broken"), "late"),
    "withdrawn": ("undo-2", gettext_lazy("Promise no longer stands"), ""),
}


def _planned(attempts: "QuerySet[Attempt]", invoice: Invoice) -> Iterator[Event]:
    if invoice.frozen_at or invoice.paused_reason or invoice.left_reason:
        return
    for attempt in attempts:
        title = _("Call planned, attempt %(number)d of 3") % {"number": attempt.number}
        yield Event("calendar-clock", title, attempt.planned_for, future=True)


def _running(disputes: "QuerySet[Dispute]") -> Iterator[Event]:
    for dispute in disputes.filter(closed_at=None):
        event = _next_out(dispute, url=dispute.get_absolute_url())
        if event is not None:
            yield event


def _next_out(dispute: Dispute, *, url: str = "") -> Event | None:
    running = next_clock(dispute)
    return Event("hourglass", running.name, None, running.words, future=True, url=url) if running else None
