"""What exactly is wrong: the customer's form, saved as he goes and sent once; what he adds later stands beside it."""

from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import timeline
from disputes import track_letters
from disputes.addresses import whose
from disputes.ending import end_resolution
from disputes.freeze import NewClaim
from disputes.models import Claim, Dispute, Resolution, Specification
from disputes.questions import FORMS, WISHES, in_words
from disputes.resolving import back_to_work, held
from disputes.services import open_dispute_held
from invoices.models import Invoice
from notifications import outbox
from syntharra import clock, money

_REASONS = {
    Specification.Kind.PAID: Claim.Reason.DUPLICATE,
    Specification.Kind.OTHER: Claim.Reason.OTHER_VAGUE,
}


class CannotSpecify(Exception):
    """What was filled in cannot be kept like that; the message says what to put right."""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What he filled in so far. Nothing is demanded before it is sent but the kind or his own words."""

    kind: str = ""
    about: str = Specification.About.WHOLE
    lines: tuple[int, ...] = ()
    amount: Decimal | None = None
    answers: dict[str, str] = field(default_factory=dict)
    wished: str = ""
    words: str = ""


def draft_of(dispute: Dispute) -> Specification:
    """The form as he left it, or a new one filled in with what he said before. Not kept until it is saved."""
    under_way = dispute.specifications.filter(sent_at=None).first()
    if under_way is not None:
        return under_way
    said = dispute.claims.exclude(source__in=(Claim.Source.MEMBER, Claim.Source.VENDOR)).order_by("said_at").first()
    kinds = Specification.Kind.values
    kind = said.reason if said is not None and said.reason in kinds else ""
    moment = clock.now()
    return Specification(dispute=dispute, kind=kind, started_at=moment, changed_at=moment)


@transaction.atomic(durable=True)
def save(dispute_id: UUID, given: Answers, *, source: str = "page", by: str = "") -> Specification:
    """Keep what is filled in so far; he may come back to it. Raises CannotSpecify; then nothing is kept."""
    dispute, invoice = held(dispute_id)
    _check(invoice, given)
    return _kept(dispute, given, source=source, by=by)


@transaction.atomic(durable=True)
def send(dispute_id: UUID, given: Answers, *, source: str = "page", by: str = "") -> Specification:
    """He is done: the firm is told, the dispute is specified. On a closed dispute it is a new objection, which freezes again."""
    dispute, invoice = held(dispute_id)
    _check(invoice, given)
    if not given.kind and not given.words.strip():
        raise CannotSpecify(_("Choose what is wrong, or say it in your own words."))
    specification = _kept(dispute, given, source=source, by=by)
    with translation.override(settings.LANGUAGE_CODE):  # the firm reads the questions; his own words stay as they are
        said = in_words(specification)
    claim = NewClaim(
        source=source,
        source_key=f"spec:{specification.pk}",
        words=said,
        reason=_REASONS.get(Specification.Kind(given.kind or "other"), given.kind or Claim.Reason.OTHER_VAGUE),
        by=by or whose(dispute, invoice).name,
        customer=dispute.customer_id,
    )
    (live,) = open_dispute_held([invoice], claim)
    moment = clock.now()
    Specification.objects.filter(pk=specification.pk).update(dispute=live, sent_at=moment)
    specification.refresh_from_db()
    changes = {
        "kind": given.kind or "other",
        "disputed_amount": disputed_amount(invoice, given),
        "specified_at": moment,
    }
    Dispute.objects.filter(pk=live.pk).update(**changes)
    live.refresh_from_db()
    _answers_the_plain_question(live)
    if live.status in (Dispute.Status.NEW, Dispute.Status.ACKNOWLEDGED):
        live.move(Dispute.Status.SPECIFIED)
    timeline.record(live, "specified", by=by or source, invoice=invoice.number, kind=given.kind)
    outbox.owe(*track_letters.specified(specification, live, invoice))
    return specification


def _answers_the_plain_question(live: Dispute) -> None:
    """Asked whether the bill is right he says what is wrong: that is a no, and the firm has something to answer."""
    running = Resolution.objects.open().filter(dispute=live, kind=Resolution.Kind.PLAIN_QUESTION).first()
    if running is not None:
        end_resolution(running, Resolution.Status.FAILED, why="said what is wrong")
        back_to_work(live)


def evidence_of(kind: str) -> tuple[str, ...]:
    """What helps to show it, in words."""
    return tuple(str(words) for words in FORMS[kind].evidence) if kind in FORMS else ()


def disputed_amount(invoice: Invoice, given: Answers) -> Decimal | None:
    """How much he objects to: the whole balance, the sum of the lines, or his figure; never more than is owed."""
    match given.about:
        case Specification.About.AMOUNT:
            return given.amount
        case Specification.About.LINES:
            chosen = invoice.lines.filter(position__in=given.lines).values_list("amount", flat=True)
            return min(sum(chosen, Decimal(0)), invoice.balance)
    return invoice.balance


def _kept(dispute: Dispute, given: Answers, *, source: str, by: str) -> Specification:
    moment = clock.now()
    filled = {
        "kind": given.kind,
        "about": given.about,
        "lines": list(given.lines),
        "amount": given.amount if given.about == Specification.About.AMOUNT else None,
        "answers": {name: words.strip()[:2000] for name, words in given.answers.items() if words.strip()},
        "wished": given.wished,
        "words": given.words.strip()[:4000],
        "changed_at": moment,
        "by": by,
    }
    kept, _made = Specification.objects.update_or_create(
        dispute=dispute,
        sent_at=None,
        defaults=filled,
        create_defaults={**filled, "source": source, "started_at": moment},
    )
    return kept


def _check(invoice: Invoice, given: Answers) -> None:
    if given.kind and given.kind not in Specification.Kind.values:
        raise CannotSpecify(_("Choose one of the answers on the page."))
    if given.wished and given.wished not in dict(WISHES):
        raise CannotSpecify(_("Choose one of the answers on the page."))
    if given.about == Specification.About.LINES:
        known = set(invoice.lines.values_list("position", flat=True))
        if not given.lines or not set(given.lines) <= known:
            raise CannotSpecify(_("Tick the lines of the bill that are wrong."))
    if given.about == Specification.About.AMOUNT and not (
        given.amount is not None and 0 < given.amount <= invoice.balance
    ):
        shown = money.shown(invoice.balance_money)
        raise CannotSpecify(_("The amount must be more than zero and at most %(shown)s.") % {"shown": shown})
    _check_answers(given)


def _check_answers(given: Answers) -> None:
    form = FORMS.get(given.kind)
    for question in form.questions if form else ():
        said = given.answers.get(question.name, "")
        if said and question.choices and said not in dict(question.choices):
            raise CannotSpecify(_("Choose one of the answers on the page."))
