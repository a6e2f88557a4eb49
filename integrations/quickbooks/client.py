"""Asks QuickBooks over HTTP: in time, not too fast, again where that helps, and with a fresh token.

Why not python-quickbooks: it has no time limits, loses status and headers of a refusal, drops the zone of
``changedSince``, and fetches the discovery document on every start. It reads the same books in our contract tests
instead, as an independent witness.
"""

import random
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, Protocol

import httpx2
from django.utils.translation import gettext as _

from integrations.errors import Disconnected, Throttled, Unavailable, VendorError
from integrations.pace import Pace
from integrations.quickbooks import answers
from integrations.quickbooks.fields import Json
from syntharra import logs
from syntharra.clock import machine_now

log = logs.get(__name__)

MINOR_VERSION = "75"
PER_MINUTE, AT_ONCE = 500, 10
LONGEST_ADDRESS = 1500
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 8.0
_UNSAID_WAIT = 60.0
_SILENCE, _CONNECTING, _WHOLE_ANSWER = 20.0, 5.0, 45.0
_LARGEST = 64 * 1024 * 1024


class _Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes


@cache
def _trust() -> ssl.SSLContext:
    """The certificates we trust, read once: reading them takes longer than asking a question."""
    return httpx2.create_ssl_context()


class Access(Protocol):
    def __call__(self, *, stale: str | None = None) -> str:
        """A token that should work; ``stale`` names the one that just did not."""


@dataclass(frozen=True, slots=True)
class _Question:
    path: str
    parameters: dict[str, str]
    statement: str | None = None  # sent as the body


class Client:
    """One company's books at one address. Only asks, never writes; so asking again is always safe."""

    def __init__(self, *, api: str, account: str, access: Access, sandbox: bool, patience: float) -> None:
        self._base = f"{api}/company/{account}"
        self._access, self._patience = access, patience
        self._pace = Pace(f"quickbooks:{api}:{account}", per_minute=PER_MINUTE, at_once=AT_ONCE)
        times = httpx2.Timeout(min(_SILENCE, max(2.0, patience)), connect=_CONNECTING)
        self._http = httpx2.Client(
            timeout=times, trust_env=not sandbox, verify=_trust(), headers={"Accept": "application/json"}
        )

    def close(self) -> None:
        self._http.close()

    def query(self, statement: str) -> Json:
        """The answer to a statement of their query language."""
        if len(statement) > LONGEST_ADDRESS:
            return self._patiently(_Question("/query", {}, statement))
        return self._patiently(_Question("/query", {"query": statement}))

    def get(self, path: str, **parameters: str) -> Json:
        """One of their resources, for example ``/invoice/412``."""
        return self._patiently(_Question(path, parameters))

    def _patiently(self, question: _Question) -> Json:
        """Ask, and ask again after what passes by itself, within our patience."""
        deadline, longest = time.monotonic() + self._patience, _FIRST_WAIT
        while True:
            try:
                return self._signed(question, deadline)
            except Throttled as error:
                if error.retry_after is None:
                    # Without a word from them a minute must pass; with jitter, so that not all who wait come at once.
                    error.retry_after = _UNSAID_WAIT + random.uniform(0, 10)  # noqa: S311
                wait = error.retry_after
                if time.monotonic() + wait > deadline:
                    raise
            except Unavailable:
                wait = random.uniform(longest / 2, longest)  # noqa: S311  (jitter)
                longest = min(longest * 2, _LONGEST_WAIT)
                if time.monotonic() + wait > deadline:
                    raise
            time.sleep(wait)

    def _signed(self, question: _Question, deadline: float) -> Json:
        """With our token; when that is refused, once more with a new one."""
        token = self._access()
        try:
            return self._once(question, token, deadline)
        except Disconnected as error:
            if error.problem == "access_removed":
                raise  # a new token would be for the same company
        return self._once(question, self._access(stale=token), deadline)

    def _once(self, question: _Question, token: str, deadline: float) -> Json:
        with self._pace.place(patience=max(0.0, deadline - time.monotonic())):
            began = time.monotonic()
            answer: _Answer | None = None
            try:
                answer = self._send(question, token)
                said = answers.read(answer.status, answer.headers, answer.body, now=machine_now())
            except VendorError as error:
                self._note(question, began, answer, error)
                raise
        self._note(question, began, answer)
        return said

    def _send(self, question: _Question, token: str) -> _Answer:
        headers = {"Authorization": f"Bearer {token}"}
        if question.statement is not None:
            headers["Content-Type"] = "application/text"
        asking = self._http.stream(
            "GET" if question.statement is None else "POST",
            self._base + question.path,
            params={**question.parameters, "minorversion": MINOR_VERSION},
            content=question.statement,
            headers=headers,
        )
        try:
            with asking as answer:
                return _Answer(answer.status_code, answer.headers, _whole(answer))
        except httpx2.RemoteProtocolError:
            words = _("An answer of QuickBooks broke off in the middle.")
            raise Unavailable(words, problem="answer_cut") from None
        except httpx2.HTTPError as error:
            raise Unavailable(_("QuickBooks is not available right now."), said=type(error).__name__) from None

    def _note(
        self, question: _Question, began: float, answer: _Answer | None, error: VendorError | None = None
    ) -> None:
        """On record with their id of the exchange: their support asks for it."""
        log.info(
            "asked_books",
            path=question.path,
            status=answer.status if answer is not None else None,
            intuit_tid=answer.headers.get("intuit_tid", "") if answer is not None else "",
            milliseconds=round((time.monotonic() - began) * 1000),
            error=error.kind if error else "",
            vendor_code=error.vendor_code if error else None,
        )


def _whole(answer: httpx2.Response) -> bytes:
    """The body to its end. Raises Unavailable for one that drips for too long or never ends."""
    until, size = time.monotonic() + _WHOLE_ANSWER, 0
    parts: list[bytes] = []
    for part in answer.iter_bytes():
        parts.append(part)
        size += len(part)
        if time.monotonic() > until or size > _LARGEST:
            raise Unavailable(_("An answer of QuickBooks does not end."), problem="answer_garbled")
    return b"".join(parts)
