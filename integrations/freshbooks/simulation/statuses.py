"""The many statuses of one invoice: a number, three words and what hangs beside them."""

from dataclasses import dataclass
from datetime import timedelta

from integrations.freshbooks.simulation.view import View
from integrations.simulation.entities import Invoice

DISPUTED, DRAFT, SENT, VIEWED, PAID, AUTO_PAID, RETRY, FAILED, PARTIAL = range(9)
AUTOBILL = {"retry": RETRY, "failed": FAILED, "success": AUTO_PAID}


@dataclass(frozen=True)
class Statuses:
    """As they stand in the answer."""

    status: int
    v3_status: str
    display_status: str
    payment_status: str


def statuses(view: View, invoice: Invoice) -> Statuses:
    """What the vendor says of an invoice; `extra` holds what only this vendor knows (dispute, autobill, deposit, …)."""
    extra = invoice.extra
    word = _word(view, invoice)
    return Statuses(
        status=extra.get("status", _number(view, invoice)),
        v3_status=extra.get("v3_status", word),
        display_status=_displayed(invoice),
        payment_status=_paid_word(view, invoice),
    )


def drafted(invoice: Invoice) -> bool:
    """Not sent to anybody yet. An invoice that is open elsewhere although nobody sent it counts as sent here."""
    return invoice.status == "draft"


def settled(view: View, invoice: Invoice) -> bool:
    """Nothing is owed any more."""
    return not drafted(invoice) and view.owed(invoice) <= 0


def paid_automatically(view: View, invoice: Invoice) -> bool:
    """A saved card settled it."""
    return settled(view, invoice) and invoice.extra.get("autobill") == "success"


def _word(view: View, invoice: Invoice) -> str:
    extra = invoice.extra
    if drafted(invoice):
        return str(extra.get("draft", "draft"))
    if extra.get("dispute") == "disputed":
        return "disputed"
    if settled(view, invoice):
        return "autopaid" if paid_automatically(view, invoice) else "paid"
    if extra.get("autobill") in ("retry", "failed"):
        return str(extra["autobill"])
    if extra.get("attempt") in ("pending", "declined"):
        return str(extra["attempt"])
    if _overdue(view, invoice):
        return "overdue"
    if extra.get("dispute") == "resolved":
        return "resolved"
    if deposit := extra.get("deposit"):
        return str(deposit.get("v3_status", f"deposit-{deposit['status']}"))
    if view.owed(invoice) < invoice.total:
        return "partial"
    return "viewed" if invoice.viewed else "sent"


def _number(view: View, invoice: Invoice) -> int:
    if drafted(invoice):
        return DRAFT
    if invoice.extra.get("dispute") == "disputed" and invoice.extra.get("classic"):
        return DISPUTED
    if settled(view, invoice):
        return AUTO_PAID if paid_automatically(view, invoice) else PAID
    autobill = invoice.extra.get("autobill")
    if autobill in ("retry", "failed"):
        return AUTOBILL[autobill]
    if view.owed(invoice) < invoice.total:
        return PARTIAL
    return VIEWED if invoice.viewed else SENT


def _displayed(invoice: Invoice) -> str:
    if drafted(invoice):
        return str(invoice.extra.get("draft", "draft"))
    return "viewed" if invoice.viewed else "sent"


def _paid_word(view: View, invoice: Invoice) -> str:
    if paid_automatically(view, invoice):
        return "auto-paid"
    if settled(view, invoice):
        return "paid"
    return "partial" if view.owed(invoice) < invoice.total else "unpaid"


def _overdue(view: View, invoice: Invoice) -> bool:
    """The vendor notices late."""
    if invoice.due_on is None:
        return False
    return invoice.due_on + timedelta(days=view.settings.overdue_lag_days) < view.books.today()
