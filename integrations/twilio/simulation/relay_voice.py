"""The agent's voice in a relay session: what is sent is spoken in time, reported as it sounds, and cut when it must."""

import asyncio
from typing import Any, Protocol

from integrations.twilio.simulation.clock import SimClock
from integrations.twilio.simulation.conversation import Conversation
from integrations.twilio.simulation.line import Pulse
from integrations.twilio.simulation.relay_messages import Play, Text
from integrations.twilio.simulation.relay_settings import RelaySettings
from integrations.twilio.simulation.speech import Cut, Playback, seconds_of


class Outlet(Protocol):
    """Where frames to the application go."""

    async def send(self, frame: dict[str, Any]) -> None: ...

    async def info(self, name: str, value: str) -> None: ...


class RelayVoice:
    """Speech synthesis of one session."""

    def __init__(self, clock: SimClock, conversation: Conversation, settings: RelaySettings, outlet: Outlet) -> None:
        self._clock = clock
        self._conversation = conversation
        self._settings = settings
        self._outlet = outlet
        self._playback = Playback()
        self._lock = asyncio.Lock()
        self._pulse = Pulse()
        self._announced = False
        conversation.sounding = lambda: self._playback.partial(clock.lap())

    async def speak(self, message: Text | Play) -> None:
        """Queue a message of the application, and drop what it preempts."""
        settings = self._settings
        inputs = settings.interruptible if message.interruptible is None else message.interruptible
        preemptible = settings.preemptible if message.preemptible is None else message.preemptible
        async with self._lock:
            await self._catch_up()
            now = self._clock.lap()
            if isinstance(message, Play):
                self._conversation.note(f"(plays {message.source})")
                cut = self._playback.add_media(
                    loops=message.loop, interruptible=inputs, preemptible=preemptible, now=now
                )
            else:
                cut = self._playback.add(
                    message.token, last=message.last, interruptible=inputs, preemptible=preemptible, now=now
                )
            if cut is not None:
                await self._report(cut, by_the_person=False)
            await self._catch_up()
        self._pulse.beat()

    def sounding_inputs(self) -> frozenset[str] | None:
        """What may interrupt the agent at this moment; None while the agent is silent."""
        chunk = self._playback.sounding(self._clock.lap())
        return None if chunk is None else chunk.interruptible

    async def interrupt(self) -> None:
        """The person talks over the agent: silence, and the truth about what was said."""
        async with self._lock:
            await self._catch_up()
            if self._playback.sounding(self._clock.lap()) is None:
                return
            await self._report(self._playback.cut(self._clock.lap()), by_the_person=True)
            await self._catch_up()
        self._pulse.beat()

    async def play(self) -> None:
        """Let time pass for the voice, until cancelled."""
        while True:
            async with self._lock:
                await self._catch_up()
                end = self._playback.next_end()
            await self._pulse.wait(self._clock, None if end is None else end - self._clock.lap())

    async def _catch_up(self) -> None:
        """Bring the record and the announcements up to this moment."""
        now = self._clock.lap()
        conversation = self._conversation
        for chunk in self._playback.advance(now):
            await self._announce(True)
            if chunk.spoken:
                conversation.agent_plays(chunk.text, channel="relay", turn=chunk.cycle, seconds=now - chunk.start)
                await self._tokens_played(chunk.text)
        if self._playback.sounding(now) is not None:
            await self._announce(True)
        elif self._playback.next_end() is None:
            finished = not self._playback.cycle_is_open
            if self._announced or conversation.agent_has_finished != finished:
                conversation.agent_stops(finished=finished)
            await self._announce(False)

    async def _announce(self, speaking: bool) -> None:
        if speaking == self._announced:
            return
        self._announced = speaking
        if speaking:
            self._conversation.agent_starts()
        if "speaker-events" in self._settings.events:
            await self._outlet.info("agentSpeaking", "on" if speaking else "off")

    async def _tokens_played(self, text: str) -> None:
        if "tokens-played" in self._settings.events and text.strip():
            await self._outlet.info("tokensPlayed", text.strip())

    async def _report(self, cut: Cut, *, by_the_person: bool) -> None:
        if cut.tail:
            self._conversation.agent_plays(cut.tail, channel="relay", turn=cut.cycle, seconds=seconds_of(cut.tail))
        if by_the_person:
            frame = {"utteranceUntilInterrupt": cut.utterance, "durationUntilInterruptMs": cut.milliseconds}
            await self._outlet.send({"type": "interrupt", **frame})
        await self._tokens_played(cut.tail)
        self._conversation.agent_is_cut(cut.dropped, channel="relay", turn=cut.cycle)

    async def fall_silent(self) -> None:
        """The session is over: whatever has not sounded never will."""
        cut = self._playback.cut(self._clock.lap())
        if cut.tail:
            self._conversation.agent_plays(cut.tail, channel="relay", turn=cut.cycle, seconds=seconds_of(cut.tail))
        if cut.dropped:
            self._conversation.agent_is_cut(cut.dropped, channel="relay", turn=cut.cycle)
        self._conversation.agent_stops(finished=True)
