"""The forms about the firm's numbers: whom to ring when a customer asks for a person, and where a new number is from."""

import phonenumbers
from django import forms
from django.utils.translation import gettext_lazy as _

from integrations.models import PhoneLine


class AreaForm(forms.Form):
    """Where a new number should be from."""

    area = forms.RegexField(
        r"^[2-9][0-9]{2}$",
        label=_("Area code"),
        help_text=_("Three digits. Customers pick up a number from around their corner more readily."),
        error_messages={"invalid": _("An area code has three digits, such as 614.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": "3", "size": "4"}),
    )


class PersonForm(forms.Form):
    """The telephone of a person of the firm. Empty: nobody is rung, and a call-back is promised instead."""

    phone = forms.CharField(
        label=_("Whose telephone rings when a customer asks for a person?"),
        help_text=_("With area code. It rings in your calling hours, Monday to Friday; else we promise a call back."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )

    def clean_phone(self) -> str:
        typed: str = self.cleaned_data["phone"].strip()
        if not typed:
            return ""
        try:
            parsed = phonenumbers.parse(typed, "US")
        except phonenumbers.NumberParseException:
            parsed = None
        if parsed is None or not phonenumbers.is_possible_number(parsed) or parsed.country_code != 1:
            raise forms.ValidationError(_("This is no telephone number. Write it with its area code: (614) 555-0199."))
        number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        if PhoneLine.objects.filter(number=number, released_at=None).exists():
            raise forms.ValidationError(_("That is a number we answer ourselves: give one where a person picks up."))
        return number
