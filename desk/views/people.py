"""What a member says about somebody at a customer."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.middleware import MemberRequest
from desk.doors import AT_WORK, members_page, only_for
from desk.people import who
from invoices.models import Contact, Customer
from invoices.sync_people import decide_role


@require_POST
@members_page
def role(request: MemberRequest, pk: UUID) -> HttpResponse:
    """What somebody there is for: from now on, whatever the books say."""
    only_for(request, *AT_WORK)
    customer = get_object_or_404(request.business.customers, pk=pk)
    contact = _named(customer, request.POST.get("contact", ""), request.POST.get("who", ""))
    wanted = request.POST.get("role", "")
    if contact is None:
        messages.warning(request, _("Your books have changed meanwhile. Look again, please."))
    elif wanted in Contact.Role.values and wanted != contact.role:
        decide_role(contact.pk, wanted, by=request.user)
        names = {"name": contact.name or contact.phone_raw, "role": Contact.Role(wanted).label}
        messages.success(request, _("%(name)s is there for: %(role)s. It holds whatever your books say.") % names)
    return redirect(f"{reverse('customer', args=[customer.pk])}#contacts")


def _named(customer: Customer, pk: str, name_and_number: str) -> Contact | None:
    """By the row's id; by name and number where the row was written anew since the page was made."""
    contacts = list(customer.contacts.order_by("rank"))
    return next((one for one in contacts if str(one.pk) == pk), None) or next(
        (one for one in contacts if name_and_number and who(one) == name_and_number), None
    )
