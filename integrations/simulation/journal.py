"""The log of what a simulator was sent, with secrets masked."""

import json
import time
from collections import deque
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from integrations.simulation.call import FORM_TYPE, Call

KEPT = 5000
MOST_BODY = 4000
SECRET_NAMES = frozenset(
    {"token", "access_token", "refresh_token", "client_secret", "code_verifier", "id_token", "authtoken", "password"}
)


class Journal:
    """The last few thousand requests, newest last."""

    def __init__(self) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._count = 0

    def write(self, call: Call, *, status: int, seconds: float, fault: str | None) -> None:
        """Keep one request and how it was answered."""
        self._count += 1
        self._entries.append(
            {
                "number": self._count,
                "at": datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="milliseconds"),
                "method": call.method,
                "path": call.path,
                "params": [[name, _shown(name, value, code=True)] for name, value in call.params],
                "account": call.account,
                "headers": {name.lower(): _header(name.lower(), value) for name, value in call.headers.items()},
                "body": _masked_body(call),
                "status": status,
                "milliseconds": round(seconds * 1000, 1),
                "fault": fault,
                "notes": list(call.notes),
            }
        )

    def entries(self, *, path: str = "", account: str = "") -> list[dict[str, Any]]:
        """What was sent, for one account or to paths holding a text."""
        return [one for one in self._entries if path in one["path"] and account in ("", one["account"])]

    def clear(self) -> None:
        """Forget what was sent."""
        self._entries.clear()


def _shown(name: str, value: Any, *, code: bool) -> Any:
    return "***" if name.lower() in SECRET_NAMES or (code and name == "code") else value


def _header(name: str, value: str) -> str:
    if name == "authorization":
        return f"{value.partition(' ')[0]} ***"
    return "***" if name in ("cookie", "proxy-authorization") else value


def _masked_body(call: Call) -> str:
    text = call.body.decode("utf-8", errors="replace")
    if call.content_type == FORM_TYPE:
        form = call.form_items()
        code = any(name == "grant_type" for name, _ in form)
        return urlencode([(name, _shown(name, value, code=code)) for name, value in form], safe="*")[:MOST_BODY]
    if any(name in text for name in SECRET_NAMES):
        try:
            return json.dumps(_masked_json(json.loads(text)), ensure_ascii=False)[:MOST_BODY]
        except (ValueError, RecursionError):
            return "***"
    return text[:MOST_BODY]


def _masked_json(found: Any) -> Any:
    if isinstance(found, dict):
        code = "grant_type" in found  # elsewhere a code is a product's or an account's
        return {name: _shown(name, _masked_json(value), code=code) for name, value in found.items()}
    if isinstance(found, list):
        return [_masked_json(one) for one in found]
    return found
