"""What now about a bill on which they never agreed: the owner's choices, each confirmed once; nothing happens by itself."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.middleware import MemberRequest
from accounts.models import Role
from desk.doors import members_page, only_for
from desk.last_step_forms import FORMS, LastStepForm
from desk.views.resolve import OF_THIS_PAGE, Way
from desk.wording.resolutions import LAST_TITLES, LAST_WORDS
from disputes import last_steps
from disputes.models import Dispute, LastStep
from disputes.resolving import CannotResolve
from integrations.abilities import Act, abilities_of
from invoices.entries import NotWritable
from notifications import lint
from syntharra import money

Kind = LastStep.Kind
_ACTS = {Kind.OFFER: Act.LOWER, Kind.WRITE_OFF: Act.WRITE_OFF}


@require_http_methods(["GET", "POST"])
@members_page
def what_now(request: MemberRequest, number: str) -> HttpResponse:
    """GET shows the choices and what was chosen; POST asks once more, with what the words sound like; ``sure`` does it."""
    only_for(request, Role.OWNER)
    disputes = request.business.disputes.select_related("invoice__connection", "invoice__business", "customer")
    found = get_object_or_404(disputes.filter(closed_as="unresolved"), number=number)
    if request.method == "GET":
        return _offer(request, found)
    kind = request.POST.get("kind", "")
    if kind not in FORMS:
        raise Http404(kind)
    form = FORMS[kind](request.POST, invoice=found.invoice)
    if not form.is_valid():
        return _offer(request, found, chosen=form, status=422)
    problems = lint.problems(form.cleaned_data["words"]) if form.to_customer else []
    if "sure" not in request.POST or (problems and "anyway" not in request.POST):
        return _confirm(request, found, form, problems)
    try:
        step = last_steps.choose(found.pk, form.choice(), by=request.user)
    except (CannotResolve, NotWritable) as refusal:
        messages.error(request, str(refusal))
        return _offer(request, found, chosen=form, status=409)
    messages.success(request, _("On record."))
    if step.kind == Kind.SMALL_CLAIMS:
        return redirect("small_claims", pk=found.invoice_id)
    return redirect(found)


def _offer(
    request: MemberRequest, found: Dispute, *, chosen: LastStepForm | None = None, status: int = 200
) -> HttpResponse:
    stated = last_steps.was_stated(found.invoice)
    offered = last_steps.open_offer(found) is not None
    gone = {Kind.STATEMENT: stated, Kind.OFFER: offered}
    ways = [
        _way(found, kind, chosen if chosen is not None and chosen.kind == kind else form(invoice=found.invoice))
        for kind, form in FORMS.items()
        if not gone.get(Kind(kind), False)
    ]
    context = {
        **_head(found),
        "ways": ways if last_steps.is_open(found, found.invoice) else [],
        "chosen": chosen.kind if chosen else "",
        "steps": found.last_steps.order_by("-at"),
    }
    return render(request, "desk/last_steps.html", context, status=status)


def _confirm(request: MemberRequest, found: Dispute, form: LastStepForm, problems: list[str]) -> HttpResponse:
    given = [(field.label, field.value()) for field in form if field.value() not in (None, "")]
    context = {**_head(found), "way": _way(found, form.kind, form), "given": given}
    kept = [(name, value) for name, value in request.POST.items() if name not in OF_THIS_PAGE]
    context |= {"posted": kept, "problems": problems, "unread": bool(problems and "sure" in request.POST)}
    return render(request, "desk/resolve_confirm.html", context)


def _way(found: Dispute, kind: str, form: LastStepForm) -> Way:
    act = _ACTS.get(Kind(kind))
    ability = abilities_of(found.invoice.connection.provider).of(act) if act else None
    return Way(kind, str(LAST_TITLES[kind]), str(LAST_WORDS[kind]), str(ability.words) if ability else "", form)


def _head(found: Dispute) -> dict[str, Any]:
    balance = money.shown(found.invoice.balance_money)
    return {
        "dispute": found,
        "title": _("What now about %(number)s?") % {"number": found.invoice.number or found.number},
        "above": [(_("Disputes"), reverse("disputes")), (found.number, found.get_absolute_url())],
        "under": f"{found.customer.name} · {found.number} · {balance}",
        "url": reverse("last_steps", args=[found.number]),
        "back_url": found.get_absolute_url(),
    }
