"""The page of one call: what was said and heard, listening to it, ending it while it goes on."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.middleware import MemberRequest
from calls.models import Call
from calls.stops import end_call as end_line
from desk import asks, one_call, playback, was_right
from desk.calls_list import who
from desk.doors import AT_WORK, members_page, only_for
from desk.moments import moments
from desk.soundtrack import track
from desk.standing import rows
from desk.wording.outcomes import ending, follows
from desk.wording.transcript import stopping, turns
from disputes.labels import CannotLabel
from syntharra.templatetags.syntharra import phone, seconds


@require_GET
@members_page
def call(request: MemberRequest, pk: UUID) -> HttpResponse:
    """One call: what was said, where it stopped, what came of it, and why it was permitted."""
    found = _of(request, pk)
    live = one_call.is_live(found)
    end, about, lines = ending(found), one_call.invoices_of(found), list(found.lines.order_by("position"))
    name = one_call.person(found)
    said = turns(found, lines, customer=name or who(found))
    asked, done = asks.of_call(request.business, found)
    heard = playback.of_call(found, request.membership)
    dispute = one_call.dispute_of(request.business, found, about)
    context = {
        "title": one_call.title(found),
        "above": [(_("Calls"), reverse("calls"))],
        "under": one_call.under(found, name),
        "placed_at": found.placed_at,
        "state": end.state,
        "outcome": end.word,
        "consequence": f"{end.means} {follows(found.disposition)}".strip(),
        "task": asked,
        "task_done": done,
        "dispute": dispute,
        "turns": said,
        "length": seconds(found.seconds),
        "no_words": one_call.no_words(found, said),
        "live": live,
        "understood": not live,  # while the page is drawn anew every two seconds nobody can read it
        "end_url": reverse("end_call", args=[found.pk]) if live else "",
        "playback": heard,
        "track": track(lines, stopped=stopping(found, lines), seconds=found.seconds),
        "moments": moments(lines, said) if not live else [],
        "question": was_right.question(found, lines, about, dispute),
        "may_answer": request.membership.role in AT_WORK,
        "invoices": rows(about),
        "gate": one_call.decision_of(request.business, found),
        "facts": one_call.facts_of(found),
        "versions": one_call.versions_of(found),
    }
    answer = render(request, "desk/call.html", context)
    if not live and request.headers.get("HX-Request") and not request.headers.get("HX-Boosted"):
        answer["HX-Refresh"] = "true"  # it was live a moment ago: now there is an outcome, a recording, a question
    return answer


@require_GET
@members_page
def recording(request: MemberRequest, pk: UUID) -> HttpResponseBase:
    """The sound of a call, for a player that asks part by part; opened as a page it says why where there is none."""
    only_for(request, *playback.LISTENERS)
    found = _of(request, pk)
    try:
        return playback.sound(request, request.business, found, by=request.user)
    except playback.NoSound as nothing:
        context = {"words": str(nothing), "call_url": reverse("call", args=[found.pk])}
        return render(request, "desk/no_recording.html", context, status=nothing.status)


@require_http_methods(["GET", "POST"])
@members_page
def end_call(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Asks once, then ends this one call. Anybody of the firm may."""
    found = _of(request, pk)
    if request.method == "POST":
        if not end_line(found.pk, by=request.user):
            messages.info(request, _("This call is over already."))
        return redirect("call", pk=found.pk)
    if not one_call.is_live(found):
        messages.info(request, _("This call is over already."))
        return redirect("call", pk=found.pk)
    facts: list[tuple[str, object]] = [(_("With"), who(found)), (_("Number"), phone(found.number))]
    return render(request, "desk/call_end.html", {"call": found, "facts": facts})


@require_POST
@members_page
def label_call(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Was a dispute, or was none: kept beside what was heard. Nothing about the invoice changes."""
    only_for(request, *AT_WORK)
    found = _of(request, pk)
    try:
        was_right.keep(found, request.POST, by=request.user)
    except CannotLabel as wrong:
        messages.warning(request, str(wrong))
    else:
        messages.success(request, _("Kept. The agent will learn from it."))
    return redirect(f"{reverse('call', args=[found.pk])}#was-right")


def _of(request: MemberRequest, pk: UUID) -> Call:
    """404 for another business's."""
    found: Call = get_object_or_404(request.business.calls.select_related("customer", "attempt", "business"), pk=pk)
    return found
