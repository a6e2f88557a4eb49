"""The arithmetic of payment plans. Pure: amounts and dates in, amounts and dates out; exact to the smallest coin."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from syntharra import money

EVERY = ("week", "two_weeks", "month")
MOST = 60  # installments
LONGEST = timedelta(days=5 * 366)


class BadPlan(ValueError):
    """This split cannot be; ``code`` says why: count, amounts, sum, dates, down, early, long."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


@dataclass(frozen=True, slots=True)
class Part:
    """One installment: its day, its amount in the plan's currency."""

    due_on: date
    amount: Decimal
    is_down_payment: bool = False


def split(total: Decimal, currency: str, *, count: int, every: str, first_on: date, down: Decimal, down_on: date) -> list[Part]:  # fmt: skip
    """A down payment (0 for none), then ``count`` equal installments; the last takes the rest of the coins.

    Monthly ones keep the day of the first, or the month's last day where it has no such day. Raises BadPlan.
    """
    if not 1 <= count <= MOST:
        raise BadPlan("count", most=MOST)
    if down < 0 or down >= total:
        raise BadPlan("down")
    parts = money.split(money.of(total - down, currency), count)
    days = [_day(first_on, every, at) for at in range(count)]
    found = [Part(day, part.amount) for day, part in zip(days, parts, strict=True)]
    return [Part(down_on, down, is_down_payment=True), *found] if down else found


def checked(parts: Sequence[Part], total: Decimal, currency: str, *, earliest: date) -> list[Part]:
    """The same, if it makes a plan: days in order, amounts above zero, to the cent what is owed. Raises BadPlan."""
    if not 1 <= len(parts) <= MOST:
        raise BadPlan("count", most=MOST)
    for part in parts:
        try:
            money.of(part.amount, currency)
        except money.NotMoney as refused:
            raise BadPlan("amounts") from refused
        if part.amount <= 0:
            raise BadPlan("amounts")
    days = [part.due_on for part in parts]
    if days != sorted(days) or len(set(days)) != len(days):
        raise BadPlan("dates")
    if days[0] < earliest:
        raise BadPlan("early", earliest=earliest)
    if days[-1] - days[0] > LONGEST:
        raise BadPlan("long")
    summed = sum((part.amount for part in parts), Decimal(0))
    if summed != total:
        raise BadPlan("sum", summed=summed)
    return list(parts)


def met(amounts: Sequence[Decimal], *, paid: Decimal, credited: Decimal) -> list[bool]:
    """Which installments are covered by the money that came in, oldest first. A credit shortens the plan from its end."""
    owed = sum(amounts, Decimal(0)) - credited
    found, until = [], Decimal(0)
    for amount in amounts:
        until += amount
        found.append(paid >= min(until, owed))
    return found


def _day(first: date, every: str, at: int) -> date:
    match every:
        case "week":
            return first + timedelta(weeks=at)
        case "two_weeks":
            return first + timedelta(weeks=2 * at)
        case "month":
            months = first.month - 1 + at
            year, month = first.year + months // 12, months % 12 + 1
            return date(year, month, min(first.day, calendar.monthrange(year, month)[1]))
    raise BadPlan("count", most=MOST)
