"""The way to the application's relay: a WebSocket over the network, or whatever stands in for one."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Protocol

from websockets.asyncio.client import connect


class Socket(Protocol):
    """What a relay session needs of its connection. Raises `websockets.exceptions.ConnectionClosed` when it is gone."""

    async def send(self, message: str) -> None: ...

    async def close(self, code: int = 1000, reason: str = "") -> None: ...

    def __aiter__(self) -> AsyncIterator[str | bytes]: ...


OpenSocket = Callable[[str, Mapping[str, str], float], Awaitable[Socket]]


async def open_websocket(url: str, headers: Mapping[str, str], timeout: float) -> Socket:
    """Connect as Twilio does. Raises OSError, TimeoutError, or what `websockets` raises for a refused handshake."""
    return await connect(
        url,
        additional_headers=headers,
        user_agent_header="TwilioProxy/1.1",
        proxy=None,
        compression=None,
        open_timeout=timeout,
        close_timeout=1,
    )
