"""What the daily dispute e-mail tells: a work list, in the reader's language, each line with where to do it.

A line that asks for one answer carries a signed link of its own, for this member alone, used once; it lands on a page that
says what will happen and asks (``disputes.signed_acts``). Every other line leads to the dispute's page.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Business, Membership, Role
from disputes import clock_facts, clocks
from disputes.acknowledging import to_post
from disputes.addresses import TOLD, absolute
from disputes.clocks import Clock, Of, State
from disputes.models import BooksMoved, Dispute, LegalDate, Resolution
from invoices.families import kin_among
from invoices.models import Invoice
from notifications.letters import NoLongerTrue
from notifications.models import Message
from syntharra import clock, links, money
from syntharra.templatetags.letters import plain_day, plain_when

LINK = "dispute_act"
LASTS = timedelta(days=7)
LISTED = 25  # in each part of the e-mail; the board has them all


@dataclass(frozen=True)
class Line:
    words: str
    url: str
    action: str


@dataclass(frozen=True)
class Part:
    title: str
    lines: list[Line] = field(default_factory=list)
    more: int = 0


def work_list(message: Message) -> dict[str, Any]:
    """Everything the letter shows. Raises NoLongerTrue where there is nothing left to tell, or the reader has left."""
    member = Membership.objects.filter(user=message.member_id, business=message.business_id).first()
    if member is None:
        raise NoLongerTrue("the reader is no member any more")
    with translation.override(message.language):
        made = _Maker(message.business, member)
        parts = made.parts()
    if not parts:
        raise NoLongerTrue("nothing is open any more")
    return {
        "parts": parts,
        "held": made.held(),
        "live": made.live,
        "url": absolute(reverse("disputes")),
    }


class _Maker:
    def __init__(self, business: Business, member: Membership) -> None:
        self.business, self.member, self.now = business, member, clock.now()
        live = Dispute.objects.live().select_related("invoice", "customer").order_by("opened_at")
        self.live = list(live)
        self.tracks = clock_facts.tracks(self.live, business.time_zone)
        self.in_charge = member.role in TOLD

    def parts(self) -> list[Part]:
        late, soon = self._clocks()
        yesterday = self.now - timedelta(days=1)
        closed = Dispute.objects.filter(closed_at__gt=yesterday).select_related("invoice", "customer")
        return [
            part
            for part in (
                self._part(_("Late"), late),
                self._part(_("About to run out"), soon),
                self._part(_("New since yesterday"), [self._new(d) for d in self.live if d.opened_at > yesterday]),
                self._part(_("Waiting for you"), self._yours()),
                self._part(_("Waiting for the customer"), self._theirs()),
                self._part(_("Ended since yesterday"), [self._ended(d) for d in closed.order_by("closed_at")]),
            )
            if part.lines
        ]

    def held(self) -> list[str]:
        """The money on hold, a sum for each currency."""
        sums: dict[str, Any] = {}
        for dispute in self.live:
            one = dispute.invoice.balance_money
            sums[dispute.currency] = sums[dispute.currency] + one if dispute.currency in sums else one
        return [money.shown(sums[currency]) for currency in sorted(sums)]

    def _part(self, title: str, lines: Sequence[Line]) -> Part:
        return Part(title, list(lines[:LISTED]), max(0, len(lines) - LISTED))

    def _clocks(self) -> tuple[list[Line], list[Line]]:
        """What ran out and still waits, and what runs out next; of each dispute its sharpest."""
        late, soon = list[tuple[Clock, Dispute]](), list[tuple[Clock, Dispute]]()
        for dispute in self.live:
            found = [one for one in clocks.clocks(self.tracks[dispute.pk], self.now) if one.is_soon(self.now)]
            late += [(one, dispute) for one in found if one.state == State.LATE][:1]
            soon += [(one, dispute) for one in found if one.state != State.LATE][:1]
        return self._of_clocks(late), self._of_clocks(soon)

    def _of_clocks(self, found: list[tuple[Clock, Dispute]]) -> list[Line]:
        by_limit = sorted(found, key=lambda one: one[0].limit)
        return [self._line(dispute, self._clock_words(one), _("Open")) for one, dispute in by_limit]

    def _clock_words(self, one: Clock) -> str:
        names = {
            Of.STOPPED: _("a call about it is still to be ended"),
            Of.TOLD: _("you were to be told"),
            Of.ACKNOWLEDGED: _("they should have our acknowledgement"),
            Of.ASKED: _("they should be asked what is wrong"),
            Of.FIRST_WORD: _("they should hear from a person at your firm"),
            Of.DECISION: _("you should say what you will do"),
        }
        if one.legal is not None:
            kind = str(LegalDate.Kind(one.legal.kind).label)
            name = f"{kind}: {one.legal.note}" if one.legal.note else kind
            return _("%(what)s, until %(day)s") % {"what": name, "day": plain_day(one.legal.on)}
        return _("%(what)s by %(when)s") % {"what": names[one.of], "when": self._when(one.limit)}

    def _new(self, dispute: Dispute) -> Line:
        return self._line(dispute, _("opened %(when)s") % {"when": self._when(dispute.opened_at)}, _("Open"))

    def _ended(self, dispute: Dispute) -> Line:
        how = Resolution.Kind(dispute.closed_as).label if dispute.closed_as in Resolution.Kind else ""
        asks = "" if dispute.went_wrong else _("What went wrong? One tap.")
        return self._line(dispute, str(how or dispute.closed_reason or _("ended")), asks or _("Open"))

    # what one answer settles

    def _yours(self) -> list[Line]:
        by_pk = {dispute.pk: dispute for dispute in self.live}
        lines = [
            self._ask(by_pk[one.dispute_id], "confirm", one.pk, _("an owner has to confirm how it ends"), _("Confirm"))
            for one in Resolution.objects.filter(status="to_confirm", dispute__in=by_pk)
            if self.member.role == Role.OWNER
        ]
        lines += [
            self._ask(by_pk[card.dispute_id], "books", card.pk, self._moved(card), _("Answer"))
            for card in BooksMoved.objects.filter(answer="", dispute__in=by_pk).order_by("seen_at")
        ]
        lines += self._letters(by_pk)
        lines += [self._ask(dispute, "others", dispute.pk, words, _("Answer")) for dispute, words in self._others()]
        specified = [d for d in self.live if d.status == Dispute.Status.SPECIFIED]
        lines += [self._line(d, _("they have said what is wrong; you decide"), _("Decide")) for d in specified]
        return lines + self._paused()

    def _moved(self, card: BooksMoved) -> str:
        return _("your books show %(now)s now (before: %(was)s)") % {
            "now": money.shown(money.of(card.now, card.currency)),
            "was": money.shown(money.of(card.was, card.currency)),
        }

    def _letters(self, by_pk: dict[UUID, Dispute]) -> list[Line]:
        claims = {str(claim): pk for pk, claim in Dispute.objects.filter(pk__in=by_pk).values_list("pk", "claims")}
        found = [(letter, claims.get(letter.facts.get("claim", ""))) for letter in to_post()]
        return [
            self._ask(by_pk[pk], "posted", letter.pk, _("a letter to them is to be posted"), _("It is posted"))
            for letter, pk in found
            if pk is not None
        ]

    def _others(self) -> Iterable[tuple[Dispute, str]]:
        """One question for each customer, his jobs and branches with other overdue invoices nobody has answered for."""
        asked = [d for d in reversed(self.live) if d.go_on_with_others is None]
        kin = kin_among({d.customer_id for d in asked}) if asked else {}
        open_ = {one: d for d in asked for one in kin[d.customer_id]}
        today = clock.today(self.business.time_zone)
        found = Invoice.objects.open().overdue_by(1, on=today).filter(customer__in=open_, frozen_at=None)
        counts: dict[Dispute, int] = defaultdict(int)
        for invoice in found:
            counts[open_[invoice.customer_id]] += 1
        for dispute, n in counts.items():
            words = ngettext("go on with their other invoice?", "go on with their %(n)d other invoices?", n) % {"n": n}
            yield dispute, words

    def _paused(self) -> list[Line]:
        paused = Invoice.objects.open().exclude(paused_reason="").select_related("customer").order_by("paused_at")
        lines = []
        for invoice in paused:
            words = f"{self._about(invoice)}: {invoice.get_paused_reason_display()}"
            url = self._link(invoice.pk, "release", invoice.pk) if self.in_charge else self._page(invoice)
            lines.append(Line(words, url, _("Decide")))
        return lines

    def _theirs(self) -> list[Line]:
        asked = Resolution.objects.filter(status="running", step="customer", dispute__in=[d.pk for d in self.live])
        until = {one.dispute_id: one.expires_at for one in asked}
        lines = []
        for dispute in self.live:
            limit = until.get(dispute.pk)
            if limit is not None:
                words = _("they have until %(when)s to answer") % {"when": self._when(limit)}
                lines.append(self._line(dispute, words, _("Open")))
            elif dispute.status == Dispute.Status.ACKNOWLEDGED:
                lines.append(self._line(dispute, _("they have not said yet what exactly is wrong"), _("Open")))
        return lines

    # shared

    def _line(self, dispute: Dispute, words: str, action: str) -> Line:
        url = absolute(dispute.get_absolute_url())
        return Line(f"{dispute.number} {self._about(dispute.invoice, dispute)}: {words}", url, action)

    def _ask(self, dispute: Dispute, act: str, row: UUID, words: str, action: str) -> Line:
        plain = self._line(dispute, words, action)
        return Line(plain.words, self._link(dispute.pk, act, row), action) if self.in_charge else plain

    def _about(self, invoice: Invoice, dispute: Dispute | None = None) -> str:
        customer = dispute.customer if dispute else invoice.customer
        names = {"customer": customer.name, "number": invoice.number, "balance": money.shown(invoice.balance_money)}
        return _("%(customer)s, invoice %(number)s, %(balance)s") % names

    def _link(self, subject: UUID, act: str, row: UUID) -> str:
        scope = {"act": act, "row": str(row), "member": self.member.user_id}
        token = links.make(LINK, subject, lasts=LASTS, scope=scope)
        return absolute(reverse("signed_act", args=[token]))

    def _page(self, invoice: Invoice) -> str:
        return absolute(reverse("invoice", args=[invoice.pk]))

    def _when(self, moment: datetime) -> str:
        return plain_when(moment, self.business.time_zone)
