"""`<Record>`: a beep, then the callee's side alone, until silence, a key, or the limit."""

import xml.etree.ElementTree as ElementTree
from typing import TYPE_CHECKING

from integrations.twilio.simulation.call import API_VERSION, Call
from integrations.twilio.simulation.line import HungUp, Pulse
from integrations.twilio.simulation.recordings import Recording
from integrations.twilio.simulation.twiml import Document, flag, whole_number
from integrations.twilio.simulation.webhooks import Form

if TYPE_CHECKING:
    from integrations.twilio.simulation.script import ScriptPlayer

LONGEST_SECONDS = 3600
SILENCE_SECONDS = 5


class RecordEar:
    """Listens for the end of a message."""

    def __init__(self, finish_keys: str) -> None:
        self.finish_keys = finish_keys
        self.key = ""
        self.spoke = False
        self.is_speaking = False
        self.changed = Pulse()

    async def on_words(self, words: list[str]) -> str:
        self.spoke = self.is_speaking = True
        self.changed.beat()
        return " ".join(words)

    async def on_utterance(self, words: list[str]) -> str:
        self.spoke, self.is_speaking = True, False
        self.changed.beat()
        return " ".join(words)

    async def on_digit(self, digit: str) -> None:
        if digit in self.finish_keys:
            self.key = digit
            self.changed.beat()


async def record(
    player: "ScriptPlayer", call: Call, element: ElementTree.Element, document: Document
) -> Document | None:
    """What was left as a message goes to `action`; where nothing was said, the next verb follows."""
    callback = element.get("recordingStatusCallback", "")
    if flag(element, "playBeep", default=True):
        call.conversation.note("(beep)")
    recording = player.engine.recorder.start(
        call,
        source="RecordVerb",
        channels=1,
        callback=document.address(callback) if callback else "",
        method=element.get("recordingStatusCallbackMethod", "POST"),
        events=tuple(element.get("recordingStatusCallbackEvent", "completed").split()),
        trim=element.get("trim", "trim-silence"),
        track="inbound",
    )
    ear = RecordEar(element.get("finishOnKey", "1234567890*#"))
    call.conversation.ear = ear
    try:
        await _listen(call, element, ear)
    except HungUp:
        if ear.spoke:
            ear.key = "hangup"
            await player.tell_after_hang_up(call, element, document, _result(player, recording, ear))
        raise
    finally:
        call.conversation.ear = None
        player.engine.recorder.stop(recording)
    if not ear.spoke:
        return None
    return await player.follow(call, element, document, _result(player, recording, ear))


def _result(player: "ScriptPlayer", recording: Recording, ear: RecordEar) -> Form:
    api = player.world.config.api_base
    return [
        ("RecordingUrl", f"{api}/{API_VERSION}/Accounts/{recording.account_sid}/Recordings/{recording.sid}"),
        ("RecordingSid", recording.sid),
        ("RecordingDuration", str(recording.seconds)),
        ("Digits", ear.key),
    ]


async def _listen(call: Call, element: ElementTree.Element, ear: RecordEar) -> None:
    began = call.clock.lap()
    silence = float(whole_number(element, "timeout", SILENCE_SECONDS))
    longest = float(whole_number(element, "maxLength", LONGEST_SECONDS))
    while not ear.key:
        left = longest - (call.clock.lap() - began)
        if left <= 0:
            return
        limit = left if ear.is_speaking else min(left, silence)
        if not await call.line.race(ear.changed.wait(call.clock, limit)):
            return
