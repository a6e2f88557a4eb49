"""The firm's answer whether the money that was promised came."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.middleware import MemberRequest
from desk.doors import IN_CHARGE, members_page, only_for
from desk.standing import invoice_url
from invoices import promises


@require_POST
@members_page
def answer(request: MemberRequest, pk: UUID) -> HttpResponse:
    """It came, or it did not. Without either nothing happens."""
    only_for(request, *IN_CHARGE)
    asked = get_object_or_404(request.business.promises.select_related("invoice"), pk=pk)
    said = request.POST.get("came")
    if said in ("yes", "no"):
        try:
            promises.answer(asked.pk, came=said == "yes", by=request.user)
        except promises.CannotAnswer as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Thank you. That is on record."))
    return redirect(invoice_url(asked.invoice))
