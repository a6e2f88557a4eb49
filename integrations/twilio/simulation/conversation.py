"""What both ends of a call hear, and the record of it."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Literal, Protocol

from integrations.twilio.simulation.clock import SimClock
from integrations.twilio.simulation.line import Pulse

Who = Literal["agent", "person", "line"]


@dataclass(slots=True)
class Spoken:
    """One line of the transcript. `text` is what sounded; `unplayed` was sent but never heard by anybody.

    For the person, `heard` is what speech recognition passed on: the whole text, a part, or nothing.
    """

    who: Who
    text: str
    at: str
    seconds: float
    channel: str
    interrupted: bool = False
    unplayed: str = ""
    heard: str = ""
    complete: bool = False


class Ear(Protocol):
    """Whatever recognises the person's speech at the moment. Each call returns the words passed on so far."""

    async def on_words(self, words: list[str]) -> str: ...

    async def on_utterance(self, words: list[str]) -> str: ...

    async def on_digit(self, digit: str) -> None: ...


class Conversation:
    """The air between the agent and the person on one call.

    `agent_log` is everything the agent has said; `sounding()` the words of the clause that is still in the air.
    """

    def __init__(self, clock: SimClock) -> None:
        self._clock = clock
        self._started = clock.lap()
        self.transcript: list[Spoken] = []
        self.ear: Ear | None = None
        self.sounding: Callable[[], str] = str
        self.changed = Pulse()
        self.agent_log = ""
        self.agent_keys = ""
        self.agent_speaking = False
        self.agent_since = clock.lap()
        self.agent_has_finished = True
        self._turn: tuple[str, int] | None = None
        self._agent_line: Spoken | None = None

    def begin(self) -> None:
        """The call is answered: seconds count from here."""
        self._started = self._clock.lap()
        self.agent_since = self._started

    def seconds(self) -> float:
        return round(self._clock.lap() - self._started, 3)

    # -- the agent's side ---------------------------------------------------------------------

    def agent_starts(self) -> None:
        if not self.agent_speaking:
            self.agent_speaking = True
            self.agent_since = self._clock.lap()
            self.changed.beat()

    def agent_plays(self, text: str, *, channel: str, turn: int, seconds: float) -> None:
        """This much more of a turn has sounded, in this many seconds."""
        if self._turn != (channel, turn) or self._agent_line is None:
            self._turn = (channel, turn)
            self._agent_line = self._write("agent", "", channel, ago=seconds)
        self._agent_line.text += text
        self.agent_log += text if text.endswith(" ") else text + " "
        self.changed.beat()

    def agent_is_cut(self, unplayed: str, *, channel: str, turn: int) -> None:
        """The rest of a turn will never sound."""
        if self._turn != (channel, turn) or self._agent_line is None:
            self._agent_line = self._write("agent", "", channel)
        self._agent_line.interrupted = True
        self._agent_line.unplayed = unplayed
        self._turn = None
        self.changed.beat()

    def agent_stops(self, *, finished: bool) -> None:
        """Silence on the agent's side. `finished`: the turn was closed, nothing more of it will come."""
        if self._agent_line is not None and not self._agent_line.interrupted:
            self._agent_line.complete = finished
        if self.agent_speaking or finished != self.agent_has_finished:
            self.agent_since = self._clock.lap()
        self.agent_speaking = False
        self.agent_has_finished = finished
        self.changed.beat()

    # -- the person's side --------------------------------------------------------------------

    def person_starts(self) -> Spoken:
        return self._write("person", "", "relay")

    async def person_words(self, line: Spoken, words: list[str], *, recognized: list[str] | None = None) -> None:
        """So much of an utterance has been said; `recognized` is what speech recognition makes of it, where that differs."""
        line.text = " ".join(words)
        if self.ear is not None:
            line.heard = await self.ear.on_words(words if recognized is None else recognized)

    async def person_utterance(self, line: Spoken, words: list[str], *, recognized: list[str] | None = None) -> None:
        """An utterance is complete."""
        line.text = " ".join(words)
        line.complete = True
        if self.ear is not None:
            line.heard = await self.ear.on_utterance(words if recognized is None else recognized)

    async def person_digit(self, digit: str) -> None:
        self._write("person", f"(presses {digit})", "keypad").complete = True
        if self.ear is not None:
            await self.ear.on_digit(digit)

    def agent_presses(self, digits: str) -> None:
        """Keys the application sends down the line, for a menu at the other end."""
        self.agent_keys += digits
        self.note(f"(the agent presses {digits})")

    def note(self, text: str) -> None:
        """Something that happens on the line itself, such as a voicemail's beep."""
        self._write("line", text, "line").complete = True
        self.changed.beat()

    def as_json(self) -> list[dict[str, Any]]:
        """In the order in which the lines began."""
        lines = sorted(self.transcript, key=lambda line: line.seconds)
        return [{**asdict(line), "text": line.text.strip()} for line in lines]

    def _write(self, who: Who, text: str, channel: str, *, ago: float = 0.0) -> Spoken:
        at = self._clock.world_now() - timedelta(seconds=ago / self._clock.speed)
        line = Spoken(who, text, at.isoformat(), round(self.seconds() - ago, 3), channel)
        self.transcript.append(line)
        return line
