"""The carrier's end of one relay socket, moved by hand: signed upgrade, frames in, frames out."""

import json
import time
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from django.conf import settings
from twilio.request_validator import RequestValidator
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from calls.answering import answer
from calls.dialing import claim, decide
from calls.models import Attempt
from calls.planning import plan
from invoices.models import Invoice
from syntharra.tenancy import current_business

Frame = dict[str, Any]


def answered(invoice: Invoice, *, sid: str = "CA00000000000000000000000000000001") -> Attempt:
    """The call about this invoice, planned, dialed and answered, as far as we know."""
    plan(current_business())
    attempt = Attempt.objects.get(customer=invoice.customer, status="planned")
    assert claim(attempt.pk)
    assert decide(attempt.pk)
    assert "<Connect" in answer(attempt.pk, sid)
    attempt.refresh_from_db()
    return attempt


def signature(url: str, token: str = "") -> str:
    return str(RequestValidator(token or settings.TWILIO_AUTH_TOKEN).compute_signature(url, {}))


class Telephone:
    """One session. ``says`` speaks, ``hears`` waits for a whole answer and lets it be played to its end."""

    def __init__(self, attempt_id: UUID, *, sid: str = "CA00000000000000000000000000000001", **setup: Any) -> None:
        self.url = f"{settings.RELAY_URL}/relay/{attempt_id}"
        self.sid = sid
        self._setup = {"accountSid": settings.TWILIO_ACCOUNT_SID, "callSid": sid, **setup}
        self._socket: ClientConnection | None = None
        self._open = ExitStack()
        self.frames: list[Frame] = []

    def __enter__(self) -> Self:
        headers = {"x-twilio-signature": signature(self.url)}
        self._socket = self._open.enter_context(connect(self.url, additional_headers=headers, proxy=None))
        self.sends(type="setup", sessionId="VX1", **{"from": "+16145550199", "to": "+16145550120"}, **self._setup)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.hangs_up()
        self._open.close()

    @property
    def socket(self) -> ClientConnection:
        assert self._socket is not None
        return self._socket

    def sends(self, **frame: Any) -> None:
        self.socket.send(json.dumps(frame))

    def says(self, text: str, *, partials: tuple[str, ...] = ()) -> None:
        for partial in (*partials, text):
            self.sends(type="prompt", voicePrompt=partial, lang="en-US", last=False)
        self.sends(type="prompt", voicePrompt=text, lang="en-US", last=True)

    def next_frame(self, timeout: float = 10.0) -> Frame:
        frame: Frame = json.loads(self.socket.recv(timeout=timeout))
        self.frames.append(frame)
        return frame

    def frame(self, kind: str, timeout: float = 10.0) -> Frame:
        """The next frame of this kind."""
        deadline = time.monotonic() + timeout
        while (frame := self.next_frame(max(0.1, deadline - time.monotonic())))["type"] != kind:
            pass
        return frame

    def hears(self, *, play: bool = True, timeout: float = 10.0) -> str:
        """The whole of the next answer; breaths that only silence the agent are passed over."""
        tokens: list[str] = []
        while True:
            frame = self.frame("text", timeout)
            if not frame["token"].strip():
                continue
            tokens.append(frame["token"])
            if frame["last"]:
                break
        text = "".join(tokens)
        if play:
            self.plays(text)
        return text

    def plays(self, text: str) -> None:
        self.sends(type="info", name="agentSpeaking", value="on")
        self.sends(type="info", name="tokensPlayed", value=text)
        self.sends(type="info", name="agentSpeaking", value="off")

    def interrupts(self, heard: str) -> None:
        self.sends(type="interrupt", utteranceUntilInterrupt=heard, durationUntilInterruptMs=460)

    def is_quiet(self, seconds: float) -> bool:
        """No frame comes for so long."""
        try:
            self.next_frame(seconds)
        except TimeoutError:
            return True
        except ConnectionClosed:
            return True
        return False

    def hangs_up(self) -> None:
        """The person puts the telephone down."""
        self.socket.close(1000, "Closing websocket session")

    def breaks(self) -> None:
        """The network drops the socket; the call goes on."""
        self.socket.socket.close()
