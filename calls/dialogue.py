"""The agent on an open line, without the line: frames of the carrier in, answers out. No database, no waiting.

Keeps three things true at every moment: the agent's state, what has really been heard of its words, and the page of the
transcript that is still to be written.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from calls.agent import acts
from calls.agent.conversation import advance, begin, reads_card, to_hear
from calls.agent.ear import ToHear, Understood
from calls.agent.events import Event, HungUp, Interrupted, Key, Said, Silence, TimeUp
from calls.agent.everyday import without_digits
from calls.agent.steps import Line, State, Step
from calls.frames import is_final, kind, word
from calls.notes import Note, Page, heard_as, recent
from calls.opened import OpenLine
from calls.playing import Playing
from calls.undone import KEY, as_kept
from disputes.hearing import Heard, hear

REPLAY_SECONDS = 5.0
ON = ("on", "true", "1")
CLOSELY_SECONDS = 0.3  # how often at most the encoder reads growing words of one call; every whole sentence it reads
FREEZE, PAUSE, LISTEN = "freeze", "pause", "listen"
_FREEZING = (acts.Freeze, acts.Specify)


@dataclass
class Turn:
    """One answer on its way: acts to carry out, then lines to say. ``evidence``: how the words that caused it were heard.

    ``before``: where the agent stood when they came; ``said``: the words, without what must not be kept.
    """

    number: int
    step: Step
    evidence: dict[str, Any] = field(default_factory=dict)
    before: State | None = None
    said: str = ""


class Dialogue:
    """The conversation of one line, begun or gone on with."""

    def __init__(self, line: OpenLine, clock: Callable[[], float], *, by_turns: bool = False) -> None:
        """``by_turns``: nobody can cut in, so whatever was said before somebody answers was heard."""
        self._clock = clock
        self._by_turns = by_turns
        self._answered_at = clock() - line.seconds
        self._opened_at = clock()
        self._known = list(line.heard)  # what may be delivered again after a broken socket
        self._finals = list(line.heard)
        self._position = line.position
        self._turns = 0
        self._floor = 0
        self._page = Page()
        self._remembered: dict[str, Any] | None = None  # as it was last put on a page
        self._last_packed: tuple[State, str] | None = None
        self._played: dict[int, str] = {}  # as it was last put on a page
        self._undone: dict[int, Turn] = {}
        self.playing = Playing()
        self.partial = line.partial
        self.person_speaks = False
        self._cut_in = False  # the person has begun to speak, and no whole sentence of it has come yet
        self.busy_at = clock()
        self._closely_at = float("-inf")
        self._is_answered = False  # something was said to the last whole sentence
        self._goes_on = True  # what is being said now, from that sentence
        self._late_final = ""  # taken before the carrier said that it was one
        self.state: State | None = line.state

    # what happens on the line

    def open(self, line: OpenLine) -> Turn | None:
        """The first words of a new call; nothing where the call goes on or there is nothing to speak about."""
        if self.state is not None or line.brief is None:
            return None
        step = begin(line.brief)
        self.state = step.state
        return self._turn(step)

    def to_hear(self, frame: dict[str, Any]) -> ToHear | None:
        """What hearing will be asked when this frame is taken now, so that it may be asked elsewhere before.

        None where nothing is asked, or the first stage alone, which takes no time.
        """
        text, final = word(frame, "voicePrompt"), is_final(frame)
        if self.state is None or kind(frame) != "prompt" or (final and self._is_known(text)):
            return None
        if not final and not self._is_heard_closely():
            return None
        return to_hear(self.state, Said(text, final=final, goes_on=self._is_going_on()))

    def take(self, frame: dict[str, Any], understood: Understood | None = None) -> Turn | None:
        """One frame of the carrier, with what hearing said to :meth:`to_hear`. Kinds nobody knows are passed over."""
        match kind(frame):
            case "prompt":
                return self._prompt(word(frame, "voicePrompt"), is_final=is_final(frame), understood=understood)
            case "interrupt":
                return self._interrupt(word(frame, "utteranceUntilInterrupt"))
            case "dtmf":
                return self._key(word(frame, "digit").strip()[:1])
            case "info":
                self._info(word(frame, "name").lower(), word(frame, "value"))
        return None

    def murmur(self, text: str, *, closely: bool) -> Turn | None:
        """Growing words where nothing can be said in between: a stop in them counts, an answer to them waits for the whole."""
        before = self.state
        self._closely_at = float("-inf") if closely else self._clock()
        turn = self.take({"type": "prompt", "voicePrompt": text, "last": False})
        if turn is not None and before is not None and self.state is not None and turn.step.say:
            self.state = replace(
                self.state, speaking=before.speaking, asked=before.asked, card_warned=before.card_warned
            )
        return turn

    def in_doubt(self, frame: dict[str, Any]) -> None:
        """A frame we failed on: its words may have been a stop, so from here on nothing is said of money."""
        if self.state is None:
            return
        if kind(frame) == "prompt":
            said = without_digits(word(frame, "voicePrompt"))  # whatever it was, no card's number is kept
            self._write("customer", said, partial=not is_final(frame), state=PAUSE)
        self.state = replace(self.state, paused=True)
        self._mark_silence(replace(self.state, paused=False), self._position)

    def silence(self, seconds: float) -> Turn | None:
        """Nobody spoke for so long. Words that never became final are taken as they stand: they may be the stop."""
        self.busy_at = self._clock()
        if self.partial.strip() and self.state is not None and self.state.silent_about_money:
            return self._take_as_it_stands()
        return self._answer(Silence(seconds))

    def _take_as_it_stands(self) -> Turn | None:
        text, self.partial, self._cut_in = self.partial, "", False
        self._finals = recent([*self._finals, text])
        self._late_final = text
        return self._said(text, text, is_final=True, understood=None)

    def time_up(self) -> Turn | None:
        """The call has lasted as long as one may."""
        return self._answer(TimeUp())

    def hung_up(self) -> Turn | None:
        """The line is gone; words that never became final are the last ones."""
        partial, self.partial = self.partial, ""
        before, turn = self.state, self._answer(HungUp(partial))
        if partial and before is not None and turn is not None and turn.step.heard is not None:
            self._put_down(turn, before, partial, turn.step.heard, is_final=False)
        elif partial:
            self._write("customer", partial, partial=True, state=LISTEN)
        return turn

    def speak(self, turn: Turn) -> tuple[Line, ...]:
        """The lines of a turn, at the moment they are sent; none if the person has silenced them since."""
        if turn.number < self._floor or not turn.step.say:
            return ()
        self._keep_played()
        self._is_answered = True
        positions = tuple(
            self._write(
                "agent",
                line.text,
                act=line.act.value,
                asks=line.asks.value if line.asks else "",
                evidence={"line": line.key, "worded_by": line.worded_by} if line.worded_by else {},
            )
            for line in turn.step.say
        )
        self.playing = Playing(turn.step.say, positions, sent_at=self._clock(), is_over=False)
        self.busy_at, self._cut_in = self._clock(), False
        return turn.step.say

    def reword(self, turn: Turn, step: Step) -> None:
        """Say this instead, unless anything has happened on the line since: then what was thought of meanwhile is dropped."""
        if self.state is turn.step.state and not self.is_silenced(turn):
            self.state, turn.step = step.state, step

    def is_silenced(self, turn: Turn) -> bool:
        return turn.number < self._floor

    @property
    def awaits_words(self) -> bool:
        """Somebody has begun to say something whose end we have not heard yet."""
        return self._cut_in or bool(self.partial.strip()) or (self.state is not None and self.state.held)

    @property
    def is_silent(self) -> bool:
        """The agent's voice is not in the air."""
        return self.playing.is_silent_at(self._clock())

    def done(self, turn: Turn) -> None:
        """What this turn decided is committed, or kept elsewhere until it is."""
        self._undone.pop(turn.number, None)

    def page(self) -> Page:
        """What is to be written down since it was last asked for, with where the agent stands now.

        A state that takes a decision for granted is never written without the decision: what is not ``done`` goes with it.
        """
        self._keep_played()
        page, self._page = self._page, Page()
        if self.state is not None:
            heard = recent(self._finals)
            undone = [kept for turn in self._undone.values() for kept in as_kept(turn.step.acts, turn.evidence)]
            memory = {"state": self._packed(self.state), "partial": self.partial, "heard": heard, KEY: undone}
            if memory != self._remembered:
                self._remembered = page.memory = memory
        return page

    def _packed(self, state: State) -> str:
        """As it is stored. States never change, so the same one is packed once."""
        if self._last_packed is None or self._last_packed[0] is not state:
            self._last_packed = state, state.to_json()
        return self._last_packed[1]

    def give_back(self, page: Page) -> None:
        """It could not be written; it comes again with the next page."""
        self._remembered = None
        self._page = page.joined(self._page)

    # inside

    def _prompt(self, text: str, *, is_final: bool, understood: Understood | None) -> Turn | None:
        if not text.strip() or self.state is None:
            return None
        self.busy_at = self._clock()
        kept = without_digits(text) if reads_card(self.state, text) else text  # a card's number is written down nowhere
        self._is_going_on()
        if not is_final:
            self.partial = kept
            return self._said(text, kept, is_final=False, understood=understood)
        late, self._late_final = self._late_final, ""
        if kept == late or self._is_replay(kept):
            return None
        self.partial, self._is_answered, self._cut_in = "", False, False
        self._finals = recent([*self._finals, kept])
        return self._said(text, kept, is_final=True, understood=understood)

    def _is_replay(self, text: str) -> bool:
        """After a reconnection the carrier may deliver again what was heard before."""
        if self._is_known(text):
            self._known.remove(text)
            return True
        return False

    def _is_known(self, text: str) -> bool:
        return text in self._known and self._clock() - self._opened_at < REPLAY_SECONDS

    def _is_going_on(self) -> bool:
        """Whether somebody who speaks now may be in the middle of a sentence: no answer was heard to its end since the last one.

        Decided by the first words of a sentence; it is asked for each of those that follow.
        """
        if not self.partial:
            self._goes_on = not (self._is_answered and self.playing.is_over and self.playing.is_whole)
        return self._goes_on

    def _said(self, text: str, kept: str, *, is_final: bool, understood: Understood | None) -> Turn | None:
        assert self.state is not None
        before = self.state
        closely = is_final or (understood.asked.closely if understood is not None else self._is_heard_closely())
        turn = self._answer(Said(text, is_final, closely, self._goes_on, understood))
        assert turn is not None
        step = turn.step
        if not is_final and not step.hush and not step.acts:
            return None
        self._put_down(turn, before, kept, step.heard or hear(kept, final=is_final, can_ask=True), is_final=is_final)
        turn.before, turn.said = before, kept
        return turn

    def _put_down(self, turn: Turn, before: State, text: str, heard: Heard, *, is_final: bool) -> None:
        """These words in the transcript, with what they did and how they were understood, which is kept with the acts as well."""
        position = self._write_heard(text, heard, turn.step, is_final)
        self._mark_silence(before, position)
        turn.evidence = {**heard_as(heard), "line": position, "second": round(self._second(), 2)}

    def _is_heard_closely(self) -> bool:
        moment = self._clock()
        if moment - self._closely_at < CLOSELY_SECONDS:
            return False
        self._closely_at = moment
        return True

    def _interrupt(self, utterance: str) -> Turn | None:
        """What was not played was not said. Of words not sent yet nothing is known here."""
        self.busy_at, self._cut_in = self._clock(), True
        heard = self.playing.cut(utterance)
        if self.state is not None and self.state.speaking == self.playing.lines:
            self.state = advance(self.state, Interrupted(heard)).state
        return None

    def _key(self, digit: str) -> Turn | None:
        if not digit or self.state is None:
            return None
        self.busy_at, self._cut_in = self._clock(), False
        before = self.state
        turn = self._answer(Key(digit))
        position = self._write("customer", digit, act="key", state=LISTEN)
        self._mark_silence(before, position)
        return turn

    def _info(self, name: str, value: str) -> None:
        if name == "tokensplayed":
            self.playing.tokens(value)
            self.busy_at = self._clock()
        elif name == "agentspeaking":
            self.playing.speaker(value.lower() in ON)
            self.busy_at = self._clock()
        elif name == "clientspeaking":
            self.person_speaks = value.lower() in ON
            self._cut_in = self._cut_in or self.person_speaks
            self.busy_at = self._clock()

    def _answer(self, event: Event) -> Turn | None:
        """One event through the agent. A stop that cuts its own words first takes back what was not heard of them."""
        if self.state is None:
            return None
        before = self.state
        step = advance(before, event)
        if step.hush:
            unheard = self._unheard(before)
            if unheard is not None:
                step = replace(advance(advance(before, Interrupted(unheard)).state, event), hush=True)
            self.playing.cut()
        self.state = step.state
        turn = self._turn(step)
        if step.hush:
            self._floor = turn.number
        return turn

    def _unheard(self, before: State) -> str | None:
        """How much was heard of what the agent believes it is saying; None when all of it was."""
        if not before.speaking or self._by_turns:
            return None
        if self.playing.lines != before.speaking:
            return ""  # decided, and never sent
        return None if self.playing.is_over and self.playing.is_whole else self.playing.heard

    def _turn(self, step: Step) -> Turn:
        self._turns += 1
        turn = Turn(self._turns, step)
        if step.acts:
            self._undone[turn.number] = turn
        return turn

    def _mark_silence(self, before: State, position: int) -> None:
        """Remember the line after which no more was said of money, as long as that holds."""
        assert self.state is not None
        if self.state.silent_about_money != before.silent_about_money:
            self._page.stopped_line = position if self.state.silent_about_money else None
            self._page.stopped_changed = True

    def _write_heard(self, text: str, heard: Heard, step: Step, is_final: bool) -> int:
        kinds = [type(act) for act in step.acts]
        freezes = any(kind in _FREEZING for kind in kinds)
        return self._write(
            "customer",
            text,
            partial=not is_final,
            state=FREEZE if freezes else PAUSE if acts.Pause in kinds else LISTEN,
            intent=heard.intent.value,
            also=[intent.value for intent in heard.also],
            evidence=heard_as(heard),
        )

    def _write(self, speaker: str, text: str, **facts: Any) -> int:
        position, self._position = self._position, self._position + 1
        self._page.notes.append(Note(position=position, speaker=speaker, text=text, second=self._second(), **facts))
        return position

    def _keep_played(self) -> None:
        for position, heard in self.playing.played():
            if self._played.get(position) != heard:
                self._played[position] = self._page.played[position] = heard

    def _second(self) -> float:
        return self._clock() - self._answered_at
