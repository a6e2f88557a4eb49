"""Doors of disputes: the customer's signed page. Members' pages are in ``desk``."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.http import require_GET, require_http_methods

from disputes import customer_acts, files, last_steps, page, pay_links, pay_page, posts, specifying
from disputes.ending import ClosedAlready, NotProved
from disputes.models import Dispute, DisputeFile, Side, Specification
from disputes.page_forms import DetailsForm, KindForm, NameForm, WordsForm
from disputes.resolving import CannotResolve
from disputes.specifying import Answers, CannotSpecify
from disputes.uploads import BadFile
from invoices import fact_check
from invoices.models import Invoice
from syntharra import links
from syntharra.signed import signed

REFUSALS = (BadFile, CannotSpecify, CannotResolve, ClosedAlready, NotProved)


@signed
@require_http_methods(["GET", "POST"])
def signed_page(request: HttpRequest, token: str) -> HttpResponse:
    """What is wrong with this invoice, and where the question stands. GET shows, POST keeps. The token is the key.

    In the customer's language. A person is asked one harmless fact first; nothing is shown or taken before.
    """
    with links.opened(token, purpose="dispute") as link:
        dispute = Dispute.objects.select_related("invoice", "customer__business", "business").get(pk=link.subject)
        with translation.override(dispute.customer.language):
            if (first := fact_check.stands_before(request, link, dispute.customer)) is not None:
                return first
            request.link = link  # type: ignore[attr-defined]
            return _answered(request, _newest(dispute))


@signed
@require_GET
def signed_file(request: HttpRequest, token: str, pk: UUID) -> HttpResponseBase:
    """A photo or paper of this dispute, for whoever holds the link and, a person, has said the fact."""
    with links.opened(token, purpose="dispute") as link:
        dispute = Dispute.objects.select_related("customer").get(pk=link.subject)
        if not fact_check.may_show(request, dispute.customer):
            return redirect("signed_page", token)
        return files.given_out(_newest(dispute), pk)


def _newest(dispute: Dispute) -> Dispute:
    """A link in an old letter leads to what is open now: a dispute that was reopened has a new number."""
    if dispute.closed_at is None:
        return dispute
    live = Dispute.objects.live().filter(invoice=dispute.invoice_id).select_related("invoice", "customer", "business")
    return live.first() or dispute


def _answered(request: HttpRequest, dispute: Dispute) -> HttpResponse:
    if request.method != "POST":
        return _shown(request, dispute)
    try:
        act = _ACTS.get(request.POST.get("act", ""))
    except TooManyFilesSent:
        return _shown(request, dispute, refusal=files.too_many(), status=413)
    if act is None:
        return HttpResponseBadRequest("This form is not known here. Go back, load the page again and try once more.")
    try:
        return act(request, dispute) or redirect(f"{request.path}?done={request.POST['act']}")
    except REFUSALS as refusal:
        return _shown(request, dispute, refusal=str(refusal), status=409)


def _kind(request: HttpRequest, dispute: Dispute) -> HttpResponse | None:
    form = KindForm(request.POST)
    if not form.is_valid():
        return _shown(request, dispute, kind_form=form, status=422)
    draft = specifying.draft_of(dispute)
    kept = Answers(
        kind=form.cleaned_data["kind"],
        about=draft.about,
        lines=tuple(draft.lines),
        amount=draft.amount,
        answers=draft.answers,
        wished=draft.wished,
        words=draft.words,
    )
    specifying.save(dispute.pk, kept, by=dispute.customer.name)
    return redirect(f"{request.path}?step=details")


def _details(request: HttpRequest, dispute: Dispute) -> HttpResponse | None:
    draft = specifying.draft_of(dispute)
    shows = fact_check.may_show(request, dispute.customer)
    form = DetailsForm(request.POST, kind=draft.kind, invoice=dispute.invoice, draft=draft, shows_lines=shows)
    if not form.is_valid():
        return _shown(request, dispute, details=form, status=422)
    keep = specifying.save if "later" in request.POST else specifying.send
    try:
        _take_files(request, dispute)
        keep(dispute.pk, form.answers(), by=dispute.customer.name)
    except (BadFile, CannotSpecify) as refusal:
        form.add_error(None, str(refusal))
        return _shown(request, dispute, details=form, status=422)
    return redirect(f"{request.path}?done={'saved' if 'later' in request.POST else 'sent'}")


def _write(request: HttpRequest, dispute: Dispute) -> HttpResponse | None:
    form = WordsForm(request.POST)
    if not form.is_valid():
        return _shown(request, dispute, words_form=form, status=422)
    _take_files(request, dispute)
    posts.customer_writes(dispute.pk, form.cleaned_data["words"], by=dispute.customer.name)
    return None


def _take_files(request: HttpRequest, dispute: Dispute) -> None:
    sent = request.FILES.getlist("files")
    if sent:
        files.take(dispute.pk, sent, side=Side.CUSTOMER, by=dispute.customer.name)


def _answer(request: HttpRequest, dispute: Dispute) -> HttpResponse | None:
    form = NameForm(request.POST)
    asked = page.asked_of_customer(dispute) if fact_check.may_show(request, dispute.customer) else None
    if not form.is_valid():
        return _shown(request, dispute, name_form=form, status=422)
    if asked is None:
        return _shown(request, dispute, refusal=page.over(), status=409)
    said, name = request.POST.get("answer", ""), form.cleaned_data["name"]
    came_from = request.META.get("REMOTE_ADDR", "")
    if asked.resolution is not None:
        customer_acts.answer(asked.resolution.pk, said, name=name, came_from=came_from)
    elif asked.offer is not None:
        last_steps.answer_offer(asked.offer.pk, said, name=name, came_from=came_from)
    return redirect(f"{request.path}?step=kind") if said == "wrong" else None


def _drop(request: HttpRequest, dispute: Dispute) -> HttpResponse | None:
    form = NameForm(request.POST)
    if not form.is_valid():
        return _shown(request, dispute, drop_form=form, status=422)
    customer_acts.drop(
        dispute.pk, name=form.cleaned_data["name"], source="page", came_from=request.META.get("REMOTE_ADDR", "")
    )
    return None


def _pay(request: HttpRequest, dispute: Dispute) -> HttpResponse | None:
    """He wants to pay although the question is open: to the pay page, which says that this gives nothing up."""
    if not fact_check.may_show(request, dispute.customer):
        return _shown(request, dispute, refusal=page.over(), status=409)
    return redirect(pay_links.path_to(dispute.customer_id, [dispute.invoice_id], origin="dispute"))


_ACTS: dict[str, Callable[[HttpRequest, Dispute], HttpResponse | None]] = {
    "kind": _kind,
    "details": _details,
    "write": _write,
    "answer": _answer,
    "drop": _drop,
    "pay": _pay,
}


def _shown(
    request: HttpRequest, dispute: Dispute, *, status: int = 200, refusal: str = "", **forms: Any
) -> HttpResponse:
    """The page as it stands; a form that was refused is shown again with what to put right."""
    dispute.refresh_from_db()
    invoice = Invoice.objects.get(pk=dispute.invoice_id)
    draft = specifying.draft_of(dispute)
    # Nothing could be asked of this person: the page takes what he says, and keeps figures, thread and files to itself.
    shows = fact_check.may_show(request, dispute.customer)
    asked = page.asked_of_customer(dispute)
    step = _step(request, dispute, draft, forms, asked=bool(asked and shows))
    context = {
        "dispute": dispute,
        "invoice": invoice,
        "firm": dispute.business,
        "step": step,
        "done": request.GET.get("done", "") if not refusal and not forms else "",
        "refusal": refusal,
        "standing": page.standing(dispute, shows=shows),
        "shows": shows,
        "until": request.link.expires_at,  # type: ignore[attr-defined]
        "asked": asked if shows else None,
        "asked_by_phone": bool(asked) and not shows,
        "thread": page.thread(dispute) if shows else [],
        "files": _files(request, dispute) if shows else [],
        "pays": pay_page.beside(dispute, invoice) if shows else None,
        "evidence": specifying.evidence_of(draft.kind),
        "kind_words": draft.get_kind_display() if draft.kind else "",
        "kind_form": forms.get("kind_form") or KindForm(initial={"kind": draft.kind}),
        "words_form": forms.get("words_form") or WordsForm(),
        "name_form": forms.get("name_form") or NameForm(auto_id="answer_%s"),
        "drop_form": forms.get("drop_form") or NameForm(auto_id="drop_%s"),
    }
    if step == "details":
        context["details"] = forms.get("details") or DetailsForm(
            kind=draft.kind, invoice=invoice, draft=draft, shows_lines=shows
        )
    return render(request, "disputes/what_is_wrong.html", context, status=status)


def _files(request: HttpRequest, dispute: Dispute) -> list[tuple[DisputeFile, str]]:
    return [(file, f"{request.path}/files/{file.pk}") for file in dispute.files.filter(removed_at=None)]


def _step(request: HttpRequest, dispute: Dispute, draft: Specification, forms: dict[str, Any], *, asked: bool) -> str:
    """kind, details or state: a new visitor starts with the kind; who has sent it sees where it stands."""
    if "details" in forms:
        return "details"
    wanted = request.GET.get("step", "")
    if wanted == "kind" or "kind_form" in forms:
        return "kind"
    if wanted == "details" and draft.kind:
        return "details"
    if dispute.specified_at is not None or dispute.closed_at is not None or asked:
        return "state"
    return "details" if draft.kind and not draft._state.adding else "kind"
