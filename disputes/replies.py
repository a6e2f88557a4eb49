"""What a customer's answer to a letter means, and what follows. Stops first, then the dispute; what we are not sure of waits.

Understood are: a stop, a dispute, "I have paid", a promise. Everything else waits for a person of the firm, and collecting
on that customer waits with it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import timeline
from accounts.models import User
from compliance.lifting import ON_A_NUMBER
from compliance.models import StopKind
from compliance.services import stop
from disputes import files, posts
from disputes.freeze import NewClaim
from disputes.hearing import INDEPENDENT, Heard, Intent, hear
from disputes.hearing.text import parts
from disputes.mail_models import InboundMail
from disputes.models import Claim, Dispute, Post, Side
from disputes.services import open_dispute, pause
from disputes.uploads import BadFile
from invoices.changes import PLAN
from invoices.models import Customer, Hold, Invoice
from invoices.services import hold_customer
from notifications import mail_reading, outbox
from syntharra import clock, due
from syntharra.tenancy import current_business

TO_READ = "reply_to_read"  # reason of the hold
PROMISED = "promise_to_pay"
BY = "syntharra"
MOST_PARTS = 24
NOT_SAID_FOR = timedelta(days=7)  # a promise without a day, as on a call
_STOPS = {
    Intent.ATTORNEY_REPRESENTED: StopKind.ATTORNEY,
    Intent.BANKRUPTCY: StopKind.BANKRUPTCY,
    Intent.DECEASED: StopKind.DECEASED,
    Intent.OPT_OUT: StopKind.OPT_OUT,
    Intent.WRONG_NUMBER: StopKind.WRONG_NUMBER,
    Intent.NOT_RIGHT_PARTY: StopKind.WRONG_NUMBER,
}
_WILL_PAY = frozenset({Intent.PROMISE_TO_PAY, Intent.PAY_NOW})
_NO_MATTER = frozenset({Intent.OTHER, Intent.CONFIRM_IDENTITY_YES})
_CALLS_ONLY = re.compile(r"\b(?:call|calling|calls|phone|ring|llam\w+|tel[eé]fono)\b", re.IGNORECASE)
_ANY_CONTACT = re.compile(
    r"\b(?:contact\w*|cease|desist|communicat\w+|e-?mail\w*|writ(?:e|ing)|contact[ae]\w*|comuni\w+|correo\w*|escrib\w+)\b",
    re.IGNORECASE,
)
Outcome = InboundMail.Outcome


class CannotRead(Exception):
    """What a member says this mail was does not fit; the message says why."""


@dataclass(frozen=True)
class Understood:
    """All that was heard in a mail: of the whole, and of each paragraph by itself.

    ``is_whole`` false: it is longer than anybody's answer, and its end was not heard; then a person reads it, whatever is in it.
    """

    parts: tuple[Heard, ...]
    is_whole: bool = True

    @property
    def meanings(self) -> frozenset[Intent]:
        return frozenset(meaning for part in self.parts for meaning in part.meanings)

    @property
    def dispute(self) -> Heard | None:
        """The surest objection, one whose kind was said before one that is vague."""
        found = [part for part in self.parts if part.dispute]
        return max(found, key=lambda part: (part.reason not in (None, "other_vague"), part.score), default=None)

    @property
    def stops_us(self) -> bool:
        return any(part.dispute or part.pause for part in self.parts) or bool(self.meanings & set(INDEPENDENT))

    @property
    def is_promise(self) -> bool:
        """They will pay, and nothing else was said that somebody should read first."""
        return (
            self.is_whole
            and not self.stops_us
            and bool(self.meanings & _WILL_PAY)
            and self.meanings <= _WILL_PAY | _NO_MATTER
        )

    def record(self) -> dict[str, Any]:
        surest = self.dispute or max(self.parts, key=lambda part: part.score)
        return {
            "meanings": sorted(self.meanings),
            "score": surest.score,
            "rule_ids": list(surest.rule_ids),
            "version": surest.version,
            "freeze_at": surest.freeze_at,
            "pause_at": surest.pause_at,
        }


def understood(words: str) -> Understood:
    """Hear these words as a whole and paragraph by paragraph: an objection in the third must not drown in the first."""
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n|\n(?=[-*•] )", words) if part.strip()]
    pieces = [piece for paragraph in paragraphs for piece in parts(paragraph)]
    texts = [words, *pieces[:MOST_PARTS]] if len(pieces) > 1 else [words]
    return Understood(tuple(hear(piece) for piece in texts), is_whole=len(pieces) <= MOST_PARTS)


def act(row: InboundMail) -> None:
    """Carry out what this answer means. Each step is once by the mail's key; the outcome is written last."""
    assert row.customer is not None
    heard = understood(row.words)
    InboundMail.objects.filter(pk=row.pk).update(heard={**row.heard, **heard.record()})
    stopped = _stop(row, heard)
    invoices = about(row, row.customer)
    live, unread = _live(row, invoices), not heard.is_whole
    mine = Claim.objects.filter(source=_source(row), source_key=row.key).first()
    if live is not None and mine is None:
        post = posts.customer_writes(
            live.pk, row.words or _("(no words of their own)"), by=row.sender, channel=Post.Channel(row.channel),
            outside_key=row.key,
        )  # fmt: skip
        _end(row, Outcome.THREAD, dispute=live, post=post, waits=live.go_on_with_others is True or stopped or unread)
    elif invoices and (mine is not None or heard.dispute is not None or _paid_in_writing(row, heard)):
        disputes = open_dispute(*(invoice.pk for invoice in invoices), claim=_claim(row, heard))
        _end(row, Outcome.DISPUTE, dispute=disputes[0], waits=stopped or unread)
    elif invoices and Intent.ALREADY_PAID in heard.meanings:
        pause(*_pks(invoices), why="already_paid", words=row.words, source_key=_place(row), by=row.sender)
        _end(row, Outcome.STOPPED if stopped else Outcome.ALREADY_PAID, waits=stopped or unread)
    elif stopped:
        _end(row, Outcome.STOPPED, waits=True)
    elif invoices and heard.is_promise:
        _promised(row, invoices)
    else:
        _end(row, Outcome.TO_READ, waits=True)


