"""The owner's answer whether a new bill replaces an older one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.middleware import MemberRequest
from desk.doors import IN_CHARGE, members_page, only_for
from desk.standing import invoice_url
from invoices import replacements


@require_POST
@members_page
def answer(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Yes or no; the first answer stands."""
    only_for(request, *IN_CHARGE)
    asked = get_object_or_404(request.business.replacements.select_related("invoice"), pk=pk)
    said = request.POST.get("replaces")
    if said in ("yes", "no"):
        try:
            replacements.answer(asked.pk, replaces=said == "yes", by=request.user)
        except replacements.AnsweredAlready as earlier:
            messages.warning(request, _("%(who)s has answered the other way already.") % {"who": earlier})
    return redirect(invoice_url(asked.invoice))
