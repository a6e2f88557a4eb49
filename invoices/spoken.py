"""What the agent may say of the work behind an invoice: only what a member approved, item by item."""

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from accounts import timeline
from accounts.models import Business, User
from accounts.trades import SENSITIVE, Trade, is_sensitive
from compliance import consumers
from invoices.models import Invoice, InvoiceLine
from invoices.spoken_models import SpokenLabel
from syntharra import clock

LONGEST = 60
MOST_SHOWN = 60
MOST_TOGETHER = 2
_PLAIN = re.compile(r"[^\W\d_]+(?:[ '’-][^\W\d_]+)*")
_AND = {"en": "and", "es": "y"}


class CannotBeSpoken(ValueError):
    """These words cannot be read out as they stand; the message says why."""


@dataclass(frozen=True)
class Item:
    """One item of the books, on how many open invoices it stands, and what is said for it."""

    item: str
    shown: str
    invoices: int
    words: str
    words_es: str


def items_of(business: Business) -> list[Item]:
    """What stands on open invoices, the commonest first; named ones that stand on none come last. Two queries."""
    lines = InvoiceLine.objects.filter(
        business=business, invoice__books_status="open", invoice__balance__gt=0, amount__gt=0
    )
    counted = (
        lines.exclude(item="").values("item").annotate(count=Count("invoice", distinct=True)).order_by("-count", "item")
    )
    shown: dict[str, tuple[str, int]] = {}
    for row in counted:
        key = key_of(row["item"])
        first, count = shown.get(key, (row["item"], 0))
        shown[key] = (first, count + row["count"])
    said = {label.item: label for label in SpokenLabel.objects.filter(business=business).order_by("item")}
    keys = [*shown, *(key for key in said if key not in shown)]
    return [_item(key, *shown.get(key, (key, 0)), said.get(key)) for key in keys[:MOST_SHOWN]]


def _item(key: str, shown: str, invoices: int, label: SpokenLabel | None) -> Item:
    return Item(key, shown, invoices, label.words if label else "", label.words_es if label else "")


@transaction.atomic
def approve(item: str, words: str, words_es: str = "", *, by: User) -> SpokenLabel | None:
    """From the next call on this is said for this item; nothing any more where ``words`` is empty.

    Raises CannotBeSpoken, also before the firm has said its trade and in a trade in which nothing is said of the work.
    """
    key, words, words_es = key_of(item), tidy(words), tidy(words_es)
    if words:
        _may_be_named(_business().trade)
    if not key:
        raise CannotBeSpoken("an item has a name")
    if not words:
        gone, _kinds = SpokenLabel.objects.filter(item=key).delete()
        if gone:
            timeline.record(_business(), "unnamed_work", by=by.email, item=key)
        return None
    facts = {"words": words, "words_es": words_es, "by": by.email, "at": clock.now()}
    before = SpokenLabel.objects.filter(item=key, words=words, words_es=words_es).first()
    if before is not None:
        return before
    label, _made = SpokenLabel.objects.update_or_create(item=key, defaults=facts)
    timeline.record(_business(), "named_work", by=by.email, item=key, words=words)
    return label


def _may_be_named(trade: str) -> None:
    if not trade:
        raise CannotBeSpoken(_("say first what your firm does"))
    if is_sensitive(trade):
        raise CannotBeSpoken(_("in your trade nothing is said of the work on the phone"))


@transaction.atomic
def set_trade(business: Business, trade: Trade, *, by: User) -> int:
    """What the firm does, from the next call on. In a sensitive trade words approved before are taken back: how many.

    Calls to private persons stop there until counsel has read what is said for such a practice.
    """
    if business.trade == trade:
        return 0
    Business.objects.filter(pk=business.pk).update(trade=trade)
    business.trade = trade
    gone = SpokenLabel.objects.filter(business=business).delete()[0] if is_sensitive(trade) else 0
    if is_sensitive(trade) and business.consumer_calls:
        consumers.end(business, by=by.email, reason=f"the firm's trade is now {trade}")
    timeline.record(business, "said_trade", by=by.email, trade=str(trade), words_taken_back=gone)
    return gone


def tidy(words: str) -> str:
    """Plain words, at most sixty letters: no numbers, which are read from the books alone, and no marks. Raises CannotBeSpoken."""
    plain = " ".join(words.split())
    if len(plain) > LONGEST:
        raise CannotBeSpoken(f"at most {LONGEST} letters")
    if plain and _PLAIN.fullmatch(plain) is None:
        raise CannotBeSpoken("letters and spaces only, no numbers and no other signs")
    return plain


def work_of(invoices: Collection[Invoice], *, language: str) -> dict[UUID, str]:
    """What each of these invoices is for, in words to say; no entry where a part of it has no approved name.

    None at all in a sensitive trade, whatever was approved. Two queries.
    """
    spanish = language.startswith("es")
    said = {
        label.item: label.words_es if spanish else label.words
        for label in SpokenLabel.objects.filter(business_id__in={invoice.business_id for invoice in invoices}).exclude(
            business__trade__in=SENSITIVE
        )
    }
    if not said:
        return {}
    items: dict[UUID, list[str]] = defaultdict(list)
    lines = InvoiceLine.objects.filter(invoice__in=invoices, amount__gt=0).order_by("-amount", "position")
    for invoice_id, item in lines.values_list("invoice_id", "item"):
        items[invoice_id].append(said.get(key_of(item), ""))
    joined = f" {_AND['es' if spanish else 'en']} "
    return {
        pk: joined.join(dict.fromkeys(words))
        for pk, words in items.items()
        if all(words) and len(set(words)) <= MOST_TOGETHER
    }


def key_of(item: str) -> str:
    return " ".join(item.casefold().split())[:200]


def _business() -> Business:
    from syntharra.tenancy import current_business

    return Business.objects.get(pk=current_business())
