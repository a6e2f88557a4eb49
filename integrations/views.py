"""The doors of connecting: to the vendor, back from it, read now, let go. The pages are the desk's."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.middleware import MemberRequest, roles_required
from accounts.models import Role
from integrations import bells, connections, problems
from integrations.connections import NotConnected
from integrations.models import Connection, Provider

MAY_CONNECT = (Role.OWNER, Role.MANAGER)


@require_http_methods(["GET", "POST"])
@never_cache
@roles_required(*MAY_CONNECT)
def connect_books(request: MemberRequest) -> HttpResponse:
    """Send the owner to sign in at the vendor, who asks which company."""
    try:
        address = connections.begin(
            session=request.session, business=request.business, user=request.user, provider=Provider.QUICKBOOKS
        )
    except NotConnected as error:
        return _back_with(request, error)
    if request.method == "POST":
        # A browser holds a form to our own addresses (CSP form-action) through every redirect: a page lies between.
        vendor = Provider.QUICKBOOKS.label
        return render(request, "integrations/leaving.html", {"address": address, "vendor": vendor})
    return redirect(address)


@require_GET
@never_cache
@roles_required(*MAY_CONNECT)
def quickbooks_callback(request: MemberRequest) -> HttpResponse:
    """The owner comes back with a code, or with a no. Either way he ends on the page he started from."""
    try:
        connection = connections.finish(
            session=request.session,
            business=request.business,
            user=request.user,
            provider=Provider.QUICKBOOKS,
            said=request.GET.dict(),
        )
    except NotConnected as error:
        return _back_with(request, error)
    messages.success(
        request, _("%(company)s is connected. We are reading its books now.") % {"company": connection.company}
    )
    return redirect("connections")


@require_POST
@roles_required(*MAY_CONNECT)
def disconnect_books(request: MemberRequest, connection_id: UUID) -> HttpResponse:
    """Let the books go."""
    connection = get_object_or_404(Connection, business=request.business, pk=connection_id)
    connections.disconnect(connection.pk, by=request.user)
    messages.success(request, _("Disconnected. Nobody is called any more; everything that happened stays on record."))
    return redirect("connections")


@require_POST
@roles_required(*MAY_CONNECT, Role.ACCOUNTANT)
def sync_books(request: MemberRequest, connection_id: UUID) -> HttpResponse:
    """Read the books now instead of in a few minutes."""
    connection = get_object_or_404(Connection, business=request.business, pk=connection_id)
    if connection.state in (Connection.State.RECONNECT, Connection.State.DISCONNECTED):
        messages.error(
            request, problems.about("reconnect_needed", vendor=str(connection.get_provider_display())).next_step
        )
        return redirect("connections")
    bells.ask_for_sync(connection.pk)
    messages.success(request, _("We are reading your books now."))
    return redirect("connections")


def _back_with(request: HttpRequest, error: NotConnected) -> HttpResponse:
    said = problems.about(error.problem, vendor=Provider.QUICKBOOKS.label)
    messages.error(request, f"{said.title}. {said.words} {said.next_step}")
    return redirect("connections")
