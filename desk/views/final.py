"""Your decision: what becomes of an invoice after its last call. The owner chooses; nothing happens by itself."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.middleware import MemberRequest
from accounts.models import Role, User
from calls import final
from calls.final import CannotChoose, NotPermitted
from calls.models import FinalChoice
from desk import sums
from desk.doors import IN_CHARGE, members_page, only_for
from desk.hold_forms import FinalForm
from desk.standing import Row, invoice_url, rows
from desk.views.acknowledgement import as_pdf
from desk.views.invoices import without_page
from desk.wording.gate import against
from disputes.acknowledging import envelope
from disputes.letters import email_of
from invoices.models import Invoice
from notifications import paper
from notifications.models import Message
from syntharra import clock, money

PER_PAGE = 50


@dataclass(frozen=True)
class Decided:
    """One invoice at the end of the road, with what was chosen for it."""

    row: Row
    url: str
    chosen: str
    state: str
    by: str
    letter_url: str


@require_GET
@members_page
def listed(request: MemberRequest) -> HttpResponse:
    """What waits for a choice; or what was chosen."""
    business, show = request.business, request.GET.get("show", "waiting")
    waiting = final.undecided(business)
    chosen = final.at_the_end(business).exclude(pk__in=waiting.values("pk"))
    found = chosen if show == "chosen" else waiting
    page = Paginator(found.select_related("customer").order_by("left_at", "pk"), PER_PAGE)
    shown = page.get_page(request.GET.get("page"))
    context = {
        "show": "chosen" if show == "chosen" else "waiting",
        "page": shown,
        "query": without_page(request),
        "lines": _lines(list(shown.object_list)),
        "counts": {"waiting": waiting.count(), "chosen": chosen.count()},
        "summary": sums.named(*sums.balances(found, currency=business.currency)),
        "in_charge": request.membership.role in IN_CHARGE,
        "may_hand_over": request.membership.role == Role.OWNER,
    }
    return render(request, "desk/final.html", context)


@require_http_methods(["GET", "POST"])
@members_page
def decide(request: MemberRequest, pk: UUID) -> HttpResponse:
    """GET shows the choices in plain words, with what each one does; POST does it."""
    only_for(request, *IN_CHARGE)
    invoice = get_object_or_404(final.at_the_end(request.business).select_related("customer", "connection"), pk=pk)
    form = FinalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _do(request, invoice, form.cleaned_data["choice"], form.cleaned_data["words"])
        except NotPermitted as refused:
            why = against(refused.reason) or refused.reason
            form.add_error(None, _("Not permitted today: %(why)s.") % {"why": why})
        except CannotChoose as refused:
            form.add_error(None, str(refused))
    address = email_of(invoice.customer)
    context = {
        "title": _("What now about %(number)s?") % {"number": invoice.number or invoice.external_id},
        "above": [(_("Your decision"), reverse("your_decision"))],
        "under": f"{invoice.customer.name} · {money.shown(invoice.balance_money)}",
        "form": form,
        "invoice_id": invoice.pk,
        "invoice_url": invoice_url(invoice),
        "told": _told(invoice, address),
    }
    return render(request, "desk/final_decide.html", context)


@require_GET
@members_page
def letter(request: MemberRequest, pk: UUID) -> HttpResponse:
    """The last letter as it is printed or saved as a PDF: on the firm's paper, today's balance."""
    invoice = get_object_or_404(final.at_the_end(request.business).select_related("customer"), pk=pk)
    if not invoice.final_choices.filter(choice=FinalChoice.Choice.LETTER, on_paper=True).exists():
        raise Http404(pk)
    posted = Message.objects.filter(letter=final.LETTER, key=f"{invoice.pk}:paper").first()
    context = {
        **final.letter_of(invoice),
        "firm": request.business,
        "on": clock.today(request.business.time_zone),
        "posted": posted,
        "back_url": reverse("your_decision"),
    }
    return render(request, "desk/last_letter.html", context)


@require_GET
@members_page
def letter_pdf(request: MemberRequest, pk: UUID) -> HttpResponse:
    """The same as a PDF: US Letter, the address where a window envelope shows it."""
    invoice = get_object_or_404(final.at_the_end(request.business).select_related("customer", "business"), pk=pk)
    if not invoice.final_choices.filter(choice=FinalChoice.Choice.LETTER, on_paper=True).exists():
        raise Http404(pk)
    subject, _first, body = _text(invoice).partition("\n")
    sheet = paper.Sheet(
        business=request.business,
        address=envelope(invoice.customer),
        on=clock.today(request.business.time_zone),
        subject=subject.strip(),
        paragraphs=[part.strip() for part in body.split("\n\n") if part.strip()],
        language=invoice.customer.language,
    )
    return as_pdf(paper.pdf(paper.html(sheet)), name=f"last-letter-{slugify(invoice.number) or invoice.pk}")


@require_POST
@members_page
def posted(request: MemberRequest, pk: UUID) -> HttpResponse:
    """It lies in the mailbox: on record with its words."""
    only_for(request, *IN_CHARGE)
    invoice = get_object_or_404(final.at_the_end(request.business).select_related("customer", "business"), pk=pk)
    try:
        final.posted(invoice.pk, by=request.user, text=_text(invoice))
        messages.success(
            request, _("On record: the last letter about %(number)s is posted.") % {"number": invoice.number}
        )
    except NotPermitted as refused:
        why = against(refused.reason) or refused.reason
        messages.warning(request, _("Not permitted today: %(why)s. Please do not post it.") % {"why": why})
    except CannotChoose as refused:
        messages.warning(request, str(refused))
    return redirect("your_decision")


def _do(request: MemberRequest, invoice: Invoice, choice: str, words: str) -> HttpResponse:
    by: User = request.user
    number = {"number": invoice.number or invoice.external_id}
    match choice:
        case "email":
            final.send_letter(invoice.pk, by=by)
            messages.success(request, _("The last letter about %(number)s leaves when every rule lets it.") % number)
        case "paper":
            final.letter_on_paper(invoice.pk, by=by)
            return redirect("last_letter", pk=invoice.pk)
        case "leave":
            final.leave(invoice.pk, by=by, words=words)
            messages.success(request, _("%(number)s stays as it is. Nobody asks for it any more.") % number)
        case "small_claims":
            final.go_to_court(invoice.pk, by=by, words=words)
            messages.success(request, _("%(number)s left collection for good. You go on at the court.") % number)
            return redirect("small_claims", pk=invoice.pk)
        case "write_off":
            final.write_off(invoice.pk, by=by, words=words)
            messages.success(request, _("%(number)s is written off; your books are told.") % number)
            return redirect(f"{invoice_url(invoice)}#books")
    return redirect("your_decision")


def _text(invoice: Invoice) -> str:
    facts = {**final.letter_of(invoice), "business": invoice.business}
    with translation.override(invoice.customer.language):
        return render_to_string("letters/last_letter.txt", facts).strip()


def _told(invoice: Invoice, address: str) -> list[tuple[str, str]]:
    """What each choice does, before it is made."""
    email = (
        _(
            "To %(address)s: what is owed, when we called, the link to pay, and how to object. Every rule is asked first."
        )
        % {"address": address}
        if address
        else _("There is no e-mail address for them in your books.")
    )
    return [
        (_("Last letter by e-mail"), email),
        (
            _("Last letter on paper"),
            _("The same words on a page to print or save as PDF. You post it and say so here."),
        ),
        (_("Leave it"), _("Nobody asks for it any more. It stays open in your books and here under what you chose.")),
        (
            _("Small claims court"),
            _(
                "It leaves collection for good: nobody calls or reminds about it. You go there yourself, with your papers."
            ),
        ),
        (_("Write it off"), _("It leaves collection for good. Your books are told, or you get the steps to do it.")),
    ]


def _lines(invoices: list[Invoice]) -> list[Decided]:
    choices: dict[UUID, FinalChoice] = {}
    for choice in FinalChoice.objects.filter(invoice__in=invoices).order_by("at"):
        choices[choice.invoice_id] = choice
    letters = Message.objects.filter(letter=final.LETTER, about__invoice__in=invoices)
    states = {pk: (status, at) for pk, status, at in letters.values_list("about__invoice", "status", "sent_at")}
    found = []
    for invoice, row in zip(invoices, rows(invoices), strict=True):
        chosen = choices.get(invoice.pk)
        on_paper = bool(chosen and chosen.on_paper and chosen.choice == FinalChoice.Choice.LETTER)
        found.append(
            Decided(
                row=row,
                url=reverse("decide_final", args=[invoice.pk]),
                chosen=chosen.get_choice_display() if chosen else "",
                state=_state(states.get(invoice.pk), on_paper=on_paper) if chosen else "",
                by=chosen.by if chosen else "",
                letter_url=reverse("last_letter", args=[invoice.pk]) if on_paper else "",
            )
        )
    return found


def _state(letter: tuple[str, object] | None, *, on_paper: bool) -> str:
    if letter is None:
        return _("to be printed and posted") if on_paper else ""
    status, at = letter
    if status == Message.Status.SENT and isinstance(at, date):
        return _("sent")
    return str(dict(Message.Status.choices).get(status, ""))
