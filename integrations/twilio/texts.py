"""Texts at the carrier: what is ordered, what is told of it, and what an error says about whether one was begun."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrations.errors import Refused

OPTED_OUT = 21610  # the person told the carrier STOP: it lets none of ours through
# The number itself is the trouble: no text will ever arrive there.


class TextNotSent(Refused):
    """The carrier certainly did not take this text. ``again``: it may be asked later; ``opted_out``: they told it STOP."""

    def __init__(self, words: str, *, code: str | None = None, again: bool = False) -> None:
        super().__init__(words, code=code)
        self.again = again
        self.opted_out = code == str(OPTED_OUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextOrder:
    """A text to be sent, and where the carrier tells about it."""

    to: str
    sender: str
    body: str
    status_url: str


@dataclass(frozen=True, slots=True)
class CarrierText:
    """A text as the carrier has it."""

    sid: str
    status: str
    to: str
    sender: str
    body: str
    direction: str
    created_at: datetime | None
    error_code: str = ""


def read(message: Any) -> CarrierText:
    """What the SDK gives as ours. Raises ValueError for one without a name."""
    if not message.sid:
        raise ValueError("the carrier answered without naming the text")
    return CarrierText(
        sid=str(message.sid),
        status=str(message.status or ""),
        to=str(message.to or ""),
        sender=str(message.from_ or ""),
        body=str(message.body or ""),
        direction=str(message.direction or ""),
        created_at=message.date_created,
        error_code=str(message.error_code or ""),
    )
