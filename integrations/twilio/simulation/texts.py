"""Text messages as the carrier keeps them."""

from dataclasses import dataclass
from datetime import datetime

STOP_WORDS = frozenset({"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"})
START_WORDS = frozenset({"START", "YES", "UNSTOP"})
HELP_WORDS = frozenset({"HELP", "INFO"})
# What the carrier itself answers to its own words, before and whatever the application says.
CARRIER_ANSWERS = {
    "STOP": "You have successfully been unsubscribed. You will not receive any more messages from this number."
    " Reply START to resubscribe.",
    "START": "You have successfully been re-subscribed to messages from this number. Reply HELP for help."
    " Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà\f^{}\\[~]|€"
)


@dataclass(slots=True)
class TextMessage:
    """One text, in or out."""

    sid: str
    account_sid: str
    to: str
    from_: str | None
    body: str
    direction: str
    created_at: datetime
    updated_at: datetime
    status: str = "queued"
    sent_at: datetime | None = None
    error_code: int | None = None
    messaging_service_sid: str | None = None
    status_callback: str = ""
    num_media: int = 0

    @property
    def segments(self) -> int:
        """GSM-7 in 160 or 153 each of several; UCS-2 in 70 or 67 as soon as one character is not in that alphabet."""
        if set(self.body) <= _GSM:
            units, alone, joined = len(self.body) + sum(one in "\f^{}\\[~]|€" for one in self.body), 160, 153
        else:
            units, alone, joined = len(self.body.encode("utf-16-be")) // 2, 70, 67
        return 1 if units <= alone else -(-units // joined)


def keyword(body: str) -> str:
    """STOP, START or HELP if the whole text is one of their words, else nothing: a sentence is not a keyword."""
    word = body.strip().upper()
    if word in STOP_WORDS:
        return "STOP"
    if word in START_WORDS:
        return "START"
    return "HELP" if word in HELP_WORDS else ""
