"""What the firm decides about looking first, as its members type it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from invoices.check_settings import LONGEST, MOST_WORDS, NotWords, tidy


class TermsForm(forms.Form):
    """When an invoice is due that does not say so itself; empty: never."""

    days = forms.IntegerField(
        label=_("Days after its date"),
        min_value=0,
        max_value=365,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class WordsForm(forms.Form):
    """One word or phrase a line."""

    words = forms.CharField(
        label=_("Words"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 7, "spellcheck": "false"}),
        max_length=MOST_WORDS * (LONGEST + 2),
    )

    def clean_words(self) -> list[str]:
        """Tidy, each once."""
        try:
            return tidy(self.cleaned_data["words"].splitlines())
        except NotWords as refused:
            limits: dict[str, Any] = {"most": MOST_WORDS, "longest": LONGEST}
            words = _("One word or phrase a line: at most %(most)d lines of %(longest)d letters.")
            raise forms.ValidationError(words % limits) from refused
