"""What an application may say on a ConversationRelay socket, read as strictly as the vendor's validation does."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from integrations.twilio.simulation.relay_settings import INPUTS

_LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*|multi")
_DIGITS = re.compile(r"[0-9*#wW]+")


class InvalidMessage(Exception):
    """Not a message of the protocol; the session goes on without it."""


@dataclass(frozen=True, slots=True)
class Text:
    token: str
    last: bool
    lang: str
    interruptible: frozenset[str] | None
    preemptible: bool | None


@dataclass(frozen=True, slots=True)
class Play:
    source: str
    loop: int
    interruptible: frozenset[str] | None
    preemptible: bool | None


@dataclass(frozen=True, slots=True)
class SendDigits:
    digits: str


@dataclass(frozen=True, slots=True)
class Language:
    tts: str
    transcription: str


@dataclass(frozen=True, slots=True)
class End:
    handoff_data: str | None


Message = Text | Play | SendDigits | Language | End


def read_message(raw: str | bytes) -> Message:
    """The message in a frame, or `InvalidMessage` with the description the vendor sends back."""
    shown = raw if isinstance(raw, str) else f"({len(raw)} bytes of binary data)"
    try:
        if isinstance(raw, bytes):
            raise InvalidMessage("binary")
        data = json.loads(raw)
        if not isinstance(data, dict):
            raise InvalidMessage("no object")
        return _READERS[data["type"]](data)
    except (InvalidMessage, json.JSONDecodeError, KeyError, TypeError) as error:
        raise InvalidMessage(f"Invalid message received: {shown}") from error


def _text(data: dict[str, Any]) -> Text:
    token = _required(data, "token")
    last = _boolean(data, "last")
    return Text(token, bool(last), _string(data, "lang"), _inputs(data), _boolean(data, "preemptible"))


def _play(data: dict[str, Any]) -> Play:
    loop = data.get("loop", 1)
    if isinstance(loop, bool) or not isinstance(loop, int) or not 0 <= loop <= 1000:
        raise InvalidMessage("loop")
    source = _required(data, "source")
    if not source.startswith(("http://", "https://")):
        raise InvalidMessage("source")
    return Play(source, loop, _inputs(data), _boolean(data, "preemptible"))


def _send_digits(data: dict[str, Any]) -> SendDigits:
    digits = _required(data, "digits")
    if not _DIGITS.fullmatch(digits):
        raise InvalidMessage("digits")
    return SendDigits(digits)


def _language(data: dict[str, Any]) -> Language:
    tts, transcription = _string(data, "ttsLanguage"), _string(data, "transcriptionLanguage")
    if not (tts or transcription) or any(tag and not _LANGUAGE_TAG.fullmatch(tag) for tag in (tts, transcription)):
        raise InvalidMessage("language")
    return Language(tts, transcription)


def _end(data: dict[str, Any]) -> End:
    if "handoffData" in data and not isinstance(data["handoffData"], str):
        raise InvalidMessage("handoffData")
    return End(data.get("handoffData"))


_READERS: dict[str, Callable[[dict[str, Any]], Message]] = {
    "text": _text,
    "play": _play,
    "sendDigits": _send_digits,
    "language": _language,
    "end": _end,
}


def _required(data: dict[str, Any], name: str) -> str:
    value = data[name]
    if not isinstance(value, str):
        raise InvalidMessage(name)
    return value


def _string(data: dict[str, Any], name: str) -> str:
    value = data.get(name, "")
    if not isinstance(value, str):
        raise InvalidMessage(name)
    return value


def _boolean(data: dict[str, Any], name: str) -> bool | None:
    value = data.get(name)
    if value is not None and not isinstance(value, bool):
        raise InvalidMessage(name)
    return value


def _inputs(data: dict[str, Any]) -> frozenset[str] | None:
    value = data.get("interruptible")
    if value is None:
        return None
    if isinstance(value, bool):
        return INPUTS["any" if value else "none"]
    if isinstance(value, str) and value in INPUTS:
        return INPUTS[value]
    raise InvalidMessage("interruptible")
