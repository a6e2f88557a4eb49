"""`<Gather>`: prompts, then speech or keys, posted to the verb's action."""

import asyncio
import xml.etree.ElementTree as ElementTree
from typing import TYPE_CHECKING

from integrations.twilio.simulation.call import Call
from integrations.twilio.simulation.clock import SimClock
from integrations.twilio.simulation.recognition import as_recognized
from integrations.twilio.simulation.speech import MEDIA_SECONDS
from integrations.twilio.simulation.twiml import Document, flag, text_of, whole_number
from integrations.twilio.simulation.webhooks import Form

if TYPE_CHECKING:
    from integrations.twilio.simulation.script import ScriptPlayer

CONFIDENCE = "0.92"
KEY_GAP_SECONDS = 2.0


class GatherEar:
    """What one `<Gather>` takes in. `started` is set by the first input, `done` when there is a result.

    It listens for one language; words of another come as something else.
    """

    def __init__(self, element: ElementTree.Element, call: Call, *, seed: int) -> None:
        self._listening, self._seed = element.get("language", "en-US"), seed
        kinds = element.get("input", "dtmf").split()
        self.takes_speech = "speech" in kinds
        self.takes_keys = "dtmf" in kinds
        self.number_of_keys = whole_number(element, "numDigits", 0)
        self.finish_key = element.get("finishOnKey", "#")
        self.keys = ""
        self.speech = ""
        self.partial = ""
        self.started = asyncio.Event()
        self.done = asyncio.Event()
        self.heard_more = asyncio.Event()
        self._call = call

    async def on_words(self, words: list[str]) -> str:
        if not self.takes_speech:
            return ""
        self.started.set()
        self.partial = self._recognized(words)
        self.heard_more.set()
        return self.partial

    async def on_utterance(self, words: list[str]) -> str:
        if not self.takes_speech:
            return ""
        self.speech = self._recognized(words)
        self.started.set()
        self.finish()
        return self.speech

    async def on_digit(self, digit: str) -> None:
        if not self.takes_keys:
            return
        self.started.set()
        if self.finish_key and digit == self.finish_key:
            self.finish()
            return
        self.keys += digit
        self.heard_more.set()
        if self.number_of_keys and len(self.keys) >= self.number_of_keys:
            self.finish()

    def _recognized(self, words: list[str]) -> str:
        spoken = self._call.persona.language
        return " ".join(as_recognized(words, listening=self._listening, spoken=spoken, seed=self._seed))

    def finish(self) -> None:
        self.done.set()
        self.heard_more.set()

    def fields(self) -> Form:
        if self.keys:
            return [("Digits", self.keys)]
        return [("SpeechResult", self.speech), ("Confidence", CONFIDENCE)] if self.speech else []


async def gather(
    player: "ScriptPlayer", call: Call, element: ElementTree.Element, document: Document
) -> Document | None:
    """Prompt and listen. The next document, or None to go on with the verb after it."""
    ear = GatherEar(element, call, seed=player.world.config.seed)
    call.conversation.ear = ear
    telling = asyncio.ensure_future(_tell_partials(player, call, element, document, ear))
    try:
        await _prompt(player, call, element, document, ear)
        await _listen(call.clock, call, element, ear)
    finally:
        call.conversation.ear = None
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
    fields = ear.fields()
    if fields or flag(element, "actionOnEmptyResult"):
        return await player.follow(call, element, document, fields)
    return None


async def _prompt(
    player: "ScriptPlayer", call: Call, element: ElementTree.Element, document: Document, ear: GatherEar
) -> None:
    """Play what is nested; the first input ends it, unless barge-in is off."""
    if flag(element, "bargeIn", default=True):
        prompts = asyncio.ensure_future(_play_prompts(player, call, element, document))
        stopped = asyncio.ensure_future(ear.started.wait())
        try:
            await asyncio.wait({prompts, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if prompts.done():
                prompts.result()
        finally:
            for task in (prompts, stopped):
                task.cancel()
            await asyncio.gather(prompts, stopped, return_exceptions=True)
        return
    await _play_prompts(player, call, element, document)


async def _play_prompts(player: "ScriptPlayer", call: Call, element: ElementTree.Element, document: Document) -> None:
    for prompt in element:
        if prompt.tag == "Say":
            await player.speak(call, text_of(prompt), channel="gather")
        elif prompt.tag == "Pause":
            await call.line.hold(float(whole_number(prompt, "length", 1)))
        else:
            call.conversation.note(f"(plays {document.address(text_of(prompt))})")
            await call.line.hold(MEDIA_SECONDS)


async def _listen(clock: SimClock, call: Call, element: ElementTree.Element, ear: GatherEar) -> None:
    """Wait for a first input as long as `timeout`, then for its end."""
    timeout = float(whole_number(element, "timeout", 5))
    if not await call.line.race(clock.wait(ear.started, timeout)):
        return
    while not ear.done.is_set():
        ear.heard_more.clear()
        # Between keys the vendor waits `timeout` again; speech ends by the utterance itself.
        gap = timeout if ear.keys else max(timeout, 30.0)
        if not await call.line.race(clock.wait(ear.heard_more, gap)):
            return


async def _tell_partials(
    player: "ScriptPlayer", call: Call, element: ElementTree.Element, document: Document, ear: GatherEar
) -> None:
    """Growing results go to `partialResultCallback`, best effort."""
    address = element.get("partialResultCallback", "")
    if not address or not ear.takes_speech:
        return
    sequence, told = 0, ""
    while True:
        await call.clock.sleep(0.3)
        if ear.partial and ear.partial != told:
            told = ear.partial
            fields = [("SequenceNumber", str(sequence)), ("UnstableSpeechResult", told), ("StableSpeechResult", "")]
            player.world.tell(
                purpose="gather partial",
                account_sid=call.account_sid,
                key=f"{call.sid}/gather",
                url=document.address(address),
                params=[*call.parameters(), *fields],
                method=element.get("partialResultCallbackMethod", "POST"),
            )
            sequence += 1
