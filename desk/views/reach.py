"""When, where and by which number one customer may be reached: consents, what they said, the notices they are owed."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_POST

from accounts.middleware import MemberRequest
from compliance import texting
from compliance.models import Consent, Statement, StopKind
from compliance.rulebook import RuleBook
from compliance.services import confirm_consent, stop
from compliance.statements import CannotState, end_statement, state
from desk.doors import AT_WORK, members_page, only_for
from desk.reach import consents_of, notices_of, numbers_of, statements_of, stops_of, text_consents_of
from desk.reach_forms import ConfirmationForm, EndingForm, LawyerForm, PostingForm, StatementForm, StopForm
from desk.standing import today
from desk.text_forms import TextConsentForm
from desk.views.acknowledgement import as_pdf
from disputes import attorneys
from disputes.acknowledging import envelope
from invoices import notices, number_checks
from invoices.models import Customer, ValidationNotice
from invoices.services import hold_customer
from notifications import paper


@require_GET
@members_page
def reach(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Everything that says when, where and by which number this customer may be reached."""
    found: Customer = get_object_or_404(request.business.customers, pk=pk)
    return page_of(request, found)


@require_POST
@members_page
def new_statement(request: MemberRequest, pk: UUID) -> HttpResponse:
    """The customer told the firm when or where not: it binds from now on."""
    only_for(request, *AT_WORK)
    found: Customer = get_object_or_404(request.business.customers, pk=pk)
    form = StatementForm(request.POST, numbers=numbers_of(found))
    if not form.is_valid():
        return page_of(request, found, statement_form=form)
    try:
        with transaction.atomic():
            hold_customer(found.pk)
            state(found.pk, source="member", by=request.user.email, **form.said())
    except CannotState as refused:
        form.add_error(None, str(refused))
        return page_of(request, found, statement_form=form)
    messages.success(request, _("On record. It binds from the next call on."))
    return redirect("reach", pk=found.pk)


@require_POST
@members_page
def end_statement_of(request: MemberRequest, pk: UUID) -> HttpResponse:
    """They said something else since."""
    only_for(request, *AT_WORK)
    told = get_object_or_404(Statement.objects.filter(business=request.business), pk=pk)
    form = EndingForm(request.POST)
    if form.is_valid():
        with transaction.atomic():
            hold_customer(told.customer_id)
            end_statement(told.pk, by=request.user.email, reason=form.cleaned_data["reason"])
    else:
        messages.error(request, _("What did they say since? It belongs on record."))
    return redirect("reach", pk=told.customer_id)


@require_POST
@members_page
def new_stop(request: MemberRequest, pk: UUID) -> HttpResponse:
    """They told the firm to stop. Anybody here may put it on record, and it binds at once, everywhere."""
    found: Customer = get_object_or_404(request.business.customers, pk=pk)
    form = StopForm(request.POST, numbers=numbers_of(found))
    if not form.is_valid():
        return page_of(request, found, stop_form=form)
    given = form.cleaned_data
    with transaction.atomic():
        hold_customer(found.pk)
        numbers = [given["number"]] if given["number"] else [number for number, _words in numbers_of(found)] or [""]
        for number in numbers:
            stop(
                found.pk,
                StopKind(given["kind"]),
                number=number,
                words=given["words"],
                source="member",
                by=request.user.email,
            )
    messages.success(request, _("On record, and it binds at once."))
    return redirect("reach", pk=found.pk)


@require_POST
@members_page
def lawyer(request: MemberRequest, pk: UUID) -> HttpResponse:
    """A lawyer acts for them: from now on he alone is written to, and about disputes only."""
    only_for(request, *AT_WORK)
    found: Customer = get_object_or_404(request.business.customers, pk=pk)
    form = LawyerForm(request.POST)
    if not form.is_valid():
        return page_of(request, found, lawyer_form=form)
    try:
        attorneys.enter(found.pk, by=request.user, **form.cleaned_data)
    except attorneys.CannotEnter as refused:
        form.add_error(None, str(refused))
        return page_of(request, found, lawyer_form=form)
    messages.success(request, _("On record. What is about a dispute goes to the lawyer from now on."))
    return redirect("reach", pk=found.pk)


