"""One request as it came in, and the log of what we were sent, with secrets masked."""

import json
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request

from integrations.quickbooks.simulation.answers import Json

KEPT = 5000
SECRET_NAMES = frozenset({"code", "token", "access_token", "refresh_token", "client_secret"})
MOST_BODY = 4000


@dataclass
class Call:
    """A request with its body read; `notes` gathers what the vendor let pass but a reader should know."""

    method: str
    path: str
    params: dict[str, str]
    headers: Mapping[str, str]
    body: bytes
    base_url: str
    realm: str | None = None
    entities: tuple[str, ...] = ()
    object_id: str | None = None
    notes: list[str] = field(default_factory=list)

    @classmethod
    async def read(cls, request: Request) -> "Call":
        """Read the request whole."""
        body = await request.body()
        mounted_at = request.scope.get("root_path", "")
        path = request.url.path.removeprefix(mounted_at)
        base_url = f"{request.url.scheme}://{request.url.netloc}{mounted_at}"
        return cls(request.method, path, dict(request.query_params), request.headers, body, base_url)

    @property
    def wants_json(self) -> bool:
        """Whoever does not ask for JSON gets XML."""
        return "application/json" in self.headers.get("accept", "")

    @property
    def content_type(self) -> str:
        """The media type of the body without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def form(self) -> dict[str, str]:
        """The fields of a form body; unreadable bytes are replaced."""
        return dict(parse_qsl(self.body.decode("utf-8", errors="replace"), keep_blank_values=True))

    def statement(self) -> str:
        """The query asked for, wherever it was put."""
        if self.method == "POST":
            return self.body.decode("utf-8", errors="replace")
        return self.params.get("query", "")


class Journal:
    """The last few thousand requests, newest last."""

    def __init__(self) -> None:
        self._entries: deque[Json] = deque(maxlen=KEPT)
        self._count = 0

    def write(self, call: Call, *, status: int | str, tid: str, seconds: float, fault: str | None) -> None:
        """Keep one request and how it was answered."""
        self._count += 1
        entry: Json = {
            "number": self._count,
            "at": datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="milliseconds"),
            "method": call.method,
            "path": call.path,
            "params": {name: _shown(name, value) for name, value in call.params.items()},
            "realm": call.realm,
            "entities": list(call.entities),
            "id": call.object_id,
            "headers": {
                name: call.headers[name] for name in ("accept", "content-type", "user-agent") if name in call.headers
            },
            "authorization": call.headers.get("authorization", "").partition(" ")[0] or None,
            "body": _masked_body(call),
            "status": status,
            "intuit_tid": tid,
            "milliseconds": round(seconds * 1000, 1),
            "fault": fault,
            "notes": call.notes,
        }
        self._entries.append(entry)

    def entries(self, *, path: str = "", realm: str = "") -> list[Json]:
        """What was sent, for one company or to paths holding a text."""
        return [one for one in self._entries if path in one["path"] and realm in (one["realm"] or "")]

    def clear(self) -> None:
        """Forget what was sent."""
        self._entries.clear()


def _shown(name: str, value: str) -> str:
    return "***" if name in SECRET_NAMES else value


def _masked_body(call: Call) -> str:
    text = call.body.decode("utf-8", errors="replace")
    if call.content_type == "application/x-www-form-urlencoded":
        return urlencode({name: _shown(name, value) for name, value in call.form().items()}, safe="*")
    if "/oauth2/" in call.path or "/revoke" in call.path:
        return _masked_json(text)
    return text[:MOST_BODY]


def _masked_json(text: str) -> str:
    try:
        found = json.loads(text)
    except ValueError:
        return "***"
    if not isinstance(found, dict):
        return "***"
    return json.dumps({name: _shown(name, str(value)) for name, value in found.items()})
