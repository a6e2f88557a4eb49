"""The books' own reminders, quiet while a dispute lives: written off at the vendor where it can be, else the owner's task."""

from disputes.models import Dispute
from integrations.abilities import Act
from invoices import entries
from invoices.models import BookEntry

BY = "Syntharra"


def quiet(dispute: Dispute) -> BookEntry | None:
    """Inside the freeze, which holds the invoice. None where the reminders are known to be off already."""
    invoice = dispute.invoice
    if invoice.reminders_on is False or invoice.connection.reminders_said == "off":
        return None
    return entries.ask_held(invoice, Act.REMINDERS, cause=_cause(dispute), by=BY, on=False)


def again(dispute: Dispute, *, by: str) -> BookEntry | None:
    """The dispute is over and collecting goes on: on again, if it was we who turned them off; a task still open ends."""
    off = BookEntry.objects.filter(invoice=dispute.invoice_id, act=Act.REMINDERS, cause=_cause(dispute)).first()
    if off is None:
        return None
    if off.status != BookEntry.Status.DONE:
        return entries.cancel(off.pk, by=by)
    return entries.ask(dispute.invoice_id, Act.REMINDERS, cause=f"{_cause(dispute)} over", by=by, on=True)


def task_of(dispute: Dispute) -> BookEntry | None:
    """What is to be done about the reminders for this dispute, or was."""
    return (
        BookEntry.objects.filter(invoice=dispute.invoice_id, act=Act.REMINDERS, cause=_cause(dispute))
        .exclude(status=BookEntry.Status.CANCELED)
        .select_related("invoice__connection")
        .first()
    )


def of_dispute(entry: BookEntry, dispute: Dispute) -> bool:
    """Whether this entry is what ``task_of`` finds."""
    return entry.act == Act.REMINDERS and entry.cause == _cause(dispute) and entry.status != BookEntry.Status.CANCELED


def _cause(dispute: Dispute) -> str:
    return f"dispute {dispute.number}"
