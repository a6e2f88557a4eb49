"""What hearing is asked about somebody's words, apart from what is done with the answer: it may be asked beforehand, elsewhere."""

from dataclasses import dataclass

from disputes.hearing import hear
from disputes.hearing.labels import Heard


@dataclass(frozen=True, slots=True)
class ToHear:
    """Everything the meaning of some words depends on; see :func:`disputes.hearing.hear`."""

    text: str
    final: bool
    asked: str | None = None
    before: str = ""
    closely: bool = True

    def heard(self) -> "Understood":
        """Takes milliseconds, most of them outside Python. Raises :class:`~disputes.hearing.ModelMissing`."""
        found = hear(
            self.text, final=self.final, asked=self.asked, before=self.before, closely=self.closely, can_ask=True
        )
        return Understood(self, found)


@dataclass(frozen=True, slots=True)
class Understood:
    """An answer of hearing, with what it was asked: it holds for nothing else."""

    asked: ToHear
    heard: Heard