@require_POST
@members_page
def confirm(request: MemberRequest, pk: UUID) -> HttpResponse:
    """The customer said that the number is still his."""
    only_for(request, *AT_WORK)
    consent = get_object_or_404(Consent.objects.filter(business=request.business, revoked_at=None), pk=pk)
    form = ConfirmationForm(request.POST, today=today())
    if form.is_valid():
        with transaction.atomic():
            hold_customer(consent.customer_id)
            confirm_consent(consent.pk, on=form.cleaned_data["on"], how=form.cleaned_data["how"], by=request.user.email)
        messages.success(request, _("Confirmed."))
    else:
        problems = [str(problem) for found in form.errors.values() for problem in found]
        messages.error(request, " ".join(problems))
    return redirect("reach", pk=consent.customer_id)


@require_POST
@members_page
def ask_number(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Ask the customer by e-mail whether the number is still his."""
    only_for(request, *AT_WORK)
    consent = get_object_or_404(Consent.objects.filter(business=request.business, revoked_at=None), pk=pk)
    try:
        number_checks.ask(consent.pk)
    except number_checks.NobodyToAsk:
        messages.error(
            request, _("Your books have no e-mail address to ask at. Ask them another way, and confirm it here.")
        )
    else:
        messages.success(request, _("Asked. Their answer stands here as soon as they give it."))
    return redirect("reach", pk=consent.customer_id)


@require_GET
@csp_override({"default-src": [CSP.NONE], "style-src": [CSP.UNSAFE_INLINE], "frame-ancestors": [CSP.NONE]})
@members_page
def notice(request: MemberRequest, pk: UUID) -> HttpResponse:
    """The notice as it was sent, or as it would be printed today: a page of its own, to be printed."""
    found = get_object_or_404(ValidationNotice.objects.filter(business=request.business), pk=pk)
    return HttpResponse(notices.page(found))


@require_GET
@members_page
def notice_pdf(request: MemberRequest, pk: UUID) -> HttpResponse:
    """The same on paper: US Letter, the address where a window envelope shows it."""
    found = get_object_or_404(
        ValidationNotice.objects.filter(business=request.business).select_related("customer"), pk=pk
    )
    page = paper.with_head(notices.page(found), business=request.business, address=envelope(found.customer))
    return as_pdf(paper.pdf(page), name=f"notice-{found.owed_at:%Y-%m-%d}")


@require_POST
@members_page
def posting(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Somebody put the printed notice in the mail."""
    only_for(request, *AT_WORK)
    found = get_object_or_404(ValidationNotice.objects.filter(business=request.business), pk=pk)
    form = PostingForm(request.POST, owed_on=timezone.localtime(found.owed_at).date(), today=today())
    if form.is_valid():
        with transaction.atomic():
            hold_customer(found.customer_id)
            notices.posted(found.pk, on=form.cleaned_data["on"], by=request.user.email)
        messages.success(request, _("On record. Calls may go on when every other rule allows them."))
    else:
        messages.error(request, _("A day between the conversation and today belongs here."))
    return redirect("reach", pk=found.customer_id)


def page_of(
    request: MemberRequest,
    customer: Customer,
    *,
    statement_form: StatementForm | None = None,
    stop_form: StopForm | None = None,
    text_form: TextConsentForm | None = None,
    lawyer_form: LawyerForm | None = None,
) -> HttpResponse:
    numbers = numbers_of(customer)
    context = {
        "title": _("Reaching %(name)s") % {"name": customer.name},
        "above": [
            (_("Customers"), reverse("customers")),
            (customer.name, reverse("customer", args=[customer.pk])),
        ],
        "customer": customer,
        "consents": consents_of(customer, today()),
        "consent_days": RuleBook.load().file.consent_age.days,
        "statements": statements_of(customer),
        "stops": stops_of(customer),
        "notices": notices_of(customer),
        "today": today(),
        "statement_form": statement_form or StatementForm(numbers=numbers),
        "stop_form": stop_form or StopForm(numbers=numbers),
        "texts": text_consents_of(customer),
        "texts_off": texting.is_off(request.business),
        "text_form": text_form or TextConsentForm(numbers=numbers, today=today()),
        "lawyer_form": lawyer_form
        or LawyerForm(initial={"name": customer.attorney_name, "email": customer.attorney_email}),
        "may_record": request.membership.role in AT_WORK,
    }
    return render(request, "desk/reach.html", context, status=200)
