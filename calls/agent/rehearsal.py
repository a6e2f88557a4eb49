"""A written call played against the agent: the customer's turns come from a dialogue, everything else from the turn function.

The form of a dialogue is read in :mod:`calls.agent.dialogues`; the answer is one plain object. No carrier, no audio, no database.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from calls.agent.acts import Act
from calls.agent.conversation import advance, begin
from calls.agent.dialogues import CustomerTurn, Dialogue, When
from calls.agent.dispositions import Disposition
from calls.agent.events import Event, Interrupted, Said, Silence
from calls.agent.steps import Asks, Line, LineAct, State, Step
from disputes.hearing.labels import INDEPENDENT, Heard, Intent

MOST_EVENTS = 400
_PAUSE_SECONDS = 8.0


def rehearse(dialogue: Dialogue) -> dict[str, Any]:
    """The call as it went, in the form printed by ``manage.py rehearse_calls``. It always ends."""
    stage = Stage(dialogue)
    stage.play()
    return stage.report()


@dataclass
class Stage:
    """One rehearsal under way."""

    dialogue: Dialogue
    events: list[dict[str, Any]] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    debt_named: bool = False
    last_identity: int | None = None
    cutting_in: bool = False
    stopped_at: dict[str, Any] | None = None

    def play(self) -> None:
        self.waiting = list(range(len(self.dialogue.turns)))
        self.step = begin(self.dialogue.brief)
        self._speak(self.step)
        for _event in range(MOST_EVENTS):
            if self.step.end is not None:
                return
            chosen = self._next_turn()
            if chosen is None:
                self._advance(Silence(_PAUSE_SECONDS))
            else:
                self._customer(chosen)
        raise RuntimeError(f"{self.dialogue.id}: the agent did not end the call")

    def report(self) -> dict[str, Any]:
        state = self.step.state
        return {
            "id": self.dialogue.id,
            "events": self.events,
            "stopped_at": self.stopped_at,
            "frozen": state.frozen,
            "suppressed": [intent.value for intent in state.suppressed],
            "disposition": (state.end or Disposition.FAILED).value,
            "reason": state.reason.value if state.frozen and state.reason else None,
        }

    # the customer

    def _next_turn(self) -> int | None:
        """The turn that comes now; conditional ones that a later one overtook are dropped."""
        if self.cutting_in:
            self.cutting_in = False
            return self._take(0)
        for place, index in enumerate(self.waiting):
            when = self.dialogue.turns[index].when
            if when in (When.NEXT, When.ANY):
                if place == 0 and not self._identity_repeats():
                    return self._take(0)
                break
            if self._met(when):
                return self._take(place)
        if self._identity_repeats():
            return self.last_identity
        while self.waiting and self.dialogue.turns[self.waiting[0]].when is When.ASKED_WHAT_IS_WRONG:
            self.waiting.pop(0)
        return self._take(0) if self.waiting else None

    def _take(self, place: int) -> int:
        index = self.waiting[place]
        self.waiting = self.waiting[place + 1 :]
        if self.dialogue.turns[index].when is When.IDENTITY_ASKED:
            self.last_identity = index
        return index

    def _met(self, when: When) -> bool:
        asked = self.step.state.asked
        if when is When.IDENTITY_ASKED:
            return asked is Asks.IDENTITY
        if when is When.DEBT_STATED:
            return self.debt_named
        return asked is Asks.WHAT_IS_WRONG

    def _identity_repeats(self) -> bool:
        """Identity is asked again and no turn for it is left: the last one is said once more."""
        left = any(self.dialogue.turns[index].when is When.IDENTITY_ASKED for index in self.waiting)
        return self.step.state.asked is Asks.IDENTITY and self.last_identity is not None and not left

    def _customer(self, index: int) -> None:
        turn = self.dialogue.turns[index]
        for number, partial in enumerate(turn.partials):
            self._advance(Said(partial, final=False), index, number)
            if self.step.end is not None:
                return
        self._advance(Said(turn.say), index, None)

    # the agent

    def _advance(self, event: Event, index: int | None = None, partial: int | None = None) -> None:
        before = self.step.state
        self.step = advance(before, event)
        self.acts += self.step.acts
        if isinstance(event, Said) and index is not None:
            self.events.append(_customer_event(event, index, partial, self.step))
            self._note_stop(event.text, index, partial)
        self._speak(self.step)

    def _note_stop(self, text: str, index: int, partial: int | None) -> None:
        state, heard = self.step.state, self.step.heard
        if not _silent(state):
            self.stopped_at = None
        elif self.stopped_at is None:
            self.stopped_at = {
                "turn": index,
                "partial": partial,
                "word": len(text.split()),
                "intent": _stop_intent(state, heard),
            }
        elif partial is None and self.stopped_at["turn"] == index:
            self.stopped_at["intent"] = _stop_intent(state, heard)

    def _speak(self, step: Step) -> None:
        """The agent's lines; a turn that may come at any time cuts in halfway through what may be interrupted."""
        cut = self._cuts_in(step)
        played: list[str] = []
        for line in step.say:
            text = line.text if cut is None else _first_words(line.text, cut - len(" ".join(played).split()))
            if not text:
                break
            played.append(text)
            whole = text == line.text
            self.debt_named = self.debt_named or (line.act is LineAct.STATE_DEBT and whole)
            self.events.append(
                {"who": "agent", "text": text, "act": line.act.value, "asks": _asks(line) if whole else None}
            )
        if cut is not None:
            self._advance(Interrupted(" ".join(played)))
            self.cutting_in = True

    def _cuts_in(self, step: Step) -> int | None:
        """How many words of this step are heard before the customer cuts in; None when nobody does."""
        if step.end is not None or not self.waiting or self.dialogue.turns[self.waiting[0]].when is not When.ANY:
            return None
        fixed = 0
        for line in step.say:
            if line.interruptible:
                break
            fixed += len(line.text.split())
        free = sum(len(line.text.split()) for line in step.say) - fixed
        return fixed + (free + 1) // 2 if free > 1 else None


def _customer_event(event: Said, index: int, partial: int | None, step: Step) -> dict[str, Any]:
    told: dict[str, Any] = {
        "who": "customer",
        "turn": index,
        "partial": partial,
        "text": event.text,
        "state": _state(step.state),
    }
    if event.final:  # words of nothing but blanks mean nothing
        heard = step.heard
        told["intent"] = (heard.intent if heard is not None else Intent.OTHER).value
        told["also"] = [intent.value for intent in heard.also] if heard is not None else []
        told["reason"] = heard.reason.value if heard is not None and heard.reason else None
    return told


def _state(state: State) -> str:
    if state.frozen:
        return "freeze"
    return "pause" if _silent(state) else "listen"


def _silent(state: State) -> bool:
    return state.paused or state.frozen or state.paid_said or bool(state.suppressed)


def _stop_intent(state: State, heard: Heard | None) -> str:
    stops = [intent for intent in heard.meanings if intent in INDEPENDENT] if heard else []
    if stops:
        return stops[0].value
    return Intent.DISPUTE.value if state.frozen or state.paused else Intent.ALREADY_PAID.value


def _first_words(text: str, count: int) -> str:
    words = text.split()
    return text if count >= len(words) else " ".join(words[: max(0, count)])


def _asks(line: Line) -> str | None:
    return line.asks.value if line.asks else None


def spoken(report: dict[str, Any]) -> Iterator[str]:
    """What the agent said in a report, line by line."""
    return (event["text"] for event in report["events"] if event["who"] == "agent")


__all__ = ["CustomerTurn", "Dialogue", "rehearse", "spoken"]
