"""The list of calls, the same list as a file, and the owner's yes or no before a planned one."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts import timeline
from accounts.middleware import MemberRequest
from accounts.models import Role
from calls import approval
from calls.models import Attempt, Call
from desk import asks, calls_list, exports
from desk.call_filter import Chosen
from desk.doors import AT_WORK, IN_CHARGE, members_page, only_for
from desk.views.invoices import Empty, without_page

PER_PAGE = 30
#: Whose yes lets a call go out. Anybody may take one back.
MAY_APPROVE = AT_WORK
#: Who may take a whole list away as a file.
MAY_EXPORT = (*IN_CHARGE, Role.ACCOUNTANT)


@require_GET
@members_page
def calls(request: MemberRequest) -> HttpResponse:
    """Calls made, newest first; or those planned, the next first. The sentence above the table narrows them."""
    business, role = request.business, request.membership.role
    chosen = Chosen(business, request.GET)
    totals = None if chosen.planned else calls_list.totals(chosen.calls())
    found: Paginator[Attempt | Call] = Paginator(
        calls_list.attempts_with_about(chosen.attempts())
        if chosen.planned
        else calls_list.calls_with_about(chosen.calls()),
        PER_PAGE,
    )
    page = found.get_page(request.GET.get("page"))
    rows = calls_list.listed(list(page.object_list), reviewing=business.reviews_calls, may_approve=role in MAY_APPROVE)
    made = business.calls.count()
    count = found.count
    chips = chosen.chips()
    context = {
        "form": chosen.form,
        "chosen": chosen,
        "chips": chips,
        "page": page,
        "rows": rows,
        "planned": chosen.planned,
        "live": any(row.state in ("dialing", "live") for row in rows),
        "query": without_page(request),
        "summary": ngettext("%(n)d call so far.", "%(n)d calls so far.", made) % {"n": made},
        "totals": totals,
        "planned_words": ngettext("%(n)d planned call", "%(n)d planned calls", count) % {"n": count},
        "exports": _exports(request.GET) if count and role in MAY_EXPORT else [],
        "empty": _empty(chosen, narrowed=bool(chips)),
    }
    return render(request, "desk/calls.html", context)


@require_GET
@members_page
def export_calls(request: MemberRequest, kind: str) -> HttpResponseBase:
    """The list as it is filtered, for a spreadsheet program. That it was taken away is on record."""
    only_for(request, *MAY_EXPORT)
    if kind not in exports.KINDS:
        raise Http404(kind)
    chosen = Chosen(request.business, request.GET)
    listed = calls_list.exported(chosen)
    try:
        answer = exports.answer(request, request.business, listed, kind)
    except exports.TooManyRows:
        limit = exports.MOST_IN_A_WORKBOOK
        messages.warning(
            request,
            _("An Excel file takes at most %(n)d calls here. Narrow the sentence, or take the list as CSV.")
            % {"n": limit},
        )
        return redirect(f"{reverse('calls')}?{request.GET.urlencode()}")
    timeline.record(
        request.business, "exported", by=request.user.email, what=chosen.show, rows=len(listed.keys), file=kind
    )
    return answer


@require_POST
@members_page
def task_done(request: MemberRequest, pk: UUID) -> HttpResponse:
    """What a call asked of the firm is done. Ticking twice is once."""
    line = asks.tick(request.business, pk, by=request.user)
    if line is None:
        raise Http404
    back = request.POST.get("back") == "today" or line.subject_kind != "call"
    return redirect("today" if back else reverse("call", args=[line.subject_id]))


@require_POST
@members_page
def approve_call(request: MemberRequest, pk: UUID) -> HttpResponse:
    """In review mode: this planned call may be made."""
    only_for(request, *MAY_APPROVE)
    return _decide(request, pk, yes=True)


@require_POST
@members_page
def call_off(request: MemberRequest, pk: UUID) -> HttpResponse:
    """This planned call shall not be made."""
    return _decide(request, pk, yes=False)


def _decide(request: MemberRequest, pk: UUID, *, yes: bool) -> HttpResponse:
    attempt = get_object_or_404(request.business.attempts, pk=pk)
    try:
        if yes:
            approval.approve(attempt.pk, by=request.user)
        else:
            approval.call_off(attempt.pk, by=request.user, reason=_("held on the calls page"))
    except approval.CannotApprove:
        messages.warning(request, _("This call is no longer waiting: it was placed or taken back meanwhile."))
    return redirect(f"{reverse('calls')}?show=planned")


def _exports(query: QueryDict) -> list[tuple[str, str]]:
    """Each kind of file with the address of this very list."""
    rest = query.copy()
    rest.pop("page", None)
    words = {"csv": _("CSV"), "xlsx": _("Excel")}
    tail = f"?{rest.urlencode()}" if rest else ""
    return [(words[kind], reverse("export_calls", args=[kind]) + tail) for kind in exports.KINDS]


def _empty(chosen: Chosen, *, narrowed: bool) -> Empty:
    if narrowed:
        words = _("Leave out a part of the sentence above, or look at all calls.")
        return Empty(_("No call fits"), words, reverse("calls"), _("Show all calls"))
    match chosen.show:
        case "planned":
            words = _("Calls are planned each morning for invoices three days past due.")
            return Empty(_("No call is planned"), words, "", "")
        case "live":
            words = _("While one is, it shows here, and its page follows what is said.")
            return Empty(_("No call is on the line"), words, reverse("calls"), _("Show all calls"))
    words = _("The first ones go out three days after an invoice is due, once you have said yes.")
    return Empty(_("No calls yet"), words, reverse("invoices"), _("Look at your invoices"))
