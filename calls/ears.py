"""Hearing beside the event loop: threads that understand what is said on all lines of a process, and the order of one line's frames.

Reading a sentence closely takes milliseconds, most of them outside Python. Five hundred lines share few processors, so whole sentences come
before growing ones, and of words that grow only the newest are worth reading: they hold the older ones.
"""

import asyncio
import os
import queue
import re
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from calls.agent.ear import ToHear, Understood
from calls.frames import is_final, kind, word
from calls.threads import urgency
from syntharra import logs

log = logs.get(__name__)

Frame = dict[str, Any]
_WORDS = re.compile(r"[^\W_]+")


class _Job:
    """One question. Whoever claims it first has it: a thread, to answer it, or the line, which needs it no more."""

    def __init__(self, words: ToHear, then: Callable[[Understood | None], None]) -> None:
        self.words = words
        self._then = then
        self._loop = asyncio.get_running_loop()
        self._claimed = threading.Lock()

    def claim(self) -> bool:
        return self._claimed.acquire(blocking=False)

    def answer(self) -> None:
        """In a thread. What cannot be answered here is asked again by whoever needs it, and fails there."""
        understood = None
        try:
            understood = self.words.heard()
        except Exception as error:
            log.warning("not_heard_beside", error=type(error).__name__)
        try:
            self._loop.call_soon_threadsafe(self._then, understood)
        except RuntimeError:  # the loop is closed: nobody waits any more
            if self.words.final:
                urgency.end()


class _Ears:
    """As many threads as processors, started with the first question."""

    def __init__(self) -> None:
        self._whole: deque[_Job] = deque()
        self._growing: deque[_Job] = deque()
        self._there_is_one: queue.SimpleQueue[None] = queue.SimpleQueue()  # once for every job
        self._threads: list[threading.Thread] = []

    def put(self, job: _Job) -> None:
        if not self._threads:
            self._threads = [
                threading.Thread(target=self._work, name=f"call-ear_{number}", daemon=True)
                for number in range(os.cpu_count() or 1)
            ]
            for thread in self._threads:
                thread.start()
        (self._whole if job.words.final else self._growing).append(job)
        self._there_is_one.put(None)

    def _work(self) -> None:
        while True:
            self._there_is_one.get()
            job = self._next()
            if job.claim():
                job.answer()

    def _next(self) -> _Job:
        try:
            return self._whole.popleft()
        except IndexError:
            return self._growing.popleft()


_ears = _Ears()


class Ear:
    """The frames of one line, each taken in its order, with its meaning where it has one. For one event loop.

    ``to_hear`` says what must be heard before a frame is taken; ``take`` takes it. Both are called on the loop.
    """

    def __init__(
        self, to_hear: Callable[[Frame], ToHear | None], take: Callable[[Frame, Understood | None], None]
    ) -> None:
        self._to_hear = to_hear
        self._take = take
        self._waiting: deque[Frame] = deque()
        self._job: _Job | None = None
        self._frame: Frame = {}  # the one that is being heard
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def is_busy(self) -> bool:
        """Something was said that the agent does not know yet."""
        return self._job is not None

    def put(self, frame: Frame) -> None:
        """The next frame of the line. Words before it that grew into these and that nobody has begun to read are let go."""
        if self._job is not None and kind(frame) == "prompt":
            self._waiting = deque(kept for kept in self._waiting if not _grew_into(kept, frame))
            if _grew_into(self._frame, frame) and self._job.claim():
                self._job = None
        self._waiting.append(frame)
        self._go_on()

    async def drained(self) -> None:
        """Every frame has been taken."""
        await self._idle.wait()

    def _go_on(self) -> None:
        while self._job is None and self._waiting:
            frame = self._waiting.popleft()
            words = self._to_hear(frame)
            if words is None:
                self._take(frame, None)
                continue
            self._idle.clear()
            self._frame, self._job = frame, (job := _Job(words, lambda understood: self._heard(job, understood)))
            if words.final:  # nobody lets go of it: it is always answered
                urgency.begin()
            _ears.put(job)
        if self._job is None:
            self._idle.set()

    def _heard(self, job: _Job, understood: Understood | None) -> None:
        if job is not self._job:
            return
        if job.words.final:
            urgency.end()
        frame, self._job = self._frame, None
        self._take(frame, understood)
        self._go_on()


def _grew_into(frame: Frame, later: Frame) -> bool:
    """Whether the later words are the same sentence, further on. In doubt they are not, and both are read."""
    if kind(frame) != "prompt" or is_final(frame):
        return False
    said, grown = (_WORDS.findall(word(one, "voicePrompt").lower()) for one in (frame, later))
    return bool(said) and len(grown) >= len(said) and grown[0] == said[0]
