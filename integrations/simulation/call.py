"""One request as it came in and the answer to it, whichever vendor is asked."""

import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import parse_qsl

from starlette.requests import Request

type Json = dict[str, Any]

JSON_TYPE = "application/json"
HTML_TYPE = "text/html; charset=utf-8"
FORM_TYPE = "application/x-www-form-urlencoded"


@dataclass
class Call:
    """A request with its body read; `notes` gathers what the vendor let pass but a reader of the journal should know."""

    method: str
    path: str
    params: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes
    base_url: str
    path_params: dict[str, str] = field(default_factory=dict)
    account: str = ""
    notes: list[str] = field(default_factory=list)
    extra: Json = field(default_factory=dict)
    """What the vendor's door found out on the way: the grant, the cost."""

    @classmethod
    async def read(cls, request: Request) -> "Call":
        """Read the request whole. `path` and `base_url` know where the simulator is mounted."""
        body = await request.body()
        mounted_at = request.scope.get("root_path", "")
        path = request.url.path.removeprefix(mounted_at)
        base_url = f"{request.url.scheme}://{request.url.netloc}{mounted_at}"
        given = {name: str(value) for name, value in request.path_params.items()}
        params = list(request.query_params.multi_items())
        return cls(request.method, path, params, request.headers, body, base_url, given)

    def param(self, name: str, default: str = "") -> str:
        """The first value of a query parameter, letter by letter the name that was asked for."""
        return next((value for found, value in self.params if found == name), default)

    def all_params(self, name: str) -> list[str]:
        """Every value of a repeated query parameter."""
        return [value for found, value in self.params if found == name]

    def form(self) -> dict[str, str]:
        """The fields of a form body, the last of a repeated one; unreadable bytes are replaced."""
        return dict(self.form_items())

    def form_items(self) -> list[tuple[str, str]]:
        """The fields of a form body with their repetitions."""
        return parse_qsl(self.body.decode("utf-8", errors="replace"), keep_blank_values=True)

    def json(self) -> Any:
        """The body as JSON, fractions as Decimal. Raises ValueError."""
        try:
            return json.loads(self.body, parse_float=Decimal, parse_constant=_no_constant)
        except RecursionError:
            raise ValueError("nested too deep") from None

    @property
    def content_type(self) -> str:
        """The media type of the body without parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def bearer(self) -> str:
        """The token of an `Authorization: Bearer` header, "" where there is none."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""


@dataclass
class Answer:
    """A finished HTTP answer, still open to be spoiled by a fault."""

    status: int
    body: bytes = b""
    content_type: str = JSON_TYPE
    headers: dict[str, str] = field(default_factory=dict)


class VendorRefusal(Exception):
    """The vendor says no: raised anywhere, answered and journaled by the door."""

    def __init__(self, answer: Answer, why: str = "") -> None:
        super().__init__(why or answer.body[:200].decode("utf-8", errors="replace"))
        self.answer = answer


def json_answer(
    value: Any,
    status: int = 200,
    *,
    headers: Mapping[str, str] | None = None,
    decimals_as: Literal["number", "string"] = "number",
    content_type: str = JSON_TYPE,
) -> Answer:
    """A JSON answer; a Decimal leaves exactly as it is (12.30 stays 12.30), as a number or as a text."""
    return Answer(status, dump(value, decimals_as=decimals_as), content_type, dict(headers or {}))


def html_answer(text: str, status: int = 200) -> Answer:
    """A page."""
    return Answer(status, text.encode(), HTML_TYPE)


def redirect(address: str) -> Answer:
    """302 to this address."""
    return Answer(302, b"", HTML_TYPE, {"Location": address})


def dump(value: Any, *, decimals_as: Literal["number", "string"] = "number") -> bytes:
    """JSON bytes: text as UTF-8 and not as escapes, dates and times in ISO form, sets as sorted lists."""
    text = json.dumps(value, default=_plain[decimals_as], ensure_ascii=False, separators=(",", ":"))
    if decimals_as == "number":
        text = _MARKED.sub(r"\1", text)
    return text.encode("utf-8", errors="replace")


# Python's encoder writes no exact fractions, so a Decimal leaves as a marked text and loses its quotes afterwards.
_MARK = secrets.token_hex(8)
_MARKED = re.compile(f'"{_MARK}(-?[0-9.]+)"')


def _as_number(value: Any) -> Any:
    return f"{_MARK}{value:f}" if isinstance(value, Decimal) else _other(value)


def _as_string(value: Any) -> Any:
    return f"{value:f}" if isinstance(value, Decimal) else _other(value)


def _other(value: Any) -> Any:
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")


_plain: dict[str, Callable[[Any], Any]] = {"number": _as_number, "string": _as_string}


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
