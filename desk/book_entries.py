"""What is to be written into the books, as the pages show it: the task, its state, its steps, and what a member may do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Business, Membership
from desk.doors import AT_WORK, IN_CHARGE
from desk.standing import invoice_url
from desk.wording.entries import LOOKS, state_of, what_of, why_of
from integrations.abilities import Ability, Act, Way
from integrations.models import Connection
from invoices.by_hand import Door, doors_of, steps_of
from invoices.entries import choices
from invoices.models import BookEntry, Invoice
from syntharra.templatetags.syntharra import moment_words

WAITING = (BookEntry.Status.OWED, BookEntry.Status.BY_HAND, BookEntry.Status.REFUSED)
YOURS = (BookEntry.Status.BY_HAND, BookEntry.Status.REFUSED)


@dataclass(frozen=True)
class Entry:
    """One thing for the books. Which of the three buttons show depends on its state and on who looks."""

    pk: object
    what: str
    customer: str
    url: str
    icon: str
    tone: str
    state: str
    why: list[str]
    quote: str
    asked: str
    steps: Sequence[str]
    doors: list[Door]
    may_tick: bool
    may_retry: bool
    may_cancel: bool


@dataclass(frozen=True)
class Offer:
    """One act as it is shown before somebody chooses it."""

    act: str
    title: str
    who: str
    words: str


def shown(entries: Iterable[BookEntry], membership: Membership) -> list[Entry]:
    """These entries (with invoice and connection loaded) for this member."""
    return [_shown(entry, membership) for entry in entries]


def of_invoice(invoice: Invoice) -> "QuerySet[BookEntry]":
    """Everything ever asked for about it, newest first."""
    return _loaded(BookEntry.objects.filter(invoice=invoice)).order_by("-asked_at", "-pk")


def waiting(business: Business) -> "QuerySet[BookEntry]":
    """What still waits, oldest first."""
    return _loaded(business.bookentrys.filter(status__in=WAITING)).order_by("asked_at", "pk")


def yours(business: Business) -> "QuerySet[BookEntry]":
    """What waits for the firm itself: to be done by hand, or refused."""
    return waiting(business).filter(status__in=YOURS)


def offers(connection: Connection, invoice: Invoice) -> list[Offer]:
    """What may be asked for now, and what the books will show; nothing that makes no sense for this invoice."""
    makes_sense = {Act.NOTE}
    if invoice.books_status == Invoice.Books.OPEN and invoice.balance > 0:
        makes_sense |= {Act.LOWER, Act.WRITE_OFF}
    if invoice.books_status == Invoice.Books.DELETED:
        return []
    return [
        Offer(choice.act.value, _title(choice.act), _who(choice.ability), str(choice.ability.words))
        for choice in choices(connection)
        if choice.act in makes_sense
    ]


def _loaded(entries: "QuerySet[BookEntry]") -> "QuerySet[BookEntry]":
    return entries.select_related("invoice__connection", "invoice__customer")


def _shown(entry: BookEntry, membership: Membership) -> Entry:
    icon, tone = LOOKS[BookEntry.Status(entry.status)]
    by_hand, refused = entry.status == BookEntry.Status.BY_HAND, entry.status == BookEntry.Status.REFUSED
    in_charge = membership.role in IN_CHARGE
    who = {"who": entry.asked_by, "when": moment_words(entry.asked_at)}
    return Entry(
        pk=entry.pk,
        what=what_of(entry),
        customer=entry.invoice.customer.name,
        url=invoice_url(entry.invoice),
        icon=icon,
        tone=tone,
        state=state_of(entry),
        why=why_of(entry),
        quote=entry.words if entry.act in (Act.NOTE, Act.LOWER) else "",
        asked=_("asked by %(who)s, %(when)s") % who,
        steps=steps_of(entry) if by_hand else [],
        doors=doors_of(entry) if by_hand or refused else [],
        may_tick=by_hand and membership.role in AT_WORK,
        may_retry=refused and in_charge,
        may_cancel=entry.status in WAITING and in_charge,
    )


def _title(act: Act) -> str:
    match act:
        case Act.LOWER:
            return _("Lower it by an amount")
        case Act.WRITE_OFF:
            return _("Write off what is left")
    return _("Leave a note")


def _who(ability: Ability) -> str:
    match ability.way:
        case Way.API:
            return pgettext("who writes it into the books", "we do it")
        case Way.NEAREST:
            return pgettext("who writes it into the books", "we do what comes nearest")
    return pgettext("who writes it into the books", "you do it, with our steps")
