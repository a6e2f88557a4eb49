"""Writing into the books: asked for on the invoice with a confirmation, then ticked, tried again or taken back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.middleware import MemberRequest
from desk import book_entries
from desk.doors import AT_WORK, IN_CHARGE, members_page, only_for
from desk.entry_forms import FORMS, OnceForm
from desk.standing import invoice_url
from desk.views.invoices import named
from desk.wording.entries import what_of
from integrations.abilities import Act
from invoices import entries
from invoices.entries import NotWritable
from invoices.models import BookEntry, Invoice
from syntharra import money
from syntharra.identifiers import uuid7
from syntharra.states import IllegalMove

PER_PAGE = 25


@require_GET
@members_page
def waiting(request: MemberRequest) -> HttpResponse:
    """Everything that is still to be written into the books."""
    page = Paginator(book_entries.waiting(request.business), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "entries": book_entries.shown(page.object_list, request.membership),
        "back": request.get_full_path(),
    }
    return render(request, "desk/book_entries.html", context)


@require_http_methods(["GET", "POST"])
@members_page
def new_entry(request: MemberRequest, number: str) -> HttpResponse:
    """GET asks what; POST with the fields asks once more; POST with ``once`` has it written."""
    only_for(request, *IN_CHARGE)
    found, _namesakes = named(request.business, number, request.GET.get("which"))
    offered = book_entries.offers(found.connection, found)
    act = request.POST.get("act", "")
    if request.method == "GET":
        return _choose(request, found, offered)
    if act not in {offer.act for offer in offered}:
        raise Http404(act)
    form = FORMS[act](request.POST, invoice=found)
    if not form.is_valid():
        return _choose(request, found, offered, act=act, form=form)
    once = OnceForm(request.POST)
    if "once" in request.POST and once.is_valid():
        return _ask(request, found, Act(act), form.cleaned_data, once.cause())
    return _confirm(request, found, next(offer for offer in offered if offer.act == act), form.cleaned_data)


@require_POST
@members_page
def done(request: MemberRequest, pk: UUID) -> HttpResponse:
    """The owner wrote it himself."""
    only_for(request, *AT_WORK)
    entry = _of(request, pk)
    if entry.status in (BookEntry.Status.BY_HAND, BookEntry.Status.DONE):
        return _moved(request, entry, lambda: entries.tick(entry.pk, by=request.user))
    messages.warning(request, _("It is no longer yours to do; this is where it stands now."))
    return _back(request, entry)


@require_POST
@members_page
def try_again(request: MemberRequest, pk: UUID) -> HttpResponse:
    """What kept the books from taking it is put right."""
    only_for(request, *IN_CHARGE)
    entry = _of(request, pk)
    return _moved(request, entry, lambda: entries.try_again(entry.pk, by=request.user))


@require_POST
@members_page
def cancel(request: MemberRequest, pk: UUID) -> HttpResponse:
    """No longer wanted."""
    only_for(request, *IN_CHARGE)
    entry = _of(request, pk)
    return _moved(request, entry, lambda: entries.cancel(entry.pk, by=request.user.email))


def _of(request: MemberRequest, pk: UUID) -> BookEntry:
    found: BookEntry = get_object_or_404(request.business.bookentrys.select_related("invoice"), pk=pk)
    return found


def _moved(request: MemberRequest, entry: BookEntry, act: Any) -> HttpResponse:
    """Somebody else, or a worker, may have been quicker: then the page says where it stands."""
    try:
        act()
    except IllegalMove:
        messages.warning(request, _("Something happened to it meanwhile; this is where it stands now."))
    return _back(request, entry)


def _back(request: MemberRequest, entry: BookEntry) -> HttpResponse:
    match request.POST.get("back"):
        case "today":
            return redirect("today")
        case "list":
            return redirect("book_entries")
        case "dispute":
            dispute = entry.invoice.disputes.order_by("-opened_at").first()
            return redirect(f"{dispute.get_absolute_url()}#books" if dispute else invoice_url(entry.invoice))
    return redirect(f"{invoice_url(entry.invoice)}#books")


def _choose(request: MemberRequest, invoice: Invoice, offered: list[Any], *, act: str = "", form: Any = None) -> HttpResponse:  # fmt: skip
    choices = [
        (offer, form if offer.act == act else FORMS[offer.act](invoice=invoice, auto_id=f"id_{offer.act}_%s"))
        for offer in offered
    ]
    pending = [entry for entry in book_entries.of_invoice(invoice) if entry.status in book_entries.WAITING]
    context = {
        **_frame(invoice),
        "choices": choices,
        "act": act,
        "pending": [what_of(entry) for entry in pending],
    }
    return render(request, "desk/book_entry_new.html", context)


def _confirm(request: MemberRequest, invoice: Invoice, offer: book_entries.Offer, fields: dict[str, Any]) -> HttpResponse:  # fmt: skip
    wish = BookEntry(
        invoice=invoice, act=offer.act, amount=fields.get("amount"), currency=invoice.currency, words=fields["words"]
    )
    left = money.of(invoice.balance - (fields.get("amount") or 0), invoice.currency)
    context = {
        **_frame(invoice),
        "offer": offer,
        "what": what_of(wish),
        "fields": fields,
        "left": money.shown(left) if offer.act == Act.LOWER else "",
        "once": uuid7(),
    }
    return render(request, "desk/book_entry_confirm.html", context)


def _ask(request: MemberRequest, invoice: Invoice, act: Act, fields: dict[str, Any], cause: str) -> HttpResponse:
    try:
        entry = entries.ask(
            invoice.pk, act, cause=cause, by=request.user.email, amount=fields.get("amount"), words=fields["words"]
        )
    except NotWritable as refused:
        messages.error(request, str(refused))
        return redirect("new_book_entry", invoice.pk)
    if entry.status == BookEntry.Status.BY_HAND:
        messages.success(request, _("It is yours to do: the steps are below."))
    else:
        messages.success(request, _("It is on its way to your books."))
    return redirect(f"{invoice_url(invoice)}#books")


def _frame(invoice: Invoice) -> dict[str, Any]:
    number = invoice.number or invoice.external_id
    return {
        "title": _("Write something into the books"),
        "above": [(_("Invoices"), reverse("invoices")), (number, invoice_url(invoice))],
        "under": f"{number} · {invoice.customer.name}",
        "back_url": invoice_url(invoice),
        "url": reverse("new_book_entry", args=[invoice.pk]),
        "vendor": invoice.connection.get_provider_display(),
    }
