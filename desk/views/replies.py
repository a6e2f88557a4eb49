"""An e-mail that came in, as a member reads it and says what it means."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.middleware import MemberRequest
from desk.doors import AT_WORK, members_page, only_for
from desk.reply_forms import ReplyForm
from desk.wording.replies import heard_words, title_of
from disputes import replies
from disputes.mail_models import InboundMail
from disputes.replies import CannotRead
from invoices.models import Invoice
from invoices.services import NotTogether


@require_http_methods(["GET", "POST"])
@members_page
def reply(request: MemberRequest, pk: UUID) -> HttpResponse:
    """GET shows what was written and what we made of it; POST says what it means, by whoever works here."""
    listed = request.business.inboundmails.select_related("customer", "message", "dispute")
    row = get_object_or_404(listed.exclude(kind__in=("bounce", "automatic")), pk=pk)
    form = _form(request, row)
    if request.method == "POST":
        only_for(request, *AT_WORK)
        if form.is_valid():
            try:
                return _do(request, row, form)
            except CannotRead as refused:
                form.add_error(None, str(refused))
            except NotTogether:
                form.add_error(None, _("These invoices are not open any more. Look again."))
    context = {
        "title": title_of(row),
        "row": row,
        "form": form,
        "above": [(_("Today"), reverse("today"))],
        "heard": heard_words(row),
        "more": row.whole if row.whole.strip() != row.words.strip() else "",
        "may_say": request.membership.role in AT_WORK and row.read_at is None and row.waits,
        "signed_by": "" if row.customer is None else _sender_note(row),
    }
    return render(request, "desk/reply.html", context, status=422 if form.errors else 200)


def _form(request: MemberRequest, row: InboundMail) -> ReplyForm:
    open_ones = request.business.invoices.filter(books_status="open", balance__gt=0).order_by("due_on", "number")
    of = open_ones.filter(customer=row.customer) if row.customer_id else Invoice.objects.none()
    about = replies.about(row, row.customer) if row.customer is not None else []
    data = request.POST if request.method == "POST" else None
    return ReplyForm(data, business=request.business, known=row.customer_id is not None, of=of, about=about)


def _do(request: MemberRequest, row: InboundMail, form: ReplyForm) -> HttpResponse:
    match form.cleaned_data["meaning"]:
        case "dispute":
            chosen = [invoice.pk for invoice in form.cleaned_data["invoices"]]
            return redirect(replies.is_dispute(row.pk, *chosen, by=request.user)[0])
        case "paid":
            replies.is_paid(row.pk, by=request.user)
            messages.success(request, _("Paused. Nobody asks them until you have looked in your books."))
        case "stop":
            replies.is_stop(row.pk, by=request.user)
            messages.success(request, _("Kept: nobody contacts them any more."))
        case _:
            replies.nothing_to_stop(row.pk, by=request.user)
            messages.success(request, _("Read. Nothing of it holds collecting any more."))
    return redirect("today")


def _sender_note(row: InboundMail) -> str:
    """A sender we did not write to is said so: anybody can write any address there."""
    if row.message is None or row.sender == row.message.to.lower():
        return ""
    return _("It came from %(sender)s; our letter went to %(to)s.") % {"sender": row.sender, "to": row.message.to}
