"""Two bills side by side, where the newer may replace the older: what each says, and what each answer means."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from desk.standing import invoice_url
from invoices.models import Invoice, InvoiceLine, Replacement
from syntharra import money
from syntharra.money import Money

LINES_SHOWN = 8


@dataclass(frozen=True)
class Side:
    """One of the two."""

    number: str
    url: str
    word: str
    issued: date | None
    total: Money
    balance: Money
    state: str
    lines: list[tuple[str, Money]]
    more: int


@dataclass(frozen=True)
class Question:
    """Asked until ``answer`` is given."""

    pk: UUID
    title: str
    newer: Side
    older: Side
    yes: str
    no: str

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.older, self.newer


def question_of(invoice: Invoice) -> Question | None:
    """The open question about it, whichever of the two it is."""
    asked = (
        Replacement.objects.filter(Q(invoice=invoice) | Q(older=invoice), answer=None)
        .select_related("invoice__customer", "older")
        .order_by("asked_at")
        .first()
    )
    return _question(asked) if asked else None


def title_of(asked: Replacement) -> str:
    """``Does 2231 replace 2207?``"""
    return _("Does %(newer)s replace %(older)s?") % {
        "newer": _number(asked.invoice),
        "older": _number(asked.older),
    }


def _question(asked: Replacement) -> Question:
    lines = InvoiceLine.objects.filter(invoice__in=[asked.invoice_id, asked.older_id]).order_by("position")
    of_each: dict[UUID, list[InvoiceLine]] = {asked.invoice_id: [], asked.older_id: []}
    for line in lines:
        of_each[line.invoice_id].append(line)
    names = {"newer": _number(asked.invoice), "older": _number(asked.older), "name": asked.invoice.customer.name}
    disputed = asked.older.frozen_at is not None
    yes = _("%(newer)s goes on where %(older)s was. Calls made about the old one count, so nobody starts anew.")
    quiet = _("%(newer)s goes on where %(older)s was, and stays quiet while %(older)s is disputed.")
    no = _("%(newer)s is a bill of its own. %(name)s is called about it like about any other.")
    return Question(
        pk=asked.pk,
        title=title_of(asked),
        newer=_side(asked.invoice, _("New"), of_each[asked.invoice_id]),
        older=_side(asked.older, _("Before"), of_each[asked.older_id]),
        yes=(quiet if disputed else yes) % names,
        no=no % names,
    )


def _side(invoice: Invoice, word: str, lines: list[InvoiceLine]) -> Side:
    state = "frozen" if invoice.frozen_at else "paused" if invoice.paused_reason else invoice.books_status
    return Side(
        number=_number(invoice),
        url=invoice_url(invoice),
        word=word,
        issued=invoice.issued_on,
        total=invoice.total_money,
        balance=invoice.balance_money,
        state=state,
        lines=[(line.description or line.item, money.of(line.amount, line.currency)) for line in lines[:LINES_SHOWN]],
        more=max(0, len(lines) - LINES_SHOWN),
    )


def _number(invoice: Invoice) -> str:
    return invoice.number or invoice.external_id
