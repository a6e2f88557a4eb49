"""A vendor's raw answer read without any connection: what an operator sees of ``read_books_payload``.

A vendor's package has a module ``payloads`` with ``read(kind, answer, home=…)``; nothing else is needed for a new one.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib import import_module
from importlib.util import find_spec
from math import ceil
from pathlib import Path
from typing import Any

from integrations import fields
from integrations.ledger import Home
from syntharra.clock import machine_now

KINDS = ("invoice", "customer", "payment", "credit_memo", "webhook", "error", "token")
PROVIDERS = ("quickbooks", "xero", "freshbooks", "square", "zoho", "jobber")

_HEAD = re.compile(rb"\AHTTP/\d(?:\.\d)? (\d{3})[^\r\n]*(?:\r?\n|\Z)")
_REQUEST = re.compile(rb"\A(?:GET|POST|PUT|DELETE) \S+ HTTP/\d(?:\.\d)?[^\S\r\n]*(?:\r?\n|\Z)")  # as a webhook came in
_EMPTY_LINE = re.compile(rb"(?:\A|\r?\n)\r?\n")
_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}  # to JSON they are letters, to many readers an end


class Unreadable(ValueError):
    """The input is not what was asked for; the message says what it is and what to do."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it was kept: the body, and status and headers where the file has them."""

    body: bytes = field(repr=False)
    status: int | None = None
    headers: Mapping[str, str] | None = field(default=None, repr=False)

    @property
    def sent_at(self) -> datetime:
        """When it was sent, where the file says so; else now."""
        return _date(self._said("date")) or machine_now()

    @property
    def wait(self) -> float | None:
        """How many seconds it asks us to wait; None where it does not say."""
        said = self._said("retry-after")
        if said.isascii() and said.isdigit():
            return float(said) if len(said) < 10 else None
        until = _date(said)
        return float(max(0, ceil((until - self.sent_at).total_seconds()))) if until else None

    def _said(self, name: str) -> str:
        return (self.headers or {}).get(name, "").strip()


def _date(written: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(written)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None


@dataclass(frozen=True, slots=True)
class Note:
    """Something left out on purpose, said aloud on stderr."""

    words: str


@dataclass(frozen=True, slots=True)
class Broken:
    """One object among others that cannot be read; the others are given all the same."""

    words: str


type Found = dict[str, Any] | Note | Broken
type Reader = Callable[..., Iterator[Found]]


def reader_of(provider: str) -> Reader:
    """How this vendor's answers are read. Raises Unreadable for one we cannot read yet."""
    name = f"integrations.{provider}.payloads"
    if provider not in PROVIDERS or find_spec(f"integrations.{provider}") is None or find_spec(name) is None:
        known = [each for each in PROVIDERS if find_spec(f"integrations.{each}") is not None]
        raise Unreadable(f"{provider} is not among the books we read: {', '.join(known)}")
    reader: Reader = import_module(name).read
    return reader


def answer_in(path: Path) -> Answer:
    """The answer in a file: a bare body, or one with its status line and headers before an empty line."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror or error}") from None
    answer = Answer(content)
    if request := _REQUEST.match(content):
        body, headers = _parted(content[request.end() :])
        return Answer(body, headers=headers)
    while head := _HEAD.match(answer.body):  # of several, as behind a proxy, the last is theirs
        body, headers = _parted(answer.body[head.end() :])
        answer = Answer(body, int(head.group(1)), headers)
    return answer


def _parted(rest: bytes) -> tuple[bytes, dict[str, str]]:
    """What stands before and after the empty line."""
    lines, body = [*_EMPTY_LINE.split(rest, maxsplit=1), b""][:2]
    return body, dict(_header(line) for line in lines.split(b"\n") if b":" in line)


def _header(line: bytes) -> tuple[str, str]:
    name, _, value = line.decode("latin-1").partition(":")
    return name.strip().lower(), value.strip()


def lines(provider: str, kind: str, paths: list[Path], *, home: Home) -> Iterator[str | Note | Broken]:
    """One JSON line an object of every file, what was left out, and what is broken.

    A file that cannot be read does not hide the ones after it. Raises Unreadable at the end, for the last of those.
    """
    read, earlier = reader_of(provider), None
    unread: Unreadable | None = None
    for path in paths:
        if unread is not None:
            yield Broken(str(unread))
            unread = None
        try:
            answer = answer_in(path)
            found = _found(read, kind, answer, home=home, earlier=earlier)
        except Unreadable as error:
            about = str(error) if str(error).startswith(str(path)) else f"{path}: {error}"
            unread = Unreadable(_aloud(about))
            continue
        earlier = answer
        yield from (_written(one) for one in found)
    if unread is not None:
        raise unread


def _found(read: Reader, kind: str, answer: Answer, *, home: Home, earlier: Answer | None) -> list[Found]:
    """All that one file holds. Raises Unreadable."""
    try:
        with fields.only_read():
            found = list(read(kind, answer, home=home, earlier=earlier))
    except RecursionError:
        raise Unreadable("nested too deeply") from None
    return [_waiting(one, answer) for one in found] if kind == "error" else found


def _waiting(found: Found, answer: Answer) -> Found:
    """An error with the wait they named themselves: without a head there is none, whatever we would wait."""
    if not isinstance(found, dict):
        return found
    wait = (found["retry_after"] if answer.wait is None else answer.wait) if answer.status is not None else None
    return {**found, "retry_after": int(wait) if wait is not None and wait == int(wait) else wait}


def _written(found: Found) -> str | Note | Broken:
    match found:
        case Note():
            return Note(_aloud(found.words))
        case Broken():
            return Broken(_aloud(found.words))
        case _:
            written = json.dumps(found, ensure_ascii=False).translate(_LINE_ENDS)
            return written.encode(errors="replace").decode()


def _aloud(words: str) -> str:
    """As a terminal can take it: what a stranger wrote into a field moves no cursor and makes no line of its own."""
    return "".join(letter if letter.isprintable() else "�" for letter in words)[:1000]
