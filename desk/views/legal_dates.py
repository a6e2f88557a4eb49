"""Dates the law or a card network sets, entered and ticked by members: a freeze never hides them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.middleware import MemberRequest
from desk.doors import AT_WORK, members_page, only_for
from desk.legal_form import LegalDateForm
from disputes.clock_facts import BadDate, done, enter
from disputes.models import LegalDate
from invoices.models import Invoice


@require_POST
@members_page
def new_legal_date(request: MemberRequest, pk: UUID) -> HttpResponse:
    """A lien, bond, chargeback or other date of this invoice."""
    only_for(request, *AT_WORK)
    invoice = get_object_or_404(Invoice.objects.filter(business=request.business), pk=pk)
    form = LegalDateForm(request.POST)
    if form.is_valid():
        try:
            enter(invoice.pk, by=request.user, **form.cleaned_data)
            messages.success(request, _("On record. It is shown until you tick it as done."))
        except BadDate as problem:
            messages.error(request, str(problem))
    else:
        messages.error(request, _("Choose what runs out, and enter the day."))
    return redirect(_back(invoice))


@require_POST
@members_page
def legal_date_done(request: MemberRequest, pk: UUID) -> HttpResponse:
    """The lien was filed, the chargeback answered, or whatever the date asked for."""
    only_for(request, *AT_WORK)
    row = get_object_or_404(LegalDate.objects.filter(business=request.business).select_related("invoice"), pk=pk)
    done(row.pk, by=request.user)
    return redirect(_back(row.invoice))


def _back(invoice: Invoice) -> str:
    """The dispute's page while one is live, else the invoice's."""
    live = invoice.disputes.live().first()
    return live.get_absolute_url() if live else reverse("invoice", args=[invoice.pk])
