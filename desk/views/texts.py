"""Texts: that a customer agreed to them, and a member's own telephone for alerts."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.middleware import MemberRequest
from accounts.models import AlertPhone
from compliance import texting
from compliance.models import TextConsent
from desk.doors import AT_WORK, members_page, only_for
from desk.reach import numbers_of
from desk.standing import today
from desk.text_forms import CodeForm, OwnNumberForm, TextConsentForm
from desk.views.reach import page_of
from invoices.models import Customer
from invoices.services import hold_customer
from notifications import alert_phones
from notifications.alert_phones import BadCode


@require_POST
@members_page
def new_text_consent(request: MemberRequest, pk: UUID) -> HttpResponse:
    """They agreed to be texted: on record with its paper, by whoever works here."""
    only_for(request, *AT_WORK)
    found: Customer = get_object_or_404(request.business.customers, pk=pk)
    form = TextConsentForm(request.POST, numbers=numbers_of(found), today=today())
    if not form.is_valid():
        return page_of(request, found, text_form=form)
    given = form.cleaned_data
    with transaction.atomic():
        hold_customer(found.pk)
        texting.agree(
            found.pk, given["number"], basis=given["basis"], given_by=given["given_by"], given_on=given["given_on"],
            source="member", by=request.user.email,
        )  # fmt: skip
    messages.success(request, _("On record. They may be texted on that number."))
    return redirect("reach", pk=found.pk)


@require_POST
@members_page
def end_text_consent(request: MemberRequest, pk: UUID) -> HttpResponse:
    """It does not hold any more: no text goes to that number."""
    only_for(request, *AT_WORK)
    consent = get_object_or_404(TextConsent.objects.filter(business=request.business, revoked_at=None), pk=pk)
    with transaction.atomic():
        hold_customer(consent.customer_id)
        texting.take_back(consent.pk, by=request.user.email)
    messages.success(request, _("No text goes to that number any more."))
    return redirect("reach", pk=consent.customer_id)


@require_http_methods(["GET", "POST"])
@members_page
def own_number(request: MemberRequest) -> HttpResponse:
    """The member's own telephone. POST keeps a number and texts a code there."""
    form = OwnNumberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            alert_phones.ask(request.user, form.cleaned_data["phone"], business=request.business)
        except BadCode as refused:
            form.add_error("phone", str(refused))
        else:
            messages.success(request, _("We texted you a code."))
            return redirect("own_number")
    return _page(request, form=form)


@require_POST
@members_page
def own_code(request: MemberRequest) -> HttpResponse:
    """The code that came by text: the number is his."""
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            alert_phones.show(request.user, form.cleaned_data["code"], business=request.business)
        except BadCode as refused:
            form.add_error("code", str(refused))
        else:
            messages.success(request, _("That is your number. We text you where no e-mail reaches anybody."))
            return redirect("own_number")
    return _page(request, code_form=form)


@require_POST
@members_page
def own_wish(request: MemberRequest) -> HttpResponse:
    """A text beside each dispute's e-mail, only where no e-mail arrives, or none at all."""
    match request.POST.get("texts"):
        case "at_once":
            alert_phones.wants_at_once(request.user, on=True)
            messages.success(request, _("You get a text as soon as a customer disagrees, beside the e-mail."))
        case "fallback":
            alert_phones.wants_at_once(request.user, on=False)
            messages.success(request, _("You get a text only where no e-mail reaches anybody."))
        case "none":
            alert_phones.forget(request.user, business=request.business)
            messages.success(request, _("Your number is forgotten. No text comes to you."))
    return redirect("own_number")


def _page(
    request: MemberRequest, *, form: OwnNumberForm | None = None, code_form: CodeForm | None = None
) -> HttpResponse:
    phone = AlertPhone.objects.filter(user=request.user).first()
    stopped = phone is not None and texting.is_stopped(phone.number, since=phone.wanted_at)
    context = {
        "phone": phone,
        "stopped": stopped,
        "is_off": texting.is_off(request.business),
        "form": form or OwnNumberForm(),
        "code_form": code_form or CodeForm(),
    }
    wrong = bool((form is not None and form.errors) or (code_form is not None and code_form.errors))
    return render(request, "desk/own_number.html", context, status=422 if wrong else 200)
