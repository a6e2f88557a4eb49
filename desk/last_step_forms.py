"""What an owner chooses for a bill on which they never agreed, as it is typed: one form for each choice."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from desk.resolve_forms import WayForm
from disputes.last_steps import Choice
from disputes.models import LastStep

Kind = LastStep.Kind


def _words(label: Any, *, required: bool) -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))


class LastStepForm(WayForm):
    """A note for the firm alone, unless the choice says otherwise."""

    words = _words(_("A note for your records"), required=False)
    to_customer: ClassVar[bool] = False

    def choice(self) -> Choice:
        """Of a form that is valid."""
        given = self.cleaned_data
        return Choice(kind=self.kind, words=given.get("words", ""), amount=given.get("amount"))


class StatementForm(LastStepForm):
    kind = Kind.STATEMENT
    words = _words(_("What you want to say at the end"), required=True)
    to_customer = True


class OfferForm(LastStepForm):
    kind = Kind.OFFER
    amount = forms.DecimalField(
        label=_("How much shall they pay?"), widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    words = _words(_("To the customer"), required=False)
    to_customer = True

    def clean_amount(self) -> Decimal:
        return self.exact("amount")


class MediationForm(LastStepForm):
    kind = Kind.MEDIATION


class CourtForm(LastStepForm):
    kind = Kind.SMALL_CLAIMS


class WriteOffForm(LastStepForm):
    kind = Kind.WRITE_OFF


class LeaveForm(LastStepForm):
    kind = Kind.LEAVE


FORMS: dict[str, type[LastStepForm]] = {
    form.kind: form for form in (StatementForm, OfferForm, MediationForm, CourtForm, WriteOffForm, LeaveForm)
}
