"""The attributes of `<ConversationRelay>`, with the vendor's defaults."""

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from integrations.twilio.simulation.errors import ScriptFailed
from integrations.twilio.simulation.relay_voices import Provision, not_offered, provisions

INPUTS = {
    "none": frozenset[str](),
    "false": frozenset[str](),
    "dtmf": frozenset({"dtmf"}),
    "speech": frozenset({"speech"}),
    "any": frozenset({"dtmf", "speech"}),
    "true": frozenset({"dtmf", "speech"}),
}
_CHOICES = {
    "interruptSensitivity": {"low", "medium", "high"},
    "ttsTextNormalization": {"auto", "on", "off"},
    "elevenlabsTextNormalization": {"auto", "on", "off"},
}
_FLAGS = (
    "profanityFilter", "dtmfDetection", "partialPrompts", "deepgramSmartFormat", "ignoreBackchannel",
    "partialPromptOnHangup", "asrSmartFormat", "applicationReconnect", "echoPromptFiltering", "turnDetection",
)  # fmt: skip
# Numbers the vendor takes, and of which model alone; others are warned about and left aside.
_THRESHOLDS = {"eotThreshold": (0.5, 0.9), "eagerEotThreshold": (0.3, 0.9)}
END_OF_TURN_SECONDS = 0.6
WORDS_TO_INTERRUPT = {"high": 1, "medium": 1, "low": 2}


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """How a session behaves. `language` is what the agent speaks, `hearing` what recognition listens for.

    `provisions`: who speaks and who recognizes, of the session itself under "" and of each `<Language>` under its code.
    """

    url: str
    greeting: str
    greeting_interruptible: frozenset[str]
    interruptible: frozenset[str]
    reported: frozenset[str]
    preemptible: bool
    language: str
    hearing: str
    partial_prompts: bool
    partial_on_hangup: bool
    dtmf_detection: bool
    ignore_backchannel: bool
    smart_format: bool
    words_to_interrupt: int
    end_of_turn: float
    events: frozenset[str]
    debugging: bool
    reconnect: bool
    provisions: dict[str, Provision] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)


def read_settings(element: ElementTree.Element, *, allow_plain_ws: bool) -> tuple[RelaySettings, list[str]]:
    """The settings, and warnings about values that are ignored. Raises `ScriptFailed` where no session can begin."""
    url = element.get("url", "")
    schemes = {"wss", "ws"} if allow_plain_ws else {"wss"}
    if urlsplit(url).scheme not in schemes:
        raise ScriptFailed(64102, f"the url of ConversationRelay must begin with wss://, not {url!r}", url)
    warnings = _warnings(element)
    language = element.get("language", "en-US")
    spoken, heard = element.get("ttsLanguage", language), element.get("transcriptionLanguage", language)
    provided = provisions(element)
    if refusals := not_offered(provided, spoken=spoken, heard=heard):
        raise ScriptFailed(64101, "; ".join(refusals), url)
    timeout = element.get("speechTimeout", "auto")
    debug = frozenset(element.get("debug", "").split())
    settings = RelaySettings(
        url=url,
        greeting=element.get("welcomeGreeting", ""),
        greeting_interruptible=_inputs(element, "welcomeGreetingInterruptible", "any"),
        interruptible=_inputs(element, "interruptible", "any"),
        reported=_inputs(element, "reportInputDuringAgentSpeech", "none"),
        preemptible=_on(element, "preemptible"),
        language=spoken,
        hearing=heard,
        partial_prompts=_on(element, "partialPrompts"),
        partial_on_hangup=_on(element, "partialPromptOnHangup"),
        dtmf_detection=_on(element, "dtmfDetection"),
        ignore_backchannel=_on(element, "ignoreBackchannel"),
        smart_format=_on(element, "asrSmartFormat", default=_on(element, "deepgramSmartFormat", default=True)),
        words_to_interrupt=WORDS_TO_INTERRUPT.get(element.get("interruptSensitivity", "high"), 1),
        end_of_turn=int(timeout) / 1000 if _is_speech_timeout(timeout) else END_OF_TURN_SECONDS,
        events=frozenset(element.get("events", "").split()) | debug,
        debugging="debugging" in debug,
        reconnect=_on(element, "applicationReconnect"),
        provisions=provided,
        parameters={p.get("name", ""): p.get("value", "") for p in element.findall("Parameter")},
    )
    return settings, warnings


def _warnings(element: ElementTree.Element) -> list[str]:
    found = []
    for name in ("interruptible", "welcomeGreetingInterruptible", "reportInputDuringAgentSpeech"):
        if element.get(name, "any") not in INPUTS:
            found.append(f"{name} is none, dtmf, speech or any, not {element.get(name)!r}")
    for name, choices in _CHOICES.items():
        if name in element.attrib and element.attrib[name] not in choices:
            found.append(f"{name} is {', '.join(sorted(choices))}, not {element.attrib[name]!r}")
    for name in _FLAGS:
        if element.get(name, "true") not in {"true", "false"}:
            found.append(f"{name} is true or false, not {element.get(name)!r}")
    timeout = element.get("speechTimeout", "auto")
    if timeout != "auto" and not _is_speech_timeout(timeout):
        found.append(f"speechTimeout is 600 to 5000 or auto, not {timeout!r}")
    found += _thresholds(element)
    if unknown := set(element.get("events", "").split()) - {"speaker-events", "tokens-played"}:
        found.append(f"events has unknown values: {', '.join(sorted(unknown))}")
    return found


def _thresholds(element: ElementTree.Element) -> list[str]:
    found = []
    for name, (least, most) in _THRESHOLDS.items():
        value = element.get(name)
        if value is None:
            continue
        if element.get("speechModel") != "flux":
            found.append(f"{name} counts with the speech model flux only, not with {element.get('speechModel')!r}")
        if not _is_between(value, least, most):
            found.append(f"{name} is {least} to {most}, not {value!r}")
    return found


def _is_between(value: str, least: float, most: float) -> bool:
    try:
        return least <= float(value) <= most
    except ValueError:
        return False


def _inputs(element: ElementTree.Element, name: str, default: str) -> frozenset[str]:
    return INPUTS.get(element.get(name, default), INPUTS[default])


def _on(element: ElementTree.Element, name: str, *, default: bool = False) -> bool:
    value = element.get(name)
    return default if value is None else value == "true"


def _is_speech_timeout(value: str) -> bool:
    return value.isdigit() and 600 <= int(value) <= 5000
