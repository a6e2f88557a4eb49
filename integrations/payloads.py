"""A vendor's raw answer read without any connection: what an operator sees of ``read_books_payload``.

A vendor's package has a module ``payloads`` with ``read(kind, answer, home=…)``; nothing else is needed for a new one.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from integrations.ledger import Home

KINDS = ("invoice", "customer", "payment", "credit_memo", "webhook", "error", "token")
PROVIDERS = ("quickbooks", "xero", "freshbooks", "square", "zoho", "jobber")

_HEAD = re.compile(rb"\AHTTP/\d(?:\.\d)? (\d{3})[^\r\n]*\r?\n")


class Unreadable(ValueError):
    """The input is not what was asked for; the message says what it is and what to do."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it was kept: the body, and status and headers where the file has them."""

    body: bytes
    status: int | None = None
    headers: Mapping[str, str] | None = None


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
    head = _HEAD.match(content)
    if head is None:
        return Answer(content)
    lines, _, body = _parted(content[head.end() :])
    headers = dict(_header(line) for line in lines.split(b"\n") if b":" in line)
    return Answer(body, int(head.group(1)), headers)


def _parted(rest: bytes) -> tuple[bytes, bytes, bytes]:
    if rest.startswith((b"\r\n", b"\n")):
        return b"", b"", rest.lstrip(b"\r\n")
    windows = rest.partition(b"\r\n\r\n")
    return windows if windows[1] else rest.partition(b"\n\n")


def _header(line: bytes) -> tuple[str, str]:
    name, _, value = line.decode("latin-1").partition(":")
    return name.strip().lower(), value.strip()


def lines(provider: str, kind: str, paths: list[Path], *, home: Home) -> Iterator[str | Note | Broken]:
    """One JSON line an object of every file, what was left out, and what is broken. Raises Unreadable."""
    read = reader_of(provider)
    for number, path in enumerate(paths):
        earlier = answer_in(paths[number - 1]) if number else None
        try:
            for found in read(kind, answer_in(path), home=home, earlier=earlier):
                yield json.dumps(found, ensure_ascii=False) if isinstance(found, dict) else found
        except Unreadable as error:
            raise Unreadable(f"{path}: {error}") from None
