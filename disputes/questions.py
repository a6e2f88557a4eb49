"""What is asked of a customer for each kind of disagreement, what helps to prove it, and which ends he may wish for. Data.

Everyday words: he answers on a phone, in two minutes. Answers are kept by the name of the question.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from disputes.track_models import Specification

Kind = Specification.Kind


@dataclass(frozen=True)
class Question:
    """``choices`` empty: answered in his own words. ``asks_date`` and ``asks_amount`` make the field of that form."""

    name: str
    words: Any
    choices: tuple[tuple[str, Any], ...] = ()
    asks_date: bool = False
    asks_amount: bool = False


@dataclass(frozen=True)
class Form:
    """The questions of one kind and what to attach."""

    questions: tuple[Question, ...]
    evidence: tuple[Any, ...]


YES_NO = (("yes", _("Yes")), ("no", _("No")), ("dont_know", _("I don't know")))
CONSENTED = (
    ("in_writing", _("Yes, in writing")),
    ("by_word", _("Yes, by word")),
    ("no", _("No")),
    ("dont_know", _("I don't know")),
)
MAY_COME = (("yes", _("Yes, somebody may come and look")), ("call_first", _("Call me first")), ("no", _("No")))

FORMS: dict[str, Form] = {
    Kind.SCOPE: Form(
        (
            Question("which_work", _("Which work did you not ask for?")),
            Question("said_yes", _("Did you say yes to the extra work?"), CONSENTED),
            Question("agreed_scope", _("What was agreed instead?")),
        ),
        (_("The estimate or order you signed"), _("Messages in which the work was agreed")),
    ),
    Kind.AMOUNT: Form(
        (
            Question("expected", _("What should it have been?"), asks_amount=True),
            Question("from_where", _("Where is that figure from?"), (
                ("estimate", _("A written estimate")), ("by_word", _("What somebody told me")),
                ("list_price", _("A price list or an earlier bill")), ("counted", _("I counted hours or quantities")),
                ("other", _("Something else")),
            )),
            Question("which_part", _("Which part is off: price, hours, quantity, tax, discount?")),
        ),
        (_("The estimate or quote"), _("An earlier bill or the price list"), _("Your own count of hours or quantities")),
    ),
    Kind.QUALITY: Form(
        (
            Question("what_is_wrong", _("What is not right?")),
            Question("since", _("Since when?"), asks_date=True),
            Question("told_firm", _("Have you told the firm?"), YES_NO),
            Question("may_come", _("May somebody come and look at it?"), MAY_COME),
        ),
        (_("Photos of what is not right"), _("A report or an estimate of somebody else")),
    ),
    Kind.TERMS: Form(
        (
            Question("which_terms", _("What was agreed?"), (
                ("later", _("It is due later")), ("warranty", _("It is under warranty")),
                ("canceled", _("It was canceled")), ("free", _("It was to be free")), ("other", _("Something else")),
            )),
            Question("due_on", _("When is it due, as you see it?"), asks_date=True),
            Question("where_agreed", _("Where was that agreed?")),
        ),
        (_("The contract, order or warranty"), _("Messages about it")),
    ),
    Kind.DUPLICATE: Form(
        (Question("other_bill", _("Which other bill, credit or note is it on?")),),
        (_("The other bill or the credit"),),
    ),
    Kind.NOT_RECEIVED: Form(
        (
            Question("ordered", _("Did you or somebody with you order it?"), YES_NO),
            Question("what_came", _("What came, if anything?")),
        ),
        (_("Delivery notes or messages"),),
    ),
    Kind.IDENTITY: Form(
        (
            Question("who", _("Who owes it, as far as you know?")),
            Question("why_you", _("Why might it have come to you?")),
        ),
        (_("A paper that shows it, such as a bill of sale or a lease"),),
    ),
    Kind.PAID: Form(
        (
            Question("how", _("How did you pay?"), (
                ("check", _("By check")), ("card", _("By card")), ("transfer", _("By bank transfer")),
                ("cash", _("In cash")), ("other", _("Another way")),
            )),
            Question("when", _("When?"), asks_date=True),
            Question("reference", _("Check number or reference")),
        ),
        (_("A photo of the check, receipt or bank statement"),),
    ),
    Kind.OTHER: Form((), (_("Anything that helps to understand it"),)),
}  # fmt: skip

WISHES: tuple[tuple[str, Any], ...] = (
    ("credit", _("Take something off the bill")),
    ("fix", _("Come and put it right")),
    ("papers", _("Show me the papers")),
    ("cancel", _("Take the bill back")),
    ("talk", _("Call me about it")),
    ("dont_know", _("I don't know yet")),
)


def in_words(specification: Specification) -> str:
    """The form as sentences, for the firm and the record."""
    form = FORMS.get(specification.kind)
    parts = [str(specification.get_kind_display())] if specification.kind else []
    for question in form.questions if form else ():
        given = specification.answers.get(question.name, "")
        if given:
            parts.append(f"{question.words} {dict(question.choices).get(given, given)}")
    if specification.words:
        parts.append(specification.words)
    return "\n".join(parts)
