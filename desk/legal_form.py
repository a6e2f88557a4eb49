"""What a member enters of a date the law or a card network sets."""

from django import forms
from django.utils.translation import gettext_lazy

from disputes.clock_facts import ENTERED


class LegalDateForm(forms.Form):
    """What the date is for, the day, and a word about it."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What runs out"), choices=[(kind.value, kind.label) for kind in ENTERED]
    )
    on = forms.DateField(label=gettext_lazy("On"), widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(label=gettext_lazy("A word about it"), max_length=200, required=False)
