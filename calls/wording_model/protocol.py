"""What a language model is asked, and what it may answer."""

from dataclasses import dataclass
from typing import Protocol


class ModelTrouble(Exception):
    """No usable answer: late, refused, unreachable or not in the form asked for. The message says which; the script goes on."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One permitted act. ``line`` is its sentence with every fact and every word of weight as a name in braces; empty: not to be reworded."""

    act: str
    line: str


@dataclass(frozen=True, slots=True)
class TurnContext:
    """One turn: what the person said (with card numbers taken out), and what may be done. The first choice is the script's own.

    ``exchanges``: groups of phrases that may stand for one another; ``courtesies``: what may be added.
    """

    language: str
    said: str
    choices: tuple[Choice, ...]
    exchanges: tuple[str, ...] = ()
    courtesies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """An act out of those permitted, and its sentence in other words; without ``wording`` the sentence stays as it is."""

    act: str
    wording: str | None = None


class WordingModel(Protocol):
    """Any language model behind one door."""

    name: str

    async def decide(self, context: TurnContext, deadline: float) -> Proposal:
        """Choose within ``deadline`` seconds. Raises :class:`ModelTrouble`; whatever it gives back is checked by others."""
        ...
