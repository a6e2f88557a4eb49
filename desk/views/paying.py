"""How the firm is paid: its account at the card processor, payments in parts, its own words; and payments to look at."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.middleware import MemberRequest
from desk import card_payments
from desk.doors import AT_WORK, IN_CHARGE, members_page, only_for
from integrations.errors import VendorError
from integrations.stripe import connecting, keys
from invoices import card_money, pay_settings, paying
from notifications import outbox


class PayingForm(forms.Form):
    """What holds for every customer's pay page."""

    takes_parts = forms.BooleanField(label=gettext_lazy("Customers may pay a part"), required=False)
    smallest_part = forms.DecimalField(
        label=gettext_lazy("The smallest part"),
        min_value=1,
        max_digits=10,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    how_to_pay = forms.CharField(
        label=gettext_lazy("Other ways to pay you"),
        help_text=gettext_lazy(
            "For example your bank details, or whom a check is made out to. Customers see it as it is."
        ),
        max_length=pay_settings.MOST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@require_GET
@members_page
def paying_page(request: MemberRequest) -> HttpResponse:
    """The ways customers can pay, and what came in by card and is not in the books yet."""
    return _page(request, _form(request))


def _form(request: MemberRequest) -> PayingForm:
    firm = request.business
    kept = {"takes_parts": firm.takes_parts, "smallest_part": firm.smallest_part, "how_to_pay": firm.how_to_pay}
    return PayingForm(initial=kept)


def _page(request: MemberRequest, form: PayingForm, status: int = 200) -> HttpResponse:
    context = {
        "account": connecting.connected(),
        "set_up": keys.is_set_up(),
        "form": form,
        "in_charge": request.membership.role in IN_CHARGE,
        "payments": card_payments.not_in_books(request.business),
        "with_links": request.business.invoices.open().exclude(pay_url="").count(),
    }
    return render(request, "desk/paying.html", context, status=status)


@require_POST
@members_page
def settings(request: MemberRequest) -> HttpResponse:
    only_for(request, *IN_CHARGE)
    form = PayingForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    pay_settings.keep(request.business, by=request.user, **form.cleaned_data)
    messages.success(request, _("Kept. Customers' pay pages say so from now on."))
    return redirect("paying")


@require_POST
@members_page
def look(request: MemberRequest) -> HttpResponse:
    """Ask the processor how the account stands."""
    only_for(request, *IN_CHARGE)
    account = connecting.connected()
    if account is not None:
        try:
            connecting.look(account)
        except VendorError:
            messages.error(request, _("Stripe does not answer just now. Please try again in a few minutes."))
        else:
            if account.charges_enabled:
                messages.success(request, _("Stripe lets you take payments."))
            else:
                messages.warning(request, _("Stripe still needs something from you before it takes payments."))
    return redirect("paying")


@require_POST
@members_page
def disconnect(request: MemberRequest) -> HttpResponse:
    """Nobody pays by card from here on; open pages are ended, then the permission is given back."""
    only_for(request, *IN_CHARGE)
    account = connecting.connected()
    if account is not None:
        ended = 0
        with transaction.atomic():
            if connecting.end(account, by=request.user.email):
                ended = paying.stop_all(account, why="the account was let go")
                outbox.owe(outbox.Act(kind="let_go_of_cards", key=str(account.pk)))
        said = _("Cards are no longer taken. What was paid stays yours and on record.")
        also = _("Open payment pages are being closed.") if ended else ""
        messages.success(request, f"{said} {also}".strip())
    return redirect("paying")


@require_POST
@members_page
def looked_after(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Somebody has seen to a payment that we cannot enter."""
    only_for(request, *AT_WORK)
    found = get_object_or_404(request.business.cardpayments, pk=pk)
    card_money.looked_after(found.pk, by=request.user)
    messages.success(request, _("Noted. Your books say from here on what is owed."))
    return redirect("paying")
