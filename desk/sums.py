"""Sums of amounts that may be in several currencies: they never mix."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from syntharra import money
from syntharra.money import Money


def balances(invoices: QuerySet, *, currency: str) -> tuple[Money, list[Money]]:  # type: ignore[type-arg]
    """What is open on these invoices in the business's currency, and what is in others beside it."""
    grouped = dict(invoices.order_by().values_list("currency").annotate(Sum("balance")))
    own = money.of(grouped.pop(currency, None) or Decimal(0), currency)
    return own, [money.of(amount, code) for code, amount in sorted(grouped.items()) if amount]


def counted(invoices: QuerySet, field: str, *, currency: str) -> dict[str, tuple[int, Money]]:  # type: ignore[type-arg]
    """How many and how much in the business's currency, by the values of a field."""
    own = invoices.order_by().filter(currency=currency).values_list(field).annotate(Count("pk"), Sum("balance"))
    return {value: (count, money.of(amount, currency)) for value, count, amount in own}


def together(amounts: Iterable[Money], *, currency: str) -> Money:
    """The sum of those in this currency."""
    return money.total((amount for amount in amounts if money.currency_code(amount) == currency), currency)


def named(own: Money, others: Iterable[Money]) -> str:
    """``$21,430.20 and €200.00``: all of it in a sentence."""
    return " + ".join(money.shown(amount) for amount in (own, *others))