def about(row: InboundMail, customer: Customer) -> list[Invoice]:
    """The invoices it speaks of: those it names, else those the letter was about, else all that are open."""
    mine = list(customer.invoices.filter(books_status="open", balance__gt=0).order_by("due_on", "number"))
    text = f"{row.subject}\n{row.words}"
    named = [one for one in mine if re.search(rf"(?<![\w-]){re.escape(one.number)}(?![\w-])", text)]
    told = set(row.message.about.values_list("invoice_id", flat=True)) if row.message is not None else set()
    return named or [one for one in mine if one.pk in told] or ([] if told else mine)


def _source(row: InboundMail) -> str:
    """In the words of a claim."""
    return Claim.Source.SMS if row.channel == InboundMail.Channel.SMS else Claim.Source.EMAIL


def _place(row: InboundMail) -> str:
    """Where it was said, for what may be said there once."""
    return f"{'text' if row.channel == InboundMail.Channel.SMS else 'mail'}:{row.key}"


def _pks(invoices: Sequence[Invoice]) -> list[UUID]:
    return [invoice.pk for invoice in invoices]


def _live(row: InboundMail, invoices: Sequence[Invoice]) -> Dispute | None:
    """The live dispute the letter was about, else one of an invoice he speaks of."""
    assert row.customer_id is not None
    live = Dispute.objects.live().filter(customer_id=row.customer_id)
    wanted = str(row.message.facts.get("dispute", "")) if row.message is not None else ""
    told = row.message.about.values_list("invoice_id", flat=True) if row.message is not None else []
    return (
        (live.filter(pk=wanted).first() if wanted else None)
        or live.filter(invoice__in=_pks(invoices)).order_by("opened_at").first()
        or live.filter(invoice__in=list(told)).order_by("opened_at").first()
    )


def _paid_in_writing(row: InboundMail, heard: Understood) -> bool:
    """A consumer who writes that he has paid disputes the debt (15 USC 1692g(b))."""
    assert row.customer is not None
    return Intent.ALREADY_PAID in heard.meanings and row.customer.kind != Customer.Kind.BUSINESS


