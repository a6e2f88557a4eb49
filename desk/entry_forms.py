"""What an owner or manager wants written into the books, as it is typed."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from integrations.abilities import Act
from invoices.models import Invoice
from syntharra import money


class LowerForm(forms.Form):
    """Owe less: how much, and the words on the credit."""

    amount = forms.DecimalField(label=_("By how much?"), widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    words = forms.CharField(
        label=_("Words on the credit"),
        help_text=_("The customer may see them. Nothing about a disagreement."),
        max_length=100,
        initial=_("Adjustment"),
    )

    def __init__(self, *args: Any, invoice: Invoice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invoice = invoice
        self.fields["amount"].help_text = _("Owed now: %(balance)s") % {"balance": money.shown(invoice.balance_money)}

    def clean_amount(self) -> Decimal:
        """Exact in the invoice's currency, above zero, no more than is owed."""
        typed: Decimal = self.cleaned_data["amount"]
        try:
            exact = money.of(typed, self.invoice.currency).amount
        except money.NotMoney as refused:
            raise forms.ValidationError(_("More decimals than the currency has.")) from refused
        if exact <= 0:
            raise forms.ValidationError(_("More than zero."))
        if exact > self.invoice.balance:
            most = {"balance": money.shown(self.invoice.balance_money)}
            raise forms.ValidationError(_("No more than is owed: %(balance)s.") % most)
        return Decimal(exact)


class WriteOffForm(forms.Form):
    """Owe nothing more: the words on the credit, where the books make one of it."""

    words = forms.CharField(
        label=_("Words for your books"),
        help_text=_("The customer may see them. Nothing about a disagreement."),
        max_length=100,
        initial=_("Bad debt"),
    )

    def __init__(self, *args: Any, invoice: Invoice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invoice = invoice


class NoteForm(forms.Form):
    """A note the customer never sees."""

    words = forms.CharField(label=_("The note"), widget=forms.Textarea(attrs={"rows": 4}), max_length=1000)

    def __init__(self, *args: Any, invoice: Invoice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invoice = invoice


FORMS: dict[str, type[LowerForm | WriteOffForm | NoteForm]] = {
    Act.LOWER: LowerForm,
    Act.WRITE_OFF: WriteOffForm,
    Act.NOTE: NoteForm,
}


class OnceForm(forms.Form):
    """The wish's own mark: pressed twice it is one, wished twice it is two."""

    once = forms.UUIDField()

    def cause(self) -> str:
        mark: UUID = self.cleaned_data["once"]
        return f"owner {mark}"
