"""What a relay session hears of the person: partial and final prompts, interruptions, keys, and what gets lost."""

import re
from typing import TYPE_CHECKING

from integrations.twilio.simulation.recognition import as_recognized, language_of
from integrations.twilio.simulation.relay_voices import MULTI

if TYPE_CHECKING:
    from integrations.twilio.simulation.relay import RelaySession

_BACKCHANNEL = frozenset({"uh", "huh", "uh-huh", "mhm", "mm", "mm-hmm", "hmm", "yeah", "yep", "okay", "ok", "right"})
_PUNCTUATION = re.compile(r"[^\w\s'$%@-]")


class RelayHearing:
    """Speech recognition of one session. Words that arrive while they may not be reported are lost for good.

    Recognition may take a word back for another one, so what is remembered of each place in the utterance is only whether the
    word there counts: True, False, or None while that is not decided. Words of a language that is not listened for come as others.
    """

    def __init__(self, session: "RelaySession") -> None:
        self._session = session
        self._words: list[str] = []
        self._said: list[str] = []
        self._counts: list[bool | None] = []
        self._told = ""
        self._is_speaking = False

    async def on_words(self, words: list[str]) -> str:
        """The person has said this much of an utterance, as far as recognition can tell by now."""
        await self._sort(words)
        if self._session.settings.partial_prompts and self._text() not in {"", self._told}:
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
        if self._kept() and self._session.settings.partial_on_hangup:
            await self._prompt(last=True)
        self._words, self._said, self._counts = [], [], []

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
        known = len(self._counts)
        session = self._session
        self._said = list(words)
        self._words = as_recognized(
            words,
            listening=session.hearing_language,
            spoken=session.call.persona.language,
            seed=session.world.config.seed,
        )
        self._counts = (self._counts + [None] * len(words))[: len(words)]
        if len(words) <= known:
            return
        if not self._is_speaking:
            self._is_speaking = True
            await self._client_speaking("on")
        await self._decide(at_the_end=False)

    async def _decide(self, *, at_the_end: bool) -> None:
        """Keep, drop or still wait with the newest words, by what the agent is doing at this moment."""
        if None not in self._counts:
            return
        session = self._session
        inputs = session.voice.sounding_inputs()
        if inputs is None:
            self._settle(True)
            return
        words = [word for word, counts in zip(self._words, self._counts, strict=True) if counts is not False]
        enough = len(words) >= session.settings.words_to_interrupt
        acknowledging = session.settings.ignore_backchannel and is_backchannel(words)
        if "speech" in inputs and enough and not acknowledging:
            await session.voice.interrupt()
            self._settle(True)
        elif "speech" in inputs and not at_the_end:
            return
        else:
            self._settle("speech" in session.settings.reported and not acknowledging)

    def _settle(self, counts: bool) -> None:
        self._counts = [counts if one is None else one for one in self._counts]

    def _kept(self) -> list[str]:
        return [word for word, counts in zip(self._words, self._counts, strict=True) if counts]

    async def _prompt(self, *, last: bool) -> None:
        self._told = self._text()
        await self._session.send({"type": "prompt", "voicePrompt": self._told, "lang": self._language(), "last": last})

    async def _be_quiet(self) -> None:
        self._words, self._said, self._counts, self._told = [], [], [], ""
        self._is_speaking = False
        await self._client_speaking("off")

    async def _client_speaking(self, value: str) -> None:
        if "speaker-events" in self._session.settings.events:
            await self._session.info("clientSpeaking", value)

    def _text(self) -> str:
        text = " ".join(self._kept())
        return text if self._session.settings.smart_format else _PUNCTUATION.sub("", text).lower()

    def _language(self) -> str:
        """The one listened for; where that is found out, only what kind it is: "en", not "en-US"."""
        session = self._session
        if session.hearing_language != MULTI:
            return session.hearing_language
        return language_of(self._said, spoken=session.call.persona.language)


def is_backchannel(words: list[str]) -> bool:
    """Only small sounds of listening."""
    return all(re.sub(r"[^\w-]", "", word).lower() in _BACKCHANNEL for word in words)
