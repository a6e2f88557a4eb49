"""The end of the road: what the owner chooses for an invoice after its last call. Nothing of it happens by itself."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts import timeline
from accounts.models import Business, User
from calls.models import Attempt, FinalChoice
from compliance.models import Channel, Purpose
from compliance.registry import Ask
from compliance.services import clear
from disputes import pay_links
from disputes.letters import email_of
from integrations.abilities import Act
from invoices import entries
from invoices.entries import NotWritable
from invoices.models import Invoice
from invoices.services import hold
from notifications import outbox
from notifications.letters import NoLongerTrue, letter_facts
from notifications.models import Message, MessageInvoice
from notifications.outbox import Letter
from syntharra import clock, logs

LETTER = "last_letter"
Choice = FinalChoice.Choice


class CannotChoose(Exception):
    """What stands against it, in words for the owner."""


class NotPermitted(CannotChoose):
    """The gate refuses the letter; ``reason`` is its code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def register() -> None:
    """Say what the last letter tells."""
    letter_facts(LETTER, _told)


def undecided(business: Business) -> QuerySet[Invoice]:
    """What was called about as often as may be, is still owed, and waits for the owner's choice."""
    chosen = FinalChoice.objects.filter(invoice=OuterRef("pk"))
    return at_the_end(business).filter(~Exists(chosen))


def at_the_end(business: Business) -> QuerySet[Invoice]:
    """The same with those he has chosen for."""
    return Invoice.objects.open().filter(
        business=business, left_reason=Invoice.Left.YOUR_DECISION, frozen_at=None, paused_reason=""
    )


@transaction.atomic
def send_letter(invoice_id: UUID, *, by: User) -> FinalChoice:
    """A last letter by e-mail; the gate is asked when it leaves, and a freeze stops it. Raises CannotChoose."""
    invoice = _held(invoice_id)
    address = email_of(invoice.customer)
    if not address:
        raise CannotChoose(_("There is no e-mail address for them. Print the letter instead."))
    choice = _choose(invoice, Choice.LETTER, by=by)
    outbox.owe(
        Letter(
            letter=LETTER,
            key=str(invoice.pk),
            purpose=Purpose.COLLECT,
            channel=Channel.EMAIL,
            to=address,
            customer=invoice.customer_id,
            language=invoice.customer.language,
            about=(invoice.pk,),
        )
    )
    timeline.record(invoice, "wants_last_letter", by=by.email, invoice=invoice.number)
    return choice


def letter_on_paper(invoice_id: UUID, *, by: User) -> FinalChoice:
    """A last letter for the firm to print and post, if the gate lets it go today. Raises CannotChoose, NotPermitted.

    A refusal stays on record; the choice does not.
    """
    with transaction.atomic():
        invoice = _held(invoice_id)
        before = FinalChoice.objects.filter(invoice=invoice, choice=Choice.LETTER).first()
        choice = _choose(invoice, Choice.LETTER, by=by, on_paper=True)  # the gate goes by what he wants
        refused = _refusal(invoice)
        if not refused:
            timeline.record(invoice, "wants_last_letter", by=by.email, invoice=invoice.number)
        elif before is None:
            choice.delete()
        else:
            FinalChoice.objects.filter(pk=choice.pk).update(on_paper=before.on_paper, by=before.by, at=before.at)
    if refused:
        raise NotPermitted(refused)
    return choice


@transaction.atomic
def posted(invoice_id: UUID, *, by: User, text: str) -> Message:
    """The firm has posted it: on record as a contact, with its words. Ticking twice is once. Raises CannotChoose."""
    invoice = _held(invoice_id)
    if not FinalChoice.objects.filter(invoice=invoice, choice=Choice.LETTER, on_paper=True).exists():
        raise CannotChoose(_("Choose the letter on paper first."))
    key = f"{invoice.pk}:paper"
    found = Message.objects.filter(letter=LETTER, key=key).first()
    if found is not None:
        return found
    refused = _refusal(invoice)
    if refused:
        raise NotPermitted(refused)
    message = Message.objects.create(
        letter=LETTER,
        key=key,
        purpose=Purpose.COLLECT,
        channel=Channel.LETTER,
        status=Message.Status.SENT,
        to=_address(invoice)[:254],
        customer=invoice.customer,
        language=invoice.customer.language,
        subject=_("Invoice %(number)s") % {"number": invoice.number},
        text=text,
        outcome=f"posted, says {by.email}"[:200],
        correlation=logs.correlation_id(),
        owed_at=clock.now(),
        due_at=clock.now(),
        sent_at=clock.now(),
    )
    MessageInvoice.objects.create(message=message, invoice=invoice)
    timeline.record(invoice, "posted_last_letter", by=by.email, invoice=invoice.number)
    return message


