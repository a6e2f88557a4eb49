"""Text messages as the carrier keeps them."""

from dataclasses import dataclass
from datetime import datetime

STOP_WORDS = frozenset({"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"})
START_WORDS = frozenset({"START", "YES", "UNSTOP"})
HELP_WORDS = frozenset({"HELP", "INFO"})
SEGMENT = 160


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
        return max(1, -(-len(self.body) // SEGMENT))


def keyword(body: str) -> str:
    """STOP, START or HELP if the whole text is one of their words, else nothing: a sentence is not a keyword."""
    word = body.strip().upper()
    if word in STOP_WORDS:
        return "STOP"
    if word in START_WORDS:
        return "START"
    return "HELP" if word in HELP_WORDS else ""
