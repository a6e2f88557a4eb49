"""What a line of the daily e-mail asks: shown, never done, by GET; done once, by POST, for the member it was sent to.

A mail scanner or a browser that fetches links ahead changes nothing. The role of today counts, not the one of the morning.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Membership, Role
from disputes import acknowledging, books, resolving
from disputes.acknowledging import CannotAcknowledge
from disputes.digest_lines import LINK
from disputes.ending import ClosedAlready, NotProved
from disputes.models import BooksMoved, Dispute, Resolution
from disputes.resolving import CannotResolve
from disputes.services import CannotRelease, answer_for_others, settle_pause
from invoices.families import kin_among
from invoices.models import Invoice
from notifications.models import Message
from syntharra import clock, links, money
from syntharra.models import Link
from syntharra.signed import signed

REFUSALS = (CannotResolve, CannotRelease, CannotAcknowledge, ClosedAlready, NotProved)
IN_CHARGE = (Role.OWNER, Role.MANAGER)


class NothingToDo(Exception):
    """It was answered, has ended, or is not this member's; the message says which."""


@dataclass(frozen=True)
class Offer:
    """What is asked: a sentence, what follows, and the answers (code, words). ``field``: a reason or a day is needed too."""

    title: str
    words: str
    answers: tuple[tuple[str, str], ...]
    page: str
    field: str = ""  # reason, day


@dataclass(frozen=True)
class Who:
    membership: Membership
    row: UUID

    @property
    def name(self) -> str:
        return self.membership.user.email


@signed
@require_http_methods(["GET", "POST"])
def signed_act(request: HttpRequest, token: str) -> HttpResponse:
    """GET says what would happen and asks; POST does it, once."""
    with links.opened(token, purpose=LINK) as link:
        return _answered(request, link)


def _answered(request: HttpRequest, link: Link) -> HttpResponse:
    mine = Membership.objects.filter(business=link.business_id, user_id=link.scope["member"], user__is_active=True)
    membership = mine.select_related("business", "user").first()
    if membership is None or membership.role not in IN_CHARGE:
        raise links.DeadLink("revoked")
    who = Who(membership, UUID(link.scope["row"]))
    act = _ACTS[link.scope["act"]]
    zone = timezone.override(ZoneInfo(membership.business.time_zone))
    with zone, translation.override(membership.user.language):
        try:
            offer = act.offer(who)
            if request.method == "GET":
                return _page(request, who, offer)
            return _done(request, link, who, offer, act.do)
        except NothingToDo as over:
            return _page(request, who, None, said=str(over), status=200 if request.method == "GET" else 409)


def _done(
    request: HttpRequest, link: Link, who: Who, offer: Offer, do: "Callable[[Who, QueryDict], str]"
) -> HttpResponse:
    if request.POST.get("answer") not in dict(offer.answers):
        return _page(request, who, offer, refused=_("Choose one of the answers."), status=422)
    if offer.field == "reason" and not request.POST.get("reason", "").strip():
        return _page(request, who, offer, refused=_("Say why: the reason is kept."), status=422)
    if offer.field == "day" and _day(request.POST) is None:
        return _page(request, who, offer, refused=_("Enter the day on which it was posted."), status=422)
    links.use(link)
    try:
        said = do(who, request.POST)
    except REFUSALS as refusal:
        return _page(request, who, None, refused=str(refusal), to=offer.page, status=409)
    return _page(request, who, None, said=said, to=offer.page)


def _page(
    request: HttpRequest,
    who: Who,
    offer: Offer | None,
    *,
    said: str = "",
    refused: str = "",
    to: str = "",
    status: int = 200,
) -> HttpResponse:
    business = who.membership.business
    context = {
        "firm": business,
        "offer": offer,
        "said": said,
        "refused": refused,
        "to": to or (offer.page if offer else reverse("disputes")),
        "today": clock.today(business.time_zone),
        "given": request.POST.get("reason", ""),
    }
    return render(request, "disputes/signed_act.html", context, status=status)


# An owner confirms how it ends


def _confirm_offer(who: Who) -> Offer:
    asked = Resolution.objects.filter(pk=who.row, status="to_confirm").select_related("dispute__invoice").first()
    if asked is None:
        raise NothingToDo(_("This was confirmed or taken back already."))
    if who.membership.role != Role.OWNER:
        raise NothingToDo(_("Only an owner may confirm this."))
    kind = asked.get_kind_display()
    before, agreed = asked.balance_before, asked.agreed_balance
    after = money.shown(money.of(agreed, asked.currency)) if agreed is not None else _("nothing is asked for any more")
    words = _("%(who)s chose: %(kind)s. The invoice stands at %(before)s now; after it: %(after)s.") % {
        "who": asked.begun_by,
        "kind": kind,
        "before": money.shown(money.of(before, asked.currency)),
        "after": after,
    }
    return _offer(asked.dispute, _("Confirm how it ends?"), words, (("yes", _("Confirm")),))


def _confirm(who: Who, posted: QueryDict) -> str:
    resolving.confirm(who.row, by=who.membership.user)
    return _("Confirmed. It is under way.")


# The books moved


