"""What every vendor's answers have in common before anybody knows what they say: JSON or not, and how long to wait. Pure."""

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from integrations.fields import loads


def parsed(body: bytes) -> tuple[Any, str]:
    """The JSON object, or how it is broken: ``empty``, ``markup``, ``cut`` (began as JSON), ``json`` (is no object)."""
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if not start:
        return None, "empty"
    if start == b"<":
        return None, "markup"
    try:
        found = loads(body)
    except ValueError:
        return None, "cut" if start in b"{[" else "json"
    return (found, "") if isinstance(found, dict) else (None, "json")


def is_down(status: int | None) -> bool:
    """Whether a status says that nobody was there to answer: an outage, or a request that ran out of time on the way."""
    return status is not None and (status >= 500 or status == 408)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds, from a number or a date (RFC 9110, 10.2.3); None without the header or with an unreadable one."""
    value = headers.get("retry-after", headers.get("Retry-After", "")).strip()
    if value.isascii() and value.isdigit() and len(value) < 10:
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return None
