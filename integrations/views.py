"""The doors of connecting: to the vendor, back from it, choose the company, read now, let go. The pages are the desk's."""

from collections.abc import Mapping
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.middleware import MemberRequest, roles_required
from accounts.models import Role
from integrations import bells, connections, problems, registrations, reminders
from integrations.connections import Choice
from integrations.models import Connection, Provider
from integrations.sign_in_state import NotConnected

MAY_CONNECT = (Role.OWNER, Role.MANAGER)
SEARCHED_FROM = 10
BY_SIGNING_IN = tuple(provider for provider in Provider if provider is not Provider.FILE)


@require_http_methods(["GET", "POST"])
@never_cache
@roles_required(*MAY_CONNECT)
def connect_books(request: MemberRequest, provider: str) -> HttpResponse:
    """Send the owner to sign in at the vendor."""
    vendor = _vendor(provider)
    try:
        address = connections.begin(
            session=request.session, business=request.business, user=request.user, provider=provider
        )
    except NotConnected as error:
        return _back_with(request, error, vendor)
    if request.method == "POST":
        # A browser holds a form to our own addresses (CSP form-action) through every redirect: a page lies between.
        return render(request, "integrations/leaving.html", {"address": address, "vendor": vendor.label})
    return redirect(address)


@require_GET
@never_cache
@roles_required(*MAY_CONNECT)
def books_callback(request: MemberRequest, provider: str) -> HttpResponse:
    """The owner comes back with a code, or with a no. Either way he ends on the page he started from, or chooses."""
    vendor = _vendor(provider)
    try:
        found = connections.finish(
            session=request.session,
            business=request.business,
            user=request.user,
            provider=provider,
            said=request.GET.dict(),
        )
    except NotConnected as error:
        return _back_with(request, error, vendor)
    return redirect("choose_books", found.pending) if isinstance(found, Choice) else _connected(request, found)


@require_http_methods(["GET", "POST"])
@never_cache
@roles_required(*MAY_CONNECT)
def choose_books(request: MemberRequest, pending_id: UUID) -> HttpResponse:
    """The sign-in opened several companies: which of them is this business's?"""
    business, user = request.business, request.user
    try:
        if account := request.POST.get("account", ""):
            return _connected(request, connections.choose(pending_id, account, business=business, user=user))
        pending = connections.offered(pending_id, business=business, user=user)
    except NotConnected as error:
        return _back_with(request, error, None)
    q = request.GET.get("q", "").strip()[:100]
    named = [one for one in pending.companies if q.casefold() in one["name"].casefold()]
    many = ngettext("%(n)d company", "%(n)d companies", len(named)) % {"n": len(named)}
    context = {
        "companies": sorted(named, key=lambda one: (not one["name"], one["name"].casefold(), one["account"])),
        "many": many,
        "q": q,
        "searchable": len(pending.companies) > SEARCHED_FROM,
        "vendor": pending.get_provider_display(),
        "problem": _("Choose one of the companies first.") if request.method == "POST" else "",
    }
    return _page(request, "integrations/choose.html", context, status=422 if request.method == "POST" else 200)


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
        said = problems.about("reconnect_needed", vendor=str(connection.get_provider_display()))
        messages.error(request, said.next_step)
        return redirect("connections")
    bells.ask_for_sync(connection.pk)
    messages.success(request, _("We are reading your books now."))
    return redirect(_page_of(connection))


@require_POST
@never_cache
@roles_required(*MAY_CONNECT)
def make_webhook(request: MemberRequest, connection_id: UUID) -> HttpResponse:
    """An address and a secret to enter at the vendor, shown once; making them again ends the ones before."""
    connection = get_object_or_404(Connection, business=request.business, pk=connection_id)
    if connection.provider not in registrations.BY_HAND or connection.state == Connection.State.DISCONNECTED:
        raise Http404
    address, secret = registrations.by_hand(connection.pk)
    context = {
        "address": address,
        "secret": secret,
        "vendor": connection.get_provider_display(),
        "body": '{"invoice_id":"${INVOICE.INVOICE_ID}"}',
        "back": _page_of(connection),
    }
    return _page(request, "integrations/webhook.html", context)


@require_POST
@roles_required(*MAY_CONNECT)
def say_reminders(request: MemberRequest, connection_id: UUID) -> HttpResponse:
    """Whether these books send reminders or add late fees of their own, by the owner's word."""
    connection = get_object_or_404(Connection, business=request.business, pk=connection_id)
    said = request.POST.get("said", "")
    if said not in (reminders.ON, reminders.OFF, ""):
        return HttpResponse(status=400)
    reminders.say(connection.pk, said, by=request.user)
    words = {
        reminders.ON: _("Noted: they are on. We ask again in a week, and on every dispute."),
        reminders.OFF: _("Noted: they are off. Only we ask, and not while somebody disagrees."),
        "": _("Noted: nobody knows yet. We keep asking."),
    }
    messages.success(request, words[said])
    return redirect(_page_of(connection))


def _vendor(provider: str) -> Provider:
    if provider not in BY_SIGNING_IN:
        raise Http404
    return Provider(provider)


def _page(request: MemberRequest, template: str, context: Mapping[str, object], status: int = 200) -> HttpResponse:
    """A page in the firm's own time zone."""
    with timezone.override(ZoneInfo(request.business.time_zone)):
        return render(request, template, dict(context), status=status)


def _page_of(connection: Connection) -> str:
    """Where these books are shown: the page of all of them while they are the only ones."""
    others = Connection.objects.exclude(state=Connection.State.DISCONNECTED).exclude(pk=connection.pk)
    return reverse("connection", args=[connection.pk]) if others.exists() else reverse("connections")


def _connected(request: HttpRequest, connection: Connection) -> HttpResponse:
    said = _("%(company)s is connected. We are reading its books now.")
    messages.success(request, said % {"company": connection.company or connection.account})
    return redirect("connections")


def _back_with(request: HttpRequest, error: NotConnected, vendor: Provider | None) -> HttpResponse:
    said = problems.about(error.problem, vendor=str(vendor.label) if vendor else _("The vendor"))
    messages.error(request, f"{said.title}. {said.words} {said.next_step}")
    return redirect("connections")
