"""What the REST API accepts, and with which code it refuses the rest."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from integrations.twilio.simulation.call import CallOrder
from integrations.twilio.simulation.config import SimAccount
from integrations.twilio.simulation.errors import TwilioError, bad_request
from integrations.twilio.simulation.line import Source
from integrations.twilio.simulation.numbers import (
    MAGIC_FROM,
    MAGIC_PREFIX,
    country_of,
    is_e164,
    is_unreachable_exchange,
)
from integrations.twilio.simulation.webhooks import Form

CREATE = frozenset(
    [
        "To",
        "From",
        "Method",
        "FallbackUrl",
        "FallbackMethod",
        "StatusCallback",
        "StatusCallbackEvent",
        "StatusCallbackMethod",
        "SendDigits",
        "Timeout",
        "Record",
        "RecordingChannels",
        "RecordingStatusCallback",
        "RecordingStatusCallbackMethod",
        "SipAuthUsername",
        "SipAuthPassword",
        "MachineDetection",
        "MachineDetectionTimeout",
        "RecordingStatusCallbackEvent",
        "Trim",
        "CallerId",
        "MachineDetectionSpeechThreshold",
        "MachineDetectionSpeechEndThreshold",
        "MachineDetectionSilenceTimeout",
        "AsyncAmd",
        "AsyncAmdStatusCallback",
        "AsyncAmdStatusCallbackMethod",
        "Byoc",
        "CallReason",
        "CallToken",
        "RecordingTrack",
        "TimeLimit",
        "ClientNotificationUrl",
        "Url",
        "Twiml",
        "ApplicationSid",
        "RecordingConfigurationId",
        "Passports",
    ]
)
UPDATE = frozenset(
    [
        "Url",
        "Method",
        "Status",
        "FallbackUrl",
        "FallbackMethod",
        "StatusCallback",
        "StatusCallbackMethod",
        "Twiml",
        "TimeLimit",
    ]
)
EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})
RECORDING_EVENTS = frozenset({"in-progress", "completed", "absent"})
TWIML_LIMIT = 4000
_MAGIC_TO = {"1": 21217, "2": 21214, "3": 21215, "4": 21216}
_RANGES = {
    "MachineDetectionTimeout": (3, 59),
    "MachineDetectionSpeechThreshold": (1000, 6000),
    "MachineDetectionSpeechEndThreshold": (500, 5000),
    "MachineDetectionSilenceTimeout": (2000, 10_000),
    "Timeout": (1, 600),
    "TimeLimit": (1, 86_400),
}


@dataclass(frozen=True, slots=True)
class Fields:
    """A form, by name."""

    pairs: Form

    def get(self, name: str) -> str:
        return next((value for key, value in self.pairs if key == name), "")

    def has(self, name: str) -> bool:
        return any(key == name for key, _ in self.pairs)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.pairs if key == name]

    def unknown(self, known: frozenset[str]) -> list[str]:
        return sorted({name for name, _ in self.pairs} - known)

    def url(self, name: str, code: int = 21205) -> str:
        value = self.get(name)
        parts = urlsplit(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
            raise bad_request(code, f"{name} is not a valid URL: {value}")
        return value

    def method(self, name: str) -> str:
        value = self.get(name).upper() or "POST"
        if value not in {"GET", "POST"}:
            raise bad_request(21209, f"{name} is not valid: {self.get(name)}")
        return value

    def number(self, name: str, default: int) -> int:
        text = self.get(name)
        if not text:
            return default
        low, high = _RANGES[name]
        if not text.isdigit() or not low <= int(text) <= high:
            raise bad_request(21200, f"{name} must be a number from {low} to {high}: {text}")
        return int(text)

    def choice(self, name: str, choices: set[str]) -> str:
        value = self.get(name)
        if value and value not in choices:
            raise bad_request(21200, f"{name} is one of {', '.join(sorted(choices))}: {value}")
        return value

    def events(self, name: str, known: frozenset[str], default: str, code: int) -> tuple[str, ...]:
        """A repeated field; some clients join the values by spaces, which Twilio takes too."""
        values = [word for value in self.all(name) for word in value.split()]
        if bad := sorted(set(values) - known):
            raise bad_request(code, f"{name} has invalid values: {', '.join(bad)}")
        return tuple(values) or (default,)


def check_call_numbers(fields: Fields, account: SimAccount, countries: tuple[str, ...]) -> tuple[str, str]:
    """To and From of a new call."""
    to, from_ = fields.get("To"), fields.get("From")
    if not to:
        raise bad_request(21201, "No 'To' number is specified")
    if not from_:
        raise bad_request(21213, "No 'From' number is specified")
    _check_to(to, countries)
    if not is_e164(from_):
        raise bad_request(21212, f"The 'From' number {from_} is not a valid phone number or shortcode.")
    if from_ != MAGIC_FROM and from_ not in caller_ids(account):
        raise bad_request(
            21210,
            f"The source phone number provided, {from_}, is not yet verified for your account. You may only make calls "
            "from phone numbers that you've verified or purchased from Twilio.",
        )
    return to, from_


def caller_ids(account: SimAccount) -> set[str]:
    """Numbers the account may show."""
    return {number.phone_number for number in account.numbers} | set(account.verified_caller_ids)


def _check_to(to: str, countries: tuple[str, ...]) -> None:
    if to.startswith(MAGIC_PREFIX) and to[-1] in _MAGIC_TO:
        raise bad_request(_MAGIC_TO[to[-1]], f"The phone number you are attempting to call, {to}, cannot be called.")
    if not is_e164(to):
        raise bad_request(21211, f"The phone number you are attempting to call, {to}, is not valid.")
    if country_of(to) not in countries:
        raise bad_request(
            21215, f"Account not authorized to call {to}. Perhaps you need to enable some international permissions."
        )
    if is_unreachable_exchange(to):
        raise bad_request(13224, f"Twilio does not support calling this number or the number is invalid: {to}")


def read_source(fields: Fields) -> Source | None:
    """Url, or Twiml where there is no Url."""
    url, twiml = fields.url("Url"), fields.get("Twiml")
    if url:
        return Source(url=url, method=fields.method("Method"))
    if twiml:
        if len(twiml) > TWIML_LIMIT:
            raise bad_request(21200, f"Twiml may be at most {TWIML_LIMIT} characters long")
        return Source(twiml=twiml)
    return None


def read_call_order(fields: Fields) -> CallOrder:
    """Everything else a new call is asked for."""
    fields.method("Method")
    source = read_source(fields)
    if fields.get("ApplicationSid"):
        raise bad_request(21218, f"Invalid ApplicationSid: {fields.get('ApplicationSid')}")
    if source is None:
        raise bad_request(21205, "Url parameter is required.")
    for name in ("MachineDetectionSpeechThreshold", "MachineDetectionSpeechEndThreshold"):
        fields.number(name, 0)
    fields.number("MachineDetectionSilenceTimeout", 0)
    detection = fields.choice("MachineDetection", {"Enable", "DetectMessageEnd"})
    return CallOrder(
        source=source,
        fallback=read_fallback(fields),
        status_callback=fields.url("StatusCallback", 21609),
        status_callback_method=fields.method("StatusCallbackMethod"),
        status_events=fields.events("StatusCallbackEvent", EVENTS, "completed", 21626),
        timeout=fields.number("Timeout", 60),
        time_limit=fields.number("TimeLimit", 14_400),
        record=fields.choice("Record", {"true", "false"}) == "true",
        recording_callback=fields.url("RecordingStatusCallback"),
        recording_callback_method=fields.method("RecordingStatusCallbackMethod"),
        recording_events=fields.events("RecordingStatusCallbackEvent", RECORDING_EVENTS, "completed", 13621),
        recording_channels=2 if fields.choice("RecordingChannels", {"mono", "dual"}) == "dual" else 1,
        # Detection is not done on calls that dial an extension.
        machine_detection="" if fields.get("SendDigits") else detection,
        machine_detection_timeout=fields.number("MachineDetectionTimeout", 30),
        async_amd=fields.choice("AsyncAmd", {"true", "false"}) == "true",
        amd_callback=fields.url("AsyncAmdStatusCallback"),
        amd_callback_method=fields.method("AsyncAmdStatusCallbackMethod"),
    )


def read_fallback(fields: Fields) -> Source | None:
    url = fields.url("FallbackUrl")
    return Source(url=url, method=fields.method("FallbackMethod")) if url else None


def unknown_parameters(names: list[str]) -> TwilioError:
    return bad_request(20001, f"Unknown parameters: {', '.join(names)}")
