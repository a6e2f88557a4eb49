"""What stands beside an invoice: what is to be looked at first, a question about a newer bill, and what its books are asked."""

from typing import Any

from django.urls import reverse

from accounts.models import Membership
from desk import book_entries
from desk.book_entries import WAITING
from desk.check_first import Waiting, lines_of
from desk.clocks import legal_clocks
from desk.doors import AT_WORK, IN_CHARGE
from desk.legal_form import LegalDateForm
from desk.promised import question_about
from desk.replaced import question_of
from desk.standing import invoice_url
from invoices.checking import open_findings
from invoices.models import Invoice, PlanInvoice

ENTRIES_SHOWN = 20


def beside(invoice: Invoice, membership: Membership) -> dict[str, Any]:
    """For the page of one invoice, as this member may see and do it."""
    in_charge = membership.role in IN_CHARGE
    asks_for_court = invoice.books_status == Invoice.Books.OPEN and invoice.left_reason is not None
    entries = sorted(book_entries.of_invoice(invoice)[:ENTRIES_SHOWN], key=lambda one: one.status not in WAITING)
    return {
        "looks": _looks(invoice, membership),
        "tick_url": reverse("tick", args=[invoice.customer_id]),
        "look_back": f"{invoice_url(invoice)}#look-first",
        "may_tick": membership.role in AT_WORK,
        "question": question_of(invoice),
        "promise": question_about(invoice),
        "may_answer": in_charge,
        "entries": book_entries.shown(entries, membership),
        "offers": book_entries.offers(invoice.connection, invoice) if in_charge else [],
        "legal_clocks": legal_clocks(invoice, zone=membership.business.time_zone),
        "legal_date_form": LegalDateForm(auto_id="legal_%s"),
        "legal_date_url": reverse("new_legal_date", args=[invoice.pk]) if membership.role in AT_WORK else "",
        "plan": PlanInvoice.objects.filter(invoice=invoice, live=True).values_list("plan", flat=True).first(),
        "small_claims_url": reverse("small_claims", args=[invoice.pk]) if asks_for_court else "",
        "new_entry_url": reverse("new_book_entry", args=[invoice.pk]) if in_charge else "",
    }


def _looks(invoice: Invoice, membership: Membership) -> list[Any]:
    """Why the gate says that it asks for a look; nothing for what is not owed any more."""
    if invoice.books_status != Invoice.Books.OPEN:
        return []
    found = open_findings([invoice], business=membership.business)[invoice.pk]
    if not found and not invoice.disputed_in_books:
        return []
    return lines_of([Waiting(invoice, found)], currency=membership.business.currency)