@transaction.atomic
def leave(invoice_id: UUID, *, by: User, words: str) -> FinalChoice:
    """Nothing more is done about it; it stays in the books as it is. Raises CannotChoose."""
    invoice = _held(invoice_id)
    choice = _choose(invoice, Choice.LEAVE, by=by, words=words)
    timeline.record(invoice, "leaves_it", by=by.email, invoice=invoice.number, words=words)
    return choice


@transaction.atomic
def go_to_court(invoice_id: UUID, *, by: User, words: str) -> FinalChoice:
    """It leaves collection for good; the firm goes to small claims court itself. Raises CannotChoose."""
    invoice = _held(invoice_id)
    choice = _choose(invoice, Choice.SMALL_CLAIMS, by=by, words=words)
    left = {"left_reason": Invoice.Left.SMALL_CLAIMS, "left_at": clock.now()}
    Invoice.objects.filter(pk=invoice.pk).update(**left)
    timeline.record(invoice, "goes_to_court", by=by.email, invoice=invoice.number, words=words)
    return choice


@transaction.atomic
def write_off(invoice_id: UUID, *, by: User, words: str) -> FinalChoice:
    """It leaves collection for good, and the books are told: by us where they let us, else as a task. Raises CannotChoose."""
    invoice = _held(invoice_id)
    choice = _choose(invoice, Choice.WRITE_OFF, by=by, words=words)
    left = {"left_reason": Invoice.Left.WRITE_OFF, "left_at": clock.now()}
    Invoice.objects.filter(pk=invoice.pk).update(**left)
    try:
        entries.ask(invoice.pk, Act.WRITE_OFF, cause="after the last call", by=by.email, words=_("Bad debt"))
    except NotWritable as refused:
        raise CannotChoose(str(refused)) from refused
    timeline.record(invoice, "writes_off", by=by.email, invoice=invoice.number, words=words)
    return choice


def _held(invoice_id: UUID) -> Invoice:
    (invoice,) = hold(invoice_id)
    if invoice.frozen_at is not None or invoice.paused_reason:
        raise CannotChoose(_("They disagree with it, or say that it is paid: settle that first."))
    if invoice.left_reason != Invoice.Left.YOUR_DECISION or invoice.books_status != Invoice.Books.OPEN:
        raise CannotChoose(_("This invoice no longer waits for your decision."))
    return invoice


def _choose(
    invoice: Invoice, choice: FinalChoice.Choice, *, by: User, words: str = "", on_paper: bool = False
) -> FinalChoice:
    made, _new = FinalChoice.objects.update_or_create(
        invoice=invoice,
        choice=choice,
        defaults={"words": words.strip()[:300], "on_paper": on_paper, "by": by.email, "at": clock.now()},
    )
    return made


def _refusal(invoice: Invoice) -> str:
    """The gate's reason against a letter today, put on record; "" when it may go."""
    ask = Ask(
        purpose=Purpose.COLLECT,
        channel=Channel.LETTER,
        to=_address(invoice),
        at=clock.now(),
        customer_id=invoice.customer_id,
        invoice_id=invoice.pk,
    )
    clearance = clear(ask, subject_kind="invoice", subject_id=invoice.pk, moment="asked")
    return "" if clearance.is_allowed else clearance.reason


def _address(invoice: Invoice) -> str:
    customer = invoice.customer
    place = " ".join(part for part in (customer.state.rpartition("-")[2], customer.zip) if part)
    return ", ".join(part for part in (customer.name, customer.street, customer.city, place) if part)


def letter_of(invoice: Invoice) -> dict[str, Any]:
    """What the last letter tells, by e-mail and on paper."""
    calls = Attempt.objects.filter(about__invoice=invoice, about__dropped_at=None, counted=True).exclude(
        dialing_on=None
    )
    days = calls.order_by("dialing_on").values_list("dialing_on", flat=True)
    return {"customer": invoice.customer, "invoice": invoice, "called_on": list(days)}


def _told(message: Message) -> dict[str, Any]:
    invoice = Invoice.objects.select_related("customer", "business").get(messages__message=message)
    if invoice.left_reason != Invoice.Left.YOUR_DECISION:
        raise NoLongerTrue("the owner has chosen otherwise")
    return letter_of(invoice) | {"pay_url": pay_links.url_to([invoice])}
