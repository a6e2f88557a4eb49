"""The relay's sockets: a word of the agent leaves when it is said."""

import asyncio
import socket
from typing import Any

import uvicorn

from calls.relay import words_leave_at_once


async def _nothing(*_: Any) -> None:
    """An application nobody calls here."""


def test_no_word_waits_until_the_one_before_was_acknowledged() -> None:
    """Processes share a socket that uvicorn opens for them, for which asyncio's own loop does not turn Nagle's waiting off."""
    config = uvicorn.Config(_nothing, host="127.0.0.1", port=0, workers=2, log_level="critical")
    listening = config.bind_socket()
    words_leave_at_once()
    answering: list[asyncio.Transport] = []

    class Line(asyncio.Protocol):
        def connection_made(self, transport: Any) -> None:
            answering.append(transport)

    async def ring() -> int:
        server = await asyncio.get_running_loop().create_server(Line, sock=listening)
        _, caller = await asyncio.open_connection(*listening.getsockname())
        while not answering:
            await asyncio.sleep(0.01)
        waits_not = answering[0].get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        caller.close()
        answering[0].close()
        server.close()
        return int(waits_not)

    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as relay:
        assert relay.run(ring()) == 1
