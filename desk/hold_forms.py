"""Holds and what to do with old or used-up invoices, as a member types and chooses them."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from django import forms
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Business
from invoices.models import Customer, Invoice
from syntharra import clock


class HoldForm(forms.Form):
    """Whom or what we leave alone, why, and for how long."""

    WHAT = (
        ("customer", _("A customer")),
        ("invoice", _("One invoice")),
        ("number", _("A phone number")),
        ("business", _("Everybody: no calls of ours at all")),
    )
    HOW_LONG = (
        ("open", _("Until somebody lifts it")),
        ("date", _("Through a date")),
        ("never", _("For good: this customer is never called")),
    )
    what = forms.ChoiceField(label=_("What is on hold?"), choices=WHAT, initial="customer", widget=forms.RadioSelect)
    which = forms.CharField(
        label=_("Which one?"),
        help_text=_("The customer's name, the invoice's number, or the phone number."),
        required=False,
        max_length=200,
    )
    reason = forms.CharField(label=_("Why?"), help_text=_("Whoever sees it later wants to know."), max_length=200)
    how_long = forms.ChoiceField(label=_("For how long?"), choices=HOW_LONG, initial="open", widget=forms.RadioSelect)
    through = forms.DateField(label=_("Through"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, business: Business, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.business = business
        self.customer: Customer | None = None
        self.invoice: Invoice | None = None
        self.number = ""
        self.given: tuple[Customer | None, Invoice | None] = (None, None)

    def fixed(self, *, customer: Customer | None, invoice: Invoice | None) -> None:
        """Which one is known by the page that led here, while its name is left as it is."""
        self.given = customer, invoice

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        which = (found.get("which") or "").strip()
        customer, invoice = self.given
        match found.get("what"):
            case "customer":
                same = customer is not None and customer.name == which
                by_name = self.business.customers.filter(name__iexact=which)
                self.customer = customer if same else self._one(by_name, which)
            case "invoice":
                same = invoice is not None and invoice.number == which
                by_number = self.business.invoices.filter(number__iexact=which)
                self.invoice = invoice if same else self._one(by_number, which)
            case "number":
                self.number = self._phone(which)
        if found.get("how_long") == "never" and found.get("what") != "customer":
            self.add_error("how_long", _("Only a customer can be on the list of those never called."))
        if found.get("how_long") == "date":
            self._check_through(found.get("through"))
        return found

    @property
    def until(self) -> datetime | None:
        """The first moment after the hold, where the firm is; None for an open one."""
        if self.cleaned_data.get("how_long") != "date":
            return None
        day: date = self.cleaned_data["through"] + timedelta(days=1)
        return datetime.combine(day, time(), ZoneInfo(self.business.time_zone))

    def _one[M: Model](self, rows: QuerySet[M], which: str) -> M | None:
        listed = list(rows[:2]) if which else []
        if len(listed) == 1:
            return listed[0]
        if listed:
            self.add_error("which", _("There are several of that name. Open the right one, and put it on hold there."))
        else:
            self.add_error("which", _("Nothing of that name is in your books. Check the spelling."))
        return None

    def _phone(self, which: str) -> str:
        try:
            number = phonenumbers.parse(which, self.business.country)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            self.add_error("which", _("Enter a whole phone number, such as (614) 555-0123."))
            return ""
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def _check_through(self, through: date | None) -> None:
        if through is None:
            self.add_error("through", _("Choose the last day of the hold."))
        elif through < clock.today(self.business.time_zone):
            self.add_error("through", _("Choose a day that is still to come."))


class MinimumForm(forms.Form):
    """The smallest balance to call about."""

    amount = forms.DecimalField(
        label=_("Call from this balance on"),
        min_value=0,
        max_digits=10,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 8}),
    )


class FinalForm(forms.Form):
    """What becomes of an invoice after its last call."""

    CHOICES = (
        ("email", _("Send a last letter by e-mail")),
        ("paper", _("Print a last letter and post it")),
        ("leave", _("Leave it as it is")),
        ("small_claims", _("Go on at the small claims court")),
        ("write_off", _("Write it off in the books")),
    )
    choice = forms.ChoiceField(label=_("What now?"), choices=CHOICES, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("A note for your records"),
        help_text=_("Only your firm sees it."),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
