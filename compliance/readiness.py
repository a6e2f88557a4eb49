"""What an installation lacks before anybody real may be called. A sandbox lacks nothing: nobody real is there."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from compliance import number_keys
from compliance.operator import declaration
from compliance.rulebook import RuleBook

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Lack:
    """``code`` names it for programs, ``words`` say what is missing, ``remedy`` what puts it right."""

    code: str
    words: "_StrPromise | str"
    remedy: "_StrPromise | str"


def lacks(on: date) -> list[Lack]:
    """What keeps every live call of this installation away on this day, as far as rules and declarations go."""
    found: list[Lack] = []
    rules = RuleBook.load()
    if declaration() is None:
        found.append(
            Lack(
                "declaration",
                _("It is not on record how this installation is run."),
                _("manage.py operator declare own_books|for_others --name … --address …"),
            )
        )
    if lost := number_keys.missing():
        words = _(
            "Numbers that were stopped since %(since)s cannot be recognized: their key is not among the settings."
        )
        found.append(Lack("number_keys", words % {"since": lost[0].since.date()}, number_keys.REMEDY))
    if rules.is_due_for_review(on):
        words = _("The rule file is of %(as_of)s: older than %(days)d days.")
        figures = {"as_of": rules.file.as_of, "days": rules.file.review_after_days}
        found.append(Lack("rules_too_old", words % figures, _("Have counsel review it, and install the new file.")))
    return found
