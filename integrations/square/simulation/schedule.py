"""An invoice's payment requests: a deposit, installments, the balance, each with its own day and its own money."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from integrations.simulation.entities import ZERO, Invoice
from integrations.square.simulation.selling import SquareBooks
from integrations.square.simulation.values import day, rounded, uid


@dataclass(frozen=True)
class Request:
    """One part of what is asked for."""

    uid: str
    type: str
    due_on: date
    computed: Decimal
    completed: Decimal
    plan: dict[str, Any]

    @property
    def open(self) -> Decimal:
        """Still to come."""
        return max(ZERO, self.computed - self.completed)


def plans(invoice: Invoice) -> list[dict[str, Any]]:
    """The requests as they were asked for; one balance where nothing else was said."""
    return invoice.extra.get("requests") or [{"uid": uid("balance", invoice.id), "type": "BALANCE"}]


def due_day(invoice: Invoice) -> date:
    """The day of the last request; Square knows no invoice without one."""
    return invoice.due_on or invoice.issued_on


def schedule(books: SquareBooks, invoice: Invoice) -> list[Request]:
    """The requests with their amounts, the money that came in laid on them from the first."""
    asked = amounts(plans(invoice), invoice.total, invoice.currency)
    left, found = books.completed_on(invoice), []
    for at, (plan, computed) in enumerate(zip(plans(invoice), asked, strict=True)):
        last = at == len(asked) - 1
        completed = left if last else min(left, computed)
        left -= completed
        due = due_day(invoice) if last or "due_on" not in plan else day(plan["due_on"])
        found.append(Request(plan["uid"], plan["type"], due, computed, completed, plan))
    return found


def amounts(plan: list[dict[str, Any]], total: Decimal, currency: str) -> list[Decimal]:
    """What each request comes to. Percentages of installments are of the total less the deposit; the last takes the rest."""
    found: list[Decimal] = []
    deposit = ZERO
    for at, one in enumerate(plan):
        if one["type"] == "BALANCE" or (at == len(plan) - 1 and one.get("fixed") is None):
            found.append(total - sum(found, ZERO))
            continue
        base = total if one["type"] == "DEPOSIT" else total - deposit
        share = Decimal(one["fixed"]) if one.get("fixed") is not None else base * Decimal(one["percentage"]) / 100
        found.append(rounded(share, currency))
        if one["type"] == "DEPOSIT":
            deposit = found[-1]
    return found


def next_due(requests: list[Request], today: date) -> Decimal:
    """What should be paid now: everything overdue and the next request that is not."""
    overdue = sum((one.open for one in requests if one.due_on < today), ZERO)
    coming = sorted((one for one in requests if one.due_on >= today and one.open), key=lambda one: one.due_on)
    return overdue + (coming[0].open if coming else ZERO)


def deposit_plan(invoice: Invoice, percentage: str, due_on: date) -> list[dict[str, Any]]:
    """A deposit and the balance."""
    return [
        {"uid": uid("deposit", invoice.id), "type": "DEPOSIT", "percentage": percentage, "due_on": due_on.isoformat()},
        {"uid": uid("balance", invoice.id), "type": "BALANCE"},
    ]


def installment_plan(invoice: Invoice, parts: int, first: date, *, every_days: int = 30) -> list[dict[str, Any]]:
    """Equal installments, a month apart."""
    share = 100 // parts
    shares = [share] * (parts - 1) + [100 - share * (parts - 1)]
    return [
        {
            "uid": uid("installment", at, invoice.id),
            "type": "INSTALLMENT",
            "percentage": str(one),
            "due_on": (first + timedelta(days=every_days * at)).isoformat(),
        }
        for at, one in enumerate(shares)
    ]


def with_uids(plan: list[dict[str, Any]], *parts: object) -> list[dict[str, Any]]:
    """Every request and reminder named."""
    for at, one in enumerate(plan):
        one.setdefault("uid", uid("request", at, *parts))
        for which, reminder in enumerate(one.get("reminders", [])):
            reminder.setdefault("uid", uid("reminder", at, which, *parts))
    return plan
