"""A customer's signed page: no more e-mails about what is owed. Calls, and letters about a dispute, are not meant by it."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_http_methods

from calls.reminding import LINK
from compliance.models import StopKind
from compliance.services import stop
from invoices.models import Customer
from invoices.services import hold_customer
from syntharra import links
from syntharra.signed import signed


@signed
@require_http_methods(["GET", "POST"])
def no_email(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, POST stops the e-mails for good. Said twice it is once, so the link stays good for its year."""
    with links.opened(token, purpose=LINK) as link:
        customer = Customer.objects.select_related("business").get(pk=link.subject)
        with translation.override(customer.language):
            if request.method == "POST":
                _stop(customer)
            page = {"firm": customer.business, "done": request.method == "POST"}
            return render(request, "calls/no_email.html", page)


@transaction.atomic
def _stop(customer: Customer) -> None:
    hold_customer(customer.pk)
    stop(customer.pk, StopKind.NO_EMAIL, number="", words="", source="page", by=customer.name)
