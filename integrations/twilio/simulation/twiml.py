"""TwiML as the vendor reads it: what is well formed, which verbs and attributes exist, what is only warned about."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from integrations.twilio.simulation.errors import ScriptFailed

MAX_BYTES = 64 * 1024
SAY_LIMIT = 4096

_GATHER = (
    "input action method timeout speechTimeout maxSpeechTime profanityFilter finishOnKey numDigits "
    "partialResultCallback partialResultCallbackMethod language hints bargeIn debug actionOnEmptyResult "
    "speechModel enhanced"
)
_DIAL = (
    "action method timeout hangupOnStar timeLimit callerId record trim recordingStatusCallback "
    "recordingConfigurationId recordingStatusCallbackMethod recordingStatusCallbackEvent answerOnBridge ringTone "
    "recordingTrack sequential referUrl referMethod events passports"
)
_NUMBER = (
    "sendDigits url method statusCallbackEvent statusCallback statusCallbackMethod byoc machineDetection "
    "amdStatusCallbackMethod amdStatusCallback machineDetectionTimeout machineDetectionSpeechThreshold "
    "machineDetectionSpeechEndThreshold machineDetectionSilenceTimeout"
)
_RELAY = (
    "url language ttsLanguage transcriptionLanguage ttsProvider voice transcriptionProvider speechModel "
    "profanityFilter dtmfDetection welcomeGreeting partialPrompts welcomeGreetingInterruptible interruptible "
    "preemptible hints intelligenceService reportInputDuringAgentSpeech elevenlabsTextNormalization "
    "interruptSensitivity debug backgroundNoiseReduction speechTimeout deepgramSmartFormat ignoreBackchannel "
    "events partialPromptOnHangup eotThreshold eagerEotThreshold asrSmartFormat ttsTextNormalization "
    "ttsLanguageTextNormalization elevenlabsLanguageTextNormalization includeInPrompt customerName "
    "applicationReconnect echoPromptFiltering turnDetection conversationConfiguration"
)
_LANGUAGE = (
    "code ttsProvider voice transcriptionProvider speechModel hints asrSmartFormat ttsTextNormalization "
    "ttsLanguageTextNormalization"
)
_RECORD = (
    "action method timeout finishOnKey maxLength playBeep trim recordingStatusCallback recordingStatusCallbackMethod "
    "recordingStatusCallbackEvent transcribe transcribeCallback recordingConfigurationId"
)
_PAY = (
    "input action bankAccountType statusCallback statusCallbackMethod timeout maxAttempts securityCode postalCode "
    "minPostalCodeLength paymentConnector paymentMethod tokenType chargeAmount currency description validCardTypes language"
)

ATTRIBUTES: Mapping[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "Response": "",
        "Say": "voice loop language",
        "Play": "loop digits",
        "Pause": "length",
        "Gather": _GATHER,
        "Dial": _DIAL,
        "Number": _NUMBER,
        "Redirect": "method",
        "Reject": "reason",
        "Hangup": "",
        "Connect": "action method",
        "ConversationRelay": _RELAY,
        "Language": _LANGUAGE,
        "Parameter": "name value",
        "Start": "action method",
        "Stop": "",
        "Record": _RECORD,
        "Pay": _PAY,
        "Stream": "url name track statusCallback statusCallbackMethod",
        "Recording": "recordingStatusCallback recordingStatusCallbackMethod recordingStatusCallbackEvent trim track "
        "channels recordingConfigurationId",
    }.items()
}
CHILDREN: Mapping[str, frozenset[str]] = {
    "Response": frozenset(
        [
            "Say",
            "Play",
            "Pause",
            "Gather",
            "Dial",
            "Redirect",
            "Reject",
            "Hangup",
            "Connect",
            "Start",
            "Stop",
            "Record",
            "Pay",
        ]
    ),
    "Gather": frozenset({"Say", "Play", "Pause"}),
    "Dial": frozenset({"Number"}),
    "Connect": frozenset({"ConversationRelay", "Stream"}),
    "Stream": frozenset({"Parameter"}),
    "Stop": frozenset({"Recording"}),
    "ConversationRelay": frozenset({"Language", "Parameter"}),
    "Start": frozenset({"Recording"}),
}


@dataclass(slots=True)
class Document:
    """One TwiML answer: its verbs, where it came from, and the warnings about it."""

    root: ElementTree.Element
    base_url: str
    warnings: list[str] = field(default_factory=list)

    def address(self, reference: str) -> str:
        """A URL in an attribute, made absolute. Given outright, TwiML has no address of its own to start from."""
        if urlsplit(reference).scheme:
            return reference
        if not self.base_url:
            raise ScriptFailed(15004, f"an absolute URL is needed, not {reference!r}")
        return urljoin(self.base_url.split("#", 1)[0], reference)


def read_document(text: bytes | str, *, base_url: str, content_type: str = "text/xml") -> Document:
    """Parse an answer. Raises `ScriptFailed` where Twilio gives the call up; collects warnings where it goes on."""
    kind = content_type.split(";", 1)[0].strip().lower()
    if kind == "text/plain":
        return Document(_spoken(text), base_url)
    if kind not in {"", "text/xml", "application/xml", "text/html"}:
        raise ScriptFailed(12300, f"Invalid Content-Type: {kind}", base_url)
    if len(text) > MAX_BYTES:
        raise ScriptFailed(11750, "TwiML response body too large", base_url)
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - our own application's answer
    except ElementTree.ParseError as error:
        raise ScriptFailed(12100, f"Document parse failure: {error}", base_url) from error
    if root.tag != "Response":
        raise ScriptFailed(12100, f"Document parse failure: the root is <{root.tag}>, not <Response>", base_url)
    document = Document(root, base_url)
    _inspect(root, document.warnings)
    return document


def _spoken(text: bytes | str) -> ElementTree.Element:
    """Plain text is said as it stands; an empty answer, which Twilio's own server gives, does nothing."""
    root = ElementTree.Element("Response")
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    if words.strip():
        ElementTree.SubElement(root, "Say").text = words
    return root


def _inspect(element: ElementTree.Element, warnings: list[str]) -> None:
    """Note what the schema does not know; unknown attributes and children are then ignored."""
    known = ATTRIBUTES.get(element.tag, frozenset())
    for name in [name for name in element.attrib if name not in known]:
        warnings.append(f"Attribute '{name}' is not allowed to appear in element '{element.tag}'.")
        del element.attrib[name]
    allowed = CHILDREN.get(element.tag, frozenset())
    for child in list(element):
        if child.tag not in allowed:
            warnings.append(f"Invalid content was found starting with element '{child.tag}' in '{element.tag}'.")
            element.remove(child)
        else:
            _inspect(child, warnings)


def text_of(element: ElementTree.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def whole_number(element: ElementTree.Element, name: str, default: int) -> int:
    """An attribute that is a number; anything else counts as not given."""
    value = element.get(name, "")
    return int(value) if value.isdigit() else default


def flag(element: ElementTree.Element, name: str, *, default: bool = False) -> bool:
    value = element.get(name)
    return default if value is None else value.strip().lower() == "true"
