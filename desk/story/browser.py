"""A person at a browser without JavaScript: pages, forms with their tokens, cookies, redirects."""

import re
from html import unescape
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import httpx2

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class DidNotWork(Exception):
    """A page answered something other than it should; the message says which and what."""


class Browser:
    """One person's session at one installation."""

    def __init__(self, origin: str) -> None:
        self.origin = origin.rstrip("/")
        self.http = httpx2.Client(timeout=30, follow_redirects=True, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.http.close()

    def get(self, path: str, *, expect: int = 200) -> str:
        """The page's text. Raises DidNotWork on another status than expected."""
        answer = self.http.get(urljoin(self.origin + "/", path))
        if answer.status_code != expect:
            raise DidNotWork(f"GET {path} answered {answer.status_code}, not {expect}")
        return answer.text

    def post(self, path: str, *, page: str, **fields: str) -> httpx2.Response:
        """Send a form that stands on ``page`` to ``path``, with the page's own token; the answer after redirects."""
        found = TOKEN.search(self.get(page))
        if not found:
            raise DidNotWork(f"{page} has no form to send")
        data = {"csrfmiddlewaretoken": unescape(found.group(1)), **fields}
        answer = self.http.post(
            urljoin(self.origin + "/", path), data=data, headers={"Referer": urljoin(self.origin, page)}
        )
        if answer.status_code >= 400:
            raise DidNotWork(f"POST {path} answered {answer.status_code}")
        return answer

    def sign_in(self, email: str, password: str) -> None:
        answer = self.post("/accounts/login/", page="/accounts/login/", login=email, password=password)
        if "/accounts/login" in str(answer.url):
            raise DidNotWork(f"{email} could not sign in")

    def connect_books(self, realm: str) -> str:
        """Through the vendor's own consent page and back; the address of the page it ends on."""
        consent = self.http.get(urljoin(self.origin + "/", "/connections/quickbooks/connect"))
        if "/connect/oauth2" not in str(consent.url):
            raise DidNotWork(f"connecting led to {consent.url.path}, not to the vendor")
        answer = self.http.post(str(consent.url), data={"decision": "connect", "realm": realm})
        if answer.status_code != 200:
            raise DidNotWork(f"coming back from the vendor answered {answer.status_code}")
        return str(answer.url.path)
