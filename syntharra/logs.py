"""Structured logs, one JSON object a line, with one correlation id through request, outbox and vendor call.

No personal data: keys that may hold some are dropped, and what looks like a mail address, a phone number or a signed
token is masked wherever it stands.
"""

import logging
import re
import uuid
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog

_NEVER = {"body", "words", "text", "phone", "email", "to", "from", "token", "secret", "password", "authorization"}
_MASKS = (
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "<mail>"),
    (re.compile(r"\+\d{8,15}"), "<phone>"),
    (re.compile(r"(/(?:l|l/number|sign-in|webhooks/\w+)/)[\w-]{20,}"), r"\1<token>"),
    # What a vendor sends an owner back with: whoever has it before us may sign in as him.
    (re.compile(r"([?&](?:code|state)=)[^&\s\"']+"), r"\1<token>"),
)


def _mask(value: Any) -> Any:
    if isinstance(value, str):
        for pattern, instead in _MASKS:
            value = pattern.sub(instead, value)
        return value
    if isinstance(value, dict):
        return {key: "<dropped>" if str(key).lower() in _NEVER else _mask(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_mask(item) for item in value]
    return value


def without_personal_data(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The processor that keeps people out of the logs."""
    for key in list(event):
        event[key] = "<dropped>" if key.lower() in _NEVER else _mask(event[key])
    return event


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    without_personal_data,
]


def configure() -> None:
    """Make structlog hand its events to the standard library's handlers."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def config(level: str) -> dict[str, Any]:
    """For Django's LOGGING: every line of every library goes through the same processors."""
    quiet = {"level": "WARNING", "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processor": structlog.processors.JSONRenderer(),
                "foreign_pre_chain": _SHARED,
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "httpx2": quiet,
            "httpcore2": quiet,
            "urllib3": quiet,
            "stripe": quiet,
            "twilio.http_client": quiet,
            "celery.app.trace": quiet,
            "uvicorn.access": quiet,
            "websockets": quiet,
            "mail.log": quiet,
        },
    }


def correlation_id() -> str:
    """The id that joins what is happening here to what it causes; a new one where there is none."""
    bound = structlog.contextvars.get_contextvars()
    return str(bound.get("correlation_id") or bound.get("request_id") or uuid.uuid4())


@contextmanager
def correlated(correlation: str) -> Iterator[None]:
    """Log lines inside carry this correlation id."""
    with structlog.contextvars.bound_contextvars(correlation_id=correlation):
        yield


def get(name: str) -> Any:
    """The structured logger of a module."""
    return structlog.stdlib.get_logger(name)


logging.captureWarnings(True)
