"""``simulators``: the vendors of the sandbox in one process: books, carrier and mailbox over real HTTP, WebSocket and SMTP."""

import asyncio
from argparse import ArgumentParser
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route


class Command(BaseCommand):
    help = (
        "Runs the simulated vendors: QuickBooks at /quickbooks, Twilio at /twilio, the mailbox at /mailbox and by SMTP."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=9100)
        parser.add_argument("--smtp-port", type=int, default=9125)
        parser.add_argument("--speed", type=float, default=6.0, help="how many times faster than real people speak")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SANDBOX:
            raise CommandError("simulators run in a sandbox installation only: set SANDBOX=true")
        asyncio.run(serve(options["host"], options["port"], options["smtp_port"], options["speed"]))


async def serve(host: str, port: int, smtp_port: int, speed: float) -> None:
    """Serve until stopped."""
    from integrations.quickbooks import simulator as quickbooks
    from integrations.twilio import simulator as twilio
    from notifications import mailbox as post

    mailbox = post.Mailbox()
    mounts = {
        "/quickbooks": quickbooks.create_app(
            quickbooks.QuickBooksSimConfig(
                base_url=f"http://{host}:{port}/quickbooks",
                client_id=settings.QUICKBOOKS_CLIENT_ID,
                client_secret=settings.QUICKBOOKS_CLIENT_SECRET,
                redirect_uris=(f"{settings.PUBLIC_URL}/connections/quickbooks/callback",),
                webhook_url=f"{settings.PUBLIC_URL}/webhooks/quickbooks",
                webhook_verifier=settings.QUICKBOOKS_WEBHOOK_VERIFIER,
            )
        ),
        "/twilio": twilio.create_app(
            twilio.TwilioSimConfig(
                accounts={settings.TWILIO_ACCOUNT_SID: settings.TWILIO_AUTH_TOKEN},
                allow_plain_ws=True,
                speed=speed,
                on_pay_url=f"http://{host}:{port}/quickbooks/_sim/pay-by-phone",
            )
        ),
        "/mailbox": post.create_app(mailbox),
    }
    smtp = post.listen(mailbox, host, smtp_port, asyncio.get_running_loop())
    smtp.begin()
    app = Starlette(
        routes=[
            Route("/healthz", lambda request: PlainTextResponse("ok\n")),
            *(Mount(p, app=a) for p, a in mounts.items()),
        ]
    )
    try:
        async with asyncio.TaskGroup() as group:
            for inner in mounts.values():
                group.create_task(_live(inner))
            await uvicorn.Server(
                uvicorn.Config(app, host=host, port=port, log_config=None, ws="websockets-sansio")
            ).serve()
            raise asyncio.CancelledError
    except* asyncio.CancelledError:
        pass
    finally:
        smtp.end()


async def _live(app: Starlette) -> None:
    """A mounted application's own lifespan, which Starlette does not run for mounts."""
    async with app.router.lifespan_context(app):
        await asyncio.Event().wait()
