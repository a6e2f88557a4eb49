"""The agent's voice on a virtual clock: what has sounded at any moment, and what an interruption leaves unsaid."""

import re
from collections import deque
from dataclasses import dataclass

CHARACTERS_PER_SECOND = 15.0
MEDIA_SECONDS = 3.0
MEDIA_LOOPS = 1000
_CLAUSE = re.compile(r".+?(?:[,.;:!?]+[\"')\]]*(?=\s|$)\s*|$)", re.DOTALL)

Inputs = frozenset[str]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A clause of one talk cycle and when it sounds."""

    text: str
    cycle: int
    start: float
    end: float
    interruptible: Inputs
    preemptible: bool
    spoken: bool = True


@dataclass(frozen=True, slots=True)
class Cut:
    """What an interruption left: said in this talk cycle, its last unreported words, and what will never be said."""

    utterance: str
    milliseconds: int
    tail: str
    dropped: str
    cycle: int


def seconds_of(text: str) -> float:
    """How long it takes to say."""
    return len(text) / CHARACTERS_PER_SECOND


class Playback:
    """A queue of clauses, each taking its length in time. Pure: the caller says what time it is."""

    def __init__(self) -> None:
        self._queue: deque[Chunk] = deque()
        self._cycle = 0
        self._cycle_is_open = False
        self._said: list[str] = []
        self._said_cycle = 0
        self._said_since = 0.0

    @property
    def cycle_is_open(self) -> bool:
        """Tokens came without a last one: more of this talk cycle is expected."""
        return self._cycle_is_open

    def add(self, text: str, *, last: bool, interruptible: Inputs, preemptible: bool, now: float) -> Cut | None:
        """Speak this too. Returns what it cut off, if a preemptible earlier cycle was still sounding."""
        preempted = None
        if not self._cycle_is_open:
            if text and self._sounding_is_preemptible(now):
                preempted = self.cut(now)
            self._cycle += 1
        self._cycle_is_open = not last
        for clause in _CLAUSE.findall(text):
            self._append(clause, seconds_of(clause), interruptible, preemptible, now, spoken=True)
        return preempted

    def add_media(self, *, loops: int, interruptible: Inputs, preemptible: bool, now: float) -> Cut | None:
        """Play a file: a talk cycle of its own, of a fixed length since nobody listens to it."""
        cut = self.add("", last=True, interruptible=interruptible, preemptible=preemptible, now=now)
        seconds = MEDIA_SECONDS * (loops or MEDIA_LOOPS)
        self._append("", seconds, interruptible, preemptible, now, spoken=False)
        return cut

    def advance(self, now: float) -> list[Chunk]:
        """Clauses that have sounded to their end since the last question."""
        done: list[Chunk] = []
        while self._queue and self._queue[0].end <= now:
            chunk = self._queue.popleft()
            self._count_as_said(chunk)
            done.append(chunk)
        return done

    def next_end(self) -> float | None:
        return self._queue[0].end if self._queue else None

    def sounding(self, now: float) -> Chunk | None:
        """The clause in the air now."""
        return self._queue[0] if self._queue and self._queue[0].start <= now < self._queue[0].end else None

    def partial(self, now: float) -> str:
        """The words of the sounding clause that have been said already."""
        current = self.sounding(now)
        if current is None:
            return ""
        return _whole_words(current.text, int((now - current.start) * CHARACTERS_PER_SECOND + 1e-9))

    def cut(self, now: float) -> Cut:
        """Stop at once and forget the rest. Call `advance` first, so that whole clauses have been reported."""
        current = self.sounding(now)
        tail = self.partial(now)
        if current is not None:
            self._enter(current)
        rest = "".join(chunk.text for chunk in self._queue)
        cut = Cut(
            utterance=("".join(self._said) + tail).strip(),
            milliseconds=round((now - self._said_since) * 1000) if current is not None else 0,
            tail=tail,
            dropped=rest[len(tail) :],
            cycle=current.cycle if current is not None else self._cycle,
        )
        self._queue.clear()
        self._said, self._said_cycle = [], 0
        return cut

    def _append(
        self, text: str, seconds: float, interruptible: Inputs, preemptible: bool, now: float, *, spoken: bool
    ) -> None:
        start = max(now, self._queue[-1].end) if self._queue else now
        self._queue.append(Chunk(text, self._cycle, start, start + seconds, interruptible, preemptible, spoken))

    def _count_as_said(self, chunk: Chunk) -> None:
        self._enter(chunk)
        self._said.append(chunk.text)

    def _enter(self, chunk: Chunk) -> None:
        """Count from the beginning of the talk cycle this clause belongs to."""
        if chunk.cycle != self._said_cycle:
            self._said, self._said_cycle, self._said_since = [], chunk.cycle, chunk.start

    def _sounding_is_preemptible(self, now: float) -> bool:
        current = self.sounding(now)
        return current is not None and current.preemptible


def _whole_words(text: str, characters: int) -> str:
    """The first characters, without a word that was cut in its middle."""
    if characters >= len(text) or text[characters].isspace():
        return text[:characters]
    cut = text[:characters]
    return cut[: cut.rfind(" ") + 1] if " " in cut else ""
