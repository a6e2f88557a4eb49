"""One call in progress: the carrier's socket on one side, the dialogue in the middle, the database behind.

Who reads never waits: every frame goes through the agent as soon as its words are understood, so that words which must stop
the talk of money stop it at once. What follows is done in order behind it: acts are committed before the next word is spoken, and a
word whose time has passed is not spoken at all.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

from django.db import DatabaseError

from calls import journal, notes, watch
from calls.acts import Scene, carry_out, is_carried_out
from calls.agent import acts
from calls.agent.ear import ToHear, Understood
from calls.agent.facts import Language
from calls.agent.speech import sentence
from calls.agent.steps import Line, LineAct, Step
from calls.dialogue import Dialogue, Turn
from calls.ears import Ear
from calls.hangups import POLITELY
from calls.lines import MACHINE
from calls.notes import Page
from calls.opened import OpenLine
from calls.threads import anywhere, in_database, surely
from calls.twiml import ENGLISH, SPANISH, handed_off
from calls.wording_model.wording import Wording
from calls.wrapup import stopped_because, wrap_up
from syntharra import logs

log = logs.get(__name__)

Frame = dict[str, Any]
SILENCE_SECONDS = 7.0
AT_LEAST_SECONDS = 0.25  # how often a line nothing comes from is asked whether it must be silent by now
LONGEST_SECONDS = 560.0
BEFORE_END_SECONDS = 0.3
LATE_WORDS_SECONDS = 2.5  # how long the end waits for the rest of what somebody has begun to say over the good-bye
DRAIN_SECONDS = 20.0
_TAGS = {Language.ENGLISH: ENGLISH, Language.SPANISH: SPANISH}
# The smallest thing to say: it takes the place of what is being said.
_BREATH: Frame = {"type": "text", "token": " ", "last": True, "interruptible": True, "preemptible": True}


def kept(scene: Scene, page: Page, asked: list[acts.Act]) -> tuple[bool, list[acts.Act]]:
    """Write the page and carry out the acts, each in a transaction of its own; whether it was written, and which acts failed.

    The page is on disk when an act behind it is: that one waits for the disk, and the server's log is one.
    """
    written, failed = True, []
    if not page.is_empty:
        try:
            surely(lambda: notes.write(scene.call_id, page, lazily=bool(asked)))
        except DatabaseError as error:
            log.warning("notes_not_written", attempt=str(scene.line_id), error=type(error).__name__)
            written = False
    for act in asked:
        try:
            surely(partial(carry_out, scene, [act]))
        except Exception:  # whatever it was
            log.exception("act_failed", act=type(act).__name__, attempt=str(scene.line_id))
            failed.append(act)
    return written, failed


class Session:
    """Runs until the socket is gone. ``stop`` may be called from anywhere on the loop: no further word is sent."""

    def __init__(
        self, line: OpenLine, send: Callable[[Frame], Awaitable[None]], wording: Wording | None = None
    ) -> None:
        self.line = line
        self._wording = wording
        self.dialogue = Dialogue(line, time.monotonic)
        self._ear = Ear(self._to_hear, self._take)
        self._send = send
        self._turns: asyncio.Queue[Turn | None] = asyncio.Queue()
        self._rewording: asyncio.Task[Step] | None = None
        self._out: asyncio.Queue[Frame] = asyncio.Queue()
        self.is_dirty = False  # something is to be written down
        self._changed = asyncio.Event()  # something came from the line
        self.writing = asyncio.Lock()
        self._stopped = ""
        self._parting = ""  # paused or held elsewhere: what is still said is heard and acted on, not answered
        self._ending: str | None = None
        self._end_sent = False
        self._answering = False
        self._began = time.monotonic() - line.seconds  # a broken socket does not make a call longer
        self._time_is_up = False

    async def run(self, frames: AsyncIterator[Frame]) -> None:
        """Talk until no more frames come. Everything heard has been acted on when this returns."""
        working = asyncio.create_task(self._work())
        writer = asyncio.create_task(self._write())
        watch.begin(self)
        try:
            self._queue(self.dialogue.open(self.line))
            if self.dialogue.state is None or self.dialogue.state.end is not None:
                self._end("nothing_to_say" if self.dialogue.state is None else "ended")
            async for frame in frames:
                self._changed.set()
                self._ear.put(frame)
        finally:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ear.drained(), DRAIN_SECONDS)
            watch.end(self)
            self._turns.put_nowait(None)
            await asyncio.wait([working], timeout=DRAIN_SECONDS)
            for task in (working, writer):
                task.cancel()
            await asyncio.gather(working, writer, return_exceptions=True)

    def stop(self, because: str) -> None:
        """Not a word more. A machine has the line to itself; any other line is given up.

        Where it was only paused or held meanwhile: nothing more of money, one word of good-bye.
        """
        if self._stopped:
            return
        if because in POLITELY and self.dialogue.state is not None and self._ending is None:
            self._part(because)
            return
        if because in POLITELY and self._ending is not None:
            return  # it is saying good-bye already
        self._stopped = because
        self._stop_rewording()
        self._drop_unsent()
        if because != MACHINE:
            self._out.put_nowait({"type": "end", "handoffData": handed_off(self.line.line_id, because)})
            self._end_sent = True

    async def leave(self) -> None:
        """The socket broke and the call may come back to another: write down where we stand, decide nothing."""
        await self._put_on_record()

    async def finish(self) -> None:
        """The line is gone: act on the last words, write everything down, and let the result take its course."""
        turn = self.dialogue.hung_up()
        if turn is not None:
            await self._carry_out(turn)
        await self._put_on_record()
        line_id, because = self.line.line_id, self._stopped or self._parting
        try:
            if because:
                await in_database(self.line.business_id, lambda: stopped_because(line_id, because))
            await in_database(self.line.business_id, lambda: wrap_up(line_id))
        except DatabaseError as error:  # the sweep comes by
            log.error("not_wrapped_up", attempt=str(line_id), error=type(error).__name__)

    # in order, behind the reader

    def _to_hear(self, frame: Frame) -> ToHear | None:
        try:
            return self.dialogue.to_hear(frame)
        except Exception:  # taking it fails in the same place, and is answered there
            return None

    def _take(self, frame: Frame, understood: Understood | None = None) -> None:
        """One frame through the agent. Where it fails on one, what was said may have been a stop: the call ends, neutrally."""
        self._changed.set()
        self.is_dirty = True
        try:
            self._queue(self.dialogue.take(frame, understood))
        except Exception:
            log.exception("frame_failed", attempt=str(self.line.line_id))
            self.dialogue.in_doubt(frame)
            self._close_neutrally()

    def _queue(self, turn: Turn | None) -> None:
        """Behind what is on its way; nobody waits for a model's words on what came before."""
        if turn is None:
            return
        self._stop_rewording()
        if turn.step.hush and not self._end_sent:
            self._drop_unsent()
            if not turn.step.say and not self._stopped and not self._parting:
                self._out.put_nowait(_BREATH)
        self._turns.put_nowait(turn)

    async def _work(self) -> None:
        while (turn := await self._turns.get()) is not None:
            self._answering = True
            await self._answer(turn)
            self._answering = False

    async def _answer(self, turn: Turn) -> None:
        if not await self._carry_out(turn):
            self._close_neutrally()
            return
        await self._reword(turn)
        await self._wait_for_silence(turn)
        if not (self._stopped or self._parting or self._end_sent):
            self._say(self.dialogue.speak(turn))
        if turn.step.end is not None:
            self._end(turn.step.end.value)
        self.is_dirty = True

    async def _reword(self, turn: Turn) -> None:
        """Where a language model is configured: its words for this turn, if they come in time and nothing happened meanwhile.

        What the turn decided is committed by then. Neither the reader nor a later commit waits for it: what is queued behind this
        turn ends the asking, and the script's own words are said.
        """
        if self._wording is None or turn.before is None or not turn.step.say or self._stopped or self._parting:
            return
        if not self._turns.empty():
            return
        asking = self._rewording = asyncio.create_task(self._wording.worded(turn.before, turn.step, turn.said))
        try:
            await asyncio.wait([asking])
        finally:
            self._stop_rewording()
        if not asking.cancelled() and (step := asking.result()) is not turn.step:
            self.dialogue.reword(turn, step)

    def _stop_rewording(self) -> None:
        if self._rewording is not None:
            self._rewording.cancel()
            self._rewording = None

    async def _carry_out(self, turn: Turn) -> bool:
        """Commit what was decided, before anything is said about it. False when something could not be kept."""
        if not turn.step.acts:
            return True
        scene = Scene(
            line_id=self.line.line_id,
            call_id=self.line.call_id,
            language=self.line.language,
            evidence=turn.evidence,
        )
        asked = [act for act in turn.step.acts if is_carried_out(act)]
        failed = await self._keep(scene, asked)
        if failed:  # nothing may be said as if it had been kept
            await anywhere(lambda: [journal.spool(self.line.business_id, scene, act) for act in failed])
        for act in turn.step.acts:
            if isinstance(act, acts.SwitchLanguage):
                # The voice alone: recognition hears both languages from the first word on.
                self._out.put_nowait({"type": "language", "ttsLanguage": _TAGS[Language(act.language)]})
        self.dialogue.done(turn)
        self.is_dirty = True
        return not failed

    async def _keep(self, scene: Scene, asked: list[acts.Act]) -> list[acts.Act]:
        """Where we stand on record, then each act, in one go of a thread nobody else's records wait for. What was not kept."""
        async with self.writing:
            page = self.page()
            try:
                written, failed = await in_database(
                    self.line.business_id, lambda: kept(scene, page, asked), urgent=True
                )
            except Exception:  # there is no database at all
                log.exception("nothing_kept", attempt=str(scene.line_id))
                written, failed = False, asked
            if not written:
                self.give_back(page)
        return failed

    async def _wait_for_silence(self, turn: Turn) -> None:
        """A disclosure is played to its end; only what the law stops cuts in."""
        while turn.step.say and not turn.step.hush and not self.dialogue.is_silent:
            if self._stopped or self.dialogue.is_silenced(turn):
                return
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), AT_LEAST_SECONDS)

    def _say(self, lines: tuple[Line, ...]) -> None:
        for index, line in enumerate(lines):
            is_last = index == len(lines) - 1
            self._out.put_nowait(
                {
                    "type": "text",
                    "token": line.text if is_last else f"{line.text} ",
                    "last": is_last,
                    "lang": _TAGS[line.language],
                    "interruptible": line.interruptible,
                    "preemptible": True,
                }
            )

    def _part(self, because: str) -> None:
        self._parting = because
        self._stop_rewording()
        self._good_bye(because)

    def _close_neutrally(self) -> None:
        """Something could not be kept: collecting is over on this line, with one word of good-bye."""
        if self._ending is not None or self._stopped or self.dialogue.state is None:
            return
        self._good_bye("failed")

    def _good_bye(self, because: str) -> None:
        assert self.dialogue.state is not None
        state = self.dialogue.state
        line = Line(sentence("goodbye", state.language), LineAct.CLOSE, language=state.language)
        self._drop_unsent()
        self._say(self.dialogue.speak(Turn(1 << 30, Step(state, (line,)))))
        self._end(because)

    def _end(self, reason: str) -> None:
        self._ending = self._ending or reason

    def _drop_unsent(self) -> None:
        while not self._out.empty():
            self._out.get_nowait()

    # beside it

    async def _write(self) -> None:
        while True:
            await self._send(await self._out.get())

    def tick(self) -> None:
        """Ten times a second: has the last word been heard, is it too quiet, is the time up?"""
        if self._end_sent or self._stopped:
            return
        moment, dialogue = time.monotonic(), self.dialogue
        if not dialogue.is_silent or dialogue.person_speaks or self._ear.is_busy or not self._out.empty():
            dialogue.busy_at = moment
        quiet = moment - dialogue.busy_at
        enough = LATE_WORDS_SECONDS if dialogue.awaits_words else BEFORE_END_SECONDS
        if self._ending is not None and quiet >= enough and self._turns.empty() and not self._answering:
            self._end_sent = True
            ended = handed_off(self.line.line_id, self._ending)
            self._out.put_nowait({"type": "end", "handoffData": ended})
        elif self._ending is None and quiet >= SILENCE_SECONDS:
            self._queue(dialogue.silence(quiet))
        elif moment - self._began > LONGEST_SECONDS and not self._time_is_up:
            self._time_is_up = True
            self._queue(dialogue.time_up())

    def page(self) -> Page:
        """What is to be written down; by whoever holds ``writing``."""
        self.is_dirty = False
        return self.dialogue.page()

    def give_back(self, page: Page) -> None:
        self.dialogue.give_back(page)
        self.is_dirty = True

    async def _put_on_record(self) -> bool:
        """Write down what there is; False when it has to be tried again."""
        async with self.writing:
            page, call_id = self.page(), self.line.call_id
            if page.is_empty:
                return True
            return await self._wrote(page, call_id)

    async def _wrote(self, page: Page, call_id: Any) -> bool:
        try:
            await in_database(self.line.business_id, lambda: notes.write(call_id, page))
        except DatabaseError as error:
            log.warning("notes_not_written", attempt=str(self.line.line_id), error=type(error).__name__)
            self.give_back(page)
            return False
        return True
