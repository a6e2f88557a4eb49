"""What the customer's page shows: where his question stands, what happens next and by when, and what he may answer."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from disputes import last_steps
from disputes.letters import may_be_quoted
from disputes.models import Dispute, LastStep, Post, Resolution, Side
from syntharra import money


@dataclass(frozen=True)
class Asked:
    """What the firm asks him to answer, and the answers he has: (code, words)."""

    words: str
    firm_says: str
    until: datetime | None
    answers: tuple[tuple[str, str], ...]
    resolution: Resolution | None = None
    offer: LastStep | None = None  # made after they never agreed
    bill: tuple[tuple[str, money.Money], ...] = ()  # its lines, where it is asked whether it is right


def asked_of_customer(dispute: Dispute) -> Asked | None:
    """The one answer the firm waits for, or None."""
    running = Resolution.objects.filter(dispute=dispute, status="running", step="customer").first()
    if running is None:
        return _late_offer(dispute)
    kinds = Resolution.Kind
    match running.kind:
        case kinds.SETTLEMENT:
            assert running.agreed_balance is not None
            words = _("The firm offers to settle for %(agreed)s instead of %(before)s.") % {
                "agreed": money.shown(money.of(running.agreed_balance, running.currency)),
                "before": money.shown(money.of(running.balance_before, running.currency)),
            }
            answers = (("accepted", _("I accept")), ("declined", _("No, thank you")))
        case kinds.BILL_STANDS:
            words = _("This is the firm's answer.")
            answers = (("agrees", _("I agree")), ("objects", _("I do not agree")))
        case kinds.PLAIN_QUESTION:
            words = _("Is this bill right?")
            answers = (("right", _("Yes, it is right")), ("wrong", _("No, something is wrong")))
        case kinds.REWORK:
            words = _("Is it right now?")
            answers = (("happy", _("Yes, it is right now")), ("not_happy", _("No, it is still not right")))
        case _other:
            return None
    bill = bill_of(dispute) if running.kind == kinds.PLAIN_QUESTION else ()
    return Asked(words, running.words, running.expires_at, answers, resolution=running, bill=bill)


def bill_of(dispute: Dispute) -> tuple[tuple[str, money.Money], ...]:
    """The lines of the bill: what, for how much."""
    lines = dispute.invoice.lines.order_by("position")
    return tuple((line.description or line.item, money.of(line.amount, line.currency)) for line in lines)


def _late_offer(dispute: Dispute) -> Asked | None:
    """An offer made after they never agreed."""
    offer = last_steps.open_offer(dispute)
    if offer is None or offer.amount is None:
        return None
    words = _("The firm offers to settle for %(agreed)s instead of %(before)s.") % {
        "agreed": money.shown(money.of(offer.amount, offer.currency)),
        "before": money.shown(money.of(offer.balance_before, offer.currency)),
    }
    answers = (("accepted", _("I accept")), ("declined", _("No, thank you")))
    return Asked(words, offer.words, offer.expires_at, answers, offer=offer)


def over() -> str:
    return _("This is over: nothing more has to be answered.")


def standing(dispute: Dispute, *, shows: bool = True) -> str:
    """Where it stands, in one sentence; without the figure where it may not be shown."""
    if dispute.closed_at is not None:
        if dispute.agreed_balance is not None and dispute.agreed_balance > 0:
            if not shows:
                return _("This is closed.")
            agreed = money.shown(money.of(dispute.agreed_balance, dispute.currency))
            return _("This is closed. What was agreed: %(agreed)s.") % {"agreed": agreed}
        if dispute.closed_as == "false_alarm":  # it is asked for again: nothing else may be said here
            return _("This is closed. If something is wrong after all, tell us here, and we stop again.")
        if dispute.closed_as in ("unresolved", Resolution.Kind.MEDIATION, Resolution.Kind.SMALL_CLAIMS):
            return _("This is closed. We do not call or remind you about it any more.")
        return _("This is closed. Nobody asks you for this money.")
    words = {
        Dispute.Status.NEW: _("The firm has your question. Nobody asks you for this money while it is open."),
        Dispute.Status.ACKNOWLEDGED: _("The firm has your question. Nobody asks you for this money while it is open."),
        Dispute.Status.SPECIFIED: _("The firm knows what is wrong and looks into it. Nobody asks you for this money."),
        Dispute.Status.RESOLVING: _("The firm is settling it. Nobody asks you for this money while it is open."),
    }
    return words[Dispute.Status(dispute.status)]


def thread(dispute: Dispute) -> list[tuple[str, datetime, str]]:
    """What was said on either side, oldest first: (who, when, words). Notes of the firm's own are not among it."""
    said = [
        (_("You"), claim.said_at, claim.words) for claim in dispute.claims.order_by("said_at") if may_be_quoted(claim)
    ]
    posts = dispute.posts.exclude(channel=Post.Channel.NOTE).order_by("at")
    said += [(_("You") if post.side == Side.CUSTOMER else str(dispute.business), post.at, post.words) for post in posts]
    return sorted(said, key=lambda entry: entry[1])
