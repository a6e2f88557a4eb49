"""A simulated QuickBooks in a process of its own, so that its work is not counted as ours."""

import socket

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from desk.bench.children import die_with_parent, tell
from integrations.quickbooks.simulator import QuickBooksSimConfig, create_app


class _Server(uvicorn.Server):
    """Says where it is once it answers."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        assert sockets
        tell(f"http://127.0.0.1:{sockets[0].getsockname()[1]}")


def main() -> None:
    """Serve on a free port until whoever started this is gone."""
    die_with_parent()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    app = Starlette(routes=[Mount("/quickbooks", app=create_app(QuickBooksSimConfig()))])
    _Server(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off")).run(sockets=[listener])


if __name__ == "__main__":
    main()
