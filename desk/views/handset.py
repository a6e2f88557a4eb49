"""Be the customer: pick an invoice, the telephone rings in the browser, and what is typed is what is said. Sandbox only."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.middleware import MemberRequest
from accounts.models import Business
from calls.models import Attempt, Call
from desk import handset as telephone
from desk import sandbox as room
from desk.doors import members_page
from desk.handset import Line, NoCarrier, TextLine
from desk.standing import Row, rows
from desk.wording.outcomes import ending
from integrations.models import PhoneLine
from invoices.models import Customer
from syntharra import clock

MOST_INVOICES = 60
BEFORE = "handsets"  # in the session: who answered at a number before
SAYS, PRESSES = "says", "press"
ACTS = {"answer", "decline", "words", SAYS, PRESSES, "hang_up"}


@dataclass(frozen=True)
class Choice:
    """An invoice whose customer one can be. ``url`` is the telephone's page, ``row`` where the invoice stands."""

    url: str
    row: Row


@require_GET
@members_page
def choose(request: MemberRequest) -> HttpResponse:
    """The open invoices whose customer has a number that is called."""
    _only_in_a_sandbox(request.business)
    reachable = request.business.invoices.open().filter(
        customer__contacts__role="billing", customer__contacts__phone__gt=""
    )
    found = reachable.select_related("customer", "business").distinct().order_by("due_on", "number")[:MOST_INVOICES]
    above = [(_("Sandbox"), reverse("sandbox"))]
    listed = list(found)
    choices = [
        Choice(reverse("handset", args=[invoice.customer_id]), row)
        for invoice, row in zip(listed, rows(listed), strict=True)
    ]
    return render(request, "desk/handset_choice.html", {"choices": choices, "above": above})


@require_GET
@members_page
def handset(request: MemberRequest, pk: UUID) -> HttpResponse:
    """The telephone of this customer: what is on it now, or when it will ring."""
    customer, number = _telephone(request, pk)
    line, taken, trouble = _look(request.business, customer, number)
    planned = (
        request.business.attempts.filter(customer=customer, status=Attempt.Status.PLANNED)
        .order_by("planned_for")
        .first()
    )
    context = {
        "customer": customer,
        "title": _("You are %(customer)s") % {"customer": customer.name},
        "number": number,
        "above": [(_("Sandbox"), reverse("sandbox")), (_("Be the customer"), reverse("be_the_customer"))],
        "line": line,
        "state": line.state if line is not None else "waiting",
        "taken": taken,
        "trouble": trouble,
        "planned": planned,
        "due": planned is not None and planned.planned_for is not None and planned.planned_for <= clock.now(),
        "went": _went(request.business, line),
        "keys": [(key, word) for key, word in zip(telephone.KEYS, _key_words(), strict=True)],
        "texts": _texts(request.business, number) if not trouble else (),
        "invoices": rows(customer.invoices.open().select_related("customer", "business").order_by("due_on")),
    }
    return render(request, "desk/handset.html", context)


