"""Which voices, recognizers and languages go together in a relay session. What does not ends it before it begins, with 64101."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

MULTI = "multi"  # whichever language is spoken is found out
_SPEAKERS = {"google": "Google", "amazon": "Amazon", "elevenlabs": "ElevenLabs"}
_MODELS = {"Deepgram": ("nova-3-general", "nova-2-general", "flux"), "Google": ("telephony",)}
_RECOGNIZERS = {name.lower(): name for name in _MODELS}
ENGLISH_ONLY = frozenset({"flux"})
# Languages, and the regions of those that are commonly told apart.
_REGIONS = {"en": {"US", "GB", "AU", "CA", "IN", "NZ"}, "es": {"US", "ES", "MX", "419"}}
_LANGUAGES = frozenset(
    {
        "bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "hi", "hu", "id", "it", "ja", "ko",
        "lt", "lv", "ms", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sv", "ta", "te", "th", "tr", "uk", "vi", "zh",
    }
)  # fmt: skip
_TAG = re.compile(r"([a-z]{2,3})(?:-([A-Z]{2}|\d{3}))?")
_VOICES = {
    "Google": re.compile(r"(?P<tag>[a-z]{2,3}-[A-Z]{2})-(Standard|Wavenet|Neural2|News|Studio|Polyglot|Journey|Chirp-HD|Chirp3-HD)-[A-Z][A-Za-z]*"),
    "Amazon": re.compile(r"[A-Z][a-zéíóöáñ]+(-(Neural|Generative))?"),
    "ElevenLabs": re.compile(r"[A-Za-z0-9]{20}(-[a-z0-9_]+(-[\d.]+(_[\d.]+){2})?)?"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Provision:
    """Who speaks and who recognizes, as asked for; names the vendor does not know stay as they are."""

    speaker: str
    voice: str
    recognizer: str
    model: str


def provisions(element: ElementTree.Element) -> dict[str, Provision]:
    """Of the session itself under "", and of each `<Language>` under its code: what it leaves out is as in the session."""
    own = _provision(element, Provision("ElevenLabs", "", "Deepgram", ""))
    return {"": own, **{one.get("code", ""): _provision(one, own) for one in element.findall("Language")}}


def not_offered(provided: Mapping[str, Provision], *, spoken: str, heard: str) -> list[str]:
    """What the vendor refuses in these settings, in words; nothing where a session can begin."""
    found = [*_speaking(provided[""], spoken), *_hearing(provided[""], heard)]
    for code, provision in provided.items():
        if code:
            found += [*_speaking(provision, code), *_hearing(provision, code)]
    return list(dict.fromkeys(found))


def can_hear(provided: Mapping[str, Provision], language: str) -> list[str]:
    """Why recognition cannot go on in this language; nothing where it can."""
    return list(_hearing(provided.get(language, provided[""]), language))


def can_speak(provided: Mapping[str, Provision], language: str) -> list[str]:
    """Why the agent cannot go on in this language. Without a voice of that language the provider's own is taken."""
    own = provided.get(language)
    return list(_speaking(own or Provision(provided[""].speaker, "", "", ""), language))


def _provision(element: ElementTree.Element, own: Provision) -> Provision:
    speaker = element.get("ttsProvider", own.speaker)
    recognizer = element.get("transcriptionProvider", own.recognizer)
    speaker, recognizer = _SPEAKERS.get(speaker.lower(), speaker), _RECOGNIZERS.get(recognizer.lower(), recognizer)
    same = recognizer == own.recognizer
    usual = own.model if same and own.model else _MODELS.get(recognizer, ("",))[0]
    return Provision(speaker, element.get("voice", ""), recognizer, element.get("speechModel", usual))


def _speaking(provision: Provision, language: str) -> Iterator[str]:
    if provision.speaker not in _VOICES:
        yield f"ttsProvider is Amazon, ElevenLabs, Google, not {provision.speaker!r}"
        return
    if language == MULTI and provision.speaker != "ElevenLabs":
        yield f"the language multi is spoken by ElevenLabs alone, not by {provision.speaker}"
    elif language != MULTI and not _is_known(language):
        yield f"{language!r} is no language that is spoken here"
    if not provision.voice:
        return
    named = _VOICES[provision.speaker].fullmatch(provision.voice)
    if named is None:
        yield f"{provision.speaker} has no voice {provision.voice!r}"
    elif provision.speaker == "Google" and language != MULTI and named["tag"] != language:
        yield f"the voice {provision.voice!r} does not speak {language}"


def _hearing(provision: Provision, language: str) -> Iterator[str]:
    models = _MODELS.get(provision.recognizer)
    if models is None:
        yield f"transcriptionProvider is Deepgram, Google, not {provision.recognizer!r}"
        return
    if provision.model not in models:
        yield f"speechModel of {provision.recognizer} is {', '.join(models)}, not {provision.model!r}"
    if language == MULTI and provision.recognizer != "Deepgram":
        yield f"the language multi is recognized by Deepgram alone, not by {provision.recognizer}"
    elif language != MULTI and not _is_known(language):
        yield f"{language!r} is no language that is recognized here"
    if provision.model in ENGLISH_ONLY and not _is_english(language):
        yield f"the speech model {provision.model} recognizes English alone, not {language}"


def _is_english(language: str) -> bool:
    return language.split("-")[0] == "en"


def _is_known(language: str) -> bool:
    tag = _TAG.fullmatch(language)
    if tag is None or tag[1] not in _LANGUAGES:
        return False
    return tag[2] is None or tag[2] in _REGIONS.get(tag[1], {tag[2]})