def _claim(row: InboundMail, heard: Understood) -> NewClaim:
    said = heard.dispute
    known = bool(row.message is not None and row.sender == row.message.to.lower())
    if row.channel == InboundMail.Channel.SMS:
        known = row.customer is not None and row.customer.contacts.filter(phone=row.sender).exists()
    return NewClaim(
        source=_source(row),
        source_key=row.key,
        words=row.words[:4000],
        reason=said.reason.value if said is not None and said.reason is not None else "other_vague",
        language="es" if heard.parts[0].lang == "es" else "en-us",
        said_at=row.came_at,
        by=row.sender,
        customer=row.customer_id,
        # Words from an address we did not write to are not repeated to the customer: they may not be his.
        evidence={**heard.record(), "mail": str(row.pk), "unquotable": not known or bool(row.heard.get("forged"))},
    )


@transaction.atomic
def _stop(row: InboundMail, heard: Understood) -> bool:
    """Every stop that was asked for, binding before anything else is done."""
    assert row.customer_id is not None
    kinds = {_STOPS[meaning] for meaning in heard.meanings if meaning in _STOPS}
    texted = row.channel == InboundMail.Channel.SMS
    if StopKind.OPT_OUT in kinds and _ANY_CONTACT.search(row.words):
        kinds.add(StopKind.CEASE)
    elif StopKind.OPT_OUT in kinds and not texted and not _CALLS_ONLY.search(row.words):
        kinds.add(StopKind.NO_EMAIL)
    if not kinds:
        return False
    hold_customer(row.customer_id)
    for kind in sorted(kinds):
        wrong = kind == StopKind.WRONG_NUMBER and row.message is not None
        # A wrong address speaks of that address alone.
        number = row.message.to if wrong and row.message is not None else ""
        if texted and kind in ON_A_NUMBER:  # said from a telephone: that number, for everybody
            number = row.sender
        source = f"{'text' if texted else 'mail'}:{row.pk}"
        stopped = stop(row.customer_id, kind, number=number, words=row.words[:4000], source=source, by=BY)
        facts = {"customer": str(row.customer_id), "because": str(kind)}
        outbox.owe(outbox.Act(kind="stop_calls", key=f"stop:{stopped.pk}", facts=facts))
    if texted and kinds == {StopKind.OPT_OUT}:
        from disputes.inbound_texts import owe_confirmation

        owe_confirmation(row)
    return True


@transaction.atomic
def _promised(row: InboundMail, invoices: Sequence[Invoice]) -> None:
    """Quiet for a week, as after a promise without a day on a call; the firm notes the day if it was given one."""
    assert row.customer_id is not None
    hold_customer(row.customer_id)
    until = clock.now() + NOT_SAID_FOR
    for invoice in invoices:
        Hold.objects.create(
            customer_id=row.customer_id, invoice=invoice, reason=PROMISED, by=BY, since=clock.now(), until=until
        )
    _end(row, Outcome.PROMISE, waits=True, holds=False)


def _end(
    row: InboundMail,
    outcome: str,
    *,
    waits: bool,
    holds: bool | None = None,
    dispute: Dispute | None = None,
    post: Post | None = None,
) -> None:
    """Write the outcome. The hold ends with it where nobody has to read the mail first (``holds``: as ``waits`` unless said)."""
    refused = _take_files(row, dispute, post) if dispute is not None and row.stored else 0
    with transaction.atomic():
        InboundMail.objects.filter(pk=row.pk, outcome="").update(
            outcome=outcome, waits=waits, dispute=dispute, files_refused=refused
        )
        if not (waits if holds is None else holds):
            let_go(row, by=BY)
        timeline.record(row, "mail_understood", by=BY, outcome=outcome, waits=waits)


def _take_files(row: InboundMail, dispute: Dispute, post: Post | None) -> int:
    """Each photo or paper by itself: one that cannot be taken keeps none of the others out. How many could not."""
    from disputes.inbound import raw

    refused = 0
    for attached in mail_reading.read(raw(row)).files:
        try:
            files.take(
                dispute.pk, [SimpleUploadedFile(attached.name, attached.data)], side=Side.CUSTOMER, by=row.sender,
                post=post,
            )  # fmt: skip
        except BadFile:
            refused += 1
    return refused


