"""How a kind of work is named on the phone, as a member types it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.trades import Trade
from invoices.spoken import LONGEST, CannotBeSpoken, tidy


class TradeForm(forms.Form):
    """What the firm does."""

    trade = forms.ChoiceField(label=_("What does your firm do?"), choices=Trade.choices)


class SpokenForm(forms.Form):
    """The words for one item, in English and in Spanish."""

    item = forms.CharField(max_length=200)
    words = forms.CharField(label=_("In English"), max_length=LONGEST, required=False)
    words_es = forms.CharField(label=_("In Spanish"), max_length=LONGEST, required=False)

    def clean_words(self) -> str:
        return _spoken(self.cleaned_data["words"])

    def clean_words_es(self) -> str:
        return _spoken(self.cleaned_data["words_es"])


def _spoken(words: str) -> str:
    try:
        return tidy(words)
    except CannotBeSpoken as refused:
        said = _("Letters and spaces only: numbers are read from your books and from nowhere else.")
        raise forms.ValidationError(said) from refused
