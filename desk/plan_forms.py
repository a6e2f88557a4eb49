"""A payment plan as it is typed: so many installments in a rhythm, with or without a down payment; or days and amounts of one's own."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from desk.resolve_forms import FORMS, WayForm
from disputes import resolving
from disputes.models import Resolution
from disputes.resolving import Plan
from invoices.models import Invoice
from invoices.plan_rules import MOST, BadPlan, Part, checked, split
from invoices.plans import words_for

EVERY = (("week", _("every week")), ("two_weeks", _("every two weeks")), ("month", _("every month")))
_LINE = re.compile(r"(\d{4}-\d\d-\d\d)[\s:,;]+\$?([\d,]+(?:\.\d+)?)")


class TermsFields(forms.Form):
    """What is owed is known by the form that uses these."""

    count = forms.IntegerField(label=_("How many installments?"), min_value=1, max_value=MOST, initial=3)
    every = forms.ChoiceField(label=_("How often?"), choices=EVERY, initial="month", widget=forms.RadioSelect)
    first_on = forms.DateField(
        label=_("The first is due on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    down = forms.DecimalField(
        label=_("Down payment"),
        help_text=_("Due on the first possible day."),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    own = forms.CharField(
        label=_("Or days and amounts of your own"),
        help_text=_("One a line, such as 2026-12-15 200.00. Then the rhythm above does not count."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    how = forms.CharField(
        label=_("Agreed with whom, and how?"), help_text=_("For example: Ana Reyes, on the phone."), max_length=200
    )

    def parts_of(self, total: Decimal, currency: str, *, earliest: date) -> tuple[Part, ...]:
        """The installments, exact to the cent. Adds an error and gives none where they cannot be."""
        given = self.cleaned_data
        try:
            found: Sequence[Part]
            if given.get("own", "").strip():
                found = self._own(given["own"])
            else:
                found = split(
                    total,
                    currency,
                    count=given["count"],
                    every=given["every"],
                    first_on=given["first_on"],
                    down=given.get("down") or Decimal(0),
                    down_on=earliest,
                )
            return tuple(checked(found, total, currency, earliest=earliest))
        except BadPlan as bad:
            self.add_error(None, words_for(bad, total, currency))
        except forms.ValidationError as refused:
            self.add_error("own", refused)
        except KeyError:
            pass  # a field above has its own error
        return ()

    def _own(self, text: str) -> list[Part]:
        found = []
        for line in filter(None, (line.strip() for line in text.splitlines())):
            match = _LINE.fullmatch(line)
            try:
                if match is None:
                    raise ValueError(line)
                found.append(Part(date.fromisoformat(match[1]), Decimal(match[2].replace(",", ""))))
            except (ValueError, InvalidOperation) as refused:
                words = now_("“%(line)s” is no day with an amount, such as 2026-12-15 200.00.")
                raise forms.ValidationError(words % {"line": line[:60]}) from refused
        return sorted(found, key=lambda part: part.due_on)


class NewPlanForm(TermsFields):
    """For one or several invoices of a customer."""

    invoices = forms.MultipleChoiceField(label=_("For which invoices?"), widget=forms.CheckboxSelectMultiple)
    field_order = ("invoices", "count", "every", "first_on", "down", "own", "how")

    def __init__(
        self, *args: Any, choices: list[tuple[str, str]], rows: dict[str, Invoice], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["invoices"].choices = choices  # type: ignore[attr-defined]
        self.fields["invoices"].initial = [key for key, _words in choices]
        self.rows, self.today = rows, today
        self.parts: tuple[Part, ...] = ()

    def chosen(self) -> list[Invoice]:
        return [self.rows[key] for key in self.cleaned_data["invoices"]]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        invoices = [self.rows[key] for key in found.get("invoices", ())]
        if len({invoice.currency for invoice in invoices}) > 1:
            self.add_error("invoices", now_("These invoices are in several currencies: make a plan for each."))
        elif invoices:
            total = sum((invoice.balance for invoice in invoices), Decimal(0))
            self.parts = self.parts_of(total, invoices[0].currency, earliest=self.today)
        return found


class PlanWayForm(TermsFields, WayForm):
    """As the end of a dispute: nothing is due before the grace is over."""

    kind = Resolution.Kind.PLAN

    def __init__(self, *args: Any, invoice: Invoice, **kwargs: Any) -> None:
        super().__init__(*args, invoice=invoice, **kwargs)
        self.earliest = resolving.first_payment_on(invoice)
        self.fields["first_on"].initial = self.earliest + timedelta(days=10)
        self.parts: tuple[Part, ...] = ()

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        self.parts = self.parts_of(self.invoice.balance, self.invoice.currency, earliest=self.earliest)
        return found

    def plan(self) -> Plan:
        return Plan(kind=self.kind, words=self.cleaned_data["how"], parts=self.parts)


#: Every way of ending a dispute, the plan before what leads out of collection.
WAYS: dict[str, type[WayForm]] = {}
for _kind, _form in FORMS.items():
    if _kind == Resolution.Kind.PLAIN_QUESTION:
        WAYS[PlanWayForm.kind] = PlanWayForm
    WAYS[_kind] = _form
