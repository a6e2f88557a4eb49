"""Disputes on the board, as a list, as a file, and what they teach."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts import timeline
from accounts.middleware import MemberRequest
from accounts.models import Role
from desk import exports
from desk.dispute_board import board, card, with_card
from desk.dispute_insights import insights
from desk.dispute_list import Chosen, exported
from desk.doors import IN_CHARGE, members_page, only_for
from desk.views.invoices import without_page
from syntharra import money

VIEW_KEY = "disputes_view"
PER_PAGE = 30
#: Who may take a whole list away as a file.
MAY_EXPORT = (*IN_CHARGE, Role.ACCOUNTANT)


@require_GET
@members_page
def disputes(request: MemberRequest) -> HttpResponse:
    """The board, or the list for keyboards; the choice is remembered. A sentence in the address narrows the list."""
    chosen = request.GET.get("view") or request.session.get(VIEW_KEY) or "board"
    shows_board = chosen != "list"
    if request.GET.get("view") in ("board", "list") and request.session.get(VIEW_KEY) != chosen:
        request.session[VIEW_KEY] = "board" if shows_board else "list"
    if shows_board:
        return render(request, "desk/disputes.html", {"board": board(request.business)})
    return _list(request)


def _list(request: MemberRequest) -> HttpResponse:
    chosen = Chosen(request.business, request.GET)
    found = chosen.disputes()
    page = Paginator(with_card(found), PER_PAGE).get_page(request.GET.get("page"))
    count, own = page.paginator.count, request.business.currency
    sums = found.order_by().values("currency").annotate(summed=Sum("invoice__balance"))
    totals = sorted(
        (money.of(row["summed"], row["currency"]) for row in sums), key=lambda one: str(one.currency) != own
    )
    chips = chosen.chips()
    context = {
        "board": None,
        "form": chosen.form,
        "chips": chips,
        "page": page,
        "rows": [card(one) for one in page.object_list],
        "query": without_page(request),
        "summary": ngettext("%(n)d dispute", "%(n)d disputes", count) % {"n": count},
        "totals": [money.shown(one) for one in totals],
        "exports": _exports(chosen) if count and request.membership.role in MAY_EXPORT else [],
        "filtered": bool(chips),
    }
    return render(request, "desk/disputes.html", context)


@require_GET
@members_page
def export_disputes(request: MemberRequest, kind: str) -> HttpResponseBase:
    """The list as it is filtered, for a spreadsheet program. That it was taken away is on record."""
    only_for(request, *MAY_EXPORT)
    if kind not in exports.KINDS:
        raise Http404(kind)
    chosen = Chosen(request.business, request.GET)
    listed = exported(chosen)
    try:
        answer = exports.answer(request, request.business, listed, kind)
    except exports.TooManyRows:
        limit = {"n": exports.MOST_IN_A_WORKBOOK}
        words = _("An Excel file takes at most %(n)d disputes here. Narrow the sentence, or take the list as CSV.")
        messages.warning(request, words % limit)
        return redirect(f"{reverse('disputes')}?{chosen.query()}")
    timeline.record(
        request.business, "exported", by=request.user.email, what="disputes", rows=len(listed.keys), file=kind
    )
    return answer


@require_GET
@members_page
def dispute_insights(request: MemberRequest) -> HttpResponse:
    """What the disputes of the last twelve months teach."""
    context = {"insights": insights(request.business), "above": [(_("Disputes"), reverse("disputes"))]}
    return render(request, "desk/dispute_insights.html", context)


def _exports(chosen: Chosen) -> list[tuple[str, str]]:
    words = {"csv": _("CSV"), "xlsx": _("Excel")}
    return [(words[kind], f"{reverse('export_disputes', args=[kind])}?{chosen.query()}") for kind in exports.KINDS]