def _books_offer(who: Who) -> Offer:
    card = (
        BooksMoved.objects.filter(pk=who.row, answer="").select_related("dispute__invoice", "dispute__customer").first()
    )
    if card is None:
        raise NothingToDo(_("This was answered already, or the books have moved on."))
    words = _("Invoice %(number)s of %(customer)s: your books show %(now)s now (before: %(was)s).") % {
        "number": card.dispute.invoice.number,
        "customer": card.dispute.customer.name,
        "now": money.shown(money.of(card.now, card.currency)),
        "was": money.shown(money.of(card.was, card.currency)),
    }
    asked = {
        BooksMoved.What.LOWERED: (
            _("Is that what you agreed with them?"),
            _("Yes, that is agreed"),
            _("No, it stays frozen"),
        ),
        BooksMoved.What.CLEARED: (_("Close the dispute?"), _("Close it now"), _("No, keep it open")),
        BooksMoved.What.PAID: (_("Is their question settled with that?"), _("Yes, it is settled"), _("No, it is open")),
    }
    title, yes, no = asked.get(BooksMoved.What(card.what), (_("Your books changed"), _("I have seen it"), ""))
    answers = (("yes", yes), ("no", no)) if no else (("yes", yes),)
    return _offer(card.dispute, title, words, answers)


def _books(who: Who, posted: QueryDict) -> str:
    books.answer(who.row, yes=posted["answer"] == "yes", by=who.membership.user)
    return _("Kept.")


# The customer's other invoices


def _others_offer(who: Who) -> Offer:
    dispute = Dispute.objects.live().filter(pk=who.row).select_related("invoice", "customer").first()
    if dispute is None or dispute.go_on_with_others is not None:
        raise NothingToDo(_("This was answered already, or the dispute has ended."))
    today = clock.today(who.membership.business.time_zone)
    kin = kin_among([dispute.customer_id])[dispute.customer_id]
    found = Invoice.objects.open().overdue_by(1, on=today).filter(customer__in=kin, frozen_at=None)
    named = ", ".join(f"{one.number} ({money.shown(one.balance_money)})" for one in found.order_by("due_on")[:20])
    words = _(
        "%(customer)s disputes invoice %(number)s. Overdue besides: %(others)s. Nobody is called about these until you say so."
    ) % {
        "customer": dispute.customer.name,
        "number": dispute.invoice.number,
        "others": named or _("none any more"),
    }
    answers = (("yes", _("Go on with these")), ("no", _("Leave them too")))
    return _offer(dispute, _("Go on with their other invoices?"), words, answers)


def _others(who: Who, posted: QueryDict) -> str:
    on = posted["answer"] == "yes"
    answer_for_others(who.row, go_on=on, by=who.membership.user)
    return _("We go on with these.") if on else _("We leave them too, while this is open.")


# A pause


def _release_offer(who: Who) -> Offer:
    invoice = Invoice.objects.filter(pk=who.row).exclude(paused_reason="").select_related("customer").first()
    if invoice is None:
        raise NothingToDo(_("This pause has ended already."))
    words = _(
        "Invoice %(number)s of %(customer)s, %(balance)s, is paused: %(why)s. Ended, it may be called about again under every rule."
    ) % {
        "number": invoice.number,
        "customer": invoice.customer.name,
        "balance": money.shown(invoice.balance_money),
        "why": invoice.get_paused_reason_display(),
    }
    page = reverse("invoice", args=[invoice.pk])
    return Offer(_("Is nothing wrong with it?"), words, (("yes", _("Nothing is wrong: go on")),), page, "reason")


def _release(who: Who, posted: QueryDict) -> str:
    settle_pause(who.row, by=who.membership.user, reason=str(posted["reason"]))
    return _("The pause has ended.")


# A letter on paper


def _posted_offer(who: Who) -> Offer:
    letter = acknowledging.to_post().filter(pk=who.row).first()
    dispute = Dispute.objects.live().filter(claims__pk=letter.facts["claim"]).first() if letter else None
    if letter is None or dispute is None:
        raise NothingToDo(_("This letter does not wait to be posted."))
    words = _("The letter to %(to)s tells them that we have stopped asking. Tick it once it is in the mail.") % {
        "to": letter.to or str(letter.customer)
    }
    page = reverse("acknowledgement", args=[dispute.number])
    return Offer(_("Is the letter in the mail?"), words, (("yes", _("It is posted")),), page, "day")


def _posted(who: Who, posted: QueryDict) -> str:
    on = _day(posted)
    assert on is not None
    message: Message = acknowledging.posted(who.row, on=on, by=who.membership.user)
    return _("On record: posted to %(to)s.") % {"to": message.to or str(message.customer)}


@dataclass(frozen=True)
class Act:
    offer: Callable[[Who], Offer]
    do: Callable[[Who, QueryDict], str]


_ACTS = {
    "confirm": Act(_confirm_offer, _confirm),
    "books": Act(_books_offer, _books),
    "others": Act(_others_offer, _others),
    "release": Act(_release_offer, _release),
    "posted": Act(_posted_offer, _posted),
}


def _offer(dispute: Dispute, title: str, words: str, answers: tuple[tuple[str, str], ...]) -> Offer:
    return Offer(title, words, answers, dispute.get_absolute_url())


def _day(posted: QueryDict) -> date | None:
    try:
        return date.fromisoformat(posted.get("on", ""))
    except ValueError:
        return None
