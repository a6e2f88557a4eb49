"""Asks a vendor over HTTP: in time, not too fast, again where that helps, and with a fresh token.

One client for all six. What is a vendor's own (its headers, how its answers and errors read) are its ``Manners``. Why not
the vendors' SDKs: see docs/adr; they are witnesses in our tests.
"""

import random
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Protocol

import httpx2
from django.utils.translation import gettext as _

from integrations.errors import Disconnected, Throttled, Unanswered, Unavailable, VendorError
from integrations.pace import Pace, Points
from syntharra import logs
from syntharra.clock import machine_now

log = logs.get(__name__)

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 8.0
_UNSAID_WAIT = 60.0
_SILENCE, _CONNECTING, _WHOLE_ANSWER = 20.0, 5.0, 45.0
_LARGEST = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Question:
    """One request. ``once``: it writes, so it is never sent again unless the vendor said that it did nothing."""

    method: str
    path: str
    parameters: tuple[tuple[str, str], ...] = ()
    body: bytes | None = field(default=None, repr=False)
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    once: bool = False
    points: int = 0  # what it costs where a vendor counts points, see ``Points``


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Manners(Protocol):
    """What is one vendor's own about asking."""

    @property
    def name(self) -> str:
        """As the owner knows it: for messages."""

    @property
    def trace(self) -> str:
        """The header with the vendor's id of the exchange; its support asks for it. "" where there is none."""

    def headers(self, token: str) -> Mapping[str, str]:
        """What every request carries."""

    def read(self, answer: Answer, *, now: datetime) -> Any:
        """What a good answer says. Raises one of our errors for any other."""

    def refresh_helps(self, error: Disconnected) -> bool:
        """Whether a new token may cure this refusal."""


class Access(Protocol):
    def __call__(self, *, stale: str | None = None) -> str:
        """A token that should work; ``stale`` names the one that just did not."""


@cache
def trust() -> ssl.SSLContext:
    """The certificates we trust, read once: reading them takes longer than asking a question."""
    return httpx2.create_ssl_context()


class Client:
    """One company's books at one address. A question takes ``patience`` seconds at most, its repeats included."""

    def __init__(
        self,
        base: str,
        manners: Manners,
        *,
        access: Access,
        pace: Pace,
        sandbox: bool,
        patience: float,
        points: Points | None = None,
    ) -> None:
        self._base, self._manners, self._access = base, manners, access
        self._pace, self._points, self._patience = pace, points, patience
        times = httpx2.Timeout(min(_SILENCE, max(2.0, patience)), connect=_CONNECTING)
        self._http = httpx2.Client(
            timeout=times, trust_env=not sandbox, verify=trust(), headers={"Accept": "application/json"}
        )

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, *parameters: tuple[str, str], headers: Mapping[str, str] | None = None) -> Any:
        """What the vendor says there."""
        return self.ask(Question("GET", path, parameters, headers=headers or {}))

    def ask(self, question: Question) -> Any:
        """Ask, and ask again after what passes by itself, within our patience. Raises our errors.

        A write that got no answer raises Unanswered: it may have happened, look before you write again.
        """
        deadline, longest = time.monotonic() + self._patience, _FIRST_WAIT
        while True:
            try:
                return self._signed(question, deadline)
            except Throttled as error:
                if error.retry_after is None:
                    # Without a word from them a minute must pass; with jitter, so that not all who wait come at once.
                    error.retry_after = _UNSAID_WAIT + random.uniform(0, 10)  # noqa: S311
                # "Retry-After: 0" is no leave to ask without end.
                wait = max(error.retry_after, random.uniform(longest / 2, longest))  # noqa: S311
                longest = min(longest * 2, _LONGEST_WAIT)
                if time.monotonic() + wait > deadline:
                    self._pace.pause(wait)  # nobody else need ask in vain meanwhile
                    raise
            except Unavailable:
                wait = random.uniform(longest / 2, longest)  # noqa: S311  (jitter)
                longest = min(longest * 2, _LONGEST_WAIT)
                if question.once or time.monotonic() + wait > deadline:
                    raise
            time.sleep(wait)

    def _signed(self, question: Question, deadline: float) -> Any:
        """With our token; when that is refused, once more with a new one."""
        token = self._access()
        try:
            return self._once(question, token, deadline)
        except Disconnected as error:
            if not self._manners.refresh_helps(error):
                raise
        return self._once(question, self._access(stale=token), deadline)

    def _once(self, question: Question, token: str, deadline: float) -> Any:
        left = max(0.0, deadline - time.monotonic())
        if self._points is not None and question.points:
            self._points.spend(question.points, patience=left)
        with self._pace.place(patience=left):
            began = time.monotonic()
            answer: Answer | None = None
            try:
                answer = self._send(question, token)
                said = self._manners.read(answer, now=machine_now())
            except VendorError as error:
                self._note(question, began, answer, error)
                if question.once and isinstance(error, Unavailable):
                    raise Unanswered.after(error) from None
                raise
        self._note(question, began, answer)
        return said

    def _send(self, question: Question, token: str) -> Answer:
        headers = {**self._manners.headers(token), **question.headers}
        if question.body is not None:
            headers["Content-Type"] = question.content_type
        asking = self._http.stream(
            question.method,
            self._base + question.path,
            params=list(question.parameters) or None,
            content=question.body,
            headers=headers,
        )
        vendor = self._manners.name
        try:
            with asking as answer:
                return Answer(answer.status_code, answer.headers, self._whole(answer))
        except httpx2.RemoteProtocolError:
            words = _("An answer of %(vendor)s broke off in the middle.") % {"vendor": vendor}
            raise Unavailable(words, problem="answer_cut") from None
        except httpx2.HTTPError as error:
            words = _("%(vendor)s is not available right now.") % {"vendor": vendor}
            raise Unavailable(words, said=type(error).__name__) from None

    def _whole(self, answer: httpx2.Response) -> bytes:
        """The body to its end. Raises Unavailable for one that drips for too long or never ends."""
        until, size = time.monotonic() + _WHOLE_ANSWER, 0
        parts: list[bytes] = []
        for part in answer.iter_bytes():
            parts.append(part)
            size += len(part)
            if time.monotonic() > until or size > _LARGEST:
                words = _("An answer of %(vendor)s does not end.") % {"vendor": self._manners.name}
                raise Unavailable(words, problem="answer_garbled")
        return b"".join(parts)

    def _note(self, question: Question, began: float, answer: Answer | None, error: VendorError | None = None) -> None:
        """On record with their id of the exchange. Never a parameter: those hold names and numbers of people."""
        log.info(
            "asked_books",
            vendor=self._manners.name,
            method=question.method,
            path=question.path,
            status=answer.status if answer is not None else None,
            trace=answer.headers.get(self._manners.trace, "") if answer is not None and self._manners.trace else "",
            milliseconds=round((time.monotonic() - began) * 1000),
            error=error.kind if error else "",
            vendor_code=error.vendor_code if error else None,
        )
