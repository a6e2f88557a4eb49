"""What is said is understood beside the loop: in its order, whole sentences first, and of growing words only the newest."""

import asyncio
import threading
from dataclasses import dataclass
from uuid import uuid4

import pytest

from calls import ears
from calls.agent.conversation import advance, to_hear
from calls.agent.ear import ToHear, Understood
from calls.agent.events import Said
from calls.dialogue import Dialogue
from calls.ears import Ear, Frame
from calls.frames import is_final, word
from calls.opened import OpenLine
from calls.threads import urgency
from disputes.hearing import hear
from tests.calls.agent_cast import firm, known
from tests.calls.test_hearing_on_the_line import Clock


def prompt(words: str, *, last: bool = False) -> Frame:
    return {"type": "prompt", "voicePrompt": words, "last": last}


KEY: Frame = {"type": "dtmf", "digit": "9"}


@dataclass(frozen=True)
class Slow:
    """Words whose reading waits until it is let go on."""

    text: str
    final: bool
    read: list[str]
    gate: threading.Event

    def heard(self) -> Understood:
        self.gate.wait(10)
        self.read.append(self.text)
        return Understood(ToHear(self.text, self.final), hear(self.text, final=self.final))


class Somebody:
    """One line: what was read of it, and what reached the agent with the meaning it came with."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.gate = threading.Event()
        self.taken: list[tuple[str, bool]] = []
        self.ear = Ear(self._to_hear, self._take)

    def _to_hear(self, frame: Frame) -> ToHear | None:
        words = word(frame, "voicePrompt")
        return Slow(words, is_final(frame), self.read, self.gate) if words else None  # type: ignore[return-value]

    def _take(self, frame: Frame, understood: Understood | None) -> None:
        self.taken.append((word(frame, "voicePrompt") or "key", understood is not None))


@pytest.fixture
def one_ear(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine of one processor."""
    monkeypatch.setattr(ears, "_ears", ears._Ears())
    monkeypatch.setattr("os.cpu_count", lambda: 1)


def test_frames_are_taken_in_their_order_though_some_must_be_heard_first(one_ear: None) -> None:
    async def talk() -> Somebody:
        line = Somebody()
        line.ear.put(prompt("we dispute that", last=True))
        line.ear.put(KEY)
        line.ear.put(prompt("hello?", last=True))
        assert line.taken == []
        assert line.ear.is_busy
        line.gate.set()
        await line.ear.drained()
        return line

    line = asyncio.run(talk())

    assert line.taken == [("we dispute that", True), ("key", False), ("hello?", True)]
    assert not line.ear.is_busy


def test_words_that_grew_while_nobody_had_time_to_read_them_are_read_once(one_ear: None) -> None:
    async def talk() -> Somebody:
        line = Somebody()
        for words in ("well", "well you never", "well you never finished"):
            line.ear.put(prompt(words))
        line.ear.put(prompt("Well, you never finished the job", last=True))
        line.gate.set()
        await line.ear.drained()
        return line

    line = asyncio.run(talk())

    assert line.read[-1] == "Well, you never finished the job"
    assert set(line.read[:-1]) <= {"well"}  # the first may have been begun before there were more
    assert [words for words, _ in line.taken][-1] == "Well, you never finished the job"


def test_a_sentence_that_never_ended_is_not_lost_to_the_next_one(one_ear: None) -> None:
    async def talk() -> Somebody:
        line = Somebody()
        line.ear.put(prompt("stop calling me"))
        line.ear.put(prompt("are you still there"))
        line.gate.set()
        await line.ear.drained()
        return line

    line = asyncio.run(talk())

    assert [words for words, _ in line.taken] == ["stop calling me", "are you still there"]


def test_a_whole_sentence_is_heard_before_growing_words_of_others(one_ear: None) -> None:
    async def talk() -> list[str]:
        first, *others = [Somebody() for _ in range(4)]
        order: list[str] = []
        for line in others:
            line.read = order
            line.gate.set()
        first.ear.put(prompt("who is this", last=True))  # keeps the only ear busy
        others[0].ear.put(prompt("I will"))
        others[1].ear.put(prompt("let me"))
        others[2].ear.put(prompt("I dispute that", last=True))
        first.gate.set()
        for line in (first, *others):
            await line.ear.drained()
        return order

    assert asyncio.run(talk()) == ["I dispute that", "I will", "let me"]


def test_what_cannot_be_heard_beside_the_loop_is_taken_as_it_is(one_ear: None) -> None:
    async def talk() -> Somebody:
        line = Somebody()
        line.read = None  # type: ignore[assignment]  # reading fails
        line.gate.set()
        line.ear.put(prompt("hello", last=True))
        await line.ear.drained()
        return line

    assert asyncio.run(talk()).taken == [("hello", False)]


@pytest.mark.parametrize("final", [True, False])
def test_the_agent_answers_the_same_whether_it_hears_itself_or_was_told(final: bool) -> None:
    state, said = known(firm()), Said("we never ordered the second heater", final=final)

    words = to_hear(state, said)
    assert words is not None
    told = advance(state, Said(said.text, final=final, understood=words.heard()))

    assert told == advance(state, said)


def test_what_was_heard_of_other_words_or_another_question_is_not_believed() -> None:
    state = known(firm())
    harmless = ToHear("thank you", final=True).heard()

    step = advance(state, Said("you never finished the job", understood=harmless))

    assert step.state.frozen


def test_an_agent_that_is_silent_already_need_not_hear_growing_words() -> None:
    frozen = advance(known(firm()), Said("we dispute that")).state

    assert to_hear(frozen, Said("and the", final=False)) is None
    assert to_hear(frozen, Said("and the sink leaks")) is not None


def test_growing_words_go_on_from_the_last_sentence_until_an_answer_was_heard_to_its_end() -> None:
    clock = Clock()
    line = OpenLine(uuid4(), uuid4(), uuid4(), "CA1", "en-US", 0.0, firm())
    dialogue = Dialogue(line, clock)
    opened = dialogue.open(line)
    assert opened is not None
    dialogue.speak(opened)
    turn = dialogue.take(prompt("yes this is Ida", last=True))
    assert turn is not None

    breath = dialogue.to_hear(prompt("and the"))
    dialogue.take(prompt("and the"))
    clock.now += 1
    lines = dialogue.speak(turn)
    dialogue.take({"type": "info", "name": "tokensPlayed", "value": " ".join(line.text for line in lines)})
    same_sentence = dialogue.to_hear(prompt("and the bathroom"))
    clock.now += 1
    answered = dialogue.take(prompt("and the bathroom too", last=True))
    assert answered is not None
    clock.now += 1
    lines = dialogue.speak(answered)
    dialogue.take({"type": "info", "name": "tokensPlayed", "value": " ".join(line.text for line in lines)})
    afterwards = dialogue.to_hear(prompt("what"))

    assert [words.before for words in (breath, same_sentence, afterwards) if words is not None] == [
        "yes this is Ida",
        "yes this is Ida",
        "",
    ]


def test_while_a_whole_sentence_is_heard_records_of_other_lines_wait_and_growing_words_hold_nobody_up(
    one_ear: None,
) -> None:
    async def talk() -> list[bool]:
        line, waits = Somebody(), []
        line.ear.put(prompt("they never"))
        waits.append(urgency.is_on)
        line.ear.put(prompt("they never came", last=True))
        waits.append(urgency.is_on)
        line.gate.set()
        await line.ear.drained()
        return [*waits, urgency.is_on]

    assert asyncio.run(talk()) == [False, True, False]
