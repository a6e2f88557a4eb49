"""What members type about texts: that a customer agreed to them, their own number, and the code that was texted there."""

from datetime import date
from typing import Any

import phonenumbers
from django import forms
from django.utils.translation import gettext_lazy as _

from integrations.models import PhoneLine

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class TextConsentForm(forms.Form):
    """The customer agreed to be texted on a number: who said so, when, where it is written."""

    number = forms.ChoiceField(label=_("Which number?"))
    given_by = forms.CharField(label=_("Who agreed?"), max_length=120)
    given_on = forms.DateField(label=_("When?"), widget=_DAY)
    basis = forms.CharField(
        label=_("Where is it written, and in which words?"),
        help_text=_("Such as: ticked “You may text me about this job” on work order 1184."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, numbers: list[tuple[str, str]], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["number"].choices = numbers  # type: ignore[attr-defined]

    def clean_given_on(self) -> date:
        on: date = self.cleaned_data["given_on"]
        if on > self.today:
            raise forms.ValidationError(_("That day is still to come."))
        return on


class OwnNumberForm(forms.Form):
    """A member's own telephone, for texts to him alone."""

    phone = forms.CharField(
        label=_("Your own mobile number"),
        help_text=_("With area code. We text a code there; nothing else comes before you have typed it here."),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )

    def clean_phone(self) -> str:
        try:
            parsed = phonenumbers.parse(self.cleaned_data["phone"], "US")
        except phonenumbers.NumberParseException:
            parsed = None
        if parsed is None or not phonenumbers.is_possible_number(parsed) or parsed.country_code != 1:
            raise forms.ValidationError(_("This is no telephone number. Write it with its area code: (614) 555-0199."))
        number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        if PhoneLine.objects.filter(number=number, released_at=None).exists():
            raise forms.ValidationError(_("That is the firm's own number: give one that is in your pocket."))
        return number


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("The code we texted you"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
