"""A ConversationRelay session: the socket into the application, and the agent's voice that comes out of it."""

import asyncio
import json
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from integrations.twilio.simulation.call import Call
from integrations.twilio.simulation.line import HungUp, Replaced
from integrations.twilio.simulation.relay_hearing import RelayHearing
from integrations.twilio.simulation.relay_messages import (
    End,
    InvalidMessage,
    Language,
    Message,
    Play,
    SendDigits,
    Text,
    read_message,
)
from integrations.twilio.simulation.relay_settings import RelaySettings
from integrations.twilio.simulation.relay_voice import RelayVoice
from integrations.twilio.simulation.relay_voices import can_hear, can_speak
from integrations.twilio.simulation.signing import signed_headers
from integrations.twilio.simulation.sockets import Socket
from integrations.twilio.simulation.world import World

SETUP_SECONDS = 0.8
MALFORMED_LIMIT = 10
RECONNECTS = 3
BUFFERED_EVENTS = 500
OPEN_SECONDS = 5.0


@dataclass(slots=True)
class SessionResult:
    """How a session ended: `completed` (hung up), `ended` (by the application) or `failed`."""

    status: str
    handoff_data: str | None = None
    error_code: int | None = None
    error_message: str = ""
    seconds: int = 0


class RelaySession:
    """One session. `run` returns when it is over; it raises `Replaced` if the call got other instructions."""

    def __init__(self, world: World, call: Call, settings: RelaySettings) -> None:
        self.world = world
        self.call = call
        self.settings = settings
        self.clock = call.clock
        self.sid = world.sid("VX")
        self.voice = RelayVoice(call.clock, call.conversation, settings, self)
        self.language, self.hearing_language = settings.language, settings.hearing
        self.hearing = RelayHearing(self)
        self._malformed = 0
        self._socket: Socket | None = None
        self._unsent: deque[str] = deque(maxlen=BUFFERED_EVENTS)
        self._outcome: asyncio.Future[SessionResult] = asyncio.get_running_loop().create_future()

    async def run(self) -> SessionResult:
        """Hold the session until somebody ends it."""
        await self.call.line.hold(SETUP_SECONDS)
        began = self.clock.lap()
        try:
            result = await self._hold()
        except Replaced:
            self.call.sessions.append({"session_sid": self.sid, "url": self.settings.url, "status": "replaced"})
            raise
        result.seconds = round(self.clock.lap() - began)
        self.call.sessions.append({"session_sid": self.sid, "url": self.settings.url, **asdict(result)})
        if result.error_code is not None:
            self._debug(result.error_code, result.error_message)
        return result

    async def _hold(self) -> SessionResult:
        limit = self.world.accounts[self.call.account_sid].relay_sessions
        if limit is not None and len(self.world.relay_sessions[self.call.account_sid]) >= limit:
            return SessionResult("failed", error_code=64109, error_message="Concurrency limit reached")
        if refusal := await self.call.line.race(self._connect()):
            return SessionResult("failed", error_code=64102, error_message=refusal)
        self.world.relay_sessions[self.call.account_sid].add(self.sid)
        self.call.conversation.ear = self.hearing
        tasks = [asyncio.ensure_future(self._read()), asyncio.ensure_future(self.voice.play())]
        try:
            await self._greet()
            return await self.call.line.race(self._until_ended())
        except HungUp:
            await self.hearing.last_words()
            return SessionResult("completed")
        finally:
            self.world.relay_sessions[self.call.account_sid].discard(self.sid)
            self.call.conversation.ear = None
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.voice.fall_silent()
            await self._close(1000, "Closing websocket session")

    # -- the socket ---------------------------------------------------------------------------

    async def _connect(self) -> str:
        """Open the socket and introduce the call; a sentence if that is refused."""
        url = self.settings.url
        headers = signed_headers(self.world.accounts[self.call.account_sid], url)
        address, forwarded = self.world.webhooks.tunnels.through(url)
        timeout = OPEN_SECONDS / self.world.webhooks.network_speed
        try:
            self._socket = await self.world.open_socket(address, {**headers, **forwarded}, timeout)
        except (OSError, TimeoutError, InvalidHandshake, InvalidURI, ValueError) as error:
            return f"Unable to connect to {url}: {error}"
        await self.send(self._setup())
        return ""

    def _setup(self) -> dict[str, Any]:
        call = self.call
        return {
            "type": "setup",
            "sessionId": self.sid,
            "accountSid": call.account_sid,
            "parentCallSid": call.parent_sid or "",
            "callSid": call.sid,
            "from": call.from_,
            "to": call.to,
            "forwardedFrom": "",
            "callType": "PSTN",
            "callerName": "",
            "direction": call.direction,
            "callStatus": "RINGING" if call.direction == "inbound" else "IN-PROGRESS",
            "customParameters": self.settings.parameters,
        }

    async def send(self, frame: dict[str, Any]) -> None:
        """Send a frame; one that finds no socket waits for a reconnection."""
        self._log("to_app", frame)
        await self._send_raw(json.dumps(frame))

    async def info(self, name: str, value: str) -> None:
        await self.send({"type": "info", "name": name, "value": value})

    async def _send_raw(self, text: str) -> None:
        if self._socket is None:
            self._unsent.append(text)
            return
        try:
            await self._socket.send(text)
        except ConnectionClosed:
            self._unsent.append(text)

    async def _read(self) -> None:
        while self._socket is not None:
            try:
                async for raw in self._socket:
                    await self._take(raw)
            except ConnectionClosed:
                pass
            if self._outcome.done():
                return
            self._socket = None
            if not (self.settings.reconnect and await self._reconnect()):
                self._end(SessionResult("failed", error_code=64105, error_message="Websocket ended"))

    async def _reconnect(self) -> bool:
        for _ in range(RECONNECTS):
            await self.clock.sleep(1.0)
            missed, self._unsent = self._unsent, deque(maxlen=BUFFERED_EVENTS)
            if not await self._connect():
                for text in missed:
                    await self._send_raw(text)
                return True
            self._unsent = missed
        return False

    async def _take(self, raw: str | bytes) -> None:
        try:
            message = read_message(raw)
        except InvalidMessage as error:
            self._log("from_app", raw if isinstance(raw, str) else repr(raw))
            self._malformed += 1
            self._debug(64107, str(error))
            await self.send({"type": "error", "description": str(error)})
            if self._malformed >= MALFORMED_LIMIT:
                await self._close(1007, "Too many invalid messages")
                text = "Websocket ended after ten invalid messages in a row"
                self._end(SessionResult("failed", error_code=64105, error_message=text))
            return
        self._malformed = 0
        self._log("from_app", json.loads(raw))
        await self._act_on(message)

    async def _act_on(self, message: Message) -> None:
        match message:
            case Text() | Play():
                await self.voice.speak(message)
            case SendDigits(digits):
                self.call.conversation.agent_presses(digits)
            case Language(tts, transcription):
                await self._go_on_in(tts or self.language, transcription or self.hearing_language)
            case End(handoff_data):
                self._end(SessionResult("ended", handoff_data=handoff_data))

    async def _go_on_in(self, language: str, hearing: str) -> None:
        """Speak and listen for these from now on; where they are not offered all stays as it is."""
        provided = self.settings.provisions
        refusals = [*can_speak(provided, language), *can_hear(provided, hearing)]
        if refusals:
            self._debug(64101, "; ".join(refusals))
            await self.send({"type": "error", "description": "; ".join(refusals)})
            return
        self.language, self.hearing_language = language, hearing

    async def _greet(self) -> None:
        if self.settings.debugging:
            await self.info("roundTripDelayMs", "121")
        if self.settings.greeting:
            inputs = self.settings.greeting_interruptible
            await self.voice.speak(Text(self.settings.greeting, True, "", inputs, None))

    # -- the end ------------------------------------------------------------------------------

    async def _until_ended(self) -> SessionResult:
        return await asyncio.shield(self._outcome)

    def _end(self, result: SessionResult) -> None:
        if not self._outcome.done():
            self._outcome.set_result(result)

    async def _close(self, code: int, reason: str) -> None:
        if self._socket is not None:
            await self._socket.close(code, reason)

    def _log(self, direction: str, frame: Any) -> None:
        at = self.clock.world_now().isoformat()
        seconds = self.call.conversation.seconds()
        self.call.frames.append({"direction": direction, "at": at, "seconds": seconds, "frame": frame})

    def _debug(self, code: int, message: str) -> None:
        self.world.debug(
            code, message, account_sid=self.call.account_sid, call_sid=self.call.sid, url=self.settings.url
        )
