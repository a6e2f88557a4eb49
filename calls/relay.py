"""Calls in progress: the carrier opens one socket a call. Signed, or refused before it is accepted."""

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from integrations.twilio.webhooks import is_signed_socket


async def call(websocket: WebSocket) -> None:
    """The conversation of one attempt."""
    if not is_signed_socket(websocket.url.path, websocket.headers):
        await websocket.close(1008)
        return
    await websocket.close(1013)


app = Starlette(routes=[WebSocketRoute("/relay/{attempt_id:uuid}", call)])
