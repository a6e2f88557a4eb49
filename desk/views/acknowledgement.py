"""The acknowledgement of a dispute before it leaves: read it, change it, send it; or print it, post it and tick it."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.middleware import MemberRequest
from desk.doors import AT_WORK, members_page, only_for
from desk.standing import today
from desk.wording.activity import LETTERS
from disputes import acknowledging, posting
from disputes.acknowledging import CannotAcknowledge, Draft
from disputes.models import Dispute
from disputes.posting import CannotPost
from notifications import paper
from notifications.models import Message

PER_PAGE = 50


class LetterForm(forms.Form):
    """The letter's words."""

    words = forms.CharField(
        label=gettext_lazy("The letter"), max_length=5000, widget=forms.Textarea(attrs={"rows": 16, "class": "tall"})
    )


class PostedForm(forms.Form):
    on = forms.DateField(
        label=gettext_lazy("Posted on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


@require_http_methods(["GET", "POST"])
@members_page
def acknowledgement(request: MemberRequest, number: str) -> HttpResponse:
    """GET shows what leaves and when; POST keeps the firm's own words, or (``send``) lets it leave now.

    Words that read like a demand are warned of first, and sent only when that was read (``anyway``).
    """
    only_for(request, *AT_WORK)
    found = get_object_or_404(request.business.disputes.select_related("invoice", "customer"), number=number)
    draft = acknowledging.draft_of(found)
    if draft is None:
        messages.info(request, _("The acknowledgement has left already, or there is none to send."))
        return redirect(found)
    if request.method == "GET":
        return _shown(request, found, draft, LetterForm(initial={"words": draft.words}))
    form = LetterForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, draft, form, status=422)
    try:
        kept = acknowledging.edit(found.pk, form.cleaned_data["words"], by=request.user)
        if "send" not in request.POST:
            messages.success(request, _("Kept. It leaves in these words."))
            return _shown(request, found, kept, LetterForm(initial={"words": kept.words}))
        if kept.problems and "anyway" not in request.POST:
            return _shown(request, found, kept, LetterForm(initial={"words": kept.words}), asks=True)
        acknowledging.send_now(found.pk, by=request.user)
        messages.success(request, _("On its way. The clock stops when their mail server has taken it."))
    except CannotAcknowledge as refusal:
        messages.error(request, str(refusal))
    return redirect(found)


@require_GET
@members_page
def letter(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Where a letter is read and ticked: the page of its dispute's acknowledgement; others on the page of letters to post."""
    message = get_object_or_404(Message.objects.filter(business=request.business), pk=pk)
    if message.letter != acknowledging.LETTER:
        return redirect("letters_to_post")
    dispute = Dispute.objects.live().filter(claims__pk=message.facts.get("claim")).order_by("opened_at").first()
    return redirect("acknowledgement", dispute.number) if dispute else redirect("disputes")


@require_POST
@members_page
def letter_to_print(request: MemberRequest, pk: UUID) -> HttpResponse:
    """The letter as a PDF, to be printed. A POST, because each print has a link of its own."""
    only_for(request, *AT_WORK)
    message = get_object_or_404(Message.objects.filter(business=request.business).select_related("business"), pk=pk)
    ours = message.letter == acknowledging.LETTER
    try:
        made = paper.pdf(acknowledging.printed(message)) if ours else posting.printed(message.pk)
    except (CannotAcknowledge, CannotPost) as refusal:
        messages.error(request, str(refusal))
        return redirect("disputes" if ours else "letters_to_post")
    return as_pdf(made, name=f"letter-{message.letter.replace('_', '-')}-{message.owed_at:%Y-%m-%d}")


@require_POST
@members_page
def letter_posted(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Somebody put it in the mail: that meets the clock."""
    only_for(request, *AT_WORK)
    message = get_object_or_404(Message.objects.filter(business=request.business), pk=pk)
    if message.letter != acknowledging.LETTER:
        return _posted(request, message)
    dispute = Dispute.objects.filter(claims__pk=message.facts.get("claim")).order_by("-opened_at").first()
    form = PostedForm(request.POST)
    if form.is_valid():
        try:
            acknowledging.posted(message.pk, on=form.cleaned_data["on"], by=request.user)
            messages.success(request, _("On record: the letter is in the mail."))
        except CannotAcknowledge as refusal:
            messages.error(request, str(refusal))
    else:
        messages.error(request, _("Enter the day on which it was posted."))
    return redirect(dispute) if dispute else redirect("disputes")


@require_GET
@members_page
def letters_to_post(request: MemberRequest) -> HttpResponse:
    """What no e-mail can carry, but for acknowledgements: print it, post it, tick it."""
    waiting = posting.waiting().filter(business=request.business)
    page = Paginator(waiting, PER_PAGE).get_page(request.GET.get("page"))
    listed = [
        (
            message,
            str(LETTERS.get(message.letter, message.letter)),
            PostedForm(auto_id=f"{message.pk}_%s", initial={"on": today()}),
        )
        for message in page
    ]
    context = {"letters": listed, "page": page, "may": request.membership.role in AT_WORK}
    return render(request, "desk/letters_to_post.html", context)


@require_POST
@members_page
def letter_not_needed(request: MemberRequest, pk: UUID) -> HttpResponse:
    """A member leaves it: it has been said otherwise."""
    only_for(request, *AT_WORK)
    message = get_object_or_404(posting.waiting().filter(business=request.business), pk=pk)
    posting.not_needed(message.pk, by=request.user)
    messages.success(request, _("It is not posted. That is on record."))
    return redirect("letters_to_post")


def as_pdf(made: bytes, *, name: str) -> HttpResponse:
    """Shown in the browser, from where it is printed or saved."""
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def _posted(request: MemberRequest, message: Message) -> HttpResponse:
    form = PostedForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Enter the day on which it was posted."))
        return redirect("letters_to_post")
    try:
        posting.posted(message.pk, on=form.cleaned_data["on"], by=request.user)
        messages.success(request, _("On record: the letter is in the mail."))
    except CannotPost as refusal:
        messages.error(request, str(refusal))
    return redirect("letters_to_post")


def _shown(
    request: MemberRequest, found: Dispute, draft: Draft, form: LetterForm, *, status: int = 200, asks: bool = False
) -> HttpResponse:
    message = draft.message
    context = {
        "title": _("Acknowledgement of %(number)s") % {"number": found.number},
        "above": [(_("Disputes"), reverse("disputes")), (found.number, found.get_absolute_url())],
        "under": f"{found.customer.name} · {found.invoice.number}",
        "form": form,
        "draft": draft,
        "asks": asks,
        "to": message.to,
        "leaves": message.due_at,
        "said": acknowledging.wording(message.language),
        "print_url": reverse("letter_to_print", args=[message.pk]),
        "posted_url": reverse("letter_posted", args=[message.pk]),
        "posted_form": PostedForm(initial={"on": today()}),
        "url": reverse("acknowledgement", args=[found.number]),
    }
    return render(request, "desk/acknowledgement.html", context, status=status)
