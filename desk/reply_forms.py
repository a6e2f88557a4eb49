"""What a member says an e-mail meant, once he has read it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Business
from invoices.models import Invoice
from syntharra import money


class _Invoices(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.number or obj.external_id} · {money.shown(obj.balance_money)}"


class ReplyForm(forms.Form):
    """``meaning``, and for a dispute the invoices: ticked where the customer is known, else by number."""

    OF_CUSTOMER = (
        ("nothing", _("Nothing to stop: collecting goes on")),
        ("dispute", _("They disagree: freeze what is ticked below")),
        ("paid", _("They say it is paid: pause, and look in the books")),
        ("stop", _("They want to be left alone: no contact at all")),
    )
    OF_NOBODY = (
        ("dispute", _("They disagree: freeze the invoice named below")),
        ("nothing", _("Nothing to stop")),
    )

    meaning = forms.ChoiceField(label=_("What is it?"), widget=forms.RadioSelect)
    invoices = _Invoices(
        label=_("Which invoices?"), queryset=Invoice.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    number = forms.CharField(label=_("Invoice number"), required=False, max_length=60)

    def __init__(
        self, data: Any = None, *, business: Business, known: bool, of: QuerySet[Invoice], about: Sequence[Invoice] = ()
    ) -> None:
        super().__init__(data, initial={"invoices": [invoice.pk for invoice in about]})
        self.business = business
        meaning, invoices = self.fields["meaning"], self.fields["invoices"]
        assert isinstance(meaning, forms.ChoiceField)
        assert isinstance(invoices, forms.ModelMultipleChoiceField)
        meaning.choices = self.OF_CUSTOMER if known else self.OF_NOBODY
        invoices.queryset = of
        del self.fields["number" if known else "invoices"]

    def clean(self) -> dict[str, Any]:
        """A dispute needs an invoice, and one that is there."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("meaning") != "dispute":
            return given
        if "number" in self.fields:
            number = given.get("number", "").strip()
            found = self.business.invoices.filter(number=number, books_status="open") if number else None
            if not found:
                self.add_error("number", _("No open invoice has this number."))
            else:
                given["invoices"] = found[:1]
        elif not given.get("invoices"):
            self.add_error("invoices", _("Tick the invoices it is about."))
        return given
