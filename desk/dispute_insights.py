"""What disputes teach: of which kind, about which work, for how much, how long they took, how they ended, what went wrong."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.models import Business
from desk.clocks import span
from desk.dispute_board import kind_words
from disputes.learning import QUESTIONS
from disputes.models import ClaimOn, Dispute, Resolution
from invoices.models import InvoiceLine
from syntharra import clock, money
from syntharra.money import Money

SPAN = timedelta(days=365)
ITEMS = 12


@dataclass(frozen=True)
class Row:
    """One kind or way of ending: how many, for how much in the firm's currency, and the middle time to an end."""

    word: str
    count: int
    amount: Money
    time: str


@dataclass(frozen=True)
class Told:
    """A closing question with how often each answer was given, and how often none."""

    question: str
    answers: list[tuple[str, int]]


@dataclass(frozen=True)
class Insights:
    count: int
    ended: int
    time: str
    kinds: list[Row]
    items: list[Row]
    ends: list[Row]
    told: list[Told]
    others: int  # in another currency: counted, their money is not


class Past(NamedTuple):
    """What counts of one dispute."""

    pk: UUID
    kind: str
    opened_at: datetime
    closed_at: datetime | None
    closed_as: str
    balance: Decimal
    currency: str
    had_paper: str
    went_wrong: str
    reason: str = ""


def insights(business: Business) -> Insights:
    """Of the last twelve months. Three queries for any number of disputes."""
    since = clock.now() - SPAN
    mine = Dispute.objects.filter(business=business, opened_at__gte=since)
    said = ClaimOn.objects.filter(dispute__in=mine, first=True)
    reasons = dict(said.values_list("dispute", "claim__reason"))
    rows = mine.order_by().values_list(
        "pk", "kind", "opened_at", "closed_at", "closed_as", "balance_at_opening", "currency", "had_paper", "went_wrong"
    )
    found = [Past(*row, reasons.get(row[0], "")) for row in rows]
    ended = [one for one in found if one.closed_at is not None]
    own = business.currency
    return Insights(
        count=len(found),
        ended=len(ended),
        time=_middle(ended),
        kinds=_rows(found, lambda one: kind_words(one.kind, one.reason), own),
        items=_items(mine, own),
        ends=_rows(ended, _ending, own),
        told=_told(ended),
        others=sum(one.currency != own for one in found),
    )


def _rows(found: list[Past], word_of: Any, own: str) -> list[Row]:
    groups = defaultdict[str, list[Past]](list)
    for one in found:
        groups[word_of(one) or _("not said")].append(one)
    rows = [Row(word, len(group), _sum(group, own), _middle(group)) for word, group in groups.items()]
    return sorted(rows, key=lambda row: (-row.count, row.word))


def _sum(group: list[Past], own: str) -> Money:
    return money.total((money.of(one.balance, own) for one in group if one.currency == own), own)


def _middle(group: list[Past]) -> str:
    lengths = [_length(one.opened_at, one.closed_at) for one in group if one.closed_at is not None]
    return span(timedelta(seconds=median(lengths))) if lengths else ""


def _length(opened_at: datetime, closed_at: datetime | None) -> float:
    assert closed_at is not None
    return (closed_at - opened_at).total_seconds()


def _items(mine: "QuerySet[Dispute]", own: str) -> list[Row]:
    """The work billed on disputed invoices, whatever line of it they meant."""
    lines = InvoiceLine.objects.filter(invoice__in=mine.values("invoice"), invoice__currency=own).exclude(item="")
    counted = lines.values("item").annotate(n=Count("invoice", distinct=True), summed=Sum("amount"))
    return [
        Row(row["item"], row["n"], money.of(row["summed"] or Decimal(0), own), "")
        for row in counted.order_by("-n", "-summed", "item")[:ITEMS]
    ]


def _ending(one: Past) -> str:
    ours = {"false_alarm": _("False alarm"), "books_lowered": _("Lowered in the books")}
    if one.closed_as in Resolution.Kind:
        return str(Resolution.Kind(one.closed_as).label)
    return ours.get(one.closed_as, one.closed_as.replace("_", " ").capitalize())


def _told(ended: list[Past]) -> list[Told]:
    told = []
    for name, (question, answers) in QUESTIONS.items():
        given = Counter(getattr(one, name) for one in ended)
        counted = [(str(words), given[code]) for code, words in answers.items() if given[code]]
        counted.sort(key=lambda one: -one[1])
        told.append(Told(str(question), [*counted, (_("not answered"), given[""])] if given[""] else counted))
    return told
