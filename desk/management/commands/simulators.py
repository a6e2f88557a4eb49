"""``simulators``: the vendors of the sandbox in one process: books, carrier and mailbox over real HTTP, WebSocket and SMTP."""

import asyncio
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = (
        "Runs the simulated vendors: books at /quickbooks, /xero, /freshbooks, /square, /zoho and /jobber, the carrier "
        "at /twilio, the mailbox at /mailbox and by SMTP."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=9100)
        parser.add_argument("--smtp-port", type=int, default=9125)
        parser.add_argument("--speed", type=float, default=4.0, help="how many times faster than real people speak")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SANDBOX:
            raise CommandError("simulators run in a sandbox installation only: set SANDBOX=true")
        from desk.simulators import serve

        asyncio.run(serve(options["host"], options["port"], options["smtp_port"], options["speed"]))
