"""What a program can and cannot do in a vendor's books, as the pages say it: before somebody connects, and after."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.abilities import Abilities, Act, Way, abilities_of

ACTS: dict[Act, Promise] = {
    Act.LOWER: gettext_lazy("Lower an invoice"),
    Act.WRITE_OFF: gettext_lazy("Write off what is left"),
    Act.NOTE: gettext_lazy("Leave a note for you"),
    Act.REMINDERS: gettext_lazy("Quiet the reminders of one invoice"),
    Act.RECEIVE: gettext_lazy("Enter a payment made by card"),
}


@dataclass(frozen=True)
class Doing:
    """One act: what it is, who does it, what the books show afterwards, and the steps where it is the owner's."""

    what: str
    state: str
    who: str
    words: str
    steps: tuple[str, ...]


def able(provider: str) -> Abilities | None:
    """What these books can do; None for a vendor that has not said yet."""
    try:
        return abilities_of(provider)
    except ModuleNotFoundError:
        return None


def doings(abilities: Abilities) -> list[Doing]:
    """Everything we may want written into these books, in the order in which it comes up."""
    who = {Way.API: _("We do it"), Way.NEAREST: _("We do what comes nearest"), Way.TASK: _("You do it")}
    state = {Way.API: "ours", Way.NEAREST: "nearly", Way.TASK: "yours"}
    return [
        Doing(str(word), state[one.way], who[one.way], str(one.words), tuple(str(step) for step in one.steps))
        for act, word in ACTS.items()
        if (one := abilities.acts.get(act)) is not None
    ]


def gaps(abilities: Abilities, vendor: str) -> list[str]:
    """What these books do not tell us, and what we do about it."""
    facts = abilities.facts
    missing: list[tuple[Any, str]] = [
        (facts.sent, _("%(vendor)s does not say whether an invoice was sent: you look once before we call about it.")),
        (facts.estimates, _("%(vendor)s does not show us estimates, so nobody can point to one on a call.")),
        (facts.reminders, _("%(vendor)s does not say whether its own reminders are on: we ask you.")),
        (facts.webhooks, _("%(vendor)s does not ring us when something changes: we look every few minutes.")),
    ]
    return [words % {"vendor": vendor} for there, words in missing if not there]
