"""The stop list: who, since when, what was said; and lifting, by the customer's own documented request alone."""

from mimetypes import guess_type
from pathlib import PurePath
from uuid import UUID

from django.contrib import messages
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.middleware import MemberRequest
from accounts.models import Role
from compliance.lifting import CannotLift, Request, lift
from compliance.models import StopKind
from desk.doors import IN_CHARGE, members_page, only_for
from desk.reach import stop_row
from desk.reach_forms import LiftingForm
from desk.standing import today
from desk.views.invoices import without_page
from invoices.services import hold_customer
from syntharra.identifiers import uuid7

PER_PAGE = 50


@require_GET
@members_page
def stops(request: MemberRequest) -> HttpResponse:
    """Everybody who is not contacted, the newest first; what was lifted stays on record."""
    show, query = request.GET.get("show", "running"), request.GET.get("q", "").strip()
    found = request.business.suppressions.select_related("customer").order_by("-at", "-pk")
    running = found.filter(lifted_at=None)
    count = running.count()
    listed = found.exclude(lifted_at=None) if show == "lifted" else running
    if query:
        listed = listed.filter(
            Q(customer__name__icontains=query) | Q(words__icontains=query) | Q(number__contains=query)
        )
    page = Paginator(listed, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [stop_row(row) for row in page.object_list],
        "query": without_page(request),
        "show": show,
        "q": query,
        "summary": ngettext("%(n)d stop binds", "%(n)d stops bind", count) % {"n": count},
        "lifted": found.exclude(lifted_at=None).count(),
        "may_lift": request.membership.role == Role.OWNER,
    }
    return render(request, "desk/stops.html", context)


@require_http_methods(["GET", "POST"])
@members_page
def lifting(request: MemberRequest, pk: UUID) -> HttpResponse:
    """The customer himself asked to be contacted again: how, when, in which words, with the paper if there is one."""
    only_for(request, Role.OWNER)
    stop = get_object_or_404(request.business.suppressions.select_related("customer"), pk=pk, lifted_at=None)
    form = LiftingForm(
        request.POST or None, request.FILES or None, stopped_on=timezone.localtime(stop.at).date(), today=today()
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        kept = _keep(request, given["file"]) if given["file"] else ""
        try:
            with transaction.atomic():
                hold_customer(stop.customer_id)
                lift(stop.pk, Request(given["how"], given["on"], given["words"], kept), by=request.user.email)
        except CannotLift as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Lifted for your business. The number stays stopped everywhere else."))
            return redirect("reach", pk=stop.customer_id)
    context = {
        "above": [(_("Stop list"), reverse("stops"))],
        "stop": stop_row(stop),
        "is_final": stop.kind in (StopKind.BANKRUPTCY, StopKind.ATTORNEY, StopKind.DECEASED),
        "form": form,
    }
    return render(request, "desk/lifting.html", context)


@require_GET
@members_page
def lifting_file(request: MemberRequest, pk: UUID) -> HttpResponse:
    """The customer's own request, as it was kept: downloaded, never shown inside our pages."""
    only_for(request, *IN_CHARGE)
    stop = get_object_or_404(request.business.suppressions, pk=pk)
    if not stop.lifted_file or not default_storage.exists(stop.lifted_file):
        raise Http404(str(pk))
    name = PurePath(stop.lifted_file).name
    kind = guess_type(name)[0] or "application/octet-stream"
    with default_storage.open(stop.lifted_file) as paper:
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(paper.read(), content_type=kind, headers=headers)


def _keep(request: MemberRequest, paper: object) -> str:
    """Kept under the business, under a name of ours."""
    suffix = PurePath(str(getattr(paper, "name", ""))).suffix.lower()
    return default_storage.save(f"{request.business.pk}/stops/request-{uuid7()}{suffix}", paper)  # type: ignore[arg-type]
