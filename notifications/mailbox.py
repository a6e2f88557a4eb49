"""The sandbox's mailbox: an SMTP server that keeps what it is sent, and pages to read it. Part of the simulators.

Holds the newest letters in memory and delivers nothing anywhere. Knows nothing of our database or settings.
"""

import asyncio
import html
import re
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

KEPT = 2000
LARGEST = 10 * 1024 * 1024


@dataclass
class Mailbox:
    """Letters in the order they came. Addresses listed in ``refused`` get a permanent 550, as a dead mailbox would."""

    letters: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=KEPT))
    refused: set[str] = field(default_factory=set)
    ahead: timedelta = timedelta(0)
    count: int = 0

    def keep(self, raw: bytes, to: list[str]) -> None:
        parsed = message_from_bytes(raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        text, page = parsed.get_body(("plain",)), parsed.get_body(("html",))
        self.count += 1
        self.letters.append(
            {
                "id": self.count,
                "at": (datetime.now(UTC) + self.ahead).isoformat(),
                "received_at": datetime.now(UTC).isoformat(),
                "from": str(parsed["From"]),
                "to": to,
                "subject": str(parsed["Subject"]),
                "message_id": str(parsed["Message-ID"]),
                "text": text.get_content() if text else "",
                "html": page.get_content() if page else "",
            }
        )


class Door:
    """aiosmtpd's handler: refuses what the mailbox refuses, keeps the rest."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.lower() in self.mailbox.refused:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content or b""
        self.mailbox.keep(content if isinstance(content, bytes) else content.encode(), list(envelope.rcpt_tos))
        return "250 OK: kept"


async def listen(mailbox: Mailbox, host: str, port: int) -> asyncio.Server:
    """An SMTP server on the running loop; close it when done."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: SMTP(Door(mailbox), data_size_limit=LARGEST, loop=loop), host, port)


def create_app(mailbox: Mailbox) -> Starlette:
    """Pages at ``/`` and ``/letters/<id>``; JSON for tests and the story under ``/_sim/``."""

    async def index(request: Request) -> Response:
        rows = "".join(
            f'<li><a href="letters/{mail["id"]}"><b>{html.escape(mail["subject"])}</b></a><br>'
            f"<small>{html.escape(', '.join(mail['to']))} · {html.escape(mail['at'][:16].replace('T', ' '))} UTC</small></li>"
            for mail in reversed(mailbox.letters)
        )
        return _page("Sandbox mailbox", f"<ol reversed>{rows}</ol>" if rows else "<p>No letters yet.</p>")

    async def one(request: Request) -> Response:
        mail = next((mail for mail in mailbox.letters if mail["id"] == request.path_params["number"]), None)
        if mail is None:
            return _page("Not here", "<p>This letter is not in the mailbox.</p>", status=404)
        if request.query_params.get("part") == "html":
            return HTMLResponse(
                mail["html"], headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
            )
        text = re.sub(
            r"(https?://[^\s<]+)", r'<a href="\1" rel="noreferrer">\1</a>', html.escape(mail["text"], quote=False)
        )
        head = f"<p><small>From {html.escape(mail['from'])}<br>To {html.escape(', '.join(mail['to']))}</small></p>"
        return _page(mail["subject"], f'{head}<p><a href="?part=html">As HTML</a></p><pre>{text}</pre>')

    async def letters(request: Request) -> Response:
        to = request.query_params.get("to")
        return JSONResponse([mail for mail in mailbox.letters if to is None or to in mail["to"]])

    async def refuse(request: Request) -> Response:
        mailbox.refused = {str(address).lower() for address in (await request.json())["addresses"]}
        return JSONResponse({"refused": sorted(mailbox.refused)})

    async def clock(request: Request) -> Response:
        mailbox.ahead = timedelta(seconds=float((await request.json())["offset_seconds"]))
        return JSONResponse({"offset_seconds": mailbox.ahead.total_seconds()})

    async def reset(request: Request) -> Response:
        mailbox.letters.clear()
        mailbox.refused = set()
        return JSONResponse({"ok": True})

    return Starlette(
        routes=[
            Route("/", index),
            Route("/letters/{number:int}", one),
            Route("/_sim/letters", letters),
            Route("/_sim/refuse", refuse, methods=["POST"]),
            Route("/_sim/clock", clock, methods=["POST"]),
            Route("/_sim/reset", reset, methods=["POST"]),
        ]
    )


def _page(title: str, body: str, status: int = 200) -> HTMLResponse:
    style = "body{max-width:44rem;margin:2rem auto;padding:0 1rem;font:16px/1.5 system-ui;color-scheme:light dark}pre{white-space:pre-wrap;font:inherit}li{margin:.6rem 0}"
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(title)}</title><style>{style}</style><h1>{html.escape(title)}</h1>{body}"
    )
    return HTMLResponse(page, status_code=status)
