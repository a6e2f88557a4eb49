"""The forms of the customer's page, made from the questions of the kind he chose."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from disputes.models import Specification
from disputes.questions import FORMS, WISHES, Question
from disputes.specifying import Answers
from invoices.models import Invoice
from syntharra import money

About = Specification.About


class KindForm(forms.Form):
    """The first step: large choices in everyday words."""

    kind = forms.ChoiceField(label=_("What is wrong?"), choices=Specification.Kind.choices, widget=forms.RadioSelect)


class DetailsForm(forms.Form):
    """The second step: the questions of this kind, what it is about, what he would like, his own words."""

    def __init__(
        self, *args: Any, kind: str, invoice: Invoice, draft: Specification, shows_lines: bool = True, **kwargs: Any
    ) -> None:
        kwargs["initial"] = _initial(draft)
        super().__init__(*args, **kwargs)
        self.kind = kind
        questions = FORMS[kind].questions if kind in FORMS else ()
        for question in questions:
            self.fields[f"q_{question.name}"] = _field(question)
        self.names = [question.name for question in questions]
        lines = [(str(line.position), _line(line.item, line.description, money.of(line.amount, line.currency)))
                 for line in invoice.lines.order_by("position")] if shows_lines else []  # fmt: skip
        abouts = [choice for choice in About.choices if choice[0] != About.LINES or len(lines) > 1]
        self.fields["about"] = forms.ChoiceField(
            label=_("What is it about?"), choices=abouts, widget=forms.RadioSelect, initial=draft.about
        )
        if len(lines) > 1:
            self.fields["lines"] = forms.MultipleChoiceField(
                label=_("Which lines?"), choices=lines, widget=forms.CheckboxSelectMultiple, required=False
            )
        self.fields["amount"] = forms.DecimalField(
            label=_("Which amount?"), max_digits=14, decimal_places=2, required=False
        )
        self.fields["wished"] = forms.ChoiceField(
            label=_("What would you like?"), choices=WISHES, widget=forms.RadioSelect, required=False
        )
        self.fields["words"] = forms.CharField(
            label=_("In your own words"),
            max_length=4000,
            required=False,
            widget=forms.Textarea(attrs={"rows": 5}),
        )

    def answers(self) -> Answers:
        """Of a form that is valid."""
        given = self.cleaned_data
        return Answers(
            kind=self.kind,
            about=given["about"],
            lines=tuple(int(position) for position in given.get("lines", ())) if given["about"] == About.LINES else (),
            amount=given["amount"] if given["about"] == About.AMOUNT else None,
            answers={name: str(given.get(f"q_{name}") or "") for name in self.names},
            wished=given["wished"],
            words=given["words"],
        )


class NameForm(forms.Form):
    """An answer that counts: with the name of whoever gives it."""

    name = forms.CharField(label=_("Your name"), max_length=120)


class WordsForm(forms.Form):
    """Something to add."""

    words = forms.CharField(label=_("Write to the firm"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))


def _initial(draft: Specification) -> dict[str, Any]:
    found: dict[str, Any] = {f"q_{name}": said for name, said in draft.answers.items()}
    return found | {
        "about": draft.about,
        "lines": [str(position) for position in draft.lines],
        "amount": draft.amount,
        "wished": draft.wished,
        "words": draft.words,
    }


def _field(question: Question) -> forms.Field:
    if question.choices:
        return forms.ChoiceField(
            label=question.words, choices=question.choices, widget=forms.RadioSelect, required=False
        )
    if question.asks_date:
        return forms.DateField(
            label=question.words, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        )
    if question.asks_amount:
        return forms.DecimalField(label=question.words, max_digits=14, decimal_places=2, required=False)
    return forms.CharField(label=question.words, max_length=2000, required=False)


def _line(item: str, description: str, amount: money.Money) -> str:
    return " · ".join(part for part in (item, description[:120], money.shown(amount)) if part)
