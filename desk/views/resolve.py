"""Working on a dispute: choose how it ends and confirm, answer what the books changed, write, note, assign."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.middleware import MemberRequest
from accounts.models import User
from desk.doors import AT_WORK, IN_CHARGE, members_page, only_for
from desk.plan_forms import WAYS
from desk.resolve_forms import MoreTimeForm, WayForm, WordsForm
from desk.wording.resolutions import TITLES, WORDS
from disputes import books, course, evidence, files, page_links, posts, resolving
from disputes.ending import ClosedAlready, NotProved, attempts_left
from disputes.models import BooksMoved, Dispute, Resolution, Side
from disputes.resolving import CannotResolve
from disputes.uploads import BadFile
from integrations.abilities import Act, abilities_of
from notifications import lint
from syntharra import money

REFUSALS = (BadFile, CannotResolve, ClosedAlready, NotProved)
OF_THIS_PAGE = ("csrfmiddlewaretoken", "sure", "anyway")
_BOOKS_ACTS = {
    Resolution.Kind.CREDIT_MEMO: Act.LOWER,
    Resolution.Kind.SETTLEMENT: Act.LOWER,
    Resolution.Kind.WRITE_OFF: Act.WRITE_OFF,
}


@dataclass(frozen=True)
class Way:
    """One way of ending it as it is offered: its title, what it does, what it does to the books, its form."""

    kind: str
    title: str
    words: str
    in_the_books: str
    form: WayForm


@require_http_methods(["GET", "POST"])
@members_page
def resolution(request: MemberRequest, number: str) -> HttpResponse:
    """GET offers the ways; POST asks once more with what follows; POST with ``sure`` begins it."""
    only_for(request, *AT_WORK)
    found = _of(request, number)
    kind = request.POST.get("kind", "")
    if request.method == "GET":
        return _offer(request, found)
    if kind not in WAYS:
        raise Http404(kind)
    form = WAYS[kind](request.POST, invoice=found.invoice)
    if not form.is_valid():
        return _offer(request, found, chosen=form, status=422)
    problems = lint.problems(form.cleaned_data.get("words", "")) if form.to_customer else []
    if "sure" not in request.POST or (problems and "anyway" not in request.POST):
        return _confirm(request, found, form, problems)
    try:
        begun = resolving.begin(found.pk, form.plan(), by=request.user)
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
        return _offer(request, found, chosen=form, status=409)
    waits = begun.status == Resolution.Status.TO_CONFIRM
    messages.success(request, _("An owner has been asked to confirm it.") if waits else _("Begun."))
    return redirect(found)


def _offer(request: MemberRequest, found: Dispute, *, chosen: WayForm | None = None, status: int = 200) -> HttpResponse:
    ways = [
        _way(found, kind, chosen if chosen is not None and chosen.kind == kind else WAYS[kind](invoice=found.invoice))
        for kind in WAYS
        if kind != Resolution.Kind.PLAIN_QUESTION or resolving.may_ask_plainly(found)
    ]
    context = {**_head(found), "ways": ways, "chosen": chosen.kind if chosen else "", "left": _left(found)}
    return render(request, "desk/resolve.html", context, status=status)


def _confirm(request: MemberRequest, found: Dispute, form: WayForm, problems: list[str]) -> HttpResponse:
    given = [(field.label, field.value()) for field in form if field.value() not in (None, "")]
    context = {**_head(found), "way": _way(found, form.kind, form), "given": given, "left": _left(found)}
    kept = [(name, value) for name, value in request.POST.items() if name not in OF_THIS_PAGE]
    context |= {"posted": kept, "problems": problems, "unread": bool(problems and "sure" in request.POST)}
    currency = found.invoice.currency
    context |= {"parts": [(part.due_on, money.of(part.amount, currency)) for part in form.plan().parts]}
    context |= {"needs_owner": not resolving.is_alone(found.invoice, form.plan(), request.membership.role)}
    return render(request, "desk/resolve_confirm.html", context)


def _way(found: Dispute, kind: str, form: WayForm) -> Way:
    act = _BOOKS_ACTS.get(Resolution.Kind(kind))
    ability = abilities_of(found.invoice.connection.provider).of(act) if act else None
    return Way(kind, str(TITLES[kind]), str(WORDS[kind]), str(ability.words) if ability else "", form)


def _left(found: Dispute) -> str:
    """How many calls would be left, said before anybody confirms."""
    left = attempts_left(found.invoice)
    if left == 0:
        return _(
            "No call is left for this invoice: back in collection means one written reminder, then it is your decision."
        )
    return ngettext("Back in collection, %(n)d call is left.", "Back in collection, %(n)d calls are left.", left) % {
        "n": left
    }


def _head(found: Dispute) -> dict[str, Any]:
    balance = money.shown(found.invoice.balance_money)
    return {
        "dispute": found,
        "title": _("How does %(number)s end?") % {"number": found.number},
        "above": [(_("Disputes"), reverse("disputes")), (found.number, found.get_absolute_url())],
        "under": f"{found.customer.name} · {found.invoice.number} · {balance}",
        "url": reverse("resolution", args=[found.number]),
        "back_url": found.get_absolute_url(),
    }


def _of(request: MemberRequest, number: str) -> Dispute:
    with_people = request.business.disputes.select_related("invoice__connection", "invoice__business", "customer")
    return get_object_or_404(with_people, number=number)


def _act(request: MemberRequest, found: Dispute, act: Callable[[], object], done: str) -> HttpResponse:
    try:
        act()
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(found)


@require_POST
@members_page
def confirmation(request: MemberRequest, number: str) -> HttpResponse:
    """An owner confirms what somebody began above his limit."""
    found = _of(request, number)
    asked = get_object_or_404(found.resolutions.filter(status=Resolution.Status.TO_CONFIRM))
    return _act(request, found, lambda: resolving.confirm(asked.pk, by=request.user), _("Confirmed."))


@require_POST
@members_page
def taking_back(request: MemberRequest, number: str) -> HttpResponse:
    """Not this way after all, with the reason."""
    only_for(request, *AT_WORK)
    found = _of(request, number)
    running = get_object_or_404(found.resolutions.open())
    why = request.POST.get("reason", "")
    return _act(request, found, lambda: resolving.take_back(running.pk, by=request.user, why=why), _("Taken back."))


@require_POST
@members_page
def visit(request: MemberRequest, number: str) -> HttpResponse:
    """Somebody was there: the customer is asked."""
    only_for(request, *AT_WORK)
    found = _of(request, number)
    running = get_object_or_404(found.resolutions.open().filter(kind=Resolution.Kind.REWORK))
    return _act(request, found, lambda: course.visited(running.pk, by=request.user), _("Ticked. They are asked now."))


@require_POST
@members_page
def books_answer(request: MemberRequest, number: str, pk: UUID) -> HttpResponse:
    """Yes or no to what the books changed by themselves."""
    only_for(request, *IN_CHARGE)
    found = _of(request, number)
    card = get_object_or_404(BooksMoved.objects.filter(dispute=found), pk=pk)
    if request.POST.get("answer") not in ("yes", "no"):
        raise Http404("answer")
    yes = request.POST["answer"] == "yes"
    return _act(request, found, lambda: books.answer(card.pk, yes=yes, by=request.user), _("Kept."))


@require_POST
@members_page
def post(request: MemberRequest, number: str) -> HttpResponse:
    """An answer to the customer, a note of the firm's own (``note``), or what was said on the phone (``talked``).

    Everybody may note; who works here may answer. An answer that reads like a demand is warned of first.
    """
    found = _of(request, number)
    note, talked = "note" in request.POST, "talked" in request.POST
    if not note:
        only_for(request, *AT_WORK)
    form = WordsForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write something first."))
        return redirect(found)
    words = form.cleaned_data["words"]
    warned = [] if note or talked or "anyway" in request.POST else lint.problems(words)
    if warned:
        url = reverse("dispute_posts", args=[number])
        return _warned(request, found, form, warned, url=url, takes_files=True)
    keep = posts.note if note else posts.talked if talked else posts.firm_writes

    def write() -> None:
        sent = request.FILES.getlist("files")
        if sent:
            files.take(found.pk, sent, side=Side.FIRM, by=request.user.email)
        keep(found.pk, words, by=request.user)

    return _act(request, found, write, _("Noted.") if note or talked else _("Sent."))


def _warned(
    request: MemberRequest, found: Dispute, form: Form, problems: list[str], *, url: str, takes_files: bool = False
) -> HttpResponse:
    """The same form once more, with what reads like a demand; nothing was sent."""
    context = {**_head(found), "problems": problems, "form": form, "url": url, "takes_files": takes_files}
    return render(request, "desk/words_warning.html", context | {"title": _("Read this before you send it")})


@require_GET
@members_page
def file(request: MemberRequest, number: str, pk: UUID) -> HttpResponseBase:
    """A photo or paper of either side."""
    return files.given_out(_of(request, number), pk)


@require_POST
@members_page
def new_evidence(request: MemberRequest, number: str) -> HttpResponse:
    """Make an evidence pack as things stand now."""
    found = _of(request, number)
    return _act(request, found, lambda: evidence.make(found.pk, by=request.user), _("The pack is made; it is below."))


@require_GET
@members_page
def evidence_pack(request: MemberRequest, number: str, pk: UUID) -> HttpResponseBase:
    """A pack that was made, as one archive."""
    found = _of(request, number)
    pack = get_object_or_404(found.packs, pk=pk)
    return evidence.given_out(pack, name=f"evidence-{found.number}.zip")


@require_POST
@members_page
def legal_hold(request: MemberRequest, number: str) -> HttpResponse:
    """Keep everything about it beyond every period, or no longer."""
    only_for(request, *IN_CHARGE)
    found = _of(request, number)
    on = request.POST.get("on") == "yes"
    return _act(request, found, lambda: posts.hold_for_law(found.pk, on=on, by=request.user), _("Kept."))


@require_POST
@members_page
def new_link(request: MemberRequest, number: str) -> HttpResponse:
    """End the customer's link and send a new one: it was forwarded, lost, or closed by wrong answers."""
    only_for(request, *IN_CHARGE)
    found = _of(request, number)
    done = _("The old link is dead; a new one is on its way to them.")
    return _act(request, found, lambda: page_links.renew(found.pk, by=request.user), done)


@require_POST
@members_page
def assignee(request: MemberRequest, number: str) -> HttpResponse:
    """Whose it is; empty for nobody's."""
    only_for(request, *AT_WORK)
    found = _of(request, number)
    chosen = request.POST.get("member", "")
    to = get_object_or_404(User, memberships__business=request.business, pk=chosen) if chosen.isdigit() else None
    return _act(request, found, lambda: posts.assign(found.pk, to=to, by=request.user), _("Kept."))


@require_POST
@members_page
def more_time(request: MemberRequest, number: str) -> HttpResponse:
    """More time to decide, once, with a reason the customer is told."""
    only_for(request, *IN_CHARGE)
    found = _of(request, number)
    form = MoreTimeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why, and by how many business days (1 to 10): the customer is told."))
        return redirect(found)
    given = form.cleaned_data
    warned = [] if "anyway" in request.POST else lint.problems(given["because"])
    if warned:
        return _warned(request, found, form, warned, url=reverse("dispute_more_time", args=[number]))

    def extend() -> None:
        course.extend(found.pk, days=given["days"], because=given["because"], by=request.user)

    return _act(request, found, extend, _("They are told that it takes longer."))
