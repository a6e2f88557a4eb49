"""What a member types or chooses on the desk's pages."""

from collections.abc import Iterable
from typing import Any

import phonenumbers
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.trades import Trade
from disputes.models import Claim
from integrations.models import Connection
from integrations.reminders import OFF, ON


class InvoiceFilter(forms.Form):
    """The sentence above the invoices. What is not understood is left out, never an error."""

    SHOW = (
        ("open", _("open invoices")),
        ("overdue", _("overdue invoices")),
        ("frozen", _("frozen invoices")),
        ("paused", _("paused invoices")),
        ("promised", _("promised invoices")),
        ("left", _("your decision")),
        ("paid", _("paid invoices")),
        ("all", _("all invoices")),
    )
    AGE = (
        ("", _("of any age")),
        ("current", _("not due yet")),
        ("1-30", _("1-30 days past due")),
        ("31-60", _("31-60 days past due")),
        ("61-90", _("61-90 days past due")),
        ("90+", _("over 90 days past due")),
    )
    OVER = (("", _("of any amount")), ("200", _("over 200")), ("1000", _("over 1,000")), ("5000", _("over 5,000")))
    SORT = (
        ("due_on", _("oldest first")),
        ("-balance", _("largest first")),
        ("customer__name", _("customer")),
        ("number", _("number")),
    )
    show = forms.ChoiceField(choices=SHOW, required=False)
    age = forms.ChoiceField(choices=AGE, required=False)
    over = forms.ChoiceField(choices=OVER, required=False)
    sort = forms.ChoiceField(choices=SORT, required=False)
    q = forms.CharField(required=False, max_length=100)

    def chosen(self) -> dict[str, str]:
        """What holds: the valid choices, with the usual ones where nothing was chosen."""
        self.is_valid()
        usual = {"show": "open", "age": "", "over": "", "sort": "due_on", "q": ""}
        return usual | {name: value for name, value in self.cleaned_data.items() if value}


class CustomerFilter(forms.Form):
    SHOW = (("owing", _("who owe")), ("overdue", _("past due")), ("all", _("all customers")))
    q = forms.CharField(required=False, max_length=100)
    show = forms.ChoiceField(choices=SHOW, required=False)

    def chosen(self) -> dict[str, str]:
        self.is_valid()
        return {"q": "", "show": "owing"} | {name: value for name, value in self.cleaned_data.items() if value}


class DisputeForm(forms.Form):
    """They told the firm: it freezes just the same."""

    words = forms.CharField(
        label=_("What did they say?"),
        help_text=_("In their own words, as far as you remember. It stays with the invoice."),
        widget=forms.Textarea,
        max_length=4000,
    )
    reason = forms.ChoiceField(
        label=_("What is wrong, as far as you know?"),
        choices=Claim.Reason.choices,
        initial=Claim.Reason.OTHER_VAGUE,
    )
    urgent = forms.BooleanField(label=_("It sounds dangerous: gas, flood, no heat, sewage, sparks"), required=False)


class ReasonForm(forms.Form):
    """Why something that protects a customer ends."""

    reason = forms.CharField(
        label=_("Why?"), help_text=_("It stays on record with your name."), widget=forms.Textarea, max_length=300
    )


ZONES = (
    ("America/New_York", _("Eastern (New York)")),
    ("America/Chicago", _("Central (Chicago)")),
    ("America/Denver", _("Mountain (Denver)")),
    ("America/Phoenix", _("Mountain without summer time (Phoenix)")),
    ("America/Los_Angeles", _("Pacific (Los Angeles)")),
    ("America/Anchorage", _("Alaska (Anchorage)")),
    ("Pacific/Honolulu", _("Hawaii (Honolulu)")),
)


class ConsentForm(forms.Form):
    """Why these customers may be called with an artificial voice, in the firm's own words."""

    wording = forms.CharField(
        label=_("How did your customers give you their numbers?"),
        help_text=_("Change it until it is true for your business. It stays on record with your name."),
        widget=forms.Textarea,
        max_length=300,
    )
    sure = forms.BooleanField(label=_("This is true, and I may say it for the business"))

    def __init__(self, *args: Any, unanswered: Iterable[Connection] = (), **kwargs: Any) -> None:
        """``unanswered``: books of which nobody has said whether they send reminders; none goes live without."""
        super().__init__(*args, **kwargs)
        self.asked = {self._name(books): books for books in unanswered}
        self.fields |= {name: self._question(books) for name, books in self.asked.items()}
        self.order_fields(["wording", *self.asked, "sure"])

    def reminders(self) -> list[tuple[Connection, str]]:
        """What was said about each of them: ``on`` or ``off``."""
        return [(books, self.cleaned_data[name]) for name, books in self.asked.items()]

    @staticmethod
    def _name(books: Connection) -> str:
        return f"reminders_{books.pk}"

    @staticmethod
    def _question(books: Connection) -> forms.ChoiceField:
        vendor = {"vendor": books.get_provider_display()}
        return forms.ChoiceField(
            label=gettext("Does %(vendor)s send reminders or add late fees by itself?") % vendor,
            help_text=gettext("Your customers should hear one voice. “Your books” says where to turn theirs off."),
            choices=[
                ("", gettext("Please choose")),
                (OFF, gettext("No, they are off")),
                (ON, gettext("Yes, they are on")),
            ],
        )


class BusinessForm(forms.Form):
    """What we must know before anything else; the rest comes from the books."""

    name = forms.CharField(label=_("Name of the business"), max_length=120, help_text=_("For example, Ava's Plumbing."))
    trade = forms.ChoiceField(
        label=_("What does it do?"),
        choices=[("", _("Please choose")), *Trade.choices],
        help_text=_("It decides what the agent may say of the work behind an invoice."),
    )
    time_zone = forms.ChoiceField(label=_("Where it is"), choices=ZONES)
    dispute_contact = forms.CharField(
        label=_("Who answers when a customer disagrees?"),
        max_length=120,
        help_text=_("Their name stands in the letter the customer gets."),
    )
    dispute_phone = forms.CharField(label=_("At what number?"), max_length=40, help_text=_("With area code."))
    dispute_hours = forms.CharField(label=_("When?"), max_length=120, initial=_("Monday to Friday, 8 to 5"))

    def clean_dispute_phone(self) -> str:
        """E.164, so that it can be dialed and spoken."""
        typed: str = self.cleaned_data["dispute_phone"]
        try:
            parsed = phonenumbers.parse(typed, "US")
        except phonenumbers.NumberParseException:
            parsed = None
        if parsed is None or not phonenumbers.is_possible_number(parsed):
            raise forms.ValidationError(_("This is no telephone number. Write it with its area code: (614) 555-0199."))
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)

    def facts(self) -> dict[str, Any]:
        """The fields of a business."""
        return {**self.cleaned_data, "callback_number": self.cleaned_data["dispute_phone"]}