@require_POST
@members_page
def take(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Answer for this customer from now on, or let the simulated one answer again."""
    customer, number = _telephone(request, pk)
    before = dict(request.session.get(BEFORE, {}))
    try:
        if request.POST.get("hands") == "theirs":
            telephone.give_back(number, before.pop(number, "promises"))
            messages.success(request, _("%(customer)s answers again.") % {"customer": customer.name})
        elif not telephone.is_taken(number):
            before[number] = telephone.take(number)
    except NoCarrier:
        messages.error(request, _no_carrier())
    request.session[BEFORE] = before
    return redirect("handset", pk)


@require_POST
@members_page
def move_to_call(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Business time goes on to the moment at which this customer is to be called."""
    customer, _number = _telephone(request, pk)
    waiting = request.business.attempts.filter(
        customer=customer, status=Attempt.Status.PLANNED, planned_for__gt=clock.now()
    )
    planned = waiting.order_by("planned_for").first()
    if planned is None or planned.planned_for is None:
        messages.info(request, _("No call to this customer is planned for later."))
        return redirect("handset", pk)
    try:
        room.move_clock(planned.planned_for - clock.now(), actor=request.user.email)
    except (room.NotASandbox, room.ClockGoesForward) as refusal:
        messages.error(request, str(refusal))
    return redirect("handset", pk)


@require_POST
@members_page
def ring_the_firm(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Call the firm as this customer."""
    customer, number = _telephone(request, pk)
    before = dict(request.session.get(BEFORE, {}))
    try:
        current, taken, _trouble = _look(request.business, customer, number)
        if current is not None and current.state != "over":
            messages.info(request, _("This telephone is in a call already."))
            return redirect("handset", pk)
        if not taken:
            before[number] = telephone.take(number)
            request.session[BEFORE] = before
        telephone.ring(number, _main_number(request.business))
    except NoCarrier:
        messages.error(request, _no_carrier())
    return redirect("handset", pk)


@require_POST
@members_page
def text_the_firm(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Text the firm as this customer: answer what came, object, or say STOP."""
    _customer, number = _telephone(request, pk)
    body = request.POST.get("text", "").strip()
    try:
        if body:
            telephone.text(number, _main_number(request.business), body)
    except NoCarrier:
        messages.error(request, _no_carrier())
    return redirect(f"{reverse('handset', args=[pk])}#texts")


@require_POST
@members_page
def speak(request: MemberRequest, pk: UUID) -> HttpResponse:
    """What the customer does on the line: answer, say, press a key, hang up. A script gets no page back."""
    customer, number = _telephone(request, pk)
    what, text = request.POST.get("act", ""), request.POST.get("text", "")
    wrong = what not in ACTS or (what == PRESSES and text not in telephone.KEYS)
    if not wrong:
        try:
            line, _taken, _trouble = _look(request.business, customer, number)
            if line is not None and line.state != "over":
                telephone.act(line.sid, what, text)
        except NoCarrier:
            messages.error(request, _no_carrier())
    elif not request.headers.get("X-Handset"):
        messages.error(request, _("On this telephone one can answer, speak, press 9, 0 or *, and hang up."))
    if request.headers.get("X-Handset"):
        return HttpResponse(status=400 if wrong else 204)
    return redirect("handset", pk)


def _only_in_a_sandbox(business: Business) -> None:
    if not settings.SANDBOX or not business.sandbox:
        raise Http404


def _telephone(request: MemberRequest, pk: UUID) -> tuple[Customer, str]:
    """The customer, and the number called about money; 404 where there is none to be rung at."""
    _only_in_a_sandbox(request.business)
    customer = get_object_or_404(request.business.customers, pk=pk)
    number = telephone.number_of(customer)
    if not number:
        raise Http404(_("This customer has no telephone number."))
    return customer, number


def _look(business: Business, customer: Customer, number: str) -> tuple[Line | None, bool, str]:
    """The call on this telephone, whether it is in our hands, and a sentence where the carrier does not answer."""
    ours = set(PhoneLine.objects.filter(released_at=None).values_list("number", flat=True))
    firm = _("%(business)s's assistant") % {"business": business.name}
    try:
        line = telephone.line(number, ours, customer=_("You"), firm=firm)
        return line, telephone.is_taken(number), ""
    except NoCarrier:
        return None, False, _no_carrier()


def _texts(business: Business, number: str) -> list[TextLine]:
    ours = set(PhoneLine.objects.filter(released_at=None).values_list("number", flat=True))
    try:
        return telephone.texts(number, ours)
    except NoCarrier:
        return []


def _main_number(business: Business) -> str:
    lines = PhoneLine.objects.filter(released_at=None).order_by("-is_main", "created_at")
    first = lines.values_list("number", flat=True).first()
    if first is None:
        raise NoCarrier("the business has no number")
    return first


def _went(business: Business, line: Line | None) -> tuple[str, str, str] | None:
    """State, words and address of what the call came to on the firm's side, once it is over."""
    call = Call.objects.filter(sid=line.sid).first() if line is not None and line.state == "over" else None
    if call is None or not call.disposition:
        return None
    result = ending(call)
    return result.state, result.word, reverse("call", args=[call.pk])


def _key_words() -> tuple[str, str, str]:
    return _("never call again"), _("a person"), _("say it again")


def _no_carrier() -> str:
    return _("The simulated carrier does not answer. Is `manage.py simulators` running?")
