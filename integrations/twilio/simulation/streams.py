"""A double of Media Streams for `<Connect><Stream>`: the frames of a call in their order, and silence for sound."""

import asyncio
import base64
import binascii
import json
import xml.etree.ElementTree as ElementTree
from typing import Any
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from integrations.twilio.simulation.call import Call
from integrations.twilio.simulation.errors import ScriptFailed
from integrations.twilio.simulation.signing import signed_headers
from integrations.twilio.simulation.sockets import Socket
from integrations.twilio.simulation.world import World

OPEN_SECONDS = 5.0
FRAME_SECONDS, BYTES_PER_SECOND = 0.02, 8000
SILENCE = base64.b64encode(b"\xff" * int(FRAME_SECONDS * BYTES_PER_SECOND)).decode()
FORMAT = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}


class StreamSession:
    """One bidirectional stream. What the application sends as sound is timed by its length and marked as played."""

    def __init__(self, world: World, call: Call, element: ElementTree.Element) -> None:
        self.world = world
        self.call = call
        self.url = element.get("url", "")
        self.sid = world.sid("MZ")
        self._parameters = {p.get("name", ""): p.get("value", "") for p in element.findall("Parameter")}
        self._socket: Socket | None = None
        self._sequence = 0
        self._plays_until = 0.0
        self._marks: set[asyncio.Task[None]] = set()
        schemes = {"wss", "ws"} if world.allow_plain_ws else {"wss"}
        parts = urlsplit(self.url)
        if parts.scheme not in schemes:
            raise ScriptFailed(31920, f"the url of Stream must begin with wss://, not {self.url!r}", self.url)
        if parts.query:
            raise ScriptFailed(31920, "the url of Stream takes no query string: use <Parameter>", self.url)

    async def run(self) -> None:
        """Until the application closes the socket; the line's own end raises as everywhere."""
        if not await self.call.line.race(self._connect()):
            return
        self.call.conversation.ear = self
        sending = asyncio.ensure_future(self._send_silence())
        try:
            await self.call.line.race(self._read())
        finally:
            self.call.conversation.ear = None
            sending.cancel()
            for mark in self._marks:
                mark.cancel()
            await asyncio.gather(sending, *self._marks, return_exceptions=True)
            await self._send({"event": "stop", "stop": {"accountSid": self.call.account_sid, "callSid": self.call.sid}})
            if self._socket is not None:
                await self._socket.close()

    async def on_words(self, words: list[str]) -> str:
        """Nobody recognizes speech here: the application gets sound, which this double does not have."""
        return ""

    async def on_utterance(self, words: list[str]) -> str:
        return ""

    async def on_digit(self, digit: str) -> None:
        await self._send({"event": "dtmf", "dtmf": {"track": "inbound_track", "digit": digit}})

    async def _connect(self) -> bool:
        headers = signed_headers(self.world.accounts[self.call.account_sid], self.url)
        address, forwarded = self.world.webhooks.tunnels.through(self.url)
        timeout = OPEN_SECONDS / self.world.webhooks.network_speed
        try:
            self._socket = await self.world.open_socket(address, {**headers, **forwarded}, timeout)
        except (OSError, TimeoutError, InvalidHandshake, InvalidURI, ValueError) as error:
            text = f"Stream: unable to connect to {self.url}: {error}"
            self.world.debug(31920, text, account_sid=self.call.account_sid, call_sid=self.call.sid, url=self.url)
            return False
        await self._socket.send(json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}))
        start = {
            "accountSid": self.call.account_sid,
            "streamSid": self.sid,
            "callSid": self.call.sid,
            "tracks": ["inbound"],
            "mediaFormat": FORMAT,
            "customParameters": self._parameters,
        }
        await self._send({"event": "start", "start": start})
        return True

    async def _send_silence(self) -> None:
        chunk = 0
        while True:
            await self.call.clock.sleep(FRAME_SECONDS)
            chunk += 1
            at = str(round(chunk * FRAME_SECONDS * 1000))
            media = {"track": "inbound", "chunk": str(chunk), "timestamp": at, "payload": SILENCE}
            await self._send({"event": "media", "media": media})

    async def _read(self) -> None:
        assert self._socket is not None
        try:
            async for raw in self._socket:
                self._take(raw)
        except ConnectionClosed:
            return

    def _take(self, raw: str | bytes) -> None:
        try:
            frame = json.loads(raw)
            event = frame["event"]
            now = self.call.clock.lap()
            if event == "media":
                length = len(base64.b64decode(frame["media"]["payload"], validate=True)) / BYTES_PER_SECOND
                self._plays_until = max(now, self._plays_until) + length
            elif event == "mark":
                task = asyncio.ensure_future(self._mark(str(frame["mark"]["name"]), self._plays_until - now))
                self._marks.add(task)
                task.add_done_callback(self._marks.discard)
            elif event == "clear":
                self._plays_until = now
            else:
                raise KeyError(event)
        except (ValueError, KeyError, TypeError, binascii.Error) as error:
            text = f"Stream: invalid message: {error}"
            self.world.debug(31951, text, account_sid=self.call.account_sid, call_sid=self.call.sid, url=self.url)

    async def _mark(self, name: str, after: float) -> None:
        """Told when everything sent before it has sounded."""
        await self.call.clock.sleep(after)
        await self._send({"event": "mark", "mark": {"name": name}})

    async def _send(self, frame: dict[str, Any]) -> None:
        self._sequence += 1
        if self._socket is None:
            return
        try:
            whole = {**frame, "sequenceNumber": str(self._sequence), "streamSid": self.sid}
            await self._socket.send(json.dumps(whole))
        except ConnectionClosed:
            return
