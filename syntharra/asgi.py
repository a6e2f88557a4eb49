"""One ASGI door: calls in progress (``/relay/``) go to the relay, all else to Django.

Web and relay run the same application on ports of their own, so that a deploy of one need not drop the other's calls.
"""

import os
from collections.abc import Awaitable, Callable
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "syntharra.settings")

_django = get_asgi_application()

from calls.relay import app as _relay  # noqa: E402  (models may be imported only once Django is set up)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    to_relay = scope["type"] in ("websocket", "lifespan") or scope["path"].startswith("/relay/")
    await (_relay if to_relay else _django)(scope, receive, send)  # type: ignore[arg-type]
