"""How a member wants a dispute to end, as it is typed: one form for each way."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from disputes.models import Resolution
from disputes.resolving import Plan
from invoices.models import Invoice
from syntharra import money

Kind = Resolution.Kind


class WayForm(forms.Form):
    """``once`` is set on the second page, where the member confirms."""

    kind: ClassVar[str] = ""
    to_customer: ClassVar[bool] = False  # its words leave as they stand

    def __init__(self, *args: Any, invoice: Invoice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invoice = invoice

    def exact(self, name: str) -> Decimal:
        """An amount in the invoice's currency, to the smallest coin, above zero."""
        try:
            typed = money.of(self.cleaned_data[name], self.invoice.currency).amount
        except money.NotMoney as refused:
            raise forms.ValidationError(_("More decimals than the currency has.")) from refused
        if typed <= 0:
            raise forms.ValidationError(_("More than zero."))
        return Decimal(typed)

    def plan(self) -> Plan:
        """Of a form that is valid."""
        given = self.cleaned_data
        return Plan(
            kind=self.kind,
            lowered_by=given.get("lowered_by"),
            agreed=given.get("agreed"),
            words=given.get("words", ""),
            visit_on=given.get("visit_on"),
        )


def _amount(label: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, widget=forms.TextInput(attrs={"inputmode": "decimal"}))


def _words(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=4000, help_text=help_text, widget=forms.Textarea(attrs={"rows": 4})
    )


class CreditForm(WayForm):
    kind = Kind.CREDIT_MEMO
    lowered_by = _amount(_("By how much?"))

    def clean_lowered_by(self) -> Decimal:
        return self.exact("lowered_by")


class RevisedForm(WayForm):
    kind = Kind.REVISED_INVOICE
    agreed = forms.DecimalField(
        label=_("What will be owed then?"), widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )

    def clean_agreed(self) -> Decimal:
        return self.exact("agreed")


class SettlementForm(WayForm):
    kind = Kind.SETTLEMENT
    to_customer = True
    agreed = _amount(_("How much shall they pay?"))
    words = _words(_("To the customer"), required=False)

    def clean_agreed(self) -> Decimal:
        return self.exact("agreed")


class BillStandsForm(WayForm):
    kind = Kind.BILL_STANDS
    to_customer = True
    words = _words(
        _("Your answer, point by point"),
        help_text=_("They get it as it stands here, with ten days to agree or to say no."),
    )


class PlainQuestionForm(WayForm):
    kind = Kind.PLAIN_QUESTION
    words = _words(_("To the customer"), required=False)


class ReworkForm(WayForm):
    kind = Kind.REWORK
    to_customer = True
    visit_on = forms.DateField(label=_("Who comes when?"), widget=forms.DateInput(attrs={"type": "date"}))
    words = _words(_("To the customer"), required=False)


class MediationForm(WayForm):
    kind = Kind.MEDIATION
    words = _words(_("Why?"))


class SmallClaimsForm(WayForm):
    kind = Kind.SMALL_CLAIMS
    words = _words(_("Why?"))


class WriteOffForm(WayForm):
    kind = Kind.WRITE_OFF
    words = _words(_("Why?"))


FORMS: dict[str, type[WayForm]] = {
    form.kind: form
    for form in (
        CreditForm, RevisedForm, SettlementForm, ReworkForm, PlainQuestionForm, BillStandsForm, MediationForm, SmallClaimsForm, WriteOffForm
    )
}  # fmt: skip


class WordsForm(forms.Form):
    """An answer to the customer, or a note."""

    words = forms.CharField(label=_("Write"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 5}))


class MoreTimeForm(forms.Form):
    """More time to decide, once."""

    days = forms.IntegerField(label=_("How many business days more?"), min_value=1, max_value=10, initial=3)
    because = forms.CharField(label=_("Why? The customer is told."), max_length=300)
