"""What a relay session hears of the person: partial and final prompts, interruptions, keys, and what gets lost."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from integrations.twilio.simulation.relay import RelaySession

_BACKCHANNEL = frozenset({"uh", "huh", "uh-huh", "mhm", "mm", "mm-hmm", "hmm", "yeah", "yep", "okay", "ok", "right"})
_PUNCTUATION = re.compile(r"[^\w\s'$%@-]")


class RelayHearing:
    """Speech recognition of one session. Words that arrive while they may not be reported are lost for good."""

    def __init__(self, session: "RelaySession") -> None:
        self._session = session
        self._heard: list[str] = []
        self._undecided: list[str] = []
        self._counted = 0
        self._is_speaking = False

    async def on_words(self, words: list[str]) -> str:
        """The person has said this much of an utterance."""
        before = len(self._heard)
        await self._sort(words)
        if self._session.settings.partial_prompts and len(self._heard) > before:
            await self._prompt(last=False)
        return self._text()

    async def on_utterance(self, words: list[str]) -> str:
        """The utterance is complete; the final prompt follows after the silence that ends a turn."""
        await self._sort(words)
        await self._session.clock.sleep(self._session.settings.end_of_turn)
        await self._decide(at_the_end=True)
        text = self._text()
        if text:
            await self._prompt(last=True)
        await self._be_quiet()
        return text

    async def last_words(self) -> None:
        """The line went down in the middle: the words so far are reported only if that was asked for."""
        if self._heard and self._session.settings.partial_on_hangup:
            await self._prompt(last=True)
        self._heard = []

    async def on_digit(self, digit: str) -> None:
        session = self._session
        if not session.settings.dtmf_detection:
            return
        inputs = session.voice.sounding_inputs()
        if inputs is not None and "dtmf" in inputs:
            await session.voice.interrupt()
        elif inputs is not None and "dtmf" not in session.settings.reported:
            return
        await session.send({"type": "dtmf", "digit": digit})

    async def _sort(self, words: list[str]) -> None:
        new = words[self._counted :]
        self._counted = len(words)
        if not new:
            return
        if not self._is_speaking:
            self._is_speaking = True
            await self._client_speaking("on")
        self._undecided += new
        await self._decide(at_the_end=False)

    async def _decide(self, *, at_the_end: bool) -> None:
        """Keep, drop or still wait with the newest words, by what the agent is doing at this moment."""
        if not self._undecided:
            return
        session = self._session
        inputs = session.voice.sounding_inputs()
        if inputs is None:
            self._keep()
            return
        words = self._heard + self._undecided
        enough = len(words) >= session.settings.words_to_interrupt
        acknowledging = session.settings.ignore_backchannel and is_backchannel(words)
        if "speech" in inputs and enough and not acknowledging:
            await session.voice.interrupt()
            self._keep()
        elif "speech" in inputs and not at_the_end:
            return
        elif "speech" in session.settings.reported and not acknowledging:
            self._keep()
        else:
            self._undecided = []

    def _keep(self) -> None:
        self._heard += self._undecided
        self._undecided = []

    async def _prompt(self, *, last: bool) -> None:
        frame = {"type": "prompt", "voicePrompt": self._text(), "lang": self._language(), "last": last}
        await self._session.send(frame)

    async def _be_quiet(self) -> None:
        self._heard, self._undecided, self._counted = [], [], 0
        self._is_speaking = False
        await self._client_speaking("off")

    async def _client_speaking(self, value: str) -> None:
        if "speaker-events" in self._session.settings.events:
            await self._session.info("clientSpeaking", value)

    def _text(self) -> str:
        text = " ".join(self._heard)
        return text if self._session.settings.smart_format else _PUNCTUATION.sub("", text).lower()

    def _language(self) -> str:
        hearing = self._session.hearing_language
        return self._session.call.persona.language if hearing == "multi" else hearing


def is_backchannel(words: list[str]) -> bool:
    """Only small sounds of listening."""
    return all(re.sub(r"[^\w-]", "", word).lower() in _BACKCHANNEL for word in words)