def let_go(row: InboundMail, *, by: str) -> None:
    if row.hold_id is None:
        return
    if Hold.objects.filter(pk=row.hold_id, lifted_at=None).update(lifted_at=clock.now(), lifted_by=by):
        due.note(PLAN, current_business(), at=clock.now())


# a person has read it


def waiting() -> Any:
    """The mail of the current business that somebody has to read, the oldest first."""
    return InboundMail.objects.filter(waits=True).select_related("customer").order_by("came_at", "pk")


def nothing_to_stop(mail_id: UUID, *, by: User) -> InboundMail:
    """A member has read it: it stops nothing. What was stopped for other reasons stays so. Twice is once."""
    return _was_read(mail_id, by=by, outcome=None)


def is_dispute(mail_id: UUID, *invoice_ids: UUID, by: User) -> list[Dispute]:
    """A member has read it: they disagree, about these invoices. Raises CannotRead without one."""
    row = InboundMail.objects.select_related("message").get(pk=mail_id)
    if not invoice_ids:
        raise CannotRead(_("Choose the invoice it is about."))
    ours = row.kind == InboundMail.Kind.FORWARD
    claim = NewClaim(
        source="member" if ours else _source(row), source_key=row.key, words=(row.words or row.whole)[:4000],
        said_at=row.came_at, by=by.email if ours else row.sender,
        evidence={"mail": str(row.pk), "read_by": by.email, "unquotable": True},
    )  # fmt: skip
    disputes = open_dispute(*invoice_ids, claim=claim)
    if row.stored:
        _take_files(row, disputes[0], None)
    InboundMail.objects.filter(pk=row.pk).update(dispute=disputes[0], customer_id=disputes[0].customer_id)
    _was_read(mail_id, by=by, outcome=Outcome.DISPUTE)
    return disputes


def is_paid(mail_id: UUID, *, by: User) -> InboundMail:
    """A member has read it: they say it is paid. Quiet until somebody has looked in the books; a consumer's is a dispute."""
    row = InboundMail.objects.select_related("message", "customer").get(pk=mail_id)
    invoices = about(row, row.customer) if row.customer is not None else []
    if not invoices:
        raise CannotRead(_("No open invoice of theirs is left to look for."))
    if row.customer is not None and row.customer.kind != Customer.Kind.BUSINESS:  # in writing: 15 USC 1692g(b)
        is_dispute(mail_id, *_pks(invoices), by=by)
        row.refresh_from_db()
        return row
    pause(*_pks(invoices), why="already_paid", words=row.words, source_key=_place(row), by=by.email)
    return _was_read(mail_id, by=by, outcome=Outcome.ALREADY_PAID)


def is_stop(mail_id: UUID, *, by: User) -> InboundMail:
    """A member has read it: they want to be left alone altogether."""
    row = InboundMail.objects.get(pk=mail_id)
    if row.customer_id is None:
        raise CannotRead(_("Nobody knows yet which customer it is from."))
    with transaction.atomic():
        hold_customer(row.customer_id)
        stopped = stop(
            row.customer_id,
            StopKind.CEASE,
            number="",
            words=row.words[:4000],
            source=f"{_place(row).partition(':')[0]}:{row.pk}",
            by=by.email,
        )
        facts = {"customer": str(row.customer_id), "because": str(StopKind.CEASE)}
        outbox.owe(outbox.Act(kind="stop_calls", key=f"stop:{stopped.pk}", facts=facts))
    return _was_read(mail_id, by=by, outcome=Outcome.STOPPED)


@transaction.atomic
def _was_read(mail_id: UUID, *, by: User, outcome: str | None) -> InboundMail:
    row = InboundMail.objects.get(pk=mail_id)
    if row.customer_id is not None:
        hold_customer(row.customer_id)
    changes: dict[str, Any] = {"waits": False, "read_at": clock.now(), "read_by": by.email}
    if outcome or row.outcome in (Outcome.TO_READ, Outcome.TO_CHOOSE):
        changes["outcome"] = outcome or Outcome.NOTHING
    if InboundMail.objects.filter(pk=mail_id, read_at=None).update(**changes):
        let_go(row, by=by.email)
        timeline.record(row, "mail_read", by=by.email, outcome=outcome or Outcome.NOTHING)
    row.refresh_from_db()
    return row
