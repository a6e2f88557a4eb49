"""Disputes on the board: of each state those that run out first, how many there are and how much money is frozen. One query."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, When, Window
from django.db.models.functions import Cast, JSONObject, RowNumber
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Business
from desk.clocks import Clock, next_clock
from disputes.models import Claim, ClaimOn, Dispute, Specification
from disputes.running_out import month_start, with_limits
from syntharra import clock, money
from syntharra.money import Money

SHOWN = 20  # cards a column; the rest is in the list


@dataclass(frozen=True)
class Card:
    url: str
    number: str
    customer: str
    words: str
    balance: Money
    under: str
    about: str
    next: str
    next_name: str
    late: bool
    state: str
    clocks: list[Clock] = field(default_factory=list)


@dataclass(frozen=True)
class Column:
    word: str
    cards: list[Card]
    count: int
    sums: list[str]
    more: int
    more_url: str


@dataclass(frozen=True)
class Board:
    columns: list[Column]
    count: int
    frozen: list[Money]  # a sum for each currency, the firm's own first
    any: bool

    @property
    def summary(self) -> str:
        words = ngettext("%(n)d open dispute", "%(n)d open disputes", self.count) % {"n": self.count}
        if not self.frozen:
            return f"{words}."
        return _("%(count)s; %(sum)s frozen.") % {
            "count": words,
            "sum": " + ".join(money.shown(one) for one in self.frozen),
        }


def board(business: Business) -> Board:
    """The five columns of this business. What ended shows for the month it ended in."""
    on_board = Q(closed_at=None) | Q(closed_at__gte=month_start(clock.now(), business.time_zone))
    base = Dispute.objects.filter(on_board, business=business)
    place = Window(
        RowNumber(),
        partition_by=[F("status")],
        order_by=[F("runs_out").asc(nulls_last=True), F("closed_at").desc(), F("opened_at").asc()],
    )
    first = with_limits(base).annotate(place=place).filter(place__lte=SHOWN).values("pk")
    # As an array they are found once: joined, a server that takes the table for small finds them anew for every dispute.
    chosen = Dispute.objects.filter(pk__among=ArraySubquery(first))
    shown = with_card(with_limits(chosen)).annotate(totals=_totals(base))
    found = list(shown.order_by(F("runs_out").asc(nulls_last=True), F("closed_at").desc(), F("opened_at").asc()))
    return _laid_out(found, business.currency)


def with_card(found: "QuerySet[Dispute]") -> "QuerySet[Dispute]":
    """With what a card or row shows: its people, and ``said`` with the words and reason of the first claim."""
    link = ClaimOn.objects.filter(dispute=OuterRef("pk"), first=True)
    said = link.values(said=JSONObject(words="claim__words", reason="claim__reason"))[:1]
    return found.select_related("invoice", "customer", "assignee").annotate(said=Subquery(said))


def card(dispute: Dispute) -> Card:
    """One dispute as a card or row; from ``with_card`` and ``with_limits``."""
    said: dict[str, Any] = getattr(dispute, "said", None) or {}
    kind = kind_words(dispute.kind, said.get("reason", ""))
    running = next_clock(dispute)
    frozen = dispute.invoice.balance if dispute.closed_at is None else dispute.balance_at_opening
    return Card(
        url=dispute.get_absolute_url(),
        number=dispute.number,
        customer=dispute.customer.name,
        words=said.get("words", ""),
        balance=money.of(frozen, dispute.currency),
        under=" · ".join(part for part in (dispute.number, dispute.invoice.number, kind) if part),
        about=" · ".join(part for part in (dispute.invoice.number, kind) if part),
        next=running.words if running else "",
        next_name=running.name if running else "",
        late=running is not None and running.state == "late",
        state=dispute.get_status_display(),
        clocks=[running] if running else [],
    )


def kind_words(chosen: str, reason: str) -> str:
    """What the customer chose on his page, else what was heard; in one vocabulary, so that they count together."""
    kind = chosen or reason
    if kind in Claim.Reason:
        return str(Claim.Reason(kind).label)
    return {Specification.Kind.PAID.value: _("paid already"), Specification.Kind.OTHER.value: _("something else")}.get(
        kind, ""
    )


def _totals(base: "QuerySet[Dispute]") -> ArraySubquery:
    """By state and currency: how many, and how much. Asked once, whatever the number of cards."""
    held = Case(When(closed_at=None, then=F("invoice__balance")), default=F("balance_at_opening"))
    summed = base.order_by().values("status", "currency").annotate(n=Count("pk"), held=Sum(held))
    row = JSONObject(status="status", currency="currency", n="n", held=Cast("held", CharField()))
    return ArraySubquery(summed.annotate(row=row).values("row"))


def _laid_out(found: Sequence[Dispute], own: str) -> Board:
    words = {
        Dispute.Status.NEW: _("New"),
        Dispute.Status.ACKNOWLEDGED: _("Acknowledged"),
        Dispute.Status.SPECIFIED: _("Specified"),
        Dispute.Status.RESOLVING: _("Being resolved"),
        Dispute.Status.CLOSED: _("Closed this month"),
    }
    rows: list[dict[str, Any]] = getattr(found[0], "totals", []) if found else []
    counts, held, frozen = defaultdict[str, int](int), defaultdict[str, list[Money]](list), dict[str, Money]()
    for row in rows:
        amount = money.of(Decimal(row["held"] or 0), row["currency"])
        counts[row["status"]] += row["n"]
        held[row["status"]].append(amount)
        if row["status"] != Dispute.Status.CLOSED:
            frozen[row["currency"]] = frozen[row["currency"]] + amount if row["currency"] in frozen else amount

    def own_first(one: Money) -> tuple[bool, str]:
        return str(one.currency) != own, str(one.currency)

    cards = defaultdict[str, list[Card]](list)
    for dispute in found:
        cards[dispute.status].append(card(dispute))
    columns = [
        Column(
            word,
            cards[status],
            counts[status],
            [money.shown(one) for one in sorted(held[status], key=own_first)],
            counts[status] - len(cards[status]),
            f"{reverse('disputes')}?{urlencode({'view': 'list', 'state': status.value})}",
        )
        for status, word in words.items()
    ]
    live = sum(n for status, n in counts.items() if status != Dispute.Status.CLOSED)
    return Board(columns, live, sorted(frozen.values(), key=own_first), bool(found))
