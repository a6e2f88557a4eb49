"""Small claims court, state by state: what it hears and how long, for one invoice. Shows; never files, never advises."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.middleware import MemberRequest
from desk import small_claims as claims
from desk.doors import IN_CHARGE, members_page
from desk.standing import invoice_url, today
from disputes.models import Dispute
from invoices.models import Invoice
from syntharra import money


@require_GET
@members_page
def small_claims(request: MemberRequest, pk: UUID) -> HttpResponse:
    """``?state=US-OH`` for another state than the customer's; unknown: the page asks for one first."""
    invoice = get_object_or_404(claims.may_be_shown(request.business), pk=pk)
    dispute = invoice.disputes.order_by("-opened_at").first()
    known = dict(claims.states())
    given = request.GET.get("state", "")
    state = given if given in known else invoice.customer.state if invoice.customer.state in known else ""
    context = {
        "title": _("Small claims court for %(number)s") % {"number": invoice.number or invoice.external_id},
        "above": [(_("Invoices"), reverse("invoices")), (invoice.number or invoice.external_id, invoice_url(invoice))],
        "under": f"{invoice.customer.name} · {money.shown(invoice.balance_money)}",
        "invoice": invoice,
        "states": claims.states(),
        "state": state,
        "from_books": state == invoice.customer.state,
        "papers": claims.papers(invoice),
        "dispute": dispute,
        **_goes_on(request, invoice, dispute),
        **claims.facts(invoice, state=state, today=today()),
    }
    return render(request, "desk/small_claims.html", context)


def _goes_on(request: MemberRequest, invoice: Invoice, dispute: Dispute | None) -> dict[str, str]:
    """Where the owner says that he goes there, if he may and has not."""
    if request.membership.role not in IN_CHARGE:
        return {"choose_url": ""}
    if dispute is not None and dispute.closed_at is None:
        return {"choose_url": reverse("resolution", args=[dispute.number])}
    if invoice.left_reason == Invoice.Left.YOUR_DECISION:
        return {"choose_url": reverse("decide_final", args=[invoice.pk])}
    return {"choose_url": ""}
