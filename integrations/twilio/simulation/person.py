"""A person on the line, acting out a persona: listens, answers, interrupts, presses keys, hangs up."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn

from integrations.twilio.simulation.call import Call
from integrations.twilio.simulation.clock import SimClock
from integrations.twilio.simulation.personas import Answer, Step

WORDS_PER_SECOND = 2.5
TICK_SECONDS = 0.3
PICK_UP_SECONDS = 0.2
TURN_GAP_SECONDS = 0.5
OPEN_TURN_SECONDS = 1.5
KEY_SECONDS = 0.25
LONGEST_CLOSING = 180.0


class _Gone(Exception):
    """The person has hung up; nothing of the script is left to do."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """What speech recognition makes of an utterance: other words in the end, others at first, or just what was said."""

    final: list[str]
    first_heard: dict[str, str]

    def so_far(self, words: list[str], count: int, *, of: int) -> list[str]:
        """The hypothesis after so many of the utterance's words. Its last two words may still be taken for others."""
        settled = self.final[: -(-count * len(self.final) // of)] if self.final else words[:count]
        return [*settled[:-2], *(self.first_heard.get(word, word) for word in settled[-2:])]

    def in_the_end(self, words: list[str]) -> list[str]:
        return self.final or words


class Person:
    """Lives as long as the call. `hang_up` ends the call from this side."""

    def __init__(self, call: Call, clock: SimClock, hang_up: Callable[[], None], *, patience_floor: float) -> None:
        self._call = call
        self._clock = clock
        self._hang_up = hang_up
        self._patience_floor = patience_floor
        self._air = call.conversation
        self._mark = 0
        self._judged = 0
        self._keys_used = 0
        self._used: dict[Answer, int] = {}
        self._spoke_until = clock.lap()

    async def live(self) -> None:
        """Act the persona out to its end, then say good-bye when nothing more comes."""
        with suppress(_Gone):
            await self._act()

    async def _act(self) -> None:
        if self._call.persona.line.kind in {"machine", "fax"}:
            await self._answer_as_machine()
            return
        if self._call.persona.pick_up and self._call.direction != "inbound":
            await self._clock.sleep(PICK_UP_SECONDS)
            await self._say(self._call.persona.pick_up)
        for step in self._call.persona.steps:
            await self._do(step)
        await self._close()

    async def _do(self, step: Step) -> None:
        match step.action:
            case "wait_for" if step.pattern is not None:
                await self._wait_for(step.pattern, self._patience(step.patience))
            case "wait_for_keys":
                await self._wait_for_keys(step)
            case "say":
                await self._utter(step)
            case "say_and_drop":
                await self._utter(step, stop_after=int(step.seconds))
                self._leave()
            case "barge_in":
                await self._wait_to_barge_in(step)
                await self._utter(step)
            case "barge_in_with_keys":
                await self._wait_to_barge_in(step)
                await self._press(step.text)
            case "barge_in_by_hanging_up":
                await self._wait_to_barge_in(step)
                self._leave()
            case "dtmf":
                await self._press(step.text)
            case "silence":
                await self._clock.sleep(step.seconds)
            case "pay":
                self._call.pays_after.append(step.seconds)
            case "call_back":
                self._call.rings_back_after.append(step.seconds)
            case "hang_up":
                self._leave()

    async def _answer_as_machine(self) -> None:
        line = self._call.persona.line
        if line.greeting:
            await self._say(line.greeting)
        if line.kind == "machine" and line.beep:
            await self._clock.sleep(TURN_GAP_SECONDS)
            self._air.note("(beep)")
        await self._clock.sleep(line.records_for)
        self._leave()

    def _leave(self) -> NoReturn:
        self._hang_up()
        raise _Gone

    def _patience(self, seconds: float) -> float:
        """In call time, but never less than the floor in machine time: applications think in real time."""
        return max(seconds, self._patience_floor * self._clock.speed)

    def _silence(self) -> float:
        """How long nobody has said anything."""
        return self._clock.lap() - max(self._air.agent_since, self._spoke_until)

    # -- listening ----------------------------------------------------------------------------

    async def _wait_for(self, pattern: re.Pattern[str], patience: float) -> bool:
        """True once the agent has said it and stopped; False after so much silence that one just goes on."""
        while True:
            if not await self._quiet(patience):
                return False
            # A turn may invite both: who one is comes first (a persona's first answer), then what one came to say.
            if await self._answer_something(self._call.persona.answers[:1]):
                continue
            waits_for_anything = pattern.search("Hello.") is not None
            if not waits_for_anything and pattern.search(self._newest()):
                return True
            if await self._answer_something(self._call.persona.answers[1:]):
                continue
            if pattern.search(self._air.agent_log[self._mark :]):
                return True
            if not await self._more_speech(patience):
                return False

    async def _quiet(self, patience: float) -> bool:
        """Wait for the agent to have said something and stopped. False if `patience` passes with nothing new."""
        while self._air.agent_speaking or not self._turn_is_over():
            if not self._air.agent_speaking and not self._heard_anything() and self._silence() >= patience:
                return False
            await self._wait_a_while(patience)
        return True

    def _heard_anything(self) -> bool:
        """Something new since the person's own words, or since what was already thought about."""
        return len(self._air.agent_log) > max(self._mark, self._judged)

    def _gap(self) -> float:
        """How long a silence ends a turn: short after a finished one, longer where more may come."""
        return TURN_GAP_SECONDS if self._air.agent_has_finished else OPEN_TURN_SECONDS

    def _turn_is_over(self) -> bool:
        return self._heard_anything() and not self._air.agent_speaking and self._silence() >= self._gap()

    async def _wait_a_while(self, patience: float) -> None:
        limit = self._gap() if self._heard_anything() else patience
        await self._change(None if self._air.agent_speaking else limit - self._silence())

    async def _more_speech(self, patience: float) -> bool:
        """The agent said something else: listen on, but only so long."""
        self._judged = len(self._air.agent_log)
        while not self._air.agent_speaking and len(self._air.agent_log) == self._judged:
            left = patience - self._silence()
            if left <= 0:
                return False
            await self._change(left)
        return True

    async def _change(self, seconds: float | None) -> None:
        await self._air.changed.wait(self._clock, None if seconds is None else max(0.02, seconds))

    async def _answer_something(self, answers: Sequence[Answer]) -> bool:
        """Answer the newest turn if one of these answers of the persona fits it."""
        newest = self._newest()
        for answer in answers:
            if self._used.get(answer, 0) < answer.times and answer.when.search(newest):
                self._used[answer] = self._used.get(answer, 0) + 1
                await self._say(answer.say)
                return True
        return False

    def _newest(self) -> str:
        """What the agent has said since it was last thought about."""
        return self._air.agent_log[max(self._mark, self._judged) :]

    async def _wait_to_barge_in(self, step: Step) -> None:
        """Until the agent is in mid-sentence: `seconds` after it began and once it has named the thing."""
        patience = self._patience(step.patience)
        while True:
            air = self._air
            text = air.agent_log[self._mark :] + air.sounding()
            fits = step.pattern is not None and step.pattern.search(text) is not None
            if air.agent_speaking:
                left = step.seconds - (self._clock.lap() - air.agent_since)
                if fits and left <= 0:
                    break
                await self._change(left if fits else TICK_SECONDS)
            elif fits or (not self._heard_anything() and self._silence() >= patience):
                break
            elif not self._turn_is_over():
                await self._wait_a_while(patience)
            elif not await self._answer_something(self._call.persona.answers):
                self._judged = len(air.agent_log)

    async def _close(self) -> None:
        """The script is over: answer what is asked, then bye."""
        persona = self._call.persona
        patience = self._patience(persona.closing_after)
        until = self._clock.lap() + LONGEST_CLOSING
        while self._clock.lap() < until:
            if not await self._quiet(patience):
                break
            if not await self._answer_something(self._call.persona.answers) and not await self._more_speech(patience):
                break
        if persona.closing:
            await self._say(persona.closing)
        self._leave()

    # -- speaking -----------------------------------------------------------------------------

    async def _utter(self, step: Step, *, stop_after: int | None = None) -> None:
        recognition = Recognition(self._filled(step.recognized).split(), dict(step.first_heard))
        await self._say(step.text, stop_after=stop_after, recognition=recognition)

    def _filled(self, text: str) -> str:
        """With the name and whatever else the person knows of himself."""
        for name, value in (("name", self._call.person), *self._call.persona.facts):
            text = text.replace(f"{{{name}}}", value)
        return text

    async def _say(self, text: str, *, stop_after: int | None = None, recognition: "Recognition | None" = None) -> None:
        """Speak at the pace of people; recognition gets the words as they come."""
        words = self._filled(text).split()
        heard = recognition or Recognition([], {})
        length = len(words)
        words = words if stop_after is None else words[:stop_after]
        line = self._air.person_starts()
        self._mark = self._judged = len(self._air.agent_log)
        began, shown, lasts = self._clock.lap(), 0, len(words) / WORDS_PER_SECOND
        while True:
            elapsed = self._clock.lap() - began
            count = min(len(words), int(elapsed * WORDS_PER_SECOND + 1e-6))
            if count > shown:
                shown = count
                await self._air.person_words(line, words[:count], recognized=heard.so_far(words, count, of=length))
            if elapsed >= lasts:
                break
            await self._clock.sleep(min(TICK_SECONDS, lasts - elapsed))
        self._mark = self._judged = len(self._air.agent_log)
        if stop_after is None:
            await self._air.person_utterance(line, words, recognized=heard.in_the_end(words))
        self._spoke_until = self._clock.lap()

    async def _wait_for_keys(self, step: Step) -> None:
        """A menu waits for keys it has not acted on yet, or until nobody has said anything for so long."""
        patience = self._patience(step.patience)
        while step.text not in self._air.agent_keys[self._keys_used :]:
            left = patience - self._silence()
            if left <= 0:
                return
            await self._change(left)
        self._keys_used = len(self._air.agent_keys)

    async def _press(self, digits: str) -> None:
        for digit in digits:
            await self._clock.sleep(KEY_SECONDS)
            await self._air.person_digit(digit)
        self._mark = self._judged = len(self._air.agent_log)
        self._spoke_until = self._clock.lap()
