"""The business itself: making one, switching between several, stopping all calls, and how the pages look."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.middleware import SESSION_KEY, MemberRequest
from accounts.models import Membership, User
from accounts.services import go_on, start_business
from calls.models import Attempt, Call
from calls.stops import stop_business
from desk.context import THEME_COOKIE, THEMES
from desk.doors import IN_CHARGE, members_page, only_for
from desk.forms import BusinessForm, ConsentForm
from integrations import reminders
from invoices.consents import attest, usual_wording

YEAR = 365 * 24 * 3600


@require_http_methods(["GET", "POST"])
@login_required
def new_business(request: HttpRequest) -> HttpResponse:
    """A person's first business, or one more. In a sandbox installation every business is a sandbox."""
    form = BusinessForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        assert isinstance(request.user, User)
        business = start_business(request.user, sandbox=settings.SANDBOX, **form.facts())
        request.session[SESSION_KEY] = str(business.pk)
        return redirect("connections")
    return render(request, "desk/new_business.html", {"form": form})


@require_POST
@login_required
def switch_business(request: HttpRequest) -> HttpResponse:
    """Work for another business the person belongs to; one they do not belong to is not there."""
    try:
        wanted = UUID(request.POST.get("business", ""))
    except ValueError:
        return redirect("today")
    membership = get_object_or_404(Membership, user=request.user, business_id=wanted)
    request.session[SESSION_KEY] = str(membership.business_id)
    return redirect("today")


@require_http_methods(["GET", "POST"])
@members_page
def consent(request: MemberRequest) -> HttpResponse:
    """Why the customers may be called with an artificial voice (47 CFR 64.1200(a)(1)): stated once, by who may."""
    only_for(request, *IN_CHARGE)
    business = request.business
    wording = business.consent_wording or usual_wording()
    unanswered = [
        books for books in business.connections.order_by("connected_at", "pk") if reminders.lacks_answer(books)
    ]
    form = ConsentForm(request.POST or None, initial={"wording": wording}, unanswered=unanswered)
    if request.method == "POST" and form.is_valid():
        for books, said in form.reminders():
            reminders.say(books.pk, said, by=request.user)
        count = attest(business, by=request.user, wording=form.cleaned_data["wording"])
        words = ngettext("On record, for %(n)d number.", "On record, for %(n)d numbers.", count)
        messages.success(request, words % {"n": count})
        return redirect("today")
    return render(request, "desk/consent.html", {"form": form})


@require_GET
@members_page
def calls_switch(request: MemberRequest) -> HttpResponse:
    """Asks once, with what it would end, before all calls stop or go on."""
    business = request.business
    if business.stopped_at:
        begin: dict[str, object] = {
            "title": _("Start calls again?"),
            "words": _("Planned calls go out again from the next minute on, each cleared by every rule as before."),
            "facts": [(_("Stopped by"), business.stopped_by)],
            "url": reverse("let_calls_go_on"),
        }
        return render(request, "desk/calls_switch.html", begin)
    attempts = business.attempts
    facts: list[tuple[str, object]] = [
        (_("On the line"), business.calls.filter(status=Call.Status.IN_PROGRESS).count()),
        (_("Ringing"), attempts.filter(status=Attempt.Status.DIALING).count()),
        (_("Planned"), attempts.filter(status=Attempt.Status.PLANNED).count()),
    ]
    context: dict[str, object] = {
        "title": _("Stop all calls?"),
        "words": _(
            "Every call of this business ends at once, also those that ring or speak. Nothing starts by itself."
        ),
        "facts": facts,
        "url": reverse("stop_calls"),
    }
    return render(request, "desk/calls_switch.html", context)


@require_POST
@members_page
def stop_calls(request: MemberRequest) -> HttpResponse:
    """The kill switch. Anybody of the firm may pull it."""
    stop_business(request.business, by=request.user)
    return redirect("today")


@require_POST
@members_page
def let_calls_go_on(request: MemberRequest) -> HttpResponse:
    """Calls may be placed again. It takes an owner or manager."""
    only_for(request, *IN_CHARGE)
    go_on(request.business, by=request.user)
    return redirect("today")


@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the system has it; kept in a cookie of this browser."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    response = redirect(target if safe else "today")
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(THEME_COOKIE, theme, max_age=YEAR, samesite="Lax", httponly=True, secure=secure)
    else:
        response.delete_cookie(THEME_COOKIE)
    return response
