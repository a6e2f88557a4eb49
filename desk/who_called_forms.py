"""What a stranger types on the public page."""

import phonenumbers
from django import forms
from django.utils.translation import gettext_lazy as _

_NO_NUMBER = _("This is no telephone number. Write it with its area code: (614) 555-0199.")


def _tel() -> forms.TextInput:
    return forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})


def _e164(typed: str) -> str:
    """Raises ValidationError for what is no number of this country."""
    try:
        parsed = phonenumbers.parse(typed, "US")
    except phonenumbers.NumberParseException:
        raise forms.ValidationError(_NO_NUMBER) from None
    if parsed.country_code != 1 or not phonenumbers.is_possible_number(parsed):
        raise forms.ValidationError(_NO_NUMBER)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


class CalledForm(forms.Form):
    """The number that rang."""

    number = forms.CharField(label=_("Which number called you?"), max_length=40, widget=_tel())

    def clean_number(self) -> str:
        return _e164(self.cleaned_data["number"])


class StopForm(forms.Form):
    """The telephone that is not to be called."""

    phone = forms.CharField(label=_("Your number: the one we should not call"), max_length=40, widget=_tel())
    rang = forms.CharField(
        label=_("The number that called you, if you have it"),
        help_text=_("You can then prove in a minute that the telephone is yours."),
        max_length=40,
        required=False,
        widget=_tel(),
    )

    def clean_phone(self) -> str:
        return _e164(self.cleaned_data["phone"])

    def clean_rang(self) -> str:
        typed: str = self.cleaned_data["rang"].strip()
        return _e164(typed) if typed else ""
