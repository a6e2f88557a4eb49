"""What can happen to the agent during a call. One of these in, one :class:`~calls.agent.steps.Step` out."""

from dataclasses import dataclass

from calls.agent.ear import Understood


@dataclass(frozen=True, slots=True)
class Said:
    """The person spoke. ``final`` false: a growing recognition, cumulative, that later words may still correct.

    ``closely`` false: such a one came right after another; it is heard by the first stage only. ``goes_on`` false: the agent was heard
    to the end of an answer since the last whole sentence, so that these words begin a new one. ``understood``: what hearing said when
    it was asked beforehand; used where it was asked exactly this.
    """

    text: str
    final: bool = True
    closely: bool = True
    goes_on: bool = True
    understood: Understood | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the telephone: 9 stops calling, 0 asks for a person, * repeats."""

    digit: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Nobody spoke for so long after the agent had finished."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Played:
    """So much of the present talk cycle has reached the person's ear (cumulative)."""

    text: str


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The person spoke over the agent: of the present talk cycle only this was heard."""

    played: str


@dataclass(frozen=True, slots=True)
class HungUp:
    """The line is gone. ``partial``: words recognized that never became final; they may be the dispute."""

    partial: str = ""


@dataclass(frozen=True, slots=True)
class MachineHeard:
    """The carrier says that an answering machine has taken the call."""


@dataclass(frozen=True, slots=True)
class TimeUp:
    """The longest time one call may take is over: one kind sentence, and the end with what there is."""


Event = Said | Key | Silence | Played | Interrupted | HungUp | MachineHeard | TimeUp
